/** Locks by itself when nobody has touched the app for a while. */

/** Told of work that somebody waits for and that moves on. */
const movedOn = 'holdfast-moved-on';

const signs = ['pointerdown', 'pointermove', 'keydown', 'wheel', 'touchmove', 'timeupdate', movedOn] as const;

/** Says that such work moves on: as long as it does, the app does not lock by itself. */
export const moveOn = () => window.dispatchEvent(new Event(movedOn));

/** Work under way holds the lock back by no more than this: an upload that hangs must not keep a vault open. */
const graceMs = 10 * 60_000;

interface Watch {
  /** Minutes without a touch; 0 is never. */
  minutes: () => number;
  /** Something the person started is still under way and should not be cut. */
  busy: () => boolean;
  lock: () => void;
}

/** Counts the time since the last touch, without the time that work was under way, up to the grace. */
export class IdleClock {
  #last: number;
  #looked: number;
  #spared = 0;

  constructor(now: number) {
    this.#last = now;
    this.#looked = now;
  }

  touch(now: number): void {
    this.#last = now;
    this.#looked = now;
    this.#spared = 0;
  }

  /** How long nobody was there, in milliseconds. */
  look(now: number, busy: boolean): number {
    if (busy) this.#spared = Math.min(graceMs, this.#spared + Math.max(0, now - this.#looked));
    this.#looked = now;
    return now - this.#last - this.#spared;
  }
}

/** Watches until the returned function is called. The wall clock counts, so a suspended device locks on waking. */
export function watchIdle({ minutes, busy, lock }: Watch): () => void {
  const clock = new IdleClock(Date.now());
  const touch = () => clock.touch(Date.now());
  const look = () => {
    const idle = clock.look(Date.now(), busy());
    const limit = minutes() * 60_000;
    if (limit > 0 && idle >= limit) {
      touch();
      lock();
    }
  };
  for (const sign of signs) window.addEventListener(sign, touch, { capture: true, passive: true });
  document.addEventListener('visibilitychange', look);
  const timer = setInterval(look, 2000);
  return () => {
    for (const sign of signs) window.removeEventListener(sign, touch, { capture: true });
    document.removeEventListener('visibilitychange', look);
    clearInterval(timer);
  };
}
