//! What can go wrong, one type per family of operation.
//!
//! No message names a path, a statement or anything a person wrote. A full disk has a variant of
//! its own everywhere: it is the one fault a person can mend on the spot.

use std::io;

use holdfast_seal::OpenEvidenceError;
use rusqlite::ErrorCode;

/// A vault could not be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CreateError {
    /// There is a vault already; it is untouched.
    #[error("there is a vault here already")]
    Exists,
    /// Another process is making one.
    #[error("the vault is in use")]
    InUse,
    /// The disk is full.
    #[error("the disk is full")]
    DiskFull,
    /// The passphrase hash needs more memory than there is.
    #[error("not enough memory")]
    OutOfMemory,
    /// A file could not be written.
    #[error("a file of the vault could not be written")]
    File(#[source] io::Error),
    /// The database could not be written.
    #[error("the vault's database could not be made")]
    Store(#[source] StoreError),
}

/// A vault did not open. Unless it says so, nothing of what is on the disk was changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// There is no vault here.
    #[error("there is no vault here")]
    NoVault,
    /// No slot opens with this passphrase.
    #[error("no slot opens with this passphrase")]
    WrongPassphrase,
    /// The key file is there and not as it was written.
    #[error("the key file is damaged")]
    KeysDamaged,
    /// There is a vault, but its key file is gone.
    #[error("the key file is missing")]
    KeysMissing,
    /// The database does not decrypt, does not decode or is gone.
    #[error("the database is damaged")]
    StoreDamaged,
    /// Another process, or another part of this one, has it open.
    #[error("the vault is in use")]
    InUse,
    /// It had been destroyed, and what was left of it is deleted now.
    #[error("the vault was destroyed")]
    Wiped,
    /// It was not wanted any more before the passphrase was tried.
    #[error("opening was given up")]
    GivenUp,
    /// Made by a newer version.
    #[error("the vault was made by a newer version")]
    NewerVersion,
    /// The disk is full.
    #[error("the disk is full")]
    DiskFull,
    /// The passphrase hash needs more memory than there is.
    #[error("not enough memory")]
    OutOfMemory,
    /// A file could not be read.
    #[error("a file of the vault could not be read")]
    File(#[source] io::Error),
    /// The database answered with something else.
    #[error("the vault's database could not be opened")]
    Store(#[source] StoreError),
}

/// A passphrase was not set. Killed or failed on the way, the vault opens with the passphrase it
/// had.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ChangeError {
    /// The old passphrase is not the one that opens this vault.
    #[error("not the passphrase of this vault")]
    WrongPassphrase,
    /// The new passphrase is one that this vault knows already.
    #[error("the vault knows this passphrase already")]
    Taken,
    /// More notes than the file of fixed length holds.
    #[error("the notes are too long")]
    NotesTooLong,
    /// The key file is not as it was written.
    #[error("the key file is damaged")]
    KeysDamaged,
    /// The disk is full.
    #[error("the disk is full")]
    DiskFull,
    /// The passphrase hash needs more memory than there is.
    #[error("not enough memory")]
    OutOfMemory,
    /// A file could not be read or written.
    #[error("a file of the vault could not be written")]
    File(#[source] io::Error),
    /// The database answered with something else.
    #[error("the vault's database did not take part")]
    Store(#[source] StoreError),
}

/// The database did not do what was asked. What it held before, it still holds.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The disk is full.
    #[error("the disk is full")]
    DiskFull,
    /// A page does not decrypt, or a row does not decode.
    #[error("the database is damaged")]
    Damaged,
    /// The database, or a row of it, was written by a newer version.
    #[error("written by a newer version")]
    NewerVersion,
    /// Something else was committed since this was prepared; prepare it again.
    #[error("overtaken by another change")]
    Overtaken,
    /// No such row.
    #[error("not found")]
    NotFound,
    /// The incident was removed from this vault; nothing is written to it.
    #[error("the incident was removed")]
    Gone,
    /// A file beside the database could not be read or written.
    #[error("a file of the vault could not be written")]
    File(#[source] io::Error),
    /// SQLite answered with this extended result code.
    #[error("the database failed with code {code}")]
    Sqlite {
        /// Extended result code.
        code: i32,
    },
}

/// A sealed file could not be kept or read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BlobError {
    /// The disk is full; what was there is kept.
    #[error("the disk is full")]
    DiskFull,
    /// No evidence or object of this id is known.
    #[error("no such object")]
    NotFound,
    /// It is known, but its bytes have not arrived.
    #[error("the object's bytes are not here")]
    NotHere,
    /// It does not verify. The bytes are kept.
    #[error("the object is damaged")]
    Damaged,
    /// Sealed by a newer version.
    #[error("sealed by a newer version")]
    NewerVersion,
    /// More bytes than were announced.
    #[error("more bytes than were announced")]
    TooLong,
    /// The vault was locked meanwhile.
    #[error("the vault was locked meanwhile")]
    Locked,
    /// It could not be sealed.
    #[error("the file could not be sealed")]
    Seal(#[source] holdfast_seal::SealError),
    /// A file could not be read or written.
    #[error("a sealed file could not be read or written")]
    File(#[source] io::Error),
    /// The database did not do its part.
    #[error("the database did not take the object")]
    Store(#[source] StoreError),
}

/// There was nothing to destroy.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PanicError {
    /// There is no vault here.
    #[error("there is no vault here")]
    NoVault,
}

fn is_full(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded
    )
}

macro_rules! from_io {
    ($($error:ident),*) => {$(
        impl From<io::Error> for $error {
            fn from(error: io::Error) -> Self {
                if is_full(&error) { Self::DiskFull } else { Self::File(error) }
            }
        }
    )*};
}
from_io!(CreateError, OpenError, ChangeError, StoreError, BlobError);

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::Error as Sql;
        match error {
            Sql::SqliteFailure(failure, _) => match failure.code {
                ErrorCode::DiskFull => Self::DiskFull,
                ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => Self::Damaged,
                // A folder or a file that may not be written to.
                ErrorCode::CannotOpen | ErrorCode::ReadOnly | ErrorCode::PermissionDenied => {
                    Self::File(io::ErrorKind::PermissionDenied.into())
                }
                _ => Self::Sqlite {
                    code: failure.extended_code,
                },
            },
            Sql::FromSqlConversionFailure(..)
            | Sql::IntegralValueOutOfRange(..)
            | Sql::InvalidColumnType(..)
            | Sql::Utf8Error(..) => Self::Damaged,
            Sql::QueryReturnedNoRows => Self::NotFound,
            // The rest is about statements, and these are all fixed; their text stays inside.
            _ => Self::Sqlite {
                code: rusqlite::ffi::SQLITE_MISUSE,
            },
        }
    }
}

impl From<StoreError> for OpenError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::DiskFull => Self::DiskFull,
            StoreError::Damaged => Self::StoreDamaged,
            StoreError::NewerVersion => Self::NewerVersion,
            StoreError::File(error) => Self::File(error),
            other => Self::Store(other),
        }
    }
}

impl From<StoreError> for ChangeError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::DiskFull => Self::DiskFull,
            StoreError::File(error) => Self::File(error),
            other => Self::Store(other),
        }
    }
}

impl From<StoreError> for CreateError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::DiskFull => Self::DiskFull,
            StoreError::File(error) => Self::File(error),
            other => Self::Store(other),
        }
    }
}

impl From<StoreError> for BlobError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::DiskFull => Self::DiskFull,
            StoreError::NotFound => Self::NotFound,
            StoreError::File(error) => Self::File(error),
            other => Self::Store(other),
        }
    }
}

impl From<BlobError> for StoreError {
    fn from(error: BlobError) -> Self {
        match error {
            BlobError::DiskFull => Self::DiskFull,
            BlobError::File(error) => Self::File(error),
            BlobError::Store(error) => error,
            BlobError::NotFound | BlobError::NotHere => Self::NotFound,
            _ => Self::Damaged,
        }
    }
}

impl From<holdfast_seal::SealError> for BlobError {
    fn from(error: holdfast_seal::SealError) -> Self {
        match error {
            holdfast_seal::SealError::Io(error) => error.into(),
            other => Self::Seal(other),
        }
    }
}

impl From<OpenEvidenceError> for BlobError {
    fn from(error: OpenEvidenceError) -> Self {
        match error {
            OpenEvidenceError::Io(error) => error.into(),
            OpenEvidenceError::NewerVersion => Self::NewerVersion,
            _ => Self::Damaged,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_and_a_protected_one_are_told_by_name_wherever_they_show() {
        let full = || io::Error::from(io::ErrorKind::StorageFull);
        assert!(matches!(CreateError::from(full()), CreateError::DiskFull));
        assert!(matches!(OpenError::from(full()), OpenError::DiskFull));
        assert!(matches!(BlobError::from(full()), BlobError::DiskFull));
        let sqlite = || rusqlite::Error::SqliteFailure(rusqlite::ffi::Error::new(13), None);
        assert!(matches!(StoreError::from(sqlite()), StoreError::DiskFull));
        assert!(matches!(
            OpenError::from(StoreError::from(sqlite())),
            OpenError::DiskFull
        ));
        assert!(matches!(
            BlobError::from(StoreError::from(sqlite())),
            BlobError::DiskFull
        ));
        // SQLITE_READONLY, SQLITE_CANTOPEN, SQLITE_PERM: a folder that may not be written to.
        for code in [8, 14, 3] {
            let sqlite = rusqlite::Error::SqliteFailure(rusqlite::ffi::Error::new(code), None);
            assert!(matches!(
                OpenError::from(StoreError::from(sqlite)),
                OpenError::File(_)
            ));
        }
        let sealing = holdfast_seal::SealError::Io(full());
        assert!(matches!(BlobError::from(sealing), BlobError::DiskFull));
    }
}
