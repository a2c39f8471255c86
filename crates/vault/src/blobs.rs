//! `blobs/`: sealed objects as files, under names that say nothing.
//!
//! A name is derived from the object's id with a key of the vault, so whoever sees the directory
//! cannot tell which objects of an endpoint are in it. Files arrive in this order (I-15): staged →
//! written → synced → announced in the database → renamed → directory synced → acknowledged in the
//! database; what was cut off before the end is deleted at the next open.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read as _, Seek as _, Write},
    path::{Path, PathBuf},
    sync::{
        Arc, Weak,
        atomic::{AtomicU64, Ordering},
    },
};

use data_encoding::HEXLOWER;
use holdfast_record::{Evidence, EvidenceKey, IncidentId, ObjectId};
use holdfast_seal::{Identity, Sealer, open_evidence};
use rand_core::CryptoRng;
use rusqlite::Transaction;
use sha2::{Digest as _, Sha256};

use crate::{
    BlobError, FileMeta, StoreError, Vault,
    disk::{make_dir, open_file, remove_if_there, renew_if_empty, sync_dir},
    keys::{VaultKey, derive},
    secret::Secret,
    store::{evidence, objects},
    vault::Core,
};

/// Reads a piece of evidence in clear, from any position; nothing is written anywhere.
pub type EvidenceReader = holdfast_seal::EvidenceReader<File>;

const STAGED: &str = ".incoming-";
const PART: &str = ".part";
const PIECE: usize = 64 * 1024;

pub(crate) struct Blobs {
    dir: PathBuf,
    name_key: Secret,
    staged: AtomicU64,
}

impl Blobs {
    pub(crate) fn create(dir: PathBuf, key: &VaultKey) -> io::Result<Self> {
        make_dir(&dir)?;
        sync_dir(&dir)?;
        Ok(Self::at(dir, key))
    }

    /// Opens the directory and deletes what was still being staged.
    pub(crate) fn open(dir: PathBuf, key: &VaultKey) -> io::Result<Self> {
        make_dir(&dir)?;
        // As where a second passphrase emptied it.
        renew_if_empty(&dir)?;
        for file in fs::read_dir(&dir)? {
            let file = file?;
            if file
                .file_name()
                .as_encoded_bytes()
                .starts_with(STAGED.as_bytes())
            {
                remove_if_there(&file.path())?;
            }
        }
        Ok(Self::at(dir, key))
    }

    fn at(dir: PathBuf, key: &VaultKey) -> Self {
        Self {
            dir,
            name_key: key.derive_name_key(),
            staged: AtomicU64::new(0),
        }
    }

    fn path(&self, object: &ObjectId, ending: &str) -> PathBuf {
        let name = derive(self.name_key.expose(), &[object.as_bytes()]);
        self.dir.join(HEXLOWER.encode(&name[..16]) + ending)
    }

    fn stage(&self) -> io::Result<(Staged, File)> {
        let number = self.staged.fetch_add(1, Ordering::Relaxed);
        let staged = Staged(self.dir.join(format!("{STAGED}{number}")));
        let file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(&staged.0)?;
        Ok((staged, file))
    }

    pub(crate) fn remove(&self, object: &ObjectId) -> io::Result<()> {
        remove_if_there(&self.path(object, ""))
    }

    pub(crate) fn sync_names(&self) -> io::Result<()> {
        sync_dir(&self.dir)
    }
}

/// A file nobody was told about; deleted unless it was renamed.
struct Staged(PathBuf);

impl Drop for Staged {
    fn drop(&mut self) {
        // At the latest the next open does it.
        let _ = fs::remove_file(&self.0);
    }
}

/// A file being imported: sealed as it is written, in clear nowhere. Dropping it gives it up.
pub struct Import {
    sealer: Sealer<File>,
    staged: Staged,
}

impl Write for Import {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        self.sealer.write(buf)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.sealer.flush()
    }
}

impl Vault {
    /// Begins to import a file.
    ///
    /// # Errors
    /// [`BlobError::DiskFull`] among others.
    pub fn begin_import(&self) -> Result<Import, BlobError> {
        let (staged, file) = self.blobs().stage()?;
        Ok(Import {
            sealer: Sealer::begin(file)?,
            staged,
        })
    }

    /// Ends an import: the evidence belongs to the incident, loose until an entry names it. When
    /// this returns, the sealed file is synced to the disk.
    ///
    /// # Errors
    /// [`BlobError::DiskFull`] among others; then nothing of it is kept.
    pub fn commit_import(
        &self,
        incident: IncidentId,
        import: Import,
        meta: FileMeta,
        rng: &mut impl CryptoRng,
    ) -> Result<Evidence, BlobError> {
        let (file, sealed) = import.sealer.finish(rng)?;
        let evidence = Evidence {
            object: ObjectId::from_bytes(sealed.object),
            object_size: sealed.object_size,
            sealed_size: sealed.sealed_size,
            key: EvidenceKey::from(sealed.key.expose_secret_str()),
            name: meta.name,
            media_type: meta.media_type,
            size: sealed.size,
            sha256: sealed.sha256,
            imported_at: meta.imported_at,
            captured_at: None,
            origin: None,
            clock_error_ms: None,
        };
        let files = vec![(file, &*import.staged.0, evidence.object)];
        self.core().keep(files, |transaction| {
            evidence::add_loose(transaction, incident, &evidence)
        })?;
        Ok(evidence)
    }

    /// Opens a piece of evidence to read in clear.
    ///
    /// # Errors
    /// [`BlobError::NotFound`], [`BlobError::NotHere`], and [`BlobError::Damaged`] if the file does
    /// not verify; it is kept as it is.
    pub fn open_evidence(&self, object: &ObjectId) -> Result<EvidenceReader, BlobError> {
        let claims = self
            .store()
            .read(|connection| evidence::in_object(connection, object))?;
        let mut failure = BlobError::NotFound;
        for claim in claims {
            let (file, _) = self.open_object(object)?;
            let opened = Identity::from_secret_str(claim.key.expose_secret_str())
                .map_err(|_| BlobError::Damaged)
                .and_then(|key| Ok(open_evidence(file, claim.sealed_size, &key)?));
            match opened {
                Ok(reader) => return Ok(reader),
                Err(error) => failure = error,
            }
        }
        Err(failure)
    }

    /// Opens a sealed object as it is, with its length: ciphertext, to be sent.
    ///
    /// # Errors
    /// [`BlobError::NotHere`] if the vault has not got its bytes.
    pub fn open_object(&self, object: &ObjectId) -> Result<(File, u64), BlobError> {
        let size = self
            .store()
            .read(|connection| objects::size(connection, object))?;
        let size = size.ok_or(BlobError::NotHere)?;
        let path = self.blobs().path(object, "");
        match open_file(&path, OpenOptions::new().read(true)) {
            Ok(file) => Ok((file, size)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Err(BlobError::NotHere),
            Err(error) => Err(error.into()),
        }
    }

    /// Whether the bytes of an object are here.
    ///
    /// # Errors
    /// Those of the database.
    pub fn has_object(&self, object: &ObjectId) -> Result<bool, StoreError> {
        Ok(self
            .store()
            .read(|connection| objects::size(connection, object))?
            .is_some())
    }

    /// Keeps a sealed object that is in memory.
    ///
    /// # Errors
    /// [`BlobError::DiskFull`] among others; then nothing of it is kept.
    pub fn put_object(&self, bytes: &[u8]) -> Result<ObjectId, BlobError> {
        self.keep_bytes(&[bytes], |_| Ok(()))?;
        Ok(ObjectId::from_bytes(Sha256::digest(bytes).into()))
    }

    /// Keeps sealed objects, and does `work` in the transaction that acknowledges them.
    pub(crate) fn keep_bytes(
        &self,
        several: &[&[u8]],
        work: impl FnOnce(&Transaction<'_>) -> Result<(), StoreError>,
    ) -> Result<(), BlobError> {
        let mut staged = Vec::with_capacity(several.len());
        let mut files = Vec::with_capacity(several.len());
        for bytes in several {
            let (place, mut file) = self.blobs().stage()?;
            file.write_all(bytes)?;
            files.push(file);
            staged.push(place);
        }
        let written = files.into_iter().zip(&staged).zip(several);
        let written = written.map(|((file, staged), bytes)| {
            let object = ObjectId::from_bytes(Sha256::digest(bytes).into());
            (file, &*staged.0, object)
        });
        self.core().keep(written.collect(), work)
    }

    /// Goes on receiving an object, where an earlier attempt stopped.
    ///
    /// # Errors
    /// [`BlobError::DiskFull`] among others.
    pub fn begin_object(&self, object: ObjectId, size: u64) -> Result<Arriving, BlobError> {
        let path = self.blobs().path(&object, PART);
        if self.has_object(&object)? {
            return Ok(Arriving {
                core: self.weak(),
                object,
                size,
                offset: size,
                part: None,
            });
        }
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)?;
        let mut offset = file.seek(io::SeekFrom::End(0))?;
        if offset > size {
            file.set_len(0)?;
            offset = file.seek(io::SeekFrom::Start(0))?;
        }
        Ok(Arriving {
            core: self.weak(),
            object,
            size,
            offset,
            part: Some((file, path)),
        })
    }
}

impl Core {
    /// Puts files in their places and acknowledges them, with `work` in the same transaction.
    fn keep(
        &self,
        files: Vec<(File, &Path, ObjectId)>,
        work: impl FnOnce(&Transaction<'_>) -> Result<(), StoreError>,
    ) -> Result<(), BlobError> {
        let mut synced = Vec::with_capacity(files.len());
        for (file, staged, object) in files {
            let size = file.metadata()?.len();
            file.sync_all()?;
            drop(file);
            synced.push((staged, object, size));
        }
        self.store.write(|transaction| {
            let announce = |(_, object, _): &(_, _, _)| objects::announce(transaction, object);
            synced.iter().try_for_each(announce)
        })?;
        let place = |(staged, object, _): &(&Path, ObjectId, u64)| self.place(staged, object);
        let kept = synced.iter().try_for_each(place).and_then(|()| {
            Ok(self.store.write(|transaction| {
                for (_, object, size) in &synced {
                    objects::acknowledge(transaction, object, *size)?;
                }
                work(transaction)
            })?)
        });
        if kept.is_err() {
            synced
                .iter()
                .for_each(|(_, object, _)| self.give_up(object));
        }
        kept
    }

    fn place(&self, staged: &Path, object: &ObjectId) -> Result<(), BlobError> {
        fs::rename(staged, self.blobs.path(object, ""))?;
        Ok(self.blobs.sync_names()?)
    }

    /// Deletes a file that was announced and not acknowledged, now rather than at the next open.
    fn give_up(&self, object: &ObjectId) {
        let doomed = self.store.read(objects::doomed);
        if doomed.is_ok_and(|doomed| doomed.contains(object)) {
            let _ = objects::remove_doomed(&self.store, &self.blobs, &[*object]);
        }
    }
}

/// An object that is being received. What came in stays for the next attempt until it is whole.
pub struct Arriving {
    core: Weak<Core>,
    object: ObjectId,
    size: u64,
    offset: u64,
    /// None if the object is here already.
    part: Option<(File, PathBuf)>,
}

impl Arriving {
    /// How many bytes are here, so where to go on.
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// Takes the next bytes.
    ///
    /// # Errors
    /// [`BlobError::TooLong`] beyond the announced size; [`BlobError::DiskFull`] among others.
    pub fn append(&mut self, bytes: &[u8]) -> Result<(), BlobError> {
        if bytes.len() as u64 > self.size - self.offset {
            return Err(BlobError::TooLong);
        }
        let Some((file, _)) = &mut self.part else {
            return Ok(());
        };
        let written = file.write_all(bytes);
        // Of a write that failed, what came through counts.
        self.offset = file.stream_position()?;
        Ok(written?)
    }

    /// Verifies the whole and keeps it.
    ///
    /// # Errors
    /// [`BlobError::NotHere`] if bytes are missing; [`BlobError::Damaged`] if these are not the
    /// object's bytes, and then receiving starts anew; [`BlobError::Locked`].
    pub fn finish(self) -> Result<(), BlobError> {
        let Some((mut file, path)) = self.part else {
            return Ok(());
        };
        if self.offset < self.size {
            return Err(BlobError::NotHere);
        }
        if hash(&mut file)? != *self.object.as_bytes() {
            drop(file);
            remove_if_there(&path)?;
            return Err(BlobError::Damaged);
        }
        let core: Arc<Core> = self.core.upgrade().ok_or(BlobError::Locked)?;
        core.keep(vec![(file, &*path, self.object)], |_| Ok(()))
    }

    /// Drops what came in; receiving starts anew.
    ///
    /// # Errors
    /// When the file cannot be removed.
    pub fn discard(self) -> Result<(), BlobError> {
        self.part
            .map_or(Ok(()), |(_, path)| Ok(remove_if_there(&path)?))
    }
}

fn hash(file: &mut File) -> io::Result<[u8; 32]> {
    file.seek(io::SeekFrom::Start(0))?;
    let mut sha256 = Sha256::new();
    let mut piece = vec![0; PIECE];
    loop {
        match file.read(&mut piece)? {
            0 => return Ok(sha256.finalize().into()),
            read => sha256.update(&piece[..read]),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::panic::{AssertUnwindSafe, catch_unwind};

    use holdfast_record::Timestamp;
    use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng as _};

    use super::*;
    use crate::{Create, KdfCost, Opened, Passphrase, Role};

    /// The file has its name, and the process is killed before the database says that it is kept.
    #[test]
    fn a_file_in_place_but_not_acknowledged_is_removed_at_open() {
        let home = tempfile::tempdir().unwrap();
        let dir = home.path().join("vault");
        let passphrase = Passphrase::from("kelp".to_owned());
        let create = Create {
            role: Role::Desk,
            cost: KdfCost::Floor,
            now: Timestamp(0),
            settings: &[],
        };
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        let vault = Vault::create(&dir, &passphrase, create, &mut rng).unwrap();
        let kept = vault.put_object(b"kept").unwrap();
        let killed = catch_unwind(AssertUnwindSafe(|| {
            vault.keep_bytes(&[b"killed"], |_| std::panic::resume_unwind(Box::new(())))
        }));
        assert!(killed.is_err());
        // The same object again, killed again, does not cost what was acknowledged.
        let again = catch_unwind(AssertUnwindSafe(|| {
            vault.keep_bytes(&[b"kept"], |_| std::panic::resume_unwind(Box::new(())))
        }));
        assert!(again.is_err());
        let count = || fs::read_dir(dir.join("blobs")).unwrap().count();
        assert_eq!(count(), 2);
        drop(vault);

        let Opened::Vault(vault) = Vault::open(&dir, &passphrase, Timestamp(0), &mut rng).unwrap()
        else {
            panic!("a decoy")
        };
        assert_eq!(count(), 1);
        assert!(vault.has_object(&kept).unwrap());
        vault.open_object(&kept).unwrap();
    }
}
