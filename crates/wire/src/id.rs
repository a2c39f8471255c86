//! Identifiers that are said in public: random or hashes, lower-case hexadecimal in text, byte strings in CBOR.
//!
//! Invariant: an id has one spelling, so it is safe as a path segment or a file name once it was parsed.

use std::fmt;
use std::str::FromStr;

use data_encoding::HEXLOWER;
use minicbor::{Decode, Encode};
use sha2::{Digest, Sha256};
use thiserror::Error;

use crate::capability::ReadCapability;

/// The text is not the lower-case hexadecimal spelling of an id of this kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("not an id: expected lower-case hexadecimal of the right length")]
pub struct IdError;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $len:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
        #[cbor(transparent)]
        pub struct $name(#[cbor(n(0), with = "minicbor::bytes")] pub [u8; $len]);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&HEXLOWER.encode(&self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self)
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                let bytes = HEXLOWER.decode(text.as_bytes()).map_err(|_| IdError)?;
                bytes.try_into().map(Self).map_err(|_| IdError)
            }
        }
    };
}

id! {
    /// A mailbox: the first 16 bytes of SHA-256("holdfast mailbox v1" ‖ 0x00 ‖ read capability). Knowing it lets nobody
    /// send or read.
    MailboxId, 16
}
id! {
    /// A sealed object: SHA-256 of its bytes.
    ObjectId, 32
}
id! {
    /// An upload under way. Only the endpoint can make one, and whoever knows it may add bytes; what arrives is checked
    /// against the object's hash, so the worst that can be done with it is to make the sender start again.
    UploadId, 16
}

impl MailboxId {
    /// The mailbox that `capability` reads.
    #[must_use]
    pub fn of(capability: &ReadCapability) -> Self {
        let digest = Sha256::new_with_prefix(b"holdfast mailbox v1\0")
            .chain_update(capability.expose_bytes())
            .finalize();
        let mut id = [0; 16];
        id.copy_from_slice(&digest[..16]);
        Self(id)
    }
}

impl ObjectId {
    /// The id of an object with these bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_mailbox_of_a_capability_is_fixed() {
        insta::assert_snapshot!(MailboxId::of(&ReadCapability::from_bytes([7; 32])));
    }

    #[test]
    fn only_the_one_spelling_is_an_id() {
        let good = "00112233445566778899aabbccddeeff";
        assert_eq!(good.parse::<MailboxId>().unwrap().to_string(), good);
        for bad in [
            "",
            "00",
            "00112233445566778899AABBCCDDEEFF",
            "00112233445566778899aabbccddeef",
            "../../../../etc/passwd/aabbccddee",
        ] {
            assert_eq!(bad.parse::<MailboxId>(), Err(IdError), "{bad}");
        }
        assert_eq!(good.parse::<ObjectId>(), Err(IdError));
    }

    proptest! {
        #[test]
        fn ids_round_trip(bytes in any::<[u8; 32]>()) {
            let id = ObjectId(bytes);
            prop_assert_eq!(id.to_string().parse::<ObjectId>(), Ok(id));
            prop_assert_eq!(holdfast_cbor::decode::<ObjectId>(&holdfast_cbor::to_vec(id), 64), Ok(id));
        }
    }
}
