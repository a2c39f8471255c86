// Written by `make bindings` from crates/app/src/surface.rs; a test fails when it is stale.

/**
 * Adds a vault to this device.
 */
export type AddVault = { 
/**
 * The name it is listed by.
 */
label: string, };

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
settings: Settings, 
/**
 * What can be seen without opening anything.
 */
look: LookView, 
/**
 * How long the next try of a passphrase will wait before it begins.
 */
wait_seconds: number, 
/**
 * When the vault destroys itself unless it is opened before.
 */
check_in_by: number | null, 
/**
 * A recovery that was begun in the open vault and has not brought everything back.
 */
recovering: RecoveringView | null, 
/**
 * What the last panic did, until something is opened or made.
 */
destroyed: PanicView | null, 
/**
 * The part of the vault that is not in use was damaged and made anew at this opening: a second
 * passphrase, if there was one, is to be set again.
 */
spare_mended: boolean, };

/**
 * What would be lost if the vault were destroyed now: nobody else has it.
 */
export type AtRisk = { 
/**
 * Drafts, and changes that are not finished.
 */
drafts: number, 
/**
 * Reports that were never sent, or changed since.
 */
unsent: number, 
/**
 * Reports on their way, some of it not confirmed.
 */
waiting: number, 
/**
 * Bytes of them.
 */
waiting_bytes: number, };

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
 * Changes the passphrase of the open vault.
 */
export type ChangePassphrase = { 
/**
 * The one that opens it now.
 */
old: string, 
/**
 * The one that is to open it.
 */
new: string, };

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
 * The asked words, typed back.
 */
export type ConfirmWords = { 
/**
 * One for each position asked for.
 */
typed: Array<WordTyped>, };

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
 * What hides the screen at the press of a key.
 */
export type CoverView = "calculator" | "notebook";

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
last_fault: Fault | null, 
/**
 * What would be lost if the vault were destroyed now.
 */
at_risk: AtRisk, };

/**
 * What this device does for the vault, as far as can be told.
 */
export type DeviceView = { 
/**
 * Whether memory can reach the disk.
 */
swap: SwapView, 
/**
 * Whether the system lets the vault's keys be held in memory that is never swapped.
 */
keys_locked: boolean, 
/**
 * Whether a crash leaves no dump and other programs cannot look into the memory.
 */
memory_private: boolean, };

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
 * What somebody who opens this vault today would see.
 */
export type ExposureView = { 
/**
 * Reports whose words are here.
 */
reports: number, 
/**
 * Drafts.
 */
drafts: number, 
/**
 * Reports of which only receipts are here.
 */
receipts_only: number, 
/**
 * So many of these have the desk's answers beside.
 */
answers_kept: number, 
/**
 * Pieces of evidence that can be looked at here.
 */
evidence: number, 
/**
 * Their size.
 */
evidence_bytes: number, 
/**
 * The day of the oldest report whose words are here.
 */
oldest: number | null, 
/**
 * The coalition whose name is here.
 */
coalition: string | null, 
/**
 * Reports that could be thinned now.
 */
thinnable: number, 
/**
 * The bytes of evidence that would go with them.
 */
thinnable_bytes: number, };

/**
 * Why something did not happen: a code for the screen's own words, never prose.
 */
export type Fault = { "code": "no_vault" } | { "code": "vault_exists" } | { "code": "locked" } | { "code": "wrong_passphrase" } | { "code": "passphrase_too_short", "params": { 
/**
 * At least so many characters.
 */
least: number, } } | { "code": "passphrase_taken" } | { "code": "word_unknown", "params": { 
/**
 * Which; 1 is the first.
 */
position: number, } } | { "code": "words_wrong" } | { "code": "word_differs", "params": { 
/**
 * Which; 1 is the first.
 */
position: number, } } | { "code": "words_not_confirmed" } | { "code": "words_of_another" } | { "code": "nothing_to_recover" } | { "code": "not_delivered" } | { "code": "has_draft" } | { "code": "thinned" } | { "code": "no_such_note" } | { "code": "keys_damaged" } | { "code": "keys_missing" } | { "code": "store_damaged" } | { "code": "vault_in_use" } | { "code": "wiped" } | { "code": "newer_version" } | { "code": "no_such_report" } | { "code": "no_such_evidence" } | { "code": "evidence_damaged" } | { "code": "evidence_not_here" } | { "code": "key_other_kind" } | { "code": "key_mistyped" } | { "code": "key_secret" } | { "code": "keys_mixed" } | { "code": "nothing_written" } | { "code": "consent_missing" } | { "code": "not_joined" } | { "code": "already_joined" } | { "code": "not_a_desk" } | { "code": "invite_damaged" } | { "code": "courier_damaged" } | { "code": "courier_not_for_us" } | { "code": "nothing_to_carry" } | { "code": "disk_full" } | { "code": "file_problem" } | { "code": "too_large", "params": { 
/**
 * Most bytes.
 */
most: number, } } | { "code": "endpoint_unreachable" } | { "code": "endpoint_odd" } | { "code": "endpoint_refused" } | { "code": "endpoint_full" } | { "code": "receipt_damaged" } | { "code": "address_not_safe" } | { "code": "no_such_import" } | { "code": "bad_request" } | { "code": "internal" };

/**
 * Fetches back what was thinned here.
 */
export type FetchBack = { 
/**
 * The 24 words.
 */
words: string, 
/**
 * The report; none for all of them.
 */
report: string | null, };

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
made_at: number, 
/**
 * It came from a device after that was declared lost.
 */
from_lost_device: boolean, };

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
 * A passphrase to be judged. It is not kept.
 */
export type Judge = { 
/**
 * The passphrase.
 */
passphrase: string, 
/**
 * The language of its words, as far as is known.
 */
language: string, };

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
 * What can be seen of the app before anything is opened.
 */
export type LookView = { 
/**
 * Name, icon and title.
 */
name: NameView, 
/**
 * The language of the screens before a vault is open; empty follows the device.
 */
language: string, 
/**
 * The vaults of this device.
 */
vaults: Array<VaultLine>, 
/**
 * The one that a passphrase is tried on.
 */
chosen: number, };

/**
 * How the app presents itself to whoever looks at the device: its name, icon and title.
 */
export type NameView = "holdfast" | "notes" | "calculator" | "recipes";

/**
 * Which note a command is about.
 */
export type NoteId = { 
/**
 * Which.
 */
note: number, };

/**
 * A note to be put into a notebook when it is set up.
 */
export type NoteText = { 
/**
 * Its words.
 */
text: string, 
/**
 * How many days before today it is dated.
 */
days_ago: number, };

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
 * A note.
 */
export type PageView = { 
/**
 * Which.
 */
note: number, 
/**
 * Its words; the first line is its title.
 */
text: string, 
/**
 * When it was last changed.
 */
changed_at: number, };

/**
 * What panic did.
 */
export type PanicReport = { 
/**
 * The keys are overwritten and synced. If not, they may still be found on the disk.
 */
keys_gone: boolean, 
/**
 * Everything else is deleted too.
 */
all_gone: boolean, };

/**
 * What the last panic did, or why it could do nothing.
 */
export type PanicView = PanicReport | Fault;

/**
 * Where the app stands: which first screen to show.
 */
export type Phase = "no_vault" | "locked" | "open" | "notebook";

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
 * Starts again on this device: makes a vault and fetches back what the old one had delivered.
 */
export type Recover = { 
/**
 * The passphrase of the new vault.
 */
passphrase: string, 
/**
 * The 24 words, with any space between them.
 */
words: string, 
/**
 * The invite of the coalition.
 */
invite: string, 
/**
 * Whether the old device may be in somebody else's hands: the desk then flags what it sends.
 */
lost: boolean, };

/**
 * What came back.
 */
export type Recovered = { 
/**
 * Reports that are whole again, every entry verified.
 */
reports: number, 
/**
 * Pieces of evidence that are here again, their hashes checked.
 */
evidence: number, 
/**
 * Reports and pieces of evidence that were delivered and could not be fetched; trying again goes on.
 */
missing: number, 
/**
 * Why it stopped short, if it did.
 */
fault: Fault | null, };

/**
 * A recovery that has not brought everything back.
 */
export type RecoveringView = { 
/**
 * What did not come at the last try; none when it was broken off before that was known.
 */
missing: number, };

/**
 * What became of several reports that were to be removed.
 */
export type Removed = { 
/**
 * So many are gone, or their evidence is.
 */
done: number, 
/**
 * So many stayed as they were: something in them is not finished, or not delivered.
 */
left: number, };

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
unread: boolean, 
/**
 * At a desk: something in it came from a device after that was declared lost.
 */
from_lost_device: boolean, 
/**
 * What was removed here, if something was; the title is then the name it was given.
 */
thinned: ThinView | null, };

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
has_draft: boolean, 
/**
 * What was removed here, if something was; the recovery words fetch it back.
 */
thinned: ThinView | null, 
/**
 * Whether all of it is delivered, so that it can be thinned.
 */
can_thin: boolean, 
/**
 * Its author writes from a new device since, linked by the recovery words.
 */
new_device: boolean, };

/**
 * Goes on with a recovery that was broken off.
 */
export type ResumeRecovery = { 
/**
 * The 24 words.
 */
words: string, };

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
 * Keeps a note.
 */
export type SaveNote = { 
/**
 * Which; none for a new one.
 */
note: number | null, 
/**
 * Its words.
 */
text: string, };

/**
 * Says that something is on disk, and when.
 */
export type Saved = { 
/**
 * When it was synced to the disk.
 */
saved_at: number, };

/**
 * Sets what the second passphrase opens. Replaces whatever it opened before, if anything.
 */
export type SetDuress = { 
/**
 * The second passphrase.
 */
passphrase: string, 
/**
 * What is in the notebook it opens.
 */
notes: Array<NoteText>, };

/**
 * Chooses how the app presents itself.
 */
export type SetName = { 
/**
 * Name, icon and title.
 */
name: NameView, };

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
auto_lock_minutes: number, 
/**
 * What hides the screen at the press of a key.
 */
cover: CoverView, 
/**
 * Whether the page is hidden while another window has the focus.
 */
hide_on_blur: boolean, 
/**
 * Whether each wrong passphrase makes the next try wait longer.
 */
slow_tries: boolean, 
/**
 * Wrong passphrases in a row that destroy the vault; 0 is never, and otherwise [`LEAST_TRIES`] are
 * the least.
 */
wipe_after_tries: number, 
/**
 * Hours without the vault being opened that destroy it; 0 is never.
 */
check_in_hours: number, 
/**
 * What thins by itself.
 */
thin: ThinPolicy, };

/**
 * How long a passphrase stands against guessing.
 */
export type StrengthView = { 
/**
 * From 0, guessed at once, to 4, guessed by nobody.
 */
score: number, 
/**
 * Guesses it takes, as a power of ten, rounded down.
 */
guesses_log10: number, 
/**
 * Years that one rented machine of 2026 needs against this app's hashing, rounded down.
 */
years: number, };

/**
 * A passphrase that was drawn at random.
 */
export type Suggestion = { 
/**
 * Six words with spaces between them.
 */
passphrase: string, };

/**
 * Whether memory can reach the disk.
 */
export type SwapView = "unknown" | "none" | "encrypted" | "plain";

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
 * A notebook to begin from.
 */
export type TemplateView = { 
/**
 * Stable code: `diary`, `field_notes`, `household`.
 */
code: string, 
/**
 * Its notes, newest first.
 */
notes: Array<NoteText>, };

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
 * Removes a delivered report, or its evidence, from this device.
 */
export type Thin = { 
/**
 * The report.
 */
report: string, 
/**
 * What goes.
 */
what: ThinView, 
/**
 * With everything gone: the name it is listed by from now on; none lists it by its date.
 */
label: string | null, };

/**
 * Removes several delivered reports, or their evidence, from this device.
 */
export type ThinMany = { 
/**
 * The reports.
 */
reports: Array<string>, 
/**
 * What goes. Of a whole report its date is left to be listed by.
 */
what: ThinView, };

/**
 * What thins by itself.
 */
export type ThinPolicy = { 
/**
 * What goes; none thins nothing.
 */
what: ThinView | null, 
/**
 * When: so many days after everything was delivered; 0 is as soon as the desk has read it.
 */
after_days: number, };

/**
 * What is kept of a report that is thinned.
 */
export type ThinView = "evidence" | "everything";

/**
 * Opens the vault.
 */
export type Unlock = { 
/**
 * The passphrase.
 */
passphrase: string, };

/**
 * Which vault a command is about.
 */
export type VaultId = { 
/**
 * Which.
 */
vault: number, };

/**
 * A vault among those of this device.
 */
export type VaultLine = { 
/**
 * Which.
 */
vault: number, 
/**
 * The name that its owner gave it; seen by everybody who opens the app.
 */
label: string, };

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

/**
 * The list that recovery words come from, for help while they are typed.
 */
export type WordList = { 
/**
 * In alphabetical order; the first four letters tell them apart.
 */
words: Array<string>, };

/**
 * One of the words, typed back.
 */
export type WordTyped = { 
/**
 * Which; 1 is the first.
 */
position: number, 
/**
 * What was typed.
 */
word: string, };

/**
 * Recovery words that were drawn just now, to be written on paper. They are shown this once.
 */
export type WordsView = { 
/**
 * The 24 words, in order.
 */
words: Array<string>, 
/**
 * Which of them are asked for before a vault is made; 1 is the first.
 */
asked: Array<number>, };

/** Every command: its arguments and its reply. */
export interface Commands {
  /** Where the app stands. */
  state: [null, AppState];
  /** Makes a vault and opens it. */
  create_vault: [CreateVault, AppState];
  /** Draws recovery words, to be written on paper before a vault is made. */
  new_words: [null, WordsView];
  /** Compares the words that were asked for; a vault can be made with them afterwards. */
  confirm_words: [ConfirmWords, null];
  /** The list that recovery words come from. */
  word_list: [null, WordList];
  /** Starts again on this device with recovery words and an invite. */
  recover: [Recover, Recovered];
  /** Goes on with a recovery that was broken off, in the vault that is open. */
  resume_recovery: [ResumeRecovery, Recovered];
  /** Leaves a recovery at what came back. */
  end_recovery: [null, AppState];
  /** Opens the vault. A second passphrase, if one is set, opens a notebook and nothing else. */
  unlock: [Unlock, AppState];
  /** Says that its owner is well: the time to the next check-in begins anew. */
  check_in: [null, AppState];
  /** Changes the passphrase. */
  change_passphrase: [ChangePassphrase, null];
  /** How long a passphrase stands against guessing. */
  judge_passphrase: [Judge, StrengthView];
  /** Draws a passphrase in one language. */
  suggest_passphrase: [Language, Suggestion];
  /** Sets the second passphrase, and the notebook that it opens. */
  set_duress: [SetDuress, null];
  /** Notebooks to begin from, in one language. */
  templates: [Language, Array<TemplateView>];
  /** The notes of the notebook that is open, newest first. */
  notes: [null, Array<PageView>];
  /** Keeps a note. */
  save_note: [SaveNote, PageView];
  /** Deletes a note. */
  delete_note: [NoteId, null];
  /** Chooses how the app presents itself. */
  set_name: [SetName, LookView];
  /** Chooses the vault that a passphrase is tried on. */
  choose_vault: [VaultId, AppState];
  /** Adds a vault to this device, to be made next. */
  add_vault: [AddVault, AppState];
  /** What this device does for the vault. */
  device: [null, DeviceView];
  /** Closes the vault; drafts are kept. */
  lock: [null, AppState];
  /** Destroys the vault's keys, then everything else. Needs no passphrase. */
  panic: [null, PanicReport];
  /** Says no longer what the last panic did. */
  forget_panic: [null, null];
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
  /** What somebody who opens this vault today would see. */
  exposure: [null, ExposureView];
  /** Removes a delivered report, or its evidence, from this device; receipts stay. */
  thin: [Thin, null];
  /** Removes many delivered reports, or their evidence, at one go. */
  thin_many: [ThinMany, Removed];
  /** Fetches back what was thinned. */
  fetch_back: [FetchBack, Recovered];
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
