//! Taking away. Each is one transaction, after which the log of the database is overwritten: an older
//! page in it would still show what was removed to whoever has the key.

use std::fmt;

use holdfast_record::{DeviceId, Entry, Evidence, IncidentId, ObjectId, Statement, Timestamp};
use rusqlite::{OptionalExtension as _, Transaction, params};

use crate::{
    StoreError, Vault,
    store::{
        entries, evidence, objects,
        projection::{self, DRAFTS},
        signed,
    },
};

/// What stays of a report that goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keep {
    /// The desk's answers, which nobody may have read yet.
    Answers,
    /// Nothing.
    Nothing,
}

/// A delivered incident that is to go.
#[derive(Clone, PartialEq, Eq)]
pub struct Removal {
    /// The incident.
    pub incident: IncidentId,
    /// What it is listed by afterwards; may be empty.
    pub label: String,
    /// How many entries there were when it was found to be delivered.
    pub seen: u64,
}

impl fmt::Debug for Removal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Removal({})", self.incident)
    }
}

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
            let mine = projection::mine(transaction)?;
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
                note_removed(transaction, &entry, &mine)?;
                entries::forget(transaction, entry)?;
            }
            if !found {
                return Ok(doomed);
            }
            not_fetched(transaction, incident)?;
            transaction
                .prepare_cached(
                    "INSERT OR IGNORE INTO thinned VALUES (?1, 'evidence', '', ?2, 0, 0)",
                )?
                .execute(params![incident.as_bytes(), made_on])?;
            finish(transaction, incident, doomed)
        })?;
        self.remove_for_good(&doomed)
    }

    /// Removes delivered incidents, all in one transaction. Gives those of which there are more
    /// entries by now, a draft, or something on its way: of these nothing is removed.
    ///
    /// # Errors
    /// Those of the database; then nothing is removed. After an error from a file, what is removed
    /// stays removed, and the rest is done at the next open.
    pub fn thin_incidents(
        &self,
        removals: &[Removal],
        keep: Keep,
    ) -> Result<Vec<IncidentId>, StoreError> {
        let (doomed, overtaken) = self
            .store()
            .write(|transaction| remove_incidents(transaction, removals, keep))?;
        if overtaken.len() < removals.len() {
            self.remove_for_good(&doomed)?;
        }
        Ok(overtaken)
    }

    /// Deletes the files, and what the log of the database still shows. Killed on the way, the next
    /// open goes on: the ids are in `doomed`, and a log that is found there is emptied.
    fn remove_for_good(&self, doomed: &[ObjectId]) -> Result<(), StoreError> {
        let emptied = self.store().empty_log();
        objects::remove_doomed(self.store(), self.blobs(), doomed)?;
        emptied
    }
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
        // Not there any more, or changed.
        None | Some(false) => Err(StoreError::Overtaken),
        Some(true) => entries::of_incident(transaction, incident),
    }
}

/// Takes incidents out of the database; gives the objects whose files are to go, and the incidents
/// that must stay.
pub(super) fn remove_incidents(
    transaction: &Transaction<'_>,
    removals: &[Removal],
    keep: Keep,
) -> Result<(Vec<ObjectId>, Vec<IncidentId>), StoreError> {
    let (mut doomed, mut overtaken) = (Vec::new(), Vec::new());
    for removal in removals {
        match remove_incident(transaction, removal, keep) {
            Err(StoreError::Overtaken) => overtaken.push(removal.incident),
            other => doomed.extend(other?),
        }
    }
    if overtaken.len() < removals.len() {
        // FTS5 deletes words from its pages, but words that once began a page stay as signposts
        // between the pages until the index is made anew. That takes as long for one as for many.
        transaction.execute("INSERT INTO search (search) VALUES ('rebuild')", ())?;
    }
    Ok((doomed, overtaken))
}

fn remove_incident(
    transaction: &Transaction<'_>,
    removal: &Removal,
    keep: Keep,
) -> Result<Vec<ObjectId>, StoreError> {
    let incident = removal.incident;
    let entries = settled(transaction, incident, removal.seen)?;
    let mine = projection::mine(transaction)?;
    let (opened, answered): (bool, bool) = transaction
        .prepare_cached("SELECT opened, answered FROM incidents WHERE incident = ?1")?
        .query_row([incident.as_bytes()], |row| Ok((row.get(0)?, row.get(1)?)))?;
    not_fetched(transaction, incident)?;
    transaction
        .prepare_cached(
            "INSERT INTO thinned VALUES (?1, 'everything', ?2, ?3, ?4, ?5)
             ON CONFLICT (incident) DO UPDATE SET what = excluded.what,
                label = excluded.label, opened = opened OR excluded.opened,
                answered = answered OR excluded.answered",
        )?
        .execute(params![
            incident.as_bytes(),
            removal.label,
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
        note_removed(transaction, &entry, &mine)?;
        entries::remove(transaction, &entry)?;
    }
    transaction
        .prepare_cached("DELETE FROM stubs WHERE incident = ?1")?
        .execute([incident.as_bytes()])?;
    forget_copies(transaction, incident.as_bytes())?;
    finish(transaction, incident, doomed)
}

/// Whoever removes it does not want it here any more.
fn not_fetched(transaction: &Transaction<'_>, incident: IncidentId) -> Result<(), StoreError> {
    transaction
        .prepare_cached("DELETE FROM fetched WHERE incident = ?1")?
        .execute([incident.as_bytes()])?;
    Ok(())
}

fn made_on(entries: &[Entry]) -> i64 {
    let first = entries.iter().map(Entry::made_at).min();
    first.map_or(0, |at| at.0.div_euclid(Timestamp::DAY_MS))
}

fn note_removed(
    transaction: &Transaction<'_>,
    entry: &Entry,
    mine: &[DeviceId],
) -> Result<(), StoreError> {
    transaction
        .prepare_cached(
            "INSERT OR IGNORE INTO thinned_entries (hash, incident, mine) VALUES (?1, ?2, ?3)",
        )?
        .execute(params![
            entry.hash().as_bytes(),
            entry.incident().as_bytes(),
            mine.contains(&entry.author())
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
