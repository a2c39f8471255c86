//! Which entries may not be their author's own: they came from a device that was declared lost. They
//! count like any other; whoever reads them is told, and sees what others say first.

use holdfast_record::{EntryHash, IncidentId};
use rusqlite::Connection;

use super::{projection::encode, settings};
use crate::{StoreError, Vault};

impl Vault {
    /// Notes that an entry is doubted. To be said before it is kept: the list shows it from then on.
    ///
    /// # Errors
    /// [`StoreError::DiskFull`] among others.
    pub fn doubt(&self, incident: IncidentId, entry: EntryHash) -> Result<(), StoreError> {
        self.store().write(|transaction| {
            let mut doubted = of_incident(transaction, incident)?;
            if doubted.contains(&entry) {
                return Ok(());
            }
            doubted.push(entry);
            settings::set(transaction, &name(incident), &encode(&doubted))
        })
    }

    /// The doubted entries of an incident.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] if the note of them does not decode.
    pub fn doubted(&self, incident: IncidentId) -> Result<Vec<EntryHash>, StoreError> {
        self.store()
            .read(|connection| of_incident(connection, incident))
    }
}

pub(super) fn of_incident(
    connection: &Connection,
    incident: IncidentId,
) -> Result<Vec<EntryHash>, StoreError> {
    let kept = settings::get(connection, &name(incident))?;
    let kept = kept.map(|bytes| minicbor::decode(&bytes)).transpose();
    Ok(kept.map_err(|_| StoreError::Damaged)?.unwrap_or_default())
}

fn name(incident: IncidentId) -> String {
    format!("lost/{incident}")
}
