/** Whether somebody is there: so that a check-in is not missed by who is at work, and no page is taken from who uses it. */

const signs = ['pointerdown', 'keydown'] as const;

/** Each saying is a write to the disk. */
export const sayEveryMs = 15 * 60_000;

/** Runs `say` at a touch, and not again for a while. The returned function ends it. */
export function watchPresence(say: () => void, place: Pick<Window, 'addEventListener' | 'removeEventListener'> = window): () => void {
  // Opening the vault has said it.
  let said = Date.now();
  const touch = () => {
    const now = Date.now();
    // A clock that was set back must not silence it.
    if (now >= said && now - said < sayEveryMs) return;
    said = now;
    say();
  };
  for (const sign of signs) place.addEventListener(sign, touch, { capture: true, passive: true });
  return () => {
    for (const sign of signs) place.removeEventListener(sign, touch, { capture: true });
  };
}

/** Runs `say` at the first touch. The returned function ends it. */
export function watchUse(say: () => void, place: Pick<Window, 'addEventListener' | 'removeEventListener'> = window): () => void {
  for (const sign of signs) place.addEventListener(sign, say, { capture: true, passive: true, once: true });
  return () => {
    for (const sign of signs) place.removeEventListener(sign, say, { capture: true });
  };
}
