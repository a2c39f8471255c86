import FileText from '@lucide/svelte/icons/file-text';
import Inbox from '@lucide/svelte/icons/inbox';
import Send from '@lucide/svelte/icons/send';
import User from '@lucide/svelte/icons/user-round';
import type { Place } from './nav.svelte';

/** The three places, with their icons and the keys of their names. */
export function places(desk: boolean) {
  return [
    { place: 'reports' as Place, icon: desk ? Inbox : FileText, name: desk ? 'nav-inbox' : 'nav-reports' },
    { place: 'delivery' as Place, icon: Send, name: 'nav-delivery' },
    { place: 'me' as Place, icon: User, name: 'nav-me' },
  ];
}
