/**
 * What hides the screen at the press of a key, and the way back.
 *
 * Keeps: the page is gone in the same frame; there is no way back but through the passphrase; a cover
 * belongs to one opening of the vault and never comes back with the next.
 */
import { isOpen } from '$src/app/session.svelte';
import type { CoverView, NameView, Phase } from '$src/lib/bindings';
import { carry, recall } from './carried';
import { wayBack } from './wayBack.svelte';

/** What a cover needs to know, and the one thing it does. */
export interface Stand {
  readonly phase: Phase | null;
  readonly name: NameView | null;
  readonly chosen: CoverView;
  readonly openings: number;
  /** A vault is being opened or made. */
  readonly opening: boolean;
  lock(): Promise<void>;
}

export class Cover {
  #asked = $state.raw<{ cover: CoverView; opening: number } | null>(null);
  /** The opening before which somebody came out from behind the calculator that the app opens on. */
  #cameBack = $state(-1);
  #stand: Stand;

  constructor(stand: Stand) {
    this.#stand = stand;
  }

  /** Goes on where the page before this one was. */
  async recall(): Promise<void> {
    const before = await recall();
    if (before.cameBack) this.#cameBack = this.#stand.openings;
    wayBack.recall(before.wayBack);
  }

  /** Something is open: whoever came back from behind a cover has got there. */
  opened(): void {
    void carry({ cameBack: false });
  }

  /** What lies over everything now. */
  get shown(): CoverView | null {
    const { phase, name, openings } = this.#stand;
    const asked = this.#asked;
    if (asked?.cover === 'calculator') return 'calculator';
    // The notes go with the vault: after an idle lock the page that asks for the passphrase is shown.
    if (asked && phase === 'open' && asked.opening === openings) return 'notebook';
    // Destroyed from elsewhere: nothing on the screen tells of it.
    if (asked && phase === 'no_vault' && asked.opening === openings) return 'calculator';
    if (name === 'calculator' && phase && !isOpen(phase) && this.#cameBack !== openings) return 'calculator';
    return null;
  }

  /** The key, the small control, or the event of the shell: hides what is shown, or comes back. */
  press(): void {
    if (this.shown) void this.comeBack();
    else this.hide();
  }

  /** Lays the calculator over everything: after a panic under a cover nothing tells of it. */
  lay(): void {
    void carry({ cameBack: false });
    this.#asked = { cover: 'calculator', opening: this.#stand.openings };
  }

  hide(): void {
    const { phase, name, chosen, openings, opening } = this.#stand;
    if (phase === 'open') wayBack.covered();
    if (phase === 'open' && chosen === 'notebook') {
      this.#asked = { cover: 'notebook', opening: openings };
      return;
    }
    // The notebook of a second passphrase and the one that covers a vault answer the key alike: they lock.
    // The page that asks for the passphrase is a cover itself under these names; no other page is.
    const ordinary =
      phase === 'notebook' ? name !== 'calculator' : phase === 'locked' && (name === 'notes' || name === 'recipes');
    // What is being written is taken before its page is taken down; what is being opened stays closed.
    const locking = isOpen(phase) || opening ? this.#stand.lock() : null;
    if (!ordinary) this.lay();
    void locking;
  }

  /** Locks, and only then shows the page that asks for the passphrase. */
  async comeBack(): Promise<void> {
    if (isOpen(this.#stand.phase)) await this.#stand.lock();
    if (isOpen(this.#stand.phase)) return;
    // As soon as nothing covers this page another one may take its place.
    await carry({ cameBack: true });
    this.#asked = null;
    this.#cameBack = this.#stand.openings;
  }
}
