//! What the list and the search show of an incident, made anew from its entries and its draft
//! whenever one of them changes, in the same transaction.

use std::collections::{HashMap, HashSet};

use holdfast_record::{
    DeviceId, Entry, EntryHash, Incident, IncidentId, Place, SigningKey, Statement, Value, When,
    field,
};
use minicbor::{Decode, Encode};
use rusqlite::{Connection, OptionalExtension as _, params};
use zeroize::Zeroizing;

use super::{
    doubts, drafts, entries, evidence, settings, signed,
    thin::{self, Thinned},
};
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
    write(connection, id, None)
}

/// Makes the line anew where it stands: something was removed, nothing is new.
pub(super) fn refresh_in_place(connection: &Connection, id: IncidentId) -> Result<(), StoreError> {
    let position = remove(connection, id)?;
    write(connection, id, position)
}

fn write(connection: &Connection, id: IncidentId, place: Option<i64>) -> Result<(), StoreError> {
    let entries = entries::of_incident(connection, id)?;
    let draft = drafts::of_incident(connection, id)?;
    let loose = evidence::loose(connection, id)?;
    let thinned = thin::of_incident(connection, id)?;
    let gone = thinned
        .as_ref()
        .filter(|thinned| thinned.what == Thinned::Everything);
    let is_draft = draft.is_some() || !loose.is_empty();
    if entries.is_empty() && !is_draft && gone.is_none() {
        return Ok(());
    }

    let incident = Incident::from_doubted(&entries, &doubts::of_incident(connection, id)?);
    let stubs = thin::stubs_of(connection, id)?;
    let mut words = words(&incident);
    words.extend(stubs.iter().map(|stub| stub.name.as_str()));
    words.extend(loose.iter().map(|evidence| evidence.name.as_str()));
    words.extend(draft.iter().map(|draft| draft.search_text.as_str()));
    words.extend(gone.map(|gone| gone.label.as_str()));
    let title = draft
        .as_ref()
        .map(|draft| draft.title.as_str())
        .filter(|title| !title.is_empty())
        .or(gone.map(|gone| gone.label.as_str()))
        .unwrap_or_else(|| first_words(incident.text(field::NARRATIVE).unwrap_or_default()));
    let made_on = gone.map(thin::Kept::made_at);
    let changed_at = entries
        .iter()
        .map(Entry::made_at)
        .chain(draft.iter().map(|draft| draft.saved_at))
        .chain(loose.iter().map(|evidence| evidence.imported_at))
        .chain(made_on)
        .max();
    let made_at = entries.iter().map(Entry::made_at).chain(made_on).min();
    let summary = Summary {
        kinds: incident.codes(field::KINDS).to_vec(),
        when: incident.when(field::WHEN).cloned(),
        place: incident.place(field::PLACE).cloned(),
    };
    let mut sent = sent(&entries, &mine(connection)?);
    if gone.is_some() {
        // What is gone had been handed over.
        sent.times = sent.times.max(1);
    }

    let position = match place {
        Some(place) if (place >= DRAFTS) == is_draft => place,
        _ => next_position(connection, is_draft)?,
    };
    connection
        .prepare_cached(
            "INSERT INTO incidents (position, incident, title, summary, entries, evidence, urgent,
                handed_over, opened, answered, changed_at, hand_overs, unsent, made_at, thinned)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)",
        )?
        .execute(params![
            position,
            id.as_bytes(),
            title,
            encode(&summary),
            signed(entries.len() as u64),
            signed((incident.evidence.len() + stubs.len() + loose.len()) as u64),
            incident.flag(field::URGENT),
            !incident.handed_over.is_empty() || gone.is_some(),
            incident.read || thinned.as_ref().is_some_and(|thinned| thinned.opened),
            incident.answered || thinned.as_ref().is_some_and(|thinned| thinned.answered),
            changed_at.map_or(0, |at| at.0),
            signed(sent.times),
            signed(sent.left_out),
            made_at.map_or(0, |at| at.0),
            thinned.as_ref().map_or(0, |thinned| thinned.what.rank()),
        ])?;
    connection
        .prepare_cached("INSERT INTO search (rowid, text) VALUES (?1, ?2)")?
        .execute(params![position, super::list::fold(&words.join("\n"))])?;
    Ok(())
}

/// What this device, and those it took the place of, sent of what they wrote.
struct Sent {
    /// How many hand-overs.
    times: u64,
    /// How many of their entries are in none of them.
    left_out: u64,
}

/// A hand-over has in it whatever it has among its ancestors: the bundle was made of all entries
/// that its entry stands upon. No clock and no order of arrival decides.
fn sent(entries: &[Entry], mine: &[DeviceId]) -> Sent {
    let by_hash: HashMap<EntryHash, &Entry> =
        entries.iter().map(|entry| (entry.hash(), entry)).collect();
    let is_mine = |entry: &&Entry| mine.contains(&entry.author());
    let hand_overs: Vec<&Entry> = entries
        .iter()
        .filter(is_mine)
        .filter(|entry| matches!(entry.statement(), Some(Statement::HandedOver { .. })))
        .collect();
    let mut covered = HashSet::new();
    let mut to_visit = hand_overs.clone();
    while let Some(entry) = to_visit.pop() {
        if covered.insert(entry.hash()) {
            let parents = entry.parents().iter();
            to_visit.extend(parents.filter_map(|parent| by_hash.get(parent)));
        }
    }
    // What a desk says of a report goes in an answer, not in a hand-over.
    let is_reply = |entry: &Entry| {
        matches!(
            entry.statement(),
            Some(Statement::Opened | Statement::Answered { .. })
        )
    };
    let left_out = entries
        .iter()
        .filter(is_mine)
        .filter(|entry| !covered.contains(&entry.hash()) && !is_reply(entry));
    Sent {
        times: hand_overs.len() as u64,
        left_out: left_out.count() as u64,
    }
}

/// This device, and those it took the place of.
pub(super) fn mine(connection: &Connection) -> Result<Vec<DeviceId>, StoreError> {
    let mut mine = vec![me(connection)?];
    if let Some(former) = settings::get(connection, settings::FORMER)? {
        let (keys, rest) = former.as_chunks::<32>();
        if !rest.is_empty() {
            return Err(StoreError::Damaged);
        }
        mine.extend(keys.iter().map(|key| DeviceId::from_bytes(*key)));
    }
    Ok(mine)
}

/// The device whose vault this is.
fn me(connection: &Connection) -> Result<DeviceId, StoreError> {
    let seed: Zeroizing<Vec<u8>> = connection
        .prepare_cached("SELECT value FROM own WHERE name = 'signing_seed'")?
        .query_row((), |row| row.get(0).map(Zeroizing::new))
        .optional()?
        .ok_or(StoreError::Damaged)?;
    let seed = seed
        .as_slice()
        .try_into()
        .map_err(|_| StoreError::Damaged)?;
    Ok(DeviceId::of(&SigningKey::from_seed(seed)))
}

/// Takes the line out of the list and the search; gives back where it stood.
fn remove(connection: &Connection, id: IncidentId) -> Result<Option<i64>, StoreError> {
    let position: Option<i64> = connection
        .prepare_cached("DELETE FROM incidents WHERE incident = ?1 RETURNING position")?
        .query_row([id.as_bytes()], |row| row.get(0))
        .optional()?;
    if let Some(position) = position {
        connection
            .prepare_cached("DELETE FROM search WHERE rowid = ?1")?
            .execute([position])?;
    }
    Ok(position)
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
