//! Writes the seeds that the fuzzer begins with into `tests/fuzz/corpus`, the same each time.

use std::{fs, io, path::Path};

use holdfast_fuzz::{entry_of, signed_inner, token};
use holdfast_record::{
    Entry, EntryHash, Evidence, EvidenceKey, IncidentId, Place, Precision, SigningKey, Statement,
    Timestamp, Value, When, field, purpose,
};
use holdfast_seal::Identity;
use holdfast_wire::{
    Held, Info, Limits, Listed, Listing, MailboxId, NewMailbox, ObjectId, Problem, Receipt,
    SendCapability, SendHash, ServerSigningKey,
};
use minicbor::Decoder;
use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng as _};

/// The pair that the age specification gives as its example, and an ordinary key.
const IDENTITY: &str =
    "AGE-SECRET-KEY-PQ-1XX76JRALNLXDMEW0CRK45QMCCH4X06SE84UN3VPM33W6HWDX0H3SK3ZQFR";
const X25519: &str = "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj";

fn main() -> io::Result<()> {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    for (target, seeds) in [("header", header()), ("key", key()), ("wire", wire())] {
        let folder = corpus.join(target);
        fs::create_dir_all(&folder)?;
        for (name, bytes) in seeds {
            fs::write(folder.join(name), bytes)?;
        }
    }
    Ok(())
}

type Seeds = Vec<(String, Vec<u8>)>;

fn header() -> Seeds {
    use token::*;

    let stanza: &[u8] = &[b"-> ", &[TAG, b' ', KEY, b'\n', BODY, b'\n'][..]].concat();
    let end: &[u8] = &[MAC];
    let payload: &[u8] = &[NONCE, FIRST, LAST];
    let file = |parts: &[&[u8]]| [&[VERSION], &parts.concat()[..]].concat();
    let sealed = |kind: u8, plain: &[u8]| file(&[stanza, end, &[kind], plain]);
    [
        ("whole", file(&[stanza, end, payload])),
        ("padded", file(&[stanza, end, payload, &[END], b"padding"])),
        (
            "padded-with-another",
            file(&[stanza, end, payload, &[END], stanza, end, &[BUNDLE], b"x"]),
        ),
        ("bundle", sealed(BUNDLE, signed_inner())),
        ("bundle-newer", sealed(BUNDLE, &[0x82, 0x02, 0xf6])),
        ("evidence", sealed(EVIDENCE, b"an original")),
        ("evidence-empty", sealed(EVIDENCE, b"")),
        (
            "stanzas",
            file(&[
                b"-> X25519 a b\nAAAA\n",
                stanza,
                b"-> x-grease\n\n",
                end,
                payload,
            ]),
        ),
        (
            "scrypt",
            file(&[b"-> scrypt c2FsdHNhbHRzYWx0c2FsdA 22\n\n", end, payload]),
        ),
        ("swapped", file(&[stanza, end, &[NONCE, LAST, FIRST]])),
        ("cut", file(&[stanza, end, payload, &[CUT, 0, 9]])),
        // A bit of the first chunk: the second is 2,064 bytes long.
        ("flipped", file(&[stanza, end, payload, &[FLIP, 9, 0, 1]])),
        // A bit of the encapsulated key, in its X25519 part.
        (
            "flipped-key",
            file(&[
                b"-> ",
                &[TAG, b' ', KEY, FLIP, 0, 9, 3],
                b"\n",
                &[BODY, b'\n'],
                end,
                payload,
            ]),
        ),
        ("newer", b"age-encryption.org/v2\n\n--- \n".to_vec()),
        (
            "literal",
            b"age-encryption.org/v1\n-> a b\nAAAA\n--- AAAA\n".to_vec(),
        ),
    ]
    .map(|(name, bytes)| (name.to_owned(), bytes))
    .into()
}

fn key() -> Seeds {
    let identity = Identity::from_secret_str(IDENTITY).expect("a key");
    let recipient = identity.recipient();
    let text = recipient.to_string();
    let unchecked = |text: &str| format!("{}*", &text[..text.len() - 6]);
    [
        ("recipient", text.clone().into_bytes()),
        ("recipient-unchecked", unchecked(&text).into_bytes()),
        ("recipient-bytes", recipient.to_bytes().to_vec()),
        ("identity", IDENTITY.into()),
        ("identity-unchecked", unchecked(IDENTITY).into_bytes()),
        ("x25519", X25519.into()),
        ("x25519-unchecked", unchecked(X25519).into_bytes()),
        // The other case is another text.
        (
            "identity-lower",
            unchecked(IDENTITY).to_lowercase().into_bytes(),
        ),
        (
            "x25519-upper",
            unchecked(X25519).to_uppercase().into_bytes(),
        ),
        // The point zero, to which nothing can be sealed.
        (
            "x25519-weak",
            format!("age1{}*", "q".repeat(52)).into_bytes(),
        ),
        ("id", "0123456789abcdef".repeat(2).into_bytes()),
        ("hash", "0123456789abcdef".repeat(4).into_bytes()),
        (
            "capability",
            SendCapability::from_bytes([7; 32])
                .expose_text()
                .as_bytes()
                .to_vec(),
        ),
    ]
    .map(|(name, bytes)| (name.to_owned(), bytes))
    .into()
}

fn wire() -> Seeds {
    let endpoint = ServerSigningKey::from_seed(&[7; 32]);
    let (object, mailbox) = (ObjectId([4; 32]), MailboxId([5; 16]));
    let listed = |seq| Listed {
        seq,
        object,
        size: 65_536,
    };
    let held = Held {
        object,
        mailbox,
        size: 65_536,
        day: "2026-03-12".parse().expect("a day"),
    };
    let info = Info {
        server_key: endpoint.server_key(),
        limits: Limits {
            object_bytes: 1 << 34,
            mailbox_bytes: 1 << 38,
        },
        admission: true,
    };
    let new = NewMailbox {
        send_hash: SendHash::of(&SendCapability::from_bytes([7; 32])),
    };
    let gone = Problem::ALL[0];
    let mut problem = gone.status().to_be_bytes().to_vec();
    problem.extend(gone.to_json().into_bytes());

    let note = entry(&[], &Statement::Note { text: "n".into() });
    let later = entry(&[note.hash()], &Statement::Opened);
    let mut seeds: Seeds = [
        ("receipt", Receipt::sign(&endpoint, &held).to_bytes()),
        ("info", info.to_bytes()),
        ("new-mailbox", new.to_bytes()),
        ("listing", Listing(vec![listed(1), listed(2)]).to_bytes()),
        ("problem", problem),
        ("entry", later.to_bytes()),
        ("entry-forgotten", later.forget().to_bytes()),
        ("entry-signed-here", entry_of(&[0x82, 0x00, 0xa0])),
        // Every kind of item, the longest and the shortest of some: [-1, -2^64, 0, 2^64 - 1, h'', "", {…}, …].
        (
            "items",
            b"\x8a\x20\x3b\xff\xff\xff\xff\xff\xff\xff\xff\x00\x1b\xff\xff\xff\xff\xff\xff\xff\xff\
              \x40\x60\xa2\x00\xf4\x61\x61\xf5\xf6\x18\x18\x80"
                .to_vec(),
        ),
        ("items-not-canonical", vec![0x18, 0x17]),
        ("items-deep", vec![0x81; 17]),
        ("day", b"2026-03-12".to_vec()),
        ("boolean", b"?1".to_vec()),
        ("integer", b"999999999999999".to_vec()),
        (
            "location",
            format!("https://endpoint.example/v1/uploads/{mailbox}").into_bytes(),
        ),
    ]
    .map(|(name, bytes)| (name.to_owned(), bytes))
    .into();
    seeds.extend(statements().map(|(name, statement)| {
        let body = body_of(&entry(&[], &statement).to_bytes());
        (format!("statement-{name}"), body)
    }));
    seeds
}

fn statements() -> [(&'static str, Statement); 11] {
    let (purpose, recipient) = (purpose::COALITION.to_owned(), "desk".to_owned());
    let set = |field: &str, value| Statement::FieldSet {
        field: field.to_owned(),
        value,
    };
    [
        ("created", Statement::Created),
        (
            "text",
            set(
                field::NARRATIVE,
                Value::Text {
                    text: "words".to_owned(),
                    lang: Some("uz".to_owned()),
                },
            ),
        ),
        (
            "codes",
            set(field::KINDS, Value::Codes(vec!["threat".to_owned()])),
        ),
        (
            "when",
            set(
                field::WHEN,
                Value::When(When {
                    precision: Precision::Exact,
                    from: Some("2026-03-12T21:40".to_owned()),
                    to: None,
                    zone: Some("+05:00".to_owned()),
                }),
            ),
        ),
        (
            "place",
            set(
                field::PLACE,
                Value::Place(Place {
                    text: "the market".to_owned(),
                    country: Some("UZ".to_owned()),
                }),
            ),
        ),
        ("flag", set(field::URGENT, Value::Flag(true))),
        (
            "evidence",
            Statement::EvidenceAdded(Evidence {
                object: [6; 32].into(),
                object_size: 4_096,
                sealed_size: 4_000,
                key: EvidenceKey::from_secret_str(IDENTITY),
                name: "IMG_1.jpg".to_owned(),
                media_type: "image/jpeg".to_owned(),
                size: 2_000,
                sha256: [7; 32],
                imported_at: Timestamp(1_773_351_600_000),
                captured_at: Some(Timestamp(1_773_351_000_000)),
                origin: Some("my own".to_owned()),
                clock_error_ms: Some(-250),
            }),
        ),
        (
            "consent",
            Statement::ConsentGiven {
                purpose: purpose.clone(),
                recipient: recipient.clone(),
            },
        ),
        (
            "consent-withdrawn",
            Statement::ConsentWithdrawn {
                purpose,
                recipient: recipient.clone(),
            },
        ),
        (
            "handed-over",
            Statement::HandedOver {
                recipient,
                mode: "endpoint".to_owned(),
            },
        ),
        (
            "answered",
            Statement::Answered {
                text: "we read it".to_owned(),
            },
        ),
    ]
}

fn entry(parents: &[EntryHash], statement: &Statement) -> Entry {
    Entry::make(
        &SigningKey::from_seed(&[1; 32]),
        IncidentId::from_bytes([3; 16]),
        parents,
        Timestamp(1_773_351_600_000),
        statement,
        &mut ChaCha20Rng::from_seed([9; 32]),
    )
}

/// The body in an envelope (`docs/formats/entry.md`).
fn body_of(envelope: &[u8]) -> Vec<u8> {
    let mut d = Decoder::new(envelope);
    let body = (|| {
        d.array()?;
        (0..3).try_for_each(|_| d.skip())?;
        d.array()?;
        d.skip()?;
        d.bytes()
    })();
    body.expect("an entry with a payload").to_vec()
}
