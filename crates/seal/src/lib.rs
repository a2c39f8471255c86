//! Sealing: everything that lies at rest or travels is an ordinary [age] file.
//!
//! - [`Sealer`] and [`open_evidence`] are for a file: sealed once, as it streams in, to a key of its
//!   own (I-7); read from any position without unsealing the rest.
//! - [`seal_bundle`] and [`open_bundle`] are for entries: sealed to several recipients, padded and
//!   signed *inside* the seal, numbered and chained so that an omission, a truncation, a
//!   reordering or a replay shows (I-8).
//! - [`seal_note`] and [`open_note`] are for a few words to one recipient, padded.
//! - [`Recipient`] and [`Identity`] are the two halves of a sealing key, in age's own text form.
//!
//! No files, no network, no clock. age draws its file keys and nonces from the operating system.
//!
//! [age]: https://age-encryption.org/v1

mod bundle;
mod copy;
mod evidence;
mod hashing;
mod header;
#[cfg(test)]
mod interop;
mod key;
mod note;
#[cfg(test)]
#[path = "../../../tests/support/age.rs"]
#[expect(
    unreachable_pub,
    reason = "it is a module of the tests across crates too"
)]
mod other_age;
mod padding;
mod piped;
mod stanza;
mod text;
#[cfg(test)]
mod vectors;

pub use bundle::{
    BUNDLE_LIMIT, Bundle, BundleHash, OpenBundleError, SealBundleError, open_bundle, seal_bundle,
    sealed_size,
};
pub use copy::{CopySealer, PersonalKey, SealCopyError, seal_copy};
pub use evidence::{EvidenceReader, OpenEvidenceError, SealError, Sealed, Sealer, open_evidence};
pub use key::{Identity, KeyError, RECIPIENT_LEN, Recipient};
pub use note::{NOTE_LIMIT, open_note, seal_note};
pub use padding::padme;
