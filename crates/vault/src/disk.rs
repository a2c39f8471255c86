//! Files, and making sure that they are on the disk before anybody is told so (I-15).
//!
//! Everything that the vault changes on the disk, except inside its databases and blobs, goes
//! through here. Each change is a [`step`], at which tests kill the process or fail the disk.
//!
//! Somebody else may have had the folder: a link, a pipe or a device in the place of a file is never
//! followed, waited for or written to.

use std::{
    fs::{self, File, FileTimes, OpenOptions},
    io::{self, Read as _, Seek as _, SeekFrom, Write as _},
    path::{Path, PathBuf},
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
/// Stands for keys that were only unlinked, so that a wipe that goes on does not take them for gone.
pub(crate) const UNERASED: &str = "wiping.keys";

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

/// Opens an ordinary file; anything else is refused.
pub(crate) fn open_file(path: &Path, options: &mut OpenOptions) -> io::Result<File> {
    let file = open_in_place(path, options)?;
    if file.metadata()?.is_file() {
        Ok(file)
    } else {
        Err(io::ErrorKind::InvalidInput.into())
    }
}

/// Opens what lies at a path, not what a link there names, and waits for nobody at a pipe's other end.
fn open_in_place(path: &Path, options: &mut OpenOptions) -> io::Result<File> {
    #[cfg(unix)]
    {
        use rustix::fs::OFlags;
        use std::os::unix::fs::OpenOptionsExt as _;
        options.custom_flags((OFlags::NOFOLLOW | OFlags::NONBLOCK).bits().cast_signed());
    }
    options.open(path)
}

/// Opens a file to write over it. One that was protected against that, by a restored backup or by
/// somebody's click, is still its owner's to write to.
fn open_to_write(path: &Path) -> io::Result<File> {
    let open = || open_file(path, OpenOptions::new().write(true));
    match open() {
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
            unprotect(path).and_then(|()| open()).map_err(|_| error)
        }
        other => other,
    }
}

/// Gives the owner of a file or directory every right to it.
pub(crate) fn unprotect(path: &Path) -> io::Result<()> {
    let metadata = fs::metadata(path)?;
    let mut permissions = metadata.permissions();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let (mode, all) = (
            permissions.mode(),
            if metadata.is_dir() { 0o700 } else { 0o600 },
        );
        if mode & all == all {
            return Ok(());
        }
        permissions.set_mode(mode | all);
    }
    #[cfg(not(unix))]
    permissions.set_readonly(false);
    step("unprotect")?;
    fs::set_permissions(path, permissions)
}

/// Reads an ordinary file that anybody may have put there; `most` bytes of it and one more, which
/// tells that it is too long.
///
/// # Errors
/// [`io::ErrorKind::InvalidInput`] for a pipe, a device or a directory; a link is refused too.
pub fn read_at_most(path: &Path, most: usize) -> io::Result<Vec<u8>> {
    let file = open_file(path, OpenOptions::new().read(true))?;
    let mut bytes = Vec::new();
    file.take(most as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
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
    let mut create = OpenOptions::new();
    create.write(true).create(true).truncate(true);
    let mut file = open_file(&dir.join(name), &mut create)?;
    write(&mut file, bytes)?;
    step("sync")?;
    file.sync_all()
}

/// Writes over the bytes that a file has, which keeps its blocks, and syncs it.
pub(crate) fn overwrite(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = open_to_write(path)?;
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

/// Writes zeros over all that a file has, and syncs it.
pub(crate) fn erase(path: &Path) -> io::Result<()> {
    let mut file = open_to_write(path)?;
    let length = file.metadata()?.len();
    step("erase")?;
    io::copy(&mut io::repeat(0).take(length), &mut file)?;
    step("sync")?;
    file.sync_all()
}

/// Cuts a file to a length, or grows it, and syncs it.
pub(crate) fn set_len(path: &Path, len: u64) -> io::Result<()> {
    let file = open_to_write(path)?;
    step("cut")?;
    file.set_len(len)?;
    step("sync")?;
    file.sync_all()
}

/// Makes an empty file and syncs its name.
pub(crate) fn mark(dir: &Path, name: &str) -> io::Result<()> {
    step("mark")?;
    let mut create = OpenOptions::new();
    create.write(true).create(true).truncate(false);
    open_file(&dir.join(name), &mut create)?;
    sync_dir(dir)
}

/// Removes a file; not finding it is as good, and a directory of that name is somebody else's.
pub(crate) fn remove_if_there(path: &Path) -> io::Result<()> {
    step("unlink")?;
    match absent_is_fine(fs::remove_file(path)) {
        Err(_) if path.symlink_metadata().is_ok_and(|found| found.is_dir()) => Ok(()),
        other => other,
    }
}

/// Removes an empty directory.
pub(crate) fn remove_dir(dir: &Path) -> io::Result<()> {
    step("remove a directory")?;
    fs::remove_dir(dir)
}

/// What SQLite may have beside a database.
pub(crate) fn beside(dir: &Path, letter: Letter) -> [PathBuf; 3] {
    BESIDE.map(|ending| dir.join(letter.name().to_owned() + ending))
}

/// Removes what SQLite has beside a database: all that can be removed, whatever cannot.
pub(crate) fn remove_beside(dir: &Path, letter: Letter) -> io::Result<()> {
    let beside = beside(dir, letter);
    let removed = beside.iter().map(|path| remove_if_there(path));
    removed.fold(Ok(()), Result::and)
}

/// Removes a database and what SQLite has beside it.
pub(crate) fn remove_store(dir: &Path, letter: Letter) -> io::Result<()> {
    remove_if_there(&dir.join(letter.name())).and(remove_beside(dir, letter))
}

/// Makes an empty directory again, or one that a kill in between left unmade. One that was full once
/// stays as large as it was, and so tells that it was; one with something in it is left as it is.
pub(crate) fn renew_if_empty(dir: &Path) -> io::Result<()> {
    step("renew a directory")?;
    if absent_is_fine(fs::remove_dir(dir)).is_err() {
        return Ok(());
    }
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    step("make a directory")?;
    builder.create(dir)
}

pub(crate) fn absent_is_fine(result: io::Result<()>) -> io::Result<()> {
    match result {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

/// Gives what lies side by side the same times of change and of reading, now, so that no time tells
/// which of them was written or read last. Each is touched one to four times, as `chance` says: file
/// systems count the changes to a file, and a fixed number would tell those that were not ours to
/// count. Nothing depends on it, so a failure is nobody's.
pub(crate) fn same_times(dir: &Path, chance: u32) {
    // Writing a byte of it again makes the system say what time it is.
    let now = || -> io::Result<SystemTime> {
        let guard = dir.join(GUARD);
        let mut guard = open_file(&guard, OpenOptions::new().read(true).write(true))?;
        let mut first = [0];
        guard.read_exact(&mut first)?;
        guard.seek(SeekFrom::Start(0))?;
        guard.write_all(&first)?;
        guard.metadata()?.modified()
    };
    let Ok(now) = now() else { return };
    let times = FileTimes::new().set_modified(now).set_accessed(now);
    // The directory itself is the last, and found also where a link leads to it.
    let names = [KEYS, Letter::A.name(), Letter::B.name(), GUARD, BLOBS, "."];
    for (place, name) in names.into_iter().enumerate() {
        if let Ok(file) = open_in_place(&dir.join(name), OpenOptions::new().read(true)) {
            for _ in 0..=(chance >> (2 * place) & 3) {
                let _ = file.set_times(times);
            }
        }
    }
}
