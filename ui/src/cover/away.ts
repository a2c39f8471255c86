/**
 * Blank paper while another window has the focus, so that neither a glance nor a window preview shows
 * the page. Everything stays where it was: what is typed, the caret, the place scrolled to.
 */

/** The parts of a page that this needs; a test brings its own. */
export interface Place {
  window: Pick<Window, 'addEventListener' | 'removeEventListener'>;
  document: Pick<Document, 'addEventListener' | 'removeEventListener' | 'visibilityState' | 'hasFocus' | 'activeElement'> & {
    documentElement: { classList: Pick<DOMTokenList, 'add' | 'remove' | 'contains'> };
  };
}

export interface Watch {
  /** Whether there is something to hide. */
  wanted: () => boolean;
  /** The shell's own word on the focus, where it gives one: some web views say nothing. */
  shell?: (run: (focused: boolean) => void) => () => void;
  /** Told when the page is hidden, and when it is back. */
  away?: (is: boolean) => void;
}

type Typed = HTMLInputElement | HTMLTextAreaElement;

/** Where the caret stands; some kinds of field do not tell. */
function caretOf(node: Element): { start: number; end: number } | null {
  const { selectionStart: start, selectionEnd: end } = node as Typed;
  return typeof start === 'number' && typeof end === 'number' ? { start, end } : null;
}

export function watchAway({ wanted, shell, away }: Watch, place: Place = { window, document }): () => void {
  const { documentElement: root } = place.document;
  let had: { node: HTMLElement; caret: { start: number; end: number } | null } | null = null;

  function leave() {
    if (!wanted() || root.classList.contains('away')) return;
    const node = place.document.activeElement;
    had = node && 'focus' in node ? { node: node as HTMLElement, caret: caretOf(node) } : null;
    root.classList.add('away');
    away?.(true);
  }

  /** The list of a select is a window of its own in some web views; there the shell's word counts. */
  function blurred() {
    if (place.document.activeElement?.tagName !== 'SELECT') leave();
  }

  function arrive() {
    if (!root.classList.contains('away')) return;
    root.classList.remove('away');
    away?.(false);
    // What is hidden loses the focus in some web views.
    if (had?.node.isConnected && place.document.activeElement !== had.node) {
      had.node.focus({ preventScroll: true });
      if (had.caret) (had.node as Typed).setSelectionRange(had.caret.start, had.caret.end);
    }
    had = null;
  }

  function seen() {
    if (place.document.visibilityState === 'hidden') leave();
    else if (place.document.hasFocus()) arrive();
  }

  const stopShell = shell?.((focused) => (focused ? arrive() : leave()));
  place.window.addEventListener('blur', blurred);
  place.window.addEventListener('focus', arrive);
  // A touch proves that somebody is here, where a web view forgets to say that the focus is back.
  place.window.addEventListener('pointerdown', arrive);
  place.document.addEventListener('visibilitychange', seen);
  return () => {
    stopShell?.();
    place.window.removeEventListener('blur', blurred);
    place.window.removeEventListener('focus', arrive);
    place.window.removeEventListener('pointerdown', arrive);
    place.document.removeEventListener('visibilitychange', seen);
    arrive();
  };
}
