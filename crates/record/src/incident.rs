//! Incidents: what entries add up to.
//!
//! [`Incident::from_entries`] is the merge (I-3). It is a function of the *set* of entries: order
//! of arrival, repetition and grouping make no difference, and no clock decides anything but the
//! order in which unrelated things are shown. Nothing written is dropped: a value gives way only
//! to a value whose author had seen it; values written without knowledge of each other all stand
//! until somebody who has seen them settles it.

use core::{cmp::Reverse, fmt};
use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap};

use crate::{
    DeviceId, Entry, EntryHash, Evidence, IncidentId, Place, Statement, Timestamp, Value, When,
};

/// A value that stands, and the first entry that says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The value.
    pub value: Value,
    /// The entry.
    pub entry: EntryHash,
    /// Who wrote it.
    pub author: DeviceId,
    /// Its author's clock.
    pub made_at: Timestamp,
}

/// A note or an answer.
#[derive(Clone, PartialEq, Eq)]
pub struct Remark {
    /// The words.
    pub text: String,
    /// The entry.
    pub entry: EntryHash,
    /// Who wrote it.
    pub author: DeviceId,
    /// Its author's clock.
    pub made_at: Timestamp,
}

/// That the incident was put on its way to somebody.
#[derive(Clone, PartialEq, Eq)]
pub struct HandedOver {
    /// To whom.
    pub recipient: String,
    /// How: `endpoint`, `courier`, or a code of a newer version.
    pub mode: String,
    /// The entry.
    pub entry: EntryHash,
    /// Who handed it over.
    pub author: DeviceId,
    /// Its author's clock.
    pub made_at: Timestamp,
}

/// That a desk opened and read the incident.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opened {
    /// The entry.
    pub entry: EntryHash,
    /// Who opened it.
    pub author: DeviceId,
    /// Its author's clock.
    pub made_at: Timestamp,
}

/// Whether consent stands for one purpose and one recipient.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Consent {
    /// Given, and not withdrawn since.
    Given,
    /// Withdrawn, and not given by anybody who had seen the withdrawal.
    Withdrawn,
}

/// An incident as its entries tell it. Lists are in the order of [`Incident::history`].
#[derive(Clone, PartialEq, Eq)]
pub struct Incident {
    /// The incident.
    pub id: IncidentId,
    /// Every field that was set, with every value that stands; more than one is a conflict. Those that
    /// nobody but a doubted entry says come last.
    pub fields: BTreeMap<String, Vec<Standing>>,
    /// Evidence, with the entry that added it.
    pub evidence: Vec<(EntryHash, Evidence)>,
    /// Notes.
    pub notes: Vec<Remark>,
    /// The desk's answers.
    pub answers: Vec<Remark>,
    /// Consent by purpose and recipient.
    pub consent: BTreeMap<(String, String), Consent>,
    /// Each time it was handed over.
    pub handed_over: Vec<HandedOver>,
    /// Each time a desk opened it.
    pub opened: Vec<Opened>,
    /// Somebody opened it, or answered, having seen every hand-over there is.
    pub read: bool,
    /// Somebody answered, having seen every hand-over there is.
    pub answered: bool,
    /// The entries that no present entry names as a parent, ascending: parents of the next entry.
    pub heads: Vec<EntryHash>,
    /// The entries that a present entry names as a parent and that are not present.
    pub missing: BTreeSet<EntryHash>,
    /// Every present entry after all its present parents; unrelated ones by their authors'
    /// clocks, then by hash.
    pub history: Vec<EntryHash>,
}

impl Incident {
    /// Merges the entries of one incident. They may repeat, come in any order, and lack ancestors;
    /// of an entry that comes twice, once forgotten, what it says is taken.
    ///
    /// Entries of one incident belong together: if there are others, those of the incident with
    /// the least id are merged. No entries at all give an incident with nothing in it, of id zero.
    pub fn from_entries<'e>(entries: impl IntoIterator<Item = &'e Entry>) -> Self {
        Self::from_doubted(entries, &[])
    }

    /// The same, where some entries may not be their author's own: what they say counts as much, and
    /// of several values that stand is shown after what others say.
    pub fn from_doubted<'e>(
        entries: impl IntoIterator<Item = &'e Entry>,
        doubted: &[EntryHash],
    ) -> Self {
        let graph = Graph::new(entries);
        let mut incident = graph.bare_incident();
        incident.answered = graph
            .follows_every_hand_over(|statement| matches!(statement, Statement::Answered { .. }));
        incident.read = graph.follows_every_hand_over(|statement| {
            matches!(statement, Statement::Opened | Statement::Answered { .. })
        });
        let mut fields: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        let mut consents: BTreeMap<(&str, &str), Vec<usize>> = BTreeMap::new();
        for (node, entry) in graph.entries.iter().enumerate() {
            match entry.statement() {
                Some(Statement::FieldSet { field, .. }) => {
                    fields.entry(field).or_default().push(node);
                }
                Some(
                    Statement::ConsentGiven { purpose, recipient }
                    | Statement::ConsentWithdrawn { purpose, recipient },
                ) => consents.entry((purpose, recipient)).or_default().push(node),
                Some(statement) => incident.collect(entry, statement),
                None => {}
            }
        }
        incident.fields = fields
            .into_iter()
            .map(|(field, nodes)| (field.to_owned(), graph.standing_values(&nodes, doubted)))
            .collect();
        incident.consent = consents
            .into_iter()
            .map(|((purpose, recipient), nodes)| {
                (
                    (purpose.to_owned(), recipient.to_owned()),
                    graph.standing_consent(&nodes),
                )
            })
            .collect();
        incident
    }

    /// Takes what only ever adds up.
    fn collect(&mut self, entry: &Entry, statement: &Statement) {
        let (hash, author, made_at) = (entry.hash(), entry.author(), entry.made_at());
        let remark = |text: &String| Remark {
            text: text.clone(),
            entry: hash,
            author,
            made_at,
        };
        match statement {
            Statement::EvidenceAdded(evidence) => self.evidence.push((hash, evidence.clone())),
            Statement::Note { text } => self.notes.push(remark(text)),
            Statement::Answered { text } => self.answers.push(remark(text)),
            Statement::HandedOver { recipient, mode } => self.handed_over.push(HandedOver {
                recipient: recipient.clone(),
                mode: mode.clone(),
                entry: hash,
                author,
                made_at,
            }),
            Statement::Opened => self.opened.push(Opened {
                entry: hash,
                author,
                made_at,
            }),
            Statement::Created
            | Statement::FieldSet { .. }
            | Statement::ConsentGiven { .. }
            | Statement::ConsentWithdrawn { .. }
            | Statement::Unknown { .. } => {}
        }
    }

    /// Every value that stands in a field, oldest first, the doubted ones after all others.
    pub fn standing(&self, field: &str) -> &[Standing] {
        self.fields.get(field).map_or(&[], Vec::as_slice)
    }

    /// Whether more than one value stands in a field.
    pub fn in_conflict(&self, field: &str) -> bool {
        self.standing(field).len() > 1
    }

    /// The first value of a field that is of the wanted kind.
    fn first<'i, T: ?Sized>(
        &'i self,
        field: &str,
        pick: impl Fn(&'i Value) -> Option<&'i T>,
    ) -> Option<&'i T> {
        self.standing(field)
            .iter()
            .find_map(|standing| pick(&standing.value))
    }

    /// The first text that stands in a field.
    pub fn text(&self, field: &str) -> Option<&str> {
        self.first(field, |value| match value {
            Value::Text { text, .. } => Some(text.as_str()),
            _ => None,
        })
    }

    /// The first codes that stand in a field; none if there are none.
    pub fn codes(&self, field: &str) -> &[String] {
        let codes = self.first(field, |value| match value {
            Value::Codes(codes) => Some(codes.as_slice()),
            _ => None,
        });
        codes.unwrap_or_default()
    }

    /// The first moment that stands in a field.
    pub fn when(&self, field: &str) -> Option<&When> {
        self.first(field, |value| match value {
            Value::When(when) => Some(when),
            _ => None,
        })
    }

    /// The first place that stands in a field.
    pub fn place(&self, field: &str) -> Option<&Place> {
        self.first(field, |value| match value {
            Value::Place(place) => Some(place),
            _ => None,
        })
    }

    /// Whether a field says yes; in a conflict, yes wins, so that a call for help is heard.
    pub fn flag(&self, field: &str) -> bool {
        self.standing(field)
            .iter()
            .any(|standing| standing.value == Value::Flag(true))
    }

    /// Whether consent stands for a purpose and a recipient.
    pub fn consents(&self, purpose: &str, recipient: &str) -> bool {
        let key = (purpose.to_owned(), recipient.to_owned());
        self.consent.get(&key) == Some(&Consent::Given)
    }
}

/// The present entries as a graph, each numbered after all its present parents.
struct Graph<'e> {
    id: IncidentId,
    entries: Vec<&'e Entry>,
    parents: Vec<Vec<usize>>,
    heads: Vec<EntryHash>,
    missing: BTreeSet<EntryHash>,
}

impl<'e> Graph<'e> {
    fn new(entries: impl IntoIterator<Item = &'e Entry>) -> Self {
        let mut present: BTreeMap<EntryHash, &Entry> = BTreeMap::new();
        let mut id = None;
        for entry in entries {
            if id.is_none_or(|least| entry.incident() < least) {
                id = Some(entry.incident());
                present.clear();
            }
            if id == Some(entry.incident()) {
                let kept = present.entry(entry.hash()).or_insert(entry);
                if kept.statement().is_none() {
                    *kept = entry;
                }
            }
        }
        let named: BTreeSet<EntryHash> = present
            .values()
            .flat_map(|entry| entry.parents())
            .copied()
            .collect();
        let heads = present
            .keys()
            .filter(|hash| !named.contains(hash))
            .copied()
            .collect();
        let missing = named
            .into_iter()
            .filter(|hash| !present.contains_key(hash))
            .collect();
        let (entries, parents) = number(&present);
        Self {
            id: id.unwrap_or(IncidentId::from_bytes([0; 16])),
            entries,
            parents,
            heads,
            missing,
        }
    }

    fn bare_incident(&self) -> Incident {
        Incident {
            id: self.id,
            fields: BTreeMap::new(),
            evidence: Vec::new(),
            notes: Vec::new(),
            answers: Vec::new(),
            consent: BTreeMap::new(),
            handed_over: Vec::new(),
            opened: Vec::new(),
            read: false,
            answered: false,
            heads: self.heads.clone(),
            missing: self.missing.clone(),
            history: self.entries.iter().map(|entry| entry.hash()).collect(),
        }
    }

    /// Those of `nodes`, which ascend, that no other of them has among its ancestors. What is doubted
    /// takes the place of nothing that is not: whoever took a device knows what came before.
    fn last(&self, nodes: &[usize], doubted: &[EntryHash]) -> impl Iterator<Item = &'e Entry> {
        let is_doubted = |node: usize| doubted.contains(&self.entries[node].hash());
        let oldest = nodes.first().copied().unwrap_or_default();
        let firm = nodes.iter().copied().filter(|&node| !is_doubted(node));
        let (before_firm, before_any) = (
            self.ancestors(firm, oldest),
            self.ancestors(nodes.iter().copied(), oldest),
        );
        nodes
            .iter()
            .filter(move |&&node| {
                let hidden = if is_doubted(node) {
                    &before_any
                } else {
                    &before_firm
                };
                !hidden[node - oldest]
            })
            .map(|&node| self.entries[node])
            .collect::<Vec<_>>()
            .into_iter()
    }

    /// Which entries, from the `oldest` on, come before some of `nodes`.
    fn ancestors(&self, nodes: impl Iterator<Item = usize>, oldest: usize) -> Vec<bool> {
        let mut seen = vec![false; self.entries.len() - oldest];
        let mut to_visit: Vec<usize> = nodes.flat_map(|n| &self.parents[n]).copied().collect();
        while let Some(node) = to_visit.pop() {
            // Parents have lower numbers: nothing of interest lies below the oldest.
            if node >= oldest && !core::mem::replace(&mut seen[node - oldest], true) {
                to_visit.extend(&self.parents[node]);
            }
        }
        seen
    }

    /// Whether there are such statements, and no hand-over that none of them had seen: what was
    /// handed over once more is not read yet.
    fn follows_every_hand_over(&self, reply: impl Fn(&Statement) -> bool) -> bool {
        let counts = |entry: &Entry| {
            let statement = entry.statement();
            statement.is_some_and(|s| reply(s) || matches!(s, Statement::HandedOver { .. }))
        };
        let nodes: Vec<usize> = (0..self.entries.len())
            .filter(|&node| counts(self.entries[node]))
            .collect();
        let mut last = self.last(&nodes, &[]).peekable();
        last.peek().is_some() && last.all(|entry| entry.statement().is_some_and(&reply))
    }

    fn standing_values(&self, nodes: &[usize], doubted: &[EntryHash]) -> Vec<Standing> {
        let mut meanings = BTreeSet::new();
        let mut last: Vec<&Entry> = self.last(nodes, doubted).collect();
        // Before values that agree become one, so that nobody's word is doubted for who repeats it.
        last.sort_by_key(|entry| doubted.contains(&entry.hash()));
        last.into_iter()
            .filter_map(|entry| match entry.statement() {
                Some(Statement::FieldSet { value, .. }) if meanings.insert(value.meaning()) => {
                    Some(Standing {
                        value: value.clone(),
                        entry: entry.hash(),
                        author: entry.author(),
                        made_at: entry.made_at(),
                    })
                }
                _ => None,
            })
            .collect()
    }

    /// One withdrawal that stands is enough.
    fn standing_consent(&self, nodes: &[usize]) -> Consent {
        let withdrawn =
            |entry: &Entry| matches!(entry.statement(), Some(Statement::ConsentWithdrawn { .. }));
        if self.last(nodes, &[]).any(withdrawn) {
            Consent::Withdrawn
        } else {
            Consent::Given
        }
    }
}

/// Puts every entry after its parents, otherwise by clock and hash; gives each its parents'
/// numbers in that order.
fn number<'e>(present: &BTreeMap<EntryHash, &'e Entry>) -> (Vec<&'e Entry>, Vec<Vec<usize>>) {
    let mut children: HashMap<EntryHash, Vec<&'e Entry>> = HashMap::new();
    let mut waits_for: HashMap<EntryHash, usize> = HashMap::new();
    let mut ready = BinaryHeap::new();
    let place = |entry: &Entry| Reverse((entry.made_at(), entry.hash()));
    for entry in present.values() {
        let parents = entry
            .parents()
            .iter()
            .filter(|parent| present.contains_key(parent));
        let mut count = 0;
        for parent in parents {
            children.entry(*parent).or_default().push(entry);
            count += 1;
        }
        waits_for.insert(entry.hash(), count);
        if count == 0 {
            ready.push(place(entry));
        }
    }
    let mut numbers: HashMap<EntryHash, usize> = HashMap::new();
    let mut entries = Vec::with_capacity(present.len());
    let mut numbered_parents = Vec::with_capacity(present.len());
    while let Some(Reverse((_, hash))) = ready.pop() {
        let entry = present[&hash];
        numbers.insert(hash, entries.len());
        entries.push(entry);
        numbered_parents.push(
            entry
                .parents()
                .iter()
                .filter_map(|parent| numbers.get(parent))
                .copied()
                .collect(),
        );
        for child in children.remove(&hash).into_iter().flatten() {
            if let Some(count) = waits_for.get_mut(&child.hash()) {
                *count -= 1;
                if *count == 0 {
                    ready.push(place(child));
                }
            }
        }
    }
    (entries, numbered_parents)
}

impl fmt::Debug for Incident {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Incident({}, {} entries)", self.id, self.history.len())
    }
}

impl fmt::Debug for Remark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Remark({})", self.entry)
    }
}

impl fmt::Debug for HandedOver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HandedOver({})", self.entry)
    }
}
