/** The desk by keyboard: j and k move, Enter opens, / searches, Ctrl + K opens the palette. */
import type { Workspace } from '$src/app/workspace.svelte';

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches('input, textarea, select, [contenteditable]');
}

export function watchDeskKeys({ nav, reports }: Workspace): () => void {
  function onkeydown(event: KeyboardEvent) {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') {
      event.preventDefault();
      nav.palette = !nav.palette;
      return;
    }
    const plain = !event.ctrlKey && !event.metaKey && !event.altKey;
    if (!plain || nav.palette || nav.viewer || nav.place !== 'reports') return;
    if (isTyping(event.target)) {
      if (event.key === 'Escape') (event.target as HTMLElement).blur();
      return;
    }
    switch (event.key) {
      case 'j':
        reports.move(1);
        break;
      case 'k':
        reports.move(-1);
        break;
      case 'Enter': {
        const item = reports.items[reports.cursor];
        const onControl = event.target instanceof HTMLElement && event.target.closest('button, a, summary');
        if (!item || onControl) return;
        nav.read(item.report, item.unread);
        break;
      }
      case '/':
        document.querySelector<HTMLInputElement>('[data-testid="search"]')?.focus();
        break;
      case 'Escape':
        nav.back();
        break;
      default:
        return;
    }
    event.preventDefault();
  }

  window.addEventListener('keydown', onkeydown);
  return () => window.removeEventListener('keydown', onkeydown);
}
