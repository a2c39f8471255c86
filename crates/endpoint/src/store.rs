//! Where an endpoint keeps what it holds: the interface of an object store, small enough for a disk and for S3 alike.
//!
//! Invariant every implementation keeps: nothing that was put is ever replaced, and what a call says is there survives a
//! power cut from that moment on. So any number of endpoint processes can share a store, and any of them can die (I-25).

use std::fmt;
use std::io;
use std::ops::Range;
use std::path::Path;

use holdfast_wire::{MailboxId, ObjectId};
use tokio::io::AsyncRead;

/// The name of something in a store. It can be made only from parsed ids, so it is safe as a relative path.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Key(String);

impl Key {
    /// The mailbox itself: what it was made with.
    #[must_use]
    pub fn mailbox(mailbox: &MailboxId) -> Self {
        Self(format!("{mailbox}/mailbox"))
    }

    /// An object's bytes.
    #[must_use]
    pub fn object(mailbox: &MailboxId, object: &ObjectId) -> Self {
        Self(format!("{mailbox}/objects/{object}"))
    }

    /// What arrived at place `seq`.
    #[must_use]
    pub fn place(mailbox: &MailboxId, seq: u64) -> Self {
        Self(format!("{mailbox}/places/{seq:020}"))
    }

    /// The receipt for an object.
    #[must_use]
    pub fn receipt(mailbox: &MailboxId, object: &ObjectId) -> Self {
        Self(format!("{mailbox}/receipts/{object}"))
    }

    /// The key as a relative path.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// How a conditional put ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Put {
    /// It is there now, and was not before.
    Made,
    /// Something was there already, and was left alone.
    AlreadyThere,
}

/// An object store with conditional puts.
pub trait Store: Send + Sync + 'static {
    /// A stream of an object's bytes.
    type Reader: AsyncRead + Send + 'static;

    /// Puts a few bytes under `key` if nothing is there.
    fn put_new(&self, key: &Key, bytes: Vec<u8>) -> impl Future<Output = io::Result<Put>> + Send;

    /// Puts the file at `staged` under `key` if nothing is there. The caller removes the staged file afterwards, and must
    /// not write to it once this was called: it may be the very file that is stored.
    fn commit(&self, key: &Key, staged: &Path) -> impl Future<Output = io::Result<Put>> + Send;

    /// The few bytes under `key`.
    fn get(&self, key: &Key) -> impl Future<Output = io::Result<Option<Vec<u8>>>> + Send;

    /// The length of what is under `key`; what this reports is there to stay.
    fn held(&self, key: &Key) -> impl Future<Output = io::Result<Option<u64>>> + Send;

    /// Streams a range of what is under `key`; the range lies within its length.
    fn read(
        &self,
        key: &Key,
        range: Range<u64>,
    ) -> impl Future<Output = io::Result<Option<Self::Reader>>> + Send;
}
