//! Entries: appended, never changed; forgotten where evidence or a report was thinned, and put back
//! in full when they are fetched back.

use std::collections::BTreeSet;

use holdfast_record::{Entry, EntryHash, Envelope, Incident, IncidentId, Statement};
use rusqlite::{Connection, Transaction, params};

use super::{doubts, evidence, projection, thin};
use crate::{StoreError, Vault};

impl Vault {
    /// Keeps entries, of any incidents, in one transaction. What is there already stays as it is,
    /// and what was forgotten or removed comes back: when all of a report has, it is no longer
    /// thinned. Evidence that they name is no longer loose.
    ///
    /// # Errors
    /// [`StoreError::DiskFull`] among others; then none of them is kept.
    pub fn append(&self, entries: &[Entry]) -> Result<(), StoreError> {
        self.store()
            .write(|transaction| append(transaction, entries))
    }

    /// Keeps entries that came by themselves, in one transaction: like [`Vault::append`], except
    /// that what was removed here on purpose stays away.
    ///
    /// # Errors
    /// [`StoreError::DiskFull`] among others; then none of them is kept.
    pub fn hear(&self, entries: &[Entry]) -> Result<(), StoreError> {
        self.store().write(|transaction| hear(transaction, entries))
    }

    /// The entries of an incident, in the order in which they came to this vault.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] if one does not decode or verify.
    pub fn entries(&self, incident: IncidentId) -> Result<Vec<Entry>, StoreError> {
        self.store()
            .read(|connection| of_incident(connection, incident))
    }

    /// An incident, merged; none if it has no entries.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] if an entry does not decode or verify.
    pub fn incident(&self, incident: IncidentId) -> Result<Option<Incident>, StoreError> {
        self.store().read(|connection| {
            let entries = of_incident(connection, incident)?;
            let doubted = doubts::of_incident(connection, incident)?;
            Ok((!entries.is_empty()).then(|| Incident::from_doubted(&entries, &doubted)))
        })
    }

    /// The parents of the next entry of an incident.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] if an entry does not decode or verify.
    pub fn heads(&self, incident: IncidentId) -> Result<Vec<EntryHash>, StoreError> {
        Ok(self
            .incident(incident)?
            .map(|incident| incident.heads)
            .unwrap_or_default())
    }
}

/// Keeps entries, and puts back what was removed.
pub(super) fn append(transaction: &Transaction<'_>, entries: &[Entry]) -> Result<(), StoreError> {
    keep(transaction, entries, true)
}

/// Keeps entries, except those that were removed on purpose.
pub(super) fn hear(transaction: &Transaction<'_>, entries: &[Entry]) -> Result<(), StoreError> {
    keep(transaction, entries, false)
}

fn keep(
    transaction: &Transaction<'_>,
    entries: &[Entry],
    put_back: bool,
) -> Result<(), StoreError> {
    let mut touched = BTreeSet::new();
    for entry in entries {
        if !put_back && thin::is_removed(transaction, entry)? {
            continue;
        }
        if !insert(transaction, entry)? && !fill_in(transaction, entry)? {
            continue;
        }
        touched.insert(entry.incident());
        if let Some(statement) = entry.statement() {
            thin::put_back(transaction, entry)?;
            if let Statement::EvidenceAdded(named) = statement {
                evidence::claim(transaction, entry, named)?;
            }
        }
    }
    for incident in touched {
        thin::end_if_whole(transaction, incident)?;
        projection::refresh(transaction, incident)?;
    }
    Ok(())
}

/// Whether it is new.
fn insert(transaction: &Transaction<'_>, entry: &Entry) -> Result<bool, StoreError> {
    let inserted = transaction
        .prepare_cached(
            "INSERT INTO entries (hash, incident, envelope) VALUES (?1, ?2, ?3)
             ON CONFLICT (hash) DO NOTHING",
        )?
        .execute(params![
            entry.hash().as_bytes(),
            entry.incident().as_bytes(),
            entry.to_bytes()
        ])?;
    Ok(inserted == 1)
}

/// Whether it was here in its forgotten form, and says something again now.
fn fill_in(transaction: &Transaction<'_>, entry: &Entry) -> Result<bool, StoreError> {
    if entry.statement().is_none() {
        return Ok(false);
    }
    let filled = transaction
        .prepare_cached("UPDATE entries SET envelope = ?2 WHERE hash = ?1 AND envelope = ?3")?
        .execute(params![
            entry.hash().as_bytes(),
            entry.to_bytes(),
            entry.clone().forget().to_bytes()
        ])?;
    Ok(filled == 1)
}

/// Leaves of an entry what its hash and its place in the history need.
pub(super) fn forget(transaction: &Transaction<'_>, entry: Entry) -> Result<(), StoreError> {
    let hash = entry.hash();
    transaction
        .prepare_cached("UPDATE entries SET envelope = ?2 WHERE hash = ?1")?
        .execute(params![hash.as_bytes(), entry.forget().to_bytes()])?;
    Ok(())
}

pub(super) fn remove(transaction: &Transaction<'_>, entry: &Entry) -> Result<(), StoreError> {
    transaction
        .prepare_cached("DELETE FROM entries WHERE hash = ?1")?
        .execute([entry.hash().as_bytes()])?;
    Ok(())
}

pub(super) fn of_incident(
    connection: &Connection,
    incident: IncidentId,
) -> Result<Vec<Entry>, StoreError> {
    connection
        .prepare_cached("SELECT envelope FROM entries WHERE incident = ?1 ORDER BY arrival")?
        .query_and_then([incident.as_bytes()], |row| {
            let envelope = row.get_ref(0)?.as_blob().map_err(|_| StoreError::Damaged)?;
            let envelope = Envelope::from_bytes(envelope).map_err(|_| StoreError::Damaged)?;
            envelope.verify().map_err(|_| StoreError::Damaged)
        })?
        .collect()
}
