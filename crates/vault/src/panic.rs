//! Destroying a vault, keys first (I-12).
//!
//! The order is: overwrite `keys` and sync it; mark the directory as `wiping`; unlink `keys`; only
//! then the databases, the blobs and the rest. Each step can be repeated, so a wipe that was killed
//! anywhere is finished by doing it again from the start; [`crate::Vault::open`] does. No
//! passphrase is needed, and another process that has the vault open cannot hold it up. The time
//! until the keys are gone does not depend on how much is stored. What one step cannot do keeps no
//! other from being done.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use crate::{
    PanicError,
    disk::{
        BLOBS, CREATING, GUARD, GUARD_NEW, KEYS, KEYS_NEW, LOCK, Letter, UNERASED, WIPING,
        absent_is_fine, beside, erase, mark, overwrite, remove_dir, remove_if_there, remove_store,
        sync_dir, unprotect,
    },
    presence::{Presence, holds_files, presence},
    slots::{KEYS_LEN, WIPED},
};

/// What a panic did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PanicReport {
    /// The keys are overwritten and synced: nothing opens any more. If not, they may still be found
    /// on the medium, also where the file is deleted; then the databases are overwritten instead, as
    /// far as that can be done.
    pub keys_gone: bool,
    /// Everything of the vault is deleted. If not, the next open or panic goes on.
    pub all_gone: bool,
}

/// A vault whose keys were destroyed, as far as that could be done. What is left of it is ciphertext,
/// as soon as whoever has it open closes it.
#[must_use = "the rest is still to be deleted"]
#[derive(Debug)]
pub struct Destroying {
    dir: PathBuf,
    keys_gone: bool,
}

/// Destroys the keys of the vault in `dir`, and touches nothing else yet: the caller closes the
/// vault, which erases them from memory, and then calls [`Destroying::destroy_rest`].
///
/// # Errors
/// [`PanicError::NoVault`].
pub fn destroy_keys(dir: &Path) -> Result<Destroying, PanicError> {
    if presence(dir) == Presence::None {
        return Err(PanicError::NoVault);
    }
    Ok(Destroying {
        dir: dir.to_owned(),
        keys_gone: unmake_keys(dir).is_ok(),
    })
}

impl Destroying {
    /// Deletes everything else.
    pub fn destroy_rest(self) -> PanicReport {
        PanicReport {
            keys_gone: self.keys_gone,
            all_gone: unmake_rest(&self.dir, self.keys_gone).is_ok(),
        }
    }
}

/// Destroys the vault in `dir`, for whoever has nothing to close in between.
///
/// # Errors
/// Those of [`destroy_keys`]; trouble after that is told by the report.
pub fn panic(dir: &Path) -> Result<PanicReport, PanicError> {
    Ok(destroy_keys(dir)?.destroy_rest())
}

/// Finishes a wipe that was begun.
pub(crate) fn finish_wipe(dir: &Path) -> io::Result<()> {
    // A key file that could not be written over and is unlinked now is no reason to come again.
    let keys_gone = unmake_keys(dir).is_ok();
    unmake_rest(dir, keys_gone)
}

/// Writes over the keys and unlinks them. It fails if their bytes may still be on the medium.
pub(crate) fn unmake_keys(dir: &Path) -> io::Result<()> {
    let mut wiped = [0; KEYS_LEN];
    wiped[..WIPED.len()].copy_from_slice(&WIPED);
    // A directory that its owner may not write to, or look into, is still its owner's.
    let _ = unprotect(dir);
    let paths = [KEYS, KEYS_NEW].map(|name| dir.join(name));
    let overwritten = paths.each_ref().map(|path| {
        // What cannot be written over is no place for keys any longer; it is unlinked in any case.
        absent_is_fine(overwrite(path, &wiped)).inspect_err(|_| {
            let _ = mark(dir, UNERASED);
            let _ = remove_if_there(path);
        })
    });
    // On a full disk there is no room for a mark; then the overwritten file stays to the end and
    // is the mark.
    if mark(dir, WIPING).is_ok() {
        let _ = unlink_keys(dir);
    }
    if dir.join(UNERASED).exists() {
        return Err(io::Error::other("keys were unlinked and not written over"));
    }
    overwritten.into_iter().fold(Ok(()), Result::and)
}

fn unlink_keys(dir: &Path) -> io::Result<()> {
    let unlinked = [KEYS, KEYS_NEW].map(|name| remove_if_there(&dir.join(name)));
    unlinked.into_iter().fold(sync_dir(dir), Result::and)
}

fn unmake_rest(dir: &Path, keys_gone: bool) -> io::Result<()> {
    let blobs = dir.join(BLOBS);
    let mut deleted = Ok(());
    for letter in Letter::BOTH {
        if !keys_gone {
            // Whoever finds the keys is to find nothing that they open.
            let _ = erase(&dir.join(letter.name()));
            for path in beside(dir, letter) {
                let _ = erase(&path);
            }
        }
        deleted = deleted.and(remove_store(dir, letter));
    }
    deleted = deleted.and(empty(&blobs));
    // It stays where somebody else's directories are in it, which tell nothing of the vault.
    deleted = deleted.and(match absent_is_fine(remove_dir(&blobs)) {
        Err(error) if error.kind() == io::ErrorKind::DirectoryNotEmpty && !holds_files(&blobs) => {
            Ok(())
        }
        other => other,
    });
    for name in [GUARD, GUARD_NEW, CREATING, LOCK] {
        deleted = deleted.and(remove_if_there(&dir.join(name)));
    }
    deleted.and(sync_dir(dir))?;
    // The mark goes last, and a key file that could not be marked after everything else.
    unlink_keys(dir)?;
    for name in [UNERASED, WIPING] {
        remove_if_there(&dir.join(name))?;
    }
    // The directory may be somebody else's, or hold files that are not ours.
    let _ = remove_dir(dir);
    Ok(())
}

/// Deletes the files in a directory: all that can be deleted, whatever cannot. Directories in it are
/// none of ours, and where a link leads is somebody else's place.
pub(crate) fn empty(dir: &Path) -> io::Result<()> {
    match dir.symlink_metadata() {
        Ok(found) if found.is_dir() => {}
        Ok(_) => return remove_if_there(dir),
        Err(error) => return absent_is_fine(Err(error)),
    }
    let _ = unprotect(dir);
    let files = fs::read_dir(dir)?;
    let deleted = files.map(|file| remove_if_there(&file?.path()));
    deleted.fold(Ok(()), Result::and)
}

#[cfg(test)]
mod tests;
