//! The ordinary notebook, and the passphrase that opens nothing else.

use crate::{
    App,
    view::{Fault, Language, NoteId, PageView, SaveNote, SetDuress, TemplateView},
};

impl App {
    /// Sets the second passphrase, and the notebook that it opens.
    pub fn set_duress(&self, _args: SetDuress) -> Result<(), Fault> {
        Err(Fault::Internal)
    }

    /// Notebooks to begin from.
    pub fn templates(&self, _args: Language) -> Result<Vec<TemplateView>, Fault> {
        Err(Fault::Internal)
    }

    /// The notes of the notebook that is open.
    pub fn notes(&self, (): ()) -> Result<Vec<PageView>, Fault> {
        Err(Fault::Internal)
    }

    /// Keeps a note.
    pub fn save_note(&self, _args: SaveNote) -> Result<PageView, Fault> {
        Err(Fault::Internal)
    }

    /// Deletes a note.
    pub fn delete_note(&self, _args: NoteId) -> Result<(), Fault> {
        Err(Fault::Internal)
    }
}
