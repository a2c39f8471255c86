//! What survives: the real program killed in the middle, and a store that fails before or after each step.

#![expect(
    clippy::unwrap_used,
    reason = "a test stops at once and says what it sees"
)]

mod support;

use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use holdfast_endpoint::{DiskStore, Key, Put, Store};
use holdfast_wire::http::{header, upload_in_location};
use holdfast_wire::{ObjectId, Problem, ServerKey, UploadId};
use support::{Api, Server, bytes, held, home, integer, problem, settings, text};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::process::{Child, Command};

const PROGRAM: &str = env!("CARGO_BIN_EXE_holdfast-endpoint");

struct Program {
    child: Child,
    api: Api,
    key: ServerKey,
    line: String,
}

fn command(dir: &Path, more: &[&str]) -> Command {
    let mut command = Command::new(PROGRAM);
    command
        .arg("--data")
        .arg(dir)
        .args(["--listen", "127.0.0.1:0", "--keep-free", "0"])
        .args(more);
    command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    command
}

async fn run(dir: &Path, more: &[&str]) -> Program {
    let mut child = command(dir, more).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.as_mut().unwrap())
        .read_line(&mut line)
        .await
        .unwrap();
    let word = |after: &str| {
        line.split_once(after)
            .unwrap()
            .1
            .split([',', '\n'])
            .next()
            .unwrap()
    };
    let (api, key) = (
        Api::new(word("on ").to_owned()),
        word("server key ").parse().unwrap(),
    );
    Program {
        child,
        api,
        key,
        line,
    }
}

fn staged(dir: &Path, upload: UploadId) -> PathBuf {
    dir.join("uploads").join(upload.to_string()).join("data")
}

/// Sends the head of an append and `part` of its body on a connection that stays open.
async fn append_and_wait(
    program: &Program,
    upload: UploadId,
    offset: usize,
    whole: usize,
    part: &[u8],
) -> TcpStream {
    let mut stream = TcpStream::connect(program.api.url.trim_start_matches("http://"))
        .await
        .unwrap();
    let head = format!(
        "PATCH /v1/uploads/{upload} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/partial-upload\r\n\
         Upload-Offset: {offset}\r\nUpload-Complete: ?1\r\nContent-Length: {}\r\n\r\n",
        whole - offset
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(part).await.unwrap();
    stream
}

#[tokio::test]
async fn a_killed_program_goes_on_where_it_was() {
    let dir = tempfile::tempdir().unwrap();
    let mut program = run(dir.path(), &[]).await;
    let (key, mailbox) = (program.key, program.api.make().await);
    let content = bytes(4_000_000);
    let upload = program.api.begin(&mailbox, &content).await;
    let mut offset = 0;
    for part in [1, 700_001, 65_536, 1_234_567] {
        let part = &content[offset..offset + part];
        let connection = append_and_wait(&program, upload, offset, content.len(), part).await;
        offset += part.len();
        // everything that was sent is on the disk although the request is not over: nothing waits for more
        while staged(dir.path(), upload).metadata().unwrap().len() != offset as u64 {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        program.child.kill().await.unwrap();
        drop(connection);
        program = run(dir.path(), &[]).await;
        assert_eq!(program.key, key);
        assert_eq!(program.api.offset(upload).await, offset as u64);
    }
    let done = program
        .api
        .append(upload, offset as u64, &content[offset..], true)
        .await;
    assert_eq!(held(done, &key).await.size, 4_000_000);
    assert_eq!(
        program.api.get(&mailbox, &ObjectId::of(&content)).await,
        content
    );
}

#[tokio::test]
async fn killed_at_any_moment_nothing_is_lost() {
    let dir = tempfile::tempdir().unwrap();
    let mut program = run(dir.path(), &[]).await;
    let mailbox = program.api.make().await;
    let mut objects = vec![];
    for round in 0..12_u64 {
        let content = bytes(200_000 + usize::try_from(round).unwrap());
        let object = ObjectId::of(&content);
        let (mut cut, mut sent) = (false, 0);
        loop {
            let begun = program
                .api
                .beginning(&mailbox, &object, content.len() as u64)
                .send()
                .await
                .unwrap();
            if begun.status() == 200 {
                held(begun, &program.key).await;
                break;
            }
            let upload = upload_in_location(text(&begun, "location")).unwrap();
            let offset = integer(&begun, header::UPLOAD_OFFSET);
            assert!(offset >= sent, "what was answered for was lost");
            let from = usize::try_from(offset).unwrap();
            let to = (from + 150_000).min(content.len());
            let append = program
                .api
                .appending(upload, offset, to == content.len())
                .body(content[from..to].to_vec());
            let (api, append) = (program.api.clone(), tokio::spawn(append.send()));
            if !cut {
                tokio::time::sleep(Duration::from_micros(400 * round)).await;
                program.child.kill().await.unwrap();
                cut = true;
                program = run(dir.path(), &[]).await;
            }
            match append.await.unwrap() {
                Ok(answer) if answer.status() == 200 => drop(held(answer, &program.key).await),
                Ok(answer) => sent = integer(&answer, header::UPLOAD_OFFSET),
                Err(_) => assert_ne!(api.url, program.api.url),
            }
        }
        objects.push((object, content));
    }
    let listed: Vec<_> = program
        .api
        .list(&mailbox, 0)
        .await
        .0
        .iter()
        .map(|listed| listed.object)
        .collect();
    assert_eq!(
        listed,
        objects
            .iter()
            .map(|(object, _)| *object)
            .collect::<Vec<_>>()
    );
    for (object, content) in objects {
        assert_eq!(program.api.get(&mailbox, &object).await, content);
    }
}

#[tokio::test]
async fn the_program_starts_and_stops_as_documented() {
    let dir = tempfile::tempdir().unwrap();
    for signal in ["TERM", "INT"] {
        let program = run(&dir.path().join("endpoint"), &[]).await;
        assert!(!program.line.contains("admission"));
        let id = program.child.id().unwrap().to_string();
        assert!(
            Command::new("kill")
                .args(["-s", signal, &id])
                .status()
                .await
                .unwrap()
                .success()
        );
        let output = program.child.wait_with_output().await.unwrap();
        assert_eq!(output.status.code(), Some(0));
        assert_eq!(
            String::from_utf8(output.stderr).unwrap(),
            "holdfast-endpoint: stopped\n"
        );
    }
    let program = run(&dir.path().join("endpoint"), &["--behind-proxy"]).await;
    let file = program
        .line
        .split_once("admission token in ")
        .unwrap()
        .1
        .trim_end()
        .to_owned();
    assert!(Path::new(&file).exists());

    let code = async |command: &mut Command| command.output().await.unwrap().status.code();
    let taken = program.api.url.trim_start_matches("http://").to_owned();
    assert_eq!(
        code(&mut command(&dir.path().join("endpoint"), &["--no-such"])).await,
        Some(2)
    );
    let mut elsewhere = Command::new(PROGRAM);
    assert_eq!(
        code(
            elsewhere
                .arg("--data")
                .arg(dir.path())
                .args(["--listen", &taken])
        )
        .await,
        Some(4)
    );
    std::fs::write(dir.path().join("server-key"), b"damaged").unwrap();
    assert_eq!(code(&mut command(dir.path(), &[])).await, Some(3));
    assert_eq!(
        code(&mut command(Path::new("/dev/null/endpoint"), &[])).await,
        Some(1)
    );
}

/// A store whose `fails`-th call that changes something fails: before it was done, or after, as when the answer is lost.
struct Faulty {
    store: DiskStore,
    calls: Arc<AtomicUsize>,
    fails: usize,
    done: bool,
}

impl Faulty {
    async fn step<T>(&self, step: impl Future<Output = io::Result<T>>) -> io::Result<T> {
        let fails = self.calls.fetch_add(1, Ordering::SeqCst) == self.fails;
        if fails && !self.done {
            return Err(io::ErrorKind::Other.into());
        }
        let result = step.await;
        if fails {
            Err(io::ErrorKind::Other.into())
        } else {
            result
        }
    }
}

impl Store for Faulty {
    type Reader = <DiskStore as Store>::Reader;

    async fn put_new(&self, key: &Key, bytes: Vec<u8>) -> io::Result<Put> {
        self.step(self.store.put_new(key, bytes)).await
    }

    async fn commit(&self, key: &Key, staged: &Path) -> io::Result<Put> {
        self.step(self.store.commit(key, staged)).await
    }

    async fn get(&self, key: &Key) -> io::Result<Option<Vec<u8>>> {
        self.store.get(key).await
    }

    async fn held(&self, key: &Key) -> io::Result<Option<u64>> {
        self.store.held(key).await
    }

    async fn read(&self, key: &Key, range: Range<u64>) -> io::Result<Option<Self::Reader>> {
        self.store.read(key, range).await
    }
}

/// Taking in an object is three steps. Whichever fails, before or after it was done, and whether the same process goes on
/// or another: the next request ends with one object, one place and one receipt.
#[tokio::test]
async fn every_step_of_taking_in_an_object_can_fail() {
    let content = bytes(100_000);
    let object = ObjectId::of(&content);
    for (fails, done, restart, by_append) in cases() {
        let dir = tempfile::tempdir().unwrap();
        let sound = Server::start(dir.path()).await;
        let mailbox = sound.api.make().await;
        let home = home(dir.path());
        let (store, calls) = (home.store(), Arc::new(AtomicUsize::new(0)));
        let faulty = Faulty {
            store,
            calls: calls.clone(),
            fails,
            done,
        };
        let faulty = Server::start_on(home, faulty, settings()).await;
        let upload = faulty.api.begin(&mailbox, &content).await;
        let failed = faulty.api.append(upload, 0, &content, true).await;
        assert_eq!(problem(failed).await, Problem::Internal);
        assert_eq!(calls.load(Ordering::SeqCst), fails + 1);
        assert_eq!(faulty.faults.lock().unwrap().len(), 1);

        let next = if restart { &sound } else { &faulty };
        let answer = if by_append || (fails == 0 && !done) {
            // nothing is sent again
            next.api
                .append(upload, content.len() as u64, b"", true)
                .await
        } else {
            next.api
                .beginning(&mailbox, &object, content.len() as u64)
                .send()
                .await
                .unwrap()
        };
        let receipt = held(answer, &next.key).await;
        assert_eq!(receipt.object, object);
        assert_eq!(
            held(sound.api.receipt(&mailbox, &object).await, &sound.key).await,
            receipt
        );
        assert_eq!(
            sound.api.list(&mailbox, 0).await.0.len(),
            1,
            "step {fails}, done {done}, restart {restart}"
        );
        assert_eq!(sound.api.get(&mailbox, &object).await, content);
    }
}

/// Step × before or after × same process or another × asked again by appending or by beginning.
fn cases() -> impl Iterator<Item = (usize, bool, bool, bool)> {
    (0..24).map(|n| (n / 8, n & 1 == 1, n & 2 == 2, n & 4 == 4))
}

/// A process that died after the object was linked and before its upload was removed leaves two names of one file. Nothing
/// that comes later may write to it.
#[tokio::test]
async fn an_upload_left_behind_cannot_change_the_object() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start(dir.path()).await;
    let mailbox = server.api.make().await;
    let content = bytes(50_000);
    let object = ObjectId::of(&content);
    let upload = server.api.begin(&mailbox, &content).await;
    server
        .api
        .append(upload, 0, &content[..49_999], false)
        .await;
    let copy = dir.path().join("copy");
    std::fs::create_dir(&copy).unwrap();
    for name in ["about", "data", "claim"] {
        std::fs::hard_link(
            staged(dir.path(), upload).with_file_name(name),
            copy.join(name),
        )
        .unwrap();
    }
    held(
        server
            .api
            .append(upload, 49_999, &content[49_999..], true)
            .await,
        &server.key,
    )
    .await;
    std::fs::rename(&copy, staged(dir.path(), upload).parent().unwrap()).unwrap();

    assert_eq!(server.api.offset(upload).await, 50_000);
    let answer = server.api.append(upload, 50_000, &bytes(10), true).await;
    assert_eq!(held(answer, &server.key).await.object, object);
    assert_eq!(server.api.get(&mailbox, &object).await, content);
    assert!(!staged(dir.path(), upload).exists());
}
