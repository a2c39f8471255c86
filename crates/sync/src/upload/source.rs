//! The bytes of an object, read as the network takes them.

use std::io::{self, Read, Seek, SeekFrom};
use std::num::NonZeroU64;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use futures_util::{Stream, stream};
use holdfast_wire::ObjectId;
use sha2::{Digest, Sha256};
use tokio::task::spawn_blocking;

use crate::{LocalFault, ReadSeek, SyncError};

const CHUNK: u64 = 64 * 1024;

/// An object that is being sent. Reading happens where blocking is allowed, 64 KiB at a time.
pub(super) struct Source {
    file: Mutex<Box<dyn ReadSeek + Send>>,
    /// Why a body broke off, when the reason lies here and not in the network.
    fault: Mutex<Option<SyncError>>,
}

impl Source {
    pub(super) fn new(file: Box<dyn ReadSeek + Send>) -> Self {
        Self {
            file: Mutex::new(file),
            fault: Mutex::new(None),
        }
    }

    /// The bytes `from..from + length`, no faster than `rate` a second. Counts in `handed` what
    /// was taken from it.
    pub(super) fn stream(
        self: &Arc<Self>,
        from: u64,
        length: u64,
        rate: Option<NonZeroU64>,
        handed: Arc<AtomicU64>,
    ) -> impl Stream<Item = io::Result<Bytes>> + Send + 'static {
        let source = Arc::clone(self);
        stream::try_unfold(from, move |at| {
            let (source, handed) = (Arc::clone(&source), Arc::clone(&handed));
            async move {
                let wanted = CHUNK.min(from + length - at);
                if wanted == 0 {
                    return Ok(None);
                }
                if let Some(rate) = rate {
                    let pause = wanted as f64 / rate.get() as f64;
                    tokio::time::sleep(Duration::from_secs_f64(pause)).await;
                }
                let bytes = source.read(at, wanted).await?;
                handed.fetch_add(wanted, Ordering::Relaxed);
                Ok(Some((bytes, at + wanted)))
            }
        })
    }

    /// What went wrong here while a body was read, if anything.
    pub(super) fn take_fault(&self) -> Option<SyncError> {
        lock(&self.fault).take()
    }

    /// Makes sure that the file is the object its ticket names.
    pub(super) async fn verify(self: &Arc<Self>, object: &ObjectId) -> Result<(), SyncError> {
        let source = Arc::clone(self);
        let digest = blocking(move || {
            let mut file = lock(&source.file);
            file.seek(SeekFrom::Start(0))?;
            let mut hash = Sha256::new();
            let mut chunk = vec![0; CHUNK as usize];
            loop {
                match file.read(&mut chunk)? {
                    0 => return Ok(hash.finalize()),
                    length => hash.update(&chunk[..length]),
                }
            }
        });
        if digest.await.map_err(LocalFault::from)?[..] == object.0[..] {
            Ok(())
        } else {
            Err(SyncError::ObjectDamaged)
        }
    }

    async fn read(self: &Arc<Self>, at: u64, length: u64) -> io::Result<Bytes> {
        let source = Arc::clone(self);
        let read = blocking(move || {
            let mut bytes = vec![0; length as usize];
            let mut file = lock(&source.file);
            file.seek(SeekFrom::Start(at))?;
            file.read_exact(&mut bytes)?;
            Ok(Bytes::from(bytes))
        });
        read.await.map_err(|error| {
            let kind = error.kind();
            *lock(&self.fault) = Some(match kind {
                io::ErrorKind::UnexpectedEof => SyncError::ObjectDamaged,
                _ => LocalFault::from(error).into(),
            });
            kind.into()
        })
    }
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    spawn_blocking(work).await.map_err(io::Error::other)?
}

/// Nothing is left half done in what these locks guard, so a panic elsewhere does not matter.
fn lock<T: ?Sized>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::TryStreamExt;
    use std::io::Cursor;
    use tokio::time::Instant;

    #[tokio::test(start_paused = true)]
    async fn a_rate_is_kept() {
        let source = Arc::new(Source::new(Box::new(Cursor::new(vec![7; 1_000_000]))));
        let (begun, handed) = (Instant::now(), Arc::new(AtomicU64::new(0)));
        let rate = NonZeroU64::new(100_000);
        let pieces = source.stream(100_000, 500_000, rate, Arc::clone(&handed));
        let pieces: Vec<Bytes> = pieces.try_collect().await.unwrap();
        assert_eq!(pieces.concat(), vec![7; 500_000]);
        assert_eq!(handed.load(Ordering::Relaxed), 500_000);
        assert!(
            begun.elapsed() >= Duration::from_secs(5),
            "{:?}",
            begun.elapsed()
        );
    }
}
