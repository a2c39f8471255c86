//! The vault key and what is derived from it (I-11).

use std::fmt;

use hkdf::Hkdf;
use rand_core::CryptoRng;
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::secret::Secret;

/// The one random key behind everything in a vault. A slot wraps it; nothing is encrypted with it
/// directly.
pub(crate) struct VaultKey(Secret);

impl VaultKey {
    pub(crate) fn make(rng: &mut impl CryptoRng) -> Self {
        Self(Secret::fill_with(|key| rng.fill_bytes(key)))
    }

    pub(crate) fn from_bytes(bytes: &[u8; 32]) -> Self {
        Self(Secret::fill_with(|key| key.copy_from_slice(bytes)))
    }

    pub(crate) fn expose(&self) -> &[u8; 32] {
        self.0.expose()
    }

    pub(crate) fn is_locked(&self) -> bool {
        self.0.is_locked()
    }

    /// The raw key of the database.
    pub(crate) fn derive_store_key(&self) -> Secret {
        derive_locked(self.expose(), &[b"holdfast vault store v1"])
    }

    /// The key that turns object ids into file names.
    pub(crate) fn derive_name_key(&self) -> Secret {
        derive_locked(self.expose(), &[b"holdfast vault names v1"])
    }
}

impl fmt::Debug for VaultKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("VaultKey(redacted)")
    }
}

/// HKDF-SHA256 without salt; `info` is the concatenation of the parts.
pub(crate) fn derive(secret: &[u8; 32], info: &[&[u8]]) -> Zeroizing<[u8; 32]> {
    let mut out = Zeroizing::new([0; 32]);
    expand(secret, info, &mut out);
    out
}

/// The same into memory that is not swapped.
pub(crate) fn derive_locked(secret: &[u8; 32], info: &[&[u8]]) -> Secret {
    Secret::fill_with(|out| expand(secret, info, out))
}

fn expand(secret: &[u8; 32], info: &[&[u8]], out: &mut [u8; 32]) {
    // HKDF refuses only outputs beyond 255 blocks; this is one.
    let _ = Hkdf::<Sha256>::new(None, secret).expand_multi_info(info, out);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_use_has_its_own_key() {
        let key = VaultKey::from_bytes(&[7; 32]);
        assert_ne!(
            key.derive_store_key().expose(),
            key.derive_name_key().expose()
        );
        assert_ne!(key.derive_store_key().expose(), key.expose());
        assert_eq!(format!("{key:?}"), "VaultKey(redacted)");
    }
}
