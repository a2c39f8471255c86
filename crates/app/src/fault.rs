//! What went wrong, as a screen can say it.
//!
//! A fault keeps the kind and drops the rest: no path, no statement and nothing a person wrote
//! crosses into a window or a log.

use std::io;

use holdfast_sync::{CourierError, LocalFault, SyncError};
use holdfast_vault::{BlobError, ChangeError, CreateError, OpenError, PanicError, StoreError};
use holdfast_wire::Problem;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Why something did not happen: a code for the screen's own words, never prose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS, thiserror::Error)]
#[serde(tag = "code", content = "params", rename_all = "snake_case")]
#[error("{}", self.code())]
pub enum Fault {
    /// There is no vault here.
    NoVault,
    /// There is a vault here already.
    VaultExists,
    /// The vault is locked.
    Locked,
    /// No slot opens with this passphrase.
    WrongPassphrase,
    /// The passphrase is too short: at least so many characters.
    PassphraseTooShort {
        /// At least so many characters.
        least: u32,
    },
    /// The passphrase is one that this vault knows already.
    PassphraseTaken,
    /// No such recovery word: the one at this position.
    WordUnknown {
        /// Which; 1 is the first.
        position: u32,
    },
    /// Every word is of the list, but together they are not recovery words.
    WordsWrong,
    /// A word that was asked for is not the one that was shown.
    WordDiffers {
        /// Which; 1 is the first.
        position: u32,
    },
    /// No recovery words were drawn and typed back.
    WordsNotConfirmed,
    /// These words are not those of this vault.
    WordsOfAnother,
    /// Nothing of theirs was delivered to this coalition.
    NothingToRecover,
    /// Not all of the report is delivered, so nothing of it is removed.
    NotDelivered,
    /// There is something in the report that is not finished or not sent.
    HasDraft,
    /// What was removed from this device is needed for that; fetch it back first.
    Thinned,
    /// There is no such note.
    NoSuchNote,
    /// The key file is damaged; nothing was changed.
    KeysDamaged,
    /// The key file is not there; nothing was changed.
    KeysMissing,
    /// The database is damaged; nothing was changed.
    StoreDamaged,
    /// Another process has the vault open.
    VaultInUse,
    /// The vault was destroyed; the rest has now been deleted.
    Wiped,
    /// Made by a newer version; kept, not opened.
    NewerVersion,
    /// No such report.
    NoSuchReport,
    /// No such evidence.
    NoSuchEvidence,
    /// A piece of evidence does not verify.
    EvidenceDamaged,
    /// The evidence's bytes have not arrived.
    EvidenceNotHere,
    /// Not an age key of the two kinds that copies are sealed to.
    KeyOtherKind,
    /// An age key, but not a whole one: mistyped, cut short, or made to protect nothing.
    KeyMistyped,
    /// A secret key, where the public one is wanted.
    KeySecret,
    /// Hybrid and ordinary keys for one copy, which would be as weak as the weakest.
    KeysMixed,
    /// The report is empty.
    NothingWritten,
    /// Consent to share is not on record.
    ConsentMissing,
    /// No coalition joined yet.
    NotJoined,
    /// Already joined to another coalition.
    AlreadyJoined,
    /// Only a desk can do this.
    NotADesk,
    /// The invite does not decode or does not verify.
    InviteDamaged,
    /// The courier file does not decode.
    CourierDamaged,
    /// The courier file is not addressed to this vault.
    CourierNotForUs,
    /// Nothing is waiting to be carried.
    NothingToCarry,
    /// The disk is full; what was there is kept.
    DiskFull,
    /// A file could not be read or written.
    FileProblem,
    /// A file is larger than this version takes.
    TooLarge {
        /// Most bytes.
        most: u64,
    },
    /// The endpoint cannot be reached.
    EndpointUnreachable,
    /// The endpoint answered with something this version does not understand.
    EndpointOdd,
    /// The endpoint refused: the capability is not valid there.
    EndpointRefused,
    /// The endpoint has no room.
    EndpointFull,
    /// The endpoint's receipt does not verify.
    ReceiptDamaged,
    /// An address that is neither HTTPS nor on this device.
    AddressNotSafe,
    /// The import was not found; it was ended or never begun.
    NoSuchImport,
    /// The request did not have the expected form.
    BadRequest,
    /// Something else went wrong inside; no details leave the app.
    Internal,
}

impl Fault {
    /// The stable code, as it stands in JSON.
    pub fn code(&self) -> String {
        let json = serde_json::to_value(self).unwrap_or_default();
        json["code"].as_str().unwrap_or("internal").to_owned()
    }
}

impl From<&io::Error> for Fault {
    fn from(error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::DiskFull,
            _ => Self::FileProblem,
        }
    }
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::DiskFull => Self::DiskFull,
            StoreError::Damaged => Self::StoreDamaged,
            StoreError::NewerVersion => Self::NewerVersion,
            StoreError::NotFound => Self::NoSuchReport,
            StoreError::Gone => Self::Thinned,
            StoreError::File(error) => Self::from(&error),
            _ => Self::Internal,
        }
    }
}

impl From<BlobError> for Fault {
    fn from(error: BlobError) -> Self {
        match error {
            BlobError::DiskFull => Self::DiskFull,
            BlobError::NotFound => Self::NoSuchEvidence,
            BlobError::NotHere => Self::EvidenceNotHere,
            BlobError::Damaged => Self::EvidenceDamaged,
            BlobError::NewerVersion => Self::NewerVersion,
            BlobError::Locked => Self::Locked,
            BlobError::File(error) => Self::from(&error),
            BlobError::Store(error) => error.into(),
            _ => Self::Internal,
        }
    }
}

impl From<CreateError> for Fault {
    fn from(error: CreateError) -> Self {
        match error {
            CreateError::Exists => Self::VaultExists,
            CreateError::InUse => Self::VaultInUse,
            CreateError::DiskFull => Self::DiskFull,
            CreateError::File(error) => Self::from(&error),
            CreateError::Store(error) => error.into(),
            _ => Self::Internal,
        }
    }
}

impl From<OpenError> for Fault {
    fn from(error: OpenError) -> Self {
        match error {
            OpenError::NoVault => Self::NoVault,
            OpenError::WrongPassphrase => Self::WrongPassphrase,
            OpenError::KeysDamaged => Self::KeysDamaged,
            OpenError::KeysMissing => Self::KeysMissing,
            OpenError::StoreDamaged => Self::StoreDamaged,
            OpenError::InUse => Self::VaultInUse,
            OpenError::Wiped => Self::Wiped,
            OpenError::GivenUp => Self::Locked,
            OpenError::NewerVersion => Self::NewerVersion,
            OpenError::DiskFull => Self::DiskFull,
            OpenError::File(error) => Self::from(&error),
            OpenError::Store(error) => error.into(),
            _ => Self::Internal,
        }
    }
}

impl From<ChangeError> for Fault {
    fn from(error: ChangeError) -> Self {
        match error {
            ChangeError::WrongPassphrase => Self::WrongPassphrase,
            ChangeError::Taken => Self::PassphraseTaken,
            ChangeError::NotesTooLong => Self::TooLarge {
                most: holdfast_vault::MOST_NOTES,
            },
            ChangeError::KeysDamaged => Self::KeysDamaged,
            ChangeError::DiskFull => Self::DiskFull,
            ChangeError::File(error) => Self::from(&error),
            ChangeError::Store(error) => error.into(),
            _ => Self::Internal,
        }
    }
}

impl From<PanicError> for Fault {
    fn from(error: PanicError) -> Self {
        match error {
            PanicError::NoVault => Self::NoVault,
            _ => Self::Internal,
        }
    }
}

impl From<&SyncError> for Fault {
    fn from(error: &SyncError) -> Self {
        match error {
            SyncError::AddressNotSafe | SyncError::ProxyNotSafe | SyncError::ProxyNeeded => {
                Self::AddressNotSafe
            }
            SyncError::Unreachable(_) | SyncError::Interrupted(_) | SyncError::Stalled => {
                Self::EndpointUnreachable
            }
            SyncError::Refused(problem) => match problem {
                Problem::MailboxFull | Problem::StorageFull | Problem::ObjectTooLarge => {
                    Self::EndpointFull
                }
                Problem::Busy | Problem::RequestTimeout => Self::EndpointUnreachable,
                Problem::MailboxRefused
                | Problem::CapabilityMissing
                | Problem::AdmissionRequired
                | Problem::MailboxTaken => Self::EndpointRefused,
                _ => Self::EndpointOdd,
            },
            SyncError::ReceiptDamaged => Self::ReceiptDamaged,
            SyncError::ObjectDamaged => Self::EvidenceDamaged,
            SyncError::Local(fault) => fault.into(),
            SyncError::Setup(_) => Self::Internal,
            _ => Self::EndpointOdd,
        }
    }
}

impl From<&LocalFault> for Fault {
    fn from(fault: &LocalFault) -> Self {
        match fault {
            LocalFault::Locked => Self::Locked,
            LocalFault::Gone => Self::EvidenceNotHere,
            LocalFault::Damaged => Self::EvidenceDamaged,
            LocalFault::Full => Self::DiskFull,
            _ => Self::Internal,
        }
    }
}

impl From<Fault> for LocalFault {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Locked => Self::Locked,
            Fault::DiskFull => Self::Full,
            Fault::EvidenceDamaged => Self::Damaged,
            Fault::EvidenceNotHere | Fault::NoSuchEvidence => Self::Gone,
            other => Self::other(other),
        }
    }
}

impl From<CourierError> for Fault {
    fn from(error: CourierError) -> Self {
        match error {
            CourierError::Io(error) => Self::from(&error),
            CourierError::Local(fault) => Self::from(&fault),
            CourierError::NewerVersion(_) => Self::NewerVersion,
            _ => Self::CourierDamaged,
        }
    }
}
