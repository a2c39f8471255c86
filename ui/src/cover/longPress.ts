/** A press on a title that lasts: the way back where there is no keyboard. Nothing shows it. */
import type { Attachment } from 'svelte/attachments';

const holdMs = 900;

export function longPress(run: () => void): Attachment<HTMLElement> {
  return (node) => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = () => clearTimeout(timer);
    const begin = (event: PointerEvent) => {
      if (event.button !== 0) return;
      stop();
      timer = setTimeout(run, holdMs);
    };
    const refuse = (event: Event) => event.preventDefault();
    const stops = ['pointerup', 'pointercancel', 'pointerleave'] as const;
    node.addEventListener('pointerdown', begin);
    for (const type of stops) node.addEventListener(type, stop);
    node.addEventListener('contextmenu', refuse);
    return () => {
      stop();
      node.removeEventListener('pointerdown', begin);
      for (const type of stops) node.removeEventListener(type, stop);
      node.removeEventListener('contextmenu', refuse);
    };
  };
}
