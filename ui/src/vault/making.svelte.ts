/**
 * A vault that is being made: what was answered so far, and the words that were drawn for it. In memory
 * only, and gone when the vault is made or another one is chosen.
 *
 * Keeps: words are drawn once and outlive a cover, so that the paper stays good; when the app itself has
 * forgotten them, others are drawn, and it is said that the paper is void.
 */
import { call } from '$shell';
import type { Fault, RoleView, WordsView } from '$src/lib/bindings';
import { toFault } from '$src/words/faults';

export type Step = 'welcome' | 'role' | 'coalition' | 'words' | 'confirm' | 'passphrase';

export class Making {
  step = $state<Step>('welcome');
  role = $state<RoleView | null>(null);
  coalition = $state({ name: '', endpoint: '', admission: '' });
  busy = $state(false);
  fault = $state.raw<Fault | null>(null);
  /** Held only from the drawing to the typing back. */
  drawn = $state.raw<WordsView | null>(null);
  /** The words stand on the screen. After a cover they do so when they are asked for. */
  shown = $state(false);
  /** What was typed back, by position. */
  typed = $state<Record<number, string>>({});
  /** The position typed back wrongly, to be compared. */
  compare = $state<number | null>(null);
  confirmed = $state(false);
  /** Words were drawn before, and hold no longer. */
  forgotten = $state(false);
  /** What was asked for before an end is not taken up after it. */
  #round = 0;

  readonly steps: Step[] = $derived(['role', ...(this.role === 'desk' ? ['coalition' as const] : []), 'words', 'confirm', 'passphrase']);

  go(to: Step): void {
    this.fault = null;
    // Words that were typed back are not shown again.
    this.step = this.confirmed && (to === 'words' || to === 'confirm') ? 'passphrase' : to;
  }

  back(): void {
    const before = this.steps
      .slice(0, this.steps.indexOf(this.step))
      .filter((one) => !this.confirmed || (one !== 'words' && one !== 'confirm'));
    this.go(before.at(-1) ?? 'welcome');
  }

  /** Draws the words, unless they are there, and shows them. */
  async show(): Promise<void> {
    if (this.busy) return;
    const round = this.#round;
    this.busy = true;
    this.fault = null;
    try {
      const words = this.drawn ?? (await call('new_words'));
      if (this.#round !== round) return;
      this.drawn = words;
      this.shown = true;
    } catch (reason) {
      if (this.#round === round) this.fault = toFault(reason);
    } finally {
      this.busy = false;
    }
  }

  /** A cover lies over the page. */
  hide(): void {
    this.shown = false;
  }

  /** Back to the words, to compare the one that was wrong; only that one is typed again. */
  look(wrong: number | null): void {
    this.compare = wrong;
    if (wrong !== null) this.typed = { ...this.typed, [wrong]: '' };
    this.go('words');
  }

  compared(): void {
    this.compare = null;
    this.go('confirm');
  }

  /** Compares what was typed back. */
  async confirm(): Promise<void> {
    if (!this.drawn || this.busy) return;
    const round = this.#round;
    this.busy = true;
    this.fault = null;
    try {
      await call('confirm_words', { typed: this.drawn.asked.map((position) => ({ position, word: this.typed[position] ?? '' })) });
      if (this.#round !== round) return;
      this.drawn = null;
      this.typed = {};
      this.confirmed = true;
      this.forgotten = false;
      this.go('passphrase');
    } catch (reason) {
      if (this.#round === round) this.failed(toFault(reason));
    } finally {
      this.busy = false;
    }
  }

  /** Where a fault is put right. */
  failed(fault: Fault): void {
    if (fault.code === 'words_not_confirmed') {
      // A lock of the screen has made the app forget them: the same words would never be taken.
      Object.assign(this, { drawn: null, shown: false, typed: {}, compare: null, confirmed: false, forgotten: true });
      this.go('words');
      return;
    }
    if (fault.code === 'address_not_safe' && this.role === 'desk') this.step = 'coalition';
    this.fault = fault;
  }

  /** The vault is made, or none is wanted any more. */
  end(): void {
    this.#round += 1;
    Object.assign(this, {
      step: 'welcome', role: null, coalition: { name: '', endpoint: '', admission: '' }, fault: null,
      drawn: null, shown: false, typed: {}, compare: null, confirmed: false, forgotten: false,
    });
  }
}

export const making = new Making();
