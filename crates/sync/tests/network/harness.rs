//! A real endpoint on port 0, and an outbox and an inbox in memory.

use std::collections::BTreeMap;
use std::io::Cursor;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use holdfast_endpoint::{Endpoint as Server, Home, Settings, serve};
use holdfast_sync::{
    Arriving, Client, Endpoint, Inbox, LocalFault, Mailbox, Outbox, Outcome, ReadSeek, Retry,
    Routes, SyncError, Ticket,
};
use holdfast_wire::{
    MailboxId, ObjectId, ReadCapability, SendCapability, SendHash, ServerKey, UploadId,
};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// A running endpoint.
pub(crate) struct Running {
    pub(crate) address: SocketAddr,
    pub(crate) key: ServerKey,
    pub(crate) dir: PathBuf,
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl Running {
    pub(crate) async fn start(dir: &Path, address: SocketAddr, settings: Settings) -> Self {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000);
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let home = Home::open(dir, now, &mut rng).unwrap();
        let store = home.store();
        let log = Arc::new(|_| {});
        let server = Server::new(home, store, settings, Arc::new(move || now), log);
        let key = server.server_key();
        let listener = TcpListener::bind(address).await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let task = tokio::spawn(serve(listener, server, async {
            let _ = stopped.await;
        }));
        Self {
            address,
            key,
            dir: dir.to_owned(),
            stop,
            task,
        }
    }

    pub(crate) async fn stop(self) {
        let _ = self.stop.send(());
        self.task.await.unwrap();
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The endpoint, by some road.
    pub(crate) fn endpoint_at(&self, url: &str) -> Endpoint {
        Endpoint::new(url, self.key).unwrap()
    }
}

/// What a test needs most often: an endpoint with one mailbox, and a client.
pub(crate) struct Stage {
    pub(crate) server: Running,
    pub(crate) client: Client,
    pub(crate) read: [u8; 32],
    pub(crate) send: [u8; 32],
    pub(crate) mailbox: MailboxId,
    pub(crate) dir: TempDir,
}

impl Stage {
    pub(crate) async fn set() -> Self {
        Self::set_with(Settings::default()).await
    }

    pub(crate) async fn set_with(settings: Settings) -> Self {
        let dir = TempDir::new().unwrap();
        let address = "127.0.0.1:0".parse().unwrap();
        let server = Running::start(dir.path(), address, settings).await;
        let (read, send) = ([7; 32], [9; 32]);
        let stage = Self {
            client: direct(),
            mailbox: MailboxId::of(&ReadCapability::from_bytes(read)),
            server,
            read,
            send,
            dir,
        };
        // The desk looks into its mailbox, and so makes it.
        let inbox = stage.inbox();
        let outcome = sync(&stage.client, &MemoryOutbox::default(), &inbox).await;
        assert!(outcome.fault.is_none(), "{:?}", outcome.fault);
        stage
    }

    pub(crate) fn inbox(&self) -> MemoryInbox {
        self.inbox_by(&self.server.url())
    }

    /// That of somebody else at the same endpoint.
    pub(crate) fn inbox_of(&self, read: [u8; 32], send: [u8; 32]) -> MemoryInbox {
        MemoryInbox::new(self.server.endpoint_at(&self.server.url()), read, send)
    }

    pub(crate) fn inbox_by(&self, url: &str) -> MemoryInbox {
        MemoryInbox::new(self.server.endpoint_at(url), self.read, self.send)
    }

    pub(crate) fn outbox(&self) -> MemoryOutbox {
        self.outbox_by(&self.server.url())
    }

    pub(crate) fn outbox_by(&self, url: &str) -> MemoryOutbox {
        MemoryOutbox {
            to: Some((self.server.endpoint_at(url), self.mailbox, self.send)),
            ..MemoryOutbox::default()
        }
    }
}

pub(crate) fn direct() -> Client {
    Client::new(Routes::default()).unwrap()
}

pub(crate) async fn sync(client: &Client, outbox: &MemoryOutbox, inbox: &MemoryInbox) -> Outcome {
    holdfast_sync::sync_once(client, outbox, inbox).await
}

/// Passes until nothing waits.
pub(crate) async fn drain(client: &Client, outbox: &MemoryOutbox) -> Vec<Outcome> {
    let mut passes = Vec::new();
    for _ in 0..50 {
        let outcome = sync(client, outbox, &MemoryInbox::default()).await;
        let waiting = outcome.waiting;
        passes.push(outcome);
        if waiting == 0 {
            return passes;
        }
    }
    panic!("still waiting: {:?}", passes.last());
}

pub(crate) fn bytes(length: usize, seed: u64) -> Vec<u8> {
    let mut bytes = vec![0; length];
    ChaCha8Rng::seed_from_u64(seed).fill_bytes(&mut bytes);
    bytes
}

#[derive(Clone)]
pub(crate) struct Item {
    pub(crate) object: ObjectId,
    pub(crate) bytes: Arc<[u8]>,
    /// What the ticket says; as many as there are bytes unless a test lies.
    pub(crate) size: u64,
    pub(crate) upload: Option<UploadId>,
    pub(crate) notes: Vec<u64>,
    pub(crate) receipt: Option<Vec<u8>>,
    pub(crate) stuck: Option<(String, Retry)>,
}

#[derive(Default)]
pub(crate) struct MemoryOutbox {
    pub(crate) to: Option<(Endpoint, MailboxId, [u8; 32])>,
    pub(crate) items: Mutex<Vec<Item>>,
    /// Objects in the order in which they came to be held.
    pub(crate) order: Mutex<Vec<ObjectId>>,
    pub(crate) locked: Mutex<bool>,
    /// Locks itself when an object is opened.
    pub(crate) lock_on_open: bool,
    pub(crate) passes: Mutex<Vec<bool>>,
}

impl MemoryOutbox {
    pub(crate) fn put(&self, bytes: Vec<u8>) -> ObjectId {
        let object = ObjectId::of(&bytes);
        self.put_as(object, bytes);
        object
    }

    pub(crate) fn put_as(&self, object: ObjectId, bytes: Vec<u8>) {
        self.items.lock().unwrap().push(Item {
            object,
            size: bytes.len() as u64,
            bytes: bytes.into(),
            upload: None,
            notes: Vec::new(),
            receipt: None,
            stuck: None,
        });
    }

    /// Puts something before everything else.
    pub(crate) fn put_first(&self, bytes: Vec<u8>) -> ObjectId {
        let object = self.put(bytes);
        self.items.lock().unwrap().rotate_right(1);
        object
    }

    pub(crate) fn item(&self, object: &ObjectId) -> Item {
        let items = self.items.lock().unwrap();
        items.iter().find(|i| i.object == *object).unwrap().clone()
    }

    pub(crate) fn change(&self, object: &ObjectId, change: impl FnOnce(&mut Item)) {
        let mut items = self.items.lock().unwrap();
        change(items.iter_mut().find(|i| i.object == *object).unwrap());
    }

    fn unlocked(&self) -> Result<(), LocalFault> {
        if *self.locked.lock().unwrap() {
            Err(LocalFault::Locked)
        } else {
            Ok(())
        }
    }
}

impl Outbox for MemoryOutbox {
    fn waiting(&self) -> Result<Vec<Ticket>, LocalFault> {
        self.unlocked()?;
        let items = self.items.lock().unwrap();
        let never = |item: &&Item| !matches!(item.stuck, Some((_, Retry::Never)));
        let waiting = items.iter().filter(|item| item.receipt.is_none());
        Ok(waiting
            .filter(never)
            .map(|item| {
                let (endpoint, mailbox, send) = self.to.clone().unwrap();
                Ticket {
                    endpoint,
                    mailbox,
                    send: SendCapability::from_bytes(send),
                    object: item.object,
                    size: item.size,
                    upload: item.upload,
                }
            })
            .collect())
    }

    fn open(&self, object: &ObjectId) -> Result<Box<dyn ReadSeek + Send>, LocalFault> {
        self.unlocked()?;
        *self.locked.lock().unwrap() = self.lock_on_open;
        Ok(Box::new(Cursor::new(self.item(object).bytes)))
    }

    fn uploading(&self, object: &ObjectId, upload: &UploadId, sent: u64) -> Result<(), LocalFault> {
        self.unlocked()?;
        self.change(object, |item| {
            item.upload = Some(*upload);
            item.notes.push(sent);
        });
        Ok(())
    }

    fn held(&self, object: &ObjectId, receipt: &[u8]) -> Result<(), LocalFault> {
        self.unlocked()?;
        self.change(object, |item| item.receipt = Some(receipt.to_vec()));
        self.order.lock().unwrap().push(*object);
        Ok(())
    }

    fn stuck(&self, object: &ObjectId, why: &SyncError) -> Result<(), LocalFault> {
        let why = (format!("{why:?}"), why.retry());
        self.change(object, |item| item.stuck = Some(why));
        Ok(())
    }

    fn passed(&self, outcome: &Outcome) {
        self.passes.lock().unwrap().push(outcome.fault.is_none());
    }
}

type Shelf = Arc<Mutex<BTreeMap<ObjectId, (Vec<u8>, bool)>>>;

/// An inbox: the bytes of each object, and whether it is whole.
#[derive(Default)]
pub(crate) struct MemoryInbox {
    from: Option<(Endpoint, [u8; 32], [u8; 32])>,
    pub(crate) after: Mutex<u64>,
    pub(crate) shelf: Shelf,
    /// Objects in the order in which they were asked for.
    pub(crate) asked: Mutex<Vec<ObjectId>>,
}

impl MemoryInbox {
    fn new(endpoint: Endpoint, read: [u8; 32], send: [u8; 32]) -> Self {
        Self {
            from: Some((endpoint, read, send)),
            ..Self::default()
        }
    }

    pub(crate) fn whole(&self, object: &ObjectId) -> Option<Vec<u8>> {
        let shelf = self.shelf.lock().unwrap();
        let (bytes, whole) = shelf.get(object)?;
        whole.then(|| bytes.clone())
    }
}

impl Inbox for MemoryInbox {
    fn mailboxes(&self) -> Result<Vec<Mailbox>, LocalFault> {
        let mailboxes = self.from.iter().map(|(endpoint, read, send)| Mailbox {
            endpoint: endpoint.clone(),
            read: ReadCapability::from_bytes(*read),
            send_hash: SendHash::of(&SendCapability::from_bytes(*send)),
            admission: None,
            after: *self.after.lock().unwrap(),
        });
        Ok(mailboxes.collect())
    }

    fn has(&self, object: &ObjectId) -> Result<bool, LocalFault> {
        Ok(self.whole(object).is_some())
    }

    fn arriving(&self, object: &ObjectId, _: u64) -> Result<Box<dyn Arriving>, LocalFault> {
        self.asked.lock().unwrap().push(*object);
        self.shelf.lock().unwrap().entry(*object).or_default();
        Ok(Box::new(MemoryArriving {
            object: *object,
            shelf: Arc::clone(&self.shelf),
        }))
    }

    fn advanced(&self, _: &MailboxId, after: u64) -> Result<(), LocalFault> {
        *self.after.lock().unwrap() = after;
        Ok(())
    }
}

struct MemoryArriving {
    object: ObjectId,
    shelf: Shelf,
}

impl Arriving for MemoryArriving {
    fn offset(&self) -> u64 {
        self.shelf.lock().unwrap()[&self.object].0.len() as u64
    }

    fn append(&mut self, bytes: &[u8]) -> Result<(), LocalFault> {
        let mut shelf = self.shelf.lock().unwrap();
        shelf.get_mut(&self.object).unwrap().0.extend(bytes);
        Ok(())
    }

    fn finish(self: Box<Self>) -> Result<(), LocalFault> {
        let mut shelf = self.shelf.lock().unwrap();
        let entry = shelf.get_mut(&self.object).unwrap();
        if ObjectId::of(&entry.0) != self.object {
            shelf.remove(&self.object);
            return Err(LocalFault::Damaged);
        }
        entry.1 = true;
        Ok(())
    }

    fn discard(self: Box<Self>) -> Result<(), LocalFault> {
        self.shelf.lock().unwrap().remove(&self.object);
        Ok(())
    }
}
