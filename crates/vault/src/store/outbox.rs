//! What is on its way, how far it is, and the receipts for what arrived (I-19, I-20, I-22).

use std::fmt;

use holdfast_record::{Entry, IncidentId, ObjectId, Timestamp};
use rusqlite::{Row, Transaction, params};

use super::{StreamHead, entries, objects, signed, streams, thin, unsigned};
use crate::{BlobError, StoreError, Vault};

/// An object to be delivered. Its bytes are in the vault.
#[derive(Clone, PartialEq, Eq)]
pub struct OutboxItem {
    /// The object.
    pub object: ObjectId,
    /// Its length in bytes.
    pub size: u64,
    /// Where to; its format is the app's.
    pub destination: Vec<u8>,
    /// The incident it belongs to.
    pub incident: IncidentId,
    /// What it is, a code: `bundle`, `evidence`, `reply`.
    pub what: String,
    /// The lower, the earlier it goes; among equals the smaller, then the older.
    pub rank: u32,
}

/// An object in the outbox.
#[derive(Clone, PartialEq, Eq)]
pub struct OutboxRow {
    /// The object and where it goes.
    pub item: OutboxItem,
    /// How many bytes the other side is known to have.
    pub sent: u64,
    /// The upload that was begun; its format is the app's.
    pub upload: Option<Vec<u8>>,
    /// When the receipt came.
    pub held_at: Option<Timestamp>,
    /// Why it has not gone, a code of the app's.
    pub fault: Option<String>,
    /// The incident's title.
    pub title: String,
}

/// A receipt, as it came; verifying it is the app's affair, and comes first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// The bytes.
    pub receipt: Vec<u8>,
    /// When it came.
    pub received_at: Timestamp,
}

/// The place of a bundle in the stream to its destination.
#[derive(Clone, PartialEq, Eq)]
pub struct HandOver {
    /// Where to, as in [`Vault::next_out`].
    pub destination: Vec<u8>,
    /// The place: the number that was due, and the hash the next one must carry.
    pub head: StreamHead,
}

impl fmt::Debug for OutboxItem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OutboxItem({}, {})", self.what, self.object)
    }
}

impl fmt::Debug for OutboxRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OutboxRow({}, {})", self.item.what, self.item.object)
    }
}

impl fmt::Debug for HandOver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HandOver({})", self.head.sequence)
    }
}

const SELECT: &str = "SELECT object, size, destination, outbox.incident AS incident, what, rank,
        sent, upload, held_at, fault, coalesce(title, '') AS title
    FROM outbox LEFT JOIN incidents ON incidents.incident = outbox.incident";

impl Vault {
    /// Puts objects into the outbox. One that is there already stays as it is: what was sealed
    /// once is sent once.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if the bytes of one are not here; then none is put there.
    pub fn enqueue(&self, items: &[OutboxItem]) -> Result<(), StoreError> {
        self.store()
            .write(|transaction| enqueue(transaction, items))
    }

    /// Hands over: keeps the bytes of the bundle and of what was sealed with it, then in one
    /// transaction the entries, the outbox and the place in the stream. All of it or nothing.
    ///
    /// `items` name what was sealed by the SHA-256 of its bytes, and evidence that goes along.
    ///
    /// # Errors
    /// [`StoreError::Overtaken`] if another bundle took the number; seal it again under the next.
    /// [`StoreError::Gone`] if the incident was removed meanwhile.
    pub fn hand_over(
        &self,
        entries: &[Entry],
        sealed: &[&[u8]],
        items: &[OutboxItem],
        handed: &HandOver,
    ) -> Result<(), BlobError> {
        self.keep_bytes(sealed, |transaction| {
            for entry in entries {
                thin::refuse_gone(transaction, entry.incident())?;
            }
            enqueue(transaction, items)?;
            streams::advance_out(transaction, &handed.destination, handed.head)?;
            entries::append(transaction, entries)
        })
    }

    /// What is waiting, in the order in which it is to go.
    ///
    /// # Errors
    /// Those of the database.
    pub fn outbox(&self) -> Result<Vec<OutboxRow>, StoreError> {
        self.rows(
            &format!("{SELECT} WHERE held_at IS NULL ORDER BY rank, size, outbox.id"),
            (),
        )
    }

    /// What has a receipt, the latest first.
    ///
    /// # Errors
    /// Those of the database.
    pub fn delivered(&self, limit: u32) -> Result<Vec<OutboxRow>, StoreError> {
        let order = "WHERE held_at IS NOT NULL ORDER BY held_at DESC, outbox.id DESC LIMIT ?1";
        self.rows(&format!("{SELECT} {order}"), [limit])
    }

    /// Everything of one incident that went or is to go, oldest first.
    ///
    /// # Errors
    /// Those of the database.
    pub fn outbox_of(&self, incident: IncidentId) -> Result<Vec<OutboxRow>, StoreError> {
        let sql = format!("{SELECT} WHERE outbox.incident = ?1 ORDER BY outbox.id");
        self.rows(&sql, [incident.as_bytes()])
    }

    /// Notes how far an object is.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if it is not in the outbox.
    pub fn note_progress(
        &self,
        object: &ObjectId,
        sent: u64,
        upload: Option<&[u8]>,
    ) -> Result<(), StoreError> {
        self.change(
            "UPDATE outbox SET sent = ?2, upload = ?3, fault = NULL WHERE object = ?1",
            params![object.as_bytes(), signed(sent), upload],
        )
    }

    /// Keeps a verified receipt: the object has arrived.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if it is not in the outbox.
    pub fn hold(
        &self,
        object: &ObjectId,
        receipt: &[u8],
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.store().write(|transaction| {
            let known = transaction
                .prepare_cached(
                    "UPDATE outbox SET sent = size, upload = NULL, fault = NULL,
                        held_at = coalesce(held_at, ?2)
                     WHERE object = ?1",
                )?
                .execute(params![object.as_bytes(), now.0])?;
            if known == 0 {
                return Err(StoreError::NotFound);
            }
            transaction
                .prepare_cached(
                    "INSERT OR IGNORE INTO receipts (object, receipt, received_at)
                     VALUES (?1, ?2, ?3)",
                )?
                .execute(params![object.as_bytes(), receipt, now.0])?;
            Ok(())
        })
    }

    /// Notes why an object does not go.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if it is not in the outbox.
    pub fn fail(&self, object: &ObjectId, code: &str) -> Result<(), StoreError> {
        self.change(
            "UPDATE outbox SET fault = ?2 WHERE object = ?1",
            params![object.as_bytes(), code],
        )
    }

    /// The receipts for an object, oldest first.
    ///
    /// # Errors
    /// Those of the database.
    pub fn receipts(&self, object: &ObjectId) -> Result<Vec<Receipt>, StoreError> {
        self.store().read(|connection| {
            let mut receipts = connection.prepare_cached(
                "SELECT receipt, received_at FROM receipts WHERE object = ?1 ORDER BY id",
            )?;
            let receipts = receipts.query_map([object.as_bytes()], |row| {
                Ok(Receipt {
                    receipt: row.get(0)?,
                    received_at: Timestamp(row.get(1)?),
                })
            })?;
            Ok(receipts.collect::<Result<_, _>>()?)
        })
    }

    fn rows(&self, sql: &str, params: impl rusqlite::Params) -> Result<Vec<OutboxRow>, StoreError> {
        self.store().read(|connection| {
            let mut rows = connection.prepare_cached(sql)?;
            let rows = rows.query_map(params, read_row)?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    fn change(&self, sql: &str, params: impl rusqlite::Params) -> Result<(), StoreError> {
        self.store().write(|transaction| {
            match transaction.prepare_cached(sql)?.execute(params)? {
                0 => Err(StoreError::NotFound),
                _ => Ok(()),
            }
        })
    }
}

fn enqueue(transaction: &Transaction<'_>, items: &[OutboxItem]) -> Result<(), StoreError> {
    for item in items {
        objects::size(transaction, &item.object)?.ok_or(StoreError::NotFound)?;
        transaction
            .prepare_cached(
                "INSERT OR IGNORE INTO outbox (object, size, destination, incident, what, rank)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            )?
            .execute(params![
                item.object.as_bytes(),
                signed(item.size),
                item.destination,
                item.incident.as_bytes(),
                item.what,
                item.rank
            ])?;
    }
    Ok(())
}

fn read_row(row: &Row<'_>) -> rusqlite::Result<OutboxRow> {
    Ok(OutboxRow {
        item: OutboxItem {
            object: ObjectId::from_bytes(row.get("object")?),
            size: unsigned(row.get("size")?),
            destination: row.get("destination")?,
            incident: IncidentId::from_bytes(row.get("incident")?),
            what: row.get("what")?,
            rank: row.get("rank")?,
        },
        sent: unsigned(row.get("sent")?),
        upload: row.get("upload")?,
        held_at: row.get::<_, Option<i64>>("held_at")?.map(Timestamp),
        fault: row.get("fault")?,
        title: row.get("title")?,
    })
}
