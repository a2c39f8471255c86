import Check from '@lucide/svelte/icons/check';
import CheckCheck from '@lucide/svelte/icons/check-check';
import Clock from '@lucide/svelte/icons/clock-3';
import MessageCircle from '@lucide/svelte/icons/message-circle';
import Pencil from '@lucide/svelte/icons/pencil-line';
import Kept from '@lucide/svelte/icons/hard-drive-download';
import type { Component } from 'svelte';
import type { DeliveryState } from '$src/lib/bindings';

type Icon = Component<{ size?: number; strokeWidth?: number; 'aria-hidden'?: 'true' }>;

/** One vocabulary of state: the same icon and tone for a word everywhere. */
export const states: Record<DeliveryState, { icon: Icon; tone: 'quiet' | 'waiting' | 'done' }> = {
  draft: { icon: Pencil, tone: 'quiet' },
  saved: { icon: Kept, tone: 'quiet' },
  waiting: { icon: Clock, tone: 'waiting' },
  held: { icon: Check, tone: 'done' },
  read: { icon: CheckCheck, tone: 'done' },
  answered: { icon: MessageCircle, tone: 'done' },
};
