/** A copy of one piece of evidence on its way to somebody's age key. */
import { call, sealCopy } from '$shell';
import type { EvidenceId, Fault, KeyRead } from '$src/lib/bindings';
import { toFault } from '$src/words/faults';

/** Long enough that a key being typed is not called wrong at every letter. */
const pause = 200;

export class Sealing {
  /** What stands in the field. */
  typed = $state('');
  /** The key that was read in it; `null` until it is a whole one. */
  key = $state.raw<KeyRead | null>(null);
  fault = $state.raw<Fault | null>(null);
  busy = $state(false);
  saved = $state(false);

  readonly #evidence: EvidenceId;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #asked = 0;

  constructor(evidence: EvidenceId) {
    this.#evidence = evidence;
  }

  /** Takes what now stands in the field, and looks at it when the typing rests. */
  type(text: string): void {
    this.typed = text;
    this.key = null;
    this.stop();
    if (text.trim()) this.#timer = setTimeout(() => void this.#look(), pause);
    else this.fault = null;
  }

  /** Asks where, and saves the sealed copy there. */
  async save(): Promise<void> {
    if (this.busy || !this.key) return;
    this.busy = true;
    this.fault = null;
    try {
      this.saved = await sealCopy(this.#evidence, this.key.key);
    } catch (reason) {
      this.#refuse(reason);
    }
    this.busy = false;
  }

  /** Waits for no answer any more. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#asked += 1;
  }

  async #look(): Promise<void> {
    const asked = this.#asked;
    try {
      const key = await call('check_key', { key: this.typed });
      if (asked !== this.#asked) return;
      this.key = key;
      this.fault = null;
    } catch (reason) {
      if (asked === this.#asked) this.#refuse(reason);
    }
  }

  #refuse(reason: unknown): void {
    this.fault = toFault(reason);
    if (this.fault.code !== 'key_secret') return;
    // It is somebody's secret: neither shown nor kept.
    this.typed = '';
    this.key = null;
  }
}
