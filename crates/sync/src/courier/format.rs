//! The head of a courier file: magic, version, index and its checksum.
//!
//! Deterministic CBOR (RFC 8949 §4.2), checked by encoding again: one list of objects has one
//! index.

use std::collections::BTreeSet;

use holdfast_wire::{MailboxId, ObjectId};
use minicbor::{Decoder, Encoder};
use sha2::{Digest, Sha256};

use super::{CourierError, CourierItem};

pub(super) const MAGIC: &[u8; 16] = b"holdfast courier";
pub(super) const VERSION: u16 = 1;
/// Magic, version, length of the index.
pub(super) const PREFIX: usize = 16 + 2 + 4;
/// SHA-256 of all that precedes it.
pub(super) const CHECKSUM: usize = 32;

/// Objects in one file at most.
pub(super) const ITEMS_MOST: usize = 65_536;
/// Length of one object at most: 1 TiB.
pub(super) const OBJECT_MOST: u64 = 1 << 40;
/// Length of an index at most: each item is an array head, two byte strings and an integer.
pub(super) const INDEX_MOST: usize = 9 + ITEMS_MOST * (1 + 17 + 34 + 9);

/// What a courier file holds, in the order it lies there.
#[derive(Debug)]
pub(crate) struct Index {
    items: Vec<CourierItem>,
    encoded: Vec<u8>,
}

impl Index {
    pub(super) fn new(items: Vec<CourierItem>) -> Result<Self, CourierError> {
        if items.len() > ITEMS_MOST || items.iter().any(|item| item.size > OBJECT_MOST) {
            return Err(CourierError::TooLarge);
        }
        let mut seen = BTreeSet::new();
        if !items.iter().all(|item| seen.insert(item.object.0)) {
            return Err(CourierError::Repeated);
        }
        let encoded = encode(&items);
        Ok(Self { items, encoded })
    }

    pub(super) fn decode(bytes: &[u8]) -> Result<Self, CourierError> {
        let items = decode(bytes).map_err(|_| CourierError::IndexDamaged)?;
        let index = Self::new(items)?;
        if index.encoded != bytes {
            return Err(CourierError::IndexDamaged);
        }
        Ok(index)
    }

    pub(crate) fn items(&self) -> &[CourierItem] {
        &self.items
    }

    /// Each item with the offset of its first byte in the file. Does not overflow: 2¹⁶ objects of
    /// 2⁴⁰ bytes are 2⁵⁶.
    pub(crate) fn places(&self) -> impl Iterator<Item = (CourierItem, u64)> {
        let first = (PREFIX + self.encoded.len() + CHECKSUM) as u64;
        self.items.iter().scan(first, |next, item| {
            let at = *next;
            *next += item.size;
            Some((*item, at))
        })
    }

    /// All that precedes the first object.
    pub(super) fn head(&self) -> Vec<u8> {
        let mut head = Vec::with_capacity(PREFIX + self.encoded.len() + CHECKSUM);
        head.extend_from_slice(MAGIC);
        head.extend_from_slice(&VERSION.to_be_bytes());
        // `new` keeps the index far below 4 GiB.
        head.extend_from_slice(&(self.encoded.len() as u32).to_be_bytes());
        head.extend_from_slice(&self.encoded);
        let checksum = Sha256::digest(&head);
        head.extend_from_slice(&checksum);
        head
    }
}

fn encode(items: &[CourierItem]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes);
    // Writing to a vector cannot fail.
    let _ = encoder.array(items.len() as u64);
    for item in items {
        let _ = encoder
            .array(3)
            .and_then(|e| e.bytes(&item.mailbox.0))
            .and_then(|e| e.bytes(&item.object.0))
            .and_then(|e| e.u64(item.size));
    }
    bytes
}

/// Reads an index. What is not in the one right form is found by the caller, encoding it again.
fn decode(bytes: &[u8]) -> Result<Vec<CourierItem>, minicbor::decode::Error> {
    let malformed = || minicbor::decode::Error::message("not an index");
    let fixed = |bytes: &[u8]| bytes.try_into().map_err(|_| malformed());
    let mut decoder = Decoder::new(bytes);
    let count = decoder.array()?.ok_or_else(malformed)?;
    let mut items = Vec::new();
    for _ in 0..count {
        if decoder.array()? != Some(3) {
            return Err(malformed());
        }
        let mailbox = decoder.bytes()?.try_into().map_err(|_| malformed())?;
        let object = fixed(decoder.bytes()?)?;
        items.push(CourierItem {
            mailbox: MailboxId(mailbox),
            object: ObjectId(object),
            size: decoder.u64()?,
        });
    }
    Ok(items)
}
