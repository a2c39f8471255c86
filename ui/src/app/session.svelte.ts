/**
 * Where the app stands: no vault, locked, open. Chooses the first screen; owns lock and panic.
 *
 * Keeps: whatever is being written is flushed before a lock; nothing of an open vault outlives it here,
 * because everything else hangs on the open screen and goes with it.
 */
import { call, onLocked } from '$shell';
import type { AppState, Fault, PanicReport, Settings } from '$src/lib/bindings';
import { toFault } from '$src/words/faults';
import { words } from '$src/words/words.svelte';

class Session {
  app = $state.raw<AppState | null>(null);
  /** Why the state could not be told. */
  fault = $state.raw<Fault | null>(null);
  /** What the last panic in this window did. */
  panicked = $state.raw<PanicReport | Fault | null>(null);

  #flushers = new Set<() => Promise<void>>();

  /** Learns the state and listens for locks made elsewhere. Returns how to stop. */
  start(): () => void {
    void this.refresh();
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
    this.fault = null;
    this.app = state;
    if (state.phase === 'open') {
      words.chosen = state.settings.language;
      this.panicked = null;
    }
  }

  async saveSettings(settings: Settings): Promise<void> {
    const kept = await call('set_settings', settings);
    words.chosen = kept.language;
    if (this.app) this.app = { ...this.app, settings: kept };
  }

  /** Runs before every lock made here; the returned function withdraws it. */
  beforeLock(flush: () => Promise<void>): () => void {
    this.#flushers.add(flush);
    return () => this.#flushers.delete(flush);
  }

  async lock(): Promise<void> {
    await Promise.allSettled([...this.#flushers].map((flush) => flush()));
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
    try {
      this.panicked = await answer;
    } catch (reason) {
      this.panicked = toFault(reason);
    }
    await this.refresh();
  }
}

export const session = new Session();
