//! Keeping less: evidence, or a whole report, taken away once it is delivered (I-1, I-22).
//!
//! Of evidence its bytes and its key go; the entry that named it stays in its forgotten form, so the
//! history still verifies, and a stub says which file it was. Of a whole report everything goes but
//! the receipts, the ids of what was sent, and a name if it was given one. Either is one
//! transaction, after which the log of the database is overwritten: an older page in it would still
//! show what was removed to whoever has the key.

use std::{
    collections::BTreeSet,
    fmt,
    fs::OpenOptions,
    io::{self, Seek as _, Write as _},
    path::PathBuf,
};

use holdfast_record::{Entry, EntryHash, Evidence, IncidentId, ObjectId, Statement, Timestamp};
use rusqlite::{Connection, OptionalExtension as _, Row, Transaction, params};

use super::{Store, entries, evidence, objects, projection, projection::DRAFTS, signed, unsigned};
use crate::{StoreError, Vault};

const DAY_MS: i64 = 86_400_000;

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

/// What stays of a report that goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keep {
    /// The desk's answers, which nobody may have read yet.
    Answers,
    /// Nothing.
    Nothing,
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

/// What somebody who opens the vault sees.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Exposure {
    /// Incidents of which there are entries.
    pub reports: u64,
    /// Incidents with a draft or loose evidence.
    pub drafts: u64,
    /// Incidents of which only receipts are here.
    pub receipts_only: u64,
    /// Pieces of evidence whose bytes are here.
    pub evidence: u64,
    /// The bytes of these.
    pub evidence_bytes: u64,
    /// The earliest time that an entry tells.
    pub oldest: Option<Timestamp>,
    /// Incidents that are delivered and could be thinned.
    pub thinnable: u64,
    /// The bytes of their evidence.
    pub thinnable_bytes: u64,
}

/// What nobody else is known to have.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unsaved {
    /// Incidents with a draft or loose evidence.
    pub drafts: u64,
    /// Incidents with entries of this device that no hand-over has in it.
    pub unsent: u64,
    /// Incidents with something in the outbox that has no receipt.
    pub waiting: u64,
    /// The bytes of what has no receipt.
    pub waiting_bytes: u64,
}

/// A delivered incident from which something could be removed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    /// The incident.
    pub incident: IncidentId,
    /// Somebody opened and read it, as it was last handed over.
    pub opened: bool,
    /// When the last of its receipts came.
    pub last_receipt: Timestamp,
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
        Timestamp(self.made_on.saturating_mul(DAY_MS))
    }
}

/// The incidents of which all that this device wrote is handed over and has its receipt.
const DELIVERED: &str = "position < ?1 AND unsent = 0 AND hand_overs > 0 AND entries > 0
    AND incidents.incident NOT IN (SELECT incident FROM outbox WHERE held_at IS NULL)";

impl Vault {
    /// Removes the evidence of a delivered incident: bytes, keys and the entries' words about it.
    /// `seen` is how many entries there were when it was found to be delivered.
    ///
    /// # Errors
    /// [`StoreError::Overtaken`] if there are more entries by now, a draft, or something on its way;
    /// then nothing is removed. After any other error from a file, what is removed stays removed,
    /// and the rest is done at the next open.
    pub fn thin_evidence(&self, incident: IncidentId, seen: u64) -> Result<(), StoreError> {
        let doomed = self.store().write(|transaction| {
            let entries = settled(transaction, incident, seen)?;
            let made_on = made_on(&entries);
            let mut doomed = Vec::new();
            let mut found = false;
            for entry in entries {
                let Some(Statement::EvidenceAdded(named)) = entry.statement().cloned() else {
                    continue;
                };
                found = true;
                doomed.extend(evidence::unclaim(transaction, &entry, &named)?);
                forget_copies(transaction, named.key.expose_secret_str().as_bytes())?;
                keep_stub(transaction, &entry, &named)?;
                note_removed(transaction, &entry)?;
                entries::forget(transaction, entry)?;
            }
            if !found {
                return Ok(doomed);
            }
            transaction
                .prepare_cached(
                    "INSERT OR IGNORE INTO thinned VALUES (?1, 'evidence', '', ?2, 0, 0)",
                )?
                .execute(params![incident.as_bytes(), made_on])?;
            finish(transaction, incident, doomed)
        })?;
        self.remove_for_good(&doomed)
    }

    /// Removes a delivered incident: what stays is listed by `label`. `seen` is how many entries
    /// there were when it was found to be delivered.
    ///
    /// # Errors
    /// As [`Vault::thin_evidence`].
    pub fn thin_incident(
        &self,
        incident: IncidentId,
        label: &str,
        keep: Keep,
        seen: u64,
    ) -> Result<(), StoreError> {
        let doomed = self
            .store()
            .write(|transaction| remove_incident(transaction, incident, label, keep, seen))?;
        self.remove_for_good(&doomed)
    }

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

    /// The entries of an incident that were removed here, or forgotten.
    ///
    /// # Errors
    /// Those of the database.
    pub fn removed_entries(&self, incident: IncidentId) -> Result<BTreeSet<EntryHash>, StoreError> {
        self.store().read(|connection| {
            let mut removed = connection
                .prepare_cached("SELECT hash FROM thinned_entries WHERE incident = ?1")?;
            let removed = removed.query_map([incident.as_bytes()], |row| {
                row.get(0).map(EntryHash::from_bytes)
            })?;
            Ok(removed.collect::<Result<_, _>>()?)
        })
    }

    /// What somebody who opens this vault now sees. Quick, however much is in it.
    ///
    /// # Errors
    /// Those of the database.
    pub fn exposure(&self) -> Result<Exposure, StoreError> {
        self.store().read(|connection| {
            let mut exposure = connection
                .prepare_cached(
                    "SELECT coalesce(sum(entries > 0), 0), coalesce(sum(position >= ?1), 0),
                        coalesce(sum(entries = 0 AND thinned = 2), 0),
                        min(CASE WHEN entries > 0 THEN made_at END)
                     FROM incidents INDEXED BY incidents_counted",
                )?
                .query_row([DRAFTS], |row| {
                    Ok(Exposure {
                        reports: unsigned(row.get(0)?),
                        drafts: unsigned(row.get(1)?),
                        receipts_only: unsigned(row.get(2)?),
                        oldest: row.get::<_, Option<i64>>(3)?.map(Timestamp),
                        ..Exposure::default()
                    })
                })?;
            (exposure.evidence, exposure.evidence_bytes) = connection
                .prepare_cached(
                    "SELECT count(*), coalesce(sum(size), 0) FROM objects
                     WHERE EXISTS (SELECT 1 FROM evidence WHERE evidence.object = objects.object)",
                )?
                .query_row((), two_counts)?;
            exposure.thinnable = connection
                .prepare_cached(&format!("SELECT count(*) FROM incidents WHERE {DELIVERED}"))?
                .query_row([DRAFTS], |row| row.get(0).map(unsigned))?;
            exposure.thinnable_bytes = connection
                .prepare_cached(&format!(
                    "SELECT coalesce(sum(size), 0) FROM objects
                     WHERE EXISTS (SELECT 1 FROM evidence
                        JOIN incidents ON incidents.incident = evidence.incident
                        WHERE evidence.object = objects.object AND {DELIVERED})"
                ))?
                .query_row([DRAFTS], |row| row.get(0).map(unsigned))?;
            Ok(exposure)
        })
    }

    /// What would be lost if this vault were destroyed now. Quick, however much is in it.
    ///
    /// # Errors
    /// Those of the database.
    pub fn unsaved(&self) -> Result<Unsaved, StoreError> {
        self.store().read(|connection| {
            let count = |sql: &str, params: &[&dyn rusqlite::ToSql]| {
                connection
                    .prepare_cached(sql)?
                    .query_row(params, |row| row.get(0).map(unsigned))
            };
            let (waiting, waiting_bytes) = connection
                .prepare_cached(
                    "SELECT count(DISTINCT incident), coalesce(sum(size), 0) FROM outbox
                     WHERE held_at IS NULL AND incident IN (SELECT incident FROM incidents)",
                )?
                .query_row((), two_counts)?;
            Ok(Unsaved {
                drafts: count(
                    "SELECT count(*) FROM incidents WHERE position >= ?1",
                    &[&DRAFTS],
                )?,
                unsent: count("SELECT count(*) FROM incidents WHERE unsent > 0", &[])?,
                waiting,
                waiting_bytes,
            })
        })
    }

    /// The delivered incidents of which `what` could be removed and is not yet; of those that are
    /// gone already, none.
    ///
    /// # Errors
    /// Those of the database.
    pub fn due(&self, what: Thinned) -> Result<Vec<Due>, StoreError> {
        let left = match what {
            Thinned::Evidence => {
                "incident IN (SELECT incident FROM evidence WHERE entry IS NOT NULL)"
            }
            Thinned::Everything => "TRUE",
        };
        self.store().read(|connection| {
            let mut due = connection.prepare_cached(&format!(
                "SELECT incident, opened, last_receipt FROM (
                    SELECT incident, opened,
                        (SELECT max(received_at) FROM outbox
                         JOIN receipts ON receipts.object = outbox.object
                         WHERE outbox.incident = incidents.incident) AS last_receipt
                    FROM incidents WHERE {DELIVERED} AND thinned < 2 AND {left})
                 WHERE last_receipt IS NOT NULL"
            ))?;
            let due = due.query_map([DRAFTS], |row| {
                Ok(Due {
                    incident: IncidentId::from_bytes(row.get(0)?),
                    opened: row.get(1)?,
                    last_receipt: Timestamp(row.get(2)?),
                })
            })?;
            Ok(due.collect::<Result<_, _>>()?)
        })
    }

    /// Deletes the files, and what the log of the database still shows. Killed on the way, the next
    /// open goes on: the ids are in `doomed`, and a log that is found there is emptied.
    fn remove_for_good(&self, doomed: &[ObjectId]) -> Result<(), StoreError> {
        let emptied = self.store().empty_log();
        objects::remove_doomed(self.store(), self.blobs(), doomed)?;
        emptied
    }
}

impl Store {
    /// Moves everything from the log into the database and overwrites the log: its older pages show
    /// what the database no longer has.
    pub(super) fn empty_log(&self) -> Result<(), StoreError> {
        let connection = self.lock();
        let path = connection
            .path()
            .map(|path| PathBuf::from(format!("{path}-wal")));
        let log = path.map(|path| OpenOptions::new().write(true).open(path));
        let mut log = match log {
            None => return Ok(()),
            Some(Err(error)) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Some(opened) => opened?,
        };
        let length = log.seek(io::SeekFrom::End(0))?;
        if length == 0 {
            return Ok(());
        }
        checkpoint(&connection, "FULL")?;
        // All of it is in the database, and synced there: a log cut off here is no loss. Nobody
        // reads from it, since the connection is ours and TRUNCATE looks at its own notes only.
        log.seek(io::SeekFrom::Start(0))?;
        io::copy(&mut io::Read::take(io::repeat(0), length), &mut log)?;
        log.flush()?;
        log.sync_all()?;
        checkpoint(&connection, "TRUNCATE")
    }
}

fn checkpoint(connection: &Connection, mode: &str) -> Result<(), StoreError> {
    let (busy, in_log, moved): (bool, i64, i64) =
        connection.query_row(&format!("PRAGMA wal_checkpoint({mode})"), (), |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })?;
    if busy || in_log != moved {
        return Err(StoreError::Sqlite {
            code: rusqlite::ffi::SQLITE_BUSY,
        });
    }
    Ok(())
}

/// The entries of an incident of which nothing has changed since somebody looked, nothing is being
/// written, and nothing is on its way.
fn settled(
    transaction: &Transaction<'_>,
    incident: IncidentId,
    seen: u64,
) -> Result<Vec<Entry>, StoreError> {
    let settled: Option<bool> = transaction
        .prepare_cached(
            "SELECT position < ?2 AND entries = ?3 AND unsent = 0 AND NOT EXISTS (
                SELECT 1 FROM outbox
                WHERE outbox.incident = incidents.incident AND held_at IS NULL)
             FROM incidents WHERE incident = ?1",
        )?
        .query_row(params![incident.as_bytes(), DRAFTS, signed(seen)], |row| {
            row.get(0)
        })
        .optional()?;
    match settled {
        None => Err(StoreError::NotFound),
        Some(false) => Err(StoreError::Overtaken),
        Some(true) => entries::of_incident(transaction, incident),
    }
}

/// Takes an incident out of the database; gives the objects whose files are to go.
fn remove_incident(
    transaction: &Transaction<'_>,
    incident: IncidentId,
    label: &str,
    keep: Keep,
    seen: u64,
) -> Result<Vec<ObjectId>, StoreError> {
    let entries = settled(transaction, incident, seen)?;
    let (opened, answered): (bool, bool) = transaction
        .prepare_cached("SELECT opened, answered FROM incidents WHERE incident = ?1")?
        .query_row([incident.as_bytes()], |row| Ok((row.get(0)?, row.get(1)?)))?;
    transaction
        .prepare_cached(
            "INSERT INTO thinned VALUES (?1, 'everything', ?2, ?3, ?4, ?5)
             ON CONFLICT (incident) DO UPDATE SET what = excluded.what,
                label = excluded.label, opened = opened OR excluded.opened,
                answered = answered OR excluded.answered",
        )?
        .execute(params![
            incident.as_bytes(),
            label,
            made_on(&entries),
            opened,
            answered
        ])?;
    let mut doomed = Vec::new();
    for entry in entries {
        match entry.statement() {
            Some(Statement::Answered { .. }) if keep == Keep::Answers => continue,
            Some(Statement::EvidenceAdded(named)) => {
                doomed.extend(evidence::unclaim(transaction, &entry, named)?);
            }
            _ => {}
        }
        note_removed(transaction, &entry)?;
        entries::remove(transaction, &entry)?;
    }
    transaction
        .prepare_cached("DELETE FROM stubs WHERE incident = ?1")?
        .execute([incident.as_bytes()])?;
    forget_copies(transaction, incident.as_bytes())?;
    let doomed = finish(transaction, incident, doomed)?;
    // FTS5 deletes words from its pages, but words that once began a page stay as signposts between
    // the pages until the index is made anew.
    transaction.execute("INSERT INTO search (search) VALUES ('rebuild')", ())?;
    Ok(doomed)
}

fn made_on(entries: &[Entry]) -> i64 {
    let first = entries.iter().map(Entry::made_at).min();
    first.map_or(0, |at| at.0.div_euclid(DAY_MS))
}

fn note_removed(transaction: &Transaction<'_>, entry: &Entry) -> Result<(), StoreError> {
    transaction
        .prepare_cached("INSERT OR IGNORE INTO thinned_entries VALUES (?1, ?2)")?
        .execute(params![
            entry.hash().as_bytes(),
            entry.incident().as_bytes()
        ])?;
    Ok(())
}

fn keep_stub(
    transaction: &Transaction<'_>,
    entry: &Entry,
    evidence: &Evidence,
) -> Result<(), StoreError> {
    transaction
        .prepare_cached("INSERT OR REPLACE INTO stubs VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)")?
        .execute(params![
            entry.hash().as_bytes(),
            entry.incident().as_bytes(),
            evidence.object.as_bytes(),
            evidence.name,
            evidence.media_type,
            signed(evidence.size),
            evidence.sha256
        ])?;
    Ok(())
}

/// Deletes what is in quarantine and has these bytes in it: a bundle that did not fit its stream is
/// kept there with all that it says.
fn forget_copies(transaction: &Transaction<'_>, bytes: &[u8]) -> Result<(), StoreError> {
    transaction
        .prepare_cached("DELETE FROM quarantine WHERE instr(bytes, ?1) > 0")?
        .execute([bytes])?;
    Ok(())
}

/// Dooms the evidence and whatever was sent of the incident, and makes its line anew.
fn finish(
    transaction: &Transaction<'_>,
    incident: IncidentId,
    mut doomed: Vec<ObjectId>,
) -> Result<Vec<ObjectId>, StoreError> {
    // A bundle is sealed to others, but it has the keys of the evidence in it.
    let mut sent = transaction.prepare_cached(
        "SELECT object FROM outbox JOIN objects USING (object)
         WHERE outbox.incident = ?1 AND what <> 'evidence'",
    )?;
    for object in sent.query_map([incident.as_bytes()], |row| row.get(0))? {
        doomed.push(ObjectId::from_bytes(object?));
    }
    for object in &doomed {
        objects::doom(transaction, object)?;
    }
    projection::refresh_in_place(transaction, incident)?;
    Ok(doomed)
}

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

/// Whether an entry was removed here on purpose.
pub(super) fn is_removed(transaction: &Transaction<'_>, entry: &Entry) -> Result<bool, StoreError> {
    Ok(transaction
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM thinned_entries WHERE hash = ?1)")?
        .query_row([entry.hash().as_bytes()], |row| row.get(0))?)
}

/// Notes that an entry is here in full again.
pub(super) fn put_back(transaction: &Transaction<'_>, entry: &Entry) -> Result<(), StoreError> {
    for sql in [
        "DELETE FROM thinned_entries WHERE hash = ?1",
        "DELETE FROM stubs WHERE entry = ?1",
    ] {
        transaction
            .prepare_cached(sql)?
            .execute([entry.hash().as_bytes()])?;
    }
    Ok(())
}

/// An incident of which every entry is back is thinned no longer.
pub(super) fn end_if_whole(
    transaction: &Transaction<'_>,
    incident: IncidentId,
) -> Result<(), StoreError> {
    transaction
        .prepare_cached(
            "DELETE FROM thinned WHERE incident = ?1
             AND NOT EXISTS (SELECT 1 FROM thinned_entries WHERE incident = ?1)",
        )?
        .execute([incident.as_bytes()])?;
    Ok(())
}

fn two_counts(row: &Row<'_>) -> rusqlite::Result<(u64, u64)> {
    Ok((unsigned(row.get(0)?), unsigned(row.get(1)?)))
}

#[cfg(test)]
mod tests;
