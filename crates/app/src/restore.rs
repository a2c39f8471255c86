//! Bringing back what was delivered: notes from the vault's own mailbox, bundles and evidence by
//! name from where they were left, each verified before it counts (I-14).
//!
//! Everything that is here already stays as it is, so whatever cuts this off, doing it again goes on.
//! What is wrong with one object is counted, and keeps nothing else from coming.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use holdfast_record::{DeviceId, Entry, Envelope, Evidence, IncidentId, ObjectId, Statement};
use holdfast_recovery::{Keys, Note, Unverified};
use holdfast_seal::{BUNDLE_LIMIT, open_bundle};
use holdfast_sign::VerifyingKey;
use holdfast_sync::{Ticket, fetch_objects, fetch_once, receipt_for};
use holdfast_vault::OutboxItem;

use crate::{
    App, Notice,
    bundle::Content,
    card::Card,
    delivery::{rank, what},
    former::{Former, device},
    inbox::{ByName, Found, Gathering},
    session::Open,
    transport::{destination, ticket},
    view::{Fault, Recovered},
};

/// Nobody sends so many bundles in a row of which no note is left: a number so far ahead of the others
/// is made up, and counts for one.
const MOST_IN_A_HOLE: u64 = 256;

/// A bundle that is to come back.
pub(crate) struct Sought {
    pub(crate) object: ObjectId,
    pub(crate) size: u64,
    /// Where it was left, as the outbox keeps it.
    pub(crate) destination: Vec<u8>,
}

/// What the notes say.
pub(crate) struct Noted {
    pub(crate) bundles: Vec<Sought>,
    /// Who left them, the first first.
    pub(crate) devices: Vec<Former>,
    /// How many bundles were left where this vault's invite does not lead.
    pub(crate) elsewhere: u32,
}

/// What came back.
#[derive(Default)]
pub(crate) struct Restored {
    /// Reports, and whether all of each is here.
    reports: BTreeMap<IncidentId, bool>,
    pieces: BTreeMap<ObjectId, Piece>,
    evidence: BTreeSet<ObjectId>,
    /// What is in the outbox now.
    rows: Vec<(ObjectId, IncidentId)>,
    pub(crate) missing: u32,
    /// Bundles among that.
    lacking: u32,
    /// The numbers of the bundles of each device to each audience.
    numbers: BTreeMap<(VerifyingKey, [u8; 32]), BTreeSet<u64>>,
    pub(crate) fault: Option<Fault>,
}

impl Restored {
    /// Nothing yet, after what broke it off, if something did.
    pub(crate) fn after(fault: Option<Fault>) -> Self {
        Self {
            fault,
            ..Self::default()
        }
    }

    /// Whether a bundle of this device came back.
    pub(crate) fn heard(&self, device: &VerifyingKey) -> bool {
        self.numbers.keys().any(|(sender, _)| sender == device)
    }

    /// Counts the bundles before the last of each device that no note named; those of `but` may not
    /// have gone yet.
    pub(crate) fn count_holes(&mut self, but: &VerifyingKey) {
        let others = self.numbers.iter().filter(|((sender, _), _)| sender != but);
        let holes = others.flat_map(|(_, numbers)| {
            let before = std::iter::once(&0).chain(numbers);
            before.zip(numbers).map(|(before, number)| {
                let hole = number.saturating_sub(before + 1);
                if hole > MOST_IN_A_HOLE { 1 } else { hole }
            })
        });
        let holes = u32::try_from(holes.sum::<u64>()).unwrap_or(u32::MAX);
        // One that was named and did not come leaves a hole as well.
        self.missing += holes.saturating_sub(self.lacking);
    }

    pub(crate) fn view(self) -> Recovered {
        let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        Recovered {
            reports: count(self.reports.values().filter(|whole| **whole).count()),
            evidence: count(self.evidence.len()),
            missing: self.missing,
            fault: self.fault,
        }
    }
}

/// What a bundle that came back says.
struct TakenBack {
    sender: VerifyingKey,
    audience: [u8; 32],
    sequence: u64,
    /// None in a bundle that brought no report.
    incident: Option<IncidentId>,
    entries: Vec<Entry>,
    /// Entries that this version cannot read, or that do not verify.
    unread: u32,
    /// The devices that its sender declares lost.
    lost: Vec<VerifyingKey>,
}

/// A piece of evidence that is to come back, and the places where it may have been left.
struct Piece {
    incident: IncidentId,
    size: u64,
    places: Vec<Vec<u8>>,
}

impl App {
    /// Looks through all of the vault's own mailbox, from its first place.
    pub(crate) async fn gather(&self, keys: &Arc<Keys>) -> Result<Found, Fault> {
        let gathering = Gathering::new(self.clone(), Arc::clone(keys));
        let outcome = fetch_once(&self.client()?, &gathering).await;
        let broken = (outcome.fault.as_ref()).filter(|fault| !fault.is_about_one_object());
        Ok(gathering.found(broken.map(Fault::from)))
    }

    /// Brings these bundles of `authors` back. Fails only where the vault does; what the endpoint has
    /// not got is counted.
    pub(crate) async fn restore_bundles(
        &self,
        keys: &Keys,
        bundles: &[Sought],
        authors: &[DeviceId],
    ) -> Result<Restored, Fault> {
        let mut restored = Restored::after(self.fetch_all(bundles).await?);
        let mut lost = Vec::new();
        for sought in bundles {
            let open = self.open()?;
            let Some(back) = open.take_back(&sought.object, keys, authors)? else {
                restored.missing += 1;
                restored.lacking += 1;
                continue;
            };
            let stream = (back.sender, back.audience);
            (restored.numbers.entry(stream).or_default()).insert(back.sequence);
            restored.missing += back.unread;
            // In the order in which they were left: as at the desk, what another device had declared
            // lost before is flagged.
            let doubted = lost.contains(&back.sender);
            lost.extend(back.lost);
            let Some(incident) = back.incident else {
                continue;
            };
            if doubted {
                for entry in &back.entries {
                    open.flag_news(entry)?;
                }
            }
            // First what says that it was sent: cut off after this, it is asked for its receipt.
            open.vault
                .enqueue(&[sought.row(incident, what::BUNDLE, rank::WORDS)])?;
            open.vault.append(&back.entries)?;
            let whole = restored.reports.entry(incident).or_insert(true);
            *whole &= back.unread == 0;
            restored.rows.push((sought.object, incident));
            for evidence in evidence_in(&back.entries) {
                let piece = (restored.pieces)
                    .entry(evidence.object)
                    .or_insert_with(|| Piece {
                        incident,
                        size: evidence.object_size,
                        places: vec![],
                    });
                if !piece.places.contains(&sought.destination) {
                    piece.places.push(sought.destination.clone());
                }
            }
            self.tell(Notice::Changed);
        }
        Ok(restored)
    }

    /// Brings back the evidence that the bundles named, then the receipts, unless the line is down.
    pub(crate) async fn restore_rest(&self, restored: &mut Restored) -> Result<(), Fault> {
        let pieces = std::mem::take(&mut restored.pieces);
        let most = pieces.values().map(|piece| piece.places.len()).max();
        for nth in 0..most.unwrap_or(0) {
            let wanted = (pieces.iter()).filter_map(|(object, piece)| {
                let sought = Sought {
                    object: *object,
                    size: piece.size,
                    destination: piece.places.get(nth)?.clone(),
                };
                Some((piece.incident, sought))
            });
            for (incident, sought) in wanted {
                // One at a time: what is here is counted, and shown, even if the next breaks off.
                if restored.fault.is_none() {
                    restored.fault = self.fetch_all(std::slice::from_ref(&sought)).await?;
                }
                let open = self.open()?;
                if restored.evidence.contains(&sought.object)
                    || !open.vault.has_object(&sought.object)?
                {
                    continue;
                }
                open.vault
                    .enqueue(&[sought.row(incident, what::EVIDENCE, rank::EVIDENCE)])?;
                restored.rows.push((sought.object, incident));
                restored.evidence.insert(sought.object);
                self.tell(Notice::Changed);
            }
        }
        for (object, piece) in pieces {
            if !restored.evidence.contains(&object) {
                restored.missing += 1;
                restored.reports.insert(piece.incident, false);
            }
        }
        if restored.fault.is_none() {
            restored.fault = self.fetch_receipts(&restored.rows).await?;
        }
        Ok(())
    }

    /// Fetches what is not here. Gives what broke it off, if something did.
    async fn fetch_all(&self, sought: &[Sought]) -> Result<Option<Fault>, Fault> {
        let tickets: Vec<Ticket> = (sought.iter())
            .map(|it| ticket(&it.destination, &it.object, it.size))
            .collect::<Result<_, _>>()?;
        let fetched = fetch_objects(&self.client()?, &tickets, &ByName(self.clone())).await;
        Ok(fetched.err().as_ref().map(Fault::from))
    }

    /// Asks again for the receipts of what is here and has none. What an endpoint does not hold
    /// waits to be delivered again.
    async fn fetch_receipts(
        &self,
        objects: &[(ObjectId, IncidentId)],
    ) -> Result<Option<Fault>, Fault> {
        let client = self.client()?;
        let incidents: BTreeSet<IncidentId> = objects.iter().map(|(_, it)| *it).collect();
        for incident in incidents {
            for row in self.open()?.vault.outbox_of(incident)? {
                let item = &row.item;
                if row.held_at.is_some() || objects.iter().all(|(it, _)| *it != item.object) {
                    continue;
                }
                let ticket = ticket(&item.destination, &item.object, item.size)?;
                match receipt_for(&client, &ticket).await {
                    Ok(receipt) => (self.open()?.vault).hold(&item.object, &receipt, self.now())?,
                    Err(error) if error.is_about_one_object() => {}
                    Err(error) => return Ok(Some(Fault::from(&error))),
                }
            }
        }
        Ok(None)
    }
}

impl Open {
    /// What these notes, in the order of their places, say.
    pub(crate) fn read_notes(&self, notes: Vec<(u64, Note)>, card: &Card) -> Result<Noted, Fault> {
        let (end, me) = (self.notes_count_up_to()?, self.me());
        let mut noted = Noted {
            bundles: vec![],
            devices: vec![],
            elsewhere: 0,
        };
        let mut known = BTreeSet::new();
        for (place, note) in notes {
            if place > end && device(&note.author) != me {
                continue;
            }
            for left in note.left.iter().filter(|left| known.insert(left.object.0)) {
                // Nothing but the invite says which server to talk to.
                if note.place.server_key != card.server_key {
                    noted.elsewhere += 1;
                    continue;
                }
                noted.bundles.push(Sought {
                    object: ObjectId::from_bytes(left.object.0),
                    size: left.size,
                    destination: destination(card, &note.place.mailbox, &note.place.send),
                });
            }
            noted.devices.push(Former {
                author: note.author,
                identity: note.identity,
            });
        }
        Ok(noted)
    }

    /// Opens a bundle of one of `authors` with the recovery keys. None if it is not here, or is none.
    fn take_back(
        &self,
        object: &ObjectId,
        keys: &Keys,
        authors: &[DeviceId],
    ) -> Result<Option<TakenBack>, Fault> {
        if !self.vault.has_object(object)? {
            return Ok(None);
        }
        let sealed = self.read_object(object, BUNDLE_LIMIT)?;
        let Ok((bundle, _)) = open_bundle(&sealed, &[&keys.identity]) else {
            return Ok(None);
        };
        let Ok(content) = Content::from_bytes(&bundle.content) else {
            return Ok(None);
        };
        if !authors.contains(&device(&bundle.sender)) {
            return Ok(None);
        }
        // Those whose place the sender took, where nothing else of them is left.
        let recovery = keys.signing.verifying_key();
        let said = content.successions.iter().filter_map(|bytes| {
            let said = Unverified::from_bytes(bytes).ok()?;
            let said = said.verify(&recovery, &bundle.audience).ok()?;
            (said.new == bundle.sender).then_some(said)
        });
        let said: Vec<_> = said.collect();
        let before = said.iter().map(|said| device(&said.old));
        let authors: Vec<DeviceId> = before.chain(authors.iter().copied()).collect();
        let lost = said.iter().filter(|said| said.lost).map(|said| said.old);
        let desks = (self.card()?).map_or(vec![], |card| card.desks);
        let mut back = TakenBack {
            sender: bundle.sender,
            audience: bundle.audience,
            sequence: bundle.sequence,
            incident: None,
            entries: Vec::with_capacity(content.entries.len()),
            unread: 0,
            lost: lost.collect(),
        };
        for bytes in &content.entries {
            match Envelope::from_bytes(bytes).map(Envelope::verify) {
                Ok(Ok(entry)) if was_theirs_to_say(&entry, &authors, &desks) => {
                    back.entries.push(entry);
                }
                // Whoever had the old device open can write what they like for the words to find,
                // but not in the name of the desk.
                Ok(Ok(_)) => self
                    .vault
                    .quarantine(bytes, "entry: not its author's to say")?,
                _ => {
                    self.vault
                        .quarantine(bytes, "entry: does not verify here")?;
                    back.unread += 1;
                }
            }
        }
        back.incident = back.entries.first().map(Entry::incident);
        Ok(Some(back))
    }
}

/// Whether an entry in a bundle of the owner's says what its author may: a desk opens, answers and
/// notes, and the owner does all but open and answer. An entry that was forgotten says nothing.
fn was_theirs_to_say(entry: &Entry, authors: &[DeviceId], desks: &[VerifyingKey]) -> bool {
    let desk = desks.iter().any(|desk| device(desk) == entry.author());
    match entry.statement() {
        Some(Statement::Opened | Statement::Answered { .. }) => desk,
        Some(Statement::Note { .. }) | None => desk || authors.contains(&entry.author()),
        Some(_) => authors.contains(&entry.author()),
    }
}

impl Sought {
    fn row(&self, incident: IncidentId, what: &str, rank: u32) -> OutboxItem {
        OutboxItem {
            object: self.object,
            size: self.size,
            destination: self.destination.clone(),
            incident,
            what: what.to_owned(),
            rank,
        }
    }
}

fn evidence_in(entries: &[Entry]) -> impl Iterator<Item = &Evidence> {
    entries.iter().filter_map(|entry| match entry.statement() {
        Some(Statement::EvidenceAdded(evidence)) => Some(evidence),
        _ => None,
    })
}
