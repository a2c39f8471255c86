/** Files dropped onto a page. */
import type { Attachment } from 'svelte/attachments';

interface Drops {
  add: (files: File[]) => void;
  /** Whether files are held over the page. */
  over: (is: boolean) => void;
}

export function acceptDrops({ add, over }: Drops): Attachment<HTMLElement> {
  return (node) => {
    const carriesFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false;

    function dragover(event: DragEvent) {
      if (!carriesFiles(event)) return;
      event.preventDefault();
      over(true);
    }

    function dragleave(event: DragEvent) {
      if (event.relatedTarget instanceof Node && node.contains(event.relatedTarget)) return;
      over(false);
    }

    function drop(event: DragEvent) {
      if (!carriesFiles(event)) return;
      event.preventDefault();
      over(false);
      add([...(event.dataTransfer?.files ?? [])]);
    }

    node.addEventListener('dragover', dragover);
    node.addEventListener('dragleave', dragleave);
    node.addEventListener('drop', drop);
    return () => {
      node.removeEventListener('dragover', dragover);
      node.removeEventListener('dragleave', dragleave);
      node.removeEventListener('drop', drop);
    };
  };
}
