//! What a bundle carries: the entries of one incident, and where an answer goes.
//!
//! The format is in `docs/formats/bundle.md`. A reader passes over keys it does not know, so that
//! a newer version can say more.

use holdfast_cbor as cbor;
use holdfast_seal::{BUNDLE_LIMIT, Recipient};
use holdfast_sign::VerifyingKey;
use holdfast_wire::{MailboxId, SendCapability};
use minicbor::{
    Decode, Encode,
    bytes::{ByteSlice, ByteVec},
};
use zeroize::Zeroizing;

/// Where and to whom an answer is sealed.
#[derive(Debug)]
pub(crate) struct ReplyAddress {
    pub(crate) mailbox: MailboxId,
    pub(crate) send: SendCapability,
    pub(crate) recipient: Recipient,
}

/// The content of one bundle. It holds the keys of evidence, so it is wiped and never printed.
pub(crate) struct Content {
    /// Envelopes, parents before children.
    pub(crate) entries: Vec<Zeroizing<Vec<u8>>>,
    pub(crate) reply: Option<ReplyAddress>,
    /// What verifies a succession of the sender's.
    pub(crate) recovery: Option<VerifyingKey>,
    /// Whose place the sender took, signed.
    pub(crate) successions: Vec<Vec<u8>>,
}

/// What stands around the entries, and before each of them, is at most this long.
const AROUND: usize = 2 * 1024;
const BEFORE: usize = 9;

/// Nobody starts again so often.
pub(crate) const MOST_SUCCESSIONS: usize = 100;

#[derive(Encode, Decode)]
#[cbor(map)]
struct Wire<'a> {
    #[cbor(b(0))]
    entries: Vec<&'a ByteSlice>,
    #[n(1)]
    reply: Option<WireReply>,
    #[n(2)]
    recovery: Option<VerifyingKey>,
    #[n(3)]
    successions: Option<Vec<ByteVec>>,
}

#[derive(Clone, Encode, Decode)]
#[cbor(map)]
pub(crate) struct WireReply {
    #[cbor(n(0), with = "minicbor::bytes")]
    mailbox: [u8; 16],
    #[cbor(n(1), with = "minicbor::bytes")]
    send: [u8; 32],
    #[cbor(n(2), with = "minicbor::bytes")]
    recipient: Vec<u8>,
}

impl Content {
    /// The bytes to be sealed.
    pub(crate) fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        let entries = self.entries.iter().map(|entry| entry.len());
        let successions = self.successions.iter().map(Vec::len);
        let room: usize = entries.chain(successions).map(|len| len + BEFORE).sum();
        let successions: Vec<ByteVec> =
            (self.successions.iter().cloned().map(ByteVec::from)).collect();
        let wire = Wire {
            entries: self
                .entries
                .iter()
                .map(|entry| (&***entry).into())
                .collect(),
            reply: self.reply.as_ref().map(ReplyAddress::to_wire),
            recovery: self.recovery,
            successions: (!successions.is_empty()).then_some(successions),
        };
        cbor::to_wiped(room + AROUND, wire)
    }

    pub(crate) fn from_bytes(bytes: &[u8]) -> Result<Self, cbor::DecodeError> {
        let wire: Wire<'_> = cbor::decode(bytes, BUNDLE_LIMIT)?;
        Ok(Self {
            entries: (wire.entries.into_iter())
                .map(|entry| Zeroizing::new(entry.to_vec()))
                .collect(),
            reply: wire.reply.and_then(|reply| ReplyAddress::from_wire(&reply)),
            recovery: wire.recovery,
            successions: (wire.successions.into_iter().flatten())
                .take(MOST_SUCCESSIONS)
                .map(Vec::from)
                .collect(),
        })
    }
}

impl ReplyAddress {
    fn to_wire(&self) -> WireReply {
        WireReply {
            mailbox: self.mailbox.0,
            send: *self.send.expose_bytes(),
            recipient: self.recipient.to_bytes().into(),
        }
    }

    /// An address this version cannot seal to is as good as none.
    fn from_wire(wire: &WireReply) -> Option<Self> {
        Some(Self {
            mailbox: MailboxId(wire.mailbox),
            send: SendCapability::from_bytes(wire.send),
            recipient: Recipient::from_bytes(&wire.recipient).ok()?,
        })
    }

    /// The bytes kept in the vault beside the sender.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        cbor::to_vec(self.to_wire())
    }

    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        cbor::decode(bytes, BUNDLE_LIMIT)
            .ok()
            .and_then(|wire| Self::from_wire(&wire))
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use data_encoding::HEXLOWER;
    use holdfast_seal::{Bundle, BundleHash, Identity, seal_bundle};
    use holdfast_sign::SigningKey;
    use sha2::{Digest as _, Sha256};

    use super::*;

    const DOCUMENT: &str = include_str!("../../../docs/formats/bundle.md");

    /// The entry of the example in its own document.
    fn entry() -> Vec<u8> {
        let document = include_str!("../../../docs/formats/entry.md");
        let (_, example) = document.split_once("## Example").unwrap();
        let hex = example.split("```").nth(1).unwrap();
        let hex: String = hex
            .strip_prefix("text")
            .unwrap()
            .split_whitespace()
            .collect();
        HEXLOWER.decode(hex.as_bytes()).unwrap()
    }

    #[test]
    fn the_document_tells_of_this_bundle() {
        let (sender, coalition) = (
            SigningKey::from_seed(&[1; 32]),
            SigningKey::from_seed(&[2; 32]),
        );
        // The text form of the seed of 32 bytes `03`.
        let reply = Identity::from_secret_str(
            "AGE-SECRET-KEY-PQ-1QVPSXQCRQVPSXQCRQVPSXQCRQVPSXQCRQVPSXQCRQVPSXQCRQVPSS0GF43",
        );
        let content = Content {
            entries: vec![entry().into()],
            reply: Some(ReplyAddress {
                mailbox: MailboxId([0xb1; 16]),
                send: SendCapability::from_bytes([0xc1; 32]),
                recipient: reply.unwrap().recipient(),
            }),
            recovery: None,
            successions: vec![],
        };
        let bundle = Bundle {
            sender: sender.verifying_key(),
            audience: *coalition.verifying_key().as_bytes(),
            sequence: 1,
            previous: BundleHash::default(),
            content: content.to_bytes(),
        };
        let desk = Identity::make();
        let (sealed, hash) = seal_bundle(&bundle, &sender, &[desk.recipient()]).unwrap();
        let mut plain = Vec::new();
        (age::Decryptor::new(sealed.as_slice()).unwrap())
            .decrypt(std::iter::once(&desk as &dyn age::Identity))
            .unwrap()
            .read_to_end(&mut plain)
            .unwrap();
        let told = [
            HEXLOWER.encode(&hash.0),
            HEXLOWER.encode(&Sha256::digest(&plain)),
            HEXLOWER.encode(&plain[..4]),
            format!("In {} bytes: the plaintext", plain.len()),
        ];
        for told in told {
            assert!(
                DOCUMENT.contains(&told),
                "{told}: {}",
                HEXLOWER.encode(&plain)
            );
        }
    }
}
