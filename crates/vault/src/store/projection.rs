//! What the list and the search show of an incident, made anew from its entries and its draft
//! whenever one of them changes, in the same transaction.

use holdfast_record::{Entry, Incident, IncidentId, Place, Value, When, field};
use minicbor::{Decode, Encode};
use rusqlite::{Connection, OptionalExtension as _, params};

use super::{drafts, entries, evidence, signed};
use crate::StoreError;

/// Positions from here on are drafts.
pub(super) const DRAFTS: i64 = 1 << 48;

const TITLE_CHARS: usize = 120;

/// What a line shows besides its title.
#[derive(Default, Encode, Decode)]
#[cbor(map)]
pub(super) struct Summary {
    #[n(0)]
    pub(super) kinds: Vec<String>,
    #[n(1)]
    pub(super) when: Option<When>,
    #[n(2)]
    pub(super) place: Option<Place>,
}

/// Puts the incident at the top of the list and its words into the search.
pub(super) fn refresh(connection: &Connection, id: IncidentId) -> Result<(), StoreError> {
    remove(connection, id)?;
    let entries = entries::of_incident(connection, id)?;
    let draft = drafts::of_incident(connection, id)?;
    let loose = evidence::loose(connection, id)?;
    let is_draft = draft.is_some() || !loose.is_empty();
    if entries.is_empty() && !is_draft {
        return Ok(());
    }

    let incident = Incident::from_entries(&entries);
    let mut words = words(&incident);
    words.extend(loose.iter().map(|evidence| evidence.name.as_str()));
    words.extend(draft.iter().map(|draft| draft.search_text.as_str()));
    let title = draft
        .as_ref()
        .map(|draft| draft.title.as_str())
        .filter(|title| !title.is_empty())
        .unwrap_or_else(|| first_words(incident.text(field::NARRATIVE).unwrap_or_default()));
    let changed_at = entries
        .iter()
        .map(Entry::made_at)
        .chain(draft.iter().map(|draft| draft.saved_at))
        .chain(loose.iter().map(|evidence| evidence.imported_at))
        .max()
        .map_or(0, |at| at.0);
    let summary = Summary {
        kinds: incident.codes(field::KINDS).to_vec(),
        when: incident.when(field::WHEN).cloned(),
        place: incident.place(field::PLACE).cloned(),
    };

    let position = next_position(connection, is_draft)?;
    connection
        .prepare_cached(
            "INSERT INTO incidents (position, incident, title, summary, entries, evidence, urgent,
                handed_over, opened, answered, changed_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
        )?
        .execute(params![
            position,
            id.as_bytes(),
            title,
            encode(&summary),
            signed(entries.len() as u64),
            signed((incident.evidence.len() + loose.len()) as u64),
            incident.flag(field::URGENT),
            !incident.handed_over.is_empty(),
            incident.read,
            incident.answered,
            changed_at,
        ])?;
    connection
        .prepare_cached("INSERT INTO search (rowid, text) VALUES (?1, ?2)")?
        .execute(params![position, super::list::fold(&words.join("\n"))])?;
    Ok(())
}

fn remove(connection: &Connection, id: IncidentId) -> Result<(), StoreError> {
    let position: Option<i64> = connection
        .prepare_cached("DELETE FROM incidents WHERE incident = ?1 RETURNING position")?
        .query_row([id.as_bytes()], |row| row.get(0))
        .optional()?;
    if let Some(position) = position {
        connection
            .prepare_cached("DELETE FROM search WHERE rowid = ?1")?
            .execute([position])?;
    }
    Ok(())
}

/// One above every other change, among the drafts or below them.
fn next_position(connection: &Connection, is_draft: bool) -> Result<i64, StoreError> {
    let change: i64 = connection
        .prepare_cached(
            "SELECT max(
                coalesce((SELECT max(position) FROM incidents WHERE position < ?1), 0),
                coalesce((SELECT max(position) - ?1 FROM incidents WHERE position >= ?1), 0)) + 1",
        )?
        .query_row([DRAFTS], |row| row.get(0))?;
    Ok(if is_draft { DRAFTS + change } else { change })
}

/// Everything a person could remember of an incident.
fn words(incident: &Incident) -> Vec<&str> {
    let mut words = Vec::new();
    for standing in incident.fields.values().flatten() {
        match &standing.value {
            Value::Text { text, .. } => words.push(text.as_str()),
            Value::Place(place) => words.push(&place.text),
            _ => {}
        }
    }
    words.extend(
        incident
            .notes
            .iter()
            .chain(&incident.answers)
            .map(|remark| remark.text.as_str()),
    );
    words.extend(
        incident
            .evidence
            .iter()
            .map(|(_, evidence)| evidence.name.as_str()),
    );
    words
}

fn first_words(text: &str) -> &str {
    let line = text
        .lines()
        .map(str::trim)
        .find(|line| !line.is_empty())
        .unwrap_or_default();
    let end = line
        .char_indices()
        .nth(TITLE_CHARS)
        .map_or(line.len(), |(end, _)| end);
    &line[..end]
}

/// Encodes what is only ever kept inside the database.
pub(super) fn encode(value: &impl Encode<()>) -> Vec<u8> {
    match minicbor::to_vec(value) {
        Ok(bytes) => bytes,
        Err(error) => match error.into_write() {
            Some(never) => match never {},
            None => unreachable!("no type kept here refuses to encode"),
        },
    }
}
