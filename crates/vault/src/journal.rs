//! Changing `keys`: the old slots are written over, not left behind in blocks that were let go.
//!
//! The new content is first written and synced as `keys.new`; then it goes over the old bytes in
//! place and is synced; then `keys.new` is written over and unlinked. Killed before `keys.new` is
//! whole, nothing was changed; after that, the next opening does the rest again.

use std::{io, path::Path};

use crate::{
    disk::{KEYS, KEYS_NEW, absent_is_fine, overwrite, remove_if_there, sync_dir, write_new},
    panic,
    presence::{Presence, presence},
    slots::{KEYS_LEN, Keys},
};

/// Gives `keys` another content.
pub(crate) fn replace_keys(dir: &Path, keys: &Keys) -> io::Result<()> {
    let written = write_new(dir, KEYS_NEW, keys.as_bytes()).and_then(|()| sync_dir(dir));
    let replaced = match written {
        Ok(()) => redo(dir, keys),
        Err(error) => {
            // At the latest the next opening does it.
            let _ = discard(dir);
            Err(error)
        }
    };
    // Somebody destroyed the vault meanwhile: what was written here must not outlive that.
    if presence(dir) != Presence::Here {
        panic::unmake_keys(dir)?;
        return Err(io::ErrorKind::NotFound.into());
    }
    replaced
}

/// Ends a change that was cut short. With a lock only.
pub(crate) fn recover(dir: &Path) -> io::Result<()> {
    let read = |name| {
        let bytes = std::fs::read(dir.join(name)).ok()?;
        Keys::parse(&bytes).ok().filter(Keys::as_written)
    };
    match std::fs::symlink_metadata(dir.join(KEYS_NEW)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
        Ok(_) => {}
    }
    match read(KEYS_NEW) {
        Some(new) => redo(dir, &new),
        None => discard(dir),
    }
}

fn redo(dir: &Path, keys: &Keys) -> io::Result<()> {
    overwrite(&dir.join(KEYS), keys.as_bytes())?;
    discard(dir)
}

fn discard(dir: &Path) -> io::Result<()> {
    absent_is_fine(overwrite(&dir.join(KEYS_NEW), &[0; KEYS_LEN]))?;
    remove_if_there(&dir.join(KEYS_NEW))?;
    sync_dir(dir)
}
