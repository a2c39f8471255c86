//! A vault's directory while somebody has it open.

use std::{
    fs::{File, Metadata},
    io,
    path::{Path, PathBuf},
};

use holdfast_record::Timestamp;
use rand_core::CryptoRng;

use crate::{
    StoreError,
    disk::{
        Letter, STORE_LEN, absent_is_fine, overwrite, remove_if_there, same_times, set_len,
        sync_dir, write_new,
    },
    guard::{Guard, GuardSettings},
    store::{Store, settings},
};

/// The lock on a directory, and which of its databases is open. To be dropped after the database
/// is closed.
pub(crate) struct Held {
    pub(crate) dir: PathBuf,
    pub(crate) letter: Letter,
    /// Whether the keys that passed through memory were kept out of swap.
    pub(crate) keys_locked: bool,
    /// The database that is not in use had to be made anew.
    pub(crate) spare_mended: bool,
    /// For [`same_times`] when it is let go.
    chance: u32,
    _lock: File,
}

impl Held {
    pub(crate) fn new(
        dir: &Path,
        letter: Letter,
        keys_locked: bool,
        lock: File,
        rng: &mut impl CryptoRng,
    ) -> Self {
        Self {
            dir: dir.to_owned(),
            letter,
            keys_locked,
            spare_mended: false,
            chance: rng.next_u32(),
            _lock: lock,
        }
    }

    /// Fills the database that is not in use: a file of one length whatever is in it.
    pub(crate) fn fill_spare(&self, bytes: &[u8]) -> io::Result<()> {
        fill(&self.dir, self.letter.other(), bytes)
    }

    /// Writes over the database that is not in use, if it is there.
    pub(crate) fn overwrite_spare(&self, bytes: &[u8]) -> io::Result<()> {
        let spare = self.letter.other();
        let overwritten = overwrite(&self.dir.join(spare.name()), bytes);
        absent_is_fine(overwritten.and_then(|()| cut(&self.dir, spare)))
    }

    /// Makes a spare again that is gone, was cut short or is no file, which no decoy's ever is. The
    /// owner's work does not depend on it, so neither does opening.
    pub(crate) fn mend_spare(&mut self, rng: &mut impl CryptoRng) {
        let spare = self.dir.join(self.letter.other().name());
        let found = spare.symlink_metadata();
        let is_file = found.as_ref().is_ok_and(Metadata::is_file);
        let sound = found.is_ok_and(|found| is_file && found.len() == STORE_LEN as u64);
        if !sound {
            if !is_file {
                let _ = remove_if_there(&spare);
            }
            self.spare_mended = self.fill_spare(&make_random_store(rng)).is_ok();
        }
    }

    /// Gives all files the same times.
    pub(crate) fn same_times(&self, rng: &mut impl CryptoRng) {
        same_times(&self.dir, rng.next_u32());
    }

    /// Writes the guard anew after a right passphrase, from what the database says.
    pub(crate) fn renew_guard(&self, store: &Store, now: Timestamp) -> Result<(), StoreError> {
        let mut guard = Guard::read(&self.dir);
        guard.settings = guard_settings(store)?;
        guard.check_in(now);
        // Where nothing can be written, the passphrase is still right.
        let _ = guard.write(&self.dir);
        Ok(())
    }

    pub(crate) fn set_guard(
        &self,
        store: &Store,
        chosen: GuardSettings,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        // The file first: what cannot be in force must not be kept, and shown, as if it were.
        let before = Guard::read(&self.dir);
        let mut guard = before;
        guard.settings = chosen;
        guard.check_in(now);
        guard.write(&self.dir)?;
        store
            .write(|transaction| settings::set(transaction, settings::GUARD, &chosen.to_bytes()))
            .inspect_err(|_| drop(before.write(&self.dir)))
    }

    pub(crate) fn check_in(&self, now: Timestamp) -> Result<(), StoreError> {
        let mut guard = Guard::read(&self.dir);
        guard.check_in(now);
        Ok(guard.write(&self.dir)?)
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        same_times(&self.dir, self.chance);
    }
}

/// The guard as a database keeps it: off, if it keeps nothing or something else.
pub(crate) fn guard_settings(store: &Store) -> Result<GuardSettings, StoreError> {
    let kept = store.read(|connection| settings::get(connection, settings::GUARD))?;
    Ok(kept
        .and_then(|bytes| GuardSettings::parse(&bytes))
        .unwrap_or_default())
}

/// Random bytes: nobody can tell them from a database.
pub(crate) fn make_random_store(rng: &mut impl CryptoRng) -> Vec<u8> {
    let mut bytes = vec![0; STORE_LEN];
    rng.fill_bytes(&mut bytes);
    bytes
}

/// Writes over a database in its place: the same file, the same blocks, a fixed length. Makes one
/// where there is none.
pub(crate) fn fill(dir: &Path, letter: Letter, bytes: &[u8]) -> io::Result<()> {
    match overwrite(&dir.join(letter.name()), bytes) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            write_new(dir, letter.name(), bytes)?;
            sync_dir(dir)
        }
        other => other.and_then(|()| absent_is_fine(cut(dir, letter))),
    }
}

fn cut(dir: &Path, letter: Letter) -> io::Result<()> {
    let path = dir.join(letter.name());
    if path.metadata()?.len() == STORE_LEN as u64 {
        return Ok(());
    }
    set_len(&path, STORE_LEN as u64)
}
