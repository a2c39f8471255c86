//! `[version, body, signatures]`: how bundles, notes, successions and invites are signed.
//!
//! The body is kept as bytes, so that what was signed is what is verified. The version stands first
//! in every version, so that a reader can tell a newer one from damage. One spelling is read, and
//! nothing unsigned stands beside what is signed.

use holdfast_cbor as cbor;
use minicbor::{Decode, Encode};
use zeroize::Zeroizing;

use crate::{Domain, SignatureError, Signatures, SigningKey, VerifyingKey};

/// Room for what stands around body and signatures.
const AROUND: usize = 32;

/// One kind of signed thing.
#[derive(Clone, Copy, Debug)]
pub struct Form {
    /// What its signatures are made for.
    pub domain: Domain,
    /// The version that is written, and read.
    pub version: u64,
}

/// Something of the right form, whose signature nobody has looked at.
#[derive(Debug)]
pub struct Unverified<'a> {
    domain: Domain,
    body: &'a [u8],
    signatures: Signatures,
}

/// Bytes are not of the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FormError {
    /// Not of the form, or in another spelling.
    #[error("not of the form that it must have")]
    Malformed,
    /// Made by a newer version.
    #[error("made by a newer version")]
    NewerVersion,
}

#[derive(Encode, Decode)]
#[cbor(array)]
struct Outer<'a> {
    #[n(0)]
    version: u64,
    #[cbor(b(1), with = "minicbor::bytes")]
    body: &'a [u8],
    #[n(2)]
    signatures: Signatures,
}

/// The first element of any version.
#[derive(Decode)]
#[cbor(array)]
struct Head {
    #[n(0)]
    version: u64,
}

impl Form {
    /// Signs a body.
    pub fn sign(self, key: &SigningKey, body: &[u8]) -> Zeroizing<Vec<u8>> {
        self.join(body, key.sign(self.domain, body))
    }

    /// Puts a body and signatures that were made over it together.
    pub fn join(self, body: &[u8], signatures: Signatures) -> Zeroizing<Vec<u8>> {
        let room = AROUND + body.len() + cbor::to_vec(&signatures).len();
        let outer = Outer {
            version: self.version,
            body,
            signatures,
        };
        cbor::to_wiped(room, &outer)
    }

    /// Reads what was signed, at most `limit` bytes. Nothing of it is to be believed yet.
    ///
    /// # Errors
    /// Every variant of [`FormError`].
    pub fn read(self, bytes: &[u8], limit: usize) -> Result<Unverified<'_>, FormError> {
        let head: Head = cbor::decode(bytes, limit).map_err(|_| FormError::Malformed)?;
        if head.version > self.version {
            return Err(FormError::NewerVersion);
        }
        let outer: Outer<'_> = cbor::decode(bytes, limit).map_err(|_| FormError::Malformed)?;
        if outer.version != self.version || *cbor::to_wiped(bytes.len(), &outer) != *bytes {
            return Err(FormError::Malformed);
        }
        Ok(Unverified {
            domain: self.domain,
            body: outer.body,
            signatures: outer.signatures,
        })
    }
}

impl<'a> Unverified<'a> {
    /// What is said: enough to learn who must have signed it.
    pub fn body(&self) -> &'a [u8] {
        self.body
    }

    /// Checks that this key signed it.
    ///
    /// # Errors
    /// Those of [`Signatures::verify`].
    pub fn verify(&self, key: &VerifyingKey) -> Result<(), SignatureError> {
        self.signatures.verify(self.domain, self.body, key)
    }
}

#[cfg(test)]
mod tests {
    use getrandom::SysRng;
    use rand_core::UnwrapErr;

    use super::*;

    const FORM: Form = Form {
        domain: Domain("a test"),
        version: 2,
    };

    fn key() -> SigningKey {
        SigningKey::make(&mut UnwrapErr(SysRng))
    }

    #[test]
    fn what_was_signed_is_read_and_verifies() {
        let (key, other) = (key(), key());
        let signed = FORM.sign(&key, b"said");
        let read = FORM.read(&signed, 1_000).unwrap();
        assert_eq!(read.body(), b"said");
        assert_eq!(read.verify(&key.verifying_key()), Ok(()));
        assert!(read.verify(&other.verifying_key()).is_err());
        let elsewhere = Form {
            domain: Domain("another"),
            ..FORM
        };
        let read = elsewhere.read(&signed, 1_000).unwrap();
        assert!(read.verify(&key.verifying_key()).is_err());
    }

    #[test]
    fn another_version_another_spelling_and_anything_beside_are_refused() {
        let signed = FORM.sign(&key(), b"said");
        let versions = [1, 3].map(|version| {
            let mut other = signed.to_vec();
            other[1] = version;
            FORM.read(&other, 1_000).err()
        });
        let malformed = Some(FormError::Malformed);
        assert_eq!(versions, [malformed, Some(FormError::NewerVersion)]);
        // A newer one need not have anything else in common.
        let newer = FORM.read(&[0x82, 0x03, 0xf6], 1_000).err();
        assert_eq!(newer, Some(FormError::NewerVersion));

        let mut longer = signed.to_vec();
        longer[0] = 0x84;
        longer.push(0xf6);
        assert_eq!(FORM.read(&longer, 1_000).err(), malformed);
        for at in 0..signed.len() {
            assert_eq!(FORM.read(&signed[..at], 1_000).err(), malformed, "{at}");
        }
        assert_eq!(FORM.read(&signed, signed.len() - 1).err(), malformed);
    }
}
