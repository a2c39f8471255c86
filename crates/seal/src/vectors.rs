//! The [test vectors] that every implementation of age is held against.
//!
//! Those with an X25519 key are about the header and the stream as much as the others. Only here and
//! in `interop` does anything of ours open such files.
//!
//! [test vectors]: https://github.com/C2SP/CCTV/tree/main/age

use std::{
    collections::BTreeMap,
    io::{self, Cursor, ErrorKind, Read as _, Write as _},
};

use data_encoding::{BASE64, HEXLOWER};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::{
    Identity, OpenEvidenceError, evidence::open_with, header::VERSION_LINE,
    other_age::age_encryption,
};

/// One vector, as `tests/age/age.mjs` tells it.
struct Vector {
    told: Value,
    file: Vec<u8>,
}

/// How reading a file ended.
#[derive(Debug)]
enum End {
    Whole,
    /// Nothing was given out.
    Refused(OpenEvidenceError),
    /// In the middle.
    Broken(ErrorKind),
}

impl Vector {
    fn all() -> impl Iterator<Item = Self> {
        let told = age_encryption(&["vectors"]);
        assert!(told.status.success(), "{told:?}");
        let lines = String::from_utf8(told.stdout).unwrap();
        let lines: Vec<_> = lines.lines().map(str::to_owned).collect();
        lines.into_iter().map(|line| {
            let mut told: Value = serde_json::from_str(&line).unwrap();
            let file = told["file"].take();
            let file = BASE64.decode(file.as_str().unwrap().as_bytes()).unwrap();
            Self { told, file }
        })
    }

    fn text(&self, key: &str) -> &str {
        self.told[key].as_str().unwrap()
    }

    fn texts(&self, key: &str) -> Vec<&str> {
        let texts = self.told[key].as_array().unwrap().iter();
        texts.map(|text| text.as_str().unwrap()).collect()
    }

    fn is(&self, key: &str) -> bool {
        self.told[key].as_bool().unwrap()
    }

    fn keys(&self) -> Vec<Box<dyn age::Identity>> {
        let keys = self.texts("identities").into_iter();
        keys.map(|key| -> Box<dyn age::Identity> {
            if key.starts_with("AGE-SECRET-KEY-PQ-1") {
                Box::new(Identity::from_secret_str(key).unwrap())
            } else if key.starts_with("AGE-SECRET-KEY-1") {
                Box::new(key.parse::<age::x25519::Identity>().unwrap())
            } else {
                panic!("a key of an unknown kind: {key}");
            }
        })
        .collect()
    }

    /// Whether it has a hybrid key, to show that ours was tried.
    fn is_hybrid(&self) -> bool {
        let mut keys = self.texts("identities").into_iter();
        keys.any(|key| key.starts_with("AGE-SECRET-KEY-PQ-1"))
    }

    /// Why the vector is about something that Holdfast does not have.
    fn foreign(&self) -> Option<&'static str> {
        if self.is("armored") {
            Some("armor is not read")
        } else if self.is("passphrase") && self.keys().is_empty() {
            Some("nothing is sealed to a passphrase")
        } else {
            None
        }
    }

    /// What is given out, and how that ends.
    fn open(&self, keys: &[Box<dyn age::Identity>]) -> (Vec<u8>, End) {
        let keys: Vec<_> = keys.iter().map(AsRef::as_ref).collect();
        let mut given = Vec::new();
        let end = match open_with(Cursor::new(&self.file), self.file.len() as u64, &keys) {
            Ok(mut reader) => match reader.read_to_end(&mut given) {
                Ok(_) => End::Whole,
                Err(error) => End::Broken(error.kind()),
            },
            Err(error) => End::Refused(error),
        };
        (given, end)
    }

    /// Whether opening it went as the vector says.
    fn agrees(&self, given: &[u8], end: &End) -> bool {
        use OpenEvidenceError::{Damaged, NewerVersion, WrongKey};
        let is_payload = || HEXLOWER.encode(&Sha256::digest(given)) == self.text("payload");
        match (self.text("expect"), end) {
            ("success", End::Whole) => is_payload(),
            // The end is looked at first: a file that lacks it gives out nothing, another all that
            // is before the damage.
            ("payload failure", End::Refused(Damaged)) => true,
            ("payload failure", End::Broken(ErrorKind::InvalidData | ErrorKind::UnexpectedEof)) => {
                is_payload()
            }
            ("no match", End::Refused(WrongKey))
            | ("header failure" | "HMAC failure", End::Refused(Damaged)) => true,
            ("header failure", End::Refused(NewerVersion)) => !self.file.starts_with(VERSION_LINE),
            _ => false,
        }
    }
}

#[test]
fn every_vector_ends_as_it_says() {
    const EXPECT: [&str; 6] = [
        "success",
        "no match",
        "header failure",
        "HMAC failure",
        "payload failure",
        "armor failure",
    ];
    let mut counts = BTreeMap::<String, usize>::new();
    let (mut wrong, mut aside) = (Vec::new(), Vec::new());
    for vector in Vector::all() {
        let (name, expect) = (vector.text("name"), vector.text("expect"));
        assert!(EXPECT.contains(&expect), "{name} expects {expect:?}");
        let unknown = vector.texts("unknown");
        // Whoever publishes the vectors asks for such to be ignored.
        let what = if !unknown.is_empty() {
            aside.push(format!(
                "{name} does not apply: it says {unknown:?}, which is unknown"
            ));
            "not applicable: unknown keys".to_owned()
        } else if let Some(reason) = vector.foreign() {
            // Even so it must not open, whatever it is tried with.
            let mut keys = vector.keys();
            keys.push(Box::new(Identity::make()));
            let (given, end) = vector.open(&keys);
            if !matches!(end, End::Refused(_)) {
                wrong.push(format!("{name} opens: {end:?}, {} bytes", given.len()));
            }
            aside.push(format!("{name} does not apply: {reason}"));
            format!("not applicable: {reason}")
        } else {
            let (given, end) = vector.open(&vector.keys());
            if !vector.agrees(&given, &end) {
                let given = given.len();
                wrong.push(format!("{name}: {expect}, but {end:?}, {given} bytes"));
            }
            let kind = if vector.is_hybrid() {
                "hybrid"
            } else {
                "X25519"
            };
            format!("{kind}: {expect}")
        };
        *counts.entry(what).or_default() += 1;
    }
    // Straight to the terminal: what was left out is to be seen when the test passes.
    let mut out = io::stdout().lock();
    for line in &aside {
        writeln!(out, "{line}").unwrap();
    }
    for (what, count) in &counts {
        writeln!(out, "{count:4} {what}").unwrap();
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    for ours in ["success", "no match", "header failure"] {
        assert!(counts.contains_key(&format!("hybrid: {ours}")), "no {ours}");
    }
}
