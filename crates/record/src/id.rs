//! Names of things: fixed-size byte strings, each with a type of its own.
//!
//! They are public and say nothing by themselves, so they print: lower-case hexadecimal, which is
//! also what [`FromStr`](core::str::FromStr) reads.

use core::{fmt, str::FromStr};

use data_encoding::HEXLOWER;
use holdfast_sign::{SigningKey, VerifyingKey};
use minicbor::{Decode, Decoder, Encode, Encoder};
use rand_core::CryptoRng;

/// A text is not an identifier of the expected length in lower-case hexadecimal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an identifier in lower-case hexadecimal")]
pub struct ParseIdError;

macro_rules! byte_id {
    ($(#[$doc:meta])* $name:ident, $size:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; $size]);

        impl $name {
            #[doc = concat!("Takes the ", stringify!($size), " bytes as they are.")]
            pub const fn from_bytes(bytes: [u8; $size]) -> Self {
                Self(bytes)
            }

            #[doc = concat!("The ", stringify!($size), " bytes.")]
            pub const fn as_bytes(&self) -> &[u8; $size] {
                &self.0
            }
        }

        impl From<[u8; $size]> for $name {
            fn from(bytes: [u8; $size]) -> Self {
                Self(bytes)
            }
        }

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
            type Err = ParseIdError;

            fn from_str(text: &str) -> Result<Self, ParseIdError> {
                let bytes = HEXLOWER.decode(text.as_bytes()).map_err(|_| ParseIdError)?;
                bytes.try_into().map(Self).map_err(|_| ParseIdError)
            }
        }

        impl<C> Encode<C> for $name {
            fn encode<W: minicbor::encode::Write>(
                &self,
                e: &mut Encoder<W>,
                _: &mut C,
            ) -> Result<(), minicbor::encode::Error<W::Error>> {
                e.bytes(&self.0)?.ok()
            }
        }

        impl<'b, C> Decode<'b, C> for $name {
            fn decode(d: &mut Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
                let at = d.position();
                d.bytes()?
                    .try_into()
                    .map(Self)
                    .map_err(|_| minicbor::decode::Error::message("wrong length").at(at))
            }
        }
    };
}

byte_id! {
    /// An incident: random, so that it says nothing about when, where or how many.
    IncidentId, 16
}

byte_id! {
    /// An entry: the hash of its header.
    EntryHash, 32
}

byte_id! {
    /// A sealed object: SHA-256 of its bytes.
    ObjectId, 32
}

byte_id! {
    /// A device: its Ed25519 verifying key.
    DeviceId, 32
}

impl IncidentId {
    /// Makes a new one.
    pub fn make(rng: &mut impl CryptoRng) -> Self {
        let mut bytes = [0; 16];
        rng.fill_bytes(&mut bytes);
        Self(bytes)
    }
}

impl DeviceId {
    /// The device that holds this key.
    pub fn of(key: &SigningKey) -> Self {
        key.verifying_key().into()
    }

    /// The key that verifies what this device signed.
    pub const fn verifying_key(&self) -> VerifyingKey {
        VerifyingKey::from_bytes(self.0)
    }
}

impl From<VerifyingKey> for DeviceId {
    fn from(key: VerifyingKey) -> Self {
        Self(*key.as_bytes())
    }
}

/// A device's clock: milliseconds since the Unix epoch, UTC. Shown, never trusted for order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(transparent)]
pub struct Timestamp(#[n(0)] pub i64);

impl Timestamp {
    /// 2026-01-01: a clock that says less has not been set.
    pub const CLOCK_IS_SET: Self = Self(1_767_225_600_000);

    /// The milliseconds of a day.
    pub const DAY_MS: i64 = 86_400_000;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_lower_hexadecimal_and_reads_back() {
        let id = IncidentId::from_bytes(*b"0123456789abcdef");
        assert_eq!(id.to_string(), "30313233343536373839616263646566");
        assert_eq!(id.to_string().parse(), Ok(id));
    }

    #[test]
    fn other_text_is_refused() {
        for text in [
            "",
            "3",
            "30",
            "3031323334353637383961626364656G",
            "3031323334353637383961626364656\u{301}",
        ] {
            assert_eq!(text.parse::<IncidentId>(), Err(ParseIdError), "{text}");
        }
        let upper = "30313233343536373839616263646566".replace('3', "A");
        assert_eq!(upper.parse::<IncidentId>(), Err(ParseIdError));
    }

    #[test]
    fn another_length_is_refused() {
        let bytes = holdfast_cbor::to_vec(IncidentId::from_bytes([7; 16]));
        assert!(minicbor::decode::<IncidentId>(&bytes).is_ok());
        assert!(minicbor::decode::<EntryHash>(&bytes).is_err());
    }
}
