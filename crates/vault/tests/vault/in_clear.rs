//! Nothing a person wrote, imported or typed is in any file of the vault, at any time (I-16).

use std::io::Write as _;

use holdfast_record::{Place, Statement, Timestamp, Value, field};
use holdfast_vault::{DraftRow, FileMeta, HandOver, OutboxItem, StreamHead};

use crate::common::{Home, PASSPHRASE, entry, incident, narrative, rng};

/// Every canary holds this; the passphrase too.
const CANARY: &str = "canary";

fn assert_nothing_in_clear(home: &Home, when: &str) {
    let utf16: Vec<u8> = CANARY.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let mut bytes_seen = 0;
    for (path, bytes) in home.contents() {
        bytes_seen += bytes.len();
        for canary in [
            CANARY.as_bytes(),
            &utf16,
            b"SQLite format",
            b"AGE-SECRET-KEY",
            b"CREATE TABLE",
        ] {
            let found = bytes
                .windows(canary.len())
                .any(|window| window.eq_ignore_ascii_case(canary));
            assert!(!found, "{path:?} {when}");
        }
    }
    assert!(bytes_seen > 100_000, "{bytes_seen}");
}

#[test]
fn no_canary_is_in_any_file() {
    assert!(PASSPHRASE.contains(CANARY));
    let (home, vault) = Home::with_vault();
    let id = incident(1);
    let draft = DraftRow {
        body: b"canary body".repeat(500),
        title: "canary title".into(),
        search_text: "canary search".into(),
        saved_at: Timestamp(1),
    };
    vault.save_draft(id, &draft).unwrap();
    vault.save_draft(incident(2), &draft).unwrap();
    let mut import = vault.begin_import().unwrap();
    import.write_all(&b"canary bytes".repeat(20_000)).unwrap();
    assert_nothing_in_clear(&home, "while importing");
    let meta = FileMeta {
        name: "canary-name.jpg".into(),
        media_type: "image/canary".into(),
        imported_at: Timestamp(1),
    };
    let evidence = vault.commit_import(id, import, meta, &mut rng()).unwrap();

    let set = |code: &str, value| Statement::FieldSet {
        field: code.to_owned(),
        value,
    };
    vault.discard_draft(incident(2)).unwrap();
    vault
        .finish_draft(id, &[entry(&vault, id, 1, &Statement::Created)])
        .unwrap();
    for statement in [
        narrative("canary narrative"),
        set(field::KINDS, Value::Codes(vec!["canary.kind".into()])),
        set(
            field::PLACE,
            Value::Place(Place {
                text: "canary place".into(),
                country: None,
            }),
        ),
        set("canary.field", Value::Flag(true)),
        Statement::Note {
            text: "canary note".into(),
        },
        Statement::ConsentGiven {
            purpose: "canary".into(),
            recipient: "canary".into(),
        },
        Statement::Answered {
            text: "canary answer".into(),
        },
        Statement::EvidenceAdded(evidence.clone()),
    ] {
        vault.append(&[entry(&vault, id, 1, &statement)]).unwrap();
    }
    let item = OutboxItem {
        object: evidence.object,
        size: evidence.object_size,
        destination: b"canary destination".to_vec(),
        incident: id,
        what: "canary".into(),
        rank: 1,
    };
    let head = StreamHead {
        sequence: 1,
        hash: [1; 32],
    };
    let handed = HandOver {
        destination: b"canary destination".to_vec(),
        head,
    };
    vault
        .hand_over(&[], &[b"sealed"], &[item], &handed)
        .unwrap();
    vault.fail(&evidence.object, "canary").unwrap();
    vault
        .hold(&evidence.object, b"canary receipt", Timestamp(1))
        .unwrap();
    vault.set_setting("canary", b"canary setting").unwrap();
    vault.quarantine(b"canary bytes", "canary").unwrap();
    assert_nothing_in_clear(&home, "while open");
    home.store();
    drop(vault);
    assert_nothing_in_clear(&home, "when closed");
    drop(home.open().unwrap());
    assert_nothing_in_clear(&home, "when opened again");
}
