//! The vault key and what is derived from it (I-11).

use std::fmt;

use hkdf::Hkdf;
use rand_core::CryptoRng;
use sha2::Sha256;
use zeroize::Zeroizing;

/// The one random key behind everything in a vault. A slot wraps it; nothing is encrypted with it
/// directly.
pub(crate) struct VaultKey(Zeroizing<[u8; 32]>);

impl VaultKey {
    pub(crate) fn make(rng: &mut impl CryptoRng) -> Self {
        let mut key = Zeroizing::new([0; 32]);
        rng.fill_bytes(key.as_mut());
        Self(key)
    }

    pub(crate) fn from_bytes(bytes: &[u8; 32]) -> Self {
        Self(Zeroizing::new(*bytes))
    }

    pub(crate) fn expose(&self) -> &[u8; 32] {
        &self.0
    }

    /// The raw key of `store.db`.
    pub(crate) fn derive_store_key(&self) -> Zeroizing<[u8; 32]> {
        derive(self.expose(), &[b"holdfast vault store v1"])
    }

    /// The key that turns object ids into file names.
    pub(crate) fn derive_name_key(&self) -> Zeroizing<[u8; 32]> {
        derive(self.expose(), &[b"holdfast vault names v1"])
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
    // HKDF refuses only outputs beyond 255 blocks; this is one.
    let _ = Hkdf::<Sha256>::new(None, secret).expand_multi_info(info, out.as_mut());
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_use_has_its_own_key() {
        let key = VaultKey::from_bytes(&[7; 32]);
        assert_ne!(key.derive_store_key(), key.derive_name_key());
        assert_ne!(*key.derive_store_key(), *key.expose());
        assert_eq!(format!("{key:?}"), "VaultKey(redacted)");
    }
}
