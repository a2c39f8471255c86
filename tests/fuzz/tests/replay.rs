//! The fuzz targets on their seeds, on every test run; and that the seeds get as far as they should,
//! since a target that nothing gets into finds nothing.

use std::{fs, path::PathBuf};

use holdfast_fuzz::{Decoded, Opened, Read, header, key, wire};

/// The seeds of a target, with their names.
fn seeds(target: &str) -> Vec<(String, Vec<u8>)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("corpus/".to_owned() + target);
    let mut seeds: Vec<_> = fs::read_dir(folder)
        .expect("the seeds can be read")
        .map(|file| {
            let file = file.expect("the seeds can be read");
            let name = file
                .file_name()
                .into_string()
                .expect("the seeds can be read");
            (name, fs::read(file.path()).expect("the seeds can be read"))
        })
        .collect();
    seeds.sort();
    assert!(!seeds.is_empty(), "{target} has no seeds");
    seeds
}

/// The names of the seeds of which `got_there` is true.
fn names<T>(target: &str, run: fn(&[u8]) -> T, got_there: fn(&T) -> bool) -> Vec<String> {
    let there = |(name, bytes): (String, Vec<u8>)| got_there(&run(&bytes)).then_some(name);
    seeds(target).into_iter().filter_map(there).collect()
}

#[test]
fn what_is_whole_opens_and_what_was_altered_does_not() {
    let opened = |got_there: fn(&Opened) -> bool| names("header", header, got_there);
    assert_eq!(
        opened(|it| it.as_evidence),
        [
            "bundle",
            "bundle-newer",
            "evidence",
            "evidence-empty",
            "padded",
            "padded-with-another",
            "stanzas",
            "whole"
        ]
    );
    assert_eq!(
        opened(|it| it.as_bundle),
        [
            "bundle",
            "padded",
            "padded-with-another",
            "stanzas",
            "whole"
        ]
    );
}

#[test]
fn keys_are_read_as_what_they_are() {
    let read = |got_there: fn(&Read) -> bool| names("key", key, got_there);
    assert_eq!(
        read(|it| it.recipient),
        ["recipient", "recipient-unchecked"]
    );
    assert_eq!(read(|it| it.identity), ["identity", "identity-unchecked"]);
    assert_eq!(read(|it| it.x25519), ["x25519", "x25519-unchecked"]);
    assert_eq!(read(|it| it.plain), ["capability", "hash", "id"]);
}

#[test]
fn what_goes_over_the_wire_is_read_as_what_it_is() {
    let decoded = |got_there: fn(&Decoded) -> bool| names("wire", wire, got_there);
    assert_eq!(decoded(|it| it.receipt), ["receipt"]);
    assert_eq!(
        decoded(|it| it.entry),
        ["entry", "entry-forgotten", "entry-signed-here"]
    );
    assert_eq!(decoded(|it| it.message), ["info", "listing", "new-mailbox"]);
    let statements = decoded(|it| it.statement);
    let named = statements.iter().filter(|it| it.starts_with("statement-"));
    assert_eq!(named.count(), 11, "{statements:?}");
    let canonical = decoded(|it| it.cbor);
    assert!(canonical.contains(&"items".to_owned()));
    for odd in ["items-deep", "items-not-canonical", "day"] {
        assert!(!canonical.contains(&odd.to_owned()), "{odd}");
    }
}

#[test]
fn any_byte_alone_breaks_nothing() {
    for byte in 0..=u8::MAX {
        header(&[byte; 3]);
        key(&[byte; 3]);
        wire(&[byte; 3]);
    }
}
