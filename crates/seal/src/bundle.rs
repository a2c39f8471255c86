//! Bundles: entries on their way, sealed to several recipients, padded and signed inside (I-8).
//!
//! Every bundle is the next of a *stream*, from one sender to one audience: it carries its number
//! and the hash of the one before, under the sender's signature. So a receiver sees an omission
//! (a number is missing), a reordering or a replay (a number comes again) and a fork (the same
//! number with another hash), whatever road the bundles took.
//!
//! Inside the seal: a 4-byte big-endian length, that many bytes of CBOR
//! `[1, body, signatures]`, and zeros up to the Padmé size. The format is in
//! `docs/formats/bundle.md`.

use core::fmt;
use std::io::{self, Read as _, Write as _};

use holdfast_cbor as cbor;
use holdfast_sign::{Domain, Form, FormError, SigningKey, VerifyingKey};
use minicbor::{Decode, Encode};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use crate::{
    Identity, Recipient,
    header::{self, HeaderError},
    padme,
};

/// A sealed bundle is at most this long.
pub const BUNDLE_LIMIT: usize = 16 * 1024 * 1024;

/// The shortest text inside a seal: below this all bundles are of one size.
const LEAST_PADDED: u64 = 2_048;

/// A bundle has at most so many recipients: those of a card and one's own recovery.
const MOST_RECIPIENTS: usize = 41;

/// Room for all of them with 1.6 KiB each, and what age adds.
const HEADER_LIMIT: usize = 64 * 1024;

/// Leaves room for the header, the padding and the seal.
const CONTENT_LIMIT: usize = BUNDLE_LIMIT - 1024 * 1024;

/// What stands around the content inside a seal is at most this long.
const AROUND: usize = 8 * 1024;

const FORM: Form = Form {
    domain: Domain("holdfast bundle v1"),
    version: 1,
};

/// Names one bundle: SHA-256 over its signed body.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct BundleHash(pub [u8; 32]);

/// What a bundle says, under its sender's signature.
#[derive(Clone, PartialEq, Eq)]
pub struct Bundle {
    /// Who signed it.
    pub sender: VerifyingKey,
    /// For whom: an identifier both sides know, so that nothing can be sent on as if meant for another.
    pub audience: [u8; 32],
    /// Its number in the stream, from 1.
    pub sequence: u64,
    /// The bundle before it; zeros for the first.
    pub previous: BundleHash,
    /// The content; its format is the caller's.
    pub content: Zeroizing<Vec<u8>>,
}

impl fmt::Debug for Bundle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bundle")
            .field("sequence", &self.sequence)
            .field("content", &format_args!("{} bytes", self.content.len()))
            .finish_non_exhaustive()
    }
}

#[derive(Encode, Decode)]
#[cbor(map)]
struct Body<'a> {
    #[n(0)]
    sender: VerifyingKey,
    #[cbor(n(1), with = "minicbor::bytes")]
    audience: [u8; 32],
    #[n(2)]
    sequence: u64,
    #[cbor(n(3), with = "minicbor::bytes")]
    previous: [u8; 32],
    #[cbor(b(4), with = "minicbor::bytes")]
    content: &'a [u8],
}

/// A bundle could not be sealed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SealBundleError {
    /// Nobody to seal to, or more than a bundle may have.
    #[error("the recipients cannot be sealed to")]
    Recipients,
    /// The content is longer than a bundle may be.
    #[error("the bundle is too large")]
    TooLarge,
}

/// A bundle could not be opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OpenBundleError {
    /// Sealed to others, or not a bundle at all.
    #[error("not sealed to this identity")]
    NotForUs,
    /// Altered, cut short, or not padded as it must be.
    #[error("the bundle is damaged")]
    Damaged,
    /// The sender's signature does not verify.
    #[error("the bundle's signature does not verify")]
    BadSignature,
    /// Made by a newer version.
    #[error("the bundle was made by a newer version")]
    NewerVersion,
}

impl From<cbor::DecodeError> for OpenBundleError {
    fn from(_: cbor::DecodeError) -> Self {
        Self::Damaged
    }
}

/// Signs, pads and seals a bundle. Gives the sealed bytes and the hash the next one must name.
///
/// The sender is the signer: whatever `bundle.sender` says is replaced.
pub fn seal_bundle(
    bundle: &Bundle,
    signer: &SigningKey,
    recipients: &[Recipient],
) -> Result<(Vec<u8>, BundleHash), SealBundleError> {
    if recipients.is_empty() || recipients.len() > MOST_RECIPIENTS {
        return Err(SealBundleError::Recipients);
    }
    if bundle.content.len() > CONTENT_LIMIT {
        return Err(SealBundleError::TooLarge);
    }
    let room = bundle.content.len() + AROUND;
    let body = cbor::to_wiped(
        room,
        &Body {
            sender: signer.verifying_key(),
            audience: bundle.audience,
            sequence: bundle.sequence,
            previous: bundle.previous.0,
            content: &bundle.content,
        },
    );
    let hash = hash(&body);
    let sealed = seal_padded(&FORM.sign(signer, &body), LEAST_PADDED, recipients)?;
    Ok((sealed, hash))
}

/// Pads to at least so many bytes, and seals.
pub(crate) fn seal_padded(
    inner: &[u8],
    least: u64,
    recipients: &[Recipient],
) -> Result<Vec<u8>, SealBundleError> {
    let length = u32::try_from(inner.len()).map_err(|_| SealBundleError::TooLarge)?;
    let padded = padme((4 + u64::from(length)).max(least));
    let padded = usize::try_from(padded).map_err(|_| SealBundleError::TooLarge)?;
    let mut padded = Zeroizing::new(vec![0; padded]);
    padded[..4].copy_from_slice(&length.to_be_bytes());
    padded[4..4 + inner.len()].copy_from_slice(inner);

    let recipients = recipients
        .iter()
        .map(|recipient| recipient as &dyn age::Recipient);
    let encryptor =
        age::Encryptor::with_recipients(recipients).map_err(|_| SealBundleError::Recipients)?;
    let seal = || {
        let mut stream = encryptor.wrap_output(Vec::new())?;
        stream.write_all(&padded)?;
        stream.finish()
    };
    seal().map_err(|_: io::Error| SealBundleError::TooLarge)
}

/// About how long a bundle with so much content is once it is sealed; age adds up to 190 bytes more.
pub fn sealed_size(content: u64, recipients: usize) -> u64 {
    /// A version, a MAC, a nonce and the tag of a chunk.
    const WITHOUT_STANZAS: u64 = 22 + 48 + 16 + 16;
    const STANZA: u64 = 1_557;
    /// Keys, number, hash and signature.
    const BESIDE_CONTENT: u64 = 240;
    let plain = padme((content + BESIDE_CONTENT).max(LEAST_PADDED));
    WITHOUT_STANZAS + STANZA * recipients as u64 + plain
}

/// Opens a bundle sealed to one of `identities` and checks its padding and its signature.
///
/// Whether its number and its predecessor are the expected ones is for the caller, who keeps the
/// stream's state.
pub fn open_bundle(
    sealed: &[u8],
    identities: &[&Identity],
) -> Result<(Bundle, BundleHash), OpenBundleError> {
    if sealed.len() > BUNDLE_LIMIT {
        return Err(OpenBundleError::NotForUs);
    }
    let padded = unseal(sealed, identities)?;
    let inner = unpad(&padded, LEAST_PADDED).ok_or(OpenBundleError::Damaged)?;

    let signed = FORM
        .read(inner, BUNDLE_LIMIT)
        .map_err(|error| match error {
            FormError::NewerVersion => OpenBundleError::NewerVersion,
            _ => OpenBundleError::Damaged,
        })?;
    let body: Body<'_> = cbor::decode(signed.body(), BUNDLE_LIMIT)?;
    signed
        .verify(&body.sender)
        .map_err(|_| OpenBundleError::BadSignature)?;
    let hash = hash(signed.body());
    let bundle = Bundle {
        sender: body.sender,
        audience: body.audience,
        sequence: body.sequence,
        previous: BundleHash(body.previous),
        content: Zeroizing::new(body.content.to_vec()),
    };
    Ok((bundle, hash))
}

pub(crate) fn unseal(
    sealed: &[u8],
    identities: &[&Identity],
) -> Result<Zeroizing<Vec<u8>>, OpenBundleError> {
    check_header(sealed).map_err(|error| match error {
        // One of another version may be evidence as well as a bundle: it is left where it lies.
        HeaderError::NotAge | HeaderError::OtherVersion => OpenBundleError::NotForUs,
        HeaderError::Malformed => OpenBundleError::Damaged,
    })?;
    let mut stream = age::Decryptor::new_buffered(sealed)
        .and_then(|decryptor| {
            decryptor.decrypt(
                identities
                    .iter()
                    .map(|&identity| identity as &dyn age::Identity),
            )
        })
        .map_err(|error| match error {
            age::DecryptError::NoMatchingKeys => OpenBundleError::NotForUs,
            _ => OpenBundleError::Damaged,
        })?;
    // It is shorter than the sealed bytes, so nothing is left behind by growing.
    let mut padded = Zeroizing::new(Vec::with_capacity(sealed.len()));
    stream
        .read_to_end(&mut padded)
        .map_err(|_| OpenBundleError::Damaged)?;
    Ok(padded)
}

/// Checks that the header is one, and not longer than it may be.
fn check_header(sealed: &[u8]) -> Result<(), HeaderError> {
    let front = &sealed[..sealed.len().min(HEADER_LIMIT)];
    header::check(front, sealed.len() as u64)
}

/// What was padded to at least so many bytes.
pub(crate) fn unpad(padded: &[u8], least: u64) -> Option<&[u8]> {
    let (length, rest) = padded.split_first_chunk::<4>()?;
    let (inner, zeros) = rest.split_at_checked(u32::from_be_bytes(*length) as usize)?;
    let whole = padme((4 + inner.len() as u64).max(least)) == padded.len() as u64;
    (whole && zeros.iter().all(|&byte| byte == 0)).then_some(inner)
}

fn hash(body: &[u8]) -> BundleHash {
    let mut sha256 = Sha256::new();
    sha256.update(FORM.domain.0);
    sha256.update([0]);
    sha256.update(body);
    BundleHash(sha256.finalize().into())
}

#[cfg(test)]
mod tests {
    use getrandom::SysRng;
    use proptest::prelude::*;
    use rand_core::UnwrapErr;

    use super::*;

    fn bundle(signer: &SigningKey, content: Vec<u8>) -> Bundle {
        Bundle {
            sender: signer.verifying_key(),
            audience: [3; 32],
            sequence: 7,
            previous: BundleHash([9; 32]),
            content: content.into(),
        }
    }

    fn signer() -> SigningKey {
        SigningKey::make(&mut UnwrapErr(SysRng))
    }

    /// Seals `inner` as it is, so that a test can put anything inside a seal.
    fn seal_raw(plain: &[u8], identity: &Identity) -> Vec<u8> {
        let recipient = identity.recipient();
        let encryptor =
            age::Encryptor::with_recipients(core::iter::once(&recipient as &dyn age::Recipient))
                .unwrap();
        let mut stream = encryptor.wrap_output(Vec::new()).unwrap();
        stream.write_all(plain).unwrap();
        stream.finish().unwrap()
    }

    fn framed(inner: &[u8]) -> Vec<u8> {
        let mut plain = (inner.len() as u32).to_be_bytes().to_vec();
        plain.extend_from_slice(inner);
        plain.resize(padme((plain.len() as u64).max(LEAST_PADDED)) as usize, 0);
        plain
    }

    #[test]
    fn each_recipient_opens_it_and_nobody_else() {
        let signer = signer();
        let (desk, recovery, other) = (Identity::make(), Identity::make(), Identity::make());
        let sent = bundle(&signer, b"entries".to_vec());
        let (sealed, hash) =
            seal_bundle(&sent, &signer, &[desk.recipient(), recovery.recipient()]).unwrap();
        assert_eq!(open_bundle(&sealed, &[&desk]), Ok((sent.clone(), hash)));
        assert_eq!(open_bundle(&sealed, &[&other, &recovery]), Ok((sent, hash)));
        assert_eq!(
            open_bundle(&sealed, &[&other]),
            Err(OpenBundleError::NotForUs)
        );
    }

    #[test]
    fn short_bundles_are_all_of_one_size() {
        let (signer, desk) = (signer(), Identity::make());
        // Measured inside the seal: age adds a stanza of random length, which opens to nobody.
        let size = |content| {
            let sealed = seal_bundle(&bundle(&signer, content), &signer, &[desk.recipient()]);
            unseal(&sealed.unwrap().0, &[&desk]).unwrap().len()
        };
        assert_eq!(size(vec![]), size(vec![1; 1_500]));
    }

    #[test]
    fn how_long_it_will_be_is_known_before() {
        let (signer, desk) = (signer(), Identity::make());
        for (content, recipients) in [(0, 1), (1_000, 2), (3_000, 2), (5_000, 7), (40_000, 2)] {
            let to = vec![desk.recipient(); recipients];
            let bundle = bundle(&signer, vec![1; content]);
            let size = seal_bundle(&bundle, &signer, &to).unwrap().0.len() as u64;
            let told = sealed_size(content as u64, recipients);
            // One step of the padding, and what age adds.
            let range = told - told / 16..=told + 190;
            assert!(range.contains(&size), "{content}: {size}, not {told}");
        }
    }

    #[test]
    fn a_bundle_to_nobody_or_too_large_is_refused() {
        let signer = signer();
        let refused = seal_bundle(&bundle(&signer, vec![]), &signer, &[]);
        assert!(matches!(refused, Err(SealBundleError::Recipients)));
        let large = bundle(&signer, vec![0; CONTENT_LIMIT + 1]);
        let refused = seal_bundle(&large, &signer, &[Identity::make().recipient()]);
        assert!(matches!(refused, Err(SealBundleError::TooLarge)));
    }

    #[test]
    fn a_header_of_many_stanzas_is_not_tried() {
        let desk = Identity::make();
        for (stanzas, error) in [
            (60, OpenBundleError::NotForUs),
            (100, OpenBundleError::Damaged),
            (10_000, OpenBundleError::Damaged),
        ] {
            let mut sealed = header::VERSION_LINE.to_vec();
            sealed.extend_from_slice(&b"-> other stanza\n\n".repeat(stanzas));
            sealed.extend_from_slice(format!("--- {}\n", "A".repeat(43)).as_bytes());
            sealed.extend_from_slice(&[7; 3_000]);
            assert_eq!(open_bundle(&sealed, &[&desk]), Err(error), "{stanzas}");
        }
    }

    #[test]
    fn as_many_recipients_as_fit_and_no_more() {
        let (signer, desk) = (signer(), Identity::make());
        let seal = |recipients| {
            let recipients = vec![desk.recipient(); recipients];
            seal_bundle(&bundle(&signer, vec![]), &signer, &recipients)
        };
        assert!(open_bundle(&seal(41).unwrap().0, &[&desk]).is_ok());
        assert!(matches!(seal(42), Err(SealBundleError::Recipients)));
    }

    #[test]
    fn nobody_prints_the_content_and_memory_is_wiped() {
        let (signer, desk) = (signer(), Identity::make());
        let sent = bundle(&signer, vec![137; 50]);
        assert!(!format!("{sent:?}").contains("137"), "{sent:?}");
        let (sealed, _) = seal_bundle(&sent, &signer, &[desk.recipient()]).unwrap();
        let _: Zeroizing<Vec<u8>> = unseal(&sealed, &[&desk]).unwrap();
    }

    #[test]
    fn cut_or_altered_it_does_not_open() {
        let (signer, desk) = (signer(), Identity::make());
        let (sealed, _) = seal_bundle(
            &bundle(&signer, vec![5; 3_000]),
            &signer,
            &[desk.recipient()],
        )
        .unwrap();
        for at in (0..sealed.len()).step_by(13) {
            assert!(open_bundle(&sealed[..at], &[&desk]).is_err(), "cut at {at}");
            let mut altered = sealed.clone();
            altered[at] ^= 4;
            assert!(open_bundle(&altered, &[&desk]).is_err(), "flipped {at}");
        }
    }

    #[test]
    fn a_newer_version_says_so() {
        let desk = Identity::make();
        let newer = framed(&[0x82, 0x02, 0xf6]);
        assert_eq!(
            open_bundle(&seal_raw(&newer, &desk), &[&desk]),
            Err(OpenBundleError::NewerVersion)
        );
    }

    #[test]
    fn a_signature_by_another_key_is_refused() {
        let (signer, forger, desk) = (signer(), signer(), Identity::make());
        let body = cbor::to_vec(&Body {
            sender: signer.verifying_key(),
            audience: [3; 32],
            sequence: 1,
            previous: [0; 32],
            content: b"forged",
        });
        let inner = FORM.sign(&forger, &body);
        let sealed = seal_raw(&framed(&inner), &desk);
        assert_eq!(
            open_bundle(&sealed, &[&desk]),
            Err(OpenBundleError::BadSignature)
        );
    }

    #[test]
    fn a_second_signature_of_an_unknown_algorithm_is_ignored() {
        let (signer, desk) = (signer(), Identity::make());
        let sent = bundle(&signer, b"entries".to_vec());
        let body = cbor::to_vec(&Body {
            sender: sent.sender,
            audience: sent.audience,
            sequence: sent.sequence,
            previous: sent.previous.0,
            content: &sent.content,
        });
        // As long as those of ML-DSA-44.
        let signatures = signer.sign_beside(FORM.domain, &body, 2, vec![7; 1_312], vec![9; 2_420]);
        let inner = FORM.join(&body, signatures);
        let opened = open_bundle(&seal_raw(&framed(&inner), &desk), &[&desk]);
        assert_eq!(opened, Ok((sent, hash(&body))));
    }

    #[test]
    fn nothing_unsigned_can_be_added() {
        let (signer, desk) = (signer(), Identity::make());
        let (sealed, _) =
            seal_bundle(&bundle(&signer, vec![]), &signer, &[desk.recipient()]).unwrap();
        let plain = unseal(&sealed, &[&desk]).unwrap();
        let mut inner = unpad(&plain, LEAST_PADDED).unwrap().to_vec();
        inner[0] = 0x84;
        inner.push(0xf6);
        assert_eq!(
            open_bundle(&seal_raw(&framed(&inner), &desk), &[&desk]),
            Err(OpenBundleError::Damaged)
        );
    }

    #[test]
    fn padding_that_hides_something_is_refused() {
        let (signer, desk) = (signer(), Identity::make());
        let (sealed, _) =
            seal_bundle(&bundle(&signer, vec![]), &signer, &[desk.recipient()]).unwrap();
        let mut plain = unseal(&sealed, &[&desk]).unwrap();
        *plain.last_mut().unwrap() = 1;
        assert_eq!(
            open_bundle(&seal_raw(&plain, &desk), &[&desk]),
            Err(OpenBundleError::Damaged)
        );
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        #[test]
        fn any_content_comes_back(content in prop::collection::vec(any::<u8>(), 0..9_000)) {
            let (signer, desk) = (signer(), Identity::make());
            let sent = bundle(&signer, content);
            let (sealed, hash) = seal_bundle(&sent, &signer, &[desk.recipient()]).unwrap();
            prop_assert_eq!(open_bundle(&sealed, &[&desk]), Ok((sent, hash)));
        }

        #[test]
        fn no_plaintext_makes_it_panic(plain in prop::collection::vec(any::<u8>(), 0..3_000)) {
            let desk = Identity::make();
            prop_assert!(open_bundle(&seal_raw(&framed(&plain), &desk), &[&desk]).is_err());
            prop_assert!(open_bundle(&seal_raw(&plain, &desk), &[&desk]).is_err());
        }
    }
}
