//! Who is let in, and how long a client is waited for.

#![expect(
    clippy::unwrap_used,
    reason = "a test stops at once and says what it sees"
)]

mod support;

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use holdfast_endpoint::Admission;
use holdfast_wire::http::{INFO_PATH, header, object_path};
use holdfast_wire::{AdmissionToken, Info, ObjectId, Problem};
use reqwest::Method;
use support::{Mailbox, Server, bytes, held, home, problem, settings};

#[tokio::test]
async fn admission_where_others_can_reach_it() {
    let dir = tempfile::tempdir().unwrap();
    let mut settings = settings();
    settings.admission = Admission::Token;
    let server = Server::start_with(dir.path(), settings).await;
    let info = server
        .api
        .request(Method::GET, INFO_PATH)
        .send()
        .await
        .unwrap()
        .bytes()
        .await
        .unwrap();
    assert!(Info::from_bytes(&info).unwrap().admission);
    let token = std::fs::read_to_string(home(dir.path()).admission_file()).unwrap();
    let mailbox = Mailbox::new();
    let with = |token: &str| {
        server
            .api
            .making(&mailbox)
            .header(header::ADMISSION, token.to_owned())
            .send()
    };
    assert_eq!(
        problem(server.api.making(&mailbox).send().await.unwrap()).await,
        Problem::AdmissionRequired
    );
    let wrong = AdmissionToken::from_bytes([0; 32]).expose_text();
    assert_eq!(
        problem(with(&wrong).await.unwrap()).await,
        Problem::AdmissionRequired
    );
    assert_eq!(with(&token).await.unwrap().status(), 201);
    // once made, its holder needs no token
    assert_eq!(
        server.api.making(&mailbox).send().await.unwrap().status(),
        200
    );
}

#[test]
fn a_client_that_takes_nothing_is_given_up() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let dir = tempfile::tempdir().unwrap();
    let mut settings = settings();
    settings.answer_patience = Duration::from_millis(300);
    let server = runtime.block_on(Server::start_with(dir.path(), settings));
    let content = bytes(32 << 20);
    let mailbox = runtime.block_on(async {
        let mailbox = server.api.make().await;
        held(server.api.deliver(&mailbox, &content).await, &server.key).await;
        mailbox
    });
    let mut stream = TcpStream::connect(server.api.url.trim_start_matches("http://")).unwrap();
    let path = object_path(&mailbox.id, &ObjectId::of(&content));
    let capability = mailbox.read.expose_text();
    let head = format!(
        "GET {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {}\r\n\r\n",
        capability.as_str()
    );
    stream.write_all(head.as_bytes()).unwrap();
    std::thread::sleep(Duration::from_millis(1500));
    let mut answer = vec![];
    let _ = stream.read_to_end(&mut answer);
    assert!(!answer.is_empty() && answer.len() < content.len());
}

#[test]
fn a_head_that_never_ends_is_cut_off() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let dir = tempfile::tempdir().unwrap();
    let mut settings = settings();
    settings.head_patience = Duration::from_millis(300);
    let server = runtime.block_on(Server::start_with(dir.path(), settings));
    let address = server.api.url.trim_start_matches("http://").to_owned();
    let answer = |request: &[u8]| {
        let mut stream = TcpStream::connect(&address).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(5)))
            .unwrap();
        let _ = stream.write_all(request);
        let mut answer = vec![];
        let _ = stream.read_to_end(&mut answer);
        String::from_utf8_lossy(&answer).into_owned()
    };
    let started = Instant::now();
    let slow = answer(b"GET /v1/ HTTP/1.1\r\nHost: localhost\r\n");
    assert!(
        slow.is_empty() || slow.starts_with("HTTP/1.1 408"),
        "{slow}"
    );
    assert!(started.elapsed() < Duration::from_secs(4));
    let many = format!("GET /v1/ HTTP/1.1\r\n{}\r\n", "a: b\r\n".repeat(100));
    assert!(answer(many.as_bytes()).starts_with("HTTP/1.1 431"));
    let long = format!("GET /v1/ HTTP/1.1\r\na: {}\r\n\r\n", "b".repeat(1 << 20));
    // it may be cut off before it has read the answer
    let long = answer(long.as_bytes());
    assert!(long.is_empty() || long.starts_with("HTTP/1.1 431"));
    assert!(
        answer(b"GET /v1/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            .starts_with("HTTP/1.1 200")
    );
}
