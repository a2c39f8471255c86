//! Making and closing a vault, and what it is.

use std::{
    fmt,
    path::Path,
    sync::{Arc, Weak},
};

use holdfast_record::{SigningKey, Timestamp};
use holdfast_seal::Identity;
use rand_core::CryptoRng;
use rusqlite::{Connection, params};
use zeroize::Zeroizing;

use crate::{
    CreateError, GuardSettings, Notebook, Passphrase, StoreError,
    blobs::Blobs,
    disk::{
        BLOBS, CREATING, GUARD, GUARD_NEW, KEYS, KEYS_NEW, Letter, make_lasting_dir, mark,
        remove_if_there, remove_store, same_times, sync_dir, write_new, write_whole,
    },
    guard::Guard,
    held::{Held, fill, guard_settings, make_random_store},
    kdf::{Cost, KdfCost, OutOfMemory},
    keys::VaultKey,
    lock::{LockError, take_lock},
    panic::finish_wipe,
    presence::{Presence, presence},
    slots::{Keys, Opens},
    store::{Store, settings},
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
    slot: usize,
}

/// What imports and arrivals need for as long as the vault is open.
pub(crate) struct Core {
    // In this order: the database closes before the directory is let go.
    pub(crate) store: Store,
    pub(crate) blobs: Blobs,
    pub(crate) held: Held,
}

/// What the vault is, and its own keys.
pub(crate) struct Own {
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
        make_lasting_dir(dir)?;
        let lock = take_lock(dir)?;
        if presence(dir) != Presence::None {
            return Err(CreateError::Exists);
        }
        mark(dir, CREATING)?;
        for name in [KEYS_NEW, GUARD, GUARD_NEW] {
            remove_if_there(&dir.join(name))?;
        }
        // Both files at once, so that neither their age nor their number tells which is used.
        for letter in Letter::BOTH {
            remove_store(dir, letter)?;
            write_new(dir, letter.name(), &[])?;
        }
        let letter = Letter::BOTH[rng.next_u32() as usize % 2];
        let key = VaultKey::make(rng);
        let store_key = key.derive_store_key();
        let own = Own::make(create.role, rng);
        let made = Store::make_bytes(store_key.expose(), |transaction| {
            own.keep(transaction, create.now)?;
            create
                .settings
                .iter()
                .try_for_each(|(name, value)| settings::set(transaction, name, value))
        })?;
        // Each in one write and in this order, so that neither the pieces nor the places that the file
        // system gives them tell which is used.
        let spare = make_random_store(rng);
        for each in Letter::BOTH {
            fill(dir, each, if each == letter { &made } else { &spare })?;
        }
        let store = Store::open_in_place(&dir.join(letter.name()), store_key.expose())?;
        let blobs = Blobs::create(dir.join(BLOBS), &key)?;
        let mut guard = Guard::default();
        guard.check_in(create.now);
        guard.write(dir)?;
        sync_dir(dir)?;

        let mut keys = Keys::make(Cost::choose(create.cost)?, rng);
        let stretched = keys.stretch(passphrase)?;
        let slot = Keys::any_slot_but(None, rng);
        keys.fill_slot(slot, &stretched, Opens::Vault, letter, &key, rng);
        write_whole(dir, KEYS, KEYS_NEW, keys.as_bytes())?;
        remove_if_there(&dir.join(CREATING))?;
        sync_dir(dir)?;
        same_times(dir, rng.next_u32());
        let keys_locked = key.is_locked() && store_key.is_locked() && stretched.is_locked();
        let held = Held::new(dir, letter, keys_locked, lock, rng);
        Ok(Self::assemble(store, blobs, held, own, slot))
    }

    pub(crate) fn assemble(store: Store, blobs: Blobs, held: Held, own: Own, slot: usize) -> Self {
        Self {
            core: Arc::new(Core { store, blobs, held }),
            own,
            slot,
        }
    }

    /// The notebook of this vault, which a cover shows.
    pub fn notebook(&self) -> Notebook<'_> {
        Notebook::of(&self.core.store)
    }

    /// What stands before the passphrase.
    ///
    /// # Errors
    /// Those of the database.
    pub fn guard(&self) -> Result<GuardSettings, StoreError> {
        guard_settings(&self.core.store)
    }

    /// Chooses what stands before the passphrase, and checks in.
    ///
    /// # Errors
    /// [`StoreError::DiskFull`] among others.
    pub fn set_guard(&self, guard: GuardSettings, now: Timestamp) -> Result<(), StoreError> {
        self.core.held.set_guard(&self.core.store, guard, now)
    }

    /// The owner is there.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn check_in(&self, now: Timestamp) -> Result<(), StoreError> {
        self.core.held.check_in(now)
    }

    /// Whether the system kept every key of this vault that passed through memory out of swap.
    pub fn keys_locked(&self) -> bool {
        self.core.held.keys_locked
    }

    /// Whether the database that is not in use was damaged and made anew at this opening. If a second
    /// passphrase was set, its notebook is gone; whether one was, nothing tells.
    pub fn spare_was_mended(&self) -> bool {
        self.core.held.spare_mended
    }

    pub(crate) fn held(&self) -> &Held {
        &self.core.held
    }

    /// The slot that the passphrase opened.
    pub(crate) fn slot(&self) -> usize {
        self.slot
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

    pub(crate) fn read(connection: &Connection) -> Result<Self, StoreError> {
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
