//! Destroying a vault, keys first (I-12).
//!
//! The order is: overwrite `keys` and sync it; mark the directory as `wiping`; unlink `keys`; only
//! then the databases, the blobs and the rest. Each step can be repeated, so a wipe that was killed
//! anywhere is finished by doing it again from the start; [`crate::Vault::open`] does. No
//! passphrase is needed, and another process that has the vault open cannot hold it up. The time
//! until the keys are gone does not depend on how much is stored.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use crate::{
    PanicError,
    disk::{
        BLOBS, CREATING, GUARD, GUARD_NEW, KEYS, KEYS_NEW, LOCK, Letter, WIPING, absent_is_fine,
        mark, overwrite, remove_dir, remove_if_there, remove_store, sync_dir,
    },
    presence::{Presence, presence},
    slots::{KEYS_LEN, WIPED},
};

/// What a panic did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PanicReport {
    /// The keys are overwritten, synced and unlinked (where the file system forbids one of these,
    /// by the other): nothing opens any more.
    pub keys_gone: bool,
    /// Everything else is deleted too. If not, the next open or panic goes on.
    pub all_gone: bool,
}

/// A vault without keys. What is left of it is ciphertext that nothing opens, as soon as whoever
/// has it open closes it.
#[must_use = "the rest is still to be deleted"]
#[derive(Debug)]
pub struct KeysGone(PathBuf);

/// Destroys the keys of the vault in `dir`, and touches nothing else yet: the caller closes the
/// vault, which erases them from memory, and then calls [`KeysGone::destroy_rest`].
///
/// # Errors
/// [`PanicError::KeysRemain`] if the keys could not be destroyed.
pub fn destroy_keys(dir: &Path) -> Result<KeysGone, PanicError> {
    if presence(dir) == Presence::None {
        return Err(PanicError::NoVault);
    }
    unmake_keys(dir).map_err(PanicError::KeysRemain)?;
    Ok(KeysGone(dir.to_owned()))
}

impl KeysGone {
    /// Deletes everything else.
    pub fn destroy_rest(self) -> PanicReport {
        PanicReport {
            keys_gone: true,
            all_gone: unmake_rest(&self.0).is_ok(),
        }
    }
}

/// Destroys the vault in `dir`, for whoever has nothing to close in between.
///
/// # Errors
/// Those of [`destroy_keys`]; trouble after that is told by [`PanicReport::all_gone`].
pub fn panic(dir: &Path) -> Result<PanicReport, PanicError> {
    Ok(destroy_keys(dir)?.destroy_rest())
}

/// Finishes a wipe that was begun.
pub(crate) fn finish_wipe(dir: &Path) -> io::Result<()> {
    unmake_keys(dir)?;
    unmake_rest(dir)
}

pub(crate) fn unmake_keys(dir: &Path) -> io::Result<()> {
    let mut wiped = [0; KEYS_LEN];
    wiped[..WIPED.len()].copy_from_slice(&WIPED);
    for name in [KEYS, KEYS_NEW] {
        // A file that cannot be overwritten can often still be unlinked, and then that must do.
        if let Err(error) = absent_is_fine(overwrite(&dir.join(name), &wiped)) {
            remove_if_there(&dir.join(name)).map_err(|_| error)?;
        }
    }
    // On a full disk there is no room for a mark; then the overwritten file stays to the end and
    // is the mark.
    if mark(dir, WIPING).is_ok() {
        unlink_keys(dir)?;
    }
    Ok(())
}

fn unlink_keys(dir: &Path) -> io::Result<()> {
    for name in [KEYS, KEYS_NEW] {
        remove_if_there(&dir.join(name))?;
    }
    sync_dir(dir)
}

fn unmake_rest(dir: &Path) -> io::Result<()> {
    for letter in Letter::BOTH {
        remove_store(dir, letter)?;
    }
    let blobs = dir.join(BLOBS);
    empty(&blobs)?;
    absent_is_fine(remove_dir(&blobs))?;
    for name in [GUARD, GUARD_NEW, CREATING, LOCK] {
        remove_if_there(&dir.join(name))?;
    }
    sync_dir(dir)?;
    remove_if_there(&dir.join(WIPING))?;
    unlink_keys(dir)?;
    // The directory may be somebody else's, or hold files that are not ours.
    let _ = remove_dir(dir);
    Ok(())
}

/// Deletes the files in a directory.
pub(crate) fn empty(dir: &Path) -> io::Result<()> {
    if let Ok(files) = fs::read_dir(dir) {
        for file in files {
            remove_if_there(&file?.path())?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
