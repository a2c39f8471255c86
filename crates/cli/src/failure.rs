//! Why a command failed, and the exit code that says so. The table is in `docs/cli.md`.

use std::{borrow::Cow, io, path::PathBuf};

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
    /// The app did not do it, and for this command there is more to say: the words of this name.
    #[error("{0}")]
    Told(Fault, &'static str),
    /// The command was not usable as given.
    #[error("{0}")]
    Usage(Cow<'static, str>),
    /// A file given on the command line could not be read.
    #[error("{}: {}", .0.display(), why(.1))]
    File(PathBuf, io::Error),
    /// There is no terminal at which to ask for a passphrase; what gives it otherwise.
    #[error("there is no terminal to ask for the passphrase; give it with {0}")]
    NoTerminal(&'static str),
    /// Standard input or output failed.
    #[error("standard input or output could not be used: {0}")]
    Io(#[from] io::Error),
}

/// Why a file could not be read.
fn why(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "there is no such file".to_owned(),
        io::ErrorKind::PermissionDenied => "you may not read this file".to_owned(),
        io::ErrorKind::IsADirectory => "this is a folder, and a file is wanted".to_owned(),
        io::ErrorKind::InvalidData => "this file is not text".to_owned(),
        _ => error.to_string(),
    }
}

/// A command that was not usable as given, and why.
pub(crate) fn usage(why: impl Into<Cow<'static, str>>) -> Failure {
    Failure::Usage(why.into())
}

impl Failure {
    /// The process's exit code.
    pub(crate) fn exit_code(&self) -> u8 {
        match self {
            Self::Usage(_) => 2,
            Self::File(..) | Self::NoTerminal(_) | Self::Io(_) => 7,
            Self::Fault(fault) | Self::Partly(fault) | Self::Told(fault, _) => match fault {
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
