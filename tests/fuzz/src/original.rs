//! One sealed file, always the same, taken apart.
//!
//! It is written here from the [age specification], with a file key that is known, and not by age:
//! the fuzzer can then have the right MAC under any header and the right seal over any content. That
//! is what a sender could do who knows whom to seal to. What is sealed is a signed bundle, long enough for
//! two chunks, so that one file goes through both ways of opening.
//!
//! [age specification]: https://age-encryption.org/v1

use std::{
    io::{Cursor, Read as _},
    sync::LazyLock,
};

use chacha20poly1305::{
    ChaCha20Poly1305, KeyInit as _,
    aead::{Aead as _, array::Array},
};
use data_encoding::BASE64_NOPAD;
use hkdf::{
    Hkdf,
    hmac::{Hmac, Mac as _},
};
use holdfast_seal::{Bundle, BundleHash, Identity, open_evidence, padme, seal_bundle};
use holdfast_sign::SigningKey;
use hpke::{Deserializable as _, OpModeS, Serializable as _, kem::XWing};
use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng as _};
use sha2::Sha256;

pub(crate) const VERSION_LINE: &str = "age-encryption.org/v1\n";
pub(crate) const TAG: &str = "mlkem768x25519";

/// The pair that the age specification gives as its example.
const IDENTITY: &str =
    "AGE-SECRET-KEY-PQ-1XX76JRALNLXDMEW0CRK45QMCCH4X06SE84UN3VPM33W6HWDX0H3SK3ZQFR";
const FILE_KEY: [u8; 16] = *b"YELLOW SUBMARINE";
const INFO: &[u8] = b"age-encryption.org/mlkem768x25519";
const NONCE: [u8; 16] = [1; 16];
const OTHER_NONCE: [u8; 16] = [2; 16];
const CHUNK: usize = 64 * 1024;

/// The shortest text inside a bundle's seal (`docs/formats/bundle.md`).
const LEAST_PADDED: u64 = 2_048;

pub(crate) struct Original {
    pub(crate) identity: Identity,
    /// The encapsulated key, in base64.
    pub(crate) key: String,
    /// The wrapped file key, in base64.
    pub(crate) body: String,
    /// The nonce and the sealed chunks.
    pub(crate) nonce: [u8; 16],
    pub(crate) chunks: Vec<Vec<u8>>,
    /// What is sealed.
    pub(crate) plain: Vec<u8>,
    /// All that was ever signed: the bundle in `plain`, and a small one.
    pub(crate) bundles: [(Bundle, BundleHash); 2],
    /// The small one inside its seal, without its padding.
    inner: Vec<u8>,
}

pub(crate) static ORIGINAL: LazyLock<Original> = LazyLock::new(Original::make);

impl Original {
    fn make() -> Self {
        let identity = Identity::from_secret_str(IDENTITY).expect("a key");
        let (key, body) = stanza(&identity);
        let signer = SigningKey::from_seed(&[3; 32]);
        let signed = |content: Vec<u8>| {
            let bundle = Bundle {
                sender: signer.verifying_key(),
                audience: [4; 32],
                sequence: 7,
                previous: BundleHash([5; 32]),
                content: content.into(),
            };
            let (plain, hash) = plain_of(&bundle, &signer, &identity);
            (plain, (bundle, hash))
        };
        let (plain, bundle) = signed(vec![6; CHUNK]);
        let (small, small_bundle) = signed(b"entries".to_vec());
        Self {
            key,
            body,
            nonce: NONCE,
            chunks: sealed_chunks(&NONCE, &plain),
            plain,
            bundles: [bundle, small_bundle],
            inner: unframed(&small),
            identity,
        }
    }
}

/// What stands inside the seal of a small bundle: CBOR, without its padding.
pub fn signed_inner() -> &'static [u8] {
    &ORIGINAL.inner
}

/// What is sealed when `bundle` is, which is the same each time; the seal is not.
fn plain_of(bundle: &Bundle, signer: &SigningKey, identity: &Identity) -> (Vec<u8>, BundleHash) {
    let (sealed, hash) =
        seal_bundle(bundle, signer, &[identity.recipient()]).expect("it is not too large");
    let size = sealed.len() as u64;
    let mut plain = Vec::new();
    open_evidence(Cursor::new(sealed), size, identity)
        .expect("it was just sealed")
        .read_to_end(&mut plain)
        .expect("memory can be read");
    (plain, hash)
}

/// The file key, sealed to `identity`. The randomness is fixed, so that an input means the same always.
fn stanza(identity: &Identity) -> (String, String) {
    type PublicKey = <XWing as hpke::Kem>::PublicKey;
    let recipient = identity.recipient().to_bytes();
    let (encapped, body) = hpke::single_shot_seal_with_rng::<
        hpke::aead::ChaCha20Poly1305,
        hpke::kdf::HkdfSha256,
        XWing,
    >(
        &OpModeS::Base,
        &PublicKey::from_bytes(&recipient).expect("a key"),
        INFO,
        &FILE_KEY,
        b"",
        &mut ChaCha20Rng::from_seed([8; 32]),
    )
    .expect("a file key can be sealed");
    let key = BASE64_NOPAD.encode(&encapped.to_bytes());
    (key, BASE64_NOPAD.encode(&body))
}

/// The MAC of a header that ends in `---`.
pub(crate) fn mac(header: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(&derive(b"", b"header")).expect("any length");
    mac.update(header);
    BASE64_NOPAD.encode(&mac.finalize().into_bytes())
}

/// A payload with `plain` in it. Its nonce is not the original's, so no chunk of it fits there.
pub(crate) fn payload(plain: &[u8]) -> Vec<u8> {
    let mut payload = OTHER_NONCE.to_vec();
    payload.extend(sealed_chunks(&OTHER_NONCE, plain).concat());
    payload
}

/// `inner` as it stands inside a bundle's seal: its length before it, zeros behind.
pub(crate) fn framed(inner: &[u8]) -> Vec<u8> {
    let mut plain = (inner.len() as u32).to_be_bytes().to_vec();
    plain.extend_from_slice(inner);
    plain.resize(padme((plain.len() as u64).max(LEAST_PADDED)) as usize, 0);
    plain
}

fn unframed(plain: &[u8]) -> Vec<u8> {
    let (length, rest) = plain.split_first_chunk().expect("it is padded");
    rest[..u32::from_be_bytes(*length) as usize].to_vec()
}

fn sealed_chunks(nonce: &[u8; 16], plain: &[u8]) -> Vec<Vec<u8>> {
    let cipher = ChaCha20Poly1305::new(&Array(derive(nonce, b"payload")));
    let last = plain.len().saturating_sub(1) / CHUNK;
    (0..=last)
        .map(|at| {
            let chunk = &plain[at * CHUNK..plain.len().min((at + 1) * CHUNK)];
            // An 11-byte counter, and whether it is the last.
            let mut nonce = [0; 12];
            nonce[3..11].copy_from_slice(&(at as u64).to_be_bytes());
            nonce[11] = u8::from(at == last);
            cipher.encrypt(&Array(nonce), chunk).expect("it is short")
        })
        .collect()
}

fn derive(salt: &[u8], info: &[u8]) -> [u8; 32] {
    let mut key = [0; 32];
    Hkdf::<Sha256>::new(Some(salt), &FILE_KEY)
        .expand(info, &mut key)
        .expect("one block");
    key
}
