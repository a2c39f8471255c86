//! The coalition card: all a defender needs to trust a coalition, signed by its desk.
//!
//! It travels as an *invite*: one line of text, for a file, a message or a QR code. Its trust comes
//! from the road it came by; the fingerprint lets two people compare it by voice. The format is in
//! `docs/formats/invite.md`.

use data_encoding::BASE64URL_NOPAD;
use holdfast_cbor as cbor;
use holdfast_seal::Recipient;
use holdfast_sign::{Domain, Signatures, SigningKey, VerifyingKey};
use holdfast_wire::{MailboxId, SendCapability, ServerKey};
use minicbor::{Decode, Encode, bytes::ByteVec};
use sha2::{Digest as _, Sha256};

use crate::{
    evidence::turns_writing,
    view::{CoalitionView, Fault},
};

const PREFIX: &str = "holdfast-invite-1:";
const VERSION: u64 = 1;
const SIGNED: Domain = Domain("holdfast card v1");

/// Room for some forty recipients. With one, an invite has about 2,100 characters: a QR code holds 2,953.
const INVITE_LIMIT: usize = 64 * 1024;

/// A longer name is made to push the fingerprint off the screen.
const MOST_NAME: usize = 120;

/// Who a coalition is and how to reach it.
#[derive(Debug)]
pub(crate) struct Card {
    /// The key that signs the card; it names the coalition.
    pub(crate) coalition: VerifyingKey,
    pub(crate) name: String,
    pub(crate) endpoints: Vec<String>,
    pub(crate) server_key: ServerKey,
    pub(crate) mailbox: MailboxId,
    pub(crate) send: SendCapability,
    /// Whom reports are sealed to.
    pub(crate) recipients: Vec<Recipient>,
    /// Who may answer in the coalition's name.
    pub(crate) desks: Vec<VerifyingKey>,
    /// Lets a member make a mailbox for replies, where the endpoint asks for it.
    pub(crate) admission: Option<String>,
}

#[derive(Encode, Decode)]
#[cbor(map)]
struct Body {
    #[n(0)]
    coalition: VerifyingKey,
    #[n(1)]
    name: String,
    #[n(2)]
    endpoints: Vec<String>,
    #[cbor(n(3), with = "minicbor::bytes")]
    server_key: [u8; 32],
    #[cbor(n(4), with = "minicbor::bytes")]
    mailbox: [u8; 16],
    #[cbor(n(5), with = "minicbor::bytes")]
    send: [u8; 32],
    #[n(6)]
    recipients: Vec<ByteVec>,
    #[n(7)]
    desks: Vec<VerifyingKey>,
    #[n(8)]
    admission: Option<String>,
}

#[derive(Encode, Decode)]
#[cbor(array)]
struct Signed {
    #[n(0)]
    version: u64,
    #[n(1)]
    body: ByteVec,
    #[n(2)]
    signatures: Signatures,
}

/// The first element of any version's card.
#[derive(Decode)]
#[cbor(array)]
struct Head {
    #[n(0)]
    version: u64,
}

impl Card {
    /// The card as an invite, signed by the coalition's key.
    pub(crate) fn to_invite(&self, signer: &SigningKey) -> String {
        let body = cbor::to_vec(Body {
            coalition: signer.verifying_key(),
            name: self.name.clone(),
            endpoints: self.endpoints.clone(),
            server_key: self.server_key.0,
            mailbox: self.mailbox.0,
            send: *self.send.expose_bytes(),
            recipients: (self.recipients.iter())
                .map(|recipient| recipient.to_bytes().to_vec().into())
                .collect(),
            desks: self.desks.clone(),
            admission: self.admission.clone(),
        });
        let signatures = signer.sign(SIGNED, &body);
        let signed = Signed {
            version: VERSION,
            body: body.into(),
            signatures,
        };
        format!("{PREFIX}{}", BASE64URL_NOPAD.encode(&cbor::to_vec(signed)))
    }

    /// Reads an invite and checks its signature. White space, as mail programs add, is passed over.
    pub(crate) fn from_invite(invite: &str) -> Result<Self, Fault> {
        if invite.len() > INVITE_LIMIT {
            return Err(Fault::InviteDamaged);
        }
        let text: String = invite.split_whitespace().collect();
        let encoded = text.strip_prefix(PREFIX).ok_or_else(|| {
            let newer = text.starts_with("holdfast-invite-");
            if newer {
                Fault::NewerVersion
            } else {
                Fault::InviteDamaged
            }
        })?;
        BASE64URL_NOPAD
            .decode(encoded.as_bytes())
            .map_err(|_| Fault::InviteDamaged)
            .and_then(|bytes| Self::from_signed(&bytes))
    }

    fn from_signed(bytes: &[u8]) -> Result<Self, Fault> {
        let head: Head = cbor::decode(bytes, INVITE_LIMIT).map_err(|_| Fault::InviteDamaged)?;
        if head.version > VERSION {
            return Err(Fault::NewerVersion);
        }
        let signed: Signed = cbor::decode(bytes, INVITE_LIMIT).map_err(|_| Fault::InviteDamaged)?;
        let body: Body =
            cbor::decode(&signed.body, INVITE_LIMIT).map_err(|_| Fault::InviteDamaged)?;
        signed
            .signatures
            .verify(SIGNED, &signed.body, &body.coalition)
            .map_err(|_| Fault::InviteDamaged)?;
        let recipients: Vec<Recipient> = body
            .recipients
            .iter()
            .map(|bytes| Recipient::from_bytes(bytes))
            .collect::<Result<_, _>>()
            .map_err(|_| Fault::NewerVersion)?;
        let odd = |c: char| c.is_control() || turns_writing(c);
        if body.name.chars().count() > MOST_NAME || body.name.contains(odd) {
            return Err(Fault::InviteDamaged);
        }
        if recipients.is_empty() || body.endpoints.is_empty() || body.desks.is_empty() {
            return Err(Fault::InviteDamaged);
        }
        Ok(Self {
            coalition: body.coalition,
            name: body.name,
            endpoints: body.endpoints,
            server_key: ServerKey(body.server_key),
            mailbox: MailboxId(body.mailbox),
            send: SendCapability::from_bytes(body.send),
            recipients,
            desks: body.desks,
            admission: body.admission,
        })
    }

    pub(crate) fn view(&self) -> CoalitionView {
        CoalitionView {
            name: self.name.clone(),
            fingerprint: fingerprint(&self.coalition),
            endpoints: self.endpoints.clone(),
        }
    }
}

/// Five groups of five digits, 83 bits of the coalition key's hash: enough that nobody makes a
/// second key with the same ones, few enough to read aloud.
fn fingerprint(coalition: &VerifyingKey) -> String {
    let hash = Sha256::new_with_prefix("holdfast fingerprint v1\0")
        .chain_update(coalition.as_bytes())
        .finalize();
    let (head, _) = hash.split_first_chunk::<16>().unwrap_or((&[0; 16], &[]));
    let digits = format!("{:025}", u128::from_be_bytes(*head) % 10_u128.pow(25));
    let groups: Vec<&str> = (0..5)
        .map(|group| &digits[group * 5..group * 5 + 5])
        .collect();
    groups.join(" ")
}
