//! The bytes themselves. A change here is a change of the format: it needs a new version.

use holdfast_record::{
    Entry, EntryHash, Place, Precision, Raw, Statement, Value, When, field, purpose,
};

use crate::given::{INCIDENT, NOON, device, evidence, note, rng};

fn hex(bytes: &[u8]) -> String {
    let line = |line: &[u8]| {
        line.iter()
            .map(|byte| format!("{byte:02x}"))
            .collect::<String>()
    };
    bytes.chunks(32).map(line).collect::<Vec<_>>().join("\n")
}

fn envelope(name: &str, statement: &Statement) {
    let parent = EntryHash::from_bytes([0xee; 32]);
    let parents = if *statement == Statement::Created {
        &[][..]
    } else {
        &[parent]
    };
    let entry = Entry::make(&device(1), INCIDENT, parents, NOON, statement, &mut rng());
    let shown = format!("hash {}\n\n{}", entry.hash(), hex(&entry.to_bytes()));
    insta::assert_snapshot!(name, shown);
}

fn field_set(name: &str, field: &str, value: Value) {
    envelope(
        name,
        &Statement::FieldSet {
            field: field.to_owned(),
            value,
        },
    );
}

#[test]
fn statements_have_the_bytes_they_always_had() {
    let (purpose, recipient) = (purpose::COALITION.to_owned(), "0a0b".to_owned());
    envelope("created", &Statement::Created);
    envelope("evidence_added", &Statement::EvidenceAdded(evidence()));
    envelope("note", &note("Called the lawyer."));
    envelope(
        "consent_given",
        &Statement::ConsentGiven {
            purpose: purpose.clone(),
            recipient: recipient.clone(),
        },
    );
    envelope(
        "consent_withdrawn",
        &Statement::ConsentWithdrawn {
            purpose,
            recipient: recipient.clone(),
        },
    );
    envelope(
        "handed_over",
        &Statement::HandedOver {
            recipient,
            mode: "endpoint".to_owned(),
        },
    );
    envelope("opened", &Statement::Opened);
    envelope(
        "answered",
        &Statement::Answered {
            text: "We are on it.".to_owned(),
        },
    );
    let raw = Raw::from_bytes(&[0x83, 0x18, 0x63, 0xa1, 0x00, 0xf5, 0x80]).expect("canonical");
    envelope("unknown", &Statement::Unknown { code: 99, raw });
}

#[test]
fn values_have_the_bytes_they_always_had() {
    let text = "Двое в штатском пришли домой.".to_owned();
    field_set(
        "text",
        field::NARRATIVE,
        Value::Text {
            text,
            lang: Some("ru".to_owned()),
        },
    );
    let kinds = ["summons_for_talk", "illegal_search"].map(str::to_owned);
    field_set("codes", field::KINDS, Value::Codes(kinds.into()));
    let when = When {
        precision: Precision::Exact,
        from: Some("2026-11-21T21:40".to_owned()),
        to: None,
        zone: Some("+05:00".to_owned()),
    };
    field_set("when", field::WHEN, Value::When(when));
    let place = Place {
        text: "Osh, by the market".to_owned(),
        country: Some("KG".to_owned()),
    };
    field_set("place", field::PLACE, Value::Place(place));
    field_set("flag", field::URGENT, Value::Flag(true));
    let raw = Raw::from_bytes(&[0x82, 0x18, 0x4d, 0x61, 0x3f]).expect("canonical");
    field_set("unknown_value", "weather", Value::Unknown(raw));
}

#[test]
fn a_forgotten_entry_has_the_bytes_it_always_had() {
    let entry = Entry::make(
        &device(1),
        INCIDENT,
        &[],
        NOON,
        &Statement::Created,
        &mut rng(),
    );
    insta::assert_snapshot!("forgotten", hex(&entry.forget().to_bytes()));
}

#[test]
fn the_document_shows_these_bytes() {
    let document = include_str!("../../../../docs/formats/entry.md");
    let entry = Entry::make(
        &device(1),
        INCIDENT,
        &[],
        NOON,
        &Statement::Created,
        &mut rng(),
    );
    assert!(document.contains(&hex(&entry.to_bytes())));
    assert!(document.contains(&entry.hash().to_string()));
}
