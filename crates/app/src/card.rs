//! The coalition card: all a defender needs to trust a coalition, signed by its desk.
//!
//! It travels as an *invite*: one line of text, for a file, a message or a QR code. Its trust comes
//! from the road it came by; the fingerprint lets two people compare it by voice. The format is in
//! `docs/formats/invite.md`.

use data_encoding::BASE64URL_NOPAD;
use holdfast_cbor as cbor;
use holdfast_seal::{KeyError, Recipient};
use holdfast_sign::{Domain, Form, FormError, SigningKey, VerifyingKey};
use holdfast_wire::{MailboxId, SendCapability, ServerKey};
use minicbor::{Decode, Encode, bytes::ByteVec};
use sha2::{Digest as _, Sha256};

use crate::{
    evidence::turns_writing,
    view::{CoalitionView, Fault},
};

const PREFIX: &str = "holdfast-invite-1:";
const FORM: Form = Form {
    domain: Domain("holdfast card v1"),
    version: 1,
};

/// Room for some forty recipients. With one, an invite has about 2,050 characters: a QR code holds 2,953.
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

/// The text form of a signed card.
fn invite(signed: &[u8]) -> String {
    format!("{PREFIX}{}", BASE64URL_NOPAD.encode(signed))
}

impl Card {
    /// The card as an invite, signed by the coalition's key.
    pub(crate) fn to_invite(&self, signer: &SigningKey) -> String {
        invite(&FORM.sign(signer, &self.to_body(signer)))
    }

    fn to_body(&self, signer: &SigningKey) -> Vec<u8> {
        cbor::to_vec(Body {
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
        })
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
        let signed = FORM
            .read(bytes, INVITE_LIMIT)
            .map_err(|error| match error {
                FormError::NewerVersion => Fault::NewerVersion,
                _ => Fault::InviteDamaged,
            })?;
        let body: Body =
            cbor::decode(signed.body(), INVITE_LIMIT).map_err(|_| Fault::InviteDamaged)?;
        signed
            .verify(&body.coalition)
            .map_err(|_| Fault::InviteDamaged)?;
        let recipients: Vec<Recipient> = body
            .recipients
            .iter()
            .map(|bytes| Recipient::from_bytes(bytes))
            .collect::<Result<_, _>>()
            .map_err(|error| match error {
                // As long as a key of this version, and none: an update would not help.
                KeyError::Invalid => Fault::InviteDamaged,
                _ => Fault::NewerVersion,
            })?;
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

#[cfg(test)]
mod tests {
    use holdfast_seal::Identity;

    use super::*;
    use crate::{
        lookup::Joined,
        testing,
        view::{InviteText, RoleView},
    };

    const DOCUMENT: &str = include_str!("../../../docs/formats/invite.md");

    /// The card of the document's example.
    fn card() -> (Card, SigningKey) {
        // The text form of the seed of 32 bytes `04`.
        let identity = Identity::from_secret_str(
            "AGE-SECRET-KEY-PQ-1QSZQGPQYQSZQGPQYQSZQGPQYQSZQGPQYQSZQGPQYQSZQGPQYQSZQPRXH3K",
        );
        let key = SigningKey::from_seed(&[2; 32]);
        let card = Card {
            coalition: key.verifying_key(),
            name: "Shore".to_owned(),
            endpoints: vec!["https://drop.example.org".to_owned()],
            server_key: ServerKey(*SigningKey::from_seed(&[7; 32]).verifying_key().as_bytes()),
            mailbox: MailboxId([0xb2; 16]),
            send: SendCapability::from_bytes([0xc2; 32]),
            recipients: vec![identity.unwrap().recipient()],
            desks: vec![key.verifying_key()],
            admission: None,
        };
        (card, key)
    }

    /// An invite of `body`, signed as it should be.
    fn invite_of(body: Body, key: &SigningKey) -> String {
        invite(&FORM.sign(key, &cbor::to_vec(body)))
    }

    #[test]
    fn the_document_shows_this_invite() {
        let (card, key) = card();
        let invite = card.to_invite(&key);
        let lines: Vec<_> = (invite.as_bytes().chunks(96))
            .map(|line| std::str::from_utf8(line).unwrap())
            .collect();
        assert!(DOCUMENT.contains(&lines.join("\n")), "{}", lines.join("\n"));
        let read = Card::from_invite(&lines.join("\r\n  ")).unwrap();
        assert_eq!(read.to_invite(&key), invite);
        assert!(DOCUMENT.contains(&read.view().fingerprint));
    }

    #[test]
    fn a_second_signature_of_an_unknown_algorithm_is_kept_and_ignored() {
        let (card, key) = card();
        let body = card.to_body(&key);
        // As long as those of ML-DSA-44.
        let signatures = key.sign_beside(FORM.domain, &body, 2, vec![7; 1_312], vec![9; 2_420]);
        let invite = invite(&FORM.join(&body, signatures));
        let read = Card::from_invite(&invite).unwrap();
        assert_eq!(read.to_invite(&key), card.to_invite(&key));

        let (_dir, app) = testing::app(RoleView::Reporter);
        let text = InviteText {
            invite: invite.clone(),
        };
        app.join(text).unwrap();
        let kept = app.open().unwrap().kept::<Joined>().unwrap().unwrap();
        assert_eq!(kept.invite, invite);
    }

    #[test]
    fn a_signature_added_by_whoever_passes_it_on_is_refused() {
        let (card, key) = card();
        let body = card.to_body(&key);
        let one = cbor::to_vec(key.sign(FORM.domain, &body));
        // As long as those of ML-DSA-44.
        let both = key.sign_beside(FORM.domain, &body, 2, vec![7; 1_312], vec![9; 2_420]);
        let both = cbor::to_vec(both);
        let by_other = cbor::to_vec(SigningKey::from_seed(&[5; 32]).sign(FORM.domain, &body));
        for added in [&both[one.len()..], &by_other[1..]] {
            let mut list = one.clone();
            list[0] += 1;
            list.extend_from_slice(added);
            let signatures = minicbor::decode(&list).unwrap();
            let invite = invite(&FORM.join(&body, signatures));
            assert_eq!(Card::from_invite(&invite).err(), Some(Fault::InviteDamaged));
        }
    }

    #[test]
    fn nothing_unsigned_can_be_added() {
        let (card, key) = card();
        let invite = card.to_invite(&key);
        let encoded = invite.strip_prefix(PREFIX).unwrap();
        let mut bytes = BASE64URL_NOPAD.decode(encoded.as_bytes()).unwrap();
        assert_eq!(bytes[0], 0x83);
        bytes[0] = 0x84;
        bytes.push(0xf6);
        let longer = format!("{PREFIX}{}", BASE64URL_NOPAD.encode(&bytes));
        assert_eq!(Card::from_invite(&longer).err(), Some(Fault::InviteDamaged));
    }

    /// What is said of an invite with one more recipient.
    fn with_recipient(recipient: &[u8]) -> Option<Fault> {
        let (card, key) = card();
        let mut body: Body = cbor::decode(&card.to_body(&key), INVITE_LIMIT).unwrap();
        body.recipients.push(recipient.to_vec().into());
        Card::from_invite(&invite_of(body, &key)).err()
    }

    #[test]
    fn a_recipient_that_is_not_hybrid_is_for_another_version() {
        for recipient in [&[9_u8; 32][..], &[9; 1_215], &[9; 1_217]] {
            assert_eq!(with_recipient(recipient), Some(Fault::NewerVersion));
        }
    }

    #[test]
    fn a_hybrid_recipient_that_protects_nothing_is_damage() {
        assert_eq!(with_recipient(&[0xff; 1_216]), Some(Fault::InviteDamaged));
        // Its X25519 half is the point that gives the same with every secret.
        let mut weak = card().0.recipients.remove(0).to_bytes();
        assert_eq!(with_recipient(&weak), None);
        weak[1_184..].fill(0);
        assert_eq!(with_recipient(&weak), Some(Fault::InviteDamaged));
    }
}
