//! Notes: what a device leaves in its own mailbox at every hand-over, for whoever has the words.
//!
//! A note is sealed to the recovery recipient alone and signed inside by the device. It names no
//! report; it says where the bundle went, and what opens the answers that come for this device.

use core::fmt;

use holdfast_cbor as cbor;
use holdfast_seal::{Identity, OpenBundleError, Recipient, SealBundleError, open_note, seal_note};
use holdfast_sign::{Domain, Form, FormError, SigningKey, VerifyingKey};
use holdfast_wire::{MailboxId, ObjectId, SendCapability, ServerKey};
use minicbor::{Decode, Encode};

pub use holdfast_seal::NOTE_LIMIT;

const FORM: Form = Form {
    domain: Domain("holdfast note v1"),
    version: 1,
};

/// Where something was left.
#[derive(Debug, PartialEq, Eq)]
pub struct Place {
    /// The endpoint's address.
    pub address: String,
    /// The key it signs receipts with.
    pub server_key: ServerKey,
    /// The mailbox.
    pub mailbox: MailboxId,
    /// What lets us send to it, and fetch from it by name.
    pub send: SendCapability,
}

/// An object that was left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Left {
    /// The object.
    pub object: ObjectId,
    /// Its length in bytes.
    pub size: u64,
}

/// What a note says.
pub struct Note {
    /// The device that left it.
    pub author: VerifyingKey,
    /// What opens things sealed to that device.
    pub identity: Identity,
    /// Where the bundles were left.
    pub place: Place,
    /// The bundles.
    pub left: Vec<Left>,
}

/// A note could not be opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NoteError {
    /// Sealed to others, or not a note at all.
    #[error("not a note for these words")]
    NotForUs,
    /// Altered, or not of the form that it must have.
    #[error("the note is damaged")]
    Damaged,
    /// Its author did not sign it.
    #[error("the note's signature does not verify")]
    BadSignature,
    /// Made by a newer version.
    #[error("the note was made by a newer version")]
    NewerVersion,
}

#[derive(Encode, Decode)]
#[cbor(map)]
struct Body<'a> {
    #[n(0)]
    author: VerifyingKey,
    #[cbor(b(1), with = "minicbor::bytes")]
    identity: &'a [u8],
    #[b(2)]
    place: WirePlace<'a>,
    #[n(3)]
    left: Vec<WireLeft>,
}

#[derive(Encode, Decode)]
#[cbor(map)]
struct WirePlace<'a> {
    #[b(0)]
    address: &'a str,
    #[cbor(n(1), with = "minicbor::bytes")]
    server_key: [u8; 32],
    #[cbor(n(2), with = "minicbor::bytes")]
    mailbox: [u8; 16],
    #[cbor(b(3), with = "minicbor::bytes")]
    send: &'a [u8],
}

#[derive(Encode, Decode)]
#[cbor(array)]
struct WireLeft {
    #[cbor(n(0), with = "minicbor::bytes")]
    object: [u8; 32],
    #[n(1)]
    size: u64,
}

/// What stands in a note beside its address and what it names is at most this long.
const AROUND: usize = 1024;

impl Note {
    /// Signs and seals it. The author is the signer, whatever the note says.
    ///
    /// # Errors
    /// [`SealBundleError::TooLarge`] when it names more than a note can hold.
    pub fn seal(&self, signer: &SigningKey, to: &Recipient) -> Result<Vec<u8>, SealBundleError> {
        let room = self.place.address.len() + 48 * self.left.len() + AROUND;
        let identity = self.identity.expose_seed();
        let body = cbor::to_wiped(
            room,
            &Body {
                author: signer.verifying_key(),
                identity: &*identity,
                place: WirePlace {
                    address: &self.place.address,
                    server_key: self.place.server_key.0,
                    mailbox: self.place.mailbox.0,
                    send: self.place.send.expose_bytes(),
                },
                left: (self.left.iter())
                    .map(|left| WireLeft {
                        object: left.object.0,
                        size: left.size,
                    })
                    .collect(),
            },
        );
        seal_note(&FORM.sign(signer, &body), to)
    }

    /// Opens and verifies a note.
    ///
    /// # Errors
    /// Every variant of [`NoteError`].
    pub fn open(sealed: &[u8], identity: &Identity) -> Result<Self, NoteError> {
        let inner = open_note(sealed, identity).map_err(|error| match error {
            OpenBundleError::NotForUs => NoteError::NotForUs,
            _ => NoteError::Damaged,
        })?;
        Self::from_bytes(&inner)
    }

    fn from_bytes(inner: &[u8]) -> Result<Self, NoteError> {
        let signed = FORM.read(inner, NOTE_LIMIT).map_err(|error| match error {
            FormError::NewerVersion => NoteError::NewerVersion,
            _ => NoteError::Damaged,
        })?;
        let body: Body<'_> = cbor::decode(signed.body(), NOTE_LIMIT)?;
        (signed.verify(&body.author)).map_err(|_| NoteError::BadSignature)?;
        let seed = body.identity.try_into().map_err(|_| NoteError::Damaged)?;
        let send = body.place.send.try_into().map_err(|_| NoteError::Damaged)?;
        Ok(Self {
            author: body.author,
            identity: Identity::from_seed(seed),
            place: Place {
                address: body.place.address.to_owned(),
                server_key: ServerKey(body.place.server_key),
                mailbox: MailboxId(body.place.mailbox),
                send: SendCapability::from_bytes(send),
            },
            left: (body.left.iter())
                .map(|left| Left {
                    object: ObjectId(left.object),
                    size: left.size,
                })
                .collect(),
        })
    }
}

impl From<cbor::DecodeError> for NoteError {
    fn from(_: cbor::DecodeError) -> Self {
        Self::Damaged
    }
}

impl fmt::Debug for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Note({} left)", self.left.len())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn note(address: &str, left: usize) -> (Note, SigningKey) {
        let signer = SigningKey::from_seed(&[1; 32]);
        let note = Note {
            author: signer.verifying_key(),
            identity: Identity::from_seed(&[2; 32]),
            place: Place {
                address: address.to_owned(),
                server_key: ServerKey([3; 32]),
                mailbox: MailboxId([4; 16]),
                send: SendCapability::from_bytes([5; 32]),
            },
            left: vec![
                Left {
                    object: ObjectId([6; 32]),
                    size: u64::MAX,
                };
                left
            ],
        };
        (note, signer)
    }

    fn same(one: &Note, other: &Note) -> bool {
        one.author == other.author
            && one.identity.recipient() == other.identity.recipient()
            && one.place == other.place
            && one.left == other.left
    }

    #[test]
    fn a_note_opens_with_the_words_and_with_nothing_else() {
        let (note, signer) = note("https://drop.example.org", 1);
        let words = Identity::from_seed(&[7; 32]);
        let sealed = note.seal(&signer, &words.recipient()).unwrap();
        assert!(same(&Note::open(&sealed, &words).unwrap(), &note));
        for other in [&note.identity, &Identity::from_seed(&[8; 32])] {
            assert_eq!(Note::open(&sealed, other).err(), Some(NoteError::NotForUs));
        }
    }

    #[test]
    fn notes_of_ordinary_addresses_are_of_one_size() {
        let words = Identity::from_seed(&[7; 32]);
        let size = |address: &str| {
            let (note, signer) = note(address, 1);
            let sealed = note.seal(&signer, &words.recipient()).unwrap();
            // age adds a random stanza to the header.
            let header = sealed.windows(4).position(|w| w == b"\n---").unwrap();
            assert!(sealed.len() < 2_600, "{}", sealed.len());
            sealed.len() - header
        };
        let onion = format!("http://{}.onion", "a".repeat(56));
        assert_eq!(size("https://a.org"), size(&onion));
    }

    #[test]
    fn a_note_signed_by_another_than_its_author_is_refused() {
        let (note, _) = note("https://drop.example.org", 1);
        let other = SigningKey::from_seed(&[9; 32]);
        let words = Identity::from_seed(&[7; 32]);
        let sealed = note.seal(&other, &words.recipient()).unwrap();
        // The signer is its author, whoever it says.
        let author = Note::open(&sealed, &words).unwrap().author;
        assert_eq!(author, other.verifying_key());

        let inner = open_note(&sealed, &words).unwrap();
        let mut body = FORM.read(&inner, NOTE_LIMIT).unwrap().body().to_vec();
        let at = body.windows(32).position(|w| w == author.as_bytes());
        body[at.unwrap()..][..32].copy_from_slice(note.author.as_bytes());
        let signatures = other.sign(FORM.domain, FORM.read(&inner, NOTE_LIMIT).unwrap().body());
        let forged = FORM.join(&body, signatures);
        assert_eq!(
            Note::from_bytes(&forged).err(),
            Some(NoteError::BadSignature)
        );
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn any_note_comes_back(address in "[a-z:/.]{0,300}", left in 0..40_usize) {
            let (note, signer) = note(&address, left);
            let words = Identity::from_seed(&[7; 32]);
            let sealed = note.seal(&signer, &words.recipient()).unwrap();
            prop_assert!(same(&Note::open(&sealed, &words).unwrap(), &note));
        }

        #[test]
        fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
            prop_assert!(Note::from_bytes(&bytes).is_err());
            let words = Identity::from_seed(&[7; 32]);
            let sealed = seal_note(&bytes, &words.recipient()).unwrap();
            prop_assert!(Note::open(&sealed, &words).is_err());
            prop_assert!(Note::open(&bytes, &words).is_err());
        }

        #[test]
        fn one_changed_byte_is_noticed(at in any::<prop::sample::Index>(), flip in 1..=255_u8) {
            let (note, signer) = note("https://drop.example.org", 2);
            let words = Identity::from_seed(&[7; 32]);
            let sealed = note.seal(&signer, &words.recipient()).unwrap();
            let mut inner = open_note(&sealed, &words).unwrap();
            let at = at.index(inner.len());
            inner[at] ^= flip;
            prop_assert!(Note::from_bytes(&inner).is_err());
        }
    }
}
