//! From what went wrong below to what a screen can say.
//!
//! A fault keeps the kind and drops the rest: no path, no statement and nothing a person wrote
//! crosses into a window or a log.

use std::io;

use holdfast_sync::{CourierError, LocalFault, SyncError};
use holdfast_vault::{BlobError, CreateError, OpenError, PanicError, StoreError};
use holdfast_wire::Problem;

use crate::view::Fault;

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
            OpenError::NewerVersion => Self::NewerVersion,
            OpenError::DiskFull => Self::DiskFull,
            OpenError::File(error) => Self::from(&error),
            OpenError::Store(error) => error.into(),
            _ => Self::Internal,
        }
    }
}

impl From<PanicError> for Fault {
    fn from(error: PanicError) -> Self {
        match error {
            PanicError::NoVault => Self::NoVault,
            _ => Self::FileProblem,
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
