/** Ctrl + Shift + Space, on every screen. */
export function watchCoverKey(press: () => void): () => void {
  function down(event: KeyboardEvent) {
    if (event.code !== 'Space' || !event.ctrlKey || !event.shiftKey) return;
    event.preventDefault();
    event.stopPropagation();
    if (!event.repeat) press();
  }
  window.addEventListener('keydown', down, { capture: true });
  return () => window.removeEventListener('keydown', down, { capture: true });
}
