/** Ctrl + Shift + Backspace, held, or pressed twice within a second. */

interface Watch {
  holdMs: number;
  /** Told when a second press is awaited, and when no longer. */
  again: (waiting: boolean) => void;
  panic: () => void;
}

const twiceMs = 1000;

export function watchPanicKeys({ holdMs, again, panic }: Watch): () => void {
  let pressedAt = -Infinity;
  let held: ReturnType<typeof setTimeout> | undefined;
  let forget: ReturnType<typeof setTimeout> | undefined;

  function rest() {
    clearTimeout(held);
    clearTimeout(forget);
    held = undefined;
  }

  function fire() {
    rest();
    pressedAt = -Infinity;
    again(false);
    panic();
  }

  function down(event: KeyboardEvent) {
    if (event.key !== 'Backspace' || !event.ctrlKey || !event.shiftKey) return;
    event.preventDefault();
    event.stopPropagation();
    if (event.repeat) return;
    if (event.timeStamp - pressedAt <= twiceMs) {
      fire();
      return;
    }
    pressedAt = event.timeStamp;
    rest();
    again(true);
    held = setTimeout(fire, holdMs);
  }

  function up(event: KeyboardEvent) {
    if (!held || !['Backspace', 'Control', 'Shift'].includes(event.key)) return;
    clearTimeout(held);
    held = undefined;
    forget = setTimeout(() => again(false), Math.max(0, twiceMs - (event.timeStamp - pressedAt)));
  }

  window.addEventListener('keydown', down, { capture: true });
  window.addEventListener('keyup', up, { capture: true });
  return () => {
    rest();
    window.removeEventListener('keydown', down, { capture: true });
    window.removeEventListener('keyup', up, { capture: true });
  };
}
