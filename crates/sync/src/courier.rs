//! Courier files: sealed objects in one file, for a person to carry (I-23).
//!
//! Whoever carries one can read nothing in it: it holds ciphertext, the random ids of mailboxes
//! and lengths; no address and no capability. Both directions run in constant memory. An object is
//! kept only when its SHA-256 is the one that names it, so a damaged file costs the damaged
//! objects and no others.
//!
//! Format: `docs/formats/courier.md`.

mod format;
mod read;
#[cfg(test)]
mod tests;
mod write;

use holdfast_wire::{MailboxId, ObjectId};

use crate::LocalFault;

pub(crate) use format::Index;
pub use read::{Accept, CourierRead, read_courier};
pub(crate) use read::{copy_object, read_index};
pub use write::{OpenObject, write_courier};

/// One object in a courier file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CourierItem {
    /// For whom it is.
    pub mailbox: MailboxId,
    /// SHA-256 of the object.
    pub object: ObjectId,
    /// Its length in bytes.
    pub size: u64,
}

/// Why a courier file could not be written or read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CourierError {
    /// The file does not begin as a courier file does.
    #[error("this is not a courier file")]
    NotCourier,
    /// The file was written by a newer version.
    #[error("the courier file has version {0}, which is newer than this program")]
    NewerVersion(u16),
    /// The file ends too soon.
    #[error("the courier file ends too soon")]
    Truncated,
    /// The index has been altered, or is not one.
    #[error("the index of the courier file is damaged")]
    IndexDamaged,
    /// More objects, or larger ones, than a courier file can hold.
    #[error("the courier file is beyond the limits of the format")]
    TooLarge,
    /// The same object twice.
    #[error("the same object is listed twice")]
    Repeated,
    /// The bytes of an object are not those its id names.
    #[error("an object does not match its id")]
    ObjectDamaged,
    /// Something follows the last object.
    #[error("the courier file does not end where it should")]
    TrailingBytes,
    /// The file could not be read or written.
    #[error("the courier file could not be read or written")]
    Io(#[source] std::io::Error),
    /// The vault could not do its part.
    #[error("the local store could not do its part")]
    Local(#[from] LocalFault),
}

impl From<std::io::Error> for CourierError {
    fn from(source: std::io::Error) -> Self {
        if source.kind() == std::io::ErrorKind::UnexpectedEof {
            Self::Truncated
        } else {
            Self::Io(source)
        }
    }
}
