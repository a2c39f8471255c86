//! Signatures as Holdfast writes them, in entries, bundles, invites and receipts alike.
//!
//! A signed thing carries a *list* of signatures, `[+ [algorithm, key, signature]]`, so that a
//! second algorithm can stand beside the first without a new format. A reader needs one valid
//! signature of an algorithm it knows, by the key it expects; a signature of an algorithm it does
//! not know is kept byte for byte and ignored. A signature of a known algorithm that does not
//! verify is an error, wherever it stands.
//!
//! What is signed is `domain ‖ 0x00 ‖ message`, so that a signature made for one purpose cannot be
//! shown as another. Algorithm 1 is Ed25519 (RFC 8032), verified strictly: no small-order keys, no
//! second encoding of the same signature.

use core::fmt;

use ed25519_dalek::{SECRET_KEY_LENGTH, Signer as _};
use minicbor::{Decode, Decoder, Encode, Encoder, bytes::ByteVec};
use rand_core::CryptoRng;
use zeroize::Zeroizing;

/// Ed25519, RFC 8032.
const ED25519: u16 = 1;

/// The most signatures one thing may carry; more is not a Holdfast file.
const MOST_SIGNATURES: usize = 8;

/// What a signature is made for; two purposes never share one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Domain(pub &'static str);

impl Domain {
    fn frame(self, message: &[u8]) -> Vec<u8> {
        let mut framed = Vec::with_capacity(self.0.len() + 1 + message.len());
        framed.extend_from_slice(self.0.as_bytes());
        framed.push(0);
        framed.extend_from_slice(message);
        framed
    }
}

/// The public half of a [`SigningKey`]: 32 bytes, Ed25519.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VerifyingKey([u8; 32]);

impl VerifyingKey {
    /// Takes the bytes as they are; whether they are a point on the curve shows when verifying.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The 32 bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for VerifyingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for VerifyingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VerifyingKey({self})")
    }
}

impl<C> Encode<C> for VerifyingKey {
    fn encode<W: minicbor::encode::Write>(
        &self,
        e: &mut Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        e.bytes(&self.0)?.ok()
    }
}

impl<'b, C> Decode<'b, C> for VerifyingKey {
    fn decode(d: &mut Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
        let at = d.position();
        <[u8; 32]>::try_from(d.bytes()?)
            .map(Self)
            .map_err(|_| minicbor::decode::Error::message("a key has 32 bytes").at(at))
    }
}

/// A key that signs. Zeroised when dropped; never printed, never serialised.
pub struct SigningKey(ed25519_dalek::SigningKey);

impl SigningKey {
    /// Makes a new key.
    pub fn make(rng: &mut impl CryptoRng) -> Self {
        let mut seed = Zeroizing::new([0; SECRET_KEY_LENGTH]);
        rng.fill_bytes(seed.as_mut_slice());
        Self::from_seed(&seed)
    }

    /// The key that a kept seed stands for.
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        Self(ed25519_dalek::SigningKey::from_bytes(seed))
    }

    /// The seed, to be kept where only its owner can read.
    pub fn expose_seed(&self) -> &[u8; 32] {
        self.0.as_bytes()
    }

    /// The public half.
    pub fn verifying_key(&self) -> VerifyingKey {
        VerifyingKey(self.0.verifying_key().to_bytes())
    }

    /// Signs `message` for one purpose.
    pub fn sign(&self, domain: Domain, message: &[u8]) -> Signatures {
        let signature = self.0.sign(&domain.frame(message));
        Signatures(vec![Signature {
            algorithm: ED25519,
            key: self.verifying_key().0.to_vec().into(),
            bytes: signature.to_bytes().to_vec().into(),
        }])
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKey(redacted)")
    }
}

/// One signature of the list.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
struct Signature {
    #[n(0)]
    algorithm: u16,
    #[n(1)]
    key: ByteVec,
    #[n(2)]
    bytes: ByteVec,
}

/// The signatures a thing carries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signatures(Vec<Signature>);

/// Why a list of signatures does not vouch for a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SignatureError {
    /// No signature of a known algorithm by the expected key.
    #[error("not signed by the expected key")]
    Missing,
    /// A signature of a known algorithm does not verify.
    #[error("a signature does not verify")]
    Invalid,
}

impl Signatures {
    /// Checks that `signer` signed `message` for this purpose, and that no known signature in the
    /// list is wrong.
    pub fn verify(
        &self,
        domain: Domain,
        message: &[u8],
        signer: &VerifyingKey,
    ) -> Result<(), SignatureError> {
        let framed = domain.frame(message);
        let mut vouched = false;
        for signature in self.0.iter().filter(|s| s.algorithm == ED25519) {
            verify_ed25519(&framed, signature).ok_or(SignatureError::Invalid)?;
            vouched |= signature.key.as_slice() == signer.0;
        }
        if vouched {
            Ok(())
        } else {
            Err(SignatureError::Missing)
        }
    }

    /// The list with one more signature, of an algorithm that only a newer version knows.
    ///
    /// This version never writes one; it is here so that keeping and ignoring one can be tested.
    #[doc(hidden)]
    pub fn with_unknown(mut self, algorithm: u16, key: Vec<u8>, bytes: Vec<u8>) -> Self {
        self.0.push(Signature {
            algorithm,
            key: key.into(),
            bytes: bytes.into(),
        });
        self
    }
}

fn verify_ed25519(framed: &[u8], signature: &Signature) -> Option<()> {
    let key = <[u8; 32]>::try_from(signature.key.as_slice()).ok()?;
    let bytes = <[u8; 64]>::try_from(signature.bytes.as_slice()).ok()?;
    ed25519_dalek::VerifyingKey::from_bytes(&key)
        .ok()?
        .verify_strict(framed, &ed25519_dalek::Signature::from_bytes(&bytes))
        .ok()
}

impl<C> Encode<C> for Signatures {
    fn encode<W: minicbor::encode::Write>(
        &self,
        e: &mut Encoder<W>,
        ctx: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        e.array(self.0.len() as u64)?;
        self.0
            .iter()
            .try_for_each(|signature| signature.encode(e, ctx))
    }
}

impl<'b, C> Decode<'b, C> for Signatures {
    fn decode(d: &mut Decoder<'b>, ctx: &mut C) -> Result<Self, minicbor::decode::Error> {
        let at = d.position();
        let refused = |why| minicbor::decode::Error::message(why).at(at);
        let count = d
            .array()?
            .ok_or_else(|| refused("a list of signatures has a length"))?;
        if count == 0 || count > MOST_SIGNATURES as u64 {
            return Err(refused("a thing carries one to eight signatures"));
        }
        (0..count)
            .map(|_| Signature::decode(d, ctx))
            .collect::<Result<_, _>>()
            .map(Self)
    }
}

#[cfg(test)]
mod tests {
    use getrandom::SysRng;
    use rand_core::UnwrapErr;

    use super::*;

    const HERE: Domain = Domain("holdfast test v1");

    fn key() -> SigningKey {
        SigningKey::make(&mut UnwrapErr(SysRng))
    }

    #[test]
    fn a_signature_vouches_for_its_own_message_purpose_and_key_only() {
        let (key, other) = (key(), key());
        let signed = key.sign(HERE, b"message");
        let by = key.verifying_key();
        assert_eq!(signed.verify(HERE, b"message", &by), Ok(()));
        assert_eq!(
            signed.verify(HERE, b"massage", &by),
            Err(SignatureError::Invalid)
        );
        assert_eq!(
            signed.verify(Domain("x"), b"message", &by),
            Err(SignatureError::Invalid)
        );
        assert_eq!(
            signed.verify(HERE, b"message", &other.verifying_key()),
            Err(SignatureError::Missing)
        );
    }

    #[test]
    fn a_second_signature_of_an_unknown_algorithm_is_kept_and_ignored() {
        let key = key();
        let signed = key
            .sign(HERE, b"m")
            .with_unknown(2, vec![7; 1312], vec![9; 2420]);
        let bytes = minicbor::to_vec(&signed).unwrap();
        let back: Signatures = minicbor::decode(&bytes).unwrap();
        assert_eq!(minicbor::to_vec(&back).unwrap(), bytes);
        assert_eq!(back.verify(HERE, b"m", &key.verifying_key()), Ok(()));
    }

    #[test]
    fn an_unknown_signature_alone_vouches_for_nothing() {
        let key = key();
        let mut signed = key.sign(HERE, b"m").with_unknown(2, vec![], vec![]);
        signed.0.remove(0);
        assert_eq!(
            signed.verify(HERE, b"m", &key.verifying_key()),
            Err(SignatureError::Missing)
        );
    }

    #[test]
    fn an_empty_or_endless_list_is_refused() {
        assert!(minicbor::decode::<Signatures>(&[0x80]).is_err());
        assert!(
            minicbor::decode::<Signatures>(&[0x9b, 255, 255, 255, 255, 255, 255, 255, 255])
                .is_err()
        );
        assert!(minicbor::decode::<Signatures>(&[0x9f, 0xff]).is_err());
    }

    #[test]
    fn secrets_do_not_print() {
        assert_eq!(format!("{:?}", key()), "SigningKey(redacted)");
    }
}
