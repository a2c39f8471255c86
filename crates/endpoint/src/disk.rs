//! A store in a directory: one file per key.
//!
//! Invariant: a file appears under its name complete and synced, or not at all (temporary file → fsync → hard link, which
//! never replaces → directory sync), and its directory is synced before anybody is told that it is there. Files are 0600,
//! directories 0700. The times of both are cut to the day, since nothing finer may be
//! kept (I-24).

use std::fs::{self, File, FileTimes, OpenOptions};
use std::io::{self, ErrorKind, Seek, SeekFrom, Write};
use std::ops::Range;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tokio::io::AsyncReadExt;

use crate::store::{Key, Put, Store};

const DAY: Duration = Duration::from_hours(24);

/// A [`Store`] in a directory.
#[derive(Debug, Clone)]
pub struct DiskStore(Arc<Root>);

#[derive(Debug)]
struct Root {
    held: PathBuf,
    temporary: PathBuf,
}

impl DiskStore {
    /// Opens the store in `dir`, making it if it is not there, and removes temporary files that a killed process left
    /// more than a day before `now`.
    ///
    /// # Errors
    /// What the file system said.
    pub fn open(dir: &Path, now: SystemTime) -> io::Result<Self> {
        let root = Root {
            held: dir.join("held"),
            temporary: dir.join("temporary"),
        };
        make_dirs(&root.held)?;
        make_dirs(&root.temporary)?;
        for entry in fs::read_dir(&root.temporary)? {
            let entry = entry?;
            if is_older(&entry.metadata()?, now, DAY) {
                remove_if_there(&entry.path())?;
            }
        }
        Ok(Self(Arc::new(root)))
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Root) -> io::Result<T> + Send + 'static,
    ) -> io::Result<T> {
        let root = Arc::clone(&self.0);
        blocking(move || work(&root)).await
    }
}

impl Store for DiskStore {
    type Reader = tokio::io::Take<tokio::fs::File>;

    async fn put_new(&self, key: &Key, bytes: Vec<u8>) -> io::Result<Put> {
        let key = key.clone();
        self.run(move |root| {
            let path = root.path(&key);
            if path.exists() {
                sync_dir(parent(&path))?;
                return Ok(Put::AlreadyThere);
            }
            write_new(&root.temporary, &path, &bytes)
        })
        .await
    }

    async fn commit(&self, key: &Key, staged: &Path) -> io::Result<Put> {
        let (key, staged) = (key.clone(), staged.to_owned());
        self.run(move |root| publish(&File::open(&staged)?, &staged, &root.path(&key)))
            .await
    }

    async fn get(&self, key: &Key) -> io::Result<Option<Vec<u8>>> {
        let key = key.clone();
        self.run(move |root| if_there(fs::read(root.path(&key))))
            .await
    }

    async fn held(&self, key: &Key) -> io::Result<Option<u64>> {
        let key = key.clone();
        self.run(move |root| {
            let path = root.path(&key);
            let Some(metadata) = if_there(fs::metadata(&path))? else {
                return Ok(None);
            };
            // whoever linked it may have died before its directory was synced
            sync_dir(parent(&path))?;
            Ok(Some(metadata.len()))
        })
        .await
    }

    async fn read(&self, key: &Key, range: Range<u64>) -> io::Result<Option<Self::Reader>> {
        let key = key.clone();
        let length = range.end.saturating_sub(range.start);
        let file = self
            .run(move |root| {
                let Some(mut file) = if_there(File::open(root.path(&key)))? else {
                    return Ok(None);
                };
                file.seek(SeekFrom::Start(range.start))?;
                Ok(Some(file))
            })
            .await?;
        Ok(file.map(|file| tokio::fs::File::from_std(file).take(length)))
    }
}

impl Root {
    fn path(&self, key: &Key) -> PathBuf {
        self.held.join(key.as_str())
    }
}

/// Gives the file at `from` the name `to` as well, unless that is taken; durable when it returns.
fn publish(file: &File, from: &Path, to: &Path) -> io::Result<Put> {
    cut_to_day(file)?;
    file.sync_all()?;
    make_dirs(parent(to))?;
    let put = match fs::hard_link(from, to) {
        Ok(()) => Put::Made,
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Put::AlreadyThere,
        Err(error) => return Err(error),
    };
    // also when somebody else put it: they may die before they get to this
    sync_dir(parent(to))?;
    Ok(put)
}

/// Cuts the times of a file or directory to the day of its last change.
fn cut_to_day(file: &File) -> io::Result<()> {
    let modified = file.metadata()?.modified()?;
    let since = modified.duration_since(UNIX_EPOCH).unwrap_or_default();
    let day = UNIX_EPOCH + DAY * u32::try_from(since.as_secs() / DAY.as_secs()).unwrap_or(0);
    if day == modified {
        return Ok(());
    }
    file.set_times(FileTimes::new().set_modified(day).set_accessed(day))
}

/// Cuts the times of a directory to the day, where that is possible: the one above ours may be somebody else's.
pub(crate) fn cut_times(dir: &Path) {
    let _ = File::open(dir).and_then(|dir| cut_to_day(&dir));
}

/// The directory that holds `path`; of a bare name, the one the process is in.
fn parent(path: &Path) -> &Path {
    match path.parent() {
        None => Path::new("/"),
        Some(parent) if parent.as_os_str().is_empty() => Path::new("."),
        Some(parent) => parent,
    }
}

/// Makes a private file with these bytes at `path`, durably, unless there is one. `temporary` is a directory on the same
/// file system.
pub(crate) fn write_new(temporary: &Path, path: &Path, bytes: &[u8]) -> io::Result<Put> {
    let (from, mut file) = make_temporary(temporary)?;
    let put = file
        .write_all(bytes)
        .and_then(|()| publish(&file, &from, path));
    fs::remove_file(&from)?;
    cut_times(temporary);
    put
}

fn make_temporary(dir: &Path) -> io::Result<(PathBuf, File)> {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    loop {
        // a process elsewhere may count on the same names: the one that makes the file has it
        let path = dir.join(format!(
            "{}-{}",
            std::process::id(),
            NEXT.fetch_add(1, Ordering::Relaxed)
        ));
        match OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&path)
        {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            made => return Ok((path, made?)),
        }
    }
}

/// Makes a private directory and those above it, each durably.
pub(crate) fn make_dirs(dir: &Path) -> io::Result<()> {
    if dir.is_dir() {
        return Ok(());
    }
    make_dirs(parent(dir))?;
    match fs::DirBuilder::new().mode(0o700).create(dir) {
        Err(error) if error.kind() != ErrorKind::AlreadyExists => return Err(error),
        _ => {}
    }
    sync_dir(parent(dir))
}

/// Makes durable what changed in a directory, and cuts its times.
fn sync_dir(dir: &Path) -> io::Result<()> {
    let dir = File::open(dir)?;
    // not possible in one that is somebody else's
    let _ = cut_to_day(&dir);
    dir.sync_all()
}

pub(crate) fn remove_if_there(path: &Path) -> io::Result<()> {
    if_there(fs::remove_file(path)).map(drop)
}

pub(crate) fn is_older(metadata: &fs::Metadata, now: SystemTime, age: Duration) -> bool {
    let modified = metadata.modified().ok();
    modified
        .and_then(|modified| now.duration_since(modified).ok())
        .is_some_and(|since| since > age)
}

pub(crate) fn if_there<T>(result: io::Result<T>) -> io::Result<Option<T>> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Runs `work` where it may block.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(io::Error::other)?
}

#[cfg(test)]
mod tests {
    use super::*;
    use holdfast_wire::{MailboxId, ObjectId};
    use std::os::unix::fs::PermissionsExt;

    fn now() -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(1_795_372_215)
    }

    fn key() -> Key {
        Key::object(&MailboxId([1; 16]), &ObjectId([2; 32]))
    }

    #[tokio::test]
    async fn what_was_put_is_never_replaced() {
        let dir = tempfile::tempdir().unwrap();
        let (one, other) = (
            DiskStore::open(dir.path(), now()).unwrap(),
            DiskStore::open(dir.path(), now()).unwrap(),
        );
        assert_eq!(one.get(&key()).await.unwrap(), None);
        assert_eq!(one.held(&key()).await.unwrap(), None);
        assert_eq!(
            one.put_new(&key(), b"first".to_vec()).await.unwrap(),
            Put::Made
        );
        assert_eq!(
            other.put_new(&key(), b"second".to_vec()).await.unwrap(),
            Put::AlreadyThere
        );
        let staged = dir.path().join("staged");
        fs::write(&staged, b"third").unwrap();
        assert_eq!(
            other.commit(&key(), &staged).await.unwrap(),
            Put::AlreadyThere
        );
        assert_eq!(one.get(&key()).await.unwrap().unwrap(), b"first");
        assert_eq!(other.held(&key()).await.unwrap(), Some(5));
        assert_eq!(
            fs::read_dir(dir.path().join("temporary")).unwrap().count(),
            0
        );
    }

    #[tokio::test]
    async fn of_many_that_put_at_once_one_makes_it() {
        let dir = tempfile::tempdir().unwrap();
        let stores: Vec<_> = (0..8)
            .map(|_| DiskStore::open(dir.path(), now()).unwrap())
            .collect();
        let puts = stores.iter().enumerate().map(|(n, store)| async move {
            store
                .put_new(&key(), format!("{n}").into_bytes())
                .await
                .unwrap()
        });
        let made = futures_util::future::join_all(puts)
            .await
            .into_iter()
            .filter(|put| *put == Put::Made)
            .count();
        assert_eq!(made, 1);
    }

    #[tokio::test]
    async fn nobody_else_can_read_and_no_hour_is_kept() {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().join("store");
        let store = DiskStore::open(&root, now()).unwrap();
        store.put_new(&key(), b"x".to_vec()).await.unwrap();
        let path = root.join("held").join(key().as_str());
        let metadata = fs::metadata(&path).unwrap();
        assert_eq!(metadata.permissions().mode() & 0o777, 0o600);
        assert_eq!(
            metadata
                .modified()
                .unwrap()
                .duration_since(UNIX_EPOCH)
                .unwrap()
                .as_secs()
                % DAY.as_secs(),
            0
        );
        for dir in path
            .ancestors()
            .skip(1)
            .take_while(|dir| dir.starts_with(&root))
        {
            assert_eq!(
                fs::metadata(dir).unwrap().permissions().mode() & 0o777,
                0o700,
                "{dir:?}"
            );
        }
        let staged = dir.path().join("staged");
        fs::write(&staged, b"y").unwrap();
        let other = Key::object(&MailboxId([3; 16]), &ObjectId([4; 32]));
        store.commit(&other, &staged).await.unwrap();
        let mut dirs = vec![root];
        while let Some(dir) = dirs.pop() {
            let modified = fs::metadata(&dir).unwrap().modified().unwrap();
            let since = modified.duration_since(UNIX_EPOCH).unwrap();
            assert!(since.as_nanos().is_multiple_of(DAY.as_nanos()), "{dir:?}");
            let entries = fs::read_dir(&dir)
                .unwrap()
                .map(|entry| entry.unwrap().path());
            dirs.extend(entries.filter(|path| path.is_dir()));
        }
    }

    #[test]
    fn only_old_temporary_files_are_removed() {
        let dir = tempfile::tempdir().unwrap();
        DiskStore::open(dir.path(), now()).unwrap();
        for (name, age) in [("old", DAY * 2), ("fresh", DAY / 2)] {
            let file = File::create(dir.path().join("temporary").join(name)).unwrap();
            file.set_modified(now() - age).unwrap();
        }
        DiskStore::open(dir.path(), now()).unwrap();
        assert!(!dir.path().join("temporary/old").exists());
        assert!(dir.path().join("temporary/fresh").exists());
    }
}
