//! Making, opening and closing a vault.

use std::{
    fmt,
    fs::File,
    io::{self, Read as _},
    path::Path,
    sync::{Arc, Weak},
};

use holdfast_record::{SigningKey, Timestamp};
use holdfast_seal::Identity;
use rand_core::CryptoRng;
use rusqlite::{Connection, params};
use zeroize::Zeroizing;

use crate::{
    CreateError, OpenError, Passphrase, StoreError,
    blobs::Blobs,
    disk::{
        BLOBS, CREATING, KEYS, KEYS_NEW, STORE, STORE_FILES, make_dir, mark, remove_if_there,
        sync_dir, write_whole,
    },
    kdf::{Cost, KdfCost, OutOfMemory},
    keys::VaultKey,
    lock::{LockError, take_lock},
    panic::finish_wipe,
    presence::{Presence, presence},
    slots::{KEYS_LEN, Keys, ParseError, UnlockError},
    store::{Store, objects, settings},
};

/// What a vault is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Writes reports.
    Reporter,
    /// Attaches evidence to cases.
    Lawyer,
    /// Receives reports for a coalition.
    Desk,
}

impl Role {
    const fn code(self) -> &'static str {
        match self {
            Self::Reporter => "reporter",
            Self::Lawyer => "lawyer",
            Self::Desk => "desk",
        }
    }

    fn from_code(code: &[u8]) -> Option<Self> {
        [Self::Reporter, Self::Lawyer, Self::Desk]
            .into_iter()
            .find(|role| role.code().as_bytes() == code)
    }
}

/// How to make a vault.
#[derive(Clone, Copy)]
pub struct Create<'a> {
    /// What it is for.
    pub role: Role,
    /// What a guess at its passphrase costs.
    pub cost: KdfCost,
    /// Now.
    pub now: Timestamp,
    /// Settings the vault has from its first moment, by name.
    pub settings: &'a [(&'a str, Vec<u8>)],
}

/// An open vault. Dropping it locks it: keys are erased, and imports and arrivals under way can no
/// longer end.
pub struct Vault {
    core: Arc<Core>,
    own: Own,
}

/// What imports and arrivals need for as long as the vault is open.
pub(crate) struct Core {
    pub(crate) store: Store,
    pub(crate) blobs: Blobs,
    _lock: File,
}

/// What the vault is, and its own keys.
struct Own {
    role: Role,
    signing_key: SigningKey,
    identity: Identity,
}

impl Vault {
    /// Makes a vault in `dir`, which is made too, and opens it. A process killed on the way leaves
    /// nothing that counts as a vault.
    ///
    /// # Errors
    /// [`CreateError::Exists`] if there is one; it is not touched.
    pub fn create(
        dir: &Path,
        passphrase: &Passphrase,
        create: Create<'_>,
        rng: &mut impl CryptoRng,
    ) -> Result<Self, CreateError> {
        if presence(dir) == Presence::Wiping {
            finish_wipe(dir)?;
        }
        make_dir(dir)?;
        let lock = take_lock(dir)?;
        if presence(dir) != Presence::None {
            return Err(CreateError::Exists);
        }
        mark(dir, CREATING)?;
        for name in STORE_FILES {
            remove_if_there(&dir.join(name))?;
        }

        let key = VaultKey::make(rng);
        let store = Store::create(&dir.join(STORE), &key.derive_store_key())?;
        let own = Own::make(create.role, rng);
        store.write(|transaction| {
            own.keep(transaction, create.now)?;
            create
                .settings
                .iter()
                .try_for_each(|(name, value)| settings::set(transaction, name, value))
        })?;
        let blobs = Blobs::create(dir.join(BLOBS), &key)?;
        sync_dir(dir)?;

        let cost = Cost::choose(create.cost)?;
        let keys = Keys::make(passphrase, cost, &key, rng)?;
        write_whole(dir, KEYS, KEYS_NEW, keys.to_bytes())?;
        remove_if_there(&dir.join(CREATING))?;
        sync_dir(dir)?;
        Ok(Self {
            core: Arc::new(Core {
                store,
                blobs,
                _lock: lock,
            }),
            own,
        })
    }

    /// Opens the vault in `dir`. A right and a wrong passphrase take the same time.
    ///
    /// # Errors
    /// See [`OpenError`]. Only with [`OpenError::Wiped`] was anything deleted: it says that a
    /// destruction which had been cut short is finished now.
    pub fn open(dir: &Path, passphrase: &Passphrase) -> Result<Self, OpenError> {
        match presence(dir) {
            Presence::None => return Err(OpenError::NoVault),
            Presence::Wiping => {
                finish_wipe(dir)?;
                return Err(OpenError::Wiped);
            }
            Presence::Here => {}
        }
        let keys = Keys::parse(read_keys(&dir.join(KEYS))?)?;
        let lock = take_lock(dir)?;
        let key = keys.unlock(passphrase)?;
        let path = dir.join(STORE);
        if !path.is_file() {
            return Err(OpenError::StoreDamaged);
        }
        let store = Store::open(&path, &key.derive_store_key())?;
        let own = store.read(Own::read)?;
        let blobs = Blobs::open(dir.join(BLOBS), &key)?;
        let doomed = store.read(objects::doomed)?;
        objects::remove_doomed(&store, &blobs, &doomed)?;
        remove_if_there(&dir.join(CREATING))?;
        Ok(Self {
            core: Arc::new(Core {
                store,
                blobs,
                _lock: lock,
            }),
            own,
        })
    }

    /// What it is for.
    pub fn role(&self) -> Role {
        self.own.role
    }

    /// The key of this device, which signs its entries.
    pub fn signing_key(&self) -> &SigningKey {
        &self.own.signing_key
    }

    /// What opens things sealed to this vault.
    pub fn identity(&self) -> &Identity {
        &self.own.identity
    }

    pub(crate) fn store(&self) -> &Store {
        &self.core.store
    }

    pub(crate) fn blobs(&self) -> &Blobs {
        &self.core.blobs
    }

    pub(crate) fn core(&self) -> &Core {
        &self.core
    }

    pub(crate) fn weak(&self) -> Weak<Core> {
        Arc::downgrade(&self.core)
    }
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Vault({:?})", self.own.role)
    }
}

impl Own {
    /// Makes the keys.
    fn make(role: Role, rng: &mut impl CryptoRng) -> Self {
        Self {
            role,
            signing_key: SigningKey::make(rng),
            identity: Identity::make(),
        }
    }

    fn keep(&self, connection: &Connection, now: Timestamp) -> Result<(), StoreError> {
        let mut keep = connection.prepare("INSERT INTO own (name, value) VALUES (?1, ?2)")?;
        keep.execute(params!["role", self.role.code().as_bytes()])?;
        keep.execute(params!["made_at", now.0.to_be_bytes()])?;
        keep.execute(params!["signing_seed", self.signing_key.expose_seed()])?;
        keep.execute(params![
            "identity",
            self.identity.expose_secret_str().as_bytes()
        ])?;
        Ok(())
    }

    fn read(connection: &Connection) -> Result<Self, StoreError> {
        let value = |name: &str| -> Result<Zeroizing<Vec<u8>>, StoreError> {
            connection
                .query_row("SELECT value FROM own WHERE name = ?1", [name], |row| {
                    row.get(0)
                })
                .map(Zeroizing::new)
                .map_err(|error| match error {
                    rusqlite::Error::QueryReturnedNoRows => StoreError::Damaged,
                    other => other.into(),
                })
        };
        let identity = |name| {
            let text = value(name)?;
            let text = std::str::from_utf8(&text).map_err(|_| StoreError::Damaged)?;
            Identity::from_secret_str(text).map_err(|_| StoreError::Damaged)
        };
        let seed = value("signing_seed")?;
        let seed = seed
            .as_slice()
            .try_into()
            .map_err(|_| StoreError::Damaged)?;
        Ok(Self {
            role: Role::from_code(&value("role")?).ok_or(StoreError::NewerVersion)?,
            signing_key: SigningKey::from_seed(seed),
            identity: identity("identity")?,
        })
    }
}

/// Reads the key file; of one that is too long no more than tells so.
fn read_keys(path: &Path) -> Result<Vec<u8>, OpenError> {
    let file = match File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(OpenError::KeysMissing);
        }
        other => other?,
    };
    let mut bytes = Vec::new();
    file.take(KEYS_LEN as u64 + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

impl From<ParseError> for OpenError {
    fn from(error: ParseError) -> Self {
        match error {
            ParseError::Damaged => Self::KeysDamaged,
            ParseError::NewerVersion => Self::NewerVersion,
        }
    }
}

impl From<UnlockError> for OpenError {
    fn from(error: UnlockError) -> Self {
        match error {
            UnlockError::WrongPassphrase => Self::WrongPassphrase,
            UnlockError::Damaged => Self::KeysDamaged,
            UnlockError::NewerVersion => Self::NewerVersion,
            UnlockError::OutOfMemory => Self::OutOfMemory,
        }
    }
}

impl From<LockError> for OpenError {
    fn from(error: LockError) -> Self {
        match error {
            LockError::Held => Self::InUse,
            LockError::Io(error) => error.into(),
        }
    }
}

impl From<LockError> for CreateError {
    fn from(error: LockError) -> Self {
        match error {
            LockError::Held => Self::InUse,
            LockError::Io(error) => error.into(),
        }
    }
}

impl From<OutOfMemory> for CreateError {
    fn from(_: OutOfMemory) -> Self {
        Self::OutOfMemory
    }
}
