//! Capabilities: who knows one may do what it stands for. There are no accounts (I-24).
//!
//! Invariant: the bytes are zeroised on drop, compared in constant time, and never shown by `Debug`; only a function
//! whose name begins with `expose` gives them out.

use std::fmt;

use data_encoding::BASE64URL_NOPAD;
use minicbor::{Decode, Encode};
use rand_core::CryptoRng;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use thiserror::Error;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// The text is not the base64url spelling of 32 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("not a capability: expected 43 characters of base64url")]
pub struct CapabilityError;

macro_rules! secret {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Zeroize, ZeroizeOnDrop)]
        pub struct $name([u8; 32]);

        impl $name {
            /// Makes a new one from `rng`.
            #[must_use]
            pub fn make(rng: &mut impl CryptoRng) -> Self {
                let mut bytes = [0; 32];
                rng.fill_bytes(&mut bytes);
                Self(bytes)
            }

            /// Takes up one that was kept.
            #[must_use]
            pub fn from_bytes(bytes: [u8; 32]) -> Self {
                Self(bytes)
            }

            /// Gives out the 32 bytes, to be kept sealed.
            #[must_use]
            pub fn expose_bytes(&self) -> &[u8; 32] {
                &self.0
            }

            /// Gives out the text that goes into a header: base64url without padding.
            #[must_use]
            pub fn expose_text(&self) -> Zeroizing<String> {
                Zeroizing::new(BASE64URL_NOPAD.encode(&self.0))
            }

            /// Reads the text of a header.
            ///
            /// # Errors
            /// [`CapabilityError`] when it is not the one spelling of 32 bytes.
            pub fn from_text(text: &str) -> Result<Self, CapabilityError> {
                let bytes = Zeroizing::new(BASE64URL_NOPAD.decode(text.as_bytes()).map_err(|_| CapabilityError)?);
                bytes.as_slice().try_into().map(Self).map_err(|_| CapabilityError)
            }
        }

        impl PartialEq for $name {
            fn eq(&self, other: &Self) -> bool {
                self.0.ct_eq(&other.0).into()
            }
        }

        impl Eq for $name {}

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(…)"))
            }
        }
    };
}

secret! {
    /// Lets its holder read a mailbox. The mailbox's id follows from it ([`MailboxId::of`](crate::MailboxId::of)).
    ReadCapability
}
secret! {
    /// Lets its holder send to a mailbox. It is shared by everybody who got the same invite, so it names nobody.
    SendCapability
}
secret! {
    /// Lets its holder create mailboxes at an endpoint that others can reach.
    AdmissionToken
}

/// What an endpoint keeps of a send capability: SHA-256("holdfast send v1" ‖ 0x00 ‖ capability). It recognises the
/// capability without being able to send.
#[derive(Clone, Copy, Debug, Encode, Decode)]
#[cbor(transparent)]
pub struct SendHash(#[cbor(n(0), with = "minicbor::bytes")] pub [u8; 32]);

impl SendHash {
    /// The hash of `capability`.
    #[must_use]
    pub fn of(capability: &SendCapability) -> Self {
        let digest = Sha256::new_with_prefix(b"holdfast send v1\0")
            .chain_update(capability.expose_bytes())
            .finalize();
        Self(digest.into())
    }
}

impl PartialEq for SendHash {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl Eq for SendHash {}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn debug_shows_nothing() {
        assert_eq!(
            format!("{:?}", SendCapability::from_bytes([9; 32])),
            "SendCapability(…)"
        );
        assert_eq!(
            format!("{:?}", ReadCapability::from_bytes([9; 32])),
            "ReadCapability(…)"
        );
        assert_eq!(
            format!("{:?}", AdmissionToken::from_bytes([9; 32])),
            "AdmissionToken(…)"
        );
    }

    #[test]
    fn the_send_hash_and_the_text_are_fixed() {
        let capability = SendCapability::from_bytes([7; 32]);
        insta::assert_snapshot!(
            "send_hash",
            data_encoding::HEXLOWER.encode(&SendHash::of(&capability).0)
        );
        insta::assert_snapshot!("capability_text", capability.expose_text().as_str());
    }

    #[test]
    fn only_the_one_spelling_is_read() {
        let text = SendCapability::from_bytes([0xff; 32]).expose_text();
        assert!(SendCapability::from_text(&text).is_ok());
        for bad in [
            "",
            "AAAA",
            &format!("{}=", text.as_str()),
            &text.replace('_', "/"),
            &text[1..],
        ] {
            assert_eq!(
                SendCapability::from_text(bad),
                Err(CapabilityError),
                "{bad}"
            );
        }
        // the last character carries two bits that must be zero
        assert_eq!(
            SendCapability::from_text(&format!("{}9", &text[..42])),
            Err(CapabilityError)
        );
    }

    #[test]
    fn two_made_are_different() {
        let mut rng = getrandom::rand_core::UnwrapErr(getrandom::SysRng);
        assert_ne!(
            ReadCapability::make(&mut rng),
            ReadCapability::make(&mut rng)
        );
    }

    proptest! {
        #[test]
        fn text_round_trips(bytes in any::<[u8; 32]>()) {
            let capability = ReadCapability::from_bytes(bytes);
            prop_assert_eq!(ReadCapability::from_text(&capability.expose_text()), Ok(capability));
        }
    }
}
