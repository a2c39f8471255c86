//! Which sealed objects are here, and which files of `blobs/` nobody was told are kept.
//!
//! A file takes its name only after its id is in `doomed`, and leaves `doomed` in the transaction
//! that acknowledges it. So whatever `doomed` names at open was never acknowledged or was
//! discarded, and is deleted; a file that neither table names is left alone.

use holdfast_record::ObjectId;
use rusqlite::{Connection, OptionalExtension as _, Transaction, params};

use super::{Store, signed, unsigned};
use crate::{StoreError, Vault, blobs::Blobs};

/// The size of an object whose bytes are here.
pub(crate) fn size(connection: &Connection, object: &ObjectId) -> Result<Option<u64>, StoreError> {
    let size = connection
        .prepare_cached("SELECT size FROM objects WHERE object = ?1")?
        .query_row([object.as_bytes()], |row| row.get(0))
        .optional()?;
    Ok(size.map(unsigned))
}

/// Announces that a file is about to take its name.
pub(crate) fn announce(transaction: &Transaction<'_>, object: &ObjectId) -> Result<(), StoreError> {
    transaction
        .prepare_cached(
            "INSERT OR IGNORE INTO doomed
             SELECT ?1 WHERE NOT EXISTS (SELECT 1 FROM objects WHERE object = ?1)",
        )?
        .execute([object.as_bytes()])?;
    Ok(())
}

/// Acknowledges an object whose file is in place and synced.
pub(crate) fn acknowledge(
    transaction: &Transaction<'_>,
    object: &ObjectId,
    size: u64,
) -> Result<(), StoreError> {
    transaction
        .prepare_cached("INSERT OR IGNORE INTO objects (object, size) VALUES (?1, ?2)")?
        .execute(params![object.as_bytes(), signed(size)])?;
    transaction
        .prepare_cached("DELETE FROM doomed WHERE object = ?1")?
        .execute([object.as_bytes()])?;
    Ok(())
}

impl Vault {
    /// Deletes an object that nothing needs any more: neither evidence nor something that waits.
    ///
    /// # Errors
    /// Those of the database. A file that could not be deleted is deleted at the next open.
    pub fn drop_object(&self, object: &ObjectId) -> Result<(), StoreError> {
        let doomed = self.store().write(|transaction| {
            let needed: bool = transaction
                .prepare_cached(
                    "SELECT EXISTS (SELECT 1 FROM evidence WHERE object = ?1)
                         OR EXISTS (SELECT 1 FROM outbox WHERE object = ?1 AND held_at IS NULL)",
                )?
                .query_row([object.as_bytes()], |row| row.get(0))?;
            if needed || size(transaction, object)?.is_none() {
                return Ok(None);
            }
            doom(transaction, object)?;
            Ok(Some(*object))
        })?;
        remove_doomed(self.store(), self.blobs(), doomed.as_slice())
    }

    /// The objects that neither evidence nor the outbox names: what came in and is not yet read, or
    /// cannot be.
    ///
    /// # Errors
    /// Those of the database.
    pub fn unclaimed_objects(&self) -> Result<Vec<ObjectId>, StoreError> {
        self.store().read(|connection| {
            let mut unclaimed = connection.prepare_cached(
                "SELECT object FROM objects
                 WHERE NOT EXISTS (SELECT 1 FROM evidence WHERE evidence.object = objects.object)
                   AND NOT EXISTS (SELECT 1 FROM outbox WHERE outbox.object = objects.object)",
            )?;
            let unclaimed = unclaimed.query_map((), |row| row.get(0).map(ObjectId::from_bytes))?;
            Ok(unclaimed.collect::<Result<_, _>>()?)
        })
    }
}

/// Takes an acknowledgement back. The file is deleted by [`remove_doomed`].
pub(super) fn doom(transaction: &Transaction<'_>, object: &ObjectId) -> Result<(), StoreError> {
    transaction
        .prepare_cached("DELETE FROM objects WHERE object = ?1")?
        .execute([object.as_bytes()])?;
    announce(transaction, object)
}

/// Every object whose file nobody was told is kept. Of use only at open: later, an import may be
/// about to be acknowledged.
pub(crate) fn doomed(connection: &Connection) -> Result<Vec<ObjectId>, StoreError> {
    let mut doomed = connection.prepare_cached("SELECT object FROM doomed")?;
    let doomed = doomed.query_map((), |row| row.get(0).map(ObjectId::from_bytes))?;
    Ok(doomed.collect::<Result<_, _>>()?)
}

/// Deletes the files of doomed objects.
pub(crate) fn remove_doomed(
    store: &Store,
    blobs: &Blobs,
    doomed: &[ObjectId],
) -> Result<(), StoreError> {
    if doomed.is_empty() {
        return Ok(());
    }
    for object in doomed {
        blobs.remove(object)?;
    }
    blobs.sync_names()?;
    store.write(|transaction| {
        let mut forget = transaction.prepare_cached("DELETE FROM doomed WHERE object = ?1")?;
        for object in doomed {
            forget.execute([object.as_bytes()])?;
        }
        Ok(())
    })
}
