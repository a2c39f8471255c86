/** Focus for things that lie over a screen. */
import type { Attachment } from 'svelte/attachments';

const reachable =
  'a[href], button:not(:disabled), input:not(:disabled), textarea:not(:disabled), select:not(:disabled), [tabindex="0"]';

/**
 * Moves focus inside, keeps Tab inside, closes on Escape, and gives focus back on leaving.
 * The panic corner stays reachable all the same: it has its own keys and lies above.
 */
export function holdFocus(close: () => void): Attachment<HTMLElement> {
  return (node) => {
    const before = document.activeElement;
    const all = () => [...node.querySelectorAll<HTMLElement>(reachable)].filter((one) => one.offsetParent !== null);
    node.tabIndex = -1;
    const first = node.querySelector<HTMLElement>('[data-first-focus]');
    (first ?? node).focus({ preventScroll: true });

    function onkeydown(event: KeyboardEvent) {
      if (event.key === 'Escape') {
        event.stopPropagation();
        close();
      } else if (event.key === 'Tab') {
        const list = all();
        const at = list.indexOf(document.activeElement as HTMLElement);
        const edge = event.shiftKey ? at <= 0 : at === list.length - 1;
        if (!edge) return;
        event.preventDefault();
        list.at(event.shiftKey ? -1 : 0)?.focus();
      }
    }

    node.addEventListener('keydown', onkeydown);
    return () => {
      node.removeEventListener('keydown', onkeydown);
      if (before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true });
    };
  };
}

/** Focuses the node when it appears. */
export const focusHere: Attachment<HTMLElement> = (node) => {
  node.focus({ preventScroll: true });
};
