//! Bringing back what was delivered: notes from the vault's own mailbox, bundles and evidence by
//! name from where they were left, each verified before it counts (I-14).
//!
//! Everything that is here already stays as it is, so whatever cuts this off, doing it again goes on.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::Read as _,
    sync::{Arc, Mutex, PoisonError},
};

use holdfast_record::{Entry, Envelope, Evidence, IncidentId, ObjectId};
use holdfast_recovery::{Keys, NOTE_LIMIT, Note};
use holdfast_seal::{BUNDLE_LIMIT, Identity, open_bundle};
use holdfast_sign::VerifyingKey;
use holdfast_sync::{
    Arriving, Inbox, LocalFault, Mailbox, SyncError, Ticket, fetch_objects, fetch_once, receipt_for,
};
use holdfast_vault::OutboxItem;
use holdfast_wire::MailboxId;

use crate::{
    App,
    bundle::Content,
    card::Card,
    delivery::{rank, what},
    session::Open,
    succession::Former,
    transport::{Transport, destination, ticket},
    view::{Fault, Recovered},
};

/// A bundle that is to come back.
pub(crate) struct Sought {
    pub(crate) object: ObjectId,
    pub(crate) size: u64,
    /// Where it was left, as the outbox keeps it.
    pub(crate) destination: Vec<u8>,
}

/// What lies in the vault's own mailbox.
#[derive(Default)]
pub(crate) struct Found {
    pub(crate) notes: Vec<Note>,
    /// Answers, and whatever somebody else left there.
    pub(crate) others: Vec<ObjectId>,
    /// Why not all of it came.
    pub(crate) fault: Option<Fault>,
}

/// What came back.
#[derive(Default)]
pub(crate) struct Restored {
    /// Reports, and whether all of each is here.
    reports: BTreeMap<IncidentId, bool>,
    evidence: BTreeSet<ObjectId>,
    missing: u32,
    /// The number of the last bundle of each author to each audience.
    last: BTreeMap<(VerifyingKey, [u8; 32]), u64>,
    pub(crate) fault: Option<Fault>,
}

impl Restored {
    /// Nothing, because of an earlier failure.
    pub(crate) fn after(fault: Option<Fault>) -> Self {
        Self {
            fault,
            ..Self::default()
        }
    }

    pub(crate) fn last_bundle(&self, author: &VerifyingKey, audience: &[u8; 32]) -> u64 {
        self.last.get(&(*author, *audience)).copied().unwrap_or(0)
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
        let gathering = Gathering(Arc::new(Looking {
            app: self.clone(),
            keys: Arc::clone(keys),
            found: Mutex::default(),
        }));
        let outcome = fetch_once(&self.client()?, &gathering).await;
        let mut found = gathering.0.found.lock();
        let found = found.as_deref_mut().map(std::mem::take);
        Ok(Found {
            fault: outcome.fault.as_ref().map(Fault::from),
            ..found.unwrap_or_default()
        })
    }

    /// Brings these bundles back, and the evidence that they name. Fails only where the vault does;
    /// what the endpoint has not got is counted.
    pub(crate) async fn restore(
        &self,
        keys: &Keys,
        bundles: Vec<Sought>,
    ) -> Result<Restored, Fault> {
        let mut restored = Restored::after(self.fetch_all(&bundles).await?);
        let mut pieces: BTreeMap<ObjectId, Piece> = BTreeMap::new();
        let mut rows = Vec::new();
        for sought in &bundles {
            let open = self.open()?;
            let Some(back) = open.take_back(&sought.object, &keys.identity)? else {
                restored.missing += 1;
                continue;
            };
            let last = restored
                .last
                .entry((back.sender, back.audience))
                .or_default();
            *last = back.sequence.max(*last);
            let Some(incident) = back.incident else {
                continue;
            };
            // First what says that it was sent: cut off after this, it is asked for its receipt.
            open.vault.enqueue(&[row(
                sought.object,
                sought.size,
                &sought.destination,
                incident,
                what::BUNDLE,
            )])?;
            open.vault.append(&back.entries)?;
            restored.reports.entry(incident).or_insert(true);
            rows.push((sought.object, incident));
            for evidence in evidence_in(&back.entries) {
                let piece = pieces.entry(evidence.object).or_insert_with(|| Piece {
                    incident,
                    size: evidence.object_size,
                    places: vec![],
                });
                if !piece.places.contains(&sought.destination) {
                    piece.places.push(sought.destination.clone());
                }
            }
        }
        self.restore_evidence(&pieces, &mut rows, &mut restored)
            .await?;
        if restored.fault.is_none() {
            restored.fault = self.fetch_receipts(&rows).await?;
        }
        Ok(restored)
    }

    async fn restore_evidence(
        &self,
        pieces: &BTreeMap<ObjectId, Piece>,
        rows: &mut Vec<(ObjectId, IncidentId)>,
        restored: &mut Restored,
    ) -> Result<(), Fault> {
        let most = pieces.values().map(|piece| piece.places.len()).max();
        for nth in 0..most.unwrap_or(0) {
            let wanted: Vec<Sought> = (pieces.iter())
                .filter_map(|(object, piece)| {
                    Some(Sought {
                        object: *object,
                        size: piece.size,
                        destination: piece.places.get(nth)?.clone(),
                    })
                })
                .collect();
            if restored.fault.is_none() {
                restored.fault = self.fetch_all(&wanted).await?;
            }
            let open = self.open()?;
            for sought in wanted {
                let incident = pieces[&sought.object].incident;
                if restored.evidence.contains(&sought.object)
                    || !open.vault.has_object(&sought.object)?
                {
                    continue;
                }
                open.vault.enqueue(&[row(
                    sought.object,
                    sought.size,
                    &sought.destination,
                    incident,
                    what::EVIDENCE,
                )])?;
                rows.push((sought.object, incident));
                restored.evidence.insert(sought.object);
            }
        }
        for (object, piece) in pieces {
            if !restored.evidence.contains(object) {
                restored.missing += 1;
                restored.reports.insert(piece.incident, false);
            }
        }
        Ok(())
    }

    /// Fetches what is not here. Gives what broke it off, if something did.
    async fn fetch_all(&self, sought: &[Sought]) -> Result<Option<Fault>, Fault> {
        let tickets: Vec<Ticket> = (sought.iter())
            .map(|it| ticket(&it.destination, &it.object, it.size))
            .collect::<Result<_, _>>()?;
        let shelf = Shelf { app: self.clone() };
        let fetched = fetch_objects(&self.client()?, &tickets, &shelf).await;
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
                    Err(SyncError::Refused(_)) => {}
                    Err(error) => return Ok(Some(Fault::from(&error))),
                }
            }
        }
        Ok(None)
    }
}

impl Open {
    /// Keeps what notes say of the devices before this one. Gives the bundles they name, and how
    /// many were left where this vault's invite does not lead.
    pub(crate) fn take_notes(
        &self,
        notes: Vec<Note>,
        card: &Card,
    ) -> Result<(Vec<Sought>, u32), Fault> {
        let (mut bundles, mut elsewhere) = (Vec::new(), 0);
        let mut former: Vec<Former> = Vec::new();
        let mut known = BTreeSet::new();
        for note in notes {
            for left in note.left.iter().filter(|left| known.insert(left.object.0)) {
                // Nothing but the invite says which server to talk to.
                if note.place.server_key != card.server_key {
                    elsewhere += 1;
                    continue;
                }
                bundles.push(Sought {
                    object: ObjectId::from_bytes(left.object.0),
                    size: left.size,
                    destination: destination(card, &note.place.mailbox, &note.place.send),
                });
            }
            if former.iter().all(|it| it.author != note.author) {
                former.push(Former {
                    author: note.author,
                    identity: note.identity,
                });
            }
        }
        self.keep_former(former)?;
        Ok((bundles, elsewhere))
    }

    /// Opens a bundle of this vault's owner with the recovery identity. None if it is not here, or
    /// is none.
    fn take_back(
        &self,
        object: &ObjectId,
        identity: &Identity,
    ) -> Result<Option<TakenBack>, Fault> {
        if !self.vault.has_object(object)? {
            return Ok(None);
        }
        let sealed = self.read_object(object, BUNDLE_LIMIT)?;
        let Ok((bundle, _)) = open_bundle(&sealed, &[identity]) else {
            return Ok(None);
        };
        let author = holdfast_record::DeviceId::from_bytes(*bundle.sender.as_bytes());
        let Ok(content) = Content::from_bytes(&bundle.content) else {
            return Ok(None);
        };
        if !self.mine()?.contains(&author) {
            return Ok(None);
        }
        let verified = |bytes: &zeroize::Zeroizing<Vec<u8>>| {
            let envelope = Envelope::from_bytes(bytes).ok()?;
            envelope.verify().ok()
        };
        let entries: Vec<Entry> = content.entries.iter().filter_map(verified).collect();
        Ok(Some(TakenBack {
            sender: bundle.sender,
            audience: bundle.audience,
            sequence: bundle.sequence,
            incident: entries.first().map(Entry::incident),
            entries,
        }))
    }

    /// The bytes of an object; of one that is longer, nothing.
    fn read_object(&self, object: &ObjectId, most: usize) -> Result<Vec<u8>, Fault> {
        let (file, size) = self.vault.open_object(object)?;
        let mut bytes = Vec::new();
        if size <= most as u64 {
            let read = file.take(size).read_to_end(&mut bytes);
            read.map_err(|error| Fault::from(&error))?;
        }
        Ok(bytes)
    }
}

fn row(
    object: ObjectId,
    size: u64,
    destination: &[u8],
    incident: IncidentId,
    what: &str,
) -> OutboxItem {
    OutboxItem {
        object,
        size,
        destination: destination.to_owned(),
        incident,
        what: what.to_owned(),
        rank: match what {
            what::EVIDENCE => rank::EVIDENCE,
            _ => rank::WORDS,
        },
    }
}

fn evidence_in(entries: &[Entry]) -> impl Iterator<Item = &Evidence> {
    entries.iter().filter_map(|entry| match entry.statement() {
        Some(holdfast_record::Statement::EvidenceAdded(evidence)) => Some(evidence),
        _ => None,
    })
}

/// Keeps what comes, and opens nothing.
struct Shelf {
    app: App,
}

impl Inbox for Shelf {
    fn mailboxes(&self) -> Result<Vec<Mailbox>, LocalFault> {
        Ok(vec![])
    }

    fn has(&self, object: &holdfast_wire::ObjectId) -> Result<bool, LocalFault> {
        let open = self.app.open()?;
        let here = open.vault.has_object(&ObjectId::from_bytes(object.0));
        here.map_err(|error| Fault::from(error).into())
    }

    fn arriving(
        &self,
        object: &holdfast_wire::ObjectId,
        size: u64,
    ) -> Result<Box<dyn Arriving>, LocalFault> {
        let open = self.app.open()?;
        let arriving = open
            .vault
            .begin_object(ObjectId::from_bytes(object.0), size)
            .map_err(|error| LocalFault::from(Fault::from(error)))?;
        Ok(Box::new(Coming(arriving)))
    }

    fn advanced(&self, _: &MailboxId, _: u64) -> Result<(), LocalFault> {
        Ok(())
    }
}

/// An object on its way into the vault.
struct Coming(holdfast_vault::Arriving);

impl Arriving for Coming {
    fn offset(&self) -> u64 {
        self.0.offset()
    }

    fn append(&mut self, bytes: &[u8]) -> Result<(), LocalFault> {
        let appended = self.0.append(bytes);
        appended.map_err(|error| Fault::from(error).into())
    }

    fn finish(self: Box<Self>) -> Result<(), LocalFault> {
        self.0.finish().map_err(|error| Fault::from(error).into())
    }

    fn discard(self: Box<Self>) -> Result<(), LocalFault> {
        self.0.discard().map_err(|error| Fault::from(error).into())
    }
}

/// Looks into the vault's own mailbox with the words at hand.
struct Gathering(Arc<Looking>);

struct Looking {
    app: App,
    keys: Arc<Keys>,
    found: Mutex<Found>,
}

impl Looking {
    /// Tells a note from everything else.
    fn look(&self, object: &ObjectId) -> Result<(), Fault> {
        let sealed = self.app.open()?.read_object(object, NOTE_LIMIT)?;
        let note = Note::open(&sealed, &self.keys.identity);
        let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        match note {
            Ok(note) => found.notes.push(note),
            Err(_) => found.others.push(*object),
        }
        Ok(())
    }
}

impl Inbox for Gathering {
    fn mailboxes(&self) -> Result<Vec<Mailbox>, LocalFault> {
        let transport = Transport {
            app: self.0.app.clone(),
            insist: true,
        };
        let mut mailboxes = transport.mailboxes()?;
        for mailbox in &mut mailboxes {
            mailbox.after = 0;
        }
        Ok(mailboxes)
    }

    fn has(&self, object: &holdfast_wire::ObjectId) -> Result<bool, LocalFault> {
        let id = ObjectId::from_bytes(object.0);
        let here = self.0.app.open()?.vault.has_object(&id);
        let here = here.map_err(|error| LocalFault::from(Fault::from(error)))?;
        if here {
            self.0.look(&id)?;
        }
        Ok(here)
    }

    fn arriving(
        &self,
        object: &holdfast_wire::ObjectId,
        size: u64,
    ) -> Result<Box<dyn Arriving>, LocalFault> {
        let id = ObjectId::from_bytes(object.0);
        let open = self.0.app.open()?;
        let arriving = open
            .vault
            .begin_object(id, size)
            .map_err(|error| LocalFault::from(Fault::from(error)))?;
        Ok(Box::new(Looked {
            looking: Arc::clone(&self.0),
            object: id,
            arriving: Coming(arriving),
        }))
    }

    fn advanced(&self, _: &MailboxId, _: u64) -> Result<(), LocalFault> {
        // The ordinary pass goes through it for itself, and finds everything here.
        Ok(())
    }
}

/// An object on its way in that is looked at when it is whole.
struct Looked {
    looking: Arc<Looking>,
    object: ObjectId,
    arriving: Coming,
}

impl Arriving for Looked {
    fn offset(&self) -> u64 {
        self.arriving.offset()
    }

    fn append(&mut self, bytes: &[u8]) -> Result<(), LocalFault> {
        self.arriving.append(bytes)
    }

    fn finish(self: Box<Self>) -> Result<(), LocalFault> {
        Box::new(self.arriving).finish()?;
        Ok(self.looking.look(&self.object)?)
    }

    fn discard(self: Box<Self>) -> Result<(), LocalFault> {
        Box::new(self.arriving).discard()
    }
}
