//! An endpoint's signing key (Ed25519, RFC 8032). It signs receipts and can open nothing.

use std::fmt;
use std::str::FromStr;

use data_encoding::HEXLOWER;
use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use minicbor::{Decode, Encode};
use rand_core::CryptoRng;

use crate::id::IdError;

/// An endpoint's public key, as it stands in a coalition's invite.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(transparent)]
pub struct ServerKey(#[cbor(n(0), with = "minicbor::bytes")] pub [u8; 32]);

impl ServerKey {
    /// Whether `signature` over `domain` ‖ 0x00 ‖ `bytes` is this key's. Weak keys and malleable signatures are refused.
    pub(crate) fn verifies(&self, domain: &str, bytes: &[u8], signature: &[u8]) -> bool {
        let (Ok(key), Ok(signature)) = (
            VerifyingKey::from_bytes(&self.0),
            Signature::from_slice(signature),
        ) else {
            return false;
        };
        key.verify_strict(&message(domain, bytes), &signature)
            .is_ok()
    }
}

impl fmt::Display for ServerKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&HEXLOWER.encode(&self.0))
    }
}

impl fmt::Debug for ServerKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ServerKey({self})")
    }
}

impl FromStr for ServerKey {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let bytes = HEXLOWER.decode(text.as_bytes()).map_err(|_| IdError)?;
        bytes.try_into().map(Self).map_err(|_| IdError)
    }
}

/// An endpoint's secret key. The underlying key zeroises itself on drop.
pub struct ServerSigningKey(SigningKey);

impl ServerSigningKey {
    /// Makes a new key from `rng`.
    #[must_use]
    pub fn make(rng: &mut impl CryptoRng) -> Self {
        let mut seed = zeroize::Zeroizing::new([0; 32]);
        rng.fill_bytes(seed.as_mut_slice());
        Self::from_seed(&seed)
    }

    /// Takes up a key that was kept.
    #[must_use]
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        Self(SigningKey::from_bytes(seed))
    }

    /// Gives out the seed, to be kept where nobody else can read it.
    #[must_use]
    pub fn expose_seed(&self) -> &[u8; 32] {
        self.0.as_bytes()
    }

    /// The public half.
    #[must_use]
    pub fn server_key(&self) -> ServerKey {
        ServerKey(self.0.verifying_key().to_bytes())
    }

    pub(crate) fn sign(&self, domain: &str, bytes: &[u8]) -> [u8; 64] {
        self.0.sign(&message(domain, bytes)).to_bytes()
    }
}

impl fmt::Debug for ServerSigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ServerSigningKey(…)")
    }
}

fn message(domain: &str, bytes: &[u8]) -> Vec<u8> {
    [domain.as_bytes(), b"\0", bytes].concat()
}
