//! What the second passphrase opens: a notebook, after the keys of everything else are gone (I-13).

use std::{fmt, fs};

use holdfast_record::Timestamp;
use rand_core::CryptoRng;

use crate::{
    Notebook, OpenError, StoreError,
    disk::{BLOBS, KEYS, absent_is_fine, overwrite, remove_beside, same_times, sync_dir},
    held::{Held, make_random_store},
    opening::open_store,
    panic::empty,
    presence::{Presence, presence},
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
        if presence(dir) != Presence::Here {
            return Ok(());
        }
        // Another program may be destroying the notebook too: what it removed is not made again.
        remove_beside(dir, self.held.letter.other())?;
        self.held.overwrite_spare(&make_random_store(rng))?;
        let blobs = dir.join(BLOBS);
        absent_is_fine(empty(&blobs).and_then(|()| sync_dir(&blobs)))?;
        absent_is_fine(sync_dir(dir))?;
        self.store
            .write(|transaction| settings::set(transaction, SWEPT, &[]))
    }
}

impl fmt::Debug for Decoy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Decoy")
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng as _};

    use super::*;
    use crate::{Create, KdfCost, Opened, Passphrase, Role, Vault, steps::watched};

    /// A notebook just opened, with all that is left of the vault beside it.
    fn notebook(dir: &Path) -> Decoy {
        let (now, mut rng) = (Timestamp(1_780_000_000_000), ChaCha20Rng::seed_from_u64(5));
        let passphrase = |text: &str| Passphrase::from(text.to_owned());
        let create = Create {
            role: Role::Reporter,
            cost: KdfCost::Floor,
            now,
            settings: &[],
        };
        let vault = Vault::create(dir, &passphrase("kelp"), create, &mut rng).unwrap();
        vault.put_object(b"sealed").unwrap();
        let notes = [("milk".to_owned(), now)];
        vault
            .set_duress(&passphrase("wrack"), &notes, &mut rng)
            .unwrap();
        drop(vault);
        match Vault::open(dir, &passphrase("wrack"), now, &mut rng) {
            Ok(Opened::Decoy(decoy)) => decoy,
            other => panic!("{other:?}"),
        }
    }

    /// Another program panics before each step of the sweep.
    #[test]
    fn what_a_panic_elsewhere_removes_is_not_made_again() {
        for number in 1.. {
            let home = tempfile::tempdir().unwrap();
            let dir = home.path().join("vault");
            let decoy = notebook(&dir);
            let (gone, mut step) = (dir.clone(), 0);
            let swept = watched(
                move |_| {
                    step += 1;
                    if step == number {
                        fs::remove_dir_all(&gone)?;
                    }
                    Ok(())
                },
                || decoy.sweep(&mut ChaCha20Rng::seed_from_u64(6)),
            );
            drop(decoy);
            if dir.exists() {
                swept.unwrap();
                assert!(number > 8, "{number} steps");
                break;
            }
        }
        // And when it was there before the first.
        let home = tempfile::tempdir().unwrap();
        let dir = home.path().join("vault");
        let decoy = notebook(&dir);
        crate::panic(&dir).unwrap();
        decoy.sweep(&mut ChaCha20Rng::seed_from_u64(6)).unwrap();
        drop(decoy);
        assert!(!dir.exists());
    }
}
