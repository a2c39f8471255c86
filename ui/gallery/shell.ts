/**
 * A pretend shell for looking at the screens in a browser (`npm run gallery`). Nothing here is built
 * into the app. The address chooses the scene: `?lang=ru&role=desk&phase=locked`.
 */
import type {
  AppState, Commands, CoalitionView, DeliveryItem, DraftView, EvidenceId, EvidenceView, Fault, ReportFields, ReportSummary, ReportView, SyncReport,
} from '$src/lib/bindings';
import { lookOf, plainSettings, safety } from './safety';
import { recoveryHandlers } from './recovery';
import { pictureOf, pdfOf, scene, vocabularyIn } from './scene';

const ask = new URLSearchParams(location.search);
const language = ask.get('lang') ?? 'en';
const role = (ask.get('role') ?? 'reporter') as NonNullable<AppState['role']>;
const told = scene(language, role);

const settings = plainSettings(language, ask);
const coalition: CoalitionView = told.coalition;
let app: AppState = {
  phase: (ask.get('phase') ?? 'open') as AppState['phase'],
  role,
  coalition: ask.get('joined') === 'no' ? null : coalition,
  settings,
  look: lookOf(language, ask),
  wait_seconds: Number(ask.get('wait') ?? 0),
  check_in_by: null,
  recovering: ask.get('recovering') === 'yes' ? { missing: 3 } : null,
  destroyed: null,
  spare_mended: false,
};
const reports = new Map<string, ReportView>(ask.get('empty') === 'yes' ? [] : told.reports.map((one) => [one.report, one]));
const drafts = new Map<string, DraftView>(ask.get('empty') === 'yes' ? [] : told.drafts.map((one) => [one.report, one]));
const changedAt = new Map<string, number>(told.order.map((report, at) => [report, Date.now() - at * 37e5 * (at + 1)]));
const unread = new Set(told.unread);
const items: DeliveryItem[] = ask.get('empty') === 'yes' ? [] : told.items;
const imports = new Map<number, { report: string; name: string; media_type: string; size: number }>();
let next = 1;
const listeners = { changed: new Set<() => void>(), delivery: new Set<() => void>(), locked: new Set<() => void>(), cover: new Set<() => void>(), lock: new Set<() => void>() };

const fail = (fault: Fault) => Promise.reject(fault as unknown as Error);
const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));

function summary(fields: ReportFields, rest: Omit<ReportSummary, 'title' | 'kinds' | 'when' | 'place' | 'urgent'>): ReportSummary {
  const { narrative, kinds, when, place, urgent } = fields;
  return { title: narrative.split('\n')[0]?.slice(0, 90) ?? '', kinds, when, place, urgent, ...rest };
}

function list(query: string) {
  const wanted = query.toLowerCase().split(/\s+/).filter(Boolean);
  const all = [
    ...[...drafts.values()].filter((draft) => draft.is_new).map((draft) =>
      summary(draft.fields, { report: draft.report, evidence: draft.evidence.length, state: 'draft', changed_at: draft.saved_at ?? Date.now(), unread: false, from_lost_device: false, thinned: null }),
    ),
    ...[...reports.values()].map((view) =>
      summary(view.fields, { report: view.report, evidence: view.evidence.length, state: view.state, changed_at: changedAt.get(view.report) ?? Date.now(), unread: unread.has(view.report), from_lost_device: view.history.some((line) => line.from_lost_device), thinned: view.thinned }),
    ),
  ];
  const found = all.filter((item) => wanted.every((word) => JSON.stringify(item).toLowerCase().includes(word)));
  return { total: found.length, items: found };
}

function view(report: string): ReportView {
  const found = reports.get(report);
  if (!found) throw Object.assign(new Error(), { code: 'no_such_report' });
  return { ...found, has_draft: drafts.has(report) };
}

const empty = (): ReportFields => ({ narrative: '', language: null, kinds: [], when: null, place: null, affected: [], sources: [], urgent: false });

type Handlers = { [K in keyof Commands]: (args: Commands[K][0]) => Commands[K][1] | Promise<Commands[K][1]> };

const handlers: Handlers = {
  state: () => app,
  create_vault: async (args) => {
    await pause(900);
    if (!args || args.passphrase.length < 10) return fail({ code: 'passphrase_too_short', params: { least: 10 } });
    app = { ...app, phase: 'open', role: args.role, destroyed: null };
    return app;
  },
  end_recovery: () => (app = { ...app, recovering: null }),
  forget_panic: () => null,
  panic: () => {
    const done = { keys_gone: true, all_gone: true };
    app = { ...app, phase: 'no_vault', destroyed: done };
    return done;
  },
  list_reports: ({ query }) => list(query),
  new_draft: () => {
    const draft: DraftView = { report: `n${String(next++)}`, fields: empty(), evidence: [], is_new: true, saved_at: null };
    drafts.set(draft.report, draft);
    return draft;
  },
  open_draft: ({ report }) => structuredClone(drafts.get(report)) ?? fail({ code: 'no_such_report' }),
  edit_report: ({ report }) => {
    const found = drafts.get(report) ?? { report, fields: view(report).fields, evidence: view(report).evidence, is_new: false, saved_at: null };
    drafts.set(report, found);
    return structuredClone(found);
  },
  save_draft: async ({ report, fields }) => {
    await pause(60);
    const saved_at = Date.now();
    const draft = drafts.get(report);
    if (!draft) return fail({ code: 'no_such_report' });
    drafts.set(report, { ...draft, fields, saved_at });
    return { saved_at };
  },
  finish_draft: ({ report }) => {
    const draft = drafts.get(report);
    if (!draft) return fail({ code: 'no_such_report' });
    if (!draft.fields.narrative.trim() && draft.evidence.length === 0) return fail({ code: 'nothing_written' });
    drafts.delete(report);
    const before = reports.get(report);
    const made: ReportView = {
      report, fields: draft.fields, conflicts: [], evidence: draft.evidence, state: before?.state ?? 'saved',
      changed_since_handed_over: Boolean(before && before.state !== 'saved'), consent_given: before?.consent_given ?? false,
      notes: before?.notes ?? [], history: before?.history ?? [{ entry: 'c0ffee0011', what: 'created', mine: true, made_at: Date.now(), from_lost_device: false }],
      missing_entries: 0, has_draft: false, thinned: null, can_thin: false, new_device: false,
    };
    reports.set(report, made);
    return made;
  },
  discard_draft: ({ report }) => {
    drafts.delete(report);
    return null;
  },
  report: ({ report }) => view(report),
  attach_begin: ({ report, name, media_type }) => {
    const id = next++;
    imports.set(id, { report, name, media_type, size: 0 });
    return { import: id };
  },
  attach_finish: async ({ import: id }) => {
    await pause(200);
    const found = imports.get(id);
    if (!found) return fail({ code: 'no_such_import' });
    const evidence: EvidenceView = { object: `o${String(id)}`, name: found.name, media_type: found.media_type || 'application/octet-stream', size: found.size, sha256: 'ab'.repeat(32), imported_at: Date.now(), present: true };
    const draft = drafts.get(found.report);
    if (draft) drafts.set(found.report, { ...draft, evidence: [...draft.evidence, evidence] });
    return evidence;
  },
  attach_abort: () => null,
  remove_evidence: ({ report, object }) => {
    const draft = drafts.get(report);
    if (!draft) return fail({ code: 'no_such_report' });
    const left = { ...draft, evidence: draft.evidence.filter((one) => one.object !== object) };
    drafts.set(report, left);
    return left;
  },
  check_key: ({ key: given }) => {
    const key = given.replace(/^#? *public key:/i, '').trim();
    if (key.includes('AGE-SECRET-')) return fail({ code: 'key_secret' });
    if (!key.startsWith('age1')) return fail({ code: 'key_other_kind' });
    const hybrid = key.startsWith('age1pq1');
    return key.length === (hybrid ? 1959 : 62) ? { key, hybrid } : fail({ code: 'key_mistyped' });
  },
  outgoing: ({ report }) => ({ coalition, evidence: view(report).evidence, bytes: view(report).evidence.reduce((sum, one) => sum + one.size, 7400) }),
  hand_over: async ({ report, consent }) => {
    await pause(300);
    if (!consent) return fail({ code: 'consent_missing' });
    const next: ReportView = { ...view(report), state: 'waiting', consent_given: true, changed_since_handed_over: false };
    reports.set(report, next);
    return next;
  },
  delivery: () => ({
    coalition: app.coalition, items, waiting_bytes: items.filter((one) => one.state === 'waiting').reduce((sum, one) => sum + one.size - one.sent, 0),
    bundles_missing: ask.get('stuck') === 'yes' ? 1 : 0,
    running: false, last_contact: items.length ? Date.now() - 93e5 : null, last_fault: ask.get('stuck') === 'yes' ? { code: 'endpoint_unreachable' } : null,
    at_risk: ask.get('risk') === 'no' || items.length === 0 ? { drafts: 0, unsent: 0, waiting: 0, waiting_bytes: 0 } : { drafts: role === 'desk' ? 0 : 1, unsent: role === 'desk' ? 0 : 2, waiting: 3, waiting_bytes: 52_400_000 },
  }),
  receipts: ({ report }) => items.filter((one) => one.report === report && one.receipt).map((one) => ({ object: 'a41c9e07b25d'.repeat(5), size: one.size, day: '2026-11-21', receipt: '83015847a4'.repeat(12) })),
  sync_now: async () => {
    await pause(1200);
    return { delivered: 2, fetched: 1, reports: 1, waiting: 0, bytes_sent: 120000, fault: null };
  },
  preview_invite: ({ invite }) => (invite.startsWith('holdfast-invite-1:') ? coalition : fail({ code: 'invite_damaged' })),
  join: () => (app = { ...app, coalition }),
  invite: () => ({ invite: `holdfast-invite-1:${'pXkq3vT0nZ8yLr5'.repeat(14)}`, coalition }),
  mark_read: ({ report }) => {
    unread.delete(report);
    return view(report);
  },
  answer: ({ report, text }) => {
    const next = { ...view(report), state: 'answered' as const, notes: [...view(report).notes, { text, mine: true, answer: true, made_at: Date.now() }] };
    reports.set(report, next);
    return next;
  },
  vocabulary: ({ language }) => vocabularyIn(language),
  ...recoveryHandlers(reports, () => listeners.delivery.forEach((run) => run())),
  ...safety(ask, language, { get: () => app, set: (change) => (app = { ...app, ...change }) }),
};

export async function call<K extends keyof Commands>(name: K, ...args: Commands[K][0] extends null ? [] : [Commands[K][0]]): Promise<Commands[K][1]> {
  const handler = handlers[name] as (args: unknown) => Commands[K][1] | Promise<Commands[K][1]>;
  return structuredClone(await handler(args[0]));
}

export async function attachChunk(id: number, bytes: Uint8Array): Promise<void> {
  await pause(ask.get('slow') === 'yes' ? 1200 : 40);
  const found = imports.get(id);
  if (found) found.size += bytes.length;
}

export function evidenceUrl(_report: string, object: string): string {
  return object.startsWith('pdf') ? pdfOf() : pictureOf(object);
}

const chosen = async <T>(value: T): Promise<T> => {
  await pause(200);
  return value;
};
export const saveEvidence: (id: EvidenceId) => Promise<boolean> = () => chosen(true);
export const sealCopy: (id: EvidenceId, key: string) => Promise<boolean> = () => {
  if (ask.get('full') === 'yes') return fail({ code: 'disk_full' });
  return ask.get('saving') === 'yes' ? new Promise(() => undefined) : chosen(true);
};
export const courierOut = (): Promise<boolean> => chosen(true);
export const courierIn = (): Promise<SyncReport | null> =>
  chosen({ delivered: 0, fetched: 2, reports: 2, waiting: 0, bytes_sent: 0, fault: null });
export const offeredInvite = (): Promise<string | null> => chosen(null);

function subscribe(name: keyof typeof listeners, run: () => void): () => void {
  listeners[name].add(run);
  return () => listeners[name].delete(run);
}
export const onChanged = (run: () => void) => subscribe('changed', run);
export const onDelivery = (run: () => void) => subscribe('delivery', run);
export const onLocked = (run: () => void) => subscribe('locked', run);
export const onCover = (run: () => void) => subscribe('cover', run);
export const onLockAsked = (run: () => void) => subscribe('lock', run);
export const passFor = (): Promise<void> => Promise.resolve();
export const stay = (): Promise<void> => Promise.resolve();
export const leaveWord = (): Promise<void> => Promise.resolve();
export const leftWord = (): Promise<string> => Promise.resolve('');
export const reach = () => chosen({ tray: ask.get('reach') !== 'none', keys: ask.get('reach') !== 'none' });
export function onFocused(run: (focused: boolean) => void): () => void {
  const heard = (event: Event) => run((event as CustomEvent<boolean>).detail);
  window.addEventListener('shell-focused', heard);
  return () => window.removeEventListener('shell-focused', heard);
}
