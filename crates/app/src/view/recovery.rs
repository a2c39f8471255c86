//! The recovery words, and starting again with them.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{AppState, Fault};

/// A vault made without a window. The words are given out this once.
#[derive(Serialize)]
pub struct VaultMade {
    /// Where the app stands.
    #[serde(flatten)]
    pub state: AppState,
    /// The 24 recovery words, in order.
    pub words: Vec<String>,
}

/// Recovery words that were drawn just now, to be written on paper. They are shown this once.
#[derive(Clone, Serialize, Deserialize, TS)]
pub struct WordsView {
    /// The 24 words, in order.
    pub words: Vec<String>,
    /// Which of them are asked for before a vault is made; 1 is the first.
    pub asked: Vec<u32>,
}

/// One of the words, typed back.
#[derive(Clone, Deserialize, TS)]
pub struct WordTyped {
    /// Which; 1 is the first.
    pub position: u32,
    /// What was typed.
    pub word: String,
}

/// The asked words, typed back.
#[derive(Clone, Deserialize, TS)]
pub struct ConfirmWords {
    /// One for each position asked for.
    pub typed: Vec<WordTyped>,
}

/// The list that recovery words come from, for help while they are typed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct WordList {
    /// In alphabetical order; the first four letters tell them apart.
    pub words: Vec<String>,
}

/// Starts again on this device: makes a vault and fetches back what the old one had delivered.
#[derive(Deserialize, TS)]
pub struct Recover {
    /// The passphrase of the new vault.
    pub passphrase: String,
    /// The 24 words, with any space between them.
    pub words: String,
    /// The invite of the coalition.
    pub invite: String,
    /// Whether the old device may be in somebody else's hands: the desk then flags what it sends.
    pub lost: bool,
}

/// Goes on with a recovery that was broken off.
#[derive(Deserialize, TS)]
pub struct ResumeRecovery {
    /// The 24 words.
    pub words: String,
}

/// A recovery that has not brought everything back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct RecoveringView {
    /// What did not come at the last try; none when it was broken off before that was known.
    pub missing: u32,
}

/// Fetches back what was thinned here.
#[derive(Deserialize, TS)]
pub struct FetchBack {
    /// The 24 words.
    pub words: String,
    /// The report; none for all of them.
    pub report: Option<String>,
}

/// What came back.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Recovered {
    /// Reports that are whole again, every entry verified.
    pub reports: u32,
    /// Pieces of evidence that are here again, their hashes checked.
    pub evidence: u32,
    /// Reports and pieces of evidence that were delivered and could not be fetched; trying again goes on.
    pub missing: u32,
    /// Why it stopped short, if it did.
    pub fault: Option<Fault>,
}
