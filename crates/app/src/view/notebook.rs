//! The ordinary notebook: what a cover shows, and what a second passphrase opens.

use std::fmt;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A note.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct PageView {
    /// Which.
    pub note: u32,
    /// Its words; the first line is its title.
    pub text: String,
    /// When it was last changed.
    pub changed_at: i64,
}

/// Keeps a note.
#[derive(Clone, Serialize, Deserialize, TS)]
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
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
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

/// What a person wrote does not print.
macro_rules! redact {
    ($($name:ident),*) => {$(
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({} bytes)", stringify!($name), self.text.len())
            }
        }
    )*};
}
redact!(PageView, SaveNote, NoteText);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_person_wrote_does_not_print() {
        let text = || "otter-note-7702".to_owned();
        let page = PageView {
            note: 1,
            text: text(),
            changed_at: 5,
        };
        let save = SaveNote {
            note: None,
            text: text(),
        };
        let note = NoteText {
            text: text(),
            days_ago: 3,
        };
        let template = TemplateView {
            code: "diary".to_owned(),
            notes: vec![note.clone()],
        };
        let printed = format!("{page:?} {save:?} {note:?} {template:?}");
        assert!(!printed.contains("otter"), "{printed}");
    }
}
