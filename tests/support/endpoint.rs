//! Runs `holdfast-endpoint` on a free port of this machine.

use std::io::{BufRead, BufReader};
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::process::{self, Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::{Home, binary, signal};

/// How long it may take to start, or to stop when asked.
const PATIENCE: Duration = Duration::from_secs(20);

/// A running endpoint; killed when dropped.
#[derive(Debug)]
pub struct Endpoint {
    home: Home,
    data: TempDir,
    url: String,
    listen: String,
    process: Option<Child>,
    printed: Arc<Mutex<Vec<String>>>,
}

impl Endpoint {
    /// Starts one with an empty store.
    ///
    /// # Panics
    /// When it does not say where it listens.
    pub fn start() -> Self {
        let mut endpoint = Self {
            home: Home::new(),
            data: tempfile::tempdir().expect("a temporary folder can be made"),
            url: String::new(),
            listen: format!("{}:0", own_address()),
            process: None,
            printed: Arc::default(),
        };
        endpoint.begin();
        endpoint
    }

    /// The base address: `http://`, an address of this machine, a port.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Where it keeps what it holds.
    pub fn data(&self) -> &Path {
        self.data.path()
    }

    /// Everything of this endpoint on the disk: its store, and its home (which should stay empty).
    pub fn places(&self) -> [PathBuf; 2] {
        [self.data.path().to_owned(), self.home.path().to_owned()]
    }

    /// All it has printed since it was made.
    ///
    /// # Panics
    /// When the thread that reads it died.
    pub fn printed(&self) -> Vec<String> {
        self.printed.lock().expect("the reader lives").clone()
    }

    /// Kills it at once, as a power cut would.
    pub fn kill(&mut self) {
        if let Some(mut process) = self.process.take() {
            // It may be gone already; either way it is not running after this.
            let _ = process.kill();
            let _ = process.wait();
        }
    }

    /// Asks it to stop and waits until it has.
    ///
    /// # Panics
    /// When it does not stop, or stops with an error.
    pub fn stop(&mut self) {
        let Some(process) = self.process.as_mut() else {
            return;
        };
        signal(process.id(), "TERM");
        let start = Instant::now();
        while start.elapsed() < PATIENCE {
            if let Some(status) = process.try_wait().expect("its state can be read") {
                self.process = None;
                assert!(
                    status.success(),
                    "the endpoint stopped with {status}: {:?}",
                    self.printed()
                );
                return;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        panic!(
            "the endpoint did not stop within {PATIENCE:?}: {:?}",
            self.printed()
        );
    }

    /// Keeps it from doing anything, as a line would that carries nothing more.
    ///
    /// # Panics
    /// When it does not run.
    pub fn pause(&self) {
        signal(self.id(), "STOP");
    }

    /// Lets it go on after [`pause`](Self::pause).
    ///
    /// # Panics
    /// When it does not run.
    pub fn go_on(&self) {
        signal(self.id(), "CONT");
    }

    fn id(&self) -> u32 {
        self.process.as_ref().expect("it runs").id()
    }

    /// Starts it again after [`kill`](Self::kill) or [`stop`](Self::stop): same store, same port.
    ///
    /// # Panics
    /// When it does not say where it listens.
    pub fn restart(&mut self) {
        self.kill();
        self.begin();
    }

    fn begin(&mut self) {
        let mut command = Command::new(binary("holdfast-endpoint"));
        self.home.house(&mut command);
        command
            .arg("--data")
            .arg(self.data.path())
            .arg("--listen")
            .arg(&self.listen);
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut process = command.spawn().expect("the endpoint can be started");
        let (lines, started) = mpsc::channel();
        self.keep(process.stdout.take().expect("it is piped"), lines.clone());
        self.keep(process.stderr.take().expect("it is piped"), lines);
        self.process = Some(process);

        let end = Instant::now() + PATIENCE;
        let address = loop {
            let left = end.saturating_duration_since(Instant::now());
            let Ok(line) = started.recv_timeout(left) else {
                panic!(
                    "the endpoint does not say where it listens: {:?}",
                    self.printed()
                );
            };
            if let Some(address) = address_in(&line) {
                break address.to_owned();
            }
        };
        self.url = format!("http://{address}");
        self.listen = address;
    }

    /// Reads what it prints, so that it never waits for a reader.
    fn keep(&self, pipe: impl std::io::Read + Send + 'static, lines: mpsc::Sender<String>) {
        let printed = Arc::clone(&self.printed);
        std::thread::spawn(move || {
            for line in BufReader::new(pipe).lines().map_while(Result::ok) {
                printed.lock().expect("no reader panics").push(line.clone());
                // Nobody listens after the start line.
                let _ = lines.send(line);
            }
        });
    }
}

impl Drop for Endpoint {
    fn drop(&mut self) {
        self.kill();
    }
}

/// A loopback address nobody else uses, so that nobody takes the port while the endpoint is down.
fn own_address() -> Ipv4Addr {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let number = (process::id() << 5) + NEXT.fetch_add(1, Ordering::Relaxed) % 32;
    let [_, high, middle, low] = number.to_be_bytes();
    // 127.255.255.255 is for everybody, and the first and last of a block are best avoided.
    Ipv4Addr::new(127, high % 254 + 1, middle, low % 254 + 1)
}

/// The `host:port` of the first `http://host:port` in a line.
fn address_in(line: &str) -> Option<&str> {
    let (_, rest) = line.split_once("http://")?;
    let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.' && c != ':');
    Some(&rest[..end.unwrap_or(rest.len())])
}
