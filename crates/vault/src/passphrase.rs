//! The passphrase, from the moment a shell hands it over until it is erased.

use std::fmt;

use zeroize::Zeroizing;

/// What a person types to open a vault. Its UTF-8 bytes are hashed as they are; nothing is trimmed
/// or normalised. Erased when dropped, never printed.
pub struct Passphrase(Zeroizing<String>);

impl Passphrase {
    /// Takes over what was typed; the caller keeps no copy.
    pub fn new(typed: impl Into<Zeroizing<String>>) -> Self {
        Self(typed.into())
    }

    pub(crate) fn expose_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl From<String> for Passphrase {
    fn from(typed: String) -> Self {
        Self::new(typed)
    }
}

impl fmt::Debug for Passphrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Passphrase(redacted)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn does_not_print() {
        let passphrase = Passphrase::from("tide pool".to_owned());
        assert_eq!(format!("{passphrase:?}"), "Passphrase(redacted)");
    }
}
