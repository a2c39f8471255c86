//! Delivering one object: begin, append, resume, and believe only the receipt.
//!
//! Keeps I-19: after every break the endpoint is asked how much it has, and sending goes on from
//! there; what it has is never sent again. Keeps I-22: an object is held when a receipt says so
//! that the endpoint's key signed, for this object, this mailbox and this length.
//!
//! An object goes in parts, each one streamed request, and a part is as large as the line carries
//! in some seconds. So progress that is told has been confirmed up to the part under way, a
//! transfer that stalls is seen soon, and something more pressing waits for one part, not for a
//! film.

mod request;
mod source;

use std::sync::Arc;
use std::time::Duration;

use holdfast_wire::{Problem, Receipt, Retry, UploadId};
use tokio::time::Instant;

use crate::{Client, LocalFault, Outbox, SyncError, Ticket};
use request::{Appended, Begun};
use source::Source;

/// Steps in a row that bring nothing before the pass gives up on the object.
const STEPS_IN_VAIN: u32 = 5;
/// How often one pass begins the same upload. The second time is for an endpoint that forgot it.
const BEGUN_MOST: u32 = 2;
/// How much is handed to the network between two notes of progress.
const NOTE_EVERY: u64 = 256 * 1024;

/// How large the next part is.
#[derive(Debug)]
pub(crate) struct PartSize(u64);

impl PartSize {
    const LEAST: u64 = 128 * 1024;
    const MOST: u64 = 64 * 1024 * 1024;
    const SHORT: Duration = Duration::from_secs(4);
    const LONG: Duration = Duration::from_secs(30);

    pub(crate) fn new() -> Self {
        Self(Self::LEAST)
    }

    /// Learns from a part of `length` bytes that arrived. One below the full size, the end of an
    /// object, says nothing about the line.
    fn adapt(&mut self, length: u64, took: Duration) {
        if length < self.0 {
            return;
        }
        if took < Self::SHORT {
            self.0 = (self.0 * 4).min(Self::MOST);
        } else if took > Self::LONG {
            self.0 = (self.0 / 2).max(Self::LEAST);
        }
    }
}

/// How delivering an object ended, when it did not fail.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Sent {
    /// It is held.
    Held,
    /// It stopped between two parts, because it was told to.
    GaveWay,
}

/// What is known of an upload.
#[derive(Clone, Copy, Debug)]
enum Place {
    /// There is none.
    Begin,
    /// There may be one; how much of it the endpoint has must be asked.
    Ask(UploadId),
    /// The endpoint has this much.
    At(UploadId, u64),
}

enum Step {
    To(Place),
    Held(Vec<u8>),
}

/// One object on its way.
pub(crate) struct Upload<'a> {
    client: &'a Client,
    outbox: &'a dyn Outbox,
    ticket: &'a Ticket,
    part: &'a mut PartSize,
    /// Bytes that the endpoint took over in this pass.
    taken: &'a mut u64,
    /// Opened once, so that sending goes on when the vault is locked meanwhile (I-17).
    source: Option<Arc<Source>>,
    /// What the endpoint has, as far as we know.
    has: Option<u64>,
    begun: u32,
}

impl<'a> Upload<'a> {
    pub(crate) fn new(
        client: &'a Client,
        outbox: &'a dyn Outbox,
        ticket: &'a Ticket,
        part: &'a mut PartSize,
        taken: &'a mut u64,
    ) -> Self {
        Self {
            client,
            outbox,
            ticket,
            part,
            taken,
            source: None,
            has: None,
            begun: 0,
        }
    }

    /// Goes on until the object is held, until nothing helps, or until `give_way` says so.
    pub(crate) async fn run(
        mut self,
        give_way: &(dyn Fn() -> bool + Sync),
    ) -> Result<Sent, SyncError> {
        let mut place = self.ticket.upload.map_or(Place::Begin, Place::Ask);
        let mut in_vain = 0;
        loop {
            let had = self.has;
            let error = match self.step(place).await {
                Ok(Step::Held(receipt)) => {
                    check(self.ticket, &receipt)?;
                    self.outbox.held(&self.ticket.object, &receipt)?;
                    return Ok(Sent::Held);
                }
                Ok(Step::To(next)) => {
                    place = next;
                    None
                }
                Err(error) if error.retry() == Retry::Now => {
                    place = self.after(&error, place);
                    Some(error)
                }
                Err(error) => return Err(error),
            };
            if self.has > had {
                in_vain = 0;
                if matches!(place, Place::At(..)) && give_way() {
                    return Ok(Sent::GaveWay);
                }
            } else {
                in_vain += 1;
                if in_vain > STEPS_IN_VAIN {
                    return Err(error.unwrap_or(SyncError::Stalled));
                }
            }
        }
    }

    async fn step(&mut self, place: Place) -> Result<Step, SyncError> {
        match place {
            Place::Begin => self.begin().await,
            Place::Ask(upload) => self.ask(upload).await,
            Place::At(upload, offset) => self.append(upload, offset).await,
        }
    }

    async fn begin(&mut self) -> Result<Step, SyncError> {
        if self.begun == BEGUN_MOST {
            return Err(SyncError::Refused(Problem::UnknownUpload));
        }
        let begun = request::begin(self.client, self.ticket).await?;
        self.begun += 1;
        match begun {
            Begun::Held(receipt) => Ok(Step::Held(receipt)),
            Begun::At(upload, offset) => self.know(upload, offset),
            Begun::Somewhere(upload) => Ok(Step::To(Place::Ask(upload))),
        }
    }

    async fn ask(&mut self, upload: UploadId) -> Result<Step, SyncError> {
        let (offset, complete) = request::ask(self.client, self.ticket, &upload).await?;
        if !complete {
            return self.know(upload, offset);
        }
        // The last byte had arrived and the answer was lost.
        match request::receipt(self.client, self.ticket).await {
            Ok(receipt) => {
                self.count(self.ticket.size);
                Ok(Step::Held(receipt))
            }
            Err(SyncError::Refused(Problem::UnknownObject)) => Ok(Step::To(Place::Begin)),
            Err(error) => Err(error),
        }
    }

    async fn append(&mut self, upload: UploadId, offset: u64) -> Result<Step, SyncError> {
        let source = self.source()?;
        let length = self.part.0.min(self.ticket.size - offset);
        let part = request::Part {
            upload,
            offset,
            length,
            last: offset + length == self.ticket.size,
        };
        let mut noted = offset;
        let note = &mut |sent| {
            if sent >= noted + NOTE_EVERY {
                noted = sent;
                self.note(&upload, sent);
            }
        };
        let begun = Instant::now();
        let appended = request::append(self.client, self.ticket, &part, &source, note).await;
        let took = begun.elapsed();
        if let Err(SyncError::Refused(Problem::DigestMismatch)) = appended {
            // Either the network or the disk altered bytes; in the latter case it is of no use to
            // send them again.
            source.verify(&self.ticket.object).await?;
        }
        match appended? {
            Appended::Complete(receipt) => {
                self.part.adapt(length, took);
                self.count(self.ticket.size);
                Ok(Step::Held(receipt))
            }
            Appended::At(has) => {
                if has == offset + length {
                    self.part.adapt(length, took);
                }
                self.know(upload, has)
            }
            Appended::Somewhere => Ok(Step::To(Place::Ask(upload))),
        }
    }

    /// Where to go on after a break.
    fn after(&mut self, error: &SyncError, place: Place) -> Place {
        self.part.0 = PartSize::LEAST;
        match (error, place) {
            (SyncError::Refused(Problem::UnknownUpload), _) | (_, Place::Begin) => Place::Begin,
            (_, Place::Ask(upload) | Place::At(upload, _)) => Place::Ask(upload),
        }
    }

    fn source(&mut self) -> Result<Arc<Source>, LocalFault> {
        if let Some(source) = &self.source {
            return Ok(Arc::clone(source));
        }
        let source = Arc::new(Source::new(self.outbox.open(&self.ticket.object)?));
        Ok(Arc::clone(self.source.insert(source)))
    }

    /// Takes note of how much the endpoint has.
    fn know(&mut self, upload: UploadId, offset: u64) -> Result<Step, SyncError> {
        if offset > self.ticket.size {
            return Err(SyncError::NotUnderstood { status: 200 });
        }
        self.count(offset);
        self.note(&upload, offset);
        Ok(Step::To(Place::At(upload, offset)))
    }

    fn count(&mut self, offset: u64) {
        if let Some(before) = self.has {
            *self.taken += offset.saturating_sub(before);
        }
        self.has = Some(offset);
    }

    /// A note that cannot be kept (the vault may be locked, I-17) costs one request next time.
    fn note(&self, upload: &UploadId, sent: u64) {
        let _ = self.outbox.uploading(&self.ticket.object, upload, sent);
    }
}

/// Asks an endpoint for the receipt of an object that it holds, and verifies it.
///
/// # Errors
/// [`SyncError::Refused`] with [`Problem::UnknownObject`] when it does not hold it, among others.
pub async fn receipt_for(client: &Client, ticket: &Ticket) -> Result<Vec<u8>, SyncError> {
    let receipt = request::receipt(client, ticket).await?;
    check(ticket, &receipt)?;
    Ok(receipt)
}

/// Whether a receipt proves that the ticket's object is held (I-22).
fn check(ticket: &Ticket, receipt: &[u8]) -> Result<(), SyncError> {
    let held = Receipt::from_bytes(receipt)
        .map_err(|_| SyncError::ReceiptDamaged)?
        .verify(ticket.endpoint.key())
        .map_err(|_| SyncError::ReceiptDamaged)?;
    if (held.object, held.mailbox, held.size) != (ticket.object, ticket.mailbox, ticket.size) {
        return Err(SyncError::ReceiptDamaged);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use holdfast_wire::{MailboxId, ObjectId, SendCapability, ServerKey};

    use super::*;
    use crate::{Endpoint, ReadSeek, Routes};

    #[test]
    fn parts_follow_the_line() {
        let mut part = PartSize::new();
        for _ in 0..20 {
            part.adapt(part.0, Duration::from_millis(300));
        }
        assert_eq!(part.0, PartSize::MOST);
        part.adapt(part.0, Duration::from_secs(10));
        assert_eq!(part.0, PartSize::MOST);
        for _ in 0..20 {
            part.adapt(part.0, Duration::from_secs(60));
        }
        assert_eq!(part.0, PartSize::LEAST);
    }

    #[test]
    fn small_objects_say_nothing_about_the_line() {
        let mut part = PartSize::new();
        for _ in 0..6 {
            part.adapt(2_048, Duration::from_millis(3));
        }
        assert_eq!(part.0, PartSize::LEAST);
    }

    /// Has one object of zeros.
    struct Zeros;

    impl Outbox for Zeros {
        fn waiting(&self) -> Result<Vec<Ticket>, LocalFault> {
            Ok(Vec::new())
        }

        fn open(&self, _: &ObjectId) -> Result<Box<dyn ReadSeek + Send>, LocalFault> {
            Ok(Box::new(Cursor::new(vec![0; 1 << 20])))
        }

        fn uploading(&self, _: &ObjectId, _: &UploadId, _: u64) -> Result<(), LocalFault> {
            Ok(())
        }

        fn held(&self, _: &ObjectId, _: &[u8]) -> Result<(), LocalFault> {
            Ok(())
        }

        fn stuck(&self, _: &ObjectId, _: &SyncError) -> Result<(), LocalFault> {
            Ok(())
        }
    }

    #[tokio::test]
    async fn a_part_that_failed_soon_does_not_make_the_next_one_larger() {
        // Nobody listens any more: every append fails at once.
        let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", closed.local_addr().unwrap());
        drop(closed);
        let ticket = Ticket {
            endpoint: Endpoint::new(&address, ServerKey([0; 32])).unwrap(),
            mailbox: MailboxId([1; 16]),
            send: SendCapability::from_bytes([2; 32]),
            object: ObjectId([3; 32]),
            size: 1 << 20,
            upload: None,
        };
        let client = Client::new(Routes::default()).unwrap();
        let (mut part, mut taken) = (PartSize::new(), 0);
        let mut upload = Upload::new(&client, &Zeros, &ticket, &mut part, &mut taken);
        assert!(upload.append(UploadId([4; 16]), 0).await.is_err());
        assert_eq!(part.0, PartSize::LEAST);
    }
}
