//! I-19 and I-22: resume by byte, never send again what was received, believe only the receipt.

use holdfast_endpoint::Settings;
use holdfast_sync::{Endpoint, LocalFault, Retry, SyncError};
use holdfast_wire::{Limits, ObjectId, Problem, Receipt, ServerKey, UploadId};
use proptest::prelude::*;

use crate::harness::{MemoryInbox, MemoryOutbox, Stage, bytes, direct, drain, sync};
use crate::proxy::{Fate, Proxy};

/// The heads of a few requests.
const HEADS: u64 = 4 * 1024;

#[tokio::test(flavor = "multi_thread")]
async fn what_is_delivered_has_a_verified_receipt_and_can_be_read() {
    let stage = Stage::set().await;
    let outbox = stage.outbox();
    let content = bytes(1_000_003, 1);
    let object = outbox.put(content.clone());

    let outcome = sync(&stage.client, &outbox, &MemoryInbox::default()).await;
    assert!(outcome.fault.is_none(), "{:?}", outcome.fault);
    assert_eq!((outcome.delivered, outcome.waiting), (1, 0));
    assert_eq!(outcome.bytes_sent, 1_000_003);
    let receipt = Receipt::from_bytes(&outbox.item(&object).receipt.unwrap()).unwrap();
    let held = receipt.verify(&stage.server.key).unwrap();
    assert_eq!((held.object, held.mailbox), (object, stage.mailbox));

    let inbox = stage.inbox();
    let outcome = sync(&stage.client, &MemoryOutbox::default(), &inbox).await;
    assert_eq!(outcome.fetched, 1);
    assert_eq!(inbox.whole(&object), Some(content));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_object_is_delivered_too() {
    let stage = Stage::set().await;
    let outbox = stage.outbox();
    let object = outbox.put(Vec::new());
    drain(&stage.client, &outbox).await;
    assert!(outbox.item(&object).receipt.is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_line_costs_less_than_five_per_cent() {
    let stage = Stage::set().await;
    let proxy = Proxy::before(stage.server.address).await;
    let outbox = stage.outbox_by(&proxy.url());
    let size = 4 * 1024 * 1024;
    let object = outbox.put(bytes(size, 2));
    proxy.next((1..12).map(|cut| Fate::CutUp(37_000 * cut)));
    drain(&stage.client, &outbox).await;
    assert!(outbox.item(&object).receipt.is_some());
    assert!(proxy.connections() > 10, "{}", proxy.connections());
    assert!(proxy.up() as f64 <= 1.05 * size as f64, "{}", proxy.up());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_that_never_carries_a_whole_part_still_carries_the_object() {
    let stage = Stage::set().await;
    let proxy = Proxy::before(stage.server.address).await;
    proxy.set_rate(400_000);
    let outbox = stage.outbox_by(&proxy.url());
    let size = 600_000;
    let object = outbox.put(bytes(size, 3));
    proxy.next([Fate::CutUp(90_000); 12]);
    let passes = drain(&stage.client, &outbox).await;
    assert!(outbox.item(&object).receipt.is_some());
    assert!(proxy.up() as f64 <= 1.05 * size as f64, "{}", proxy.up());
    let counted: u64 = passes.iter().map(|pass| pass.bytes_sent).sum();
    assert!(counted <= size as u64, "{counted}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_answer_to_the_last_byte_costs_a_receipt_and_no_bytes() {
    let stage = Stage::set().await;
    let proxy = Proxy::before(stage.server.address).await;
    let outbox = stage.outbox_by(&proxy.url());
    let size = 150_000;
    let object = outbox.put(bytes(size, 4));
    proxy.next([Fate::LoseAnswerAfter(size as u64)]);
    drain(&stage.client, &outbox).await;
    assert!(outbox.item(&object).receipt.is_some());
    assert!(proxy.connections() >= 2);
    assert!(proxy.up() <= size as u64 + HEADS, "{}", proxy.up());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_that_the_endpoint_forgot_is_begun_again() {
    let stage = Stage::set().await;
    let outbox = stage.outbox();
    let object = outbox.put(bytes(70_000, 5));
    outbox.change(&object, |item| item.upload = Some(UploadId([3; 16])));
    drain(&stage.client, &outbox).await;
    assert!(outbox.item(&object).receipt.is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_already_held_is_not_sent() {
    let stage = Stage::set().await;
    let (first, second) = (stage.outbox(), stage.outbox());
    let object = first.put(bytes(400_000, 6));
    drain(&stage.client, &first).await;
    second.put(bytes(400_000, 6));
    let passes = drain(&stage.client, &second).await;
    assert_eq!(passes[0].bytes_sent, 0);
    assert_eq!(first.item(&object).receipt, second.item(&object).receipt);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receipt_by_another_key_proves_nothing() {
    let stage = Stage::set().await;
    let mut outbox = stage.outbox();
    let (endpoint, mailbox, send) = outbox.to.take().unwrap();
    let other = Endpoint::new(endpoint.address(), ServerKey([5; 32])).unwrap();
    outbox.to = Some((other, mailbox, send));
    let object = outbox.put(bytes(1_000, 7));
    let outcome = sync(&stage.client, &outbox, &MemoryInbox::default()).await;
    assert!(matches!(outcome.fault, Some(SyncError::ReceiptDamaged)));
    assert_eq!((outcome.delivered, outcome.waiting), (0, 1));
    let item = outbox.item(&object);
    assert_eq!(item.receipt, None);
    assert_eq!(item.stuck.unwrap().0, "ReceiptDamaged");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_object_that_cannot_go_does_not_stop_the_others() {
    let limits = Limits {
        object_bytes: 10_000,
        mailbox_bytes: 1 << 30,
    };
    let stage = Stage::set_with(Settings {
        limits,
        ..Settings::default()
    })
    .await;
    let watch = Proxy::before(stage.server.address).await;
    let outbox = stage.outbox_by(&watch.url());
    let before = outbox.put(bytes(5_000, 8));
    let large = outbox.put(bytes(20_000, 9));
    // Its ticket says less than it is: the disk lost the end of it, or never had it.
    let damaged = ObjectId([1; 32]);
    outbox.put_as(damaged, bytes(3_000, 10));
    let short = outbox.put(bytes(3_000, 11));
    outbox.change(&short, |item| item.bytes = item.bytes[..2_000].into());
    let after = outbox.put(bytes(6_000, 12));

    let outcome = sync(&stage.client, &outbox, &MemoryInbox::default()).await;
    assert_eq!((outcome.delivered, outcome.waiting), (2, 0));
    assert!(outbox.item(&before).receipt.is_some());
    assert!(outbox.item(&after).receipt.is_some());
    let (why, retry) = outbox.item(&large).stuck.unwrap();
    assert_eq!(why, format!("Refused({:?})", Problem::ObjectTooLarge));
    assert_eq!(retry, Retry::Never);
    for object in [damaged, short] {
        let (why, retry) = outbox.item(&object).stuck.unwrap();
        assert_eq!((why.as_str(), retry), ("ObjectDamaged", Retry::Never));
    }
    assert_eq!(outcome.bytes_sent, 5_000 + 6_000);
    // The one that was not what its id says was sent once, and will not be again.
    assert!(watch.up() < 14_000 + 3 * HEADS, "{}", watch.up());
    let connections = watch.connections();
    sync(&stage.client, &outbox, &MemoryInbox::default()).await;
    assert_eq!(watch.connections(), connections);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_capability_that_was_withdrawn_is_a_reason_and_no_end() {
    let stage = Stage::set().await;
    let mut outbox = stage.outbox();
    outbox.to.as_mut().unwrap().2 = [0; 32];
    let object = outbox.put(bytes(100, 13));
    let outcome = sync(&stage.client, &outbox, &MemoryInbox::default()).await;
    assert_eq!(outcome.waiting, 1);
    let (why, retry) = outbox.item(&object).stuck.unwrap();
    assert_eq!(why, "Refused(MailboxRefused)");
    assert_eq!(retry, Retry::Later);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_goes_on_when_the_vault_is_locked() {
    let stage = Stage::set().await;
    let proxy = Proxy::before(stage.server.address).await;
    let mut outbox = stage.outbox_by(&proxy.url());
    outbox.lock_on_open = true;
    let object = outbox.put(bytes(900_000, 14));
    proxy.next([Fate::CutUp(100_000), Fate::CutUp(300_000)]);
    let outcome = sync(&stage.client, &outbox, &MemoryInbox::default()).await;
    assert!(matches!(
        outcome.fault,
        Some(SyncError::Local(LocalFault::Locked))
    ));
    assert_eq!(outbox.item(&object).receipt, None);

    *outbox.locked.lock().unwrap() = false;
    let passes = drain(&stage.client, &outbox).await;
    assert!(outbox.item(&object).receipt.is_some());
    assert_eq!(passes[0].bytes_sent, 0, "it had arrived");
}

#[tokio::test(flavor = "multi_thread")]
async fn progress_is_told_and_not_too_often() {
    let stage = Stage::set().await;
    let outbox = stage.outbox();
    let object = outbox.put(bytes(8 * 1024 * 1024, 15));
    drain(&stage.client, &outbox).await;
    let notes = outbox.item(&object).notes;
    assert!(notes.is_sorted() && notes.len() >= 3, "{notes:?}");
    assert!(notes.len() < 40, "{notes:?}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_the_cuts_it_arrives_whole(
        size in 1_usize..600_000,
        cuts in prop::collection::vec((any::<bool>(), 1_u64..700_000), 0..6),
    ) {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let stage = Stage::set().await;
            let proxy = Proxy::before(stage.server.address).await;
            let outbox = stage.outbox_by(&proxy.url());
            let content = bytes(size, 16);
            let object = outbox.put(content.clone());
            let cuts = cuts.iter().map(|(answer, at)| match answer {
                true => Fate::LoseAnswerAfter(*at),
                false => Fate::CutUp(*at),
            });
            proxy.next(cuts);
            drain(&stage.client, &outbox).await;
            // Never again what was received: only heads come on top.
            let heads = 2 * HEADS * proxy.connections() as u64;
            prop_assert!(proxy.up() <= size as u64 + heads, "{} of {size}", proxy.up());
            let inbox = stage.inbox();
            sync(&direct(), &MemoryOutbox::default(), &inbox).await;
            prop_assert_eq!(inbox.whole(&object), Some(content));
            Ok(())
        })?;
    }
}
