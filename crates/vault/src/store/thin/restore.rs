//! Bringing back what was removed, when somebody asks for it.

use std::collections::BTreeSet;

use holdfast_record::{Entry, EntryHash, IncidentId, Timestamp};
use rusqlite::{Transaction, params};

use crate::{StoreError, Vault};

impl Vault {
    /// Notes that somebody asks for these incidents back: what was removed of them counts again when
    /// it comes, and they are not [due](Vault::due) as if they had never been away.
    ///
    /// # Errors
    /// Those of the database.
    pub fn ask_back(&self, incidents: &[IncidentId], now: Timestamp) -> Result<(), StoreError> {
        self.store().write(|transaction| {
            let mut ask = transaction.prepare_cached(
                "INSERT OR REPLACE INTO fetched (incident, fetched_at) VALUES (?1, ?2)",
            )?;
            for incident in incidents {
                ask.execute(params![incident.as_bytes(), now.0])?;
            }
            Ok(())
        })
    }

    /// Whether something of an incident was removed here and is not back: entries, or evidence.
    ///
    /// # Errors
    /// Those of the database.
    pub fn lacks(&self, incident: IncidentId) -> Result<bool, StoreError> {
        self.store().read(|connection| {
            Ok(connection
                .prepare_cached(
                    "SELECT EXISTS (SELECT 1 FROM thinned WHERE incident = ?1)
                        OR EXISTS (SELECT 1 FROM thinned_entries WHERE incident = ?1)",
                )?
                .query_row([incident.as_bytes()], |row| row.get(0))?)
        })
    }

    /// The entries of an incident that were removed or forgotten here on purpose, while it is thinned.
    ///
    /// # Errors
    /// Those of the database.
    pub fn removed_entries(&self, incident: IncidentId) -> Result<BTreeSet<EntryHash>, StoreError> {
        self.entries_away(
            "SELECT hash FROM thinned_entries WHERE incident = ?1
             AND EXISTS (SELECT 1 FROM thinned WHERE thinned.incident = ?1)",
            incident,
        )
    }

    /// What others said of an incident and is still not back.
    ///
    /// # Errors
    /// Those of the database.
    pub fn remarks_away(&self, incident: IncidentId) -> Result<BTreeSet<EntryHash>, StoreError> {
        self.entries_away(
            "SELECT hash FROM thinned_entries WHERE incident = ?1 AND NOT mine",
            incident,
        )
    }

    fn entries_away(
        &self,
        sql: &str,
        incident: IncidentId,
    ) -> Result<BTreeSet<EntryHash>, StoreError> {
        self.store().read(|connection| {
            let mut away = connection.prepare_cached(sql)?;
            let away = away.query_map([incident.as_bytes()], |row| {
                row.get(0).map(EntryHash::from_bytes)
            })?;
            Ok(away.collect::<Result<_, _>>()?)
        })
    }
}

/// Whether an entry was removed here on purpose, and nobody has asked for it since.
pub(in crate::store) fn is_removed(
    transaction: &Transaction<'_>,
    entry: &Entry,
) -> Result<bool, StoreError> {
    Ok(transaction
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM thinned_entries WHERE hash = ?1)
                AND EXISTS (SELECT 1 FROM thinned WHERE incident = ?2)
                AND NOT EXISTS (SELECT 1 FROM fetched WHERE incident = ?2)",
        )?
        .query_row(
            params![entry.hash().as_bytes(), entry.incident().as_bytes()],
            |row| row.get(0),
        )?)
}

/// Notes that an entry is here in full again. With the first that its owner wrote, their report is
/// no longer gone, though not all of it may be back.
pub(in crate::store) fn put_back(
    transaction: &Transaction<'_>,
    entry: &Entry,
) -> Result<(), StoreError> {
    let hash = entry.hash();
    transaction
        .prepare_cached(
            "UPDATE thinned SET what = 'evidence' WHERE incident = ?2
             AND EXISTS (SELECT 1 FROM thinned_entries WHERE hash = ?1 AND mine)",
        )?
        .execute(params![hash.as_bytes(), entry.incident().as_bytes()])?;
    for sql in [
        "DELETE FROM thinned_entries WHERE hash = ?1",
        "DELETE FROM stubs WHERE entry = ?1",
    ] {
        transaction
            .prepare_cached(sql)?
            .execute([hash.as_bytes()])?;
    }
    Ok(())
}

/// An incident of which all that its owner wrote is back is thinned no longer. What others said of
/// it may never come again.
pub(in crate::store) fn end_if_whole(
    transaction: &Transaction<'_>,
    incident: IncidentId,
) -> Result<(), StoreError> {
    transaction
        .prepare_cached(
            "DELETE FROM thinned WHERE incident = ?1
             AND NOT EXISTS (SELECT 1 FROM thinned_entries WHERE incident = ?1 AND mine)",
        )?
        .execute([incident.as_bytes()])?;
    Ok(())
}
