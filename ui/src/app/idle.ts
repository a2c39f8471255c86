/** Locks by itself when nobody has touched the app for a while. */

const signs = ['pointerdown', 'pointermove', 'keydown', 'wheel', 'touchmove', 'timeupdate'] as const;

interface Watch {
  /** Minutes without a touch; 0 is never. */
  minutes: () => number;
  /** Something the person started is still under way and must not be cut. */
  busy: () => boolean;
  lock: () => void;
}

/** Watches until the returned function is called. The wall clock counts, so a suspended device locks on waking. */
export function watchIdle({ minutes, busy, lock }: Watch): () => void {
  let last = Date.now();
  const touch = () => {
    last = Date.now();
  };
  const look = () => {
    if (busy()) touch();
    const limit = minutes() * 60_000;
    if (limit > 0 && Date.now() - last >= limit) {
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
