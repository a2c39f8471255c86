//! What recovery asks of the line: a mailbox that is made when something is left there first, and
//! objects and receipts by name.

use holdfast_sync::{SyncError, Ticket, fetch_objects, holds_anything, receipt_for};
use holdfast_wire::{MailboxId, ObjectId, Problem, ReadCapability, SendCapability};

use crate::harness::{MemoryInbox, MemoryOutbox, Stage, bytes, drain, sync};
use crate::proxy::{Fate, Proxy};

/// Tickets for objects in the stage's mailbox, by way of `url`.
fn wanted(stage: &Stage, url: &str, objects: &[(ObjectId, usize)]) -> Vec<Ticket> {
    let ticket = |&(object, size): &(ObjectId, usize)| Ticket {
        endpoint: stage.server.endpoint_at(url),
        mailbox: stage.mailbox,
        send: SendCapability::from_bytes(stage.send),
        object,
        size: size as u64,
        upload: None,
    };
    objects.iter().map(ticket).collect()
}

/// A mailbox that nobody made, and an outbox for it.
fn newcomer(stage: &Stage) -> (MemoryInbox, MemoryOutbox) {
    let inbox = stage.inbox_of([21; 32], [22; 32]);
    let own = MailboxId::of(&ReadCapability::from_bytes([21; 32]));
    let endpoint = stage.server.endpoint_at(&stage.server.url());
    let outbox = MemoryOutbox {
        to: Some((endpoint, own, [22; 32])),
        ..MemoryOutbox::default()
    };
    (inbox, outbox)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_pass_delivers_to_a_mailbox_of_ours_that_nobody_made() {
    for _ in 0..5 {
        let stage = Stage::set().await;
        let (inbox, outbox) = newcomer(&stage);
        outbox.put(bytes(2_000, 1));
        outbox.put(bytes(2_000, 2));
        let outcome = sync(&stage.client, &outbox, &inbox).await;
        assert!(outcome.fault.is_none(), "{:?}", outcome.fault);
        assert_eq!((outcome.delivered, outcome.waiting), (2, 0));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mailbox_of_somebody_elses_is_not_made() {
    let stage = Stage::set().await;
    let (_, outbox) = newcomer(&stage);
    let object = outbox.put(bytes(2_000, 1));
    let outcome = sync(&stage.client, &outbox, &stage.inbox()).await;
    assert_eq!((outcome.delivered, outcome.waiting), (0, 1));
    assert!(outbox.item(&object).stuck.is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn whether_a_mailbox_holds_anything_is_asked_without_making_it() {
    let stage = Stage::set().await;
    let (inbox, outbox) = newcomer(&stage);
    let mailbox = holdfast_sync::Inbox::mailboxes(&inbox).unwrap().remove(0);
    for _ in 0..2 {
        assert!(!holds_anything(&stage.client, &mailbox).await.unwrap());
    }
    outbox.put(bytes(10, 1));
    sync(&stage.client, &outbox, &inbox).await;
    assert!(holds_anything(&stage.client, &mailbox).await.unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn objects_come_by_name_over_a_line_that_breaks() {
    let stage = Stage::set().await;
    let outbox = stage.outbox();
    let (film, words) = (outbox.put(bytes(900_000, 3)), outbox.put(bytes(900, 4)));
    drain(&stage.client, &outbox).await;

    let proxy = Proxy::before(stage.server.address).await;
    proxy.next([100_000, 1, 300_000].map(Fate::CutDown));
    let lacking = ObjectId([9; 32]);
    let named = [(lacking, 10), (film, 900_000), (words, 900)];
    let tickets = wanted(&stage, &proxy.url(), &named);
    let inbox = MemoryInbox::default();
    let mut passes = 0;
    while fetch_objects(&stage.client, &tickets, &inbox)
        .await
        .is_err()
    {
        passes += 1;
        assert!(passes < 10);
    }
    assert_eq!(inbox.whole(&film), Some(bytes(900_000, 3)));
    assert_eq!(inbox.whole(&words), Some(bytes(900, 4)));
    assert_eq!(inbox.whole(&lacking), None);
    let received = proxy.received();
    assert!(received as f64 <= 1.1 * 900_900.0, "{received}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receipt_is_given_again_and_verified() {
    let stage = Stage::set().await;
    let outbox = stage.outbox();
    let object = outbox.put(bytes(5_000, 5));
    drain(&stage.client, &outbox).await;
    let before = outbox.item(&object).receipt;

    let ask = |object, size| wanted(&stage, &stage.server.url(), &[(object, size)]).remove(0);
    let again = receipt_for(&stage.client, &ask(object, 5_000)).await;
    assert_eq!(again.ok(), before);
    let other = receipt_for(&stage.client, &ask(object, 5_001)).await;
    assert!(matches!(other, Err(SyncError::ReceiptDamaged)));
    let unknown = receipt_for(&stage.client, &ask(ObjectId([9; 32]), 1)).await;
    let refused = matches!(unknown, Err(SyncError::Refused(Problem::UnknownObject)));
    assert!(refused);
}
