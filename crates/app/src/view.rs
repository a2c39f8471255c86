//! What the shells show: plain data, ready for a screen or for `--json`.
//!
//! Every type here is written once in Rust and given to the window as a TypeScript type (see
//! [`crate::surface`]). Codes are stable; words come from the Fluent catalogues. Times are
//! milliseconds since the Unix epoch; sizes are bytes; identifiers are lower-case hexadecimal.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

mod delivery;
mod notebook;
mod recovery;
mod safety;

pub use crate::fault::Fault;
pub use delivery::{
    CourierOut, DeliveryItem, DeliveryView, HandOver, InviteText, InviteView, Outgoing,
    ReceiptView, SyncReport,
};
pub use notebook::{NoteId, NoteText, PageView, SaveNote, SetDuress, TemplateView};
pub use recovery::{
    ConfirmWords, FetchBack, Recover, Recovered, RecoveringView, ResumeRecovery, VaultMade,
    WordList, WordTyped, WordsView,
};
pub use safety::{
    AddVault, AtRisk, ChangePassphrase, CoverView, DeviceView, ExposureView, Judge, LookView,
    NameView, Removed, SetName, StrengthView, Suggestion, SwapView, Thin, ThinMany, ThinPolicy,
    ThinView, VaultId, VaultLine,
};

/// What this vault is for. It changes what the screens lead with, not the code underneath.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum RoleView {
    /// Writes reports.
    Reporter,
    /// Attaches evidence to cases.
    Lawyer,
    /// Receives reports for a coalition.
    Desk,
}

/// Where the app stands: which first screen to show.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// There is no vault on this device.
    NoVault,
    /// A vault is there and closed.
    Locked,
    /// A vault is open.
    Open,
    /// A notebook is open, and nothing else is there.
    Notebook,
}

/// The state of the whole app, enough to choose the first screen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct AppState {
    /// Which first screen to show.
    pub phase: Phase,
    /// The open vault's role.
    pub role: Option<RoleView>,
    /// The coalition this vault sends to (reporter, lawyer) or is (desk).
    pub coalition: Option<CoalitionView>,
    /// What the person has chosen; defaults while locked.
    pub settings: Settings,
    /// What can be seen without opening anything.
    pub look: LookView,
    /// How long the next try of a passphrase will wait before it begins.
    pub wait_seconds: u32,
    /// When the vault destroys itself unless it is opened before.
    pub check_in_by: Option<i64>,
    /// A recovery that was begun in the open vault and has not brought everything back.
    pub recovering: Option<RecoveringView>,
    /// What the last panic did, until something is opened or made.
    pub destroyed: Option<PanicView>,
    /// The part of the vault that is not in use was damaged and made anew at this opening: a second
    /// passphrase, if there was one, is to be set again.
    pub spare_mended: bool,
}

/// A limit of wrong passphrases below this is no protection, but a vault that its owner destroys with a
/// slip of the fingers.
pub const LEAST_TRIES: u32 = 10;

/// What a person can set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct Settings {
    /// Language of the screens, BCP 47: `en` or `ru`; empty follows the device.
    pub language: String,
    /// Minutes without a touch before the vault locks itself; 0 is never.
    pub auto_lock_minutes: u32,
    /// What hides the screen at the press of a key.
    pub cover: CoverView,
    /// Whether the page is hidden while another window has the focus.
    pub hide_on_blur: bool,
    /// Whether each wrong passphrase makes the next try wait longer.
    pub slow_tries: bool,
    /// Wrong passphrases in a row that destroy the vault; 0 is never, and otherwise [`LEAST_TRIES`] are
    /// the least.
    pub wipe_after_tries: u32,
    /// Hours without the vault being opened that destroy it; 0 is never.
    pub check_in_hours: u32,
    /// What thins by itself.
    pub thin: ThinPolicy,
}

/// A coalition as a person checks it before trusting it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CoalitionView {
    /// The name the coalition gives itself.
    pub name: String,
    /// Five groups of five digits, to compare by voice.
    pub fingerprint: String,
    /// Addresses of its endpoint.
    pub endpoints: Vec<String>,
}

/// Makes a vault.
#[derive(Deserialize, TS)]
pub struct CreateVault {
    /// The passphrase.
    pub passphrase: String,
    /// What the vault is for.
    pub role: RoleView,
    /// For a desk: the coalition's name.
    pub name: Option<String>,
    /// For a desk: the endpoint's address.
    pub endpoint: Option<String>,
    /// For a desk on an endpoint that asks for one: the admission token its operator gave.
    pub admission: Option<String>,
}

/// Opens the vault.
#[derive(Deserialize, TS)]
pub struct Unlock {
    /// The passphrase.
    pub passphrase: String,
}

/// The one vocabulary of state, for a report and for each thing on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryState {
    /// Being written; only on this device.
    Draft,
    /// Finished and kept on this device; nobody else has it.
    Saved,
    /// Sealed for the coalition, not yet confirmed.
    Waiting,
    /// The endpoint signed that it holds every piece.
    Held,
    /// The desk signed that it opened and read it.
    Read,
    /// The desk answered.
    Answered,
}

/// How exactly a moment is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum PrecisionView {
    /// To the minute.
    Exact,
    /// The day.
    Day,
    /// The month.
    Month,
    /// The year.
    Year,
    /// Between two dates.
    Range,
    /// Not known.
    Unknown,
}

/// When it happened, as precisely as it is known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct WhenView {
    /// How exactly it is known.
    pub precision: PrecisionView,
    /// Start, ISO 8601 cut to the precision: `2026-03-12T21:40`, `2026-03-12`, `2026-03`, `2026`.
    pub from: Option<String>,
    /// End, for a range.
    pub to: Option<String>,
    /// Offset from UTC of an exact time, `+05:00`.
    pub zone: Option<String>,
}

/// Where it happened.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct PlaceView {
    /// In the person's own words.
    pub text: String,
    /// ISO 3166-1 alpha-2, upper case.
    pub country: Option<String>,
}

/// What a person writes: everything optional, narrative first. A draft and an edit carry it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct ReportFields {
    /// What happened, in the person's own words.
    pub narrative: String,
    /// Language of the narrative, BCP 47.
    pub language: Option<String>,
    /// Kinds of incident, codes of the vocabulary.
    pub kinds: Vec<String>,
    /// When.
    pub when: Option<WhenView>,
    /// Where.
    pub place: Option<PlaceView>,
    /// Who is hit, codes.
    pub affected: Vec<String>,
    /// Who does it, codes.
    pub sources: Vec<String>,
    /// Help is needed now.
    pub urgent: bool,
}

/// Which report a command is about.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct ReportId {
    /// The report.
    pub report: String,
}

/// Autosaves a draft.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct SaveDraft {
    /// The report the draft belongs to.
    pub report: String,
    /// All that is written so far.
    pub fields: ReportFields,
    /// Fields in conflict that the person has settled by choosing; they are signed even where the
    /// choice is the value shown first.
    #[serde(default)]
    pub settled: Vec<String>,
}

/// A draft as the writing screen needs it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct DraftView {
    /// The report it will be, or already is when this is an edit.
    pub report: String,
    /// What is written.
    pub fields: ReportFields,
    /// Evidence already attached.
    pub evidence: Vec<EvidenceView>,
    /// Whether finishing makes a new report (false: changes one that is saved).
    pub is_new: bool,
    /// When it was last kept, if it was.
    pub saved_at: Option<i64>,
}

/// Says that something is on disk, and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Saved {
    /// When it was synced to the disk.
    pub saved_at: i64,
}

/// Asks for a page of reports.
#[derive(Clone, Debug, Default, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct ListReports {
    /// Words to look for; empty lists everything.
    pub query: String,
    /// At most so many; 0 is 50.
    pub limit: u32,
    /// Skip so many.
    pub offset: u32,
}

/// A page of reports, newest first, drafts before all.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ReportList {
    /// How many match in all.
    pub total: u32,
    /// This page.
    pub items: Vec<ReportSummary>,
}

/// A line of the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ReportSummary {
    /// The report.
    pub report: String,
    /// The first words of the narrative.
    pub title: String,
    /// Kinds, codes.
    pub kinds: Vec<String>,
    /// When it happened.
    pub when: Option<WhenView>,
    /// Where.
    pub place: Option<PlaceView>,
    /// How many pieces of evidence.
    pub evidence: u32,
    /// Help is needed now.
    pub urgent: bool,
    /// Where it stands.
    pub state: DeliveryState,
    /// Last change on this device.
    pub changed_at: i64,
    /// At a desk: nobody has opened it yet.
    pub unread: bool,
    /// At a desk: something in it came from a device after that was declared lost.
    pub from_lost_device: bool,
    /// What was removed here, if something was; the title is then the name it was given.
    pub thinned: Option<ThinView>,
}

/// A value that may have been written at two places at once; more than one until a person settles it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Conflict {
    /// The field: `narrative`, `kinds`, `when`, `place`, `affected`, `sources`, `urgent`, or one
    /// from a newer version.
    pub field: String,
    /// Every value that stands, each as the fields it would give.
    pub values: Vec<ReportFields>,
}

/// A report in full.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ReportView {
    /// The report.
    pub report: String,
    /// What it says.
    pub fields: ReportFields,
    /// Fields with more than one standing value.
    pub conflicts: Vec<Conflict>,
    /// Evidence.
    pub evidence: Vec<EvidenceView>,
    /// Where it stands.
    pub state: DeliveryState,
    /// Whether changes are newer than what was handed over.
    pub changed_since_handed_over: bool,
    /// Whether consent to share with the coalition is on record.
    pub consent_given: bool,
    /// Answers and notes, oldest first.
    pub notes: Vec<NoteView>,
    /// The history, oldest first.
    pub history: Vec<HistoryLine>,
    /// Entries whose predecessors have not arrived.
    pub missing_entries: u32,
    /// An edit that is not finished is waiting.
    pub has_draft: bool,
    /// What was removed here, if something was; the recovery words fetch it back.
    pub thinned: Option<ThinView>,
    /// Whether all of it is delivered, so that it can be thinned.
    pub can_thin: bool,
    /// Its author writes from a new device since, linked by the recovery words.
    pub new_device: bool,
}

/// A note or an answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct NoteView {
    /// The words.
    pub text: String,
    /// By this device.
    pub mine: bool,
    /// The desk's answer, rather than a note.
    pub answer: bool,
    /// Its author's clock.
    pub made_at: i64,
}

/// One signed entry, as a line of history.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct HistoryLine {
    /// The entry's hash.
    pub entry: String,
    /// `created`, `field_set`, `evidence_added`, `note`, `consent_given`, `consent_withdrawn`,
    /// `handed_over`, `opened`, `answered`, `unknown`, `forgotten`.
    pub what: String,
    /// By this device.
    pub mine: bool,
    /// Its author's clock.
    pub made_at: i64,
    /// It came from a device after that was declared lost.
    pub from_lost_device: bool,
}

/// A piece of evidence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct EvidenceView {
    /// The sealed object that holds it.
    pub object: String,
    /// The file's name as it was.
    pub name: String,
    /// Media type, as told at import.
    pub media_type: String,
    /// Size of the original.
    pub size: u64,
    /// SHA-256 of the original.
    pub sha256: String,
    /// When it was imported.
    pub imported_at: i64,
    /// Whether its bytes are on this device.
    pub present: bool,
}

/// Begins importing a file whose bytes follow in pieces.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct AttachBegin {
    /// The report (or draft) it belongs to.
    pub report: String,
    /// The file's name.
    pub name: String,
    /// Media type; empty lets the app tell from the name.
    pub media_type: String,
}

/// An import under way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ImportId {
    /// The import.
    pub import: u32,
}

/// A piece of evidence of a report.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct EvidenceId {
    /// The report.
    pub report: String,
    /// The sealed object.
    pub object: String,
}

/// Somebody's public age key, as it was pasted.
#[derive(Deserialize, TS)]
pub struct KeyText {
    /// The key: `age1…`, with any space in it, and what age-keygen writes around it.
    pub key: String,
}

/// What kind of age key a copy is sealed to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct KeyView {
    /// Whether the copy stays shut before a quantum computer too.
    pub hybrid: bool,
}

/// A public age key that was read in what somebody pasted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct KeyRead {
    /// The key alone: `age1…`.
    pub key: String,
    /// Whether what is sealed to it stays shut before a quantum computer too.
    pub hybrid: bool,
}

/// The desk's answer to a report.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct Answer {
    /// The report.
    pub report: String,
    /// The words the defender will read.
    pub text: String,
}

/// One code with its label in the asked language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Term {
    /// Stable code.
    pub code: String,
    /// Label.
    pub label: String,
}

/// A family of kinds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct KindFamily {
    /// Stable code.
    pub code: String,
    /// Label.
    pub label: String,
    /// Its kinds.
    pub kinds: Vec<Term>,
}

/// The vocabularies in one language.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct VocabularyView {
    /// Kinds of incident by family.
    pub families: Vec<KindFamily>,
    /// Who is hit.
    pub affected: Vec<Term>,
    /// Who does it.
    pub sources: Vec<Term>,
}

/// Which language.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct Language {
    /// BCP 47: `en` or `ru`.
    pub language: String,
}

/// What panic did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct PanicReport {
    /// The keys are overwritten and synced. If not, they may still be found on the disk.
    pub keys_gone: bool,
    /// Everything else is deleted too.
    pub all_gone: bool,
}

/// What the last panic did, or why it could do nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(untagged)]
pub enum PanicView {
    /// What could be destroyed is.
    Done(PanicReport),
    /// There was nothing.
    Failed(Fault),
}

impl PanicView {
    /// Nothing is left.
    pub(crate) const ALL: Self = Self::Done(PanicReport {
        keys_gone: true,
        all_gone: true,
    });
}
