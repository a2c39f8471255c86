//! Entries: appended, never changed.

use std::collections::BTreeSet;

use holdfast_record::{Entry, EntryHash, Envelope, Incident, IncidentId, Statement};
use rusqlite::{Connection, Transaction, params};

use super::{evidence, projection};
use crate::{StoreError, Vault};

impl Vault {
    /// Keeps entries, of any incidents, in one transaction. What is there already stays as it is.
    /// Evidence that they name is no longer loose.
    ///
    /// # Errors
    /// [`StoreError::DiskFull`] among others; then none of them is kept.
    pub fn append(&self, entries: &[Entry]) -> Result<(), StoreError> {
        self.store()
            .write(|transaction| append(transaction, entries))
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
        let entries = self.entries(incident)?;
        Ok((!entries.is_empty()).then(|| Incident::from_entries(&entries)))
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

pub(super) fn append(transaction: &Transaction<'_>, entries: &[Entry]) -> Result<(), StoreError> {
    let mut touched = BTreeSet::new();
    for entry in entries {
        let is_new = transaction
            .prepare_cached(
                "INSERT INTO entries (hash, incident, envelope) VALUES (?1, ?2, ?3)
                 ON CONFLICT (hash) DO NOTHING",
            )?
            .execute(params![
                entry.hash().as_bytes(),
                entry.incident().as_bytes(),
                entry.to_bytes()
            ])?
            == 1;
        if !is_new {
            continue;
        }
        touched.insert(entry.incident());
        if let Some(Statement::EvidenceAdded(named)) = entry.statement() {
            evidence::claim(transaction, entry, named)?;
        }
    }
    touched
        .into_iter()
        .try_for_each(|incident| projection::refresh(transaction, incident))
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
