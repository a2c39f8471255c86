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
    kept.map_or(Ok(Vec::new()), |bytes| read_list(&bytes))
}

fn read_list(bytes: &[u8]) -> Result<Vec<EntryHash>, StoreError> {
    let mut decoder = minicbor::Decoder::new(bytes);
    let list = decoder.decode().map_err(|_| StoreError::Damaged)?;
    if decoder.position() == bytes.len() {
        Ok(list)
    } else {
        Err(StoreError::Damaged)
    }
}

fn name(incident: IncidentId) -> String {
    format!("lost/{incident}")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_was_noted_is_read_and_nothing_behind_it(hashes: Vec<[u8; 32]>, more: Vec<u8>) {
            let list: Vec<_> = hashes.into_iter().map(EntryHash::from_bytes).collect();
            let mut bytes = encode(&list);
            prop_assert_eq!(read_list(&bytes).ok(), Some(list));
            if !more.is_empty() {
                bytes.extend(more);
                prop_assert!(read_list(&bytes).is_err());
            }
        }

        #[test]
        fn other_bytes_are_damage_and_no_end(bytes: Vec<u8>) {
            // Whatever it is, it is told, and what is taken is what would be noted.
            if let Ok(list) = read_list(&bytes) {
                prop_assert!(list.len() <= bytes.len());
            }
        }
    }
}
