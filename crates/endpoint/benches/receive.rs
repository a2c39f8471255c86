//! `cargo bench -p holdfast-endpoint`: how fast an endpoint takes in an object, beside nginx's WebDAV `PUT` of the same
//! bytes to the same disk in the same run. The goal is 0.8 of nginx (design §8).
//!
//! The endpoint hashes, syncs to the disk and signs before it answers; nginx does neither, so a third row syncs what nginx
//! wrote. Without nginx and its dav module the comparison is left out. `HOLDFAST_BENCH_MIB` and `HOLDFAST_BENCH_ROUNDS`
//! set the size (128) and the number of rounds (7); `HOLDFAST_BENCH_DIR` the directory, and so the disk.
#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a bench prints its figures and stops at once"
)]

use std::fs::{self, File};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use getrandom::{SysRng, rand_core::UnwrapErr};
use holdfast_endpoint::{Endpoint, Home, Settings, serve};
use holdfast_wire::http::{BEARER, mailbox_path, upload_in_location, uploads_path};
use holdfast_wire::{MailboxId, NewMailbox, ObjectId, ReadCapability, SendCapability, SendHash};

fn setting(name: &str, otherwise: usize) -> usize {
    std::env::var(name)
        .ok()
        .and_then(|value| value.parse().ok())
        .unwrap_or(otherwise)
}

/// One request on a connection of its own; gives the status and the head of the answer.
fn request(address: &str, method: &str, path: &str, headers: &str, body: &[u8]) -> (u16, String) {
    let mut stream = TcpStream::connect(address).unwrap();
    let length = body.len();
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: {length}\r\n{headers}\r\n"
    );
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(body).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    let answer = String::from_utf8_lossy(&answer).into_owned();
    (answer[9..12].parse().unwrap(), answer)
}

struct Holdfast {
    address: String,
    mailbox: MailboxId,
    send: SendCapability,
}

impl Holdfast {
    fn start(runtime: &tokio::runtime::Runtime, dir: &Path) -> Self {
        let mut rng = UnwrapErr(SysRng);
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_372_215);
        let home = Home::open(dir, now, &mut rng).unwrap();
        let store = home.store();
        let endpoint = Endpoint::new(
            home,
            store,
            Settings::default(),
            Arc::new(move || now),
            Arc::new(|_| {}),
        );
        let listener = runtime
            .block_on(tokio::net::TcpListener::bind("127.0.0.1:0"))
            .unwrap();
        let address = listener.local_addr().unwrap().to_string();
        runtime.spawn(serve(listener, endpoint, std::future::pending()));
        let (read, send) = (
            ReadCapability::make(&mut rng),
            SendCapability::make(&mut rng),
        );
        let mailbox = MailboxId::of(&read);
        let bearer = format!("Authorization: {BEARER}{}\r\n", read.expose_text().as_str());
        let body = NewMailbox {
            send_hash: SendHash::of(&send),
        }
        .to_bytes();
        assert_eq!(
            request(&address, "PUT", &mailbox_path(&mailbox), &bearer, &body).0,
            201
        );
        Self {
            address,
            mailbox,
            send,
        }
    }

    fn take(&self, object: &ObjectId, bytes: &[u8]) -> Duration {
        let started = Instant::now();
        let headers = format!(
            "Authorization: {BEARER}{}\r\nUpload-Length: {}\r\nUpload-Complete: ?0\r\nHoldfast-Object: {object}\r\n",
            self.send.expose_text().as_str(),
            bytes.len()
        );
        let (status, answer) = request(
            &self.address,
            "POST",
            &uploads_path(&self.mailbox),
            &headers,
            b"",
        );
        assert_eq!(status, 201);
        let location = answer
            .lines()
            .find_map(|line| line.strip_prefix("location: "))
            .unwrap();
        let path = holdfast_wire::http::upload_path(&upload_in_location(location).unwrap());
        let headers = "Content-Type: application/partial-upload\r\nUpload-Offset: 0\r\nUpload-Complete: ?1\r\n";
        assert_eq!(
            request(&self.address, "PATCH", &path, headers, bytes).0,
            200
        );
        started.elapsed()
    }
}

struct Nginx {
    child: Child,
    address: String,
    root: PathBuf,
}

impl Nginx {
    /// None when there is no nginx with the dav module.
    fn start(dir: &Path) -> Option<Self> {
        let address = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .to_string();
        let root = dir.join("root");
        fs::create_dir_all(&root).unwrap();
        let at = dir.display();
        let user = if rustix::process::geteuid().is_root() {
            "user root;"
        } else {
            ""
        };
        let configuration = format!(
            "{user} daemon off; pid {at}/pid; error_log {at}/error.log; worker_processes 2; events {{}}\n\
             http {{ access_log off; client_max_body_size 0; client_body_temp_path {at}/body;\n\
             proxy_temp_path {at}/p; fastcgi_temp_path {at}/f; uwsgi_temp_path {at}/u; scgi_temp_path {at}/s;\n\
             server {{ listen {address}; root {at}/root; location / {{ dav_methods PUT; }} }} }}"
        );
        fs::write(dir.join("nginx.conf"), configuration).unwrap();
        let mut command = Command::new("nginx");
        command
            .arg("-c")
            .arg(dir.join("nginx.conf"))
            .stderr(Stdio::null());
        let mut nginx = Self {
            child: command.spawn().ok()?,
            address,
            root,
        };
        for _ in 0..100 {
            std::thread::sleep(Duration::from_millis(20));
            if nginx.child.try_wait().unwrap().is_some() {
                return None;
            }
            if TcpStream::connect(&nginx.address).is_ok() {
                return Some(nginx);
            }
        }
        None
    }

    fn take(&self, name: &str, bytes: &[u8], sync: bool) -> Duration {
        let started = Instant::now();
        assert_eq!(
            request(&self.address, "PUT", &format!("/{name}"), "", bytes).0,
            201
        );
        if sync {
            File::open(self.root.join(name))
                .unwrap()
                .sync_all()
                .unwrap();
            File::open(&self.root).unwrap().sync_all().unwrap();
        }
        started.elapsed()
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        // the master process, which ends its workers
        let _ = Command::new("kill")
            .arg(self.child.id().to_string())
            .status();
        let _ = self.child.wait();
    }
}

fn main() {
    let (mib, rounds) = (
        setting("HOLDFAST_BENCH_MIB", 128),
        setting("HOLDFAST_BENCH_ROUNDS", 7),
    );
    let base = std::env::var_os("HOLDFAST_BENCH_DIR")
        .map_or(PathBuf::from(env!("CARGO_TARGET_TMPDIR")), PathBuf::from);
    let dir = tempfile::tempdir_in(base).unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let holdfast = Holdfast::start(&runtime, &dir.path().join("endpoint"));
    fs::create_dir(dir.path().join("nginx")).unwrap();
    let nginx = Nginx::start(&dir.path().join("nginx"));
    let mut bytes = vec![0x5a_u8; mib << 20];
    let mut times: [Vec<Duration>; 3] = Default::default();
    for round in 0..rounds {
        bytes[..8].copy_from_slice(&(round as u64).to_le_bytes());
        let object = ObjectId::of(&bytes);
        times[0].push(holdfast.take(&object, &bytes));
        if let Some(nginx) = &nginx {
            times[1].push(nginx.take(&format!("plain-{round}"), &bytes, false));
            times[2].push(nginx.take(&format!("synced-{round}"), &bytes, true));
        }
    }
    println!("receiving {mib} MiB, medians of {rounds} rounds:");
    let names = [
        "holdfast endpoint (hashed, synced, receipt)",
        "nginx PUT (neither)",
        "nginx PUT, then synced",
    ];
    let mut rates = vec![];
    for (name, times) in names.iter().zip(&mut times) {
        times.sort();
        if let Some(median) = times.get(times.len() / 2) {
            let rate = mib as f64 / median.as_secs_f64();
            println!("  {name:<45} {rate:>7.0} MiB/s");
            rates.push(rate);
        }
    }
    match rates[..] {
        [ours, plain, synced] => println!(
            "  of nginx: {:.2}; of nginx synced: {:.2}",
            ours / plain,
            ours / synced
        ),
        _ => println!("  nginx with the dav module is not installed: nothing to compare with"),
    }
}
