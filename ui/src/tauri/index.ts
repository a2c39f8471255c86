/**
 * The one place that talks to the shell. Everything else sees typed commands and events.
 */
import { convertFileSrc, invoke } from '@tauri-apps/api/core';
import { listen } from '@tauri-apps/api/event';
import type { Commands, EvidenceId, Fault, NameView, SyncReport } from '$src/lib/bindings';
import { open, seal } from './passage';

export type CommandName = keyof Commands;
export type Args<K extends CommandName> = Commands[K][0] extends null ? [] : [Commands[K][0]];
export type Reply<K extends CommandName> = Commands[K][1];

/** An icon beside the clock, and keys that work from everywhere: whether the system gives them. */
export interface Reach {
  tray: boolean;
  keys: boolean;
}

/** What a command came to. */
type Outcome<T> = { Ok: T } | { Err: Fault };

/** Runs a command. It rejects with a `Fault`. */
export async function call<K extends CommandName>(name: K, ...args: Args<K>): Promise<Reply<K>> {
  const asked = new TextEncoder().encode(JSON.stringify({ name, args: args[0] ?? null }));
  const answer = await open(await invoke<ArrayBuffer>('call', await seal(asked)));
  const outcome = JSON.parse(new TextDecoder().decode(answer)) as Outcome<Reply<K>>;
  if ('Err' in outcome) throw outcome.Err;
  return outcome.Ok;
}

/** Hands over the next piece of a file being imported; raw bytes, no JSON. */
export async function attachChunk(id: number, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
  await invoke('attach_chunk', await seal(bytes), { headers: { import: String(id) } });
}

/** Asks where, and saves a copy of a piece of evidence there. False when the person chose no place. */
export function saveEvidence(id: EvidenceId): Promise<boolean> {
  return invoke('save_evidence', { args: id });
}

/** Asks where, and saves a copy there, sealed to an age key. False when the person chose no place. */
export function sealCopy(id: EvidenceId, key: string): Promise<boolean> {
  return invoke('seal_copy', { args: id, key });
}

/** Asks where, and writes what waits into a courier file. False when the person chose no place. */
export function courierOut(): Promise<boolean> {
  return invoke('courier_out');
}

/** Asks which, and takes in a courier file. `null` when the person chose none. */
export function courierIn(): Promise<SyncReport | null> {
  return invoke('courier_in');
}

/** The invite that was handed over together with the app, if there was one. */
export function offeredInvite(): Promise<string | null> {
  return invoke('offered_invite');
}

/** Lets the window's title and icon pass for what covers the page; with none, for what was chosen. */
export function passFor(name: NameView | null): Promise<void> {
  return invoke('pass_for', { name });
}

/** Says something to the page after this one: the shell loads another whenever a vault closes. */
export function leaveWord(word: string): Promise<void> {
  return invoke('leave_word', { word });
}

/** What the page before this one said; empty when it said nothing. */
export function leftWord(): Promise<string> {
  return invoke('left_word');
}

/** Somebody begins to use a page before a vault is open: the shell does not take it away any more. */
export function stay(): Promise<void> {
  return invoke('stay');
}

/** Which of the ways to act work while another window has the focus. */
export function reach(): Promise<Reach> {
  return invoke('reach');
}

/** Where the window reads the bytes of a piece of evidence, straight from the vault. */
export function evidenceUrl(report: string, object: string): string {
  return convertFileSrc(`${report}/${object}`, 'evidence');
}

/** Subscribes; the returned function ends the subscription, even one not yet confirmed. */
function subscribe(event: string, run: () => void): () => void {
  const pending = listen(event, run);
  return () => void pending.then((stop) => stop());
}

/** Something in the vault changed. */
export const onChanged = (run: () => void) => subscribe('changed', run);
/** Delivery moved on. */
export const onDelivery = (run: () => void) => subscribe('delivery', run);
/** The vault was closed, or destroyed, whoever did it. */
export const onLocked = (run: () => void) => subscribe('locked', run);
/** Somebody asks for a lock from outside the page: whatever is being written is to be kept first. */
export const onLockAsked = (run: () => void) => subscribe('lock', run);
/** The key that hides the screen was pressed while another window had the focus, or chosen in the tray. */
export const onCover = (run: () => void) => subscribe('cover', run);
/** The window lost the focus, or has it again. */
export function onFocused(run: (focused: boolean) => void): () => void {
  const pending = listen<{ focused: boolean }>('focused', ({ payload }) => run(payload.focused));
  return () => void pending.then((stop) => stop());
}
