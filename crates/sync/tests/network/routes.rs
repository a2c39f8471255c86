//! I-21: which roads are taken, and what is told on them.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use holdfast_sync::{Cause, Client, Endpoint, Routes, SyncError};
use holdfast_wire::ServerKey;
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};

use crate::harness::{MemoryInbox, Stage, bytes, direct, drain, sync};
use crate::proxy::{Fate, Proxy};

fn by_proxy(address: &str) -> Result<Client, SyncError> {
    Client::new(Routes {
        proxy: Some(address.parse().unwrap()),
    })
}

async fn closed_port() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    listener.local_addr().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_goes_around_a_proxy_that_is_down() {
    let stage = Stage::set().await;
    let watch = Proxy::before(stage.server.address).await;
    let outbox = stage.outbox_by(&watch.url());
    let inbox = stage.inbox_by(&watch.url());
    outbox.put(bytes(1_000, 1));
    let client = by_proxy(&format!("socks5h://{}", closed_port().await)).unwrap();
    let outcome = sync(&client, &outbox, &inbox).await;
    assert!(
        matches!(outcome.fault, Some(SyncError::Unreachable(_))),
        "{:?}",
        outcome.fault
    );
    assert_eq!(outcome.waiting, 1);
    assert_eq!(watch.connections(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_network_that_is_not_there_and_one_that_breaks_are_told_apart() {
    let stage = Stage::set().await;
    let outbox = stage.outbox_by(&format!("http://{}", closed_port().await));
    outbox.put(bytes(10, 8));
    let outcome = sync(&stage.client, &outbox, &MemoryInbox::default()).await;
    let refused = Cause::System(std::io::ErrorKind::ConnectionRefused);
    assert!(matches!(outcome.fault, Some(SyncError::Unreachable(cause)) if cause == refused));

    let proxy = Proxy::before(stage.server.address).await;
    proxy.next([Fate::CutUp(20); 20]);
    let outbox = stage.outbox_by(&proxy.url());
    outbox.put(bytes(10, 8));
    let outcome = sync(&stage.client, &outbox, &MemoryInbox::default()).await;
    let fault = outcome.fault;
    assert!(
        matches!(fault, Some(SyncError::Interrupted(_))),
        "{fault:?}"
    );
}

/// A SOCKS5 server (RFC 1928) that leads every name to one place, and remembers the names.
async fn socks(target: SocketAddr, names: Arc<Mutex<Vec<String>>>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        loop {
            let (mut client, _) = listener.accept().await.unwrap();
            let names = Arc::clone(&names);
            tokio::spawn(async move {
                let greeting = read(&mut client, 2).await;
                read(&mut client, greeting[1].into()).await;
                client.write_all(&[5, 0]).await.unwrap();
                let request = read(&mut client, 4).await;
                assert_eq!(request[..2], [5, 1]);
                // 3 is a name; an address would mean that the client looked it up.
                assert_eq!(request[3], 3);
                let length = read(&mut client, 1).await[0];
                let name = read(&mut client, length.into()).await;
                read(&mut client, 2).await;
                names.lock().unwrap().push(String::from_utf8(name).unwrap());
                let answer = [5, 0, 0, 1, 0, 0, 0, 0, 0, 0];
                client.write_all(&answer).await.unwrap();
                let mut server = TcpStream::connect(target).await.unwrap();
                let _ = copy_bidirectional(&mut client, &mut server).await;
            });
        }
    });
    address
}

async fn read(stream: &mut TcpStream, length: usize) -> Vec<u8> {
    let mut bytes = vec![0; length];
    stream.read_exact(&mut bytes).await.unwrap();
    bytes
}

#[tokio::test(flavor = "multi_thread")]
async fn no_message_names_an_address() {
    let stage = Stage::set().await;
    let gone = closed_port().await;
    for client in [direct(), by_proxy(&format!("socks5h://{gone}")).unwrap()] {
        let outbox = stage.outbox_by(&format!("http://{gone}"));
        let object = outbox.put(bytes(10, 9));
        let outcome = sync(&client, &outbox, &MemoryInbox::default()).await;
        let fault = outcome.fault.unwrap();
        let mut cause: Option<&dyn std::error::Error> = Some(&fault);
        while let Some(error) = cause {
            let (message, debug) = (error.to_string(), format!("{error:?}"));
            for tell in [
                gone.to_string(),
                gone.port().to_string(),
                object.to_string(),
                stage.mailbox.to_string(),
            ] {
                assert!(!message.contains(&tell), "{message}");
                assert!(!debug.contains(&tell), "{debug}");
            }
            cause = error.source();
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_proxy_looks_up_the_names() {
    let stage = Stage::set().await;
    let names = Arc::new(Mutex::new(Vec::new()));
    let proxy = socks(stage.server.address, Arc::clone(&names)).await;
    let client = by_proxy(&format!("socks5h://{proxy}")).unwrap();
    let outbox = stage.outbox_by("http://holdfastholdfast.onion");
    let object = outbox.put(bytes(300_000, 2));
    drain(&client, &outbox).await;
    assert!(outbox.item(&object).receipt.is_some());
    let names = names.lock().unwrap();
    assert!(!names.is_empty());
    assert!(names.iter().all(|name| name == "holdfastholdfast.onion"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_onion_is_not_looked_up_without_a_proxy() {
    let stage = Stage::set().await;
    let outbox = stage.outbox_by("http://holdfastholdfast.onion");
    outbox.put(bytes(10, 3));
    let outcome = sync(&direct(), &outbox, &MemoryInbox::default()).await;
    assert!(matches!(outcome.fault, Some(SyncError::ProxyNeeded)));
    assert_eq!(outcome.waiting, 1, "it may go when there is a proxy");
}

#[tokio::test]
async fn only_a_proxy_that_looks_up_names_is_taken() {
    for refused in [
        "socks5://127.0.0.1:9050",
        "socks4a://127.0.0.1:9050",
        "http://127.0.0.1:8118",
        "https://proxy.example.org",
    ] {
        let error = by_proxy(refused).err().unwrap();
        assert!(matches!(error, SyncError::ProxyNotSafe), "{refused}");
    }
}

#[test]
fn only_safe_addresses_become_endpoints() {
    let key = ServerKey([1; 32]);
    for refused in [
        "http://intake.example.org",
        "https://me:secret@intake.example.org",
        "https://intake.example.org/?a=b",
        "https://intake.example.org/#a",
        "no address",
    ] {
        let error = Endpoint::new(refused, key).err().unwrap();
        assert!(matches!(error, SyncError::AddressNotSafe), "{refused}");
        assert!(!format!("{error}{error:?}").contains("example"));
    }
    let endpoint = Endpoint::new("https://intake.example.org/in", key).unwrap();
    assert_eq!(endpoint.address(), "https://intake.example.org/in/");
    assert!(!format!("{endpoint:?}").contains("example"));
}

#[tokio::test(flavor = "multi_thread")]
async fn redirects_are_not_followed_and_heads_tell_nothing() {
    let stage = Stage::set().await;
    let elsewhere = Proxy::before(stage.server.address).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let target = elsewhere.url();
    let portal = tokio::spawn(async move {
        let (mut client, _) = listener.accept().await.unwrap();
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.push(client.read_u8().await.unwrap());
        }
        let answer =
            format!("HTTP/1.1 307 Moved\r\nLocation: {target}/\r\nContent-Length: 0\r\n\r\n");
        client.write_all(answer.as_bytes()).await.unwrap();
        String::from_utf8(head).unwrap().to_lowercase()
    });
    let outbox = stage.outbox_by(&url);
    let object = outbox.put(bytes(10, 4));
    let outcome = sync(&stage.client, &outbox, &MemoryInbox::default()).await;
    assert!(
        matches!(
            outcome.fault,
            Some(SyncError::NotUnderstood { status: 307 })
        ),
        "{:?}",
        outcome.fault
    );
    assert!(
        outbox.item(&object).stuck.is_none(),
        "a captive portal passes"
    );
    assert_eq!(elsewhere.connections(), 0);
    let head = portal.await.unwrap();
    for tell in [
        "user-agent",
        "cookie",
        "referer",
        "accept-language",
        "expect",
    ] {
        assert!(!head.contains(tell), "{head}");
    }
}
