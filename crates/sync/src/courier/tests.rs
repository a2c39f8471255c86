use std::collections::BTreeMap;
use std::io::{Cursor, Read};
use std::sync::{Arc, Mutex};

use proptest::prelude::*;
use sha2::{Digest, Sha256};

use super::*;
use crate::Arriving;

type Shelf = Arc<Mutex<BTreeMap<ObjectId, (Vec<u8>, bool)>>>;

/// An object arriving on a shelf in memory.
struct Taking(Shelf, ObjectId);

impl Arriving for Taking {
    fn offset(&self) -> u64 {
        self.0.lock().unwrap()[&self.1].0.len() as u64
    }

    fn append(&mut self, bytes: &[u8]) -> Result<(), LocalFault> {
        let mut shelf = self.0.lock().unwrap();
        shelf.get_mut(&self.1).unwrap().0.extend(bytes);
        Ok(())
    }

    fn finish(self: Box<Self>) -> Result<(), LocalFault> {
        let mut shelf = self.0.lock().unwrap();
        let entry = shelf.get_mut(&self.1).unwrap();
        entry.1 = ObjectId::of(&entry.0) == self.1;
        if entry.1 {
            return Ok(());
        }
        shelf.remove(&self.1);
        Err(LocalFault::Damaged)
    }

    fn discard(self: Box<Self>) -> Result<(), LocalFault> {
        self.0.lock().unwrap().remove(&self.1);
        Ok(())
    }
}

fn items(contents: &[Vec<u8>]) -> Vec<CourierItem> {
    let item = |bytes: &Vec<u8>| CourierItem {
        mailbox: MailboxId([bytes.len() as u8; 16]),
        object: ObjectId::of(bytes),
        size: bytes.len() as u64,
    };
    contents.iter().map(item).collect()
}

fn pack(contents: &[Vec<u8>]) -> Vec<u8> {
    let mut file = Vec::new();
    let written = write_courier(&mut file, &items(contents), &mut |item| {
        let found = contents.iter().find(|c| ObjectId::of(c) == item.object);
        Ok(Box::new(Cursor::new(found.unwrap().clone())))
    })
    .unwrap();
    assert_eq!(written, file.len() as u64);
    file
}

/// Reads a file, taking everything; gives what was verified, in no order.
fn unpack(file: &mut dyn Read, shelf: &Shelf) -> Result<(CourierRead, Vec<Vec<u8>>), CourierError> {
    let read = read_courier(file, &mut |item| {
        shelf.lock().unwrap().entry(item.object).or_default();
        Ok(Some(Box::new(Taking(Arc::clone(shelf), item.object))))
    })?;
    let shelf = shelf.lock().unwrap();
    let whole: Vec<_> = shelf.values().filter(|(_, whole)| *whole).collect();
    assert_eq!(read.taken.len(), whole.len());
    for item in &read.taken {
        assert!(shelf[&item.object].1, "taken means verified");
    }
    Ok((read, whole.into_iter().map(|(b, _)| b.clone()).collect()))
}

fn unpack_bytes(file: &[u8]) -> Result<(CourierRead, Vec<Vec<u8>>), CourierError> {
    unpack(&mut Cursor::new(file), &Shelf::default())
}

fn three() -> Vec<Vec<u8>> {
    vec![vec![1; 10], vec![2; 70_000], vec![3; 500]]
}

/// Writes the head of a file by hand, following the document.
fn head(version: u16, index: &[u8]) -> Vec<u8> {
    let mut head = b"holdfast courier".to_vec();
    head.extend(version.to_be_bytes());
    head.extend((index.len() as u32).to_be_bytes());
    head.extend(index);
    let checksum = Sha256::digest(&head);
    head.extend(checksum);
    head
}

/// `[[mailbox, object, size]]` by hand; `size` is one byte of CBOR.
fn index_of_one(object: &ObjectId, size: u8) -> Vec<u8> {
    let mut index = vec![0x81, 0x83, 0x50];
    index.extend([7; 16]);
    index.extend([0x58, 32]);
    index.extend(object.0);
    index.push(size);
    index
}

#[test]
fn a_file_is_what_the_document_says() {
    let content = b"ciphertext".to_vec();
    let item = CourierItem {
        mailbox: MailboxId([7; 16]),
        object: ObjectId::of(&content),
        size: 10,
    };
    let mut file = Vec::new();
    write_courier(&mut file, &[item], &mut |_| {
        Ok(Box::new(Cursor::new(content.clone())))
    })
    .unwrap();
    let mut expected = head(1, &index_of_one(&item.object, 10));
    expected.extend(&content);
    assert_eq!(file, expected);
}

#[test]
fn what_is_not_a_file_of_ours_is_told_apart() {
    let good = head(1, &[0x80]);
    assert!(unpack_bytes(&good).unwrap().0.fault.is_none());
    let object = ObjectId::of(b"");
    let cases = [
        (b"PK\x03\x04 and so on, a zip".to_vec(), "NotCourier"),
        (head(0, &[0x80]), "NotCourier"),
        (head(2, &[0xff]), "NewerVersion(2)"),
        (Vec::new(), "Truncated"),
        (good[..30].to_vec(), "Truncated"),
        (head(1, &[]), "IndexDamaged"),
        (head(1, &[0x80, 0x00]), "IndexDamaged"),
        (head(1, &[0x98, 0x00]), "IndexDamaged"),
        (head(1, &[0x9f, 0xff]), "IndexDamaged"),
        (
            head(1, &[0x9b, 255, 255, 255, 255, 255, 255, 255, 255]),
            "IndexDamaged",
        ),
        (head(1, &index_of_one(&object, 0x18)), "IndexDamaged"),
        (head(1, &index_of_one(&object, 0x20)), "IndexDamaged"),
    ];
    for (file, expected) in cases {
        let error = unpack_bytes(&file).unwrap_err();
        assert_eq!(format!("{error:?}"), expected, "{file:02x?}");
    }
}

#[test]
fn limits_are_kept_on_both_sides() {
    let mut endless = head(1, &[0x80]);
    endless[18..22].copy_from_slice(&u32::MAX.to_be_bytes());
    assert!(matches!(
        unpack_bytes(&endless),
        Err(CourierError::TooLarge)
    ));

    let item = items(&three())[0];
    let never = &mut |_: &CourierItem| Err(LocalFault::Gone);
    let large = CourierItem {
        size: (1 << 40) + 1,
        ..item
    };
    let error = write_courier(&mut Vec::new(), &[large], never).unwrap_err();
    assert!(matches!(error, CourierError::TooLarge));
    let mut many = Vec::new();
    for number in 0..65_537_u64 {
        let mut object = [0; 32];
        object[..8].copy_from_slice(&number.to_be_bytes());
        many.push(CourierItem {
            object: ObjectId(object),
            size: 0,
            ..item
        });
    }
    let error = write_courier(&mut Vec::new(), &many, never).unwrap_err();
    assert!(matches!(error, CourierError::TooLarge));
    let error = write_courier(&mut Vec::new(), &[item, item], never).unwrap_err();
    assert!(matches!(error, CourierError::Repeated));
    let error = write_courier(&mut Vec::new(), &[item], never).unwrap_err();
    assert!(matches!(error, CourierError::Local(LocalFault::Gone)));
}

#[test]
fn nobody_carries_a_damaged_object() {
    let item = items(&three())[0];
    for wrong in [vec![1; 9], vec![1; 11], vec![9; 10]] {
        let error = write_courier(&mut Vec::new(), &[item], &mut |_| {
            Ok(Box::new(Cursor::new(wrong.clone())))
        })
        .unwrap_err();
        assert!(matches!(error, CourierError::ObjectDamaged), "{error:?}");
    }
}

#[test]
fn a_flipped_bit_costs_one_object() {
    let file = pack(&three());
    let first = file.len() - (10 + 70_000 + 500);
    for (at, lost) in [(first, 0), (first + 40_000, 1), (file.len() - 1, 2)] {
        let mut altered = file.clone();
        altered[at] ^= 4;
        let (read, got) = unpack_bytes(&altered).unwrap();
        assert!(matches!(read.fault, Some(CourierError::ObjectDamaged)));
        let mut left = three();
        left.remove(lost);
        assert_eq!(got.len(), 2);
        assert!(left.iter().all(|content| got.contains(content)));
    }
}

#[test]
fn what_follows_the_last_object_is_told() {
    let mut file = pack(&three());
    file.push(0);
    let (read, got) = unpack_bytes(&file).unwrap();
    assert!(matches!(read.fault, Some(CourierError::TrailingBytes)));
    assert_eq!(got.len(), 3);
}

#[test]
fn what_is_not_wanted_is_passed_over() {
    let file = pack(&three());
    let shelf = Shelf::default();
    let wanted = ObjectId::of(&three()[2]);
    let read = read_courier(&mut Cursor::new(file), &mut |item| {
        if item.object != wanted {
            return Ok(None);
        }
        shelf.lock().unwrap().entry(item.object).or_default();
        Ok(Some(Box::new(Taking(Arc::clone(&shelf), item.object))))
    })
    .unwrap();
    assert_eq!((read.taken.len(), read.passed_over), (1, 2));
    assert!(shelf.lock().unwrap()[&wanted].1);
}

#[test]
fn a_locked_vault_ends_the_reading_and_keeps_what_was_taken() {
    let file = pack(&three());
    let shelf = Shelf::default();
    let read = read_courier(&mut Cursor::new(file), &mut |item| {
        if !shelf.lock().unwrap().is_empty() {
            return Err(LocalFault::Locked);
        }
        shelf.lock().unwrap().entry(item.object).or_default();
        Ok(Some(Box::new(Taking(Arc::clone(&shelf), item.object))))
    })
    .unwrap();
    assert_eq!(read.taken, items(&three())[..1]);
    assert!(matches!(
        read.fault,
        Some(CourierError::Local(LocalFault::Locked))
    ));
}

#[test]
fn what_came_by_another_road_is_completed_and_not_trusted() {
    let contents = three();
    let object = ObjectId::of(&contents[1]);
    for (here, fault) in [(vec![2; 30_000], false), (vec![9; 30_000], true)] {
        let shelf = Shelf::default();
        shelf.lock().unwrap().insert(object, (here, false));
        let (read, got) = unpack(&mut Cursor::new(pack(&contents)), &shelf).unwrap();
        assert_eq!(read.fault.is_some(), fault);
        assert_eq!(got.len(), if fault { 2 } else { 3 });
    }
}

/// Gives a few bytes at a time, as a slow stick does.
struct Dribble<'a>(&'a [u8]);

impl Read for Dribble<'_> {
    fn read(&mut self, bytes: &mut [u8]) -> std::io::Result<usize> {
        let length = bytes.len().min(self.0.len()).min(7);
        bytes[..length].copy_from_slice(&self.0[..length]);
        self.0 = &self.0[length..];
        Ok(length)
    }
}

fn small() -> impl Strategy<Value = Vec<Vec<u8>>> {
    let content = prop::collection::vec(any::<u8>(), 0..300);
    prop::collection::btree_set(content, 0..6).prop_map(|set| set.into_iter().collect())
}

proptest! {
    #[test]
    fn a_file_gives_back_what_was_packed(contents in small()) {
        let file = pack(&contents);
        let (read, mut got) = unpack(&mut Dribble(&file), &Shelf::default()).unwrap();
        prop_assert!(read.fault.is_none());
        prop_assert_eq!(read.taken, items(&contents));
        got.sort();
        prop_assert_eq!(got, contents);
    }

    #[test]
    fn of_a_file_cut_off_what_lies_before_the_cut_is_used(contents in small(), at in any::<prop::sample::Index>()) {
        let file = pack(&contents);
        let cut = at.index(file.len());
        match unpack_bytes(&file[..cut]) {
            Err(error) => prop_assert!(matches!(error, CourierError::Truncated)),
            Ok((read, got)) => {
                prop_assert!(matches!(read.fault, Some(CourierError::Truncated)));
                prop_assert!(got.len() < contents.len());
                prop_assert_eq!(&read.taken[..], &items(&contents)[..got.len()]);
            }
        }
    }

    #[test]
    fn no_flipped_bit_goes_unseen(contents in small(), at in any::<prop::sample::Index>(), bit in 0..8) {
        let mut file = pack(&contents);
        let at = at.index(file.len());
        file[at] ^= 1_u8 << bit;
        match unpack_bytes(&file) {
            Err(_) => {}
            Ok((read, got)) => {
                prop_assert!(matches!(read.fault, Some(CourierError::ObjectDamaged)));
                prop_assert_eq!(got.len() + 1, contents.len());
                prop_assert!(got.iter().all(|content| contents.contains(content)));
            }
        }
    }

    #[test]
    fn no_bytes_make_the_reader_stumble(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = unpack_bytes(&bytes);
        let _ = unpack_bytes(&head(1, &bytes));
    }
}
