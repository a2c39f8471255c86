//! The two halves of a sealing key: age's hybrid of ML-KEM-768 and X25519, in age's text form.
//!
//! What is sealed stays shut as long as either of the two holds (I-9). The key pair is X-Wing's: the
//! secret half is 32 bytes, the public one 1,216.

use core::{fmt, str::FromStr};

use hpke::{Deserializable as _, Kem as _, Serializable as _, kem::XWing};
use rand_core::{Rng as _, UnwrapErr};
use zeroize::Zeroizing;

use crate::text;

/// Length of a public key in bytes.
pub const RECIPIENT_LEN: usize = 1216;

/// The X25519 part stands at the end of a public key and of an encapsulated one.
const X25519_LEN: usize = 32;

const SEED_LEN: usize = 32;

pub(crate) type PublicKey = <XWing as hpke::Kem>::PublicKey;
pub(crate) type PrivateKey = <XWing as hpke::Kem>::PrivateKey;

/// Not a sealing key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// Not the text of a key: a character is missing, wrong, or in the other case.
    #[error("not a key, or mistyped")]
    Mistyped,
    /// A key of another kind than is wanted here.
    #[error("a key of another kind")]
    OtherKind,
    /// Shorter or longer than its kind is.
    #[error("a key of the wrong length")]
    Length,
    /// Of the right form, but it would protect nothing, or open to nobody.
    #[error("a key that nothing can be sealed to")]
    Invalid,
}

/// Whom something is sealed to. Text form: `age1pq1…`.
#[derive(Clone, PartialEq, Eq)]
pub struct Recipient(pub(crate) PublicKey);

impl Recipient {
    /// The public key as X-Wing has it: that of ML-KEM-768, then that of X25519.
    pub fn to_bytes(&self) -> [u8; RECIPIENT_LEN] {
        self.0.to_bytes().into()
    }

    /// Reads [`Recipient::to_bytes`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, KeyError> {
        let bytes: &[u8; RECIPIENT_LEN] = bytes.try_into().map_err(|_| KeyError::Length)?;
        if !ends_in_good_point(bytes) {
            return Err(KeyError::Invalid);
        }
        PublicKey::from_bytes(bytes)
            .map(Self)
            .map_err(|_| KeyError::Invalid)
    }
}

/// Whether a public key can be sealed to: its X25519 part protects something, and is spelled as its
/// owner's program spells it. X25519 itself takes other spellings, but what is sealed hangs on the
/// bytes, so the owner could not open it.
pub(crate) fn ends_in_good_point(bytes: &[u8]) -> bool {
    bytes.last_chunk().is_some_and(is_canonical) && !ends_in_low_order(bytes)
}

/// Whether it is below 2²⁵⁵ − 19, as a little-endian number.
fn is_canonical(point: &[u8; X25519_LEN]) -> bool {
    let [low, middle @ .., high] = point;
    *high < 0x7f || *high == 0x7f && (*low < 0xed || middle.iter().any(|&byte| byte != 0xff))
}

/// Whether the X25519 part at the end gives the same with every secret, so that it protects nothing.
pub(crate) fn ends_in_low_order(bytes: &[u8]) -> bool {
    const ANY_SECRET: [u8; X25519_LEN] = [1; X25519_LEN];
    bytes
        .last_chunk()
        .is_some_and(|&point| x25519_dalek::x25519(ANY_SECRET, point) == [0; X25519_LEN])
}

impl FromStr for Recipient {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        let bytes = text::decode::<RECIPIENT_LEN>(text::HYBRID_RECIPIENT, text)?;
        Self::from_bytes(&*bytes)
    }
}

impl fmt::Display for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&text::encode(text::HYBRID_RECIPIENT, &self.to_bytes()))
    }
}

impl fmt::Debug for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Recipient({self})")
    }
}

/// What opens things sealed to its [`Recipient`]. Text form: `AGE-SECRET-KEY-PQ-1…`; never printed.
#[derive(Clone)]
pub struct Identity(pub(crate) PrivateKey);

impl Identity {
    /// Makes a new key, from the operating system's randomness.
    pub fn make() -> Self {
        let mut seed = Zeroizing::new([0; SEED_LEN]);
        UnwrapErr(getrandom::SysRng).fill_bytes(&mut *seed);
        Self::from_seed(&seed)
    }

    /// The key that a kept or derived seed stands for.
    pub fn from_seed(seed: &[u8; SEED_LEN]) -> Self {
        Self(PrivateKey::from_bytes(seed).expect("every 32 bytes are a seed"))
    }

    /// The public half.
    pub fn recipient(&self) -> Recipient {
        Recipient(XWing::sk_to_pk(&self.0))
    }

    /// Reads the text form.
    pub fn from_secret_str(text: &str) -> Result<Self, KeyError> {
        text::decode(text::HYBRID_IDENTITY, text).map(|seed| Self::from_seed(&seed))
    }

    /// The text form, as age programs read it, to be kept where only its owner can read.
    pub fn expose_secret_str(&self) -> Zeroizing<String> {
        text::encode(text::HYBRID_IDENTITY, &*self.expose_seed())
    }

    /// The seed, to be kept where only its owner can read.
    pub fn expose_seed(&self) -> Zeroizing<[u8; SEED_LEN]> {
        let mut seed = Zeroizing::new([0; SEED_LEN]);
        self.0.write_exact(&mut *seed);
        seed
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Identity(redacted)")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The pair that the age specification gives as its example.
    const SPEC_IDENTITY: &str =
        "AGE-SECRET-KEY-PQ-1XX76JRALNLXDMEW0CRK45QMCCH4X06SE84UN3VPM33W6HWDX0H3SK3ZQFR";
    const SPEC_RECIPIENT: &str = include_str!("../testdata/spec-recipient.txt");

    fn recipient_of(bytes: &[u8]) -> Result<Recipient, KeyError> {
        text::encode(text::HYBRID_RECIPIENT, bytes).parse()
    }

    #[test]
    fn the_specifications_pair_belongs_together() {
        let identity = Identity::from_secret_str(SPEC_IDENTITY).unwrap();
        assert_eq!(identity.recipient().to_string(), SPEC_RECIPIENT.trim_end());
        assert_eq!(*identity.expose_secret_str(), SPEC_IDENTITY);
    }

    #[test]
    fn what_is_no_key_is_refused() {
        for text in [
            "",
            "1",
            "age1",
            "age1qqqq",
            "ssh-ed25519 AAAA",
            "age1pq1abc",
        ] {
            assert_eq!(text.parse::<Recipient>(), Err(KeyError::Mistyped), "{text}");
            let opened = Identity::from_secret_str(text);
            assert_eq!(opened.err(), Some(KeyError::Mistyped), "{text}");
        }
    }

    #[test]
    fn a_key_of_another_kind_is_told_apart() {
        let ordinary = age::x25519::Identity::generate();
        let other = Err(KeyError::OtherKind);
        assert_eq!(ordinary.to_public().to_string().parse::<Recipient>(), other);
        assert_eq!(SPEC_IDENTITY.parse::<Recipient>(), other);
        let secret = age::secrecy::ExposeSecret::expose_secret(&ordinary.to_string()).to_owned();
        for text in [secret.as_str(), SPEC_RECIPIENT.trim_end()] {
            let opened = Identity::from_secret_str(text);
            assert_eq!(opened.err(), Some(KeyError::OtherKind), "{text}");
        }
    }

    #[test]
    fn a_key_of_the_wrong_length_is_refused() {
        let bytes = Identity::make().recipient().to_bytes();
        let longer = [&bytes[..], &[0]].concat();
        for wrong in [&bytes[..0], &bytes[..32], &bytes[1..], &longer] {
            assert_eq!(recipient_of(wrong), Err(KeyError::Length));
            assert_eq!(Recipient::from_bytes(wrong), Err(KeyError::Length));
        }
        for length in [0, 31, 33, 64] {
            let text = text::encode(text::HYBRID_IDENTITY, &vec![7; length]);
            let opened = Identity::from_secret_str(&text);
            assert_eq!(opened.err(), Some(KeyError::Length), "{length}");
        }
    }

    #[test]
    fn another_case_is_another_text() {
        let upper = SPEC_RECIPIENT.trim_end().to_uppercase();
        assert_eq!(upper.parse::<Recipient>(), Err(KeyError::Mistyped));
        let lower = Identity::from_secret_str(&SPEC_IDENTITY.to_lowercase());
        assert_eq!(lower.err(), Some(KeyError::Mistyped));
    }

    #[test]
    fn a_key_that_nothing_can_be_sealed_to_is_refused() {
        let bytes = Identity::make().recipient().to_bytes();
        let mut one = [0; X25519_LEN];
        one[0] = 1;
        for point in [[0; X25519_LEN], one] {
            let mut weak = bytes;
            *weak.last_chunk_mut().unwrap() = point;
            assert_eq!(recipient_of(&weak), Err(KeyError::Invalid));
        }
        // The same point, spelled otherwise.
        let mut odd = bytes;
        odd[RECIPIENT_LEN - 1] |= 0x80;
        assert_eq!(recipient_of(&odd), Err(KeyError::Invalid));
        *odd.last_chunk_mut().unwrap() = [0xff; X25519_LEN];
        odd[RECIPIENT_LEN - 1] = 0x7f;
        assert_eq!(recipient_of(&odd), Err(KeyError::Invalid));
        // Coefficients above the modulus, which FIPS 203 § 7.2 forbids.
        let mut weak = bytes;
        weak[..3].fill(0xff);
        assert_eq!(recipient_of(&weak), Err(KeyError::Invalid));
    }

    #[test]
    fn secrets_do_not_print() {
        assert_eq!(format!("{:?}", Identity::make()), "Identity(redacted)");
    }

    proptest! {
        #[test]
        fn both_halves_survive_their_text_form(seed: [u8; SEED_LEN]) {
            let identity = Identity::from_seed(&seed);
            let recipient = identity.recipient();
            prop_assert_eq!(recipient.to_string().parse(), Ok(recipient.clone()));
            prop_assert_eq!(Recipient::from_bytes(&recipient.to_bytes()), Ok(recipient.clone()));
            let again = Identity::from_secret_str(&identity.expose_secret_str()).unwrap();
            prop_assert_eq!(again.recipient(), recipient);
        }

        #[test]
        fn one_wrong_character_is_found(at in 0..1_959usize, to in "[ac-hj-np-z02-9]") {
            let mut text = SPEC_RECIPIENT.trim_end().to_owned();
            let same = text[at..=at] == to;
            text.replace_range(at..=at, &to);
            prop_assert_eq!(text.parse::<Recipient>().is_ok(), same);
        }

        #[test]
        fn no_text_makes_it_panic(text in "(AGE-SECRET-KEY-PQ-1|age1pq1|age1)?\\PC{0,80}") {
            prop_assert!(text.parse::<Recipient>().is_err());
            prop_assert!(Identity::from_secret_str(&text).is_err());
        }

        #[test]
        fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 1_210..1_222)) {
            match recipient_of(&bytes) {
                Ok(recipient) => prop_assert_eq!(recipient.to_bytes().to_vec(), bytes),
                Err(error) if bytes.len() == RECIPIENT_LEN => prop_assert_eq!(error, KeyError::Invalid),
                Err(error) => prop_assert_eq!(error, KeyError::Length),
            }
        }
    }
}
