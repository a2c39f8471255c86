//! The ordinary notebook: what a cover shows, and what a second passphrase opens.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A note.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct PageView {
    /// Which.
    pub note: u32,
    /// Its words; the first line is its title.
    pub text: String,
    /// When it was last changed.
    pub changed_at: i64,
}

/// Keeps a note.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct SaveNote {
    /// Which; none for a new one.
    pub note: Option<u32>,
    /// Its words.
    pub text: String,
}

/// Which note a command is about.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct NoteId {
    /// Which.
    pub note: u32,
}

/// A note to be put into a notebook when it is set up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct NoteText {
    /// Its words.
    pub text: String,
    /// How many days before today it is dated.
    pub days_ago: u32,
}

/// A notebook to begin from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TemplateView {
    /// Stable code: `diary`, `field_notes`, `household`.
    pub code: String,
    /// Its notes, newest first.
    pub notes: Vec<NoteText>,
}

/// Sets what the second passphrase opens. Replaces whatever it opened before, if anything.
#[derive(Deserialize, TS)]
pub struct SetDuress {
    /// The second passphrase.
    pub passphrase: String,
    /// What is in the notebook it opens.
    pub notes: Vec<NoteText>,
}
