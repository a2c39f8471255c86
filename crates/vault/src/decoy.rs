//! What the second passphrase opens: a notebook, after the keys of everything else are gone (I-13).

use std::{fmt, fs, io};

use holdfast_record::Timestamp;
use rand_core::CryptoRng;

use crate::{
    Notebook, OpenError, StoreError,
    disk::{BLOBS, absent_is_fine, remove_beside, renew_if_empty, sync_dir},
    guard::Guard,
    held::{Held, fill, guard_settings, make_random_store},
    journal::write_over,
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
        // While the keys cannot be destroyed, nothing may tell this passphrase from a wrong one.
        write_over(&held.dir, &keys).map_err(|_| OpenError::WrongPassphrase)?;
        let store = open_notebook(&mut held, unlocked, rng)?;
        let blobs = held.dir.join(BLOBS);
        let _ = renew_if_empty(&blobs);
        // The vault looks through its blobs when it opens, which takes time where there are many.
        let _ = fs::read_dir(blobs).map(Iterator::count);
        held.renew_guard(&store, now)?;
        held.same_times(rng);
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
        delete_rest(&self.held, rng)?;
        self.store
            .write(|transaction| settings::set(transaction, SWEPT, &[]))
    }
}

/// Opens the notebook. By now there is nothing else to open, so it is opened as well as it can be.
fn open_notebook(
    held: &mut Held,
    unlocked: &Unlocked,
    rng: &mut impl CryptoRng,
) -> Result<Store, OpenError> {
    let opened = open_store(held, unlocked, Store::open).and_then(whole);
    let opened = match opened {
        Err(OpenError::DiskFull) => {
            // What is to be deleted makes room, and the first opening needs none in place.
            let _ = delete_rest(held, rng);
            open_store(held, unlocked, Store::open_in_place).and_then(whole)
        }
        other => other,
    };
    match opened {
        Err(OpenError::StoreDamaged) => {
            make_empty(held, unlocked)?;
            open_store(held, unlocked, Store::open_in_place)
        }
        other => other,
    }
}

/// A notebook of which everything that is shown can be read.
fn whole(store: Store) -> Result<Store, OpenError> {
    guard_settings(&store)?;
    Notebook::of(&store).list()?;
    Ok(store)
}

/// Writes an empty notebook in the place of one that is damaged. It is there to be shown: to say that
/// it is damaged would say what it was.
fn make_empty(held: &Held, unlocked: &Unlocked) -> Result<(), OpenError> {
    let guard = Guard::read(&held.dir).settings.to_bytes();
    let key = unlocked.key.derive_store_key();
    let empty = Store::make_bytes(key.expose(), |transaction| {
        settings::set(transaction, settings::GUARD, &guard)
    })?;
    remove_beside(&held.dir, held.letter)?;
    Ok(fill(&held.dir, held.letter, &empty)?)
}

/// Deletes what is left of the vault: all that can be deleted, whatever cannot. Another program may be
/// destroying the notebook too: what it removed is not made again.
fn delete_rest(held: &Held, rng: &mut impl CryptoRng) -> io::Result<()> {
    let dir = &held.dir;
    if presence(dir) != Presence::Here {
        return Ok(());
    }
    let blobs = dir.join(BLOBS);
    remove_beside(dir, held.letter.other())
        .and(held.overwrite_spare(&make_random_store(rng)))
        .and(absent_is_fine(empty(&blobs)))
        .and(absent_is_fine(renew_if_empty(&blobs)))
        .and(absent_is_fine(sync_dir(&blobs)))
        .and(absent_is_fine(sync_dir(dir)))
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
