//! Receipts: an endpoint's signed statement that it holds an object. "Delivered" means one of these, verified (I-22).
//!
//! `receipt = [1, bstr body, [[alg, key, signature], …]]`, `body = {0: 1, 1: 1 (held), 2: object, 3: mailbox, 4: size,
//! 5: day}`. The signature is over "holdfast receipt v1" ‖ 0x00 ‖ [[alg, key], …] ‖ body, so the list of who signs is signed
//! as well. Signatures of an algorithm that this version does not know are kept and ignored; one valid Ed25519 signature by
//! the endpoint is required.

use minicbor::bytes::ByteVec;
use minicbor::{Decode, Encode};
use thiserror::Error;

use holdfast_cbor::{self as cbor, DecodeError};
use holdfast_sign::{Domain, Signatures};

use crate::day::Day;
use crate::http::MAX_RECEIPT;
use crate::id::{MailboxId, ObjectId};
use crate::key::{ServerKey, ServerSigningKey};

const SIGNED: Domain = Domain("holdfast receipt v1");
const VERSION: u32 = 1;
const KIND_HELD: u32 = 1;

/// What a receipt says: this object lies in this mailbox, durably, since this day at the latest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Held {
    /// The object.
    pub object: ObjectId,
    /// The mailbox that it lies in.
    pub mailbox: MailboxId,
    /// Its length in bytes.
    pub size: u64,
    /// The day on which it was taken in.
    pub day: Day,
}

/// Why a receipt proves nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum VerifyError {
    /// No valid signature by this endpoint.
    #[error("the receipt has no valid signature by this endpoint")]
    Signature,
    /// The signed body cannot be read.
    #[error("the receipt's body cannot be read")]
    Body(#[from] DecodeError),
    /// Signed, but it states something that this version does not know.
    #[error("the receipt states something unknown to this version")]
    Kind,
}

/// A receipt as it travels. What it says can be had only through [`Receipt::verify`].
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
pub struct Receipt {
    #[n(0)]
    version: u32,
    #[n(1)]
    body: ByteVec,
    #[n(2)]
    signatures: Signatures,
}

/// The first field of any version's receipt.
#[derive(Decode)]
struct ReceiptHead {
    #[n(0)]
    version: u32,
}

/// The first fields of any version's body.
#[derive(Decode)]
#[cbor(map)]
struct BodyHead {
    #[n(0)]
    version: u32,
    #[n(1)]
    kind: u32,
}

#[derive(Encode, Decode)]
#[cbor(map)]
struct Body {
    #[n(0)]
    version: u32,
    #[n(1)]
    kind: u32,
    #[n(2)]
    object: ObjectId,
    #[n(3)]
    mailbox: MailboxId,
    #[n(4)]
    size: u64,
    #[n(5)]
    day: Day,
}

impl Receipt {
    /// Signs a receipt for `held`.
    #[must_use]
    pub fn sign(key: &ServerSigningKey, held: &Held) -> Self {
        let Held {
            object,
            mailbox,
            size,
            day,
        } = *held;
        let body = cbor::to_vec(&Body {
            version: VERSION,
            kind: KIND_HELD,
            object,
            mailbox,
            size,
            day,
        });
        let signatures = key.sign(SIGNED, &body);
        Self {
            version: VERSION,
            body: body.into(),
            signatures,
        }
    }

    /// The receipt's bytes, to be sent or kept; [`Receipt::from_bytes`] gives back the same receipt.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        cbor::to_vec(self)
    }

    /// Reads a receipt, without believing it yet.
    ///
    /// # Errors
    /// [`DecodeError`] when the bytes are not a receipt of a version known here.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        let head: ReceiptHead = cbor::decode(bytes, MAX_RECEIPT)?;
        if head.version != VERSION {
            return Err(DecodeError::NewerVersion);
        }
        let receipt: Self = cbor::decode(bytes, MAX_RECEIPT)?;
        // nothing unknown may hide beside what is kept, or the kept bytes would not be the received ones
        if receipt.to_bytes() == bytes {
            Ok(receipt)
        } else {
            Err(DecodeError::Malformed)
        }
    }

    /// What the receipt says, once its signature by `endpoint` was found valid.
    ///
    /// # Errors
    /// [`VerifyError`] when there is no such signature or the statement cannot be read.
    pub fn verify(&self, endpoint: &ServerKey) -> Result<Held, VerifyError> {
        endpoint
            .verify(&self.signatures, SIGNED, &self.body)
            .map_err(|_| VerifyError::Signature)?;
        let head: BodyHead = cbor::decode(&self.body, MAX_RECEIPT)?;
        match (head.version, head.kind) {
            (VERSION, KIND_HELD) => {}
            (VERSION, _) => return Err(VerifyError::Kind),
            _ => return Err(DecodeError::NewerVersion.into()),
        }
        let Body {
            object,
            mailbox,
            size,
            day,
            ..
        } = cbor::decode(&self.body, MAX_RECEIPT)?;
        Ok(Held {
            object,
            mailbox,
            size,
            day,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use data_encoding::HEXLOWER;
    use proptest::prelude::*;

    fn held() -> Held {
        Held {
            object: ObjectId([0xaa; 32]),
            mailbox: MailboxId([0xbb; 16]),
            size: 65_536,
            day: "2026-11-22".parse().unwrap(),
        }
    }

    fn key() -> ServerSigningKey {
        ServerSigningKey::from_seed(&[7; 32])
    }

    /// A receipt whose body is `body`, properly signed.
    fn sign_body(body: Vec<u8>) -> Receipt {
        let signatures = key().sign(SIGNED, &body);
        Receipt {
            version: VERSION,
            body: body.into(),
            signatures,
        }
    }

    #[test]
    fn the_bytes_are_fixed() {
        insta::assert_snapshot!(HEXLOWER.encode(&Receipt::sign(&key(), &held()).to_bytes()));
    }

    #[test]
    fn every_flipped_bit_is_noticed() {
        let bytes = Receipt::sign(&key(), &held()).to_bytes();
        for bit in 0..bytes.len() * 8 {
            let mut damaged = bytes.clone();
            damaged[bit / 8] ^= 1 << (bit % 8);
            let verified = Receipt::from_bytes(&damaged)
                .ok()
                .and_then(|r| r.verify(&key().server_key()).ok());
            assert_eq!(verified, None, "bit {bit}");
        }
    }

    #[test]
    fn another_endpoints_signature_says_nothing() {
        let receipt = Receipt::sign(&ServerSigningKey::from_seed(&[8; 32]), &held());
        assert_eq!(
            receipt.verify(&key().server_key()),
            Err(VerifyError::Signature)
        );
    }

    #[test]
    fn a_second_signature_of_an_unknown_algorithm_is_kept_and_ignored() {
        let mut receipt = Receipt::sign(&key(), &held());
        receipt.signatures = key().sign_beside_unknown(SIGNED, &receipt.body);
        let read = Receipt::from_bytes(&receipt.to_bytes()).unwrap();
        assert_eq!(read, receipt);
        assert_eq!(read.verify(&key().server_key()), Ok(held()));
    }

    #[test]
    fn a_signature_added_by_whoever_passes_it_on_is_refused() {
        let receipt = Receipt::sign(&key(), &held());
        let one = cbor::to_vec(&receipt.signatures);
        let both = cbor::to_vec(key().sign_beside_unknown(SIGNED, &receipt.body));
        let other = ServerSigningKey::from_seed(&[8; 32]);
        let by_other = cbor::to_vec(other.sign(SIGNED, &receipt.body));
        for added in [&both[one.len()..], &by_other[1..]] {
            let mut list = one.clone();
            list[0] += 1;
            list.extend_from_slice(added);
            let mut receipt = receipt.clone();
            receipt.signatures = minicbor::decode(&list).unwrap();
            let read = Receipt::from_bytes(&receipt.to_bytes()).unwrap();
            assert_eq!(
                read.verify(&key().server_key()),
                Err(VerifyError::Signature)
            );
        }
    }

    #[test]
    fn a_newer_field_is_ignored_and_a_newer_kind_or_version_is_said() {
        let mut body = Receipt::sign(&key(), &held()).body.to_vec();
        body[0] += 1; // one more pair in the map
        body.extend([0x06, 0x00]);
        assert_eq!(
            sign_body(body.clone()).verify(&key().server_key()),
            Ok(held())
        );
        body[4] = 2; // kind
        assert_eq!(
            sign_body(body.clone()).verify(&key().server_key()),
            Err(VerifyError::Kind)
        );
        body[2] = 2; // version
        assert_eq!(
            sign_body(body).verify(&key().server_key()),
            Err(DecodeError::NewerVersion.into())
        );
        assert_eq!(
            Receipt::from_bytes(&[0x82, 0x02, 0xf6]),
            Err(DecodeError::NewerVersion)
        );
    }

    #[test]
    fn a_receipt_signed_for_another_purpose_does_not_verify() {
        let mut receipt = Receipt::sign(&key(), &held());
        receipt.signatures = key().sign(Domain("holdfast entry v1"), &receipt.body);
        assert_eq!(
            receipt.verify(&key().server_key()),
            Err(VerifyError::Signature)
        );
    }

    proptest! {
        #[test]
        fn round_trips(object: [u8; 32], mailbox: [u8; 16], size: u64, seconds in 0u64..200_000_000_000) {
            let held = Held {
                object: ObjectId(object),
                mailbox: MailboxId(mailbox),
                size,
                day: Day::from_unix_seconds(seconds),
            };
            let read = Receipt::from_bytes(&Receipt::sign(&key(), &held).to_bytes());
            prop_assert_eq!(read.unwrap().verify(&key().server_key()), Ok(held));
        }

        #[test]
        fn hostile_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..256)) {
            if let Ok(receipt) = Receipt::from_bytes(&bytes) {
                prop_assert!(receipt.verify(&key().server_key()).is_err());
            }
        }
    }
}
