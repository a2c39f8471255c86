//! A database: SQLCipher, opened by raw key, and everything kept in it.
//!
//! Keeps I-15: what a method acknowledges is synced (WAL, `synchronous=FULL`), each change is one
//! transaction, and a database that does not decrypt or decode is told as such and left alone.

mod doubts;
mod drafts;
mod entries;
pub(crate) mod evidence;
mod list;
mod log;
mod migrate;
pub(crate) mod notes;
pub(crate) mod objects;
mod outbox;
mod projection;
pub(crate) mod settings;
mod streams;
#[cfg(test)]
mod tests;
mod thin;

use std::{
    path::Path,
    sync::{Mutex, MutexGuard, PoisonError},
};

use data_encoding::HEXLOWER;
use rusqlite::{Connection, OpenFlags, Transaction, TransactionBehavior, config::DbConfig};
use zeroize::Zeroizing;

use crate::{StoreError, disk::STORE_LEN};

pub use drafts::DraftRow;
pub use evidence::FileMeta;
pub use list::{IncidentRow, ListQuery, Page};
pub use notes::{Note, Notebook};
pub use outbox::{HandOver, OutboxItem, OutboxRow, Receipt};
pub use settings::Quarantined;
pub use streams::{NextOut, StreamHead};
pub use thin::{Due, Exposure, Keep, Removal, Stub, Thinned, Unsaved};

/// What SQLCipher makes.
const PAGE_LEN: u32 = 4096;

/// One connection; SQLite serves one writer at a time anyway.
pub(crate) struct Store {
    connection: Mutex<Connection>,
}

impl Store {
    /// Makes the bytes of a database, [`STORE_LEN`] long, in memory: none of it is ever in a file of
    /// its own. [`StoreError::DiskFull`] if `work` puts more into it.
    pub(crate) fn make_bytes(
        key: &[u8; 32],
        work: impl FnOnce(&Transaction<'_>) -> Result<(), StoreError>,
    ) -> Result<Vec<u8>, StoreError> {
        let flags = OpenFlags::SQLITE_OPEN_URI | OpenFlags::SQLITE_OPEN_CREATE;
        let mut connection = connect(Path::new("file:made?vfs=memdb"), key, flags)?;
        connection.execute_batch("PRAGMA secure_delete = ON")?;
        migrate::migrate(&mut connection)?;
        let transaction = connection.transaction()?;
        work(&transaction)?;
        transaction.commit()?;
        grow(&mut connection)?;
        let bytes = connection.serialize("main")?.to_vec();
        if bytes.len() == STORE_LEN {
            Ok(bytes)
        } else {
            Err(StoreError::DiskFull)
        }
    }

    /// Opens the database. Anything but a sound database of a known version is left as it is.
    pub(crate) fn open(path: &Path, key: &[u8; 32]) -> Result<Self, StoreError> {
        Self::open_with(path, key, "")
    }

    /// Opens a database that [`Store::make_bytes`] made, for the first time: its first page is to say
    /// that it has a log from now on, and is written where it lies, so that it needs neither a journal
    /// nor room for one. Torn then, it does not open.
    pub(crate) fn open_in_place(path: &Path, key: &[u8; 32]) -> Result<Self, StoreError> {
        Self::open_with(path, key, "PRAGMA journal_mode = OFF")
    }

    fn open_with(path: &Path, key: &[u8; 32], first: &str) -> Result<Self, StoreError> {
        let mut connection = connect(path, key, OpenFlags::empty())?;
        // Closing would otherwise move pages from the log into a file that is not sound.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
        match migrate::version(&connection)? {
            // An empty file has version 0; a vault never does.
            0 => return Err(StoreError::Damaged),
            version if version > migrate::VERSION => return Err(StoreError::NewerVersion),
            _ => {}
        }
        connection.execute_batch(first)?;
        use_as_ours(&connection)?;
        migrate::migrate(&mut connection)?;
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false)?;
        let store = Self {
            connection: Mutex::new(connection),
        };
        // A log that is here was cut off, perhaps just after something was removed for good. A full
        // disk must not keep the vault shut.
        let _ = store.empty_log();
        Ok(store)
    }

    /// Reads.
    pub(crate) fn read<T>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        work(&self.lock())
    }

    /// Changes things, all of them or none.
    pub(crate) fn write<T>(
        &self,
        work: impl FnOnce(&Transaction<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let mut connection = self.lock();
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let done = work(&transaction)?;
        transaction.commit()?;
        Ok(done)
    }

    /// A thread that panicked in the middle has rolled its transaction back.
    fn lock(&self) -> MutexGuard<'_, Connection> {
        self.connection
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Store {
    /// SQLite would unlink the log as it is. Where it cannot be overwritten it goes all the same.
    fn drop(&mut self) {
        let _ = self.empty_log();
    }
}

/// Grows a database by free pages, so that it is as long as one that is not in use.
fn grow(connection: &mut Connection) -> Result<(), StoreError> {
    let growing = connection.transaction()?;
    growing.execute_batch("CREATE TABLE filler (page BLOB)")?;
    let pages = |growing: &Transaction<'_>| -> Result<u32, StoreError> {
        Ok(growing.query_row("PRAGMA page_count", (), |row| row.get(0))?)
    };
    while pages(&growing)? < STORE_LEN as u32 / PAGE_LEN {
        // One row to a page.
        growing.execute("INSERT INTO filler VALUES (zeroblob(3000))", ())?;
    }
    growing.execute_batch("DROP TABLE filler")?;
    Ok(growing.commit()?)
}

fn connect(path: &Path, key: &[u8; 32], more: OpenFlags) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX | more;
    let connection = Connection::open_with_flags(path, flags)?;
    // What SQLite frees is erased first, the statement with the key among it; so before that one.
    connection.execute_batch("PRAGMA cipher_memory_security = ON")?;
    // SQLCipher would write about pages that do not verify to the standard error stream.
    connection.execute_batch("PRAGMA cipher_log_level = NONE")?;
    let hex = Zeroizing::new(HEXLOWER.encode(key));
    let statement = Zeroizing::new(format!("PRAGMA key = \"x'{}'\"", hex.as_str()));
    connection.execute_batch(&statement)?;
    // The lock file keeps others out; before the first read, so that no shared memory is made.
    connection.execute_batch("PRAGMA locking_mode = EXCLUSIVE")?;
    Ok(connection)
}

fn use_as_ours(connection: &Connection) -> Result<(), StoreError> {
    connection.execute_batch(
        "PRAGMA journal_mode = WAL;
         PRAGMA synchronous = FULL;
         PRAGMA foreign_keys = ON;
         PRAGMA secure_delete = ON;
         PRAGMA trusted_schema = OFF;
         PRAGMA temp_store = MEMORY;
         PRAGMA cache_size = -16384; -- KiB",
    )?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(())
}

/// SQLite's integers are signed; no size or count comes near the difference.
fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn unsigned(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}
