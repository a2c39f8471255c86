//! A real server on port 0, and a client that says exactly what a test wants said.
#![allow(dead_code, unreachable_pub, reason = "each test binary uses a part")]

use std::path::Path;
use std::sync::{Arc, Mutex, Once};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use futures_util::StreamExt;
use getrandom::{SysRng, rand_core::UnwrapErr};
use holdfast_endpoint::{Endpoint, Fault, Home, Settings, Store, serve};
use holdfast_wire::http::{
    BEARER, boolean, header, media, object_path, objects_path, receipt_path, upload_in_location,
    upload_path, uploads_path,
};
use holdfast_wire::{
    Held, Listing, MailboxId, NewMailbox, ObjectId, Problem, ReadCapability, Receipt,
    SendCapability, SendHash, ServerKey, UploadId,
};
use reqwest::{Body, Method, RequestBuilder, Response};
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

/// A moment of 2026-11-22.
pub fn now() -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(1_795_372_215)
}

pub fn home(dir: &Path) -> Home {
    Home::open(dir, now(), &mut UnwrapErr(SysRng)).unwrap()
}

pub fn settings() -> Settings {
    Settings {
        keep_free: 0,
        ..Settings::default()
    }
}

/// Bytes that differ from place to place.
pub fn bytes(length: usize) -> Vec<u8> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64 ^ length as u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 32) as u8
    };
    (0..length).map(|_| next()).collect()
}

pub struct Server {
    pub api: Api,
    pub key: ServerKey,
    pub faults: Arc<Mutex<Vec<Fault>>>,
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl Server {
    pub async fn start(dir: &Path) -> Self {
        Self::start_with(dir, settings()).await
    }

    pub async fn start_with(dir: &Path, settings: Settings) -> Self {
        let home = home(dir);
        let store = home.store();
        Self::start_on(home, store, settings).await
    }

    pub async fn start_on<S: Store>(home: Home, store: S, settings: Settings) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let api = Api::new(format!("http://{}", listener.local_addr().unwrap()));
        let faults = Arc::new(Mutex::new(vec![]));
        let log = Arc::clone(&faults);
        let log = Arc::new(move |fault| log.lock().unwrap().push(fault));
        let endpoint = Endpoint::new(home, store, settings, Arc::new(now), log);
        let key = endpoint.server_key();
        let (stop, stopped) = oneshot::channel();
        let task = tokio::spawn(serve(listener, endpoint, async {
            let _ = stopped.await;
        }));
        Self {
            api,
            key,
            faults,
            stop,
            task,
        }
    }

    pub async fn stop(self) {
        self.stop.send(()).unwrap();
        self.task.await.unwrap();
    }
}

pub struct Mailbox {
    pub id: MailboxId,
    pub read: ReadCapability,
    pub send: SendCapability,
}

impl Mailbox {
    pub fn new() -> Self {
        let mut rng = UnwrapErr(SysRng);
        let read = ReadCapability::make(&mut rng);
        Self {
            id: MailboxId::of(&read),
            read,
            send: SendCapability::make(&mut rng),
        }
    }

    pub fn body(&self) -> Vec<u8> {
        NewMailbox {
            send_hash: SendHash::of(&self.send),
        }
        .to_bytes()
    }
}

#[derive(Clone)]
pub struct Api {
    pub url: String,
    http: reqwest::Client,
}

impl Api {
    pub fn new(url: String) -> Self {
        static PROVIDER: Once = Once::new();
        PROVIDER.call_once(|| drop(rustls::crypto::ring::default_provider().install_default()));
        Self {
            url,
            http: reqwest::Client::builder().no_proxy().build().unwrap(),
        }
    }

    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.url))
    }

    pub fn reading(&self, method: Method, path: &str, mailbox: &Mailbox) -> RequestBuilder {
        self.bearing(method, path, &mailbox.read.expose_text())
    }

    pub fn sending(&self, method: Method, path: &str, mailbox: &Mailbox) -> RequestBuilder {
        self.bearing(method, path, &mailbox.send.expose_text())
    }

    pub fn bearing(&self, method: Method, path: &str, capability: &str) -> RequestBuilder {
        self.request(method, path)
            .header(header::AUTHORIZATION, format!("{BEARER}{capability}"))
    }

    pub fn making(&self, mailbox: &Mailbox) -> RequestBuilder {
        let path = holdfast_wire::http::mailbox_path(&mailbox.id);
        self.reading(Method::PUT, &path, mailbox)
            .body(mailbox.body())
    }

    pub async fn make(&self) -> Mailbox {
        let mailbox = Mailbox::new();
        assert_eq!(self.making(&mailbox).send().await.unwrap().status(), 201);
        mailbox
    }

    pub fn beginning(&self, mailbox: &Mailbox, object: &ObjectId, length: u64) -> RequestBuilder {
        self.sending(Method::POST, &uploads_path(&mailbox.id), mailbox)
            .header(header::OBJECT, object.to_string())
            .header(header::UPLOAD_LENGTH, length)
            .header(header::UPLOAD_COMPLETE, boolean(false))
    }

    pub async fn begin(&self, mailbox: &Mailbox, bytes: &[u8]) -> UploadId {
        let response = self
            .beginning(mailbox, &ObjectId::of(bytes), bytes.len() as u64)
            .send()
            .await
            .unwrap();
        assert_eq!(response.status(), 201);
        upload_in_location(text(&response, "location")).unwrap()
    }

    pub fn appending(&self, upload: UploadId, offset: u64, ends: bool) -> RequestBuilder {
        self.request(Method::PATCH, &upload_path(&upload))
            .header("content-type", media::PARTIAL_UPLOAD)
            .header(header::UPLOAD_OFFSET, offset)
            .header(header::UPLOAD_COMPLETE, boolean(ends))
    }

    pub async fn append(
        &self,
        upload: UploadId,
        offset: u64,
        bytes: &[u8],
        ends: bool,
    ) -> Response {
        self.appending(upload, offset, ends)
            .body(bytes.to_vec())
            .send()
            .await
            .unwrap()
    }

    /// The offset of an upload that is there.
    pub async fn offset(&self, upload: UploadId) -> u64 {
        let response = self
            .request(Method::HEAD, &upload_path(&upload))
            .send()
            .await
            .unwrap();
        assert_eq!(response.status(), 204);
        integer(&response, header::UPLOAD_OFFSET)
    }

    /// Sends an object whole.
    pub async fn deliver(&self, mailbox: &Mailbox, bytes: &[u8]) -> Response {
        let upload = self.begin(mailbox, bytes).await;
        self.append(upload, 0, bytes, true).await
    }

    pub async fn receipt(&self, mailbox: &Mailbox, object: &ObjectId) -> Response {
        self.sending(Method::GET, &receipt_path(&mailbox.id, object), mailbox)
            .send()
            .await
            .unwrap()
    }

    pub async fn list(&self, mailbox: &Mailbox, after: u64) -> Listing {
        let path = objects_path(&mailbox.id, after);
        let response = self
            .reading(Method::GET, &path, mailbox)
            .send()
            .await
            .unwrap();
        assert_eq!(response.status(), 200);
        Listing::from_bytes(&response.bytes().await.unwrap()).unwrap()
    }

    pub fn getting(&self, mailbox: &Mailbox, object: &ObjectId) -> RequestBuilder {
        self.reading(Method::GET, &object_path(&mailbox.id, object), mailbox)
    }

    pub async fn get(&self, mailbox: &Mailbox, object: &ObjectId) -> Vec<u8> {
        self.getting(mailbox, object)
            .send()
            .await
            .unwrap()
            .bytes()
            .await
            .unwrap()
            .to_vec()
    }
}

pub type Pieces = mpsc::UnboundedSender<Result<Vec<u8>, std::io::Error>>;

/// A body whose pieces are sent when the test says so.
pub fn pieces() -> (Pieces, Body) {
    let (sender, receiver) = mpsc::unbounded_channel();
    let stream = futures_util::stream::unfold(receiver, |mut receiver| async {
        Some((receiver.recv().await?, receiver))
    });
    (sender, Body::wrap_stream(stream.boxed()))
}

/// Waits until the upload has `offset` bytes on the disk, without asking the server, which would end the append.
pub async fn wait_for_bytes(dir: &Path, upload: UploadId, offset: u64) {
    let data = dir.join("uploads").join(upload.to_string()).join("data");
    let deadline = Instant::now() + Duration::from_secs(10);
    while data.metadata().map_or(0, |metadata| metadata.len()) != offset {
        assert!(Instant::now() < deadline, "the bytes were not written");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

pub fn text<'r>(response: &'r Response, name: &str) -> &'r str {
    response.headers()[name].to_str().unwrap()
}

pub fn integer(response: &Response, name: &str) -> u64 {
    text(response, name).parse().unwrap()
}

/// The problem that an answer says.
pub async fn problem(response: Response) -> Problem {
    let status = response.status().as_u16();
    assert_eq!(text(&response, "content-type"), media::PROBLEM);
    let body = response.bytes().await.unwrap();
    Problem::from_json(status, &body)
        .unwrap_or_else(|| panic!("{status} {}", String::from_utf8_lossy(&body)))
}

/// What the receipt in an answer says, checked.
pub async fn held(response: Response, key: &ServerKey) -> Held {
    assert_eq!(response.status(), 200);
    assert_eq!(text(&response, "content-type"), media::CBOR);
    Receipt::from_bytes(&response.bytes().await.unwrap())
        .unwrap()
        .verify(key)
        .unwrap()
}
