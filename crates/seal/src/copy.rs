//! A copy for one person: sealed to the key they use with an age program of their own.
//!
//! Everything else Holdfast seals is sealed to hybrid recipients. People outside it often have an
//! ordinary X25519 key only; what is sealed to one, a future quantum computer opens. So this is the
//! one place that takes such a key, and whoever calls it says so to the person. The two kinds never
//! stand in one file: it would be as weak as its weakest stanza.

use std::{
    io::{self, Write},
    str::FromStr,
};

use age::stream::StreamWriter;

use crate::{KeyError, Recipient, key::ends_in_good_point, piped::Piped, text};

/// The public key of a person's own.
#[derive(Clone, Debug)]
pub enum PersonalKey {
    /// Hybrid: `age1pq1…`.
    Hybrid(Box<Recipient>),
    /// Ordinary, which a future quantum computer opens: `age1…`.
    X25519(age::x25519::Recipient),
}

impl PersonalKey {
    /// Whether what is sealed to it stays shut before a quantum computer.
    pub fn is_hybrid(&self) -> bool {
        matches!(self, Self::Hybrid(_))
    }

    fn as_age(&self) -> &dyn age::Recipient {
        match self {
            Self::Hybrid(recipient) => &**recipient,
            Self::X25519(recipient) => recipient,
        }
    }
}

impl FromStr for PersonalKey {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        match text.parse() {
            Ok(recipient) => Ok(Self::Hybrid(Box::new(recipient))),
            Err(KeyError::OtherKind) => {
                let point = text::decode::<32>(text::X25519_RECIPIENT, text)?;
                // age panics when sealing to one of low order.
                if !ends_in_good_point(&*point) {
                    return Err(KeyError::Invalid);
                }
                text.parse()
                    .map(Self::X25519)
                    .map_err(|_| KeyError::Mistyped)
            }
            Err(error) => Err(error),
        }
    }
}

/// A copy could not be sealed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SealCopyError {
    /// There is nobody to seal it to.
    #[error("a copy needs a key to be sealed to")]
    Nobody,
    /// Hybrid and ordinary keys together.
    #[error("hybrid and ordinary keys cannot share a file")]
    Mixed,
    /// The copy could not be written.
    #[error("the copy could not be written")]
    Io(#[from] io::Error),
    /// age refused for another reason.
    #[error("age refused to seal")]
    Age(#[source] age::EncryptError),
}

impl From<age::EncryptError> for SealCopyError {
    fn from(error: age::EncryptError) -> Self {
        match error {
            age::EncryptError::MissingRecipients => Self::Nobody,
            age::EncryptError::IncompatibleRecipients { .. } => Self::Mixed,
            age::EncryptError::Io(error) => Self::Io(error),
            error => Self::Age(error),
        }
    }
}

/// Seals what is written to it. Call [`CopySealer::finish`]; without it the copy does not open.
///
/// Encrypts on one thread and writes on another, so an error of `W` may come some calls later.
pub struct CopySealer<W: Write + Send + 'static>(Piped<StreamWriter<Piped<W>>>);

/// Begins a copy on `out`: an ordinary age file, neither padded nor signed.
pub fn seal_copy<W: Write + Send + 'static>(
    out: W,
    keys: &[PersonalKey],
) -> Result<CopySealer<W>, SealCopyError> {
    let encryptor = age::Encryptor::with_recipients(keys.iter().map(PersonalKey::as_age))?;
    let stream = encryptor.wrap_output(Piped::start(out)?)?;
    Ok(CopySealer(Piped::start(stream)?))
}

impl<W: Write + Send + 'static> CopySealer<W> {
    /// Ends the age file.
    pub fn finish(self) -> io::Result<W> {
        self.0.finish()?.finish()?.finish()
    }
}

impl<W: Write + Send + 'static> Write for CopySealer<W> {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        self.0.write(buf)
    }

    /// Does nothing: a chunk that is not full cannot be sealed before the end.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use proptest::prelude::*;

    use super::*;
    use crate::{Identity, evidence::open_with};

    fn ordinary() -> (age::x25519::Identity, PersonalKey) {
        let identity = age::x25519::Identity::generate();
        let key = identity.to_public().to_string().parse().unwrap();
        (identity, key)
    }

    fn hybrid() -> (Identity, PersonalKey) {
        let identity = Identity::make();
        let key = identity.recipient().to_string().parse().unwrap();
        (identity, key)
    }

    fn seal(keys: &[PersonalKey], original: &[u8]) -> Result<Vec<u8>, SealCopyError> {
        let mut copy = seal_copy(Vec::new(), keys)?;
        copy.write_all(original)?;
        Ok(copy.finish()?)
    }

    #[test]
    fn kinds_are_told_apart() {
        assert!(hybrid().1.is_hybrid());
        assert!(!ordinary().1.is_hybrid());
    }

    #[test]
    fn kinds_do_not_share_a_file() {
        let (hybrid, ordinary) = (hybrid().1, ordinary().1);
        for keys in [
            [hybrid.clone(), ordinary.clone()],
            [ordinary.clone(), hybrid.clone()],
        ] {
            assert!(matches!(seal(&keys, b""), Err(SealCopyError::Mixed)));
        }
        assert!(matches!(seal(&[], b""), Err(SealCopyError::Nobody)));
        for key in [hybrid, ordinary] {
            assert!(seal(&[key.clone(), key], b"").is_ok());
        }
    }

    #[test]
    fn what_is_no_personal_key_is_refused() {
        let secret = Identity::make().expose_secret_str();
        let odd = [
            ("", KeyError::Mistyped),
            ("age1qqqq", KeyError::Mistyped),
            (secret.as_str(), KeyError::OtherKind),
            (
                &text::encode(text::X25519_RECIPIENT, &[7; 31]),
                KeyError::Length,
            ),
            (
                &text::encode(text::X25519_RECIPIENT, &[7; 33]),
                KeyError::Length,
            ),
            (
                &text::encode(text::X25519_RECIPIENT, &[0; 32]),
                KeyError::Invalid,
            ),
        ];
        for (text, error) in odd {
            assert_eq!(text.parse::<PersonalKey>().err(), Some(error), "{text}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        #[test]
        fn each_key_opens_the_copy(original in prop::collection::vec(any::<u8>(), 0..70_000)) {
            let ((mine, my_key), (theirs, their_key)) = (ordinary(), hybrid());
            let identities: [(&dyn age::Identity, PersonalKey); 2] =
                [(&mine, my_key), (&theirs, their_key)];
            for (identity, key) in identities {
                let copy = seal(&[key], &original).unwrap();
                let size = copy.len() as u64;
                let mut opened = open_with(Cursor::new(copy), size, &[identity]).unwrap();
                let mut back = Vec::new();
                io::Read::read_to_end(&mut opened, &mut back).unwrap();
                prop_assert_eq!(&back, &original);
            }
        }
    }
}
