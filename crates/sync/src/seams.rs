//! What the rest of the program gives to delivery, and gets from it.
//!
//! Keeps I-18: only ciphertext, lengths, ids and capabilities pass here, never plaintext or a
//! vault key. The calls are short and made on the task that syncs, except reading and writing of
//! object bytes, which happens on a thread where blocking is allowed.

use std::io::{Read, Seek};

use holdfast_wire::{
    AdmissionToken, Listed, MailboxId, ObjectId, ReadCapability, SendCapability, SendHash, UploadId,
};

use crate::{Endpoint, LocalFault, Outcome, SyncError};

/// A place bytes can be read from at any offset.
pub trait ReadSeek: Read + Seek {}

impl<T: Read + Seek> ReadSeek for T {}

/// All that is needed to deliver one object, even when the vault has been locked (I-17).
#[derive(Debug)]
pub struct Ticket {
    /// Where it goes.
    pub endpoint: Endpoint,
    /// For whom.
    pub mailbox: MailboxId,
    /// What lets us leave something there.
    pub send: SendCapability,
    /// SHA-256 of the object.
    pub object: ObjectId,
    /// Its length in bytes.
    pub size: u64,
    /// The upload begun earlier, as told to [`Outbox::uploading`].
    pub upload: Option<UploadId>,
}

/// What is waiting to be delivered.
pub trait Outbox: Send + Sync {
    /// What waits, most pressing first (I-20). Delivery keeps this order, and asks again after
    /// every object and between the parts of a large one, so that what is written meanwhile can
    /// overtake. Leaves out what is held, and what failed with [`Retry::Never`](crate::Retry).
    fn waiting(&self) -> Result<Vec<Ticket>, LocalFault>;

    /// Opens the ciphertext of an object. It may be read on after the vault was locked.
    fn open(&self, object: &ObjectId) -> Result<Box<dyn ReadSeek + Send>, LocalFault>;

    /// Notes an upload and how far it is. `sent` may go back, when the endpoint has less than was
    /// handed to the network.
    fn uploading(&self, object: &ObjectId, upload: &UploadId, sent: u64) -> Result<(), LocalFault>;

    /// Notes that the object is held: `receipt` has been verified (I-22).
    fn held(&self, object: &ObjectId, receipt: &[u8]) -> Result<(), LocalFault>;

    /// Notes why an object could not go. [`SyncError::retry`] says whether it stays in line.
    fn stuck(&self, object: &ObjectId, why: &SyncError) -> Result<(), LocalFault>;

    /// Told after every pass of [`keep_syncing`](crate::keep_syncing).
    fn passed(&self, _outcome: &Outcome) {}
}

/// A mailbox of ours.
#[derive(Debug)]
pub struct Mailbox {
    /// Where it is.
    pub endpoint: Endpoint,
    /// What lets us read it; its id is derived from this.
    pub read: ReadCapability,
    /// The hash of the send capability that others were given.
    pub send_hash: SendHash,
    /// What lets us register it, where the endpoint asks for that.
    pub admission: Option<AdmissionToken>,
    /// The last place in it that was dealt with; 0 at first.
    pub after: u64,
}

/// Where fetched objects go.
pub trait Inbox: Send + Sync {
    /// The mailboxes to look into.
    fn mailboxes(&self) -> Result<Vec<Mailbox>, LocalFault>;

    /// Told what a page of a mailbox lists, before any of it is fetched.
    fn listed(&self, _page: &[Listed]) -> Result<(), LocalFault> {
        Ok(())
    }

    /// Whether the object is here already, whole.
    fn has(&self, object: &ObjectId) -> Result<bool, LocalFault>;

    /// Begins or resumes taking in an object of `size` bytes.
    fn arriving(&self, object: &ObjectId, size: u64) -> Result<Box<dyn Arriving>, LocalFault>;

    /// Notes that everything up to and including `after` is here.
    fn advanced(&self, mailbox: &MailboxId, after: u64) -> Result<(), LocalFault>;
}

/// An object on its way in.
pub trait Arriving: Send {
    /// How many bytes are here; the next ones go behind them.
    fn offset(&self) -> u64;

    /// Takes the next bytes.
    fn append(&mut self, bytes: &[u8]) -> Result<(), LocalFault>;

    /// Verifies that the whole has the SHA-256 that names it, and keeps it durably. If it has
    /// not, drops it and answers [`LocalFault::Damaged`]. Only this side can verify: it alone has
    /// the bytes that came in before the last interruption.
    fn finish(self: Box<Self>) -> Result<(), LocalFault>;

    /// Drops what is here.
    fn discard(self: Box<Self>) -> Result<(), LocalFault>;
}
