//! What delivery is given and what it gives back: the vault's outbox and mailbox, as `sync` sees
//! them. Ciphertext, sizes and capabilities pass here, nothing else (I-18).

use std::sync::Arc;

use holdfast_cbor as cbor;
use holdfast_record::ObjectId as RecordObject;
use holdfast_sync::{
    Arriving, Endpoint, Inbox, LocalFault, Mailbox, Outbox, Outcome, ReadSeek, Retry, SyncError,
    Ticket,
};
use holdfast_vault::OutboxRow;
use holdfast_wire::{
    AdmissionToken, MailboxId, ObjectId, SendCapability, SendHash, ServerKey, UploadId,
};
use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::{
    App, Notice,
    card::Card,
    inbox::Incoming,
    lookup::{LastContact, OwnMailbox},
    session::Open,
    view::Fault,
};

/// An address is no longer than that.
const DESTINATION_LIMIT: usize = 16 * 1024;

/// Where an object goes, as the outbox keeps it.
#[derive(Encode, Decode)]
#[cbor(array)]
struct Destination {
    #[n(0)]
    address: String,
    #[cbor(n(1), with = "minicbor::bytes")]
    server_key: [u8; 32],
    #[cbor(n(2), with = "minicbor::bytes")]
    mailbox: [u8; 16],
    #[cbor(n(3), with = "minicbor::bytes")]
    send: [u8; 32],
}

impl Destination {
    fn from_bytes(bytes: &[u8]) -> Result<Self, Fault> {
        cbor::decode(bytes, DESTINATION_LIMIT).map_err(|_| Fault::StoreDamaged)
    }
}

/// The outbox's bytes for a mailbox on the card's endpoint.
pub(crate) fn destination(card: &Card, mailbox: &MailboxId, send: &SendCapability) -> Vec<u8> {
    cbor::to_vec(Destination {
        address: card.endpoint_address().to_owned(),
        server_key: card.server_key.0,
        mailbox: mailbox.0,
        send: *send.expose_bytes(),
    })
}

/// What lets delivery fetch an object, or its receipt, from where it was left.
pub(crate) fn ticket(
    destination: &[u8],
    object: &RecordObject,
    size: u64,
) -> Result<Ticket, Fault> {
    let to = Destination::from_bytes(destination)?;
    let endpoint = Endpoint::new(&to.address, ServerKey(to.server_key));
    Ok(Ticket {
        endpoint: endpoint.map_err(|error| Fault::from(&error))?,
        mailbox: MailboxId(to.mailbox),
        send: SendCapability::from_bytes(to.send),
        object: ObjectId(*object.as_bytes()),
        size,
        upload: None,
    })
}

/// Which mailbox an outbox row is for; a courier file names it.
pub(crate) fn mailbox_of(destination: &[u8]) -> Result<MailboxId, Fault> {
    Ok(MailboxId(Destination::from_bytes(destination)?.mailbox))
}

/// Whose receipts an outbox row expects.
pub(crate) fn server_key_of(destination: &[u8]) -> Result<ServerKey, Fault> {
    Ok(ServerKey(Destination::from_bytes(destination)?.server_key))
}

/// Why an object does not go, as the outbox keeps it.
#[derive(Serialize, Deserialize)]
pub(crate) struct Stuck {
    pub(crate) fault: Fault,
    /// Trying again does not help; somebody has to do something.
    never: bool,
}

impl Stuck {
    pub(crate) fn of(row: &OutboxRow) -> Option<Self> {
        row.fault
            .as_deref()
            .and_then(|stuck| serde_json::from_str(stuck).ok())
    }
}

/// Serves delivery from whichever vault is open at the moment; while none is, says so.
pub(crate) struct Transport {
    pub(crate) app: App,
    /// Whether to try even what an endpoint has refused for good: somebody asked for it, and the
    /// endpoint may have changed its mind.
    pub(crate) insist: bool,
}

impl Transport {
    fn open(&self) -> Result<Arc<Open>, LocalFault> {
        self.app.open().map_err(LocalFault::from)
    }
}

pub(crate) fn record_id(object: &ObjectId) -> RecordObject {
    RecordObject::from_bytes(object.0)
}

fn fault<E: Into<Fault>>(error: E) -> LocalFault {
    error.into().into()
}

impl Outbox for Transport {
    fn waiting(&self) -> Result<Vec<Ticket>, LocalFault> {
        let open = self.open()?;
        let rows = open.vault.outbox().map_err(fault)?;
        let hopeful = rows
            .into_iter()
            .filter(|row| self.insist || !Stuck::of(row).is_some_and(|stuck| stuck.never));
        // A row that does not read must not keep the others from going.
        let tickets = hopeful.filter_map(|row| {
            let item = &row.item;
            let ticket = ticket(&item.destination, &item.object, item.size).ok()?;
            let upload = row
                .upload
                .as_deref()
                .and_then(|upload| upload.try_into().ok());
            Some(Ticket {
                upload: upload.map(UploadId),
                ..ticket
            })
        });
        Ok(tickets.collect())
    }

    fn open(&self, object: &ObjectId) -> Result<Box<dyn ReadSeek + Send>, LocalFault> {
        let (file, _) = Transport::open(self)?
            .vault
            .open_object(&record_id(object))
            .map_err(fault)?;
        Ok(Box::new(file))
    }

    fn uploading(&self, object: &ObjectId, upload: &UploadId, sent: u64) -> Result<(), LocalFault> {
        let open = Transport::open(self)?;
        open.vault
            .note_progress(&record_id(object), sent, Some(&upload.0))
            .map_err(fault)?;
        self.app.tell(Notice::Delivery);
        Ok(())
    }

    fn held(&self, object: &ObjectId, receipt: &[u8]) -> Result<(), LocalFault> {
        let open = Transport::open(self)?;
        open.vault
            .hold(&record_id(object), receipt, self.app.now())
            .map_err(fault)?;
        self.app.tell(Notice::Delivery);
        Ok(())
    }

    fn stuck(&self, object: &ObjectId, why: &SyncError) -> Result<(), LocalFault> {
        let stuck = Stuck {
            fault: why.into(),
            never: why.retry() == Retry::Never,
        };
        let stuck = serde_json::to_string(&stuck).map_err(LocalFault::other)?;
        Transport::open(self)?
            .vault
            .fail(&record_id(object), &stuck)
            .map_err(fault)?;
        self.app.tell(Notice::Delivery);
        Ok(())
    }

    fn passed(&self, outcome: &Outcome) {
        // A vault that was locked meanwhile shows nothing, and a note of the time is no promise.
        if let Ok(open) = self.app.open()
            && let Ok(Some(_)) = open.card()
        {
            let before = open.kept().ok().flatten();
            let _ = open.keep(&LastContact::after(before, outcome, self.app.now()));
        }
        // What could not be thinned is tried again after the next pass.
        let _ = self.app.thin_what_is_due();
        self.app.tell(Notice::Delivery);
    }
}

/// A vault's own mailbox at the card's endpoint, as delivery sees it.
pub(crate) fn mailbox(card: &Card, own: &OwnMailbox) -> Result<Mailbox, Fault> {
    Ok(Mailbox {
        endpoint: card.endpoint()?,
        read: own.read(),
        send_hash: SendHash::of(&own.send()),
        admission: card
            .admission
            .as_deref()
            .and_then(|token| AdmissionToken::from_text(token).ok()),
        after: own.after,
    })
}

impl Inbox for Transport {
    fn mailboxes(&self) -> Result<Vec<Mailbox>, LocalFault> {
        let open = Transport::open(self)?;
        let Some(card) = open.card().map_err(fault)? else {
            return Ok(vec![]);
        };
        let own = open.mailbox().map_err(fault)?;
        Ok(vec![mailbox(&card, &own).map_err(fault)?])
    }

    fn has(&self, object: &ObjectId) -> Result<bool, LocalFault> {
        let open = Transport::open(self)?;
        let object = record_id(object);
        let here = open.vault.has_object(&object).map_err(fault)?;
        if here {
            // It may have come in just before the power went, and not been opened yet.
            self.app.take_in(&open, &object).map_err(fault)?;
        }
        // What this vault left there itself does not come back by this road.
        Ok(here || !open.vault.receipts(&object).map_err(fault)?.is_empty())
    }

    fn arriving(&self, object: &ObjectId, size: u64) -> Result<Box<dyn Arriving>, LocalFault> {
        let open = Transport::open(self)?;
        let object = record_id(object);
        // Opened as soon as it is whole. It does not keep the vault open: after a lock it ends.
        let (app, same) = (self.app.clone(), Arc::downgrade(&open));
        Incoming::begin(&self.app, &open, object, size, move || {
            app.take_in(&*same.upgrade().ok_or(Fault::Locked)?, &object)
        })
    }

    fn advanced(&self, mailbox: &MailboxId, after: u64) -> Result<(), LocalFault> {
        let open = Transport::open(self)?;
        let mut own = open.mailbox().map_err(fault)?;
        if MailboxId::of(&own.read()) == *mailbox {
            own.after = after;
            open.keep(&own).map_err(fault)?;
        }
        Ok(())
    }
}
