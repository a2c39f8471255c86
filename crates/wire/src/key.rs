//! An endpoint's signing key (Ed25519, RFC 8032). It signs receipts and can open nothing.

use std::fmt;
use std::str::FromStr;

use data_encoding::HEXLOWER;
use holdfast_sign::{Domain, SignatureError, Signatures, SigningKey, VerifyingKey};
use minicbor::{Decode, Encode};
use rand_core::CryptoRng;

use crate::id::IdError;

/// An endpoint's public key, as it stands in a coalition's invite.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(transparent)]
pub struct ServerKey(#[cbor(n(0), with = "minicbor::bytes")] pub [u8; 32]);

impl ServerKey {
    /// Checks that this endpoint signed `bytes`.
    pub(crate) fn verify(
        &self,
        signatures: &Signatures,
        domain: Domain,
        bytes: &[u8],
    ) -> Result<(), SignatureError> {
        signatures.verify(domain, bytes, &VerifyingKey::from_bytes(self.0))
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
        Self(SigningKey::make(rng))
    }

    /// Takes up a key that was kept.
    #[must_use]
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        Self(SigningKey::from_seed(seed))
    }

    /// Gives out the seed, to be kept where nobody else can read it.
    #[must_use]
    pub fn expose_seed(&self) -> &[u8; 32] {
        self.0.expose_seed()
    }

    /// The public half.
    #[must_use]
    pub fn server_key(&self) -> ServerKey {
        ServerKey(*self.0.verifying_key().as_bytes())
    }

    pub(crate) fn sign(&self, domain: Domain, bytes: &[u8]) -> Signatures {
        self.0.sign(domain, bytes)
    }
}

#[cfg(test)]
impl ServerSigningKey {
    /// Signs beside a signature of an algorithm to come, as long as one of ML-DSA-44.
    pub(crate) fn sign_beside_unknown(&self, domain: Domain, bytes: &[u8]) -> Signatures {
        self.0
            .sign_beside(domain, bytes, 2, vec![7; 1_312], vec![9; 2_420])
    }
}

impl fmt::Debug for ServerSigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ServerSigningKey(…)")
    }
}
