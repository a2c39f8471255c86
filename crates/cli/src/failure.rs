//! Why a command failed, and the exit code that says so. The table is in `docs/cli.md`.

use holdfast_app::view::Fault;

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// The app did not do it.
    #[error(transparent)]
    Fault(#[from] Fault),
    /// The app did a part of it; what it did has been printed, with this fault in it.
    #[error(transparent)]
    Partly(Fault),
    /// The command was not usable as given.
    #[error("{0}")]
    Usage(&'static str),
    /// A file given on the command line, or the terminal, failed.
    #[error("a file or the terminal could not be used: {0}")]
    Io(#[from] std::io::Error),
}

impl Failure {
    /// The process's exit code.
    pub(crate) fn exit_code(&self) -> u8 {
        match self {
            Self::Usage(_) => 2,
            Self::Io(_) => 7,
            Self::Fault(fault) | Self::Partly(fault) => match fault {
                Fault::BadRequest
                | Fault::PassphraseTooShort { .. }
                | Fault::KeyOtherKind
                | Fault::KeyMistyped
                | Fault::KeySecret
                | Fault::KeysMixed
                | Fault::PassphraseTaken
                | Fault::WordUnknown { .. }
                | Fault::WordsWrong
                | Fault::WordDiffers { .. } => 2,
                Fault::NoVault
                | Fault::VaultExists
                | Fault::Locked
                | Fault::WrongPassphrase
                | Fault::VaultInUse
                | Fault::Wiped => 3,
                Fault::NoSuchReport
                | Fault::NoSuchEvidence
                | Fault::NoSuchImport
                | Fault::EvidenceNotHere
                | Fault::NoSuchNote
                | Fault::NothingToRecover => 4,
                Fault::EndpointUnreachable
                | Fault::EndpointOdd
                | Fault::EndpointRefused
                | Fault::EndpointFull
                | Fault::AddressNotSafe => 5,
                Fault::KeysDamaged
                | Fault::KeysMissing
                | Fault::StoreDamaged
                | Fault::EvidenceDamaged
                | Fault::InviteDamaged
                | Fault::CourierDamaged
                | Fault::ReceiptDamaged
                | Fault::NewerVersion => 6,
                Fault::DiskFull | Fault::FileProblem => 7,
                Fault::NothingWritten
                | Fault::WordsNotConfirmed
                | Fault::WordsOfAnother
                | Fault::NotDelivered
                | Fault::HasDraft
                | Fault::Thinned
                | Fault::ConsentMissing
                | Fault::NotJoined
                | Fault::AlreadyJoined
                | Fault::NotADesk
                | Fault::CourierNotForUs
                | Fault::NothingToCarry
                | Fault::TooLarge { .. } => 8,
                Fault::Internal => 1,
            },
        }
    }
}
