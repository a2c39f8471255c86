//! What a page says to the one after it.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// No page has more to say.
const MOST_BYTES: usize = 256;

/// What a page says to the one after it: nothing of the vault, and only the pages read it.
#[derive(Default)]
pub(crate) struct Word(Mutex<String>);

impl Word {
    /// Keeps it, or nothing if it is too long to be one.
    pub(crate) fn leave(&self, word: String) {
        *self.word() = Some(word)
            .filter(|word| word.len() <= MOST_BYTES)
            .unwrap_or_default();
    }

    pub(crate) fn left(&self) -> String {
        self.word().clone()
    }

    fn word(&self) -> MutexGuard<'_, String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
