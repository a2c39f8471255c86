//! What a search would show, what a destroyed vault would lose, and what could go.

use holdfast_record::{IncidentId, Timestamp};
use rusqlite::Row;

use super::Thinned;
use crate::{
    StoreError, Vault,
    store::{projection::DRAFTS, unsigned},
};

/// What somebody who opens the vault sees.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Exposure {
    /// Incidents of which there are entries, except those of which nothing but answers is left.
    pub reports: u64,
    /// Incidents with a draft or loose evidence.
    pub drafts: u64,
    /// Incidents of which only receipts are here, and perhaps answers.
    pub receipts_only: u64,
    /// How many of these have answers.
    pub answers_kept: u64,
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
    /// When the last of its receipts came, or when it was fetched back.
    pub since: Timestamp,
    /// Somebody fetched it back, and has not removed it again.
    pub fetched_back: bool,
}

/// The incidents that are here, and of which all that this device wrote is handed over and has its
/// receipt.
const DELIVERED: &str =
    "position < ?1 AND unsent = 0 AND hand_overs > 0 AND entries > 0 AND thinned < 2
    AND incidents.incident NOT IN (SELECT incident FROM outbox WHERE held_at IS NULL)";

impl Vault {
    /// What somebody who opens this vault now sees. Quick, however much is in it.
    ///
    /// # Errors
    /// Those of the database.
    pub fn exposure(&self) -> Result<Exposure, StoreError> {
        self.store().read(|connection| {
            let mut exposure = connection
                .prepare_cached(
                    "SELECT coalesce(sum(entries > 0 AND thinned < 2), 0),
                        coalesce(sum(position >= ?1), 0), coalesce(sum(thinned = 2), 0),
                        coalesce(sum(entries > 0 AND thinned = 2), 0),
                        min(CASE WHEN entries > 0 AND thinned < 2 THEN made_at END)
                     FROM incidents INDEXED BY incidents_counted",
                )?
                .query_row([DRAFTS], |row| {
                    Ok(Exposure {
                        reports: unsigned(row.get(0)?),
                        drafts: unsigned(row.get(1)?),
                        receipts_only: unsigned(row.get(2)?),
                        answers_kept: unsigned(row.get(3)?),
                        oldest: row.get::<_, Option<i64>>(4)?.map(Timestamp),
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

    /// The delivered incidents of which `what` could be removed and is not yet, what has been here
    /// the longest first; of those that are gone already, none.
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
                "SELECT incident, opened,
                    max(last_receipt, coalesce(fetched_at, last_receipt)) AS since,
                    fetched_at IS NOT NULL
                 FROM (
                    SELECT incident, opened,
                        (SELECT max(received_at) FROM outbox
                         JOIN receipts ON receipts.object = outbox.object
                         WHERE outbox.incident = incidents.incident) AS last_receipt,
                        (SELECT fetched_at FROM fetched
                         WHERE fetched.incident = incidents.incident) AS fetched_at
                    FROM incidents WHERE {DELIVERED} AND {left})
                 WHERE last_receipt IS NOT NULL ORDER BY since"
            ))?;
            let due = due.query_map([DRAFTS], |row| {
                Ok(Due {
                    incident: IncidentId::from_bytes(row.get(0)?),
                    opened: row.get(1)?,
                    since: Timestamp(row.get(2)?),
                    fetched_back: row.get(3)?,
                })
            })?;
            Ok(due.collect::<Result<_, _>>()?)
        })
    }
}

fn two_counts(row: &Row<'_>) -> rusqlite::Result<(u64, u64)> {
    Ok((unsigned(row.get(0)?), unsigned(row.get(1)?)))
}
