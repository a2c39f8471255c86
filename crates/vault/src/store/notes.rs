//! The ordinary notebook: the same in a vault and in a decoy.

use std::fmt;

use holdfast_record::Timestamp;
use rusqlite::{Connection, params};

use super::Store;
use crate::StoreError;

/// A note.
#[derive(Clone, PartialEq, Eq)]
pub struct Note {
    /// Which.
    pub id: u32,
    /// Its words.
    pub text: String,
    /// When it was last changed.
    pub changed_at: Timestamp,
}

impl fmt::Debug for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Note({}, {} bytes)", self.id, self.text.len())
    }
}

/// The notes of what is open.
#[derive(Clone, Copy)]
pub struct Notebook<'a>(&'a Store);

impl<'a> Notebook<'a> {
    pub(crate) fn of(store: &'a Store) -> Self {
        Self(store)
    }

    /// All notes, the latest change first.
    ///
    /// # Errors
    /// Those of the database.
    pub fn list(&self) -> Result<Vec<Note>, StoreError> {
        self.0.read(|connection| {
            let mut notes = connection.prepare_cached(
                "SELECT id, text, changed_at FROM notes ORDER BY changed_at DESC, id DESC",
            )?;
            let notes = notes.query_map((), |row| {
                Ok(Note {
                    id: row.get(0)?,
                    text: row.get(1)?,
                    changed_at: Timestamp(row.get(2)?),
                })
            })?;
            Ok(notes.collect::<Result<_, _>>()?)
        })
    }

    /// Keeps a note: a new one, or other words for one there is. Synced when this returns.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if there is no such note; [`StoreError::DiskFull`] among others.
    pub fn save(&self, id: Option<u32>, text: &str, now: Timestamp) -> Result<Note, StoreError> {
        let id = self.0.write(|transaction| {
            let Some(id) = id else {
                return add(transaction, text, now);
            };
            let changed = transaction
                .prepare_cached("UPDATE notes SET text = ?2, changed_at = ?3 WHERE id = ?1")?
                .execute(params![id, text, now.0])?;
            if changed == 0 {
                return Err(StoreError::NotFound);
            }
            Ok(id)
        })?;
        Ok(Note {
            id,
            text: text.to_owned(),
            changed_at: now,
        })
    }

    /// Deletes a note.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if there is no such note.
    pub fn delete(&self, id: u32) -> Result<(), StoreError> {
        self.0.write(|transaction| {
            let deleted = transaction
                .prepare_cached("DELETE FROM notes WHERE id = ?1")?
                .execute([id])?;
            if deleted == 0 {
                return Err(StoreError::NotFound);
            }
            Ok(())
        })
    }
}

/// Adds a note.
pub(crate) fn add(
    connection: &Connection,
    text: &str,
    changed_at: Timestamp,
) -> Result<u32, StoreError> {
    Ok(connection
        .prepare_cached("INSERT INTO notes (text, changed_at) VALUES (?1, ?2) RETURNING id")?
        .query_row(params![text, changed_at.0], |row| row.get(0))?)
}
