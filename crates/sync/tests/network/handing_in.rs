//! I-23: a courier file handed in by somebody else, over a bad line.

use std::io::Cursor;
use std::sync::Arc;

use holdfast_sync::{CourierItem, Grant, OpenCourier, hand_in, write_courier};
use holdfast_wire::{MailboxId, ObjectId, Receipt, SendCapability};

use crate::harness::{MemoryOutbox, Stage, bytes, sync};
use crate::proxy::{Fate, Proxy};

#[tokio::test(flavor = "multi_thread")]
async fn anybody_with_an_invite_can_hand_it_in() {
    let stage = Stage::set().await;
    let proxy = Proxy::before(stage.server.address).await;
    let elsewhere = MailboxId([1; 16]);
    let contents = [
        (stage.mailbox, bytes(2_000, 1)),
        (elsewhere, bytes(3_000, 2)),
        (stage.mailbox, bytes(700_000, 3)),
        (stage.mailbox, bytes(4_000, 4)),
    ];
    let items: Vec<_> = contents
        .iter()
        .map(|(mailbox, bytes)| CourierItem {
            mailbox: *mailbox,
            object: ObjectId::of(bytes),
            size: bytes.len() as u64,
        })
        .collect();
    let mut file = Vec::new();
    write_courier(&mut file, &items, &mut |item| {
        let found = contents.iter().find(|c| ObjectId::of(&c.1) == item.object);
        Ok(Box::new(Cursor::new(found.unwrap().1.clone())))
    })
    .unwrap();
    // The last object suffers on the way.
    let last = file.len() - 1;
    file[last] ^= 0x80;

    let file: Arc<[u8]> = file.into();
    let open: OpenCourier = Arc::new(move || Ok(Box::new(Cursor::new(Arc::clone(&file)))));
    let grants = [Grant {
        endpoint: stage.server.endpoint_at(&proxy.url()),
        mailbox: stage.mailbox,
        send: SendCapability::from_bytes(stage.send),
    }];
    proxy.next([Fate::CutUp(50_000), Fate::CutUp(200_000)]);
    let handed = hand_in(&stage.client, open, &grants).await.unwrap();
    assert!(handed.outcome.fault.is_none(), "{:?}", handed.outcome.fault);
    assert_eq!((handed.without_grant, handed.damaged), (1, 1));
    let held: Vec<_> = handed.held.iter().map(|(item, _)| *item).collect();
    assert_eq!(held, [items[0], items[2]]);
    for (item, receipt) in &handed.held {
        let receipt = Receipt::from_bytes(receipt).unwrap();
        let held = receipt.verify(&stage.server.key).unwrap();
        assert_eq!(held.object, item.object);
    }

    let inbox = stage.inbox();
    sync(&stage.client, &MemoryOutbox::default(), &inbox).await;
    assert_eq!(inbox.whole(&items[2].object), Some(bytes(700_000, 3)));
}
