//! Handing in a courier file from any device (I-23): whoever has an invite of the same coalition
//! can deliver what somebody else packed, read none of it, and carry the receipts back.

use std::collections::BTreeMap;
use std::io::{self, Read, Seek, SeekFrom};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use holdfast_wire::{MailboxId, ObjectId, SendCapability, UploadId};
use tokio::task::spawn_blocking;

use crate::courier::{CourierError, CourierItem, copy_object, read_index};
use crate::deliver::deliver;
use crate::{Client, Endpoint, LocalFault, Outbox, Outcome, ReadSeek, SyncError, Ticket};

/// What lets the carrier deliver to one mailbox, from an invite of their own.
#[derive(Debug)]
pub struct Grant {
    /// Where the mailbox is.
    pub endpoint: Endpoint,
    /// The mailbox.
    pub mailbox: MailboxId,
    /// What lets us send to it.
    pub send: SendCapability,
}

/// What came of handing in a courier file.
#[derive(Debug)]
pub struct HandedIn {
    /// The objects now held, each with its verified receipt, for whoever packed the file.
    pub held: Vec<(CourierItem, Vec<u8>)>,
    /// How many are for mailboxes that no grant is for.
    pub without_grant: usize,
    /// How many were damaged, or lay behind the place where the file was cut off.
    pub damaged: usize,
    /// What the pass did. After a failure that time can mend, hand the file in again: only what
    /// is missing is sent.
    pub outcome: Outcome,
}

/// Opens the courier file; called for checking it and for every object sent.
pub type OpenCourier = Arc<dyn Fn() -> io::Result<Box<dyn ReadSeek + Send>> + Send + Sync>;

/// Delivers the objects of a courier file that `grants` allow, after checking each.
///
/// # Errors
/// When the head of the file is not that of a courier file this version reads.
pub async fn hand_in(
    client: &Client,
    open: OpenCourier,
    grants: &[Grant],
) -> Result<HandedIn, CourierError> {
    let checking = Arc::clone(&open);
    let (intact, damaged) = spawn_blocking(move || check(&mut *checking()?))
        .await
        .map_err(LocalFault::other)??;
    let mut without_grant = 0;
    let mut entries = Vec::new();
    for (item, place) in intact {
        match grants.iter().find(|grant| grant.mailbox == item.mailbox) {
            Some(grant) => entries.push((item, place, grant)),
            None => without_grant += 1,
        }
    }
    let outbox = CourierOutbox {
        open,
        entries,
        done: Mutex::default(),
        uploads: Mutex::default(),
    };
    let outcome = {
        let _turn = client.turn().await;
        deliver(client, &outbox, None, None).await
    };
    let mut done = outbox
        .done
        .into_inner()
        .unwrap_or_else(PoisonError::into_inner);
    let held = outbox
        .entries
        .iter()
        .filter_map(|(item, ..)| Some((*item, done.remove(&item.object)??)))
        .collect();
    Ok(HandedIn {
        held,
        without_grant,
        damaged,
        outcome,
    })
}

/// The intact objects with their places in the file, and how many are not intact.
fn check(file: &mut dyn Read) -> Result<(Vec<(CourierItem, u64)>, usize), CourierError> {
    let index = read_index(file)?;
    let mut intact = Vec::new();
    for (item, place) in index.places() {
        match copy_object(file, &item, &mut |_| Ok(())) {
            Ok(true) => intact.push((item, place)),
            Ok(false) => {}
            Err(CourierError::Truncated) => break,
            Err(error) => return Err(error),
        }
    }
    let damaged = index.items().len() - intact.len();
    Ok((intact, damaged))
}

/// A courier file as an outbox.
struct CourierOutbox<'a> {
    open: OpenCourier,
    entries: Vec<(CourierItem, u64, &'a Grant)>,
    /// The receipt of what is held; nothing for what cannot go.
    done: Mutex<BTreeMap<ObjectId, Option<Vec<u8>>>>,
    uploads: Mutex<BTreeMap<ObjectId, UploadId>>,
}

impl Outbox for CourierOutbox<'_> {
    fn waiting(&self) -> Result<Vec<Ticket>, LocalFault> {
        let (done, uploads) = (lock(&self.done), lock(&self.uploads));
        let waiting = self
            .entries
            .iter()
            .filter(|(item, ..)| !done.contains_key(&item.object));
        Ok(waiting
            .map(|(item, _, grant)| Ticket {
                endpoint: grant.endpoint.clone(),
                mailbox: item.mailbox,
                send: SendCapability::from_bytes(*grant.send.expose_bytes()),
                object: item.object,
                size: item.size,
                upload: uploads.get(&item.object).copied(),
            })
            .collect())
    }

    fn open(&self, object: &ObjectId) -> Result<Box<dyn ReadSeek + Send>, LocalFault> {
        let (item, place, _) = self
            .entries
            .iter()
            .find(|(item, ..)| item.object == *object)
            .ok_or(LocalFault::Gone)?;
        let mut file = (self.open)()?;
        file.seek(SeekFrom::Start(*place))?;
        Ok(Box::new(Section {
            file,
            start: *place,
            length: item.size,
            at: 0,
        }))
    }

    fn uploading(&self, object: &ObjectId, upload: &UploadId, _: u64) -> Result<(), LocalFault> {
        lock(&self.uploads).insert(*object, *upload);
        Ok(())
    }

    fn held(&self, object: &ObjectId, receipt: &[u8]) -> Result<(), LocalFault> {
        lock(&self.done).insert(*object, Some(receipt.to_vec()));
        Ok(())
    }

    fn stuck(&self, object: &ObjectId, _: &SyncError) -> Result<(), LocalFault> {
        lock(&self.done).insert(*object, None);
        Ok(())
    }
}

/// One object inside the file.
struct Section {
    file: Box<dyn ReadSeek + Send>,
    start: u64,
    length: u64,
    at: u64,
}

impl Read for Section {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let left = self.length.saturating_sub(self.at);
        let read = (&mut self.file).take(left).read(bytes)?;
        self.at += read as u64;
        Ok(read)
    }
}

impl Seek for Section {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::End(by) => self.length.checked_add_signed(by),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
        };
        let at = at.ok_or(io::ErrorKind::InvalidInput)?;
        self.file.seek(SeekFrom::Start(self.start + at))?;
        self.at = at;
        Ok(at)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;
    use std::time::Duration;

    use tokio::time::timeout;

    use super::*;
    use crate::{Routes, write_courier};

    #[tokio::test]
    async fn it_waits_for_the_pass_under_way() {
        let mut file = Vec::new();
        write_courier(&mut file, &[], &mut |_| Err(LocalFault::Gone)).unwrap();
        let open: OpenCourier = Arc::new(move || Ok(Box::new(Cursor::new(file.clone()))));
        let client = Client::new(Routes::default()).unwrap();
        let turn = client.turn().await;
        let mut handing_in = Box::pin(hand_in(&client, open, &[]));
        let early = timeout(Duration::from_millis(500), &mut handing_in).await;
        assert!(early.is_err());
        drop(turn);
        assert!(handing_in.await.unwrap().outcome.fault.is_none());
    }
}
