//! Uploads under way: bytes received and not yet proven to be the object they should be.
//!
//! ```text
//! uploads/<upload>/about   [1, mailbox, object, length]
//!                  data    the bytes so far; its length is the offset
//!                  claim   the newest request on this upload
//! ```
//!
//! Invariants: the offset is the length of a file, so it survives the process; at most one request writes to an upload,
//! whichever process it came to (a lock on `data`), and the newest one gets it (`claim`): the older one sees that it was
//! overtaken, stops, and only then the newer one reads the offset. An upload's id follows from the mailbox, the object and
//! a secret, so beginning the same upload again finds what already arrived (I-19).

use std::collections::HashMap;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::{FileExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use holdfast_cbor as cbor;
use holdfast_wire::{MailboxId, ObjectId, Problem, UploadId};
use rand_core::CryptoRng;
use sha2::{Digest, Sha256};
use tokio::task::{JoinHandle, spawn_blocking};
use tokio::time::{Instant, sleep};
use zeroize::Zeroizing;

use crate::disk::{blocking, cut_times, if_there, is_older, make_dirs, write_new};
use crate::failure::Failure;

/// How long a request waits for the one before it to stop; longer than hashing a large object takes.
const PATIENCE: Duration = Duration::from_secs(30);
const LOCK_INTERVAL: Duration = Duration::from_millis(10);
/// How many half-done hashes are remembered; a forgotten one costs reading that upload once more.
const REMEMBERED: usize = 1024;
/// How many uploads to one mailbox may be under way.
const OPEN_MOST: usize = 256;
/// Hashing and syncing are this far behind writing, so that another core does them, from the page cache.
const HASH_STEP: u64 = 4 << 20;
const READ_CHUNK: usize = 256 * 1024;

/// What an upload will be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct About {
    pub(crate) mailbox: MailboxId,
    pub(crate) object: ObjectId,
    pub(crate) length: u64,
}

/// The directory of uploads.
#[derive(Debug, Clone)]
pub(crate) struct Staging(Arc<Inner>);

struct Inner {
    dir: PathBuf,
    secret: Zeroizing<[u8; 32]>,
    /// Tells this process's claims from another's.
    instance: [u8; 16],
    next: AtomicU64,
    hashes: Mutex<HashMap<UploadId, Progress>>,
    /// The uploads under way when one was last begun. Held while one is begun, so that two do not get the same room.
    open: Mutex<HashMap<UploadId, About>>,
}

/// The hash of the first `offset` bytes of the file `inode`.
struct Progress {
    inode: u64,
    offset: u64,
    hash: Sha256,
}

impl Staging {
    pub(crate) fn open(
        dir: PathBuf,
        seed: &[u8; 32],
        rng: &mut impl CryptoRng,
    ) -> io::Result<Self> {
        make_dirs(&dir)?;
        let secret = Sha256::new_with_prefix(b"holdfast upload secret v1\0")
            .chain_update(seed)
            .finalize();
        let mut instance = [0; 16];
        rng.fill_bytes(&mut instance);
        let secret = Zeroizing::new(secret.into());
        Ok(Self(Arc::new(Inner {
            dir,
            secret,
            instance,
            next: AtomicU64::new(0),
            hashes: Mutex::default(),
            open: Mutex::default(),
        })))
    }

    /// Bytes free where uploads are written.
    pub(crate) fn free(&self) -> io::Result<u64> {
        let stat = rustix::fs::statvfs(&self.0.dir)?;
        Ok(stat.f_bavail.saturating_mul(stat.f_frsize))
    }

    /// Begins an upload, or finds the one that was begun; gives its id and offset. `room` is what the mailbox has left
    /// for this and all others under way: an upload takes its whole length from it when it is begun.
    pub(crate) async fn begin(&self, about: About, room: u64) -> Result<(UploadId, u64), Failure> {
        let inner = Arc::clone(&self.0);
        let begun = blocking(move || {
            let id = inner.derive_id(&about);
            let mut open = inner.open();
            inner.look(&mut open)?;
            let others = open
                .iter()
                .filter(|(other, others)| **other != id && others.mailbox == about.mailbox);
            let (count, taken) = others.fold((0, about.length), |(count, taken), (_, other)| {
                (count + 1, taken.saturating_add(other.length))
            });
            if count >= OPEN_MOST || taken > room {
                return Ok(Err(Problem::MailboxFull));
            }
            loop {
                // the same upload may be finished and removed by somebody else meanwhile
                if let Some(offset) = if_there(inner.begin(&id, &about))? {
                    return Ok(Ok((id, offset)));
                }
            }
        });
        Ok(begun.await??)
    }

    /// Makes this request the one that may write to the upload, ending the one that did so before.
    pub(crate) async fn take_over(&self, id: UploadId) -> Result<Upload, Failure> {
        let inner = Arc::clone(&self.0);
        let mut upload = blocking(move || inner.claim(id))
            .await?
            .ok_or(Problem::UnknownUpload)?;
        let deadline = Instant::now() + PATIENCE;
        loop {
            match upload.data.try_lock() {
                Ok(()) => break,
                Err(TryLockError::WouldBlock) if Instant::now() > deadline => {
                    return Err(Problem::Busy.into());
                }
                Err(TryLockError::WouldBlock) => sleep(LOCK_INTERVAL).await,
                Err(TryLockError::Error(error)) => return Err(error.into()),
            }
            if upload.is_superseded()? {
                return Err(Problem::UploadSuperseded.into());
            }
        }
        if upload.is_discarded()? {
            return Err(Problem::UnknownUpload.into());
        }
        if upload.is_superseded()? {
            return Err(Problem::UploadSuperseded.into());
        }
        upload.offset = upload.data.metadata()?.len();
        upload.hashed = upload.offset;
        Ok(upload)
    }

    /// Removes uploads that nothing was added to for `idle`, and what a killed process left of discarded ones.
    pub(crate) async fn sweep(&self, now: SystemTime, idle: Duration) -> io::Result<()> {
        let inner = Arc::clone(&self.0);
        blocking(move || {
            for entry in fs::read_dir(&inner.dir)? {
                let dir = entry?.path();
                let Some(data) = if_there(open_data(&dir, false))? else {
                    // being begun, or half removed: an old one is removed
                    if if_there(fs::metadata(&dir))?
                        .is_some_and(|metadata| is_older(&metadata, now, idle))
                    {
                        inner.discard(&dir)?;
                    }
                    continue;
                };
                if is_older(&data.metadata()?, now, idle) && data.try_lock().is_ok() {
                    inner.discard(&dir)?;
                }
            }
            Ok(())
        })
        .await
    }
}

impl std::fmt::Debug for Inner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Staging(…)")
    }
}

impl Inner {
    fn derive_id(&self, about: &About) -> UploadId {
        let digest = Sha256::new_with_prefix(b"holdfast upload v1\0")
            .chain_update(self.secret.as_slice())
            .chain_update(about.mailbox.0)
            .chain_update(about.object.0)
            .chain_update(about.length.to_be_bytes())
            .finalize();
        let mut id = [0; 16];
        id.copy_from_slice(&digest[..16]);
        UploadId(id)
    }

    fn upload_dir(&self, id: &UploadId) -> PathBuf {
        self.dir.join(id.to_string())
    }

    fn begin(&self, id: &UploadId, about: &About) -> io::Result<u64> {
        let dir = self.upload_dir(id);
        make_dirs(&dir)?;
        write_new(&dir, &dir.join("about"), &about.to_bytes())?;
        Ok(open_data(&dir, true)?.metadata()?.len())
    }

    /// Brings `open` up to date; the directory decides, since other processes begin and end uploads too.
    fn look(&self, open: &mut HashMap<UploadId, About>) -> io::Result<()> {
        let mut there = HashMap::with_capacity(open.len());
        for entry in fs::read_dir(&self.dir)? {
            let entry = entry?;
            let id = entry
                .file_name()
                .to_str()
                .and_then(|name| name.parse().ok());
            let Some(id) = id else {
                continue;
            };
            // what an upload is about never changes
            let about = match open.get(&id) {
                Some(about) => Some(*about),
                None => if_there(fs::read(entry.path().join("about")))?
                    .and_then(|bytes| About::from_bytes(&bytes)),
            };
            there.extend(about.map(|about| (id, about)));
        }
        *open = there;
        Ok(())
    }

    fn open(&self) -> MutexGuard<'_, HashMap<UploadId, About>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn next_claim(&self) -> Vec<u8> {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        [self.instance.as_slice(), &number.to_be_bytes()].concat()
    }

    fn claim(self: Arc<Self>, id: UploadId) -> io::Result<Option<Upload>> {
        let dir = self.upload_dir(&id);
        let Some(about) = if_there(fs::read(dir.join("about")))? else {
            return Ok(None);
        };
        let about = About::from_bytes(&about).ok_or(ErrorKind::InvalidData)?;
        let Some(data) = if_there(open_data(&dir, false))? else {
            return Ok(None);
        };
        let claim = self.next_claim();
        let mut options = OpenOptions::new();
        let file = options
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(dir.join("claim"));
        let Some(mut file) = if_there(file)? else {
            return Ok(None);
        };
        // in place and in one write, so that a reader sees one claim or the other
        file.write_all(&claim)?;
        Ok(Some(Upload {
            id,
            about,
            dir,
            data,
            claim,
            offset: 0,
            hashed: 0,
            hashing: None,
            inner: self,
        }))
    }

    fn hashes(&self) -> MutexGuard<'_, HashMap<UploadId, Progress>> {
        self.hashes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The hash of the first `end` bytes of an upload's file, going on from where it was left. The file is opened anew,
    /// so that this does not hold the lock for longer than the request.
    fn hash(&self, id: UploadId, path: &Path, end: u64) -> io::Result<Sha256> {
        let file = File::open(path)?;
        let inode = file.metadata()?.ino();
        let mut progress = match self.hashes().remove(&id) {
            Some(known) if known.inode == inode && known.offset <= end => known,
            _ => Progress {
                inode,
                offset: 0,
                hash: Sha256::new(),
            },
        };
        let mut buffer = vec![0; READ_CHUNK];
        while progress.offset < end {
            let wanted = usize::try_from(end - progress.offset)
                .unwrap_or(READ_CHUNK)
                .min(READ_CHUNK);
            file.read_exact_at(&mut buffer[..wanted], progress.offset)?;
            progress.hash.update(&buffer[..wanted]);
            progress.offset += wanted as u64;
        }
        // a little at a time, so that little is left to sync when the last byte has come
        file.sync_data()?;
        let hash = progress.hash.clone();
        let mut hashes = self.hashes();
        if hashes.len() >= REMEMBERED {
            hashes.clear();
        }
        hashes.insert(id, progress);
        Ok(hash)
    }

    /// Takes an upload out of the way in one step, then removes it.
    fn discard(&self, dir: &Path) -> io::Result<()> {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let gone = dir.with_extension(format!("gone-{}-{number}", std::process::id()));
        if if_there(fs::rename(dir, &gone))?.is_some() {
            if_there(fs::remove_dir_all(&gone))?;
            cut_times(&self.dir);
        }
        Ok(())
    }
}

fn open_data(dir: &Path, create: bool) -> io::Result<File> {
    OpenOptions::new()
        .read(true)
        .append(true)
        .create(create)
        .mode(0o600)
        .open(dir.join("data"))
}

/// An upload that this request may write to until it is dropped.
pub(crate) struct Upload {
    id: UploadId,
    about: About,
    dir: PathBuf,
    data: File,
    claim: Vec<u8>,
    offset: u64,
    hashed: u64,
    hashing: Option<JoinHandle<io::Result<Sha256>>>,
    inner: Arc<Inner>,
}

impl Upload {
    pub(crate) fn about(&self) -> About {
        self.about
    }

    /// How many bytes there are.
    pub(crate) fn offset(&self) -> u64 {
        self.offset
    }

    /// The file of bytes, to be committed.
    pub(crate) fn data_path(&self) -> PathBuf {
        self.dir.join("data")
    }

    /// Whether a newer request wants the upload.
    pub(crate) fn is_superseded(&self) -> io::Result<bool> {
        Ok(if_there(fs::read(self.dir.join("claim")))?.is_none_or(|newest| newest != self.claim))
    }

    fn is_discarded(&self) -> io::Result<bool> {
        let inode = self.data.metadata()?.ino();
        Ok(if_there(fs::metadata(self.data_path()))?.is_none_or(|there| there.ino() != inode))
    }

    /// Writes `bytes` at the end. They go to the page cache, which takes less time than handing them to another thread.
    pub(crate) fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        if let Err(error) = self.data.write_all(bytes) {
            // some of it may have been written
            self.offset = self.data.metadata()?.len();
            return Err(error);
        }
        self.offset += bytes.len() as u64;
        if self.offset - self.hashed >= HASH_STEP
            && self.hashing.as_ref().is_none_or(JoinHandle::is_finished)
        {
            self.hashed = self.offset;
            self.hashing = Some(self.hash());
        }
        Ok(())
    }

    /// The hash of what arrived. Reads again only what this process has not hashed yet.
    pub(crate) async fn digest(&mut self) -> io::Result<ObjectId> {
        if let Some(hashing) = self.hashing.take() {
            hashing.await.map_err(io::Error::other)??;
        }
        let hash = self.hash().await.map_err(io::Error::other)??;
        Ok(ObjectId(hash.finalize().into()))
    }

    fn hash(&self) -> JoinHandle<io::Result<Sha256>> {
        let (inner, id, path, end) = (
            Arc::clone(&self.inner),
            self.id,
            self.data_path(),
            self.offset,
        );
        spawn_blocking(move || inner.hash(id, &path, end))
    }

    /// Forgets the upload and its bytes. Blocks.
    pub(crate) fn discard(self) -> io::Result<()> {
        self.inner.hashes().remove(&self.id);
        self.inner.discard(&self.dir)
    }
}

type AboutFile = (u8, MailboxId, ObjectId, u64);
const ABOUT_LIMIT: usize = 128;

impl About {
    fn to_bytes(self) -> Vec<u8> {
        let file: AboutFile = (1, self.mailbox, self.object, self.length);
        cbor::to_vec(file)
    }

    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (version, mailbox, object, length): AboutFile =
            cbor::decode(bytes, ABOUT_LIMIT).ok()?;
        (version == 1).then_some(Self {
            mailbox,
            object,
            length,
        })
    }
}

#[cfg(test)]
mod tests;
