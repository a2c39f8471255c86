//! An entry comes back as it was written, and as nothing else.

use holdfast_record::{
    DeviceId, Entry, EntryHash, Envelope, Evidence, Incident, Precision, Raw, Statement, Value,
    VerifyError, When, field,
    signature::{Domain, SignatureError, Signatures},
};
use proptest::prelude::*;
use sha2::{Digest as _, Sha256};

use crate::given::{
    INCIDENT, NOON, any_statement, any_value, device, encoded, entry, evidence, note, rng,
};

const ENTRY: Domain = Domain("holdfast entry v1");

/// An envelope in its four parts, to be put together otherwise.
struct Parts {
    header: Vec<u8>,
    signatures: Signatures,
    salt: Vec<u8>,
    body: Vec<u8>,
}

fn parts(entry: &Entry) -> Parts {
    let bytes = entry.to_bytes();
    let mut d = minicbor::Decoder::new(&bytes);
    let mut read = || -> Result<Parts, minicbor::decode::Error> {
        d.array()?;
        d.u64()?;
        let header = d.bytes()?.to_vec();
        let signatures = d.decode()?;
        d.array()?;
        Ok(Parts {
            header,
            signatures,
            salt: d.bytes()?.to_vec(),
            body: d.bytes()?.to_vec(),
        })
    };
    read().expect("an envelope with a payload")
}

impl Parts {
    fn to_bytes(&self) -> Vec<u8> {
        encoded(|e| {
            e.array(4)?
                .u64(1)?
                .bytes(&self.header)?
                .encode(&self.signatures)?;
            e.array(2)?.bytes(&self.salt)?.bytes(&self.body)?.ok()
        })
    }

    fn verify(&self) -> Result<Entry, VerifyError> {
        Envelope::from_bytes(&self.to_bytes())
            .expect("well-formed")
            .verify()
    }
}

/// What a newer version might send: any body, and anything behind the header's known keys.
fn signed(body: &[u8], more_header: bool) -> Parts {
    let key = device(1);
    let salt = vec![3; 32];
    let commitment = Sha256::digest([b"holdfast payload v1\0", &*salt, body].concat());
    let header = encoded(|e| {
        e.map(6 + u64::from(more_header))?
            .u8(0)?
            .u8(1)?
            .u8(1)?
            .encode(INCIDENT)?;
        e.u8(2)?.array(0)?.u8(3)?.encode(DeviceId::of(&key))?;
        e.u8(4)?.i64(NOON.0)?.u8(5)?.bytes(&commitment)?;
        if more_header {
            e.u8(6)?.str("newer")?;
        }
        Ok(())
    });
    let signatures = key.sign(ENTRY, &header);
    Parts {
        header,
        signatures,
        salt,
        body: body.to_vec(),
    }
}

fn read(bytes: &[u8]) -> Entry {
    Envelope::from_bytes(bytes)
        .expect("decodes")
        .verify()
        .expect("verifies")
}

proptest! {
    #[test]
    fn an_entry_comes_back_as_it_was_written(
        statement in any_statement(),
        parents in any::<Vec<[u8; 32]>>(),
        made_at in any::<i64>(),
    ) {
        let parents: Vec<EntryHash> = parents.into_iter().map(Into::into).collect();
        let made_at = holdfast_record::Timestamp(made_at);
        let entry = Entry::make(&device(1), INCIDENT, &parents, made_at, &statement, &mut rng());
        let back = read(&entry.to_bytes());
        prop_assert_eq!(&back, &entry);
        prop_assert_eq!(back.to_bytes(), entry.to_bytes());
        prop_assert_eq!(back.hash(), entry.hash());
        prop_assert_eq!(back.statement(), Some(&statement));
        prop_assert_eq!(back.made_at(), made_at);
        prop_assert_eq!(back.incident(), INCIDENT);
        prop_assert_eq!(back.author(), DeviceId::of(&device(1)));
        let mut sorted = parents;
        sorted.sort();
        sorted.dedup();
        prop_assert_eq!(back.parents(), &sorted);
    }

    #[test]
    fn a_forgotten_entry_keeps_its_hash_and_still_verifies(statement in any_statement()) {
        let entry = entry(&statement);
        let forgotten = entry.clone().forget();
        prop_assert_eq!(forgotten.statement(), None);
        let back = read(&forgotten.to_bytes());
        prop_assert_eq!(&back, &forgotten);
        prop_assert_eq!(back.hash(), entry.hash());
        prop_assert_eq!(back.parents(), entry.parents());
        prop_assert!(back.to_bytes().len() < entry.to_bytes().len());
    }

    #[test]
    fn values_come_back_as_they_were_written(value in any_value()) {
        let bytes = minicbor::to_vec(&value).unwrap();
        prop_assert_eq!(minicbor::decode::<Value>(&bytes).unwrap(), value);
    }
}

#[test]
fn nothing_of_what_was_said_stays_in_a_forgotten_entry() {
    let secret = b"witness lives at the corner";
    let entry = entry(&note("witness lives at the corner"));
    let holds = |bytes: &[u8]| bytes.windows(secret.len()).any(|window| window == secret);
    assert!(holds(&entry.to_bytes()));
    assert!(!holds(&entry.forget().to_bytes()));
}

#[test]
fn the_same_words_do_not_give_the_same_hash_twice() {
    let mut rng = rng();
    let mut make = || {
        Entry::make(
            &device(1),
            INCIDENT,
            &[],
            NOON,
            &Statement::Created,
            &mut rng,
        )
        .hash()
    };
    assert_ne!(make(), make());
}

#[test]
fn a_swapped_body_is_refused() {
    let mut swapped = parts(&entry(&note("it was the police")));
    swapped.body = parts(&entry(&note("it was nobody"))).body;
    assert_eq!(swapped.verify(), Err(VerifyError::Payload));
}

#[test]
fn a_swapped_salt_is_refused() {
    let mut swapped = parts(&entry(&note("words")));
    swapped.salt[0] ^= 1;
    assert_eq!(swapped.verify(), Err(VerifyError::Payload));
}

#[test]
fn a_swapped_header_is_refused() {
    let mut swapped = parts(&entry(&note("words")));
    swapped.header = parts(&entry(&note("other words"))).header;
    assert_eq!(
        swapped.verify(),
        Err(VerifyError::Signature(SignatureError::Invalid))
    );
}

#[test]
fn a_changed_header_is_refused() {
    let mut changed = parts(&entry(&note("words")));
    let made_at = changed.header.len() - 40;
    changed.header[made_at] ^= 1;
    assert_eq!(
        changed.verify(),
        Err(VerifyError::Signature(SignatureError::Invalid))
    );
}

#[test]
fn a_signature_by_somebody_else_is_refused() {
    let mut swapped = parts(&entry(&note("words")));
    swapped.signatures = device(2).sign(ENTRY, &swapped.header);
    assert_eq!(
        swapped.verify(),
        Err(VerifyError::Signature(SignatureError::Missing))
    );
}

#[test]
fn a_signature_made_for_another_purpose_is_refused() {
    let mut swapped = parts(&entry(&note("words")));
    swapped.signatures = device(1).sign(Domain("holdfast receipt v1"), &swapped.header);
    assert_eq!(
        swapped.verify(),
        Err(VerifyError::Signature(SignatureError::Invalid))
    );
}

#[test]
fn an_unknown_second_signature_is_kept_and_ignored() {
    let mut parts = parts(&entry(&note("words")));
    let alone = parts.verify().unwrap();
    // As long as those of ML-DSA-44.
    parts.signatures =
        device(1).sign_beside(ENTRY, &parts.header, 2, vec![7; 1_312], vec![9; 2_420]);
    let both = parts.verify().unwrap();
    assert_eq!(both.to_bytes(), parts.to_bytes());
    assert_eq!(both.hash(), alone.hash());
    // One array of three: the algorithm in a byte, key and signature with three bytes of length.
    let second = 1 + 1 + 3 + 1_312 + 3 + 2_420;
    assert_eq!(
        both.forget().to_bytes().len(),
        alone.forget().to_bytes().len() + second
    );
}

#[test]
fn a_signature_added_by_whoever_passes_it_on_is_refused() {
    let entry = entry(&note("words"));
    let header = parts(&entry).header;
    let junk = encoded(|e| {
        e.array(3)?
            .u8(2)?
            .bytes(&[7; 1_312])?
            .bytes(&[9; 2_420])?
            .ok()
    });
    // Behind the head of its list: valid, and over the same header.
    let by_other = minicbor::to_vec(device(2).sign(ENTRY, &header)).unwrap()[1..].to_vec();
    for added in [junk, by_other] {
        let mut parts = parts(&entry);
        let mut list = minicbor::to_vec(&parts.signatures).unwrap();
        list[0] += 1;
        list.extend(added);
        parts.signatures = minicbor::decode(&list).unwrap();
        assert_eq!(
            parts.verify(),
            Err(VerifyError::Signature(SignatureError::Invalid))
        );
    }
}

#[test]
fn a_second_signature_taken_away_is_refused() {
    let mut parts = parts(&entry(&note("words")));
    let both = device(1).sign_beside(ENTRY, &parts.header, 2, vec![7; 1_312], vec![9; 2_420]);
    let mut list = minicbor::to_vec(&both).unwrap();
    let second = 1 + 1 + 3 + 1_312 + 3 + 2_420;
    list.truncate(list.len() - second);
    list[0] -= 1;
    parts.signatures = minicbor::decode(&list).unwrap();
    assert_eq!(
        parts.verify(),
        Err(VerifyError::Signature(SignatureError::Invalid))
    );
}

#[test]
fn an_unknown_signature_alone_is_not_enough() {
    let mut parts = parts(&entry(&note("words")));
    let alone = encoded(|e| e.array(1)?.array(3)?.u8(2)?.bytes(&[7])?.bytes(&[9])?.ok());
    parts.signatures = minicbor::decode(&alone).unwrap();
    assert_eq!(
        parts.verify(),
        Err(VerifyError::Signature(SignatureError::Missing))
    );
}

#[test]
fn an_unknown_statement_is_kept_byte_for_byte() {
    let body = encoded(|e| {
        e.array(3)?
            .u64(900)?
            .map(1)?
            .u8(0)?
            .str("?")?
            .array(0)?
            .ok()
    });
    let sent = signed(&body, true);
    let entry = sent.verify().unwrap();
    let raw = Raw::from_bytes(&body).unwrap();
    assert_eq!(
        entry.statement(),
        Some(&Statement::Unknown { code: 900, raw })
    );
    assert_eq!(entry.to_bytes(), sent.to_bytes());
    assert_eq!(Incident::from_entries([&entry]).history, [entry.hash()]);
}

#[test]
fn what_a_newer_version_adds_to_a_known_statement_is_kept_and_passed_over() {
    let body = encoded(|e| {
        e.array(3)?
            .u64(3)?
            .map(2)?
            .u8(0)?
            .str("words")?
            .u8(9)?
            .bool(true)?
            .str("more")?
            .ok()
    });
    let sent = signed(&body, false);
    let entry = sent.verify().unwrap();
    assert_eq!(entry.statement(), Some(&note("words")));
    assert_eq!(entry.to_bytes(), sent.to_bytes());
}

#[test]
fn what_a_newer_version_adds_to_evidence_is_kept_and_passed_over() {
    let mut map = minicbor::to_vec(evidence()).unwrap();
    assert_eq!(map[0], 0xac);
    map[0] = 0xad;
    map.extend([12, 0xf5]);
    let sent = signed(&[&[0x82, 2], &map[..]].concat(), false);
    let entry = sent.verify().unwrap();
    assert_eq!(
        entry.statement(),
        Some(&Statement::EvidenceAdded(evidence()))
    );
    assert_eq!(entry.to_bytes(), sent.to_bytes());
}

#[test]
fn a_known_statement_that_does_not_read_is_kept_as_unknown() {
    let body = encoded(|e| e.array(2)?.u64(3)?.map(1)?.u8(0)?.u8(7)?.ok());
    let sent = signed(&body, false);
    let entry = sent.verify().unwrap();
    assert!(matches!(
        entry.statement(),
        Some(Statement::Unknown { code: 3, .. })
    ));
    assert_eq!(entry.to_bytes(), sent.to_bytes());
}

#[test]
fn unknown_fields_and_values_stand_byte_for_byte_and_can_be_settled_on() {
    // A new kind of value, and a known one with more in it than this version knows.
    let newer = encoded(|e| e.array(2)?.u64(77)?.map(1)?.u8(0)?.str("?")?.ok());
    let wider = encoded(|e| {
        e.array(2)?
            .u64(3)?
            .map(2)?
            .u8(0)?
            .str("Osh")?
            .u8(7)?
            .bool(true)?
            .ok()
    });
    for raw in [newer, wider] {
        let body = [&[0x82, 1, 0xa2, 0, 0x63][..], b"new", &[1], &raw].concat();
        let entry = signed(&body, false).verify().unwrap();
        let incident = Incident::from_entries([&entry]);
        let value = &incident.standing("new")[0].value;
        assert_eq!(value, &Value::Unknown(Raw::from_bytes(&raw).unwrap()));

        let again = Statement::FieldSet {
            field: "new".to_owned(),
            value: value.clone(),
        };
        let again = Entry::make(
            &device(2),
            INCIDENT,
            &incident.heads,
            NOON,
            &again,
            &mut rng(),
        );
        assert_eq!(parts(&again).body, body);
    }
}

#[test]
fn an_unknown_precision_is_kept() {
    let when = When {
        precision: Precision::Other(12),
        from: None,
        to: None,
        zone: None,
    };
    let set = Statement::FieldSet {
        field: field::WHEN.to_owned(),
        value: Value::When(when.clone()),
    };
    let back = read(&entry(&set).to_bytes());
    assert_eq!(
        Incident::from_entries([&back]).when(field::WHEN),
        Some(&when)
    );
}

#[test]
fn words_that_do_not_fit_are_told_apart() {
    let fits = note(&"a".repeat(900_000));
    assert!(fits.fits());
    assert_eq!(read(&entry(&fits).to_bytes()).statement(), Some(&fits));
    assert!(!note(&"a".repeat(1_040_000)).fits());
}

#[test]
fn nothing_a_person_wrote_is_printed() {
    let place = holdfast_record::Place {
        text: "secret".to_owned(),
        country: None,
    };
    for statement in [
        note("secret"),
        Statement::FieldSet {
            field: "secret".to_owned(),
            value: Value::Place(place),
        },
        Statement::EvidenceAdded(Evidence {
            name: "secret".to_owned(),
            ..evidence()
        }),
        Statement::HandedOver {
            recipient: "secret".to_owned(),
            mode: "secret".to_owned(),
        },
    ] {
        let entry = entry(&statement);
        let incident = Incident::from_entries([&entry]);
        let printed = format!(
            "{entry:?} {incident:?} {:?} {:?}",
            incident.notes,
            incident.fields.values()
        );
        assert!(!printed.contains("secret"), "{printed}");
        assert!(!printed.contains("AGE-SECRET-KEY"), "{printed}");
    }
}
