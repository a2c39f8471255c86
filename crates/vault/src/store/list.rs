//! The list of incidents and the search in it.
//!
//! Row ids of the search index are positions of the list, so matches come out of the index in the
//! order of the list and a page is read without looking at the rest.

use std::fmt;

use holdfast_record::{IncidentId, Place, Timestamp, When};
use rusqlite::{Connection, Row, params};

use super::{
    projection::{DRAFTS, Summary},
    thin::Thinned,
    unsigned,
};
use crate::{StoreError, Vault};

/// Which lines of the list.
#[derive(Clone, Default)]
pub struct ListQuery {
    /// Words to look for: all of them, each as the beginning of a word. None lists everything.
    pub text: String,
    /// At most so many.
    pub limit: u32,
    /// Skip so many.
    pub offset: u32,
}

/// A part of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// How many match in all.
    pub total: u64,
    /// The lines: whatever has a draft first, then the latest change first.
    pub rows: Vec<IncidentRow>,
}

/// A line of the list.
#[derive(Clone, PartialEq, Eq)]
pub struct IncidentRow {
    /// The incident.
    pub incident: IncidentId,
    /// The draft's title, or the first words of the narrative; may be empty.
    pub title: String,
    /// Kinds, codes.
    pub kinds: Vec<String>,
    /// When it happened.
    pub when: Option<When>,
    /// Where.
    pub place: Option<Place>,
    /// Help is needed now.
    pub urgent: bool,
    /// How many pieces of evidence, loose ones included.
    pub evidence: u64,
    /// Something is written or imported that is not in an entry.
    pub has_draft: bool,
    /// How many entries are here.
    pub entries: u64,
    /// It was never anything but a draft.
    pub is_new: bool,
    /// It was handed over at least once.
    pub handed_over: bool,
    /// Somebody opened and read it, as it was last handed over.
    pub opened: bool,
    /// Somebody answered it, as it was last handed over.
    pub answered: bool,
    /// How many of its objects are in the outbox without a receipt.
    pub waiting: u64,
    /// The latest time that an entry or the draft tells; of a report that is gone, its day.
    pub changed_at: Timestamp,
    /// How often this device handed it over.
    pub sent: u64,
    /// How many entries of this device no hand-over has in it.
    pub unsent: u64,
    /// What was removed here on purpose. The title of a report that is gone is its label.
    pub thinned: Option<Thinned>,
}

impl fmt::Debug for ListQuery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ListQuery({} from {})", self.limit, self.offset)
    }
}

impl fmt::Debug for IncidentRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "IncidentRow({})", self.incident)
    }
}

const COLUMNS: &str = "incidents.position, incidents.incident, title, summary, entries, evidence,
    urgent, handed_over, opened, answered, changed_at, incidents.sent AS sent, unsent, thinned,
    (SELECT count(*) FROM outbox
     WHERE outbox.incident = incidents.incident AND held_at IS NULL) AS waiting";

impl Vault {
    /// A page of the list.
    ///
    /// # Errors
    /// Those of the database.
    pub fn list(&self, query: &ListQuery) -> Result<Page, StoreError> {
        self.store()
            .read(|connection| match match_expression(&query.text) {
                Some(words) => search(connection, &words, query),
                None => everything(connection, query),
            })
    }

    /// The line of one incident.
    ///
    /// # Errors
    /// Those of the database.
    pub fn row(&self, incident: IncidentId) -> Result<Option<IncidentRow>, StoreError> {
        self.store().read(|connection| {
            connection
                .prepare_cached(&format!(
                    "SELECT {COLUMNS} FROM incidents WHERE incident = ?1"
                ))?
                .query_and_then([incident.as_bytes()], read_row)?
                .next()
                .transpose()
        })
    }
}

fn everything(connection: &Connection, query: &ListQuery) -> Result<Page, StoreError> {
    let total: i64 = connection
        .prepare_cached("SELECT count(*) FROM incidents")?
        .query_row((), |row| row.get(0))?;
    let rows = connection
        .prepare_cached(&format!(
            "SELECT {COLUMNS} FROM incidents ORDER BY position DESC LIMIT ?1 OFFSET ?2"
        ))?
        .query_and_then([query.limit, query.offset], read_row)?
        .collect::<Result<_, _>>()?;
    Ok(Page {
        total: unsigned(total),
        rows,
    })
}

fn search(connection: &Connection, words: &str, query: &ListQuery) -> Result<Page, StoreError> {
    let total: i64 = connection
        .prepare_cached("SELECT count(*) FROM search WHERE search MATCH ?1")?
        .query_row([words], |row| row.get(0))?;
    // CROSS JOIN keeps the index outside, in whose order the page is cut.
    let rows = connection
        .prepare_cached(&format!(
            "SELECT {COLUMNS}
             FROM (SELECT rowid FROM search WHERE search MATCH ?1
                   ORDER BY rowid DESC LIMIT ?2 OFFSET ?3) AS found
             CROSS JOIN incidents ON incidents.position = found.rowid
             ORDER BY incidents.position DESC"
        ))?
        .query_and_then(params![words, query.limit, query.offset], read_row)?
        .collect::<Result<_, _>>()?;
    Ok(Page {
        total: unsigned(total),
        rows,
    })
}

fn read_row(row: &Row<'_>) -> Result<IncidentRow, StoreError> {
    let summary = row
        .get_ref("summary")?
        .as_blob()
        .map_err(|_| StoreError::Damaged)?;
    let summary: Summary = minicbor::decode(summary).map_err(|_| StoreError::Damaged)?;
    let entries = unsigned(row.get("entries")?);
    let thinned = Thinned::from_rank(row.get("thinned")?);
    Ok(IncidentRow {
        incident: IncidentId::from_bytes(row.get("incident")?),
        title: row.get("title")?,
        kinds: summary.kinds,
        when: summary.when,
        place: summary.place,
        urgent: row.get("urgent")?,
        evidence: unsigned(row.get("evidence")?),
        has_draft: row.get::<_, i64>("position")? >= DRAFTS,
        entries,
        is_new: entries == 0 && thinned != Some(Thinned::Everything),
        handed_over: row.get("handed_over")?,
        opened: row.get("opened")?,
        answered: row.get("answered")?,
        waiting: unsigned(row.get("waiting")?),
        changed_at: Timestamp(row.get("changed_at")?),
        sent: unsigned(row.get("sent")?),
        unsent: unsigned(row.get("unsent")?),
        thinned,
    })
}

/// What FTS5 is asked: every word quoted, so that nothing typed is taken for its syntax, and each
/// as a prefix. None if nothing typed is a word.
fn match_expression(text: &str) -> Option<String> {
    let words: Vec<_> = fold(text)
        .split_whitespace()
        .filter(|word| word.chars().any(char::is_alphanumeric))
        .map(|word| format!("\"{}\"*", word.replace('"', "\"\"")))
        .collect();
    (!words.is_empty()).then(|| words.join(" "))
}

/// Letters that are typed one for the other, and that FTS5 does not take for each other: it
/// removes the marks of Latin letters only.
pub(super) fn fold(text: &str) -> String {
    text.chars()
        .filter(|&letter| letter != '\0')
        .map(|letter| match letter {
            'ё' | 'Ё' => 'е',
            'й' | 'Й' => 'и',
            other => other,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_is_never_syntax() {
        assert_eq!(match_expression("  "), None);
        assert_eq!(match_expression("— \" *"), None);
        assert_eq!(
            match_expression("a OR b*").as_deref(),
            Some(r#""a"* "OR"* "b*"*"#)
        );
        assert_eq!(
            match_expression(r#"say "x"#).as_deref(),
            Some(r#""say"* """x"*"#)
        );
    }
}
