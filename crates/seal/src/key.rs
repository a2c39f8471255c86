//! The two halves of a sealing key, in age's text form.
//!
//! Today both are X25519 (`age1…`, `AGE-SECRET-KEY-1…`). The types hide which, so that the
//! post-quantum hybrid recipients (I-9) take their place without another type changing.

use core::{fmt, str::FromStr};

use age::secrecy::ExposeSecret as _;
use zeroize::Zeroizing;

/// A text is not a sealing key that this version knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a sealing key this version knows")]
pub struct KeyError;

/// Whom something is sealed to. Text form: `age1…`.
#[derive(Clone, PartialEq, Eq)]
pub struct Recipient(age::x25519::Recipient);

impl Recipient {
    pub(crate) fn as_age(&self) -> &dyn age::Recipient {
        &self.0
    }
}

impl FromStr for Recipient {
    type Err = KeyError;

    fn from_str(text: &str) -> Result<Self, KeyError> {
        if is_low_order(text) {
            return Err(KeyError);
        }
        text.parse().map(Self).map_err(|_| KeyError)
    }
}

/// Whether every secret gives the same with this key. age panics when sealing to one, and what is
/// sealed to one is open to all.
fn is_low_order(text: &str) -> bool {
    const ANY_SECRET: [u8; 32] = [1; 32];
    bech32::decode(text)
        .ok()
        .and_then(|(_, bytes)| <[u8; 32]>::try_from(bytes).ok())
        .is_some_and(|point| x25519_dalek::x25519(ANY_SECRET, point) == [0; 32])
}

impl fmt::Display for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Recipient({self})")
    }
}

/// What opens things sealed to its [`Recipient`]. Text form: `AGE-SECRET-KEY-…`; never printed.
#[derive(Clone)]
pub struct Identity(age::x25519::Identity);

impl Identity {
    /// Makes a new key, from the operating system's randomness.
    pub fn make() -> Self {
        Self(age::x25519::Identity::generate())
    }

    /// The public half.
    pub fn recipient(&self) -> Recipient {
        Recipient(self.0.to_public())
    }

    /// Reads the text form.
    pub fn from_secret_str(text: &str) -> Result<Self, KeyError> {
        text.parse().map(Self).map_err(|_| KeyError)
    }

    /// The text form, as the `age` program reads it, to be kept where only its owner can read.
    pub fn expose_secret_str(&self) -> Zeroizing<String> {
        Zeroizing::new(self.0.to_string().expose_secret().to_owned())
    }

    pub(crate) fn as_age(&self) -> &dyn age::Identity {
        &self.0
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Identity(redacted)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_halves_survive_their_text_form() {
        let identity = Identity::make();
        let recipient = identity.recipient();
        assert_eq!(recipient.to_string().parse(), Ok(recipient.clone()));
        let again = Identity::from_secret_str(&identity.expose_secret_str()).unwrap();
        assert_eq!(again.recipient(), recipient);
    }

    #[test]
    fn anything_else_is_refused() {
        for text in [
            "",
            "age1",
            "age1qqqq",
            "ssh-ed25519 AAAA",
            "AGE-SECRET-KEY-1",
            "age1pq1abc",
        ] {
            assert_eq!(text.parse::<Recipient>(), Err(KeyError), "{text}");
            assert!(Identity::from_secret_str(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_key_that_hides_nothing_is_refused() {
        let mut one = [0; 32];
        one[0] = 1;
        for point in [[0; 32], one] {
            let hrp = bech32::Hrp::parse("age").unwrap();
            let text = bech32::encode::<bech32::Bech32>(hrp, &point).unwrap();
            assert_eq!(text.parse::<Recipient>(), Err(KeyError), "{text}");
        }
    }

    #[test]
    fn secrets_do_not_print() {
        assert_eq!(format!("{:?}", Identity::make()), "Identity(redacted)");
    }
}
