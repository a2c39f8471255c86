//! Entries, drafts, the list and the search.

use std::io::Write as _;

use holdfast_record::{Entry, Place, Precision, Statement, Timestamp, Value, When, field};
use holdfast_vault::{DraftRow, FileMeta, ListQuery, Page, StoreError, Vault};

use crate::common::{Home, entry, incident, narrative, report, rng};

fn list(vault: &Vault, text: &str) -> Page {
    vault
        .list(&ListQuery {
            text: text.to_owned(),
            limit: 50,
            offset: 0,
        })
        .unwrap()
}

fn titles(page: &Page) -> Vec<&str> {
    page.rows.iter().map(|row| row.title.as_str()).collect()
}

fn draft(title: &str, text: &str, at: i64) -> DraftRow {
    DraftRow {
        body: format!("{{{text}}}").into_bytes(),
        title: title.to_owned(),
        search_text: text.to_owned(),
        saved_at: Timestamp(at),
    }
}

fn import(vault: &Vault, name: &str) -> holdfast_record::Evidence {
    let mut import = vault.begin_import().unwrap();
    import.write_all(b"picture").unwrap();
    let meta = FileMeta {
        name: name.to_owned(),
        media_type: "image/jpeg".to_owned(),
        imported_at: Timestamp(2),
    };
    vault
        .commit_import(incident(1), import, meta, &mut rng())
        .unwrap()
}

#[test]
fn entries_are_kept_once_in_the_order_they_came() {
    let (home, vault) = Home::with_vault();
    let created = entry(&vault, incident(1), 10, &Statement::Created);
    let heads = [created.hash()];
    let text = Entry::make(
        vault.signing_key(),
        incident(1),
        &heads,
        Timestamp(5),
        &narrative("x"),
        &mut rng(),
    );
    let both = [text.clone(), created.clone()];
    vault.append(&both).unwrap();
    vault.append(&both).unwrap();
    drop(vault);
    let vault = home.open().unwrap();
    assert!(vault.entries(incident(1)).unwrap() == both);
    assert_eq!(vault.heads(incident(1)).unwrap(), [text.hash()]);
    assert!(vault.incident(incident(2)).unwrap().is_none());
    assert!(vault.heads(incident(2)).unwrap().is_empty());
    // What was forgotten is not told again by somebody who has not forgotten it, nor the reverse.
    vault.append(&[text.clone().forget()]).unwrap();
    assert!(vault.entries(incident(1)).unwrap()[0] == text);
}

#[test]
fn a_line_says_what_the_entries_say() {
    let (_home, vault) = Home::with_vault();
    let set = |code: &str, value| Statement::FieldSet {
        field: code.to_owned(),
        value,
    };
    let when = When {
        precision: Precision::Day,
        from: Some("2026-03-12".into()),
        to: None,
        zone: None,
    };
    let place = Place {
        text: "Osh".into(),
        country: Some("KG".into()),
    };
    report(
        &vault,
        incident(1),
        100,
        "\n  Taken from the bus.\nMore text.",
    );
    for statement in [
        set(
            field::KINDS,
            Value::Codes(vec!["detention.arbitrary".into()]),
        ),
        set(field::WHEN, Value::When(when.clone())),
        set(field::PLACE, Value::Place(place.clone())),
        set(field::URGENT, Value::Flag(true)),
        Statement::HandedOver {
            recipient: "c".into(),
            mode: "endpoint".into(),
        },
        Statement::Opened,
        Statement::Answered {
            text: "We are coming.".into(),
        },
    ] {
        vault
            .append(&[entry(&vault, incident(1), 200, &statement)])
            .unwrap();
    }
    let row = vault.row(incident(1)).unwrap().unwrap();
    assert_eq!(row.title, "Taken from the bus.");
    assert_eq!(row.kinds, ["detention.arbitrary"]);
    assert!(row.when == Some(when) && row.place == Some(place));
    assert!(row.urgent && row.handed_over && row.opened && row.answered);
    assert!(!row.has_draft && !row.is_new);
    assert_eq!(
        (row.changed_at, row.evidence, row.waiting),
        (Timestamp(200), 0, 0)
    );
    assert_eq!(list(&vault, "").rows, std::slice::from_ref(&row));
    for words in ["osh", "coming", "bus more", "TAKEN"] {
        assert_eq!(
            list(&vault, words).rows,
            std::slice::from_ref(&row),
            "{words}"
        );
    }
}

#[test]
fn the_list_has_drafts_first_then_the_latest_change() {
    let (_home, vault) = Home::with_vault();
    report(&vault, incident(1), 900, "first");
    report(&vault, incident(2), 100, "second");
    vault
        .save_draft(incident(3), &draft("third", "third", 1))
        .unwrap();
    report(&vault, incident(4), 5, "fourth");
    assert_eq!(
        titles(&list(&vault, "")),
        ["third", "fourth", "second", "first"]
    );
    vault
        .append(&[entry(
            &vault,
            incident(1),
            1,
            &Statement::Note { text: "n".into() },
        )])
        .unwrap();
    vault
        .save_draft(incident(2), &draft("second, changed", "", 1))
        .unwrap();
    assert_eq!(
        titles(&list(&vault, "")),
        ["second, changed", "third", "first", "fourth"]
    );
    let page = vault
        .list(&ListQuery {
            text: String::new(),
            limit: 2,
            offset: 1,
        })
        .unwrap();
    assert_eq!((page.total, titles(&page)), (4, vec!["third", "first"]));
}

#[test]
fn a_draft_is_kept_changed_found_and_finished() {
    let (home, vault) = Home::with_vault();
    let id = incident(1);
    assert_eq!(vault.draft(id).unwrap(), None);
    vault
        .save_draft(id, &draft("Half", "half a sentence", 10))
        .unwrap();
    vault
        .save_draft(id, &draft("Whole", "a whole sentence", 20))
        .unwrap();
    drop(vault);
    let vault = home.open().unwrap();
    assert_eq!(
        vault.draft(id).unwrap(),
        Some(draft("Whole", "a whole sentence", 20))
    );
    assert_eq!(list(&vault, "half").total, 0);
    let page = list(&vault, "sent whol");
    assert_eq!(titles(&page), ["Whole"]);
    assert!(page.rows[0].has_draft && page.rows[0].is_new);
    assert_eq!(page.rows[0].changed_at, Timestamp(20));

    let entries = [
        entry(&vault, id, 30, &Statement::Created),
        entry(&vault, id, 30, &narrative("Done")),
    ];
    vault.finish_draft(id, &entries).unwrap();
    assert_eq!(vault.draft(id).unwrap(), None);
    assert_eq!(list(&vault, "sentence").total, 0);
    let row = vault.row(id).unwrap().unwrap();
    assert!(!row.has_draft && !row.is_new && row.title == "Done");
}

#[test]
fn discarding_a_draft_takes_its_evidence_and_leaves_the_entries() {
    let (home, vault) = Home::with_vault();
    vault
        .save_draft(incident(1), &draft("New", "new", 1))
        .unwrap();
    let evidence = import(&vault, "IMG_2041.jpg");
    assert_eq!(list(&vault, "img_2041").total, 1);
    vault.discard_draft(incident(1)).unwrap();
    assert_eq!(list(&vault, "").total, 0);
    assert!(vault.evidence(&evidence.object).unwrap().is_none());
    assert!(crate::common::blobs(&home.dir).is_empty());

    report(&vault, incident(1), 5, "Saved");
    vault
        .save_draft(incident(1), &draft("Changed", "changed", 6))
        .unwrap();
    vault.discard_draft(incident(1)).unwrap();
    assert_eq!(titles(&list(&vault, "")), ["Saved"]);
    assert_eq!(list(&vault, "changed").total, 0);
    assert!(!vault.row(incident(1)).unwrap().unwrap().has_draft);
}

#[test]
fn russian_is_found_as_it_is_typed() {
    let (_home, vault) = Home::with_vault();
    report(
        &vault,
        incident(1),
        1,
        "Ёлка у здания суда, Район Фрунзенский. Задержали троих.",
    );
    report(&vault, incident(2), 1, "Обыск в редакции; изъяли телефоны");
    for (words, found) in [
        ("задерж", 1),
        ("ЗАДЕРЖАЛИ ТРО", 1),
        ("елка", 1),
        ("ёлка", 1),
        ("раион", 1),
        ("район суд", 1),
        // As some systems write й in file names: и and a combining breve.
        ("раи\u{306}он", 1),
        ("о", 1),
        ("обыск суда", 0),
        ("держали", 0),
        ("редакции, изъяли!", 1),
    ] {
        assert_eq!(list(&vault, words).total, found, "{words}");
    }
    report(&vault, incident(3), 1, "Muñoz à l'hôtel");
    assert_eq!(list(&vault, "munoz hotel").total, 1);
    assert_eq!(list(&vault, "MUÑOZ").total, 1);
}

#[test]
fn a_search_is_paged_in_the_order_of_the_list() {
    let (_home, vault) = Home::with_vault();
    for number in 0..20 {
        report(&vault, incident(number), 1, &format!("common {number}"));
    }
    vault
        .save_draft(incident(3), &draft("d", "common", 1))
        .unwrap();
    let page = vault
        .list(&ListQuery {
            text: "common".into(),
            limit: 3,
            offset: 0,
        })
        .unwrap();
    assert_eq!(
        (page.total, titles(&page)),
        (20, vec!["d", "common 19", "common 18"])
    );
    let page = vault
        .list(&ListQuery {
            text: "common".into(),
            limit: 3,
            offset: 18,
        })
        .unwrap();
    assert_eq!(
        (page.total, titles(&page)),
        (20, vec!["common 1", "common 0"])
    );
}

#[test]
fn nothing_typed_breaks_the_search() {
    let (_home, vault) = Home::with_vault();
    report(&vault, incident(1), 1, "NEAR the text OR \"quoted\"");
    for words in [
        "\"",
        "a OR",
        "NEAR(",
        "text:",
        "-",
        "*",
        "^near",
        "((",
        "'; DROP TABLE entries",
        "\0",
        "near\0",
        "{text}",
    ] {
        vault
            .list(&ListQuery {
                text: words.to_owned(),
                limit: 1,
                offset: 0,
            })
            .unwrap();
    }
    assert_eq!(list(&vault, "near or \"quo").total, 1);
}

#[test]
fn all_or_nothing() {
    let (_home, vault) = Home::with_vault();
    vault.save_draft(incident(1), &draft("d", "d", 1)).unwrap();
    let foreign = holdfast_record::ObjectId::from_bytes([5; 32]);
    let discarded = vault.discard_evidence(incident(1), &foreign);
    assert!(matches!(discarded, Err(StoreError::NotFound)));
    assert_eq!(list(&vault, "").total, 1);
}
