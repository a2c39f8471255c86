//! What the endpoint holds, mailbox by mailbox, in a [`Store`].
//!
//! Taking in an object is three conditional puts, in this order: the object, its place in the mailbox, its receipt.
//! Invariants: a receipt exists only for what is durably held and listed (I-22); a process that died between any two puts
//! is made up for by the next request for the receipt; places are counted 1, 2, 3… without gaps, so readers miss nothing.

use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use holdfast_wire::http::MAX_LISTED;
use holdfast_wire::{
    Day, Held, Listed, Listing, MailboxId, NewMailbox, ObjectId, Problem, ReadCapability, Receipt,
    SendCapability, SendHash, ServerKey, ServerSigningKey,
};

use crate::failure::Failure;
use crate::store::{Key, Put, Store};

/// Tells the time; an endpoint uses only the day of it.
pub type Clock = Arc<dyn Fn() -> SystemTime + Send + Sync>;

pub(crate) struct Mailboxes<S> {
    store: S,
    key: ServerSigningKey,
    clock: Clock,
    ledgers: Mutex<HashMap<MailboxId, Arc<tokio::sync::Mutex<Ledger>>>>,
}

/// What is listed in a mailbox, as far as it was read; the store decides.
#[derive(Default)]
struct Ledger {
    last: u64,
    bytes: u64,
    objects: HashSet<ObjectId>,
}

impl<S: Store> Mailboxes<S> {
    pub(crate) fn new(store: S, key: ServerSigningKey, clock: Clock) -> Self {
        Self {
            store,
            key,
            clock,
            ledgers: Mutex::default(),
        }
    }

    pub(crate) fn server_key(&self) -> ServerKey {
        self.key.server_key()
    }

    /// What the mailbox was made with.
    pub(crate) async fn find(&self, mailbox: &MailboxId) -> Result<Option<NewMailbox>, Failure> {
        let Some(bytes) = self.store.get(&Key::mailbox(mailbox)).await? else {
            return Ok(None);
        };
        NewMailbox::from_bytes(&bytes)
            .map(Some)
            .map_err(|_| Failure::damaged("mailbox"))
    }

    pub(crate) async fn make(&self, mailbox: &MailboxId, new: &NewMailbox) -> Result<Put, Failure> {
        Ok(self
            .store
            .put_new(&Key::mailbox(mailbox), new.to_bytes())
            .await?)
    }

    /// Lets pass who may send to the mailbox. That there is none is said in the same words, so that a mailbox id found on
    /// a courier's stick does not tell where it is served.
    pub(crate) async fn check_send(
        &self,
        mailbox: &MailboxId,
        capability: &SendCapability,
    ) -> Result<(), Failure> {
        match self.find(mailbox).await? {
            Some(found) if found.send_hash == SendHash::of(capability) => Ok(()),
            _ => Err(Problem::MailboxRefused.into()),
        }
    }

    /// Lets pass who may read the mailbox, if there is one.
    pub(crate) async fn check_read(
        &self,
        mailbox: &MailboxId,
        capability: &ReadCapability,
    ) -> Result<(), Failure> {
        if MailboxId::of(capability) == *mailbox && self.find(mailbox).await?.is_some() {
            Ok(())
        } else {
            Err(Problem::MailboxRefused.into())
        }
    }

    /// Lets pass who may fetch an object by its name: whoever may read the mailbox, and whoever may send to it, who knows
    /// the name only of what they were told of. Listing takes the capability to read.
    pub(crate) async fn check_fetch(
        &self,
        mailbox: &MailboxId,
        capability: &str,
    ) -> Result<(), Failure> {
        let read = ReadCapability::from_text(capability).map_err(|_| Problem::CapabilityMissing)?;
        if self.check_read(mailbox, &read).await.is_ok() {
            return Ok(());
        }
        let send = SendCapability::from_text(capability).map_err(|_| Problem::CapabilityMissing)?;
        self.check_send(mailbox, &send).await
    }

    /// How many bytes the mailbox holds.
    pub(crate) async fn bytes(&self, mailbox: &MailboxId) -> Result<u64, Failure> {
        let ledger = self.ledger(mailbox);
        let mut ledger = ledger.lock().await;
        self.catch_up(mailbox, &mut ledger).await?;
        Ok(ledger.bytes)
    }

    /// Takes in the file at `staged`, whose bytes are the object's.
    pub(crate) async fn keep(
        &self,
        mailbox: &MailboxId,
        object: &ObjectId,
        staged: &Path,
    ) -> Result<Vec<u8>, Failure> {
        self.store
            .commit(&Key::object(mailbox, object), staged)
            .await?;
        self.receipt(mailbox, object)
            .await?
            .ok_or_else(|| Failure::damaged("object"))
    }

    /// The receipt for an object, if it is held; finishes what a process that died had begun.
    pub(crate) async fn receipt(
        &self,
        mailbox: &MailboxId,
        object: &ObjectId,
    ) -> Result<Option<Vec<u8>>, Failure> {
        let key = Key::receipt(mailbox, object);
        if let Some(receipt) = self.store.get(&key).await? {
            return Ok(Some(receipt));
        }
        let Some(size) = self.store.held(&Key::object(mailbox, object)).await? else {
            return Ok(None);
        };
        self.list(mailbox, object, size).await?;
        let held = Held {
            object: *object,
            mailbox: *mailbox,
            size,
            day: self.today(),
        };
        let receipt = Receipt::sign(&self.key, &held).to_bytes();
        match self.store.put_new(&key, receipt.clone()).await? {
            Put::Made => Ok(Some(receipt)),
            Put::AlreadyThere => Ok(self.store.get(&key).await?),
        }
    }

    /// The page after place `after`.
    pub(crate) async fn page(&self, mailbox: &MailboxId, after: u64) -> Result<Listing, Failure> {
        let mut page = Vec::new();
        for seq in after.saturating_add(1).. {
            match self.at_place(mailbox, seq).await? {
                Some(listed) if page.len() < MAX_LISTED => page.push(listed),
                _ => break,
            }
        }
        Ok(Listing(page))
    }

    pub(crate) async fn size(
        &self,
        mailbox: &MailboxId,
        object: &ObjectId,
    ) -> Result<Option<u64>, Failure> {
        Ok(self.store.held(&Key::object(mailbox, object)).await?)
    }

    pub(crate) async fn read(
        &self,
        mailbox: &MailboxId,
        object: &ObjectId,
        range: std::ops::Range<u64>,
    ) -> Result<Option<S::Reader>, Failure> {
        Ok(self
            .store
            .read(&Key::object(mailbox, object), range)
            .await?)
    }

    /// Gives the object a place in the mailbox, unless it has one.
    async fn list(&self, mailbox: &MailboxId, object: &ObjectId, size: u64) -> Result<(), Failure> {
        let ledger = self.ledger(mailbox);
        let mut ledger = ledger.lock().await;
        loop {
            self.catch_up(mailbox, &mut ledger).await?;
            if ledger.objects.contains(object) {
                return Ok(());
            }
            let listed = Listed {
                seq: ledger.last + 1,
                object: *object,
                size,
            };
            let bytes = Listing(vec![listed]).to_bytes();
            if self
                .store
                .put_new(&Key::place(mailbox, listed.seq), bytes)
                .await?
                == Put::Made
            {
                ledger.add(&listed);
                return Ok(());
            }
        }
    }

    async fn catch_up(&self, mailbox: &MailboxId, ledger: &mut Ledger) -> Result<(), Failure> {
        while let Some(listed) = self.at_place(mailbox, ledger.last + 1).await? {
            ledger.add(&listed);
        }
        Ok(())
    }

    async fn at_place(&self, mailbox: &MailboxId, seq: u64) -> Result<Option<Listed>, Failure> {
        let Some(bytes) = self.store.get(&Key::place(mailbox, seq)).await? else {
            return Ok(None);
        };
        match Listing::from_bytes(&bytes)
            .as_ref()
            .map(|listing| listing.0.as_slice())
        {
            Ok([listed]) if listed.seq == seq => Ok(Some(*listed)),
            _ => Err(Failure::damaged("place")),
        }
    }

    fn ledger(&self, mailbox: &MailboxId) -> Arc<tokio::sync::Mutex<Ledger>> {
        let mut ledgers = self.ledgers.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(ledgers.entry(*mailbox).or_default())
    }

    fn today(&self) -> Day {
        let since = (self.clock)()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        Day::from_unix_seconds(since.as_secs())
    }
}

impl Ledger {
    fn add(&mut self, listed: &Listed) {
        self.last = listed.seq;
        // an object at two places takes its room once
        if self.objects.insert(listed.object) {
            self.bytes = self.bytes.saturating_add(listed.size);
        }
    }
}
