//! Where each stream of bundles stands: numbered and chained, so that an omission, a reordering or
//! a replay shows (I-8). What the numbers and hashes mean is the sealing's affair.

use holdfast_record::Entry;
use rusqlite::{Connection, OptionalExtension as _, Transaction, params};

use super::{entries, signed, unsigned};
use crate::{StoreError, Vault};

/// A bundle's place in its stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StreamHead {
    /// Its number, from 1.
    pub sequence: u64,
    /// Its hash.
    pub hash: [u8; 32],
}

/// What the next bundle to a destination must carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NextOut {
    /// Its number, from 1.
    pub sequence: u64,
    /// The hash of the one before; zeros for the first.
    pub previous: [u8; 32],
}

impl Vault {
    /// What the next bundle to a destination must carry. [`Vault::hand_over`] takes the place.
    ///
    /// # Errors
    /// Those of the database.
    pub fn next_out(&self, destination: &[u8]) -> Result<NextOut, StoreError> {
        self.store()
            .read(|connection| next_out(connection, destination))
    }

    /// The highest bundle taken in from a sender.
    ///
    /// # Errors
    /// Those of the database.
    pub fn last_in(&self, sender: &[u8]) -> Result<Option<StreamHead>, StoreError> {
        self.store().read(|connection| {
            head(
                connection,
                "SELECT sequence, hash FROM streams_in WHERE sender = ?1
                 ORDER BY sequence DESC LIMIT 1",
                sender,
            )
        })
    }

    /// The hash of the bundle that was taken in from a sender under a number.
    ///
    /// # Errors
    /// Those of the database.
    pub fn taken_in(&self, sender: &[u8], sequence: u64) -> Result<Option<[u8; 32]>, StoreError> {
        self.store()
            .read(|connection| taken_in(connection, sender, sequence))
    }

    /// How many bundles have not come in although later ones of the same sender have (I-8).
    ///
    /// # Errors
    /// Those of the database.
    pub fn bundles_missing(&self) -> Result<u64, StoreError> {
        self.store().read(|connection| {
            let mut senders = connection.prepare_cached(
                "SELECT max(sequence) - count(*) FROM streams_in GROUP BY sender",
            )?;
            // Added here and not by SQLite, whose sum fails when strangers send absurd numbers.
            let mut sum = 0_u64;
            for missing in senders.query_map((), |row| row.get(0))? {
                sum = sum.saturating_add(unsigned(missing?));
            }
            Ok(sum)
        })
    }

    /// Takes in a bundle: keeps its entries as [`Vault::hear`] does and its place in the stream, in
    /// one transaction. The same bundle again changes nothing.
    ///
    /// # Errors
    /// [`StoreError::Overtaken`] if another bundle was taken in under this number; then nothing is
    /// kept.
    pub fn take_in(
        &self,
        entries: &[Entry],
        sender: &[u8],
        head: StreamHead,
    ) -> Result<(), StoreError> {
        self.store().write(|transaction| {
            match taken_in(transaction, sender, head.sequence)? {
                Some(hash) if hash != head.hash => return Err(StoreError::Overtaken),
                _ => {}
            }
            transaction
                .prepare_cached(
                    "INSERT OR IGNORE INTO streams_in (sender, sequence, hash) VALUES (?1, ?2, ?3)",
                )?
                .execute(params![sender, signed(head.sequence), head.hash])?;
            entries::hear(transaction, entries)
        })
    }
}

/// Moves a stream on to a bundle, which must be the one that was due.
pub(super) fn advance_out(
    transaction: &Transaction<'_>,
    destination: &[u8],
    head: StreamHead,
) -> Result<(), StoreError> {
    if next_out(transaction, destination)?.sequence != head.sequence {
        return Err(StoreError::Overtaken);
    }
    transaction
        .prepare_cached(
            "INSERT OR REPLACE INTO streams_out (destination, sequence, hash) VALUES (?1, ?2, ?3)",
        )?
        .execute(params![destination, signed(head.sequence), head.hash])?;
    Ok(())
}

fn next_out(connection: &Connection, destination: &[u8]) -> Result<NextOut, StoreError> {
    let last = head(
        connection,
        "SELECT sequence, hash FROM streams_out WHERE destination = ?1",
        destination,
    )?;
    Ok(match last {
        Some(last) => NextOut {
            sequence: last.sequence + 1,
            previous: last.hash,
        },
        None => NextOut {
            sequence: 1,
            previous: [0; 32],
        },
    })
}

fn taken_in(
    connection: &Connection,
    sender: &[u8],
    sequence: u64,
) -> Result<Option<[u8; 32]>, StoreError> {
    let hash = connection
        .prepare_cached("SELECT hash FROM streams_in WHERE sender = ?1 AND sequence = ?2")?
        .query_row(params![sender, signed(sequence)], |row| row.get(0))
        .optional()?;
    Ok(hash)
}

fn head(connection: &Connection, sql: &str, of: &[u8]) -> Result<Option<StreamHead>, StoreError> {
    let head = connection
        .prepare_cached(sql)?
        .query_row([of], |row| {
            Ok(StreamHead {
                sequence: unsigned(row.get(0)?),
                hash: row.get(1)?,
            })
        })
        .optional()?;
    Ok(head)
}
