//! Appends over real HTTP: what arrives, in what order, from how many at once.

#![expect(
    clippy::unwrap_used,
    reason = "a test stops at once and says what it sees"
)]

mod support;

use std::collections::BTreeSet;
use std::time::Duration;

use holdfast_wire::http::header;
use holdfast_wire::{ObjectId, Problem};
use support::{Server, bytes, held, integer, pieces, problem, settings, text, wait_for_bytes};

#[tokio::test]
async fn what_arrives_is_written_at_once_and_the_newest_request_wins() {
    let dir = tempfile::tempdir().unwrap();
    let (one, other) = (
        Server::start(dir.path()).await,
        Server::start(dir.path()).await,
    );
    let mailbox = one.api.make().await;
    let content = bytes(500_000);
    let upload = one.api.begin(&mailbox, &content).await;

    // every odd piece is on the disk while the request is still open
    let (sender, body) = pieces();
    let older = tokio::spawn(one.api.appending(upload, 0, true).body(body).send());
    let mut sent = 0;
    for piece in [1, 65_537, 100_000, 9] {
        sender
            .send(Ok(content[sent..sent + piece].to_vec()))
            .unwrap();
        sent += piece;
        wait_for_bytes(dir.path(), upload, sent as u64).await;
    }
    // a newer request to another process ends the older one, and only then learns the offset
    assert_eq!(other.api.offset(upload).await, sent as u64);
    assert_eq!(
        problem(older.await.unwrap().unwrap()).await,
        Problem::UploadSuperseded
    );
    let done = other
        .api
        .append(upload, sent as u64, &content[sent..], true)
        .await;
    held(done, &other.key).await;
    assert_eq!(
        one.api.get(&mailbox, &ObjectId::of(&content)).await,
        content
    );
}

#[tokio::test]
async fn more_than_the_length_is_refused_without_losing_what_is_there() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start(dir.path()).await;
    let mailbox = server.api.make().await;
    let content = bytes(1000);
    let upload = server.api.begin(&mailbox, &content).await;
    // without an announced length, the excess shows only when it comes
    let (sender, body) = pieces();
    let request = tokio::spawn(server.api.appending(upload, 0, true).body(body).send());
    sender.send(Ok(content[..600].to_vec())).unwrap();
    wait_for_bytes(dir.path(), upload, 600).await;
    sender.send(Ok(bytes(401))).unwrap();
    assert_eq!(
        problem(request.await.unwrap().unwrap()).await,
        Problem::InconsistentUploadLength
    );
    assert_eq!(server.api.offset(upload).await, 600);
    held(
        server.api.append(upload, 600, &content[600..], true).await,
        &server.key,
    )
    .await;
}

#[tokio::test]
async fn an_answer_before_the_end_of_the_body_arrives() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start(dir.path()).await;
    let mailbox = server.api.make().await;
    let content = bytes(8 << 20);
    let upload = server.api.begin(&mailbox, &content).await;
    for _ in 0..5 {
        let refused = server.api.append(upload, 7, &content[7..], true).await;
        assert_eq!(integer(&refused, header::UPLOAD_OFFSET), 0);
        assert_eq!(problem(refused).await, Problem::MismatchingUploadOffset);
    }
}

#[tokio::test]
async fn a_slow_upload_lives_and_a_stalled_one_does_not() {
    let dir = tempfile::tempdir().unwrap();
    let mut settings = settings();
    settings.body_patience = Duration::from_millis(300);
    settings.body_least = 100;
    let server = Server::start_with(dir.path(), settings).await;
    let mailbox = server.api.make().await;
    let content = bytes(2000);
    let upload = server.api.begin(&mailbox, &content).await;
    let (sender, body) = pieces();
    let request = tokio::spawn(server.api.appending(upload, 0, true).body(body).send());
    for piece in content[..1500].chunks(50) {
        sender.send(Ok(piece.to_vec())).unwrap();
        tokio::time::sleep(Duration::from_millis(40)).await;
    }
    assert!(!request.is_finished());
    // one byte now and then is not enough
    for byte in &content[1500..1510] {
        // fails once the server has hung up
        let _ = sender.send(Ok(vec![*byte]));
        tokio::time::sleep(Duration::from_millis(60)).await;
    }
    assert_eq!(
        problem(request.await.unwrap().unwrap()).await,
        Problem::RequestTimeout
    );
    let offset = server.api.offset(upload).await;
    assert!((1500..1510).contains(&offset));
}

#[tokio::test]
async fn identical_uploads_at_once_end_with_one_object_and_one_receipt() {
    let dir = tempfile::tempdir().unwrap();
    let servers = [
        Server::start(dir.path()).await,
        Server::start(dir.path()).await,
    ];
    let mailbox = std::sync::Arc::new(servers[0].api.make().await);
    let content = std::sync::Arc::new(bytes(3_000_000));
    let object = ObjectId::of(&content);
    let senders = (0..6).map(|n| {
        let (api, mailbox, content) =
            (servers[n % 2].api.clone(), mailbox.clone(), content.clone());
        tokio::spawn(async move {
            // what a client does: begin, append from the offset, and take up what the answer says
            for attempt in 0_u64..1000 {
                let begun = api
                    .beginning(&mailbox, &object, content.len() as u64)
                    .send()
                    .await
                    .unwrap();
                if begun.status() == 200 {
                    return begun.bytes().await.unwrap();
                }
                let upload =
                    holdfast_wire::http::upload_in_location(text(&begun, "location")).unwrap();
                let offset = integer(&begun, header::UPLOAD_OFFSET);
                let from = usize::try_from(offset).unwrap();
                let part = &content[from..(from + 700_000).min(content.len())];
                let ends = from + part.len() == content.len();
                if let Ok(done) = api
                    .appending(upload, offset, ends)
                    .body(part.to_vec())
                    .send()
                    .await
                    && done.status() == 200
                {
                    return done.bytes().await.unwrap();
                }
                tokio::time::sleep(Duration::from_millis(5 * (attempt % 7) * (n as u64 + 1))).await;
            }
            panic!("never delivered");
        })
    });
    let mut receipts = BTreeSet::new();
    for sender in senders.collect::<Vec<_>>() {
        receipts.insert(sender.await.unwrap().to_vec());
    }
    assert_eq!(receipts.len(), 1);
    assert_eq!(servers[0].api.list(&mailbox, 0).await.0.len(), 1);
    assert_eq!(servers[1].api.get(&mailbox, &object).await, *content);
}
