//! Signatures as Holdfast writes them, in entries, bundles, invites and receipts alike.
//!
//! A signed thing carries a *list* of signatures, `[+ [algorithm, key, signature]]`, so that a
//! second algorithm can stand beside the first without a new format. A reader needs one valid
//! signature of an algorithm it knows, by the key it expects; a signature of an algorithm it does
//! not know is kept byte for byte and ignored. A signature of a known algorithm that does not
//! verify is an error, wherever it stands.
//!
//! What is signed is `domain ‖ 0x00 ‖ signers ‖ message`. The domain keeps a signature made for one
//! purpose from being shown as another. `signers` is `[+ [algorithm, key]]`, deterministic CBOR, of
//! the whole list in its order: whoever passes a signed thing on can add no signature to it and
//! take none away, also none of an algorithm that only a later version checks. What stays open to
//! them is the value of a signature whose algorithm the reader does not know.
//!
//! Algorithm 1 is Ed25519 (RFC 8032), verified strictly: no small-order keys, no second encoding of
//! the same signature.

mod form;

use core::{fmt, iter};

use ed25519_dalek::{SECRET_KEY_LENGTH, ed25519::signature::MultipartSigner as _};
use holdfast_cbor as cbor;
use minicbor::{Decode, Decoder, Encode, Encoder, bytes::ByteVec};
use rand_core::CryptoRng;
use zeroize::Zeroizing;

pub use form::{Form, FormError, Unverified};

/// Ed25519, RFC 8032.
const ED25519: u16 = 1;

/// The most signatures one thing may carry; more is not a Holdfast file.
const MOST_SIGNATURES: usize = 8;

/// What a signature is made for; two purposes never share one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Domain(pub &'static str);

impl Domain {
    /// What is signed, in its parts.
    const fn frame<'a>(self, signers: &'a [u8], message: &'a [u8]) -> [&'a [u8]; 4] {
        [self.0.as_bytes(), &[0], signers, message]
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
        self.sign_before(None, domain, message)
    }

    /// Signs `message` beside another, whose signature follows in the list.
    ///
    /// This version never writes a second one; it is here so that keeping and ignoring one can be
    /// tested.
    #[doc(hidden)]
    pub fn sign_beside(
        &self,
        domain: Domain,
        message: &[u8],
        algorithm: u16,
        key: Vec<u8>,
        bytes: Vec<u8>,
    ) -> Signatures {
        let other = Signature {
            algorithm,
            key: key.into(),
            bytes: bytes.into(),
        };
        self.sign_before(Some(other), domain, message)
    }

    fn sign_before(&self, other: Option<Signature>, domain: Domain, message: &[u8]) -> Signatures {
        let key = ByteVec::from(self.verifying_key().0.to_vec());
        let own = Signer {
            algorithm: ED25519,
            key: &key,
        };
        let signers: Vec<Signer<'_>> = iter::once(own)
            .chain(other.iter().map(Signature::signer))
            .collect();
        let signers = cbor::to_vec(signers);
        let signature = self.0.multipart_sign(&domain.frame(&signers, message));
        let own = Signature {
            algorithm: ED25519,
            key,
            bytes: signature.to_bytes().to_vec().into(),
        };
        Signatures(iter::once(own).chain(other).collect())
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKey(redacted)")
    }
}

/// Who signs, and how. Every signature covers the signers of the whole list.
#[derive(Encode)]
#[cbor(array)]
struct Signer<'a> {
    #[n(0)]
    algorithm: u16,
    #[n(1)]
    key: &'a ByteVec,
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

impl Signature {
    const fn signer(&self) -> Signer<'_> {
        Signer {
            algorithm: self.algorithm,
            key: &self.key,
        }
    }
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
        let signers: Vec<Signer<'_>> = self.0.iter().map(Signature::signer).collect();
        let signers = cbor::to_vec(signers);
        // Strict verification takes one slice. The message may be what a person wrote: `concat`
        // makes its copy in one piece, and the copy is wiped.
        let framed = Zeroizing::new(domain.frame(&signers, message).concat());
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

    /// A signature of an algorithm to come, as long as one of ML-DSA-44.
    fn beside(key: &SigningKey) -> Signatures {
        key.sign_beside(HERE, b"m", 2, vec![7; 1_312], vec![9; 2_420])
    }

    #[test]
    fn signers_are_signed_with_the_message() {
        let key = key();
        let by = key.verifying_key().0;
        let signature = minicbor::to_vec(key.sign(HERE, b"m")).unwrap();
        // `[[1, key, signature]]` carries a signature over `[[1, key]]` and the message.
        let (head, signature) = signature.split_at(signature.len() - 64);
        assert_eq!(
            head,
            [&[0x81, 0x83, 1, 0x58, 32], &by[..], &[0x58, 64]].concat()
        );
        let framed = [b"holdfast test v1\0\x81\x82\x01\x58\x20", &by[..], b"m"].concat();
        let signature = ed25519_dalek::Signature::from_slice(signature).unwrap();
        let by = ed25519_dalek::VerifyingKey::from_bytes(&by).unwrap();
        assert!(by.verify_strict(&framed, &signature).is_ok());
    }

    #[test]
    fn a_second_signature_of_an_unknown_algorithm_is_kept_and_ignored() {
        let key = key();
        let signed = beside(&key);
        let bytes = minicbor::to_vec(&signed).unwrap();
        let back: Signatures = minicbor::decode(&bytes).unwrap();
        assert_eq!(minicbor::to_vec(&back).unwrap(), bytes);
        assert_eq!(back.verify(HERE, b"m", &key.verifying_key()), Ok(()));
    }

    #[test]
    fn an_unknown_signature_alone_vouches_for_nothing() {
        let key = key();
        let mut signed = beside(&key);
        signed.0.remove(0);
        assert_eq!(
            signed.verify(HERE, b"m", &key.verifying_key()),
            Err(SignatureError::Missing)
        );
    }

    fn refused(signatures: &Signatures, key: &SigningKey) {
        assert_eq!(
            signatures.verify(HERE, b"m", &key.verifying_key()),
            Err(SignatureError::Invalid)
        );
    }

    #[test]
    fn an_added_signature_of_an_unknown_algorithm_is_refused() {
        let key = key();
        let junk = beside(&key).0.remove(1);
        for at in [0, 1] {
            let mut signed = key.sign(HERE, b"m");
            signed.0.insert(at, junk.clone());
            refused(&signed, &key);
        }
    }

    #[test]
    fn an_added_signature_that_is_valid_by_itself_is_refused() {
        let (key, other) = (key(), key());
        for at in [0, 1] {
            let mut signed = key.sign(HERE, b"m");
            let mut by_other = other.sign(HERE, b"m");
            signed.0.insert(at, by_other.0.remove(0));
            refused(&signed, &key);
        }
    }

    #[test]
    fn one_who_adds_a_signature_that_covers_the_first_signer_is_refused() {
        let (key, other) = (key(), key());
        let mut signed = key.sign(HERE, b"m");
        // Whoever adds it knows the first signer and signs the whole list; the first did not.
        let first = signed.0.remove(0);
        let mut forged = other.sign_beside(HERE, b"m", ED25519, first.key.to_vec(), vec![]);
        forged.0[1].bytes = first.bytes;
        refused(&forged, &key);
    }

    #[test]
    fn a_list_from_which_a_signature_was_taken_is_refused() {
        let key = key();
        let mut signed = beside(&key);
        signed.0.pop();
        refused(&signed, &key);
    }

    #[test]
    fn a_list_in_another_order_is_refused() {
        let key = key();
        let mut signed = beside(&key);
        signed.0.reverse();
        refused(&signed, &key);
    }

    #[test]
    fn a_second_signature_under_another_key_or_algorithm_is_refused() {
        let key = key();
        let (mut other_key, mut other_algorithm) = (beside(&key), beside(&key));
        other_key.0[1].key = vec![8; 1_312].into();
        refused(&other_key, &key);
        other_algorithm.0[1].algorithm = 3;
        refused(&other_algorithm, &key);
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
