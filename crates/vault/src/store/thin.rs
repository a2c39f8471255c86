//! Keeping less: evidence, or a whole report, taken away once it is delivered (I-1, I-22).
//!
//! Of evidence its bytes and its key go; the entry that named it stays in its forgotten form, so the
//! history still verifies, and a stub says which file it was. Of a whole report everything goes but
//! the receipts, the ids of what was sent, and a name if it was given one. What somebody fetches back
//! on purpose takes its place again.

mod count;
mod remove;
mod restore;
#[cfg(test)]
mod tests;

use std::fmt;

use holdfast_record::{EntryHash, IncidentId, ObjectId, Timestamp};
use rusqlite::{Connection, OptionalExtension as _};

use super::unsigned;
use crate::{StoreError, Vault};

pub use count::{Due, Exposure, Unsaved};
pub use remove::{Keep, Removal};
pub(super) use restore::{end_if_whole, is_removed, put_back};

/// What was removed of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Thinned {
    /// Evidence and what opens it.
    Evidence,
    /// All but the receipts and a name.
    Everything,
}

impl Thinned {
    pub(super) const fn rank(self) -> i64 {
        match self {
            Self::Evidence => 1,
            Self::Everything => 2,
        }
    }

    pub(super) const fn from_rank(rank: i64) -> Option<Self> {
        match rank {
            1 => Some(Self::Evidence),
            2 => Some(Self::Everything),
            _ => None,
        }
    }
}

/// What is still known of a piece of evidence that was removed.
#[derive(Clone, PartialEq, Eq)]
pub struct Stub {
    /// The entry that names it, forgotten.
    pub entry: EntryHash,
    /// The sealed object that held it.
    pub object: ObjectId,
    /// The file's name.
    pub name: String,
    /// Its media type.
    pub media_type: String,
    /// The original's size.
    pub size: u64,
    /// The original's SHA-256.
    pub sha256: [u8; 32],
}

impl fmt::Debug for Stub {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Stub({})", self.object)
    }
}

/// A row of `thinned`.
pub(super) struct Kept {
    pub(super) what: Thinned,
    pub(super) label: String,
    made_on: i64,
    pub(super) opened: bool,
    pub(super) answered: bool,
}

impl Kept {
    /// The beginning of the day of the first entry.
    pub(super) const fn made_at(&self) -> Timestamp {
        Timestamp(self.made_on.saturating_mul(Timestamp::DAY_MS))
    }
}

impl Vault {
    /// What was removed of an incident, if something was.
    ///
    /// # Errors
    /// Those of the database.
    pub fn thinned(&self, incident: IncidentId) -> Result<Option<Thinned>, StoreError> {
        self.store()
            .read(|connection| Ok(of_incident(connection, incident)?.map(|kept| kept.what)))
    }

    /// What is still known of an incident's evidence that was removed.
    ///
    /// # Errors
    /// Those of the database.
    pub fn stubs(&self, incident: IncidentId) -> Result<Vec<Stub>, StoreError> {
        self.store()
            .read(|connection| stubs_of(connection, incident))
    }
}

/// What was removed of an incident.
pub(super) fn of_incident(
    connection: &Connection,
    incident: IncidentId,
) -> Result<Option<Kept>, StoreError> {
    let kept = connection
        .prepare_cached(
            "SELECT what = 'everything', label, made_on, opened, answered FROM thinned
             WHERE incident = ?1",
        )?
        .query_row([incident.as_bytes()], |row| {
            let everything: bool = row.get(0)?;
            Ok(Kept {
                what: if everything {
                    Thinned::Everything
                } else {
                    Thinned::Evidence
                },
                label: row.get(1)?,
                made_on: row.get(2)?,
                opened: row.get(3)?,
                answered: row.get(4)?,
            })
        })
        .optional()?;
    Ok(kept)
}

pub(super) fn stubs_of(
    connection: &Connection,
    incident: IncidentId,
) -> Result<Vec<Stub>, StoreError> {
    let mut stubs = connection.prepare_cached(
        "SELECT entry, object, name, media_type, size, sha256 FROM stubs WHERE incident = ?1",
    )?;
    let stubs = stubs.query_map([incident.as_bytes()], |row| {
        Ok(Stub {
            entry: EntryHash::from_bytes(row.get(0)?),
            object: ObjectId::from_bytes(row.get(1)?),
            name: row.get(2)?,
            media_type: row.get(3)?,
            size: unsigned(row.get(4)?),
            sha256: row.get(5)?,
        })
    })?;
    Ok(stubs.collect::<Result<_, _>>()?)
}

/// Refuses to write to an incident of which only receipts are here: nobody would see it, and it
/// would go with the rest.
pub(super) fn refuse_gone(connection: &Connection, incident: IncidentId) -> Result<(), StoreError> {
    match of_incident(connection, incident)? {
        Some(kept) if kept.what == Thinned::Everything => Err(StoreError::Gone),
        _ => Ok(()),
    }
}
