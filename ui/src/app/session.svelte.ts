/**
 * Where the app stands: no vault, locked, open, a notebook. Chooses the first screen; owns lock and panic.
 *
 * Keeps: whatever is being written is flushed before a lock; nothing of an open vault outlives it here,
 * because everything else hangs on the open screen and goes with it.
 */
import { call, onLocked } from '$shell';
import type { AppState, Fault, NameView, Phase, Settings } from '$src/lib/bindings';
import { toFault } from '$src/words/faults';
import { t, words } from '$src/words/words.svelte';

/** Whether something stands open that a lock would close. */
export const isOpen = (phase: Phase | null): boolean => phase === 'open' || phase === 'notebook';

/** A disk that hangs must not keep a vault open. */
const flushMs = 3000;

class Session {
  app = $state.raw<AppState | null>(null);
  /** Why the state could not be told. */
  fault = $state.raw<Fault | null>(null);
  /** Counts the openings, so that what belonged to one does not come back with the next. */
  openings = $state(0);

  /** How the app presents itself; none until it is known. Kept while the state is not. */
  name = $state<NameView | null>(null);

  /** The vault that was chosen before another one was asked for. */
  came: number | null = null;
  /** A vault is being opened or made: a lock counts for it too. */
  opening = $state(false);
  /** What was delivered is being brought back. */
  fetching = $state(false);
  /** Counts the locks made here: what was opened before one does not come after it. */
  #locks = 0;

  #flushers = new Set<() => Promise<void>>();
  #busy = new Set<() => boolean>();

  /** Nothing on the screen may tell of a vault: the app goes by another name, and none is open. */
  get disguised(): boolean {
    return this.name !== 'holdfast' && this.app?.phase !== 'open';
  }

  /** Learns the state, after what is to be known before, and listens for locks made elsewhere. Returns how to stop. */
  start(before: Promise<void>): () => void {
    void before.then(() => this.refresh());
    return onLocked(() => void this.refresh());
  }

  async refresh(): Promise<void> {
    try {
      this.adopt(await call('state'));
    } catch (reason) {
      this.app = null;
      this.fault = toFault(reason);
    }
  }

  adopt(state: AppState): void {
    const before = this.app;
    this.fault = null;
    if (isOpen(state.phase) && !isOpen(before?.phase ?? null)) this.openings += 1;
    this.app = state;
    this.name = state.look.name;
    if (isOpen(state.phase)) {
      // A notebook without a language of its own speaks the one in which it was asked for.
      words.chosen = state.settings.language || (state.phase === 'notebook' ? words.chosen : '');
    } else if (!before) {
      words.chosen = state.look.language;
    }
  }

  async saveSettings(settings: Settings): Promise<void> {
    const kept = await call('set_settings', settings);
    words.chosen = kept.language;
    if (this.app) this.app = { ...this.app, settings: kept };
  }

  /** Chooses name, icon and title. */
  async present(name: NameView): Promise<void> {
    const look = await call('set_name', { name });
    this.name = look.name;
    if (this.app) this.app = { ...this.app, look };
  }

  /** Chooses the vault that a passphrase is tried on. */
  async choose(vault: number): Promise<void> {
    this.adopt(await call('choose_vault', { vault }));
  }

  /** Makes room for another vault, to be made next. */
  async add(label: string): Promise<void> {
    const from = this.app?.look.chosen ?? null;
    this.adopt(await call('add_vault', { label }));
    this.came = from;
  }

  /** Tries a passphrase, or makes a vault; a lock meanwhile counts. */
  async open(asked: () => Promise<AppState>): Promise<void> {
    const locks = this.#locks;
    this.opening = true;
    try {
      const state = await asked();
      if (this.#locks === locks) this.adopt(state);
    } finally {
      this.opening = false;
    }
  }

  /** What the last panic did is not said any more. */
  forgetPanic(): void {
    if (this.app) this.app = { ...this.app, destroyed: null };
    void call('forget_panic').catch(() => undefined);
  }

  /** Runs before every lock made here; the returned function withdraws it. */
  beforeLock(flush: () => Promise<void>): () => void {
    this.#flushers.add(flush);
    return () => this.#flushers.delete(flush);
  }

  /** Holds the idle lock back for a while as long as it answers yes; the returned function withdraws it. */
  whileBusy(busy: () => boolean): () => void {
    this.#busy.add(busy);
    return () => this.#busy.delete(busy);
  }

  get busy(): boolean {
    return [...this.#busy].some((busy) => busy());
  }

  async lock(): Promise<void> {
    this.#locks += 1;
    const kept = Promise.allSettled([...this.#flushers].map((flush) => flush()));
    await Promise.race([kept, new Promise((over) => setTimeout(over, flushMs))]);
    try {
      this.adopt(await call('lock'));
    } catch (reason) {
      this.fault = toFault(reason);
      await this.refresh();
    }
  }

  /** Destroys the keys. The screen is emptied at once, before the answer. */
  async panic(): Promise<void> {
    const answer = call('panic');
    this.app = null;
    // The state says how it went.
    await answer.catch(() => undefined);
    await this.refresh();
  }
}

export const session = new Session();

/** Words for a page before a vault is open; under another name, those that tell of none. */
export function discreet(key: string): string {
  if (!session.disguised) return t(key);
  const [id = key, attribute] = key.split('.');
  return t(`${id}.disguised${attribute ? `-${attribute}` : ''}`);
}
