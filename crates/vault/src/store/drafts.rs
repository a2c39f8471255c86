//! Drafts: one per incident, changed in place until they become entries.

use std::fmt;

use holdfast_record::{IncidentId, Timestamp};
use rusqlite::{Connection, OptionalExtension as _, params};

use super::{evidence, objects, projection, thin};
use crate::{StoreError, Vault};

/// A draft. The vault keeps the body as it is and reads only the rest.
#[derive(Clone, PartialEq, Eq)]
pub struct DraftRow {
    /// What the app needs to go on writing; its format is the app's.
    pub body: Vec<u8>,
    /// What the list shows.
    pub title: String,
    /// What the search finds it by.
    pub search_text: String,
    /// When it was kept.
    pub saved_at: Timestamp,
}

impl fmt::Debug for DraftRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DraftRow({} bytes)", self.body.len())
    }
}

impl Vault {
    /// Keeps a draft in the place of the one before it. Synced when this returns.
    ///
    /// # Errors
    /// [`StoreError::Gone`] and [`StoreError::DiskFull`] among others; then the one before it is kept.
    pub fn save_draft(&self, incident: IncidentId, draft: &DraftRow) -> Result<(), StoreError> {
        self.store().write(|transaction| {
            thin::refuse_gone(transaction, incident)?;
            transaction
                .prepare_cached(
                    "INSERT OR REPLACE INTO drafts (incident, body, title, search_text, saved_at)
                     VALUES (?1, ?2, ?3, ?4, ?5)",
                )?
                .execute(params![
                    incident.as_bytes(),
                    draft.body,
                    draft.title,
                    draft.search_text,
                    draft.saved_at.0
                ])?;
            projection::refresh(transaction, incident)
        })
    }

    /// The draft of an incident.
    ///
    /// # Errors
    /// Those of the database.
    pub fn draft(&self, incident: IncidentId) -> Result<Option<DraftRow>, StoreError> {
        self.store()
            .read(|connection| of_incident(connection, incident))
    }

    /// Turns a draft into entries: keeps them and drops the draft, in one transaction. Loose
    /// evidence that no entry names stays loose.
    ///
    /// # Errors
    /// [`StoreError::Gone`] and [`StoreError::DiskFull`] among others; then the draft is still there.
    pub fn finish_draft(
        &self,
        incident: IncidentId,
        entries: &[holdfast_record::Entry],
    ) -> Result<(), StoreError> {
        self.store().write(|transaction| {
            thin::refuse_gone(transaction, incident)?;
            remove(transaction, incident)?;
            super::entries::append(transaction, entries)?;
            projection::refresh(transaction, incident)
        })
    }

    /// Drops a draft and the evidence that no entry names. Without entries the incident is gone.
    ///
    /// # Errors
    /// Those of the database. Files that could not be deleted are deleted at the next open.
    pub fn discard_draft(&self, incident: IncidentId) -> Result<(), StoreError> {
        let doomed = self.store().write(|transaction| {
            remove(transaction, incident)?;
            let mut doomed = Vec::new();
            for evidence in evidence::loose(transaction, incident)? {
                doomed.extend(evidence::discard(transaction, incident, &evidence.object)?);
            }
            projection::refresh(transaction, incident)?;
            Ok(doomed)
        })?;
        objects::remove_doomed(self.store(), self.blobs(), &doomed)
    }
}

pub(super) fn of_incident(
    connection: &Connection,
    incident: IncidentId,
) -> Result<Option<DraftRow>, StoreError> {
    let draft = connection
        .prepare_cached(
            "SELECT body, title, search_text, saved_at FROM drafts WHERE incident = ?1",
        )?
        .query_row([incident.as_bytes()], |row| {
            Ok(DraftRow {
                body: row.get(0)?,
                title: row.get(1)?,
                search_text: row.get(2)?,
                saved_at: Timestamp(row.get(3)?),
            })
        })
        .optional()?;
    Ok(draft)
}

fn remove(connection: &Connection, incident: IncidentId) -> Result<(), StoreError> {
    connection
        .prepare_cached("DELETE FROM drafts WHERE incident = ?1")?
        .execute([incident.as_bytes()])?;
    Ok(())
}
