//! The recovery words, starting again with them, and fetching back.

use crate::{
    App,
    view::{ConfirmWords, Fault, FetchBack, Recover, Recovered, WordList, WordsView},
};

impl App {
    /// Draws recovery words. They are shown once.
    pub fn new_words(&self, (): ()) -> Result<WordsView, Fault> {
        Err(Fault::Internal)
    }

    /// Compares the words that were asked for.
    pub fn confirm_words(&self, _args: ConfirmWords) -> Result<(), Fault> {
        Err(Fault::Internal)
    }

    /// The list that recovery words come from.
    pub fn word_list(&self, (): ()) -> Result<WordList, Fault> {
        Err(Fault::Internal)
    }

    /// Starts again on this device.
    pub async fn recover(&self, _args: Recover) -> Result<Recovered, Fault> {
        Err(Fault::Internal)
    }

    /// Fetches back what was thinned.
    pub async fn fetch_back(&self, _args: FetchBack) -> Result<Recovered, Fault> {
        Err(Fault::Internal)
    }
}
