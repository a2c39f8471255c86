//! Files, and making sure that they are on the disk before anybody is told so (I-15).

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write as _},
    path::Path,
};

/// The names inside a vault's directory.
pub(crate) const KEYS: &str = "keys";
pub(crate) const KEYS_NEW: &str = "keys.new";
pub(crate) const STORE: &str = "store.db";
pub(crate) const BLOBS: &str = "blobs";
pub(crate) const LOCK: &str = "lock";
/// There while a vault is being made: nothing in it has been acknowledged yet.
pub(crate) const CREATING: &str = "creating";
/// There while a vault is being destroyed: its keys are overwritten.
pub(crate) const WIPING: &str = "wiping";

/// `store.db` and what SQLite may have beside it.
pub(crate) const STORE_FILES: [&str; 4] =
    [STORE, "store.db-wal", "store.db-shm", "store.db-journal"];

/// Makes a directory that only its owner can enter.
pub(crate) fn make_dir(dir: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(dir)
}

/// Makes what was created, renamed or removed in a directory last through a power cut.
pub(crate) fn sync_dir(dir: &Path) -> io::Result<()> {
    // Elsewhere a directory cannot be opened as a file, and its changes are journalled.
    if cfg!(unix) {
        File::open(dir)?.sync_all()
    } else {
        Ok(())
    }
}

/// Writes a file that is afterwards there as a whole or not at all.
pub(crate) fn write_whole(dir: &Path, name: &str, staged: &str, bytes: &[u8]) -> io::Result<()> {
    let staged = dir.join(staged);
    let mut file = File::create(&staged)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    drop(file);
    fs::rename(staged, dir.join(name))?;
    sync_dir(dir)
}

/// Makes an empty file and syncs its name.
pub(crate) fn mark(dir: &Path, name: &str) -> io::Result<()> {
    OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .open(dir.join(name))?;
    sync_dir(dir)
}

/// Removes a file; not finding it is as good.
pub(crate) fn remove_if_there(path: &Path) -> io::Result<()> {
    absent_is_fine(fs::remove_file(path))
}

pub(crate) fn absent_is_fine(result: io::Result<()>) -> io::Result<()> {
    match result {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}
