//! The `mlkem768x25519` stanza: a file key, sealed to a [`Recipient`] with HPKE.
//!
//! Source: the [C2SP age specification][spec]. KEM MLKEM768-X25519 (X-Wing), KDF HKDF-SHA256, AEAD
//! ChaCha20-Poly1305, all by the `hpke` crate; only the stanza's form is ours.
//!
//! [spec]: https://c2sp.org/age#the-mlkem768-x25519-i-e-x-wing-hybrid-post-quantum-recipient-type

use std::{collections::HashSet, io};

use age::{DecryptError, EncryptError};
use age_core::{
    format::{FILE_KEY_BYTES, FileKey, Stanza},
    secrecy::ExposeSecret as _,
};
use data_encoding::BASE64_NOPAD;
use hpke::{Deserializable as _, OpModeR, OpModeS, Serializable as _, kem::XWing};
use rand_core::UnwrapErr;
use zeroize::Zeroizing;

use crate::{Identity, Recipient, key::ends_in_low_order};

const TAG: &str = "mlkem768x25519";
const INFO: &[u8] = b"age-encryption.org/mlkem768x25519";

/// Makes age refuse a recipient of another kind beside a hybrid one.
const LABEL: &str = "postquantum";

/// A file key and the tag of its AEAD.
const BODY_LEN: usize = FILE_KEY_BYTES + 16;

type Aead = hpke::aead::ChaCha20Poly1305;
type Kdf = hpke::kdf::HkdfSha256;
type EncappedKey = <XWing as hpke::Kem>::EncappedKey;

impl age::Recipient for Recipient {
    fn wrap_file_key(
        &self,
        file_key: &FileKey,
    ) -> Result<(Vec<Stanza>, HashSet<String>), EncryptError> {
        let (encapped, body) = hpke::single_shot_seal_with_rng::<Aead, Kdf, XWing>(
            &OpModeS::Base,
            &self.0,
            INFO,
            file_key.expose_secret(),
            b"",
            &mut UnwrapErr(getrandom::SysRng),
        )
        // A key that was read can be encapsulated to; of age's errors only this one has room for ours.
        .map_err(|_| EncryptError::Io(io::Error::other("the key could not be encapsulated")))?;
        let stanza = Stanza {
            tag: TAG.to_owned(),
            args: vec![BASE64_NOPAD.encode(&encapped.to_bytes())],
            body,
        };
        Ok((vec![stanza], HashSet::from([LABEL.to_owned()])))
    }
}

impl age::Identity for Identity {
    /// The form of all is looked at first: one that must be refused is, wherever it stands.
    fn unwrap_stanzas(&self, stanzas: &[Stanza]) -> Option<Result<FileKey, DecryptError>> {
        let mut ours = stanzas.iter().filter(|stanza| stanza.tag == TAG);
        if ours.any(|stanza| encapped_key(stanza).is_none()) {
            return Some(Err(DecryptError::InvalidHeader));
        }
        stanzas.iter().find_map(|stanza| self.unwrap_stanza(stanza))
    }

    fn unwrap_stanza(&self, stanza: &Stanza) -> Option<Result<FileKey, DecryptError>> {
        if stanza.tag != TAG {
            return None;
        }
        let Some(encapped) = encapped_key(stanza) else {
            return Some(Err(DecryptError::InvalidHeader));
        };
        let file_key = hpke::single_shot_open::<Aead, Kdf, XWing>(
            &OpModeR::Base,
            &self.0,
            &encapped,
            INFO,
            &stanza.body,
            b"",
        );
        // One that does not open is somebody else's.
        let file_key = Zeroizing::new(file_key.ok()?);
        Some(Ok(FileKey::init_with_mut(|room| {
            room.copy_from_slice(&file_key);
        })))
    }
}

/// The key in a stanza of ours, if the stanza has the form it must have. The body is looked at
/// before it is opened, so that nobody can make one which many keys open.
fn encapped_key(stanza: &Stanza) -> Option<EncappedKey> {
    let [argument] = stanza.args.as_slice() else {
        return None;
    };
    // Strict: neither padding nor spare bits.
    let bytes = BASE64_NOPAD.decode(argument.as_bytes()).ok()?;
    if stanza.body.len() != BODY_LEN || ends_in_low_order(&bytes) {
        return None;
    }
    EncappedKey::from_bytes(&bytes).ok()
}

#[cfg(test)]
mod tests {
    use age::{Identity as _, Recipient as _};

    use super::*;

    fn file_key() -> FileKey {
        FileKey::new(Box::new([5; FILE_KEY_BYTES]))
    }

    fn wrapped(to: &Identity) -> Stanza {
        let (mut stanzas, labels) = to.recipient().wrap_file_key(&file_key()).unwrap();
        assert_eq!(labels, HashSet::from(["postquantum".to_owned()]));
        assert_eq!(stanzas.len(), 1);
        stanzas.remove(0)
    }

    /// `stanza`, with its encapsulated key changed.
    fn with_key(stanza: &Stanza, change: impl FnOnce(&mut Vec<u8>)) -> Stanza {
        let mut bytes = BASE64_NOPAD.decode(stanza.args[0].as_bytes()).unwrap();
        change(&mut bytes);
        with_argument(stanza, BASE64_NOPAD.encode(&bytes))
    }

    fn with_argument(stanza: &Stanza, argument: String) -> Stanza {
        Stanza {
            tag: stanza.tag.clone(),
            args: vec![argument],
            body: stanza.body.clone(),
        }
    }

    #[test]
    fn it_has_the_specifications_form_and_opens() {
        let key = Identity::make();
        let stanza = wrapped(&key);
        assert_eq!(stanza.tag, "mlkem768x25519");
        assert_eq!(
            BASE64_NOPAD
                .decode(stanza.args[0].as_bytes())
                .unwrap()
                .len(),
            1_120
        );
        assert_eq!((stanza.args.len(), stanza.body.len()), (1, 32));
        let written = format!(
            "-> {TAG} {}\n{}\n",
            stanza.args[0],
            BASE64_NOPAD.encode(&stanza.body)
        );
        assert_eq!(written.len(), 1_557, "docs/formats/bundle.md says so");
        let opened = key.unwrap_stanza(&stanza).unwrap().unwrap();
        assert_eq!(opened.expose_secret(), file_key().expose_secret());
    }

    #[test]
    fn somebody_elses_is_passed_over() {
        let key = Identity::make();
        assert!(key.unwrap_stanza(&wrapped(&Identity::make())).is_none());
        let ordinary = age::x25519::Identity::generate().to_public();
        let (stanzas, _) = ordinary.wrap_file_key(&file_key()).unwrap();
        assert!(key.unwrap_stanza(&stanzas[0]).is_none());
        // Half of the hybrid changed: the key is another, so it is as if for somebody else.
        for at in [0, 1_119] {
            let stanza = with_key(&wrapped(&key), |bytes| bytes[at] ^= 1);
            assert!(key.unwrap_stanza(&stanza).is_none(), "{at}");
        }
    }

    #[test]
    fn another_form_is_an_error() {
        let key = Identity::make();
        let good = wrapped(&key);
        let mut odd = vec![
            with_key(&good, |bytes| bytes.push(0)),
            with_key(&good, |bytes| bytes.truncate(1_119)),
            with_key(&good, |bytes| bytes[1_088..].fill(0)),
            with_argument(&good, format!("{}=", good.args[0])),
            with_argument(&good, String::new()),
        ];
        for length in [0, 16, 31, 33, 48] {
            let mut stanza = with_argument(&good, good.args[0].clone());
            stanza.body = vec![0; length];
            odd.push(stanza);
        }
        for count in [0, 2] {
            let mut stanza = with_argument(&good, String::new());
            stanza.args = vec![good.args[0].clone(); count];
            odd.push(stanza);
        }
        for (case, stanza) in odd.iter().enumerate() {
            let opened = key.unwrap_stanza(stanza);
            let refused = matches!(opened, Some(Err(DecryptError::InvalidHeader)));
            assert!(refused, "case {case}");
        }
        for odd in odd {
            let opened = key.unwrap_stanzas(&[wrapped(&key), odd]);
            assert!(matches!(opened, Some(Err(DecryptError::InvalidHeader))));
        }
    }
}
