//! Evidence: which object holds it, what opens it, and which entry names it.

use std::fmt;

use holdfast_record::{Entry, Evidence, IncidentId, ObjectId, Timestamp};
use rusqlite::{Connection, OptionalExtension as _, Transaction, params};

use super::{objects, projection, thin};
use crate::{StoreError, Vault};

/// What is told of a file when it is imported.
#[derive(Clone, PartialEq, Eq)]
pub struct FileMeta {
    /// The file's name as it was.
    pub name: String,
    /// Its media type.
    pub media_type: String,
    /// Now.
    pub imported_at: Timestamp,
}

impl fmt::Debug for FileMeta {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FileMeta(…)")
    }
}

impl Vault {
    /// Evidence that was imported for an incident and that no entry names yet, oldest first.
    ///
    /// # Errors
    /// Those of the database.
    pub fn loose_evidence(&self, incident: IncidentId) -> Result<Vec<Evidence>, StoreError> {
        self.store().read(|connection| loose(connection, incident))
    }

    /// Drops a piece of evidence that no entry names.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if there is none, or an entry names it.
    pub fn discard_evidence(
        &self,
        incident: IncidentId,
        object: &ObjectId,
    ) -> Result<(), StoreError> {
        let doomed = self.store().write(|transaction| {
            let doomed = discard(transaction, incident, object)?;
            projection::refresh(transaction, incident)?;
            Ok(doomed)
        })?;
        objects::remove_doomed(self.store(), self.blobs(), doomed.as_slice())
    }

    /// What is known of the evidence in an object; the first that was told, if several were.
    ///
    /// # Errors
    /// Those of the database.
    pub fn evidence(&self, object: &ObjectId) -> Result<Option<Evidence>, StoreError> {
        Ok(self
            .store()
            .read(|connection| in_object(connection, object))?
            .into_iter()
            .next())
    }
}

/// Everything that claims to open an object. Somebody else's entry may claim wrongly.
pub(crate) fn in_object(
    connection: &Connection,
    object: &ObjectId,
) -> Result<Vec<Evidence>, StoreError> {
    connection
        .prepare_cached("SELECT record FROM evidence WHERE object = ?1 ORDER BY id")?
        .query_and_then([object.as_bytes()], decode)?
        .collect()
}

pub(super) fn loose(
    connection: &Connection,
    incident: IncidentId,
) -> Result<Vec<Evidence>, StoreError> {
    connection
        .prepare_cached(
            "SELECT record FROM evidence WHERE incident = ?1 AND entry IS NULL ORDER BY id",
        )?
        .query_and_then([incident.as_bytes()], decode)?
        .collect()
}

/// Takes imported evidence into an incident, loose.
pub(crate) fn add_loose(
    transaction: &Transaction<'_>,
    incident: IncidentId,
    evidence: &Evidence,
) -> Result<(), StoreError> {
    thin::refuse_gone(transaction, incident)?;
    insert(transaction, incident, evidence, None)?;
    projection::refresh(transaction, incident)
}

/// Notes that an entry names a piece of evidence: our own loose one, or one that arrived.
pub(super) fn claim(
    transaction: &Transaction<'_>,
    entry: &Entry,
    evidence: &Evidence,
) -> Result<(), StoreError> {
    let mine: Option<i64> = transaction
        .prepare_cached(
            "SELECT id FROM evidence
             WHERE incident = ?1 AND entry IS NULL AND object = ?2 AND record = ?3",
        )?
        .query_row(
            params![
                entry.incident().as_bytes(),
                evidence.object.as_bytes(),
                projection::encode(evidence)
            ],
            |row| row.get(0),
        )
        .optional()?;
    match mine {
        Some(id) => {
            transaction
                .prepare_cached("UPDATE evidence SET entry = ?2 WHERE id = ?1")?
                .execute(params![id, entry.hash().as_bytes()])?;
            Ok(())
        }
        None => insert(transaction, entry.incident(), evidence, Some(entry)),
    }
}

fn insert(
    transaction: &Transaction<'_>,
    incident: IncidentId,
    evidence: &Evidence,
    entry: Option<&Entry>,
) -> Result<(), StoreError> {
    transaction
        .prepare_cached(
            "INSERT INTO evidence (incident, object, record, entry) VALUES (?1, ?2, ?3, ?4)",
        )?
        .execute(params![
            incident.as_bytes(),
            evidence.object.as_bytes(),
            projection::encode(evidence),
            entry.map(|entry| *entry.hash().as_bytes()),
        ])?;
    Ok(())
}

/// Drops loose evidence. Gives back the object if nothing else names it, and it is doomed.
pub(super) fn discard(
    transaction: &Transaction<'_>,
    incident: IncidentId,
    object: &ObjectId,
) -> Result<Option<ObjectId>, StoreError> {
    let discarded = transaction
        .prepare_cached(
            "DELETE FROM evidence WHERE incident = ?1 AND object = ?2 AND entry IS NULL",
        )?
        .execute(params![incident.as_bytes(), object.as_bytes()])?;
    if discarded == 0 {
        return Err(StoreError::NotFound);
    }
    if !in_object(transaction, object)?.is_empty() {
        return Ok(None);
    }
    objects::doom(transaction, object)?;
    Ok(Some(*object))
}

/// Drops what opens the evidence that an entry names. Gives back the object if nothing else names
/// it and its bytes are here.
pub(super) fn unclaim(
    transaction: &Transaction<'_>,
    entry: &Entry,
    evidence: &Evidence,
) -> Result<Option<ObjectId>, StoreError> {
    transaction
        .prepare_cached("DELETE FROM evidence WHERE entry = ?1")?
        .execute([entry.hash().as_bytes()])?;
    let is_named = !in_object(transaction, &evidence.object)?.is_empty();
    let is_here = objects::size(transaction, &evidence.object)?.is_some();
    Ok((is_here && !is_named).then_some(evidence.object))
}

fn decode(row: &rusqlite::Row<'_>) -> Result<Evidence, StoreError> {
    let record = row.get_ref(0)?.as_blob().map_err(|_| StoreError::Damaged)?;
    minicbor::decode(record).map_err(|_| StoreError::Damaged)
}
