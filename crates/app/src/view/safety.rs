//! Passphrases, how the app presents itself, and what a seizure would reveal.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What hides the screen at the press of a key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum CoverView {
    /// A calculator; the vault is locked behind it.
    #[default]
    Calculator,
    /// The notebook of this vault.
    Notebook,
}

/// How the app presents itself to whoever looks at the device: its name, icon and title.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum NameView {
    /// Holdfast.
    #[default]
    Holdfast,
    /// Notes.
    Notes,
    /// Calculator; it opens on one.
    Calculator,
    /// Recipes.
    Recipes,
}

/// What can be seen of the app before anything is opened.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct LookView {
    /// Name, icon and title.
    pub name: NameView,
    /// The language of the screens before a vault is open; empty follows the device.
    pub language: String,
    /// The vaults of this device.
    pub vaults: Vec<VaultLine>,
    /// The one that a passphrase is tried on.
    pub chosen: u32,
}

/// A vault among those of this device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct VaultLine {
    /// Which.
    pub vault: u32,
    /// The name that its owner gave it; seen by everybody who opens the app.
    pub label: String,
}

/// Which vault a command is about.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct VaultId {
    /// Which.
    pub vault: u32,
}

/// Adds a vault to this device.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct AddVault {
    /// The name it is listed by.
    pub label: String,
}

/// Chooses how the app presents itself.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct SetName {
    /// Name, icon and title.
    pub name: NameView,
}

/// A passphrase to be judged. It is not kept.
#[derive(Deserialize, TS)]
pub struct Judge {
    /// The passphrase.
    pub passphrase: String,
    /// The language of its words, as far as is known.
    pub language: String,
}

/// How long a passphrase stands against guessing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct StrengthView {
    /// From 0, guessed at once, to 4, guessed by nobody.
    pub score: u8,
    /// Guesses it takes, as a power of ten, rounded down.
    pub guesses_log10: u32,
    /// Years that one rented machine of 2026 needs against this app's hashing, rounded down.
    pub years: u64,
}

/// A passphrase that was drawn at random.
#[derive(Clone, Serialize, Deserialize, TS)]
pub struct Suggestion {
    /// Six words with spaces between them.
    pub passphrase: String,
}

/// Changes the passphrase of the open vault.
#[derive(Deserialize, TS)]
pub struct ChangePassphrase {
    /// The one that opens it now.
    pub old: String,
    /// The one that is to open it.
    pub new: String,
}

/// What is kept of a report that is thinned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ThinView {
    /// The words stay; evidence goes, with what would open it.
    Evidence,
    /// Only the receipts stay, and a name for it if one is given.
    Everything,
}

/// Removes a delivered report, or its evidence, from this device.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct Thin {
    /// The report.
    pub report: String,
    /// What goes.
    pub what: ThinView,
    /// With everything gone: the name it is listed by from now on; none lists it by its date.
    pub label: Option<String>,
}

/// Removes several delivered reports, or their evidence, from this device.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct ThinMany {
    /// The reports.
    pub reports: Vec<String>,
    /// What goes. Of a whole report its date is left to be listed by.
    pub what: ThinView,
}

/// What became of several reports that were to be removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Removed {
    /// So many are gone, or their evidence is.
    pub done: u32,
    /// So many stayed as they were: something in them is not finished, or not delivered.
    pub left: u32,
}

/// What thins by itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct ThinPolicy {
    /// What goes; none thins nothing.
    pub what: Option<ThinView>,
    /// When: so many days after everything was delivered; 0 is as soon as the desk has read it.
    pub after_days: u32,
}

/// What somebody who opens this vault today would see.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ExposureView {
    /// Reports whose words are here.
    pub reports: u32,
    /// Drafts.
    pub drafts: u32,
    /// Reports of which only receipts are here.
    pub receipts_only: u32,
    /// So many of these have the desk's answers beside.
    pub answers_kept: u32,
    /// Pieces of evidence that can be looked at here.
    pub evidence: u32,
    /// Their size.
    pub evidence_bytes: u64,
    /// The day of the oldest report whose words are here.
    pub oldest: Option<i64>,
    /// The coalition whose name is here.
    pub coalition: Option<String>,
    /// Reports that could be thinned now.
    pub thinnable: u32,
    /// The bytes of evidence that would go with them.
    pub thinnable_bytes: u64,
}

/// What would be lost if the vault were destroyed now: nobody else has it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct AtRisk {
    /// Drafts, and changes that are not finished.
    pub drafts: u32,
    /// Reports that were never sent, or changed since.
    pub unsent: u32,
    /// Reports on their way, some of it not confirmed.
    pub waiting: u32,
    /// Bytes of them.
    pub waiting_bytes: u64,
}

/// Whether memory can reach the disk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum SwapView {
    /// It is not known.
    #[default]
    Unknown,
    /// There is no swap.
    None,
    /// There is, and it is encrypted or in memory.
    Encrypted,
    /// There is, and what is in memory may be written to the disk as it is.
    Plain,
}

/// What this device does for the vault, as far as can be told.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct DeviceView {
    /// Whether memory can reach the disk.
    pub swap: SwapView,
    /// Whether the system lets the vault's keys be held in memory that is never swapped.
    pub keys_locked: bool,
    /// Whether a crash leaves no dump and other programs cannot look into the memory.
    pub memory_private: bool,
}
