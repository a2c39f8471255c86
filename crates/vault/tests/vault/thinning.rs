//! What is removed comes back only when it is asked for, and nothing is removed unseen.

use std::{fs, io::Write as _};

use holdfast_record::{
    Entry, Evidence, Incident, IncidentId, SigningKey, Statement, Timestamp, field,
};
use holdfast_vault::{
    BlobError, DraftRow, FileMeta, Keep, ListQuery, OutboxItem, Removal, StoreError, StreamHead,
    Thinned, Vault,
};

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

fn removal(incident: IncidentId, label: &str, seen: usize) -> Removal {
    Removal {
        incident,
        label: label.to_owned(),
        seen: seen as u64,
    }
}

fn remove(vault: &Vault, removals: &[Removal]) {
    let left = vault.thin_incidents(removals, Keep::Nothing).unwrap();
    assert!(left.is_empty());
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
    remove(&vault, &[removal(id, "the march", entries.len())]);
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
    assert_eq!(
        vault.thinned(id).unwrap(),
        Some(Thinned::Evidence),
        "what is back can be seen, and one entry is not"
    );
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
        let result = vault.thin_evidence(id, seen);
        assert!(matches!(result, Err(StoreError::Overtaken)), "{result:?}");
        let removals = [removal(id, "", seen as usize)];
        let left = vault.thin_incidents(&removals, Keep::Nothing).unwrap();
        assert_eq!(left, [id]);
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

#[test]
fn what_others_said_is_not_waited_for() {
    let (_home, vault) = Home::with_vault();
    let id = incident(1);
    delivered(&vault);
    let heads = vault.heads(id).unwrap();
    let desk = SigningKey::make(&mut rng());
    let opened = Entry::make(
        &desk,
        id,
        &heads,
        Timestamp(9),
        &Statement::Opened,
        &mut rng(),
    );
    take_in(&vault, std::slice::from_ref(&opened), 1);
    let entries = vault.entries(id).unwrap();
    remove(&vault, &[removal(id, "", entries.len())]);
    assert_eq!(vault.remarks_away(id).unwrap(), [opened.hash()].into());
    assert!(vault.row(id).unwrap().unwrap().opened);

    let (said, own) = entries.split_last().unwrap();
    assert_eq!(said, &opened);
    vault.append(own).unwrap();
    assert_eq!(vault.thinned(id).unwrap(), None);
    assert!(vault.lacks(id).unwrap(), "it may still be looked for");
    // From now on it comes by itself.
    take_in(&vault, &[opened], 2);
    assert_eq!(vault.entries(id).unwrap().len(), entries.len());
    assert!(!vault.lacks(id).unwrap());
}

#[test]
fn what_was_asked_for_is_heard_and_counts_from_then_on() {
    let (_home, vault) = Home::with_vault();
    let id = incident(1);
    let (entries, _) = delivered(&vault);
    held(&vault, id, Timestamp(1_000));
    let since = |what| {
        vault
            .due(what)
            .unwrap()
            .first()
            .map(|due| (due.since.0, due.fetched_back))
    };
    assert_eq!(since(Thinned::Everything), Some((1_000, false)));
    remove(&vault, &[removal(id, "", entries.len())]);
    take_in(&vault, &entries, 1);
    assert!(vault.entries(id).unwrap().is_empty());

    vault.ask_back(&[id], Timestamp(5_000)).unwrap();
    vault.hear(&entries).unwrap();
    assert_eq!(vault.thinned(id).unwrap(), None);
    assert_eq!(since(Thinned::Everything), Some((5_000, true)));
    // Removed again, it was never asked for.
    vault.thin_evidence(id, entries.len() as u64).unwrap();
    assert_eq!(since(Thinned::Everything), Some((1_000, false)));
    vault.hear(&entries).unwrap();
    assert_eq!(vault.thinned(id).unwrap(), Some(Thinned::Evidence));
}

/// A bundle of it was delivered and has its receipt.
fn held(vault: &Vault, id: IncidentId, at: Timestamp) {
    let object = vault.put_object(b"bundle").unwrap();
    let item = OutboxItem {
        object,
        size: 6,
        destination: b"to".to_vec(),
        incident: id,
        what: "bundle".to_owned(),
        rank: 1,
    };
    vault.enqueue(&[item]).unwrap();
    vault.hold(&object, b"receipt", at).unwrap();
}

#[test]
fn many_are_removed_in_one_step_but_for_those_that_changed() {
    let (home, vault) = Home::with_vault();
    let sent = Statement::HandedOver {
        recipient: "c".to_owned(),
        mode: "sealed".to_owned(),
    };
    for number in 1..=4 {
        report(&vault, incident(number), 1, &format!("narrative{number}"));
        let over = entry(&vault, incident(number), 2, &sent);
        vault.append(&[over]).unwrap();
    }
    let mut removals: Vec<Removal> = (1..=3)
        .map(|number| {
            removal(
                incident(number),
                "",
                vault.entries(incident(number)).unwrap().len(),
            )
        })
        .collect();
    removals[1].seen -= 1;
    let left = vault.thin_incidents(&removals, Keep::Nothing).unwrap();
    assert_eq!(left, [incident(2)]);
    drop(vault);
    let vault = home.open().unwrap();
    let found: Vec<u64> = (1..=4)
        .map(|number| found(&vault, &format!("narrative{number}")))
        .collect();
    assert_eq!(found, [0, 1, 0, 1]);
    assert_eq!(vault.exposure().unwrap().receipts_only, 2);
}

#[test]
fn nothing_is_written_to_an_incident_that_is_gone() {
    let (home, vault) = Home::with_vault();
    let id = incident(1);
    let (entries, _) = delivered(&vault);
    remove(&vault, &[removal(id, "", entries.len())]);
    let draft = DraftRow {
        body: b"late".to_vec(),
        title: "late".to_owned(),
        search_text: "late".to_owned(),
        saved_at: Timestamp(9),
    };
    let saved = vault.save_draft(id, &draft);
    assert!(matches!(saved, Err(StoreError::Gone)), "{saved:?}");
    let finished = vault.finish_draft(id, &entries);
    assert!(matches!(finished, Err(StoreError::Gone)), "{finished:?}");
    let mut import = vault.begin_import().unwrap();
    import.write_all(b"late").unwrap();
    let meta = FileMeta {
        name: "late.jpg".to_owned(),
        media_type: "image/jpeg".to_owned(),
        imported_at: Timestamp(9),
    };
    let imported = vault.commit_import(id, import, meta, &mut rng());
    assert!(
        matches!(imported, Err(BlobError::Store(StoreError::Gone))),
        "{imported:?}"
    );
    assert!(vault.draft(id).unwrap().is_none());
    assert_eq!(found(&vault, "late"), 0);
    drop(vault);
    drop(home.open().unwrap());
    assert!(blobs(&home.dir).is_empty());
}

/// Closing unlinks the log; whoever held on to its blocks finds nothing in them.
#[test]
fn closing_leaves_nothing_in_the_blocks_of_the_log() {
    let (home, vault) = Home::with_vault();
    delivered(&vault);
    let log = home.store().with_extension("db-wal");
    let kept = home.dir.with_extension("kept");
    fs::hard_link(&log, &kept).unwrap();
    assert!(fs::metadata(&kept).unwrap().len() > 0);
    drop(vault);
    assert!(!log.exists());
    assert_eq!(
        fs::metadata(&kept).unwrap().len(),
        0,
        "overwritten, then cut"
    );
    home.open().unwrap();
}
