//! Handing over: sealed for the coalition, put into the outbox in one step, and shown on its way.

use std::collections::{HashMap, hash_map};

use data_encoding::HEXLOWER;
use holdfast_record::{Entry, Evidence, Incident, IncidentId, ObjectId, Statement, purpose};
use holdfast_recovery::{Left, Note, Place};
use holdfast_seal::{Bundle, BundleHash, Recipient, SealBundleError, seal_bundle, sealed_size};
use holdfast_sync::{
    Client, Outbox as _, Outcome, Pace, Routes, SyncError, keep_syncing, sync_once,
};
use holdfast_vault::{BlobError, OutboxItem, OutboxRow, Role, StoreError, StreamHead};
use holdfast_wire::{MailboxId, SendCapability};
use sha2::{Digest as _, Sha256};

use crate::{
    App, Notice,
    bundle::{Content, ReplyAddress},
    card::Card,
    evidence::{evidence_view, parse_report},
    lookup::{Joined, LastContact},
    session::Open,
    system,
    thinning::verify_receipt,
    transport::{Stuck, Transport, destination},
    view::{
        AppState, CoalitionView, DeliveryItem, DeliveryState, DeliveryView, Fault, HandOver,
        InviteText, Outgoing, ReceiptView, ReportId, ReportView, SyncReport,
    },
};

/// What goes first (I-20): urgent words, words, what brings them back, then evidence, the small
/// before the large.
pub(crate) mod rank {
    pub(crate) const URGENT: u32 = 0;
    pub(crate) const WORDS: u32 = 1;
    pub(crate) const NOTE: u32 = 2;
    pub(crate) const EVIDENCE: u32 = 3;
}

/// What a row of the outbox is.
pub(crate) mod what {
    pub(crate) const BUNDLE: &str = "bundle";
    pub(crate) const EVIDENCE: &str = "evidence";
    /// What brings the bundle back, for whoever has the recovery words.
    pub(crate) const NOTE: &str = "note";
    /// A bundle without a report: a new device makes itself known.
    pub(crate) const SUCCESSION: &str = "succession";
}

/// How many things on their way a screen shows.
const SHOWN: u32 = 200;

/// What goes into a report's bundle beside the entries it has: the address for the answer, the key
/// that vouches for a new device, and the entries that say that it is sent and with whose consent.
const BESIDE_ENTRIES: u64 = 1_300 + 40 + 2 * 300;

/// About how long the note is that goes behind a bundle.
const NOTE: u64 = 2_270;

/// What became of a bundle that was sealed for the next place in its stream.
enum Kept {
    Kept,
    Overtaken,
}

/// To whom a bundle goes: who is to open it, and where it is left.
pub(crate) struct Addressee<'a> {
    pub(crate) audience: [u8; 32],
    pub(crate) recipients: Vec<Recipient>,
    pub(crate) mailbox: MailboxId,
    pub(crate) send: &'a SendCapability,
}

impl App {
    /// What an invite says, before trusting it.
    pub fn preview_invite(&self, args: InviteText) -> Result<CoalitionView, Fault> {
        Card::from_invite(&args.invite).map(|card| card.view())
    }

    /// Joins the coalition of an invite. A newer invite of the same coalition takes the place of
    /// the old one.
    pub fn join(&self, args: InviteText) -> Result<AppState, Fault> {
        let open = self.open()?;
        let card = Card::from_invite(&args.invite)?;
        card.endpoint()?;
        let other = open
            .card()?
            .is_some_and(|joined| joined.coalition != card.coalition);
        if other || open.vault.role() == Role::Desk {
            return Err(Fault::AlreadyJoined);
        }
        open.keep(&Joined {
            invite: args.invite,
        })?;
        self.0.wake.notify_one();
        self.tell(Notice::Changed);
        self.state(())
    }

    /// What would go out, for a last look.
    pub fn outgoing(&self, args: ReportId) -> Result<Outgoing, Fault> {
        let open = self.open()?;
        let incident = open.incident(parse_report(&args.report)?)?;
        let card = open.card()?.ok_or(Fault::NotJoined)?;
        let evidence = open.unsent_evidence(&incident)?;
        let entries = open.vault.entries(incident.id)?;
        let entries: usize = entries.iter().map(|entry| entry.to_bytes().len()).sum();
        let words = sealed_size(entries as u64 + BESIDE_ENTRIES, card.recipients.len() + 1);
        let files: u64 = evidence.iter().map(|evidence| evidence.object_size).sum();
        Ok(Outgoing {
            coalition: card.view(),
            bytes: words + NOTE + files,
            evidence: evidence
                .iter()
                .map(|evidence| evidence_view(evidence, true))
                .collect(),
        })
    }

    /// Seals a report for the coalition and puts it on its way. Without consent on record, and
    /// none given now, nothing is sealed (I-5).
    pub fn hand_over(&self, args: HandOver) -> Result<ReportView, Fault> {
        let open = self.open()?;
        let incident = open.incident(parse_report(&args.report)?)?;
        let card = open.card()?.ok_or(Fault::NotJoined)?;
        if open.vault.role() == Role::Desk {
            return Err(Fault::NotJoined);
        }
        let coalition = card.coalition.to_string();

        let mut statements = Vec::new();
        if !incident.consents(purpose::COALITION, &coalition) {
            if !args.consent {
                return Err(Fault::ConsentMissing);
            }
            statements.push(Statement::ConsentGiven {
                purpose: purpose::COALITION.to_owned(),
                recipient: coalition.clone(),
            });
        }
        statements.push(Statement::HandedOver {
            recipient: coalition,
            mode: "sealed".to_owned(),
        });
        let new = open.chain(incident.id, &incident.heads, &statements, self.now());

        let to = Addressee {
            audience: *card.coalition.as_bytes(),
            recipients: card.recipients.clone(),
            mailbox: card.mailbox,
            send: &card.send,
        };
        let evidence = open.unsent_evidence(&incident)?;
        open.send(&incident, &new, &evidence, &card, &to)?;
        self.0.wake.notify_one();
        self.tell(Notice::Changed);
        open.report_view(incident.id)
    }

    /// The delivery screen.
    pub fn delivery(&self, (): ()) -> Result<DeliveryView, Fault> {
        let open = self.open()?;
        let contact = open.kept::<LastContact>()?.unwrap_or_default();
        let waiting = open.vault.outbox()?;
        let waiting_bytes = waiting
            .iter()
            .map(|row| row.item.size.saturating_sub(row.sent))
            .sum();
        // A report's words are held when what brings them back is held too.
        let notes: HashMap<IncidentId, Option<Fault>> = (waiting.iter())
            .filter(|row| row.item.what == what::NOTE)
            .map(|row| (row.item.incident, Stuck::of(row).map(|stuck| stuck.fault)))
            .collect();
        let mut incidents: HashMap<IncidentId, Option<Incident>> = HashMap::new();
        let mut items = Vec::new();
        let shown = |row: &OutboxRow| ![what::NOTE, what::SUCCESSION].contains(&&*row.item.what);
        let rows = waiting.into_iter().chain(open.vault.delivered(SHOWN)?);
        for row in rows.filter(shown) {
            let incident = match incidents.entry(row.item.incident) {
                hash_map::Entry::Occupied(known) => known.into_mut(),
                hash_map::Entry::Vacant(unknown) => {
                    unknown.insert(open.vault.incident(row.item.incident)?)
                }
            };
            let mut item = item_view(&row, incident.as_ref());
            if item.evidence.is_none() && row.item.what == what::EVIDENCE {
                let stubs = open.vault.stubs(row.item.incident)?;
                let stub = stubs.into_iter().find(|s| s.object == row.item.object);
                item.evidence = stub.map(|stub| stub.name);
            }
            if row.item.what == what::BUNDLE
                && let Some(fault) = notes.get(&row.item.incident)
            {
                item.state = DeliveryState::Waiting;
                item.reason = item.reason.or_else(|| fault.clone());
            }
            items.push(item);
        }
        Ok(DeliveryView {
            coalition: open.card()?.map(|card| card.view()),
            items,
            waiting_bytes,
            bundles_missing: u32::try_from(open.vault.bundles_missing()?).unwrap_or(u32::MAX),
            running: self.is_passing(),
            last_contact: contact.answered_at,
            last_fault: contact.fault,
            at_risk: open.at_risk()?,
        })
    }

    /// The receipts kept for a report. Each is verified again, against the key of the endpoint it
    /// went to; one that does not verify is an error.
    pub fn receipts(&self, args: ReportId) -> Result<Vec<ReceiptView>, Fault> {
        let open = self.open()?;
        let mut views = Vec::new();
        let rows = open.vault.outbox_of(parse_report(&args.report)?)?;
        for row in rows.iter().filter(|row| row.item.what != what::NOTE) {
            for kept in open.vault.receipts(&row.item.object)? {
                let held = verify_receipt(row, &kept.receipt)?;
                views.push(ReceiptView {
                    object: row.item.object.to_string(),
                    size: held.size,
                    day: held.day.to_string(),
                    receipt: HEXLOWER.encode(&kept.receipt),
                });
            }
        }
        Ok(views)
    }

    /// Sends what waits and fetches what is there, once.
    pub async fn sync_now(&self, (): ()) -> Result<SyncReport, Fault> {
        let client = self.client()?;
        self.open()?.card()?.ok_or(Fault::NotJoined)?;
        let transport = Transport {
            app: self.clone(),
            insist: true,
        };
        self.news().clear();
        let outcome = sync_once(&client, &transport, &transport).await;
        transport.passed(&outcome);
        let news = self.news().len();
        Ok(sync_report(&outcome, news))
    }

    /// Keeps delivering and fetching while a vault is open, until the program ends.
    pub async fn keep_syncing(&self) {
        let Ok(client) = self.client() else { return };
        let transport = Transport {
            app: self.clone(),
            insist: false,
        };
        system::washed(keep_syncing(
            &client,
            &transport,
            &transport,
            &Pace::default(),
            &self.0.wake,
            std::future::pending(),
            &mut system::rng(),
        ))
        .await;
    }

    /// One client for all, so that passes take turns.
    pub(crate) fn client(&self) -> Result<Client, Fault> {
        if let Some(client) = self.0.client.get() {
            return Ok(client.clone());
        }
        let client = Client::new(Routes::default()).map_err(|error| Fault::from(&error))?;
        Ok(self.0.client.get_or_init(|| client).clone())
    }
}

impl Open {
    /// Seals an incident's entries, `new` ones last, and keeps everything in one step: the new
    /// entries, the bundle, its place in the stream and what is to be sent.
    pub(crate) fn send(
        &self,
        incident: &Incident,
        new: &[Entry],
        evidence: &[Evidence],
        card: &Card,
        to: &Addressee<'_>,
    ) -> Result<(), Fault> {
        // Another bundle may take the number between looking and keeping; then it is sealed again.
        for _ in 0..3 {
            match self.try_send(incident, new, evidence, card, to)? {
                Kept::Kept => return Ok(()),
                Kept::Overtaken => {}
            }
        }
        Err(Fault::Internal)
    }

    fn try_send(
        &self,
        incident: &Incident,
        new: &[Entry],
        evidence: &[Evidence],
        card: &Card,
        to: &Addressee<'_>,
    ) -> Result<Kept, Fault> {
        let mut all = self.vault.entries(incident.id)?;
        if self.vault.role() == Role::Desk {
            // An answer does not bring back what its reader has removed on purpose.
            all.retain(|entry| entry.author() == self.me());
        }
        all.extend(new.iter().cloned());
        let own = self.mailbox()?;
        let recovery = self.recovery()?;
        let desk = self.vault.role() == Role::Desk;
        let content = Content {
            entries: all.iter().map(|entry| entry.to_bytes().into()).collect(),
            reply: Some(ReplyAddress {
                mailbox: MailboxId::of(&own.read()),
                send: own.send(),
                recipient: self.vault.identity().recipient(),
            }),
            recovery: (!desk).then(|| recovery.verifying_key()),
            successions: self.own_successions()?,
        };
        let next = self.vault.next_out(&to.audience)?;
        let bundle = Bundle {
            sender: self.vault.signing_key().verifying_key(),
            audience: to.audience,
            sequence: next.sequence,
            previous: BundleHash(next.previous),
            content: content.to_bytes(),
        };
        let mut recipients = to.recipients.clone();
        recipients.push(recovery.recipient()?);
        let (sealed, hash) = seal_bundle(&bundle, self.vault.signing_key(), &recipients).map_err(
            |error| match error {
                SealBundleError::TooLarge => Fault::TooLarge {
                    most: holdfast_seal::BUNDLE_LIMIT as u64,
                },
                _ => Fault::Internal,
            },
        )?;

        // A desk's words bring nothing back, so it leaves no note.
        let note = match desk {
            true => None,
            false => {
                let note = self.note_of(&sealed, card, to);
                let sealed = note.seal(self.vault.signing_key(), &recovery.recipient()?);
                Some(sealed.map_err(|_| Fault::Internal)?)
            }
        };

        let there = destination(card, &to.mailbox, to.send);
        let urgent = incident.flag(holdfast_record::field::URGENT);
        let item = |object, size, destination: &[u8], what: &str, rank| OutboxItem {
            object,
            size,
            destination: destination.to_owned(),
            incident: incident.id,
            what: what.to_owned(),
            rank,
        };
        let words = if urgent { rank::URGENT } else { rank::WORDS };
        let what = if all.is_empty() {
            what::SUCCESSION
        } else {
            what::BUNDLE
        };
        let size = sealed.len() as u64;
        let mut items = vec![item(object_of(&sealed), size, &there, what, words)];
        let mut kept = vec![&*sealed];
        if let Some(note) = &note {
            let own = destination(card, &MailboxId::of(&own.read()), &own.send());
            let size = note.len() as u64;
            items.push(item(object_of(note), size, &own, what::NOTE, rank::NOTE));
            kept.push(note);
        }
        items.extend(evidence.iter().map(|e| {
            item(
                e.object,
                e.object_size,
                &there,
                what::EVIDENCE,
                rank::EVIDENCE,
            )
        }));
        let handed = holdfast_vault::HandOver {
            destination: to.audience.to_vec(),
            head: StreamHead {
                sequence: next.sequence,
                hash: hash.0,
            },
        };
        match self.vault.hand_over(new, &kept, &items, &handed) {
            Ok(()) => Ok(Kept::Kept),
            Err(BlobError::Store(StoreError::Overtaken)) => Ok(Kept::Overtaken),
            Err(error) => Err(error.into()),
        }
    }

    /// What is to be told, to whoever has the recovery words, of a bundle that is handed over.
    fn note_of(&self, sealed: &[u8], card: &Card, to: &Addressee<'_>) -> Note {
        Note {
            author: self.vault.signing_key().verifying_key(),
            identity: self.vault.identity().clone(),
            place: Place {
                address: card.endpoint_address().to_owned(),
                server_key: card.server_key,
                mailbox: to.mailbox,
                send: SendCapability::from_bytes(*to.send.expose_bytes()),
            },
            left: vec![Left {
                object: holdfast_wire::ObjectId::of(sealed),
                size: sealed.len() as u64,
            }],
        }
    }

    /// Evidence of ours that is not on its way yet.
    fn unsent_evidence(&self, incident: &Incident) -> Result<Vec<Evidence>, Fault> {
        let sent = self.vault.outbox_of(incident.id)?;
        let mut unsent = Vec::new();
        for (_, evidence) in &incident.evidence {
            let on_its_way = sent.iter().any(|row| row.item.object == evidence.object);
            if !on_its_way && self.vault.has_object(&evidence.object)? {
                unsent.push(evidence.clone());
            }
        }
        Ok(unsent)
    }
}

fn object_of(sealed: &[u8]) -> ObjectId {
    ObjectId::from_bytes(Sha256::digest(sealed).into())
}

fn item_view(row: &OutboxRow, incident: Option<&Incident>) -> DeliveryItem {
    let named = incident.and_then(|incident| {
        incident
            .evidence
            .iter()
            .find(|(_, evidence)| evidence.object == row.item.object)
    });
    let read = incident.is_some_and(|incident| incident.read);
    let held = row.held_at.is_some();
    DeliveryItem {
        object: row.item.object.to_string(),
        report: row.item.incident.to_string(),
        title: row.title.clone(),
        evidence: named.map(|(_, evidence)| evidence.name.clone()),
        size: row.item.size,
        sent: if held { row.item.size } else { row.sent },
        state: match (held, read) {
            (false, _) => DeliveryState::Waiting,
            (true, false) => DeliveryState::Held,
            (true, true) => DeliveryState::Read,
        },
        reason: Stuck::of(row).map(|stuck| stuck.fault),
        receipt: held,
    }
}

fn sync_report(outcome: &Outcome, reports: usize) -> SyncReport {
    let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    SyncReport {
        delivered: count(outcome.delivered),
        fetched: count(outcome.fetched),
        reports: count(reports),
        waiting: count(outcome.waiting),
        bytes_sent: outcome.bytes_sent,
        fault: outcome
            .fault
            .as_ref()
            .map(|error: &SyncError| Fault::from(error)),
    }
}
