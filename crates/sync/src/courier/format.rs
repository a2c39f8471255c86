//! The head of a courier file: magic, version, index and its checksum.
//!
//! The index is deterministic CBOR (RFC 8949 §4.2), `[[mailbox, object, size]]`: one list of
//! objects has one index.

use std::collections::BTreeSet;

use holdfast_cbor as cbor;
use holdfast_wire::{MailboxId, ObjectId};
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

/// An item as the index has it.
type Row = (MailboxId, ObjectId, u64);

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
        let row = |item: &CourierItem| -> Row { (item.mailbox, item.object, item.size) };
        let encoded = cbor::to_vec(items.iter().map(row).collect::<Vec<_>>());
        Ok(Self { items, encoded })
    }

    pub(super) fn decode(bytes: &[u8]) -> Result<Self, CourierError> {
        let rows: Vec<Row> =
            cbor::decode(bytes, INDEX_MOST).map_err(|_| CourierError::IndexDamaged)?;
        let item = |(mailbox, object, size)| CourierItem {
            mailbox,
            object,
            size,
        };
        Self::new(rows.into_iter().map(item).collect())
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
