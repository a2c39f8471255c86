// Written by `make bindings` from crates/app/src/surface.rs; a test fails when it is stale.

/**
 * The desk's answer to a report.
 */
export type Answer = { 
/**
 * The report.
 */
report: string, 
/**
 * The words the defender will read.
 */
text: string, };

/**
 * The state of the whole app, enough to choose the first screen.
 */
export type AppState = { 
/**
 * Which first screen to show.
 */
phase: Phase, 
/**
 * The open vault's role.
 */
role: RoleView | null, 
/**
 * The coalition this vault sends to (reporter, lawyer) or is (desk).
 */
coalition: CoalitionView | null, 
/**
 * What the person has chosen; defaults while locked.
 */
settings: Settings, };

/**
 * Begins importing a file whose bytes follow in pieces.
 */
export type AttachBegin = { 
/**
 * The report (or draft) it belongs to.
 */
report: string, 
/**
 * The file's name.
 */
name: string, 
/**
 * Media type; empty lets the app tell from the name.
 */
media_type: string, };

/**
 * A coalition as a person checks it before trusting it.
 */
export type CoalitionView = { 
/**
 * The name the coalition gives itself.
 */
name: string, 
/**
 * Five groups of five digits, to compare by voice.
 */
fingerprint: string, 
/**
 * Addresses of its endpoint.
 */
endpoints: Array<string>, };

/**
 * A value that may have been written at two places at once; more than one until a person settles it.
 */
export type Conflict = { 
/**
 * The field: `narrative`, `kinds`, `when`, `place`, `affected`, `sources`, `urgent`, or one
 * from a newer version.
 */
field: string, 
/**
 * Every value that stands, each as the fields it would give.
 */
values: Array<ReportFields>, };

/**
 * Makes a vault.
 */
export type CreateVault = { 
/**
 * The passphrase.
 */
passphrase: string, 
/**
 * What the vault is for.
 */
role: RoleView, 
/**
 * For a desk: the coalition's name.
 */
name: string | null, 
/**
 * For a desk: the endpoint's address.
 */
endpoint: string | null, 
/**
 * For a desk on an endpoint that asks for one: the admission token its operator gave.
 */
admission: string | null, };

/**
 * Something on its way.
 */
export type DeliveryItem = { 
/**
 * The sealed object.
 */
object: string, 
/**
 * The report it belongs to.
 */
report: string, 
/**
 * The report's title.
 */
title: string, 
/**
 * The evidence's name; none for the report's text.
 */
evidence: string | null, 
/**
 * Bytes on the wire.
 */
size: number, 
/**
 * Bytes the endpoint has.
 */
sent: number, 
/**
 * `Waiting`, `Held` or `Read`.
 */
state: DeliveryState, 
/**
 * Why it has not gone, if something stands in its way.
 */
reason: Fault | null, 
/**
 * Whether the endpoint's signed receipt is kept here.
 */
receipt: boolean, };

/**
 * The one vocabulary of state, for a report and for each thing on its way.
 */
export type DeliveryState = "draft" | "saved" | "waiting" | "held" | "read" | "answered";

/**
 * The delivery screen.
 */
export type DeliveryView = { 
/**
 * To whom; none before joining.
 */
coalition: CoalitionView | null, 
/**
 * What is waiting first, then the newest.
 */
items: Array<DeliveryItem>, 
/**
 * Bytes still to go.
 */
waiting_bytes: number, 
/**
 * How many bundles somebody sent before others that did come in, and that did not.
 */
bundles_missing: number, 
/**
 * A sync is running.
 */
running: boolean, 
/**
 * When the endpoint last answered.
 */
last_contact: number | null, 
/**
 * Why the last attempt failed.
 */
last_fault: Fault | null, };

/**
 * A draft as the writing screen needs it.
 */
export type DraftView = { 
/**
 * The report it will be, or already is when this is an edit.
 */
report: string, 
/**
 * What is written.
 */
fields: ReportFields, 
/**
 * Evidence already attached.
 */
evidence: Array<EvidenceView>, 
/**
 * Whether finishing makes a new report (false: changes one that is saved).
 */
is_new: boolean, 
/**
 * When it was last kept, if it was.
 */
saved_at: number | null, };

/**
 * A piece of evidence of a report.
 */
export type EvidenceId = { 
/**
 * The report.
 */
report: string, 
/**
 * The sealed object.
 */
object: string, };

/**
 * A piece of evidence.
 */
export type EvidenceView = { 
/**
 * The sealed object that holds it.
 */
object: string, 
/**
 * The file's name as it was.
 */
name: string, 
/**
 * Media type, as told at import.
 */
media_type: string, 
/**
 * Size of the original.
 */
size: number, 
/**
 * SHA-256 of the original.
 */
sha256: string, 
/**
 * When it was imported.
 */
imported_at: number, 
/**
 * Whether its bytes are on this device.
 */
present: boolean, };

/**
 * Why something did not happen: a code for the screen's own words, never prose.
 */
export type Fault = { "code": "no_vault" } | { "code": "vault_exists" } | { "code": "locked" } | { "code": "wrong_passphrase" } | { "code": "passphrase_too_short", "params": { 
/**
 * At least so many characters.
 */
least: number, } } | { "code": "keys_damaged" } | { "code": "keys_missing" } | { "code": "store_damaged" } | { "code": "vault_in_use" } | { "code": "wiped" } | { "code": "newer_version" } | { "code": "no_such_report" } | { "code": "no_such_evidence" } | { "code": "evidence_damaged" } | { "code": "evidence_not_here" } | { "code": "key_other_kind" } | { "code": "key_mistyped" } | { "code": "key_secret" } | { "code": "keys_mixed" } | { "code": "nothing_written" } | { "code": "consent_missing" } | { "code": "not_joined" } | { "code": "already_joined" } | { "code": "not_a_desk" } | { "code": "invite_damaged" } | { "code": "courier_damaged" } | { "code": "courier_not_for_us" } | { "code": "nothing_to_carry" } | { "code": "disk_full" } | { "code": "file_problem" } | { "code": "too_large", "params": { 
/**
 * Most bytes.
 */
most: number, } } | { "code": "endpoint_unreachable" } | { "code": "endpoint_odd" } | { "code": "endpoint_refused" } | { "code": "endpoint_full" } | { "code": "receipt_damaged" } | { "code": "address_not_safe" } | { "code": "no_such_import" } | { "code": "bad_request" } | { "code": "internal" };

/**
 * Hands a report to the coalition: seals it and puts it on its way.
 */
export type HandOver = { 
/**
 * The report.
 */
report: string, 
/**
 * The people it names agree that the coalition receives it. Recorded as a signed entry;
 * without consent on record nothing is sealed.
 */
consent: boolean, };

/**
 * One signed entry, as a line of history.
 */
export type HistoryLine = { 
/**
 * The entry's hash.
 */
entry: string, 
/**
 * `created`, `field_set`, `evidence_added`, `note`, `consent_given`, `consent_withdrawn`,
 * `handed_over`, `opened`, `answered`, `unknown`, `forgotten`.
 */
what: string, 
/**
 * By this device.
 */
mine: boolean, 
/**
 * Its author's clock.
 */
made_at: number, };

/**
 * An import under way.
 */
export type ImportId = { 
/**
 * The import.
 */
import: number, };

/**
 * An invite as text.
 */
export type InviteText = { 
/**
 * The invite: one line that begins `holdfast-invite-1:`.
 */
invite: string, };

/**
 * The desk's own invite.
 */
export type InviteView = { 
/**
 * The invite: one line that begins `holdfast-invite-1:`.
 */
invite: string, 
/**
 * What it says.
 */
coalition: CoalitionView, };

/**
 * A public age key that was read in what somebody pasted.
 */
export type KeyRead = { 
/**
 * The key alone: `age1…`.
 */
key: string, 
/**
 * Whether what is sealed to it stays shut before a quantum computer too.
 */
hybrid: boolean, };

/**
 * Somebody's public age key, as it was pasted.
 */
export type KeyText = { 
/**
 * The key: `age1…`, with any space in it, and what age-keygen writes around it.
 */
key: string, };

/**
 * A family of kinds.
 */
export type KindFamily = { 
/**
 * Stable code.
 */
code: string, 
/**
 * Label.
 */
label: string, 
/**
 * Its kinds.
 */
kinds: Array<Term>, };

/**
 * Which language.
 */
export type Language = { 
/**
 * BCP 47: `en` or `ru`.
 */
language: string, };

/**
 * Asks for a page of reports.
 */
export type ListReports = { 
/**
 * Words to look for; empty lists everything.
 */
query: string, 
/**
 * At most so many; 0 is 50.
 */
limit: number, 
/**
 * Skip so many.
 */
offset: number, };

/**
 * A note or an answer.
 */
export type NoteView = { 
/**
 * The words.
 */
text: string, 
/**
 * By this device.
 */
mine: boolean, 
/**
 * The desk's answer, rather than a note.
 */
answer: boolean, 
/**
 * Its author's clock.
 */
made_at: number, };

/**
 * What goes out before it goes: for a last look.
 */
export type Outgoing = { 
/**
 * To whom.
 */
coalition: CoalitionView, 
/**
 * The evidence that goes along.
 */
evidence: Array<EvidenceView>, 
/**
 * Bytes on the wire.
 */
bytes: number, };

/**
 * What panic did.
 */
export type PanicReport = { 
/**
 * The keys are overwritten, synced and unlinked.
 */
keys_gone: boolean, 
/**
 * Everything else is deleted too.
 */
all_gone: boolean, };

/**
 * Where the app stands: which first screen to show.
 */
export type Phase = "no_vault" | "locked" | "open";

/**
 * Where it happened.
 */
export type PlaceView = { 
/**
 * In the person's own words.
 */
text: string, 
/**
 * ISO 3166-1 alpha-2, upper case.
 */
country: string | null, };

/**
 * How exactly a moment is known.
 */
export type PrecisionView = "exact" | "day" | "month" | "year" | "range" | "unknown";

/**
 * A receipt that is kept here and was verified again just now.
 */
export type ReceiptView = { 
/**
 * The object it is for.
 */
object: string, 
/**
 * The object's length.
 */
size: number, 
/**
 * The day on which the endpoint signed, ISO 8601.
 */
day: string, 
/**
 * The receipt's bytes, hexadecimal, for whoever wants to check it elsewhere.
 */
receipt: string, };

/**
 * What a person writes: everything optional, narrative first. A draft and an edit carry it.
 */
export type ReportFields = { 
/**
 * What happened, in the person's own words.
 */
narrative: string, 
/**
 * Language of the narrative, BCP 47.
 */
language: string | null, 
/**
 * Kinds of incident, codes of the vocabulary.
 */
kinds: Array<string>, 
/**
 * When.
 */
when: WhenView | null, 
/**
 * Where.
 */
place: PlaceView | null, 
/**
 * Who is hit, codes.
 */
affected: Array<string>, 
/**
 * Who does it, codes.
 */
sources: Array<string>, 
/**
 * Help is needed now.
 */
urgent: boolean, };

/**
 * Which report a command is about.
 */
export type ReportId = { 
/**
 * The report.
 */
report: string, };

/**
 * A page of reports, newest first, drafts before all.
 */
export type ReportList = { 
/**
 * How many match in all.
 */
total: number, 
/**
 * This page.
 */
items: Array<ReportSummary>, };

/**
 * A line of the list.
 */
export type ReportSummary = { 
/**
 * The report.
 */
report: string, 
/**
 * The first words of the narrative.
 */
title: string, 
/**
 * Kinds, codes.
 */
kinds: Array<string>, 
/**
 * When it happened.
 */
when: WhenView | null, 
/**
 * Where.
 */
place: PlaceView | null, 
/**
 * How many pieces of evidence.
 */
evidence: number, 
/**
 * Help is needed now.
 */
urgent: boolean, 
/**
 * Where it stands.
 */
state: DeliveryState, 
/**
 * Last change on this device.
 */
changed_at: number, 
/**
 * At a desk: nobody has opened it yet.
 */
unread: boolean, };

/**
 * A report in full.
 */
export type ReportView = { 
/**
 * The report.
 */
report: string, 
/**
 * What it says.
 */
fields: ReportFields, 
/**
 * Fields with more than one standing value.
 */
conflicts: Array<Conflict>, 
/**
 * Evidence.
 */
evidence: Array<EvidenceView>, 
/**
 * Where it stands.
 */
state: DeliveryState, 
/**
 * Whether changes are newer than what was handed over.
 */
changed_since_handed_over: boolean, 
/**
 * Whether consent to share with the coalition is on record.
 */
consent_given: boolean, 
/**
 * Answers and notes, oldest first.
 */
notes: Array<NoteView>, 
/**
 * The history, oldest first.
 */
history: Array<HistoryLine>, 
/**
 * Entries whose predecessors have not arrived.
 */
missing_entries: number, 
/**
 * An edit that is not finished is waiting.
 */
has_draft: boolean, };

/**
 * What this vault is for. It changes what the screens lead with, not the code underneath.
 */
export type RoleView = "reporter" | "lawyer" | "desk";

/**
 * Autosaves a draft.
 */
export type SaveDraft = { 
/**
 * The report the draft belongs to.
 */
report: string, 
/**
 * All that is written so far.
 */
fields: ReportFields, 
/**
 * Fields in conflict that the person has settled by choosing; they are signed even where the
 * choice is the value shown first.
 */
settled: Array<string>, };

/**
 * Says that something is on disk, and when.
 */
export type Saved = { 
/**
 * When it was synced to the disk.
 */
saved_at: number, };

/**
 * What a person can set.
 */
export type Settings = { 
/**
 * Language of the screens, BCP 47: `en` or `ru`; empty follows the device.
 */
language: string, 
/**
 * Minutes without a touch before the vault locks itself; 0 is never.
 */
auto_lock_minutes: number, };

/**
 * What a sync did.
 */
export type SyncReport = { 
/**
 * Objects now held by the endpoint, with verified receipts.
 */
delivered: number, 
/**
 * Objects fetched.
 */
fetched: number, 
/**
 * Reports that are new or changed here.
 */
reports: number, 
/**
 * Objects still waiting.
 */
waiting: number, 
/**
 * Bytes sent.
 */
bytes_sent: number, 
/**
 * Why it stopped short, if it did.
 */
fault: Fault | null, };

/**
 * One code with its label in the asked language.
 */
export type Term = { 
/**
 * Stable code.
 */
code: string, 
/**
 * Label.
 */
label: string, };

/**
 * Opens the vault.
 */
export type Unlock = { 
/**
 * The passphrase.
 */
passphrase: string, };

/**
 * The vocabularies in one language.
 */
export type VocabularyView = { 
/**
 * Kinds of incident by family.
 */
families: Array<KindFamily>, 
/**
 * Who is hit.
 */
affected: Array<Term>, 
/**
 * Who does it.
 */
sources: Array<Term>, };

/**
 * When it happened, as precisely as it is known.
 */
export type WhenView = { 
/**
 * How exactly it is known.
 */
precision: PrecisionView, 
/**
 * Start, ISO 8601 cut to the precision: `2026-03-12T21:40`, `2026-03-12`, `2026-03`, `2026`.
 */
from: string | null, 
/**
 * End, for a range.
 */
to: string | null, 
/**
 * Offset from UTC of an exact time, `+05:00`.
 */
zone: string | null, };

/** Every command: its arguments and its reply. */
export interface Commands {
  /** Where the app stands. */
  state: [null, AppState];
  /** Makes a vault and opens it. */
  create_vault: [CreateVault, AppState];
  /** Opens the vault. */
  unlock: [Unlock, AppState];
  /** Closes the vault; drafts are kept. */
  lock: [null, AppState];
  /** Destroys the vault's keys, then everything else. Needs no passphrase. */
  panic: [null, PanicReport];
  /** Keeps what the person has chosen. */
  set_settings: [Settings, Settings];
  /** A page of reports, searched. */
  list_reports: [ListReports, ReportList];
  /** One report in full. */
  report: [ReportId, ReportView];
  /** Begins a report. */
  new_draft: [null, DraftView];
  /** Goes on with a draft. */
  open_draft: [ReportId, DraftView];
  /** Begins to change a report that is saved. */
  edit_report: [ReportId, DraftView];
  /** Keeps what is written so far. */
  save_draft: [SaveDraft, Saved];
  /** Signs what is written: the draft becomes entries of the report. */
  finish_draft: [ReportId, ReportView];
  /** Throws the draft away, with what was attached to it. */
  discard_draft: [ReportId, null];
  /** Begins to import a file. */
  attach_begin: [AttachBegin, ImportId];
  /** Ends an import; the evidence is on disk, sealed. */
  attach_finish: [ImportId, EvidenceView];
  /** Gives an import up. */
  attach_abort: [ImportId, null];
  /** Takes evidence out of a draft again. */
  remove_evidence: [EvidenceId, DraftView];
  /** What kind of age key this is. */
  check_key: [KeyText, KeyRead];
  /** What would go out, for a last look. */
  outgoing: [ReportId, Outgoing];
  /** Seals a report for the coalition and puts it on its way. */
  hand_over: [HandOver, ReportView];
  /** The delivery screen. */
  delivery: [null, DeliveryView];
  /** The receipts kept for a report, verified again. */
  receipts: [ReportId, Array<ReceiptView>];
  /** Sends what waits and fetches what is there. */
  sync_now: [null, SyncReport];
  /** What an invite says, before trusting it. */
  preview_invite: [InviteText, CoalitionView];
  /** Joins the coalition of an invite. */
  join: [InviteText, AppState];
  /** The desk's own invite. */
  invite: [null, InviteView];
  /** At the desk: signs that the report was opened and read. */
  mark_read: [ReportId, ReportView];
  /** At the desk: answers a report. */
  answer: [Answer, ReportView];
  /** The vocabularies in one language. */
  vocabulary: [Language, VocabularyView];
}
