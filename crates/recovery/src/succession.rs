//! Successions: one device takes the place of another, signed by the recovery key.
//!
//! A desk that had learned the recovery key from the old device's own bundles can believe it.

use holdfast_cbor as cbor;
use holdfast_sign::{Domain, Form, FormError, SigningKey, VerifyingKey};
use minicbor::{Decode, Encode};

const FORM: Form = Form {
    domain: Domain("holdfast succession v1"),
    version: 1,
};

/// Room for several signatures, post-quantum ones included.
const LIMIT: usize = 16 * 1024;

/// Who takes whose place.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Succession {
    /// The device that was.
    #[n(0)]
    pub old: VerifyingKey,
    /// The device that is.
    #[n(1)]
    pub new: VerifyingKey,
    /// To whom it is said; nobody else need believe it.
    #[cbor(n(2), with = "minicbor::bytes")]
    pub audience: [u8; 32],
    /// Whether the old one may be in somebody else's hands.
    #[n(3)]
    pub lost: bool,
    /// When, by the new device's clock: milliseconds since the Unix epoch.
    #[n(4)]
    pub at: i64,
}

/// A succession that has been decoded but not verified. Believe nothing it says.
#[derive(Debug)]
pub struct Unverified<'a> {
    signed: holdfast_sign::Unverified<'a>,
    said: Succession,
}

/// Bytes are not a succession that can be believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SuccessionError {
    /// Not of the form that it must have.
    #[error("not a succession")]
    Damaged,
    /// Not signed by the recovery key that was expected.
    #[error("not signed by the recovery key")]
    BadSignature,
    /// Made by a newer version.
    #[error("made by a newer version")]
    NewerVersion,
}

impl Succession {
    /// Signs it with the recovery key.
    pub fn sign(&self, recovery: &SigningKey) -> Vec<u8> {
        FORM.sign(recovery, &cbor::to_vec(self)).to_vec()
    }
}

impl<'a> Unverified<'a> {
    /// Decodes a succession.
    ///
    /// # Errors
    /// [`SuccessionError::Damaged`], [`SuccessionError::NewerVersion`].
    pub fn from_bytes(bytes: &'a [u8]) -> Result<Self, SuccessionError> {
        let signed = FORM.read(bytes, LIMIT).map_err(|error| match error {
            FormError::NewerVersion => SuccessionError::NewerVersion,
            _ => SuccessionError::Damaged,
        })?;
        Ok(Self {
            said: cbor::decode(signed.body(), LIMIT)?,
            signed,
        })
    }

    /// The device whose recovery key must have signed it.
    pub fn old(&self) -> &VerifyingKey {
        &self.said.old
    }

    /// The device that says so of itself; from anybody else it is nothing.
    pub fn successor(&self) -> &VerifyingKey {
        &self.said.new
    }

    /// Checks that this recovery key signed it, for this audience.
    ///
    /// # Errors
    /// [`SuccessionError::BadSignature`].
    pub fn verify(
        self,
        recovery: &VerifyingKey,
        audience: &[u8; 32],
    ) -> Result<Succession, SuccessionError> {
        (self.signed.verify(recovery)).map_err(|_| SuccessionError::BadSignature)?;
        if self.said.audience == *audience && self.said.old != self.said.new {
            Ok(self.said)
        } else {
            Err(SuccessionError::Damaged)
        }
    }
}

impl From<cbor::DecodeError> for SuccessionError {
    fn from(_: cbor::DecodeError) -> Self {
        Self::Damaged
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn key(byte: u8) -> SigningKey {
        SigningKey::from_seed(&[byte; 32])
    }

    fn succession() -> Succession {
        Succession {
            old: key(1).verifying_key(),
            new: key(2).verifying_key(),
            audience: [3; 32],
            lost: true,
            at: 1_795_000_000_000,
        }
    }

    fn read(bytes: &[u8], by: &SigningKey, to: u8) -> Result<Succession, SuccessionError> {
        Unverified::from_bytes(bytes)?.verify(&by.verifying_key(), &[to; 32])
    }

    #[test]
    fn it_is_believed_of_the_recovery_key_only_and_by_whom_it_is_for() {
        let bytes = succession().sign(&key(9));
        assert_eq!(read(&bytes, &key(9), 3), Ok(succession()));
        assert!(bytes.len() < 278, "{}", bytes.len());
        for other in [1, 2, 8] {
            let refused = Err(SuccessionError::BadSignature);
            assert_eq!(read(&bytes, &key(other), 3), refused);
        }
        assert_eq!(read(&bytes, &key(9), 4), Err(SuccessionError::Damaged));
    }

    #[test]
    fn nobody_follows_themselves() {
        let odd = Succession {
            new: succession().old,
            ..succession()
        };
        assert!(read(&odd.sign(&key(9)), &key(9), 3).is_err());
    }

    #[test]
    fn a_newer_version_is_told() {
        let mut bytes = succession().sign(&key(9));
        bytes[1] = 2;
        assert_eq!(
            Unverified::from_bytes(&bytes).err(),
            Some(SuccessionError::NewerVersion)
        );
    }

    proptest! {
        #[test]
        fn any_succession_comes_back(old: [u8; 32], new: [u8; 32], lost: bool, at: i64) {
            prop_assume!(old != new);
            let said = Succession {
                old: VerifyingKey::from_bytes(old),
                new: VerifyingKey::from_bytes(new),
                audience: [3; 32],
                lost,
                at,
            };
            prop_assert_eq!(read(&said.sign(&key(9)), &key(9), 3), Ok(said));
        }

        #[test]
        fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
            prop_assert!(Unverified::from_bytes(&bytes).is_err());
        }

        #[test]
        fn one_changed_byte_is_noticed(at in any::<prop::sample::Index>(), flip in 1..=255_u8) {
            let mut bytes = succession().sign(&key(9));
            let at = at.index(bytes.len());
            bytes[at] ^= flip;
            prop_assert!(read(&bytes, &key(9), 3).is_err());
        }
    }
}
