//! What the tests start from: a device, and any statement there can be.

use holdfast_record::{
    Entry, Evidence, EvidenceKey, IncidentId, ObjectId, Place, Precision, Raw, SigningKey,
    Statement, Timestamp, Value, When,
};
use proptest::{collection::vec, option, prelude::*};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng as _;

pub(crate) const INCIDENT: IncidentId = IncidentId::from_bytes([0xa1; 16]);
pub(crate) const NOON: Timestamp = Timestamp(1_795_348_800_000);

pub(crate) fn device(number: u8) -> SigningKey {
    SigningKey::from_seed(&[number; 32])
}

pub(crate) fn rng() -> ChaCha20Rng {
    ChaCha20Rng::from_seed([0x5a; 32])
}

pub(crate) fn note(text: &str) -> Statement {
    Statement::Note {
        text: text.to_owned(),
    }
}

pub(crate) fn entry(statement: &Statement) -> Entry {
    Entry::make(&device(1), INCIDENT, &[], NOON, statement, &mut rng())
}

pub(crate) fn evidence() -> Evidence {
    Evidence {
        object: ObjectId::from_bytes([0x0b; 32]),
        object_size: 1_114_112,
        sealed_size: 1_049_040,
        key: EvidenceKey::from_secret_str("AGE-SECRET-KEY-1EXAMPLE"),
        name: "IMG_0412.jpg".to_owned(),
        media_type: "image/jpeg".to_owned(),
        size: 1_048_576,
        sha256: [0x0e; 32],
        imported_at: NOON,
        captured_at: Some(Timestamp(NOON.0 - 3_600_000)),
        origin: Some("own phone".to_owned()),
        clock_error_ms: Some(-1500),
    }
}

pub(crate) fn any_statement() -> impl Strategy<Value = Statement> {
    prop_oneof![
        Just(Statement::Created),
        (any::<String>(), any_value())
            .prop_map(|(field, value)| Statement::FieldSet { field, value }),
        any_evidence().prop_map(Statement::EvidenceAdded),
        any::<String>().prop_map(|text| Statement::Note { text }),
        any::<[String; 2]>()
            .prop_map(|[purpose, recipient]| Statement::ConsentGiven { purpose, recipient }),
        any::<[String; 2]>()
            .prop_map(|[purpose, recipient]| Statement::ConsentWithdrawn { purpose, recipient }),
        any::<[String; 2]>()
            .prop_map(|[recipient, mode]| Statement::HandedOver { recipient, mode }),
        Just(Statement::Opened),
        any::<String>().prop_map(|text| Statement::Answered { text }),
        any_newer(9).prop_map(|(code, raw)| Statement::Unknown { code, raw }),
    ]
}

pub(crate) fn any_value() -> impl Strategy<Value = Value> {
    prop_oneof![
        (any::<String>(), option::of(any::<String>()))
            .prop_map(|(text, lang)| Value::Text { text, lang }),
        vec(any::<String>(), 0..5).prop_map(Value::Codes),
        (any_precision(), any::<[Option<String>; 3]>()).prop_map(
            |(precision, [from, to, zone])| Value::When(When {
                precision,
                from,
                to,
                zone
            })
        ),
        (any::<String>(), option::of(any::<String>()))
            .prop_map(|(text, country)| Value::Place(Place { text, country })),
        any::<bool>().prop_map(Value::Flag),
        any_newer(5).prop_map(|(_, raw)| Value::Unknown(raw)),
    ]
}

fn any_precision() -> impl Strategy<Value = Precision> {
    prop_oneof![
        Just(Precision::Exact),
        Just(Precision::Day),
        Just(Precision::Month),
        Just(Precision::Year),
        Just(Precision::Range),
        Just(Precision::Unknown),
        (6..u64::MAX).prop_map(Precision::Other),
    ]
}

fn any_evidence() -> impl Strategy<Value = Evidence> {
    let times = (any::<i64>(), any::<Option<i64>>(), any::<Option<i64>>());
    let texts = (any::<[String; 3]>(), any::<Option<String>>());
    (any::<[[u8; 32]; 2]>(), any::<[u64; 3]>(), texts, times).prop_map(
        |(
            [object, sha256],
            [object_size, sealed_size, size],
            ([key, name, media_type], origin),
            (imported_at, captured_at, clock_error_ms),
        )| Evidence {
            object: object.into(),
            object_size,
            sealed_size,
            key: key.into(),
            name,
            media_type,
            size,
            sha256,
            imported_at: Timestamp(imported_at),
            captured_at: captured_at.map(Timestamp),
            origin,
            clock_error_ms,
        },
    )
}

/// `[code, content, more]` with a code this version does not know.
fn any_newer(from_code: u64) -> impl Strategy<Value = (u64, Raw)> {
    (from_code..u64::MAX, any::<Vec<u8>>(), any::<String>()).prop_map(|(code, content, more)| {
        let bytes = encoded(|e| {
            e.array(3)?
                .u64(code)?
                .bytes(&content)?
                .map(1)?
                .str(&more)?
                .null()?;
            Ok(())
        });
        (code, Raw::from_bytes(&bytes).expect("canonical"))
    })
}

type Written = Result<(), minicbor::encode::Error<core::convert::Infallible>>;

pub(crate) fn encoded(
    write: impl FnOnce(&mut minicbor::Encoder<&mut Vec<u8>>) -> Written,
) -> Vec<u8> {
    let mut bytes = Vec::new();
    write(&mut minicbor::Encoder::new(&mut bytes)).expect("memory takes every byte");
    bytes
}
