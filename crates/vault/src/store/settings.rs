//! Small things kept by name, and bytes kept for a newer version.

use holdfast_record::DeviceId;
use rusqlite::{Connection, OptionalExtension as _, Transaction, params};
use sha2::{Digest as _, Sha256};

use crate::{StoreError, Vault};

/// The name of the vault's own copy of the guard's settings. Names that begin neither like it nor like
/// that of the doubted entries are the app's.
pub(crate) const GUARD: &str = "vault.guard";
/// The name of the devices that this one took the place of, 32 bytes each.
pub(crate) const FORMER: &str = "vault.former";

/// Bytes that this version did not understand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quarantined {
    /// The bytes.
    pub bytes: Vec<u8>,
    /// Why they are here: a code of the app's.
    pub reason: String,
}

impl Vault {
    /// What is kept under a name.
    ///
    /// # Errors
    /// Those of the database.
    pub fn setting(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        self.store().read(|connection| get(connection, name))
    }

    /// Keeps something under a name, in the place of what was there.
    ///
    /// # Errors
    /// [`StoreError::DiskFull`] among others.
    pub fn set_setting(&self, name: &str, value: &[u8]) -> Result<(), StoreError> {
        self.store()
            .write(|transaction| set(transaction, name, value))
    }

    /// Says which devices this one took the place of: what they wrote and sent counts as its own,
    /// in whatever is taken in from now on.
    ///
    /// # Errors
    /// [`StoreError::DiskFull`] among others.
    pub fn set_former_devices(&self, former: &[DeviceId]) -> Result<(), StoreError> {
        let keys: Vec<u8> = former
            .iter()
            .flat_map(|device| *device.as_bytes())
            .collect();
        self.set_setting(FORMER, &keys)
    }

    /// Keeps bytes that a newer version will understand. The same bytes are kept once.
    ///
    /// # Errors
    /// [`StoreError::DiskFull`] among others.
    pub fn quarantine(&self, bytes: &[u8], reason: &str) -> Result<(), StoreError> {
        self.store().write(|transaction| {
            transaction
                .prepare_cached(
                    "INSERT OR IGNORE INTO quarantine (hash, bytes, reason) VALUES (?1, ?2, ?3)",
                )?
                .execute(params![Sha256::digest(bytes).as_slice(), bytes, reason])?;
            Ok(())
        })
    }

    /// Everything in quarantine.
    ///
    /// # Errors
    /// Those of the database.
    pub fn quarantined(&self) -> Result<Vec<Quarantined>, StoreError> {
        self.store().read(|connection| {
            let mut kept = connection.prepare_cached("SELECT bytes, reason FROM quarantine")?;
            let kept = kept.query_map((), |row| {
                Ok(Quarantined {
                    bytes: row.get(0)?,
                    reason: row.get(1)?,
                })
            })?;
            Ok(kept.collect::<Result<_, _>>()?)
        })
    }
}

pub(crate) fn get(connection: &Connection, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
    Ok(connection
        .prepare_cached("SELECT value FROM settings WHERE name = ?1")?
        .query_row([name], |row| row.get(0))
        .optional()?)
}

pub(crate) fn set(
    transaction: &Transaction<'_>,
    name: &str,
    value: &[u8],
) -> Result<(), StoreError> {
    transaction
        .prepare_cached("INSERT OR REPLACE INTO settings (name, value) VALUES (?1, ?2)")?
        .execute(params![name, value])?;
    Ok(())
}
