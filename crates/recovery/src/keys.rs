//! What follows from the words: each key by a label of its own, so that none tells another.

use hkdf::Hkdf;
use holdfast_seal::Identity;
use holdfast_sign::SigningKey;
use holdfast_wire::{ReadCapability, SendCapability};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::Words;

mod label {
    pub(super) const IDENTITY: &str = "holdfast recovery identity v1";
    pub(super) const SIGNING: &str = "holdfast recovery signing v1";
    pub(super) const READ: &str = "holdfast recovery mailbox read v1";
    pub(super) const SEND: &str = "holdfast recovery mailbox send v1";
}

/// What the words stand for. A vault keeps the public halves of the first two, and the mailbox.
#[derive(Debug)]
pub struct Keys {
    /// What opens everything that left the vault.
    pub identity: Identity,
    /// What signs that one device takes the place of another.
    pub signing: SigningKey,
    /// What lets us read the vault's own mailbox.
    pub read: ReadCapability,
    /// What lets others leave something there.
    pub send: SendCapability,
}

impl Words {
    /// The keys that follow from the words.
    pub fn derive_keys(&self) -> Keys {
        let hkdf = Hkdf::<Sha256>::new(None, self.entropy());
        let derive = |label: &str| {
            let mut key = Zeroizing::new([0; 32]);
            hkdf.expand(label.as_bytes(), &mut *key)
                .expect("32 bytes are within what SHA-256 expands to");
            key
        };
        Keys {
            identity: Identity::from_seed(&derive(label::IDENTITY)),
            signing: SigningKey::from_seed(&derive(label::SIGNING)),
            read: ReadCapability::from_bytes(*derive(label::READ)),
            send: SendCapability::from_bytes(*derive(label::SEND)),
        }
    }
}

#[cfg(test)]
mod tests {
    use data_encoding::HEXLOWER;
    use holdfast_wire::{MailboxId, SendHash};
    use sha2::Digest as _;

    use super::*;

    const DOCUMENT: &str = include_str!("../../../docs/formats/recovery.md");

    #[test]
    fn the_document_tells_of_these_keys() {
        let (_, example) = DOCUMENT.split_once("## Example").unwrap();
        let words = example.split("```text").nth(1).unwrap();
        let words = words.split("```").next().unwrap();
        let keys = Words::read(words).unwrap().derive_keys();
        let told = [
            HEXLOWER.encode(&Sha256::digest(keys.identity.recipient().to_bytes())),
            keys.signing.verifying_key().to_string(),
            MailboxId::of(&keys.read).to_string(),
            HEXLOWER.encode(&SendHash::of(&keys.send).0),
        ];
        let missing: Vec<_> = told.iter().filter(|it| !DOCUMENT.contains(*it)).collect();
        assert!(missing.is_empty(), "{missing:#?}");
    }
}
