//! What passes between the page and the program, sealed by each for the other.
//!
//! It goes through the web view's library, which copies it and erases nothing that it frees: text,
//! file names and the passphrase would lie in the memory of this process long after a lock, where
//! a new page does not help (see [`crate::renew`]). So the library is given ciphertext (I-16). In clear
//! are evidence that is looked at, which the library itself is to play, and what a dialog asks about.
//!
//! It is sealed against whoever reads the memory later, not against the page, which is our own:
//!
//! - The page draws an X25519 key and sends its public half, 32 bytes; the program answers with that
//!   of a key drawn for this page alone ([`Passages::agree`]).
//! - HKDF-SHA-256 of what both then know, with [`INFO`] and both public keys, gives 64 bytes: the key
//!   of the page, then that of the program.
//! - A message of the page is its public key, a nonce of 12 random bytes, and AES-256-GCM of the text;
//!   an answer is a nonce and AES-256-GCM. The page's cryptography has no ChaCha20.
//!
//! What a page agreed goes when another one is loaded. `ui/src/tauri/passage.ts` is the other side.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use aes_gcm::{
    Aes256Gcm, KeyInit as _, Nonce,
    aead::{Aead as _, Generate as _},
};
use hkdf::Hkdf;
use holdfast_app::view::Fault;
use sha2::Sha256;
use x25519_dalek::{EphemeralSecret, PublicKey, SharedSecret};
use zeroize::Zeroizing;

const INFO: &[u8] = b"holdfast/window/1";
const KEY: usize = 32;
const NONCE: usize = 12;

/// What the page that is loaded has agreed, by its public keys.
#[derive(Default)]
pub(crate) struct Passages(Mutex<HashMap<[u8; KEY], Arc<Passage>>>);

impl Passages {
    /// Agrees keys with a page. Returns the program's public key.
    ///
    /// # Errors
    /// [`Fault::BadRequest`] if this is no public key.
    pub(crate) fn agree(&self, page: &[u8]) -> Result<[u8; KEY], Fault> {
        let page: [u8; KEY] = page.try_into().map_err(|_| Fault::BadRequest)?;
        let (passage, own) = Passage::with(page)?;
        self.all().insert(page, Arc::new(passage));
        Ok(own)
    }

    /// Opens a message. Returns what it says, and the passage that the answer goes by.
    ///
    /// # Errors
    /// [`Fault::BadRequest`] if nobody agreed these keys, or it is not what was sealed.
    pub(crate) fn open(&self, message: &[u8]) -> Result<(Zeroizing<Vec<u8>>, Arc<Passage>), Fault> {
        let (page, sealed) = message
            .split_first_chunk::<KEY>()
            .ok_or(Fault::BadRequest)?;
        let passage = self.all().get(page).cloned().ok_or(Fault::BadRequest)?;
        Ok((passage.open(sealed)?, passage))
    }

    /// Another page is loaded.
    pub(crate) fn forget(&self) {
        self.all().clear();
    }

    fn all(&self) -> MutexGuard<'_, HashMap<[u8; KEY], Arc<Passage>>> {
        // Whoever panicked had not begun to change it.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The keys of one page.
pub(crate) struct Passage {
    inward: Aes256Gcm,
    outward: Aes256Gcm,
}

impl Passage {
    fn with(page: [u8; KEY]) -> Result<(Self, [u8; KEY]), Fault> {
        let secret = EphemeralSecret::random();
        let own = PublicKey::from(&secret).to_bytes();
        let shared = secret.diffie_hellman(&PublicKey::from(page));
        let (inward, outward) = ciphers(&shared, &page, &own)?;
        Ok((Self { inward, outward }, own))
    }

    fn open(&self, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, Fault> {
        let (nonce, sealed) = sealed
            .split_first_chunk::<NONCE>()
            .ok_or(Fault::BadRequest)?;
        let said = self.inward.decrypt(&Nonce::from(*nonce), sealed);
        said.map(Zeroizing::new).map_err(|_| Fault::BadRequest)
    }

    /// Seals an answer.
    ///
    /// # Errors
    /// [`Fault::Internal`] if the system gives no random bytes.
    pub(crate) fn seal(&self, answer: &[u8]) -> Result<Vec<u8>, Fault> {
        let nonce = Nonce::try_generate().map_err(|_| Fault::Internal)?;
        let sealed = self.outward.encrypt(&nonce, answer);
        let sealed = sealed.map_err(|_| Fault::Internal)?;
        Ok([nonce.as_slice(), &sealed].concat())
    }
}

/// What the page seals with, and what the program does.
fn ciphers(
    shared: &SharedSecret,
    page: &[u8; KEY],
    program: &[u8; KEY],
) -> Result<(Aes256Gcm, Aes256Gcm), Fault> {
    let mut keys = Zeroizing::new([0; 2 * KEY]);
    Hkdf::<Sha256>::new(None, shared.as_bytes())
        .expand_multi_info(&[INFO, page, program], &mut *keys)
        .map_err(|_| Fault::Internal)?;
    let (inward, outward) = keys.split_at(KEY);
    let cipher = |key| Aes256Gcm::new_from_slice(key).map_err(|_| Fault::Internal);
    Ok((cipher(inward)?, cipher(outward)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The page's side: what it agrees with the program, and its public key.
    fn page(passages: &Passages) -> (Passage, Vec<u8>) {
        let secret = EphemeralSecret::random();
        let own = PublicKey::from(&secret).to_bytes();
        let program = passages.agree(&own).unwrap();
        let shared = secret.diffie_hellman(&PublicKey::from(program));
        let (outward, inward) = ciphers(&shared, &own, &program).unwrap();
        (Passage { inward, outward }, own.to_vec())
    }

    fn said(page: &(Passage, Vec<u8>), text: &[u8]) -> Vec<u8> {
        [&page.1[..], &page.0.seal(text).unwrap()].concat()
    }

    #[test]
    fn each_reads_what_the_other_says_and_nobody_else_can() {
        let passages = Passages::default();
        let (one, other) = (page(&passages), page(&passages));
        let message = said(&one, b"a name");
        assert!(!message.windows(6).any(|bytes| bytes == b"a name"));
        let (heard, passage) = passages.open(&message).unwrap();
        assert_eq!(&*heard, b"a name");

        let answer = passage.seal(b"an answer").unwrap();
        assert_eq!(&*one.0.open(&answer).unwrap(), b"an answer");
        assert_eq!(other.0.open(&answer).unwrap_err(), Fault::BadRequest);
        // Nor does it pass for something the page said.
        let echo = [&one.1[..], &answer].concat();
        assert!(passages.open(&echo).is_err());
    }

    #[test]
    fn what_was_changed_or_cut_or_agreed_with_nobody_is_refused() {
        let passages = Passages::default();
        let page = page(&passages);
        let message = said(&page, b"");
        assert!(passages.open(&message).is_ok());
        for at in 0..message.len() {
            let mut changed = message.clone();
            changed[at] ^= 1;
            assert!(passages.open(&changed).is_err(), "byte {at} changed");
            assert!(passages.open(&message[..at]).is_err(), "cut at {at}");
        }
        for length in [0, 31, 33] {
            assert!(passages.agree(&vec![9; length]).is_err(), "{length} bytes");
        }
    }

    #[test]
    fn another_page_ends_what_the_last_one_agreed() {
        let passages = Passages::default();
        let page = page(&passages);
        let message = said(&page, b"too late");
        passages.forget();
        assert!(passages.open(&message).is_err());
    }
}
