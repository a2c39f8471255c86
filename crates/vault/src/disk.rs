//! Files, and making sure that they are on the disk before anybody is told so (I-15).
//!
//! Everything that the vault changes on the disk, except inside its databases and blobs, goes
//! through here. Each change is a [`step`], at which tests kill the process or fail the disk.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read as _, Seek as _, SeekFrom, Write as _},
    path::Path,
    time::SystemTime,
};

#[cfg(test)]
use crate::steps::step;

/// The names inside a vault's directory.
pub(crate) const KEYS: &str = "keys";
/// The content that `keys` is about to have, until it has it.
pub(crate) const KEYS_NEW: &str = "keys.new";
pub(crate) const BLOBS: &str = "blobs";
pub(crate) const LOCK: &str = "lock";
pub(crate) const GUARD: &str = "guard";
pub(crate) const GUARD_NEW: &str = "guard.new";
/// There while a vault is being made: nothing in it has been acknowledged yet.
pub(crate) const CREATING: &str = "creating";
/// There while a vault is being destroyed: its keys are overwritten.
pub(crate) const WIPING: &str = "wiping";

/// What SQLite may have beside a database.
const BESIDE: [&str; 3] = ["-wal", "-shm", "-journal"];

/// Length of the database that is not in use, and least length of the other.
pub(crate) const STORE_LEN: usize = 1 << 20;

/// One of the two databases.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Letter {
    A,
    B,
}

impl Letter {
    pub(crate) const BOTH: [Self; 2] = [Self::A, Self::B];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::A => "a.db",
            Self::B => "b.db",
        }
    }

    pub(crate) const fn other(self) -> Self {
        match self {
            Self::A => Self::B,
            Self::B => Self::A,
        }
    }
}

/// Before a change to the disk; only tests do anything here.
#[cfg(not(test))]
#[inline]
fn step(_what: &'static str) -> io::Result<()> {
    Ok(())
}

/// Makes a directory as [`make_dir`] does, whose name lasts through a power cut.
pub(crate) fn make_lasting_dir(dir: &Path) -> io::Result<()> {
    let missing = dir.ancestors().take_while(|dir| !dir.is_dir()).count();
    make_dir(dir)?;
    // The one above in any case: whoever made this directory may have been killed before syncing it.
    for above in dir.ancestors().skip(1).take(missing.max(1)) {
        let here = above.as_os_str().is_empty();
        sync_dir(if here { Path::new(".") } else { above })?;
    }
    Ok(())
}

/// Makes a directory that only its owner can enter.
pub(crate) fn make_dir(dir: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    step("make a directory")?;
    builder.create(dir)
}

/// Makes what was created, renamed or removed in a directory last through a power cut.
pub(crate) fn sync_dir(dir: &Path) -> io::Result<()> {
    step("sync a directory")?;
    // Elsewhere a directory cannot be opened as a file, and its changes are journalled.
    if cfg!(unix) {
        File::open(dir)?.sync_all()
    } else {
        Ok(())
    }
}

/// Writes a file that is afterwards there as a whole or not at all.
pub(crate) fn write_whole(dir: &Path, name: &str, staged: &str, bytes: &[u8]) -> io::Result<()> {
    write_new(dir, staged, bytes)?;
    step("rename")?;
    fs::rename(dir.join(staged), dir.join(name))?;
    sync_dir(dir)
}

/// Writes a file from its beginning and syncs it; its name is not synced.
pub(crate) fn write_new(dir: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
    step("create")?;
    let mut file = File::create(dir.join(name))?;
    write(&mut file, bytes)?;
    step("sync")?;
    file.sync_all()
}

/// Writes over the bytes that a file has, which keeps its blocks, and syncs it.
pub(crate) fn overwrite(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).open(path)?;
    write(&mut file, bytes)?;
    step("sync")?;
    file.sync_all()
}

fn write(file: &mut File, bytes: &[u8]) -> io::Result<()> {
    // A test cuts a write in two here, as a power cut may.
    #[cfg(test)]
    let bytes = {
        step("write")?;
        let (first, second) = bytes.split_at(bytes.len() / 2);
        file.write_all(first)?;
        second
    };
    step("write on")?;
    file.write_all(bytes)
}

/// Cuts a file to a length, or grows it, and syncs it.
pub(crate) fn set_len(path: &Path, len: u64) -> io::Result<()> {
    let file = OpenOptions::new().write(true).open(path)?;
    step("cut")?;
    file.set_len(len)?;
    step("sync")?;
    file.sync_all()
}

/// Makes an empty file and syncs its name.
pub(crate) fn mark(dir: &Path, name: &str) -> io::Result<()> {
    step("mark")?;
    OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .open(dir.join(name))?;
    sync_dir(dir)
}

/// Removes a file; not finding it is as good.
pub(crate) fn remove_if_there(path: &Path) -> io::Result<()> {
    step("unlink")?;
    absent_is_fine(fs::remove_file(path))
}

/// Removes an empty directory.
pub(crate) fn remove_dir(dir: &Path) -> io::Result<()> {
    step("remove a directory")?;
    fs::remove_dir(dir)
}

/// Removes what SQLite has beside a database.
pub(crate) fn remove_beside(dir: &Path, letter: Letter) -> io::Result<()> {
    BESIDE
        .iter()
        .try_for_each(|ending| remove_if_there(&dir.join(letter.name().to_owned() + ending)))
}

/// Removes a database and what SQLite has beside it.
pub(crate) fn remove_store(dir: &Path, letter: Letter) -> io::Result<()> {
    remove_if_there(&dir.join(letter.name()))?;
    remove_beside(dir, letter)
}

pub(crate) fn absent_is_fine(result: io::Result<()>) -> io::Result<()> {
    match result {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

/// Gives the files that lie beside each other the same time of change, now, so that no time tells
/// which of them was written last. Nothing depends on it, so a failure is nobody's.
pub(crate) fn same_times(dir: &Path) {
    // Writing a byte of it again makes the system say what time it is.
    let now = || -> io::Result<SystemTime> {
        let mut guard = OpenOptions::new()
            .read(true)
            .write(true)
            .open(dir.join(GUARD))?;
        let mut first = [0];
        guard.read_exact(&mut first)?;
        guard.seek(SeekFrom::Start(0))?;
        guard.write_all(&first)?;
        guard.metadata()?.modified()
    };
    if let Ok(now) = now() {
        for name in [KEYS, Letter::A.name(), Letter::B.name(), GUARD] {
            let _ = OpenOptions::new()
                .write(true)
                .open(dir.join(name))
                .and_then(|file| file.set_modified(now));
        }
    }
}
