//! The outbox, receipts, streams, settings and quarantine.

use holdfast_record::{ObjectId, Statement, Timestamp};
use holdfast_vault::{BlobError, HandOver, NextOut, OutboxItem, StoreError, StreamHead};
use sha2::{Digest as _, Sha256};

use crate::common::{Home, blobs, entry, incident, report};

const TO: &[u8] = b"coalition";

fn item(object: ObjectId, size: u64, rank: u32) -> OutboxItem {
    OutboxItem {
        object,
        size,
        destination: TO.to_vec(),
        incident: incident(1),
        what: "bundle".to_owned(),
        rank,
    }
}

fn handed(sequence: u64, hash: u8) -> HandOver {
    HandOver {
        destination: TO.to_vec(),
        head: StreamHead {
            sequence,
            hash: [hash; 32],
        },
    }
}

#[test]
fn handing_over_is_one_step() {
    let (home, vault) = Home::with_vault();
    report(&vault, incident(1), 1, "text");
    assert_eq!(
        vault.next_out(TO).unwrap(),
        NextOut {
            sequence: 1,
            previous: [0; 32]
        }
    );
    let statement = Statement::HandedOver {
        recipient: "c".into(),
        mode: "endpoint".into(),
    };
    let note = entry(&vault, incident(1), 2, &statement);
    let bundle = b"sealed bundle".as_slice();
    let object = ObjectId::from_bytes(Sha256::digest(bundle).into());
    let beside = b"a note beside it".as_slice();
    let noted = ObjectId::from_bytes(Sha256::digest(beside).into());
    let items = [item(object, 13, 0), item(noted, 16, 1)];
    let sealed = [bundle, beside];

    // Another bundle took the number: nothing of this one is kept.
    let late = vault.hand_over(std::slice::from_ref(&note), &sealed, &items, &handed(2, 1));
    assert!(matches!(late, Err(BlobError::Store(StoreError::Overtaken))));
    assert!(vault.outbox().unwrap().is_empty() && !vault.has_object(&object).unwrap());
    assert!(!vault.row(incident(1)).unwrap().unwrap().handed_over);
    assert!(blobs(&home.dir).is_empty());

    vault
        .hand_over(&[note], &sealed, &items, &handed(1, 1))
        .unwrap();
    assert!(vault.has_object(&object).unwrap() && vault.has_object(&noted).unwrap());
    drop(vault);
    let vault = home.open().unwrap();
    assert_eq!(
        vault.next_out(TO).unwrap(),
        NextOut {
            sequence: 2,
            previous: [1; 32]
        }
    );
    let row = vault.row(incident(1)).unwrap().unwrap();
    assert!(row.handed_over);
    assert_eq!(row.waiting, 2);
    let waiting = vault.outbox().unwrap();
    assert_eq!(waiting.len(), 2);
    assert!(waiting[0].item == items[0] && waiting[0].title == "text");
    assert!(waiting[1].item == items[1]);
    assert_eq!(vault.next_out(b"another").unwrap().sequence, 1);
}

#[test]
fn an_object_waits_until_its_receipt_is_kept() {
    let (_home, vault) = Home::with_vault();
    report(&vault, incident(1), 1, "text");
    let object = vault.put_object(b"sealed").unwrap();
    vault.enqueue(&[item(object, 6, 0)]).unwrap();
    vault.note_progress(&object, 3, Some(b"upload")).unwrap();
    vault.fail(&object, "endpoint_full").unwrap();
    let waiting = vault.outbox().unwrap().remove(0);
    assert_eq!((waiting.sent, waiting.held_at), (3, None));
    assert_eq!(waiting.upload.as_deref(), Some(&b"upload"[..]));
    assert_eq!(waiting.fault.as_deref(), Some("endpoint_full"));
    assert!(vault.receipts(&object).unwrap().is_empty());

    vault.hold(&object, b"receipt", Timestamp(50)).unwrap();
    vault.hold(&object, b"receipt", Timestamp(60)).unwrap();
    vault.hold(&object, b"read", Timestamp(70)).unwrap();
    assert!(vault.outbox().unwrap().is_empty());
    assert_eq!(vault.row(incident(1)).unwrap().unwrap().waiting, 0);
    let held = vault.delivered(10).unwrap().remove(0);
    assert_eq!(
        (held.sent, held.held_at, held.fault),
        (6, Some(Timestamp(50)), None)
    );
    let receipts: Vec<_> = vault
        .receipts(&object)
        .unwrap()
        .into_iter()
        .map(|kept| kept.receipt)
        .collect();
    assert_eq!(receipts, [b"receipt".to_vec(), b"read".to_vec()]);

    // What arrived is not sent again.
    vault.enqueue(&[item(object, 6, 0)]).unwrap();
    assert!(vault.outbox().unwrap().is_empty());
    assert_eq!(vault.outbox_of(incident(1)).unwrap().len(), 1);
    let unknown = ObjectId::from_bytes([1; 32]);
    assert!(matches!(
        vault.hold(&unknown, b"r", Timestamp(1)),
        Err(StoreError::NotFound)
    ));
}

#[test]
fn text_goes_before_pictures_small_before_large_old_before_new() {
    let (_home, vault) = Home::with_vault();
    let put = |bytes: &[u8], rank| {
        let object = vault.put_object(bytes).unwrap();
        vault
            .enqueue(&[item(object, bytes.len() as u64, rank)])
            .unwrap();
        object
    };
    let large = put(b"large picture", 2);
    let first = put(b"picture1", 2);
    let second = put(b"picture2", 2);
    let text = put(b"a text that is longer than all", 1);
    let order: Vec<_> = vault
        .outbox()
        .unwrap()
        .into_iter()
        .map(|row| row.item.object)
        .collect();
    assert_eq!(order, [text, first, second, large]);
}

#[test]
fn a_bundle_is_taken_in_once_and_another_under_its_number_never() {
    let (_home, vault) = Home::with_vault();
    let (_other_home, other) = Home::with_vault_of(8);
    let sender = other.signing_key().verifying_key();
    let sender = sender.as_bytes();
    let head = |sequence, hash| StreamHead {
        sequence,
        hash: [hash; 32],
    };
    let created = [entry(&other, incident(1), 1, &Statement::Created)];
    assert_eq!(vault.last_in(sender).unwrap(), None);
    vault.take_in(&created, sender, head(1, 1)).unwrap();
    vault.take_in(&created, sender, head(1, 1)).unwrap();
    let forged = [entry(&other, incident(2), 1, &Statement::Created)];
    let fork = vault.take_in(&forged, sender, head(1, 2));
    assert!(matches!(fork, Err(StoreError::Overtaken)));
    assert!(vault.incident(incident(2)).unwrap().is_none());
    // A later one may come first; the gap shows.
    vault.take_in(&[], sender, head(3, 3)).unwrap();
    assert_eq!(vault.last_in(sender).unwrap(), Some(head(3, 3)));
    assert_eq!(vault.taken_in(sender, 2).unwrap(), None);
    vault.take_in(&[], sender, head(2, 2)).unwrap();
    assert_eq!(vault.last_in(sender).unwrap(), Some(head(3, 3)));
    assert_eq!(vault.taken_in(sender, 2).unwrap(), Some([2; 32]));
    assert_eq!(vault.last_in(b"another").unwrap(), None);
}

#[test]
fn settings_and_quarantine_are_kept() {
    let (home, vault) = Home::with_vault();
    assert_eq!(vault.setting("card").unwrap(), None);
    vault.set_setting("card", b"one").unwrap();
    vault.set_setting("card", b"two").unwrap();
    vault.quarantine(b"from the future", "newer").unwrap();
    vault.quarantine(b"from the future", "newer").unwrap();
    drop(vault);
    let vault = home.open().unwrap();
    assert_eq!(vault.setting("card").unwrap().as_deref(), Some(&b"two"[..]));
    let kept = vault.quarantined().unwrap();
    assert_eq!(kept.len(), 1);
    assert_eq!(
        (kept[0].bytes.as_slice(), kept[0].reason.as_str()),
        (&b"from the future"[..], "newer")
    );
}
