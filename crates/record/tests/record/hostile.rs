//! Bytes from anywhere: a typed error, whatever they are.

use holdfast_record::{DecodeError, ENVELOPE_LIMIT, Envelope, Raw};
use proptest::{collection::vec, prelude::*};

use crate::given::{any_statement, encoded, entry, note};

fn refused(bytes: &[u8]) -> DecodeError {
    Envelope::from_bytes(bytes).expect_err("not an envelope")
}

/// An envelope around any header, with one signature that is not one.
fn around(header: &[u8], payload: &[u8]) -> Vec<u8> {
    let mut bytes = encoded(|e| {
        e.array(4)?
            .u64(1)?
            .bytes(header)?
            .array(1)?
            .array(3)?
            .u8(1)?
            .bytes(&[])?
            .bytes(&[])?
            .ok()
    });
    bytes.extend_from_slice(payload);
    bytes
}

fn header(version: u64, parents: &[[u8; 32]], keys: [u8; 6]) -> Vec<u8> {
    encoded(|e| {
        e.map(6)?
            .u8(keys[0])?
            .u64(version)?
            .u8(keys[1])?
            .bytes(&[1; 16])?;
        e.u8(keys[2])?.array(parents.len() as u64)?;
        for parent in parents {
            e.bytes(parent)?;
        }
        e.u8(keys[3])?
            .bytes(&[2; 32])?
            .u8(keys[4])?
            .u8(0)?
            .u8(keys[5])?
            .bytes(&[3; 32])?
            .ok()
    })
}

const KEYS: [u8; 6] = [0, 1, 2, 3, 4, 5];
const NO_PAYLOAD: &[u8] = &[0xf6];

proptest! {
    #[test]
    fn any_bytes_are_refused_quietly(bytes in any::<Vec<u8>>()) {
        let _ = Envelope::from_bytes(&bytes);
        let _ = Raw::from_bytes(&bytes);
        let _ = Envelope::from_bytes(&around(&bytes, NO_PAYLOAD));
    }

    #[test]
    fn a_damaged_entry_never_verifies(
        statement in any_statement(),
        damage in vec((any::<prop::sample::Index>(), 1u8..), 1..4),
    ) {
        let entry = entry(&statement);
        let mut bytes = entry.to_bytes();
        for (at, flip) in damage {
            let at = at.index(bytes.len());
            bytes[at] ^= flip;
        }
        if let Ok(envelope) = Envelope::from_bytes(&bytes) {
            // Damage may undo itself, by hitting the same byte twice.
            if let Ok(same) = envelope.verify() {
                prop_assert_eq!(&bytes, &entry.to_bytes());
                prop_assert_eq!(same, entry);
            }
        }
    }

    #[test]
    fn a_cut_entry_is_refused(statement in any_statement(), cut in any::<prop::sample::Index>()) {
        let bytes = entry(&statement).to_bytes();
        prop_assert!(Envelope::from_bytes(&bytes[..cut.index(bytes.len())]).is_err());
    }

    #[test]
    fn something_behind_the_end_is_refused(more in vec(any::<u8>(), 1..9)) {
        let bytes = [entry(&note("words")).to_bytes(), more].concat();
        prop_assert_eq!(refused(&bytes), DecodeError::Malformed);
    }
}

#[test]
fn the_parts_are_a_well_formed_envelope() {
    assert!(Envelope::from_bytes(&around(&header(1, &[], KEYS), NO_PAYLOAD)).is_ok());
    let (low, high) = ([1; 32], [2; 32]);
    assert!(Envelope::from_bytes(&around(&header(1, &[low, high], KEYS), NO_PAYLOAD)).is_ok());
}

#[test]
fn parents_out_of_order_or_twice_are_refused() {
    let (low, high) = ([1; 32], [2; 32]);
    for parents in [[high, low], [low, low]] {
        let bytes = around(&header(1, &parents, KEYS), NO_PAYLOAD);
        assert_eq!(refused(&bytes), DecodeError::NotCanonical);
    }
}

#[test]
fn header_keys_out_of_order_or_twice_are_refused() {
    for keys in [[0, 2, 1, 3, 4, 5], [0, 1, 2, 3, 4, 4]] {
        assert_eq!(
            refused(&around(&header(1, &[], keys), NO_PAYLOAD)),
            DecodeError::NotCanonical
        );
    }
    let missing = around(&header(1, &[], [0, 1, 2, 3, 4, 6]), NO_PAYLOAD);
    assert_eq!(refused(&missing), DecodeError::Malformed);
}

#[test]
fn a_newer_version_is_told_from_damage() {
    assert_eq!(refused(&[0x82, 2, 0xf9, 0, 0]), DecodeError::NewerVersion);
    assert_eq!(
        refused(&around(&header(2, &[], KEYS), NO_PAYLOAD)),
        DecodeError::NewerVersion
    );
    let shape = encoded(|e| e.map(2)?.u8(0)?.u8(2)?.str("all")?.str("new")?.ok());
    assert_eq!(
        refused(&around(&shape, NO_PAYLOAD)),
        DecodeError::NewerVersion
    );
    assert_eq!(
        refused(&around(&header(0, &[], KEYS), NO_PAYLOAD)),
        DecodeError::Malformed
    );
    assert_eq!(refused(&[0x82, 0, 0]), DecodeError::Malformed);
}

#[test]
fn nothing_unsigned_can_be_added() {
    let good = around(&header(1, &[], KEYS), NO_PAYLOAD);
    let mut longer = good.clone();
    longer[0] = 0x85;
    longer.push(0);
    assert_eq!(refused(&longer), DecodeError::NotCanonical);

    let bytes = entry(&note("words")).to_bytes();
    let payload = bytes
        .windows(3)
        .rposition(|w| w == [0x82, 0x58, 32])
        .unwrap();
    let mut longer = bytes.clone();
    longer[payload] = 0x83;
    longer.push(0);
    assert_eq!(refused(&longer), DecodeError::NotCanonical);
}

#[test]
fn a_body_that_is_not_one_canonical_item_is_refused() {
    for (body, why) in [
        (&[0x82, 3, 0xa1, 0, 0x61][..], DecodeError::Malformed),
        (&[0x82, 3, 0xa0, 0], DecodeError::Malformed),
        (&[0x81, 3], DecodeError::Malformed),
        (&[0x82, 0x61, 0x61, 0xa0], DecodeError::Malformed),
        (&[0xa0], DecodeError::Malformed),
        (&[0x82, 0x18, 3, 0xa0], DecodeError::NotCanonical),
        (&[0x82, 3, 0xbf, 0xff], DecodeError::NotCanonical),
        (&[0x82, 3, 0xa2, 0, 0, 0, 0], DecodeError::NotCanonical),
        (
            &[0x82, 0x18, 99, 0xa2, 1, 0, 0, 0],
            DecodeError::NotCanonical,
        ),
    ] {
        let payload = encoded(|e| e.array(2)?.bytes(&[0; 32])?.bytes(body)?.ok());
        assert_eq!(
            refused(&around(&header(1, &[], KEYS), &payload)),
            why,
            "{body:02x?}"
        );
    }
}

#[test]
fn a_salt_has_32_bytes() {
    let payload = encoded(|e| e.array(2)?.bytes(&[0; 31])?.bytes(&[0x82, 0, 0xa0])?.ok());
    assert_eq!(
        refused(&around(&header(1, &[], KEYS), &payload)),
        DecodeError::Malformed
    );
}

#[test]
fn deep_nesting_and_huge_lengths_are_refused() {
    for deep in [
        vec![0x81; ENVELOPE_LIMIT],
        vec![0xa1; ENVELOPE_LIMIT],
        vec![0x9f; ENVELOPE_LIMIT],
    ] {
        refused(&deep);
        refused(&[&[0x84, 1], &deep[2..]].concat());
    }
    for huge in [0x5b, 0x7b, 0x9b, 0xbb] {
        let huge = [&[huge][..], &[0xff; 8]].concat();
        refused(&huge);
        refused(&[&[0x84, 1][..], &huge].concat());
        refused(&around(&huge, NO_PAYLOAD));
        refused(&around(&header(1, &[], KEYS), &huge));
    }
}

#[test]
fn more_than_a_mebibyte_is_refused() {
    assert_eq!(refused(&vec![0; ENVELOPE_LIMIT + 1]), DecodeError::TooLarge);
    assert_eq!(
        refused(&entry(&note(&"a".repeat(ENVELOPE_LIMIT))).to_bytes()),
        DecodeError::TooLarge
    );
}
