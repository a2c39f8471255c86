//! An endpoint's directory: its signing key, its admission token, what it holds, and the uploads under way.
//!
//! Invariant: the signing key is made once. A key that is damaged, or gone while objects are held, stops the endpoint with
//! a typed error, since a new key would make every invite that names the old one worthless.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use holdfast_cbor as cbor;
use holdfast_wire::{AdmissionToken, ServerSigningKey};
use minicbor::bytes::ByteArray;
use rand_core::CryptoRng;
use thiserror::Error;
use zeroize::Zeroizing;

use crate::disk::{DiskStore, if_there, make_dirs, write_new};
use crate::staging::Staging;

/// Why an endpoint's directory cannot be used.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum OpenError {
    /// The file system refused.
    #[error("the endpoint's directory cannot be read or written")]
    Io(#[from] io::Error),
    /// `server-key` is there but is not a key.
    #[error("the file server-key is damaged; restore it from the backup")]
    KeyDamaged,
    /// Objects are held, but the key that signed their receipts is gone.
    #[error("the file server-key is missing, but objects are held; restore it from the backup")]
    KeyMissing,
    /// `admission` is there but is not a token.
    #[error("the file admission is damaged; restore it, or remove it to have a new one made")]
    AdmissionDamaged,
}

/// An opened directory.
#[derive(Debug)]
pub struct Home {
    pub(crate) key: ServerSigningKey,
    pub(crate) admission: AdmissionToken,
    pub(crate) staging: Staging,
    store: DiskStore,
    dir: PathBuf,
}

/// `[1, seed, public key]`: the public half is there so that damage shows.
type KeyFile = (u8, ByteArray<32>, ByteArray<32>);
const KEY_FILE_LIMIT: usize = 128;

impl Home {
    /// Opens `dir`, making what is not there yet.
    ///
    /// # Errors
    /// [`OpenError`]; nothing that was there is changed.
    pub fn open(dir: &Path, now: SystemTime, rng: &mut impl CryptoRng) -> Result<Self, OpenError> {
        // `a` alone has no parent to make or sync.
        let dir = &std::path::absolute(dir)?;
        make_dirs(dir)?;
        let key = open_key(dir, rng)?;
        let admission = open_admission(dir, rng)?;
        let store = DiskStore::open(&dir.join("store"), now)?;
        let staging = Staging::open(dir.join("uploads"), key.expose_seed(), rng)?;
        Ok(Self {
            key,
            admission,
            staging,
            store,
            dir: dir.to_owned(),
        })
    }

    /// The store on this disk.
    #[must_use]
    pub fn store(&self) -> DiskStore {
        self.store.clone()
    }

    /// The file that holds the admission token.
    #[must_use]
    pub fn admission_file(&self) -> PathBuf {
        self.dir.join("admission")
    }
}

fn open_key(dir: &Path, rng: &mut impl CryptoRng) -> Result<ServerSigningKey, OpenError> {
    let path = dir.join("server-key");
    if let Some(bytes) = if_there(fs::read(&path))? {
        return read_key(&Zeroizing::new(bytes));
    }
    if if_there(fs::read_dir(dir.join("store/held")))?.is_some_and(|mut held| held.next().is_some())
    {
        return Err(OpenError::KeyMissing);
    }
    let key = ServerSigningKey::make(rng);
    let file: KeyFile = (1, (*key.expose_seed()).into(), key.server_key().0.into());
    let bytes = Zeroizing::new(cbor::to_vec(file));
    write_new(dir, &path, &bytes)?;
    // another process may have been first, and then its key counts
    read_key(&Zeroizing::new(fs::read(&path)?))
}

fn read_key(bytes: &[u8]) -> Result<ServerSigningKey, OpenError> {
    let (version, seed, public): KeyFile =
        cbor::decode(bytes, KEY_FILE_LIMIT).map_err(|_| OpenError::KeyDamaged)?;
    let seed = Zeroizing::new(<[u8; 32]>::from(seed));
    let key = ServerSigningKey::from_seed(&seed);
    if version == 1 && key.server_key().0 == *public {
        Ok(key)
    } else {
        Err(OpenError::KeyDamaged)
    }
}

fn open_admission(dir: &Path, rng: &mut impl CryptoRng) -> Result<AdmissionToken, OpenError> {
    let path = dir.join("admission");
    if !path.exists() {
        write_new(
            dir,
            &path,
            AdmissionToken::make(rng).expose_text().as_bytes(),
        )?;
    }
    let text = Zeroizing::new(fs::read(path)?);
    let text = str::from_utf8(&text).map_err(|_| OpenError::AdmissionDamaged)?;
    AdmissionToken::from_text(text.trim()).map_err(|_| OpenError::AdmissionDamaged)
}

#[cfg(test)]
mod tests {
    use super::*;
    use getrandom::{SysRng, rand_core::UnwrapErr};
    use std::os::unix::fs::PermissionsExt;
    use std::time::UNIX_EPOCH;

    fn open(dir: &Path) -> Result<Home, OpenError> {
        Home::open(dir, UNIX_EPOCH, &mut UnwrapErr(SysRng))
    }

    #[test]
    fn the_key_and_the_token_are_made_once_and_are_private() {
        let dir = tempfile::tempdir().unwrap();
        let dir = dir.path().join("endpoint");
        let first = open(&dir).unwrap();
        let again = open(&dir).unwrap();
        assert_eq!(first.key.server_key(), again.key.server_key());
        assert_eq!(first.admission, again.admission);
        for (name, mode) in [
            ("server-key", 0o600),
            ("admission", 0o600),
            ("", 0o700),
            ("uploads", 0o700),
        ] {
            assert_eq!(
                fs::metadata(dir.join(name)).unwrap().permissions().mode() & 0o777,
                mode,
                "{name}"
            );
        }
    }

    #[test]
    fn a_damaged_key_stops_it_and_is_left_as_it_was() {
        let dir = tempfile::tempdir().unwrap();
        drop(open(dir.path()).unwrap());
        let path = dir.path().join("server-key");
        let good = fs::read(&path).unwrap();
        for damage in [0, 1, 5, good.len() - 1] {
            let mut bad = good.clone();
            bad[damage] ^= 1;
            fs::write(&path, &bad).unwrap();
            assert!(
                matches!(open(dir.path()), Err(OpenError::KeyDamaged)),
                "byte {damage}"
            );
            assert_eq!(fs::read(&path).unwrap(), bad);
        }
        fs::write(&path, [&good[..], &[0]].concat()).unwrap();
        assert!(matches!(open(dir.path()), Err(OpenError::KeyDamaged)));
        fs::write(&path, b"").unwrap();
        assert!(matches!(open(dir.path()), Err(OpenError::KeyDamaged)));
    }

    #[test]
    fn a_lost_key_is_not_replaced_while_objects_are_held() {
        let dir = tempfile::tempdir().unwrap();
        drop(open(dir.path()).unwrap());
        fs::remove_file(dir.path().join("server-key")).unwrap();
        drop(open(dir.path()).unwrap());
        fs::create_dir(dir.path().join("store/held/00")).unwrap();
        fs::remove_file(dir.path().join("server-key")).unwrap();
        assert!(matches!(open(dir.path()), Err(OpenError::KeyMissing)));
        assert!(!dir.path().join("server-key").exists());
    }

    #[test]
    fn a_damaged_token_is_said() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("admission"), b"short").unwrap();
        assert!(matches!(open(dir.path()), Err(OpenError::AdmissionDamaged)));
    }
}
