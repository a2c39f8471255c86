//! Notes: a few words to one recipient, padded so that all are of one size.
//!
//! Inside the seal as in a bundle: a 4-byte big-endian length, that many bytes, and zeros up to the
//! Padmé size of at least 512. What the bytes say, and who signed them, is the caller's affair.

use zeroize::Zeroizing;

use crate::{
    Identity, OpenBundleError, Recipient, SealBundleError,
    bundle::{seal_padded, unpad, unseal},
};

/// A sealed note is at most this long.
pub const NOTE_LIMIT: usize = 64 * 1024;

/// The shortest text inside a seal.
const LEAST_PADDED: u64 = 512;

/// Leaves room for the header, the padding and the seal.
const CONTENT_LIMIT: usize = NOTE_LIMIT - 8 * 1024;

/// Pads and seals a note.
///
/// # Errors
/// [`SealBundleError::TooLarge`] when it is longer than a note may be.
pub fn seal_note(content: &[u8], to: &Recipient) -> Result<Vec<u8>, SealBundleError> {
    if content.len() > CONTENT_LIMIT {
        return Err(SealBundleError::TooLarge);
    }
    seal_padded(content, LEAST_PADDED, core::slice::from_ref(to))
}

/// Opens a note.
///
/// # Errors
/// [`OpenBundleError::NotForUs`], [`OpenBundleError::Damaged`].
pub fn open_note(
    sealed: &[u8],
    identity: &Identity,
) -> Result<Zeroizing<Vec<u8>>, OpenBundleError> {
    if sealed.len() > NOTE_LIMIT {
        return Err(OpenBundleError::NotForUs);
    }
    let padded = unseal(sealed, &[identity])?;
    let content = unpad(&padded, LEAST_PADDED).ok_or(OpenBundleError::Damaged)?;
    Ok(Zeroizing::new(content.to_vec()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_comes_back_and_a_bundle_is_none() {
        let (owner, other) = (Identity::make(), Identity::make());
        for length in [0, 1, 508, 509, 5_000, CONTENT_LIMIT] {
            let content = vec![7; length];
            let sealed = seal_note(&content, &owner.recipient()).unwrap();
            assert!(sealed.len() <= NOTE_LIMIT);
            assert_eq!(*open_note(&sealed, &owner).unwrap(), content);
            assert_eq!(open_note(&sealed, &other), Err(OpenBundleError::NotForUs));
            let cut = &sealed[..sealed.len() - 1];
            assert_eq!(open_note(cut, &owner), Err(OpenBundleError::Damaged));
        }
        let longer = vec![7; CONTENT_LIMIT + 1];
        assert!(seal_note(&longer, &owner.recipient()).is_err());
    }
}
