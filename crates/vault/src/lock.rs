//! One process at a time: an advisory lock on the file `lock`, which goes with its holder.

use std::{
    fs::{File, OpenOptions, TryLockError},
    io,
    path::Path,
};

use crate::disk::{LOCK, open_file};

/// The lock was not taken.
pub(crate) enum LockError {
    /// Somebody else holds it.
    Held,
    Io(io::Error),
}

/// Takes the lock; it is given back when the file is dropped or the process ends.
pub(crate) fn take_lock(dir: &Path) -> Result<File, LockError> {
    let mut create = OpenOptions::new();
    create.write(true).create(true).truncate(false);
    let file = open_file(&dir.join(LOCK), &mut create).map_err(LockError::Io)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(LockError::Held),
        // Where there are no file locks (some phones, some network drives) the system itself runs
        // an app once; refusing to open would help nobody.
        Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => Ok(file),
        Err(TryLockError::Error(error)) => Err(LockError::Io(error)),
    }
}
