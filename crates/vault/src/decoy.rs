//! What the second passphrase opens: a notebook, after the keys of everything else are gone (I-13).

use std::{fmt, fs};

use holdfast_record::Timestamp;
use rand_core::CryptoRng;

use crate::{
    Notebook, OpenError, StoreError,
    disk::{BLOBS, KEYS, make_dir, overwrite, remove_beside, same_times, sync_dir},
    held::{Held, make_random_store},
    opening::open_store,
    panic::empty,
    slots::{Keys, Unlocked},
    store::{Store, settings},
};

/// Kept in a decoy's database once everything else is deleted.
const SWEPT: &str = "vault.swept";

/// A notebook that was opened by the duress passphrase. Dropping it locks it.
pub struct Decoy {
    // In this order: the database closes before the directory is let go.
    store: Store,
    held: Held,
}

impl Decoy {
    /// Destroys the keys of everything else, then opens the notebook.
    pub(crate) fn open(
        mut held: Held,
        mut keys: Keys,
        unlocked: &Unlocked,
        now: Timestamp,
        rng: &mut impl CryptoRng,
    ) -> Result<Self, OpenError> {
        keys.forget_all_but(unlocked.slot, rng);
        overwrite(&held.dir.join(KEYS), keys.as_bytes())?;
        let store = open_store(&mut held, unlocked)?;
        // The vault looks through its blobs when it opens, which takes time where there are many.
        let _ = fs::read_dir(held.dir.join(BLOBS)).map(Iterator::count);
        held.renew_guard(&store, now)?;
        same_times(&held.dir);
        Ok(Self { store, held })
    }

    /// The notes.
    pub fn notebook(&self) -> Notebook<'_> {
        Notebook::of(&self.store)
    }

    /// The owner is there.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn check_in(&self, now: Timestamp) -> Result<(), StoreError> {
        self.held.check_in(now)
    }

    /// Whether the system kept every key that passed through memory out of swap.
    pub fn keys_locked(&self) -> bool {
        self.held.keys_locked
    }

    /// Deletes what is left of the vault, which nothing opens any more. It may take a while, so it
    /// is done after the notebook is shown; killed on the way, it is to be called again after the
    /// next opening. Once done it does nothing.
    ///
    /// The other database is written over and cut in its place, not made anew: a file that is
    /// younger than its neighbours would tell when.
    ///
    /// # Errors
    /// Of the disk; it is to be called again.
    pub fn sweep(&self, rng: &mut impl CryptoRng) -> Result<(), StoreError> {
        if self
            .store
            .read(|connection| settings::get(connection, SWEPT))?
            .is_some()
        {
            return Ok(());
        }
        let dir = &self.held.dir;
        remove_beside(dir, self.held.letter.other())?;
        self.held.fill_spare(&make_random_store(rng))?;
        let blobs = dir.join(BLOBS);
        make_dir(&blobs)?;
        empty(&blobs)?;
        sync_dir(&blobs)?;
        sync_dir(dir)?;
        self.store
            .write(|transaction| settings::set(transaction, SWEPT, &[]))
    }
}

impl fmt::Debug for Decoy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Decoy")
    }
}
