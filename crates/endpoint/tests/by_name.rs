//! One object by its name: for whoever may read the mailbox, and for whoever may send to it (I-14).

#![expect(
    clippy::unwrap_used,
    reason = "a test stops at once and says what it sees"
)]

mod support;

use holdfast_wire::http::{object_path, objects_path};
use holdfast_wire::{ObjectId, Problem, SendCapability};
use reqwest::Method;
use support::{Server, bytes, held, problem, text};

#[tokio::test]
async fn who_may_send_fetches_what_they_can_name_and_lists_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start(dir.path()).await;
    let api = &server.api;
    let mailbox = api.make().await;
    let content = bytes(200_000);
    let object = ObjectId::of(&content);
    held(api.deliver(&mailbox, &content).await, &server.key).await;

    let path = object_path(&mailbox.id, &object);
    let whole = api.sending(Method::GET, &path, &mailbox).send().await;
    let whole = whole.unwrap();
    assert_eq!(text(&whole, "etag"), format!("\"{object}\""));
    assert_eq!(whole.bytes().await.unwrap(), content);
    let part = api.sending(Method::GET, &path, &mailbox);
    let part = part.header("range", "bytes=65530-131080").send().await;
    let part = part.unwrap();
    assert_eq!(part.status(), 206);
    assert_eq!(part.bytes().await.unwrap(), content[65_530..=131_080]);
    let head = api.sending(Method::HEAD, &path, &mailbox).send().await;
    assert_eq!(text(&head.unwrap(), "content-length"), "200000");

    let list = objects_path(&mailbox.id, 0);
    let listed = api.sending(Method::GET, &list, &mailbox).send().await;
    assert_eq!(problem(listed.unwrap()).await, Problem::MailboxRefused);
    let unknown = object_path(&mailbox.id, &ObjectId([7; 32]));
    let unknown = api.sending(Method::GET, &unknown, &mailbox).send().await;
    assert_eq!(problem(unknown.unwrap()).await, Problem::UnknownObject);
}

#[tokio::test]
async fn no_other_capability_fetches_anything() {
    let dir = tempfile::tempdir().unwrap();
    let server = Server::start(dir.path()).await;
    let api = &server.api;
    let (mailbox, other) = (api.make().await, api.make().await);
    let content = bytes(1_000);
    let object = ObjectId::of(&content);
    held(api.deliver(&mailbox, &content).await, &server.key).await;

    let path = object_path(&mailbox.id, &object);
    let stranger = SendCapability::from_bytes([9; 32]);
    for capability in [
        other.send.expose_text(),
        other.read.expose_text(),
        stranger.expose_text(),
    ] {
        let answer = api.bearing(Method::GET, &path, &capability).send().await;
        assert_eq!(problem(answer.unwrap()).await, Problem::MailboxRefused);
    }
    // In another mailbox than its own it has no name.
    let elsewhere = object_path(&other.id, &object);
    let answer = api.sending(Method::GET, &elsewhere, &other).send().await;
    assert_eq!(problem(answer.unwrap()).await, Problem::UnknownObject);
    let answer = api.bearing(Method::GET, &path, "nothing").send().await;
    assert_eq!(problem(answer.unwrap()).await, Problem::CapabilityMissing);
}
