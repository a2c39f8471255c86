//! What is removed comes back only when it is asked for, and nothing is removed unseen.

use std::io::Write as _;

use holdfast_record::{Entry, Evidence, Incident, Statement, Timestamp, field};
use holdfast_vault::{FileMeta, Keep, ListQuery, StoreError, StreamHead, Thinned, Vault};

use crate::common::{Home, blobs, entry, incident, narrative, report, rng};

/// A report with evidence, signed as handed over. Gives its entries.
fn delivered(vault: &Vault) -> (Vec<Entry>, Evidence) {
    let id = incident(1);
    report(vault, id, 86_400_000 * 3 + 7, "narrative of the night");
    let mut import = vault.begin_import().unwrap();
    import.write_all(&[9; 4_000]).unwrap();
    let meta = FileMeta {
        name: "photo.jpg".to_owned(),
        media_type: "image/jpeg".to_owned(),
        imported_at: Timestamp(5),
    };
    let evidence = vault.commit_import(id, import, meta, &mut rng()).unwrap();
    for statement in [
        Statement::EvidenceAdded(evidence.clone()),
        Statement::HandedOver {
            recipient: "c".to_owned(),
            mode: "sealed".to_owned(),
        },
    ] {
        let next = entry(vault, id, 86_400_000 * 3 + 8, &statement);
        vault.append(&[next]).unwrap();
    }
    (vault.entries(id).unwrap(), evidence)
}

fn found(vault: &Vault, text: &str) -> u64 {
    let query = ListQuery {
        text: text.to_owned(),
        limit: 10,
        offset: 0,
    };
    vault.list(&query).unwrap().total
}

fn take_in(vault: &Vault, entries: &[Entry], sequence: u64) {
    let head = StreamHead {
        sequence,
        hash: [sequence as u8; 32],
    };
    vault.take_in(entries, b"desk", head).unwrap();
}

#[test]
fn forgotten_evidence_comes_back_when_it_is_asked_for_and_not_before() {
    let (home, vault) = Home::with_vault();
    let id = incident(1);
    let (entries, evidence) = delivered(&vault);
    vault.thin_evidence(id, entries.len() as u64).unwrap();
    assert_eq!(vault.thinned(id).unwrap(), Some(Thinned::Evidence));
    assert!(blobs(&home.dir).is_empty());
    assert!(vault.evidence(&evidence.object).unwrap().is_none());
    let forgotten = vault.entries(id).unwrap();
    let hashes = |entries: &[Entry]| -> Vec<_> { entries.iter().map(Entry::hash).collect() };
    assert_eq!(hashes(&forgotten), hashes(&entries));
    assert!(Incident::from_entries(&forgotten).missing.is_empty());
    let stub = vault.stubs(id).unwrap().remove(0);
    assert_eq!(
        (stub.object, stub.name.as_str(), stub.size, stub.sha256),
        (evidence.object, "photo.jpg", evidence.size, evidence.sha256)
    );
    assert_eq!(
        (
            vault.row(id).unwrap().unwrap().evidence,
            found(&vault, "photo")
        ),
        (1, 1)
    );

    take_in(&vault, &entries, 1);
    vault.hear(&entries).unwrap();
    assert!(vault.evidence(&evidence.object).unwrap().is_none());
    vault.append(&forgotten).unwrap();
    assert_eq!(vault.thinned(id).unwrap(), Some(Thinned::Evidence));

    vault.append(&entries).unwrap();
    assert_eq!(vault.entries(id).unwrap(), entries);
    assert!(vault.evidence(&evidence.object).unwrap() == Some(evidence));
    assert_eq!(vault.thinned(id).unwrap(), None);
    assert!(vault.stubs(id).unwrap().is_empty());
    // What is here in full is not forgotten because a forgotten form comes in.
    vault.append(&forgotten).unwrap();
    assert_eq!(vault.entries(id).unwrap(), entries);
}

#[test]
fn a_removed_report_comes_back_whole_when_it_is_asked_for() {
    let (home, vault) = Home::with_vault();
    let (id, other) = (incident(1), incident(2));
    let (entries, evidence) = delivered(&vault);
    report(&vault, other, 1, "another");
    vault.thin_evidence(id, entries.len() as u64).unwrap();
    vault
        .thin_incident(id, "the march", Keep::Nothing, entries.len() as u64)
        .unwrap();
    assert!(vault.entries(id).unwrap().is_empty());
    let row = vault.row(id).unwrap().unwrap();
    assert_eq!(
        (row.title.as_str(), row.thinned),
        ("the march", Some(Thinned::Everything))
    );
    assert_eq!(row.changed_at, Timestamp(86_400_000 * 3));
    assert!(row.handed_over && !row.is_new && row.evidence == 0);
    assert_eq!(
        (
            found(&vault, "night"),
            found(&vault, "photo"),
            found(&vault, "march")
        ),
        (0, 0, 1)
    );
    let list = vault
        .list(&ListQuery {
            limit: 9,
            ..ListQuery::default()
        })
        .unwrap();
    assert_eq!(list.rows[1].incident, id, "it stands where it stood");
    take_in(&vault, &entries, 1);
    assert!(vault.entries(id).unwrap().is_empty());
    drop(vault);

    let vault = home.open().unwrap();
    let (last, most) = entries.split_last().unwrap();
    vault.append(most).unwrap();
    assert_eq!(vault.thinned(id).unwrap(), Some(Thinned::Everything));
    vault.append(std::slice::from_ref(last)).unwrap();
    assert_eq!(vault.thinned(id).unwrap(), None);
    let back = vault.incident(id).unwrap().unwrap();
    assert_eq!(back.text(field::NARRATIVE), Some("narrative of the night"));
    assert!(vault.evidence(&evidence.object).unwrap().is_some());
    assert_eq!((found(&vault, "night"), found(&vault, "march")), (1, 0));
}

#[test]
fn what_changed_since_somebody_looked_is_not_removed() {
    let (_home, vault) = Home::with_vault();
    let id = incident(1);
    let (entries, _) = delivered(&vault);
    let seen = entries.len() as u64;
    let late = entry(&vault, id, 9, &Statement::Opened);
    vault.append(&[late]).unwrap();
    let refused = |seen| {
        for result in [
            vault.thin_evidence(id, seen),
            vault.thin_incident(id, "", Keep::Nothing, seen),
        ] {
            assert!(matches!(result, Err(StoreError::Overtaken)), "{result:?}");
        }
        assert_eq!(vault.thinned(id).unwrap(), None);
    };
    refused(seen);
    vault
        .append(&[entry(&vault, id, 10, &narrative("more"))])
        .unwrap();
    refused(seen + 2);
    assert_eq!(vault.unsaved().unwrap().unsent, 1);
    assert_eq!(vault.exposure().unwrap().thinnable, 0);
}
