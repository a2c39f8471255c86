//! The `keys` file: eight slots, always all full, one of which opens with the right passphrase.
//!
//! Keeps I-10 and I-11: every slot is tried for every passphrase, unused slots are random bytes
//! that cannot be told from used ones, and the Argon2id parameters are checked before they cost
//! anything and authenticated by every slot. Format: `docs/formats/vault.md`.

use chacha20poly1305::{
    KeyInit as _, XChaCha20Poly1305, XNonce,
    aead::{Aead as _, Payload},
};
use rand_core::CryptoRng;
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use crate::{
    Passphrase,
    kdf::{Cost, OutOfMemory, derive_stretched},
    keys::{VaultKey, derive},
};

const MAGIC: [u8; 8] = *b"holdfast";
/// What panic writes over [`MAGIC`].
pub(crate) const WIPED: [u8; 8] = *b"hf-wiped";
const VERSION: u32 = 1;

const SLOTS: usize = 8;
const FIELDS_LEN: usize = 8 + 4 + 4 + 4 + 4 + 32;
const CHECK_LEN: usize = 32;
const HEADER_LEN: usize = FIELDS_LEN + CHECK_LEN;
const NONCE_LEN: usize = 24;
const CONTENT_LEN: usize = 64;
const SLOT_LEN: usize = NONCE_LEN + CONTENT_LEN + 16;
/// Length of the whole file.
pub(crate) const KEYS_LEN: usize = HEADER_LEN + SLOTS * SLOT_LEN + CHECK_LEN;

/// First byte of a slot's content: it opens this vault.
const OPENS_THIS_VAULT: u8 = 1;

/// The file is not one that this version opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ParseError {
    Damaged,
    NewerVersion,
}

/// No slot opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum UnlockError {
    WrongPassphrase,
    /// No slot opened and the slots are not as they were written.
    Damaged,
    NewerVersion,
    OutOfMemory,
}

impl From<OutOfMemory> for UnlockError {
    fn from(_: OutOfMemory) -> Self {
        Self::OutOfMemory
    }
}

/// A `keys` file whose header is sound.
pub(crate) struct Keys {
    bytes: Vec<u8>,
    cost: Cost,
    salt: [u8; 32],
}

impl Keys {
    /// Makes a file in which one slot, at a random place, opens `vault_key`.
    pub(crate) fn make(
        passphrase: &Passphrase,
        cost: Cost,
        vault_key: &VaultKey,
        rng: &mut impl CryptoRng,
    ) -> Result<Self, OutOfMemory> {
        let mut salt = [0; 32];
        rng.fill_bytes(&mut salt);
        let mut bytes = Vec::with_capacity(KEYS_LEN);
        bytes.extend(MAGIC);
        for number in [VERSION, cost.memory_kib, cost.passes, cost.lanes] {
            bytes.extend(number.to_le_bytes());
        }
        bytes.extend(salt);
        bytes.extend(Sha256::digest(&bytes));

        let mut slots = [0; SLOTS * SLOT_LEN];
        rng.fill_bytes(&mut slots);
        bytes.extend(slots);
        let mut keys = Self { bytes, cost, salt };

        let stretched = derive_stretched(passphrase, &keys.salt, cost)?;
        let used = rng.next_u32() as usize % SLOTS;
        keys.fill_slot(used, &stretched, vault_key, rng);
        let check = Sha256::digest(&keys.bytes);
        keys.bytes.extend(check);
        Ok(keys)
    }

    fn fill_slot(
        &mut self,
        index: usize,
        stretched: &[u8; 32],
        vault_key: &VaultKey,
        rng: &mut impl CryptoRng,
    ) {
        let mut content = Zeroizing::new([0; CONTENT_LEN]);
        content[0] = OPENS_THIS_VAULT;
        content[1..33].copy_from_slice(vault_key.expose());
        let mut nonce = [0; NONCE_LEN];
        rng.fill_bytes(&mut nonce);
        let payload = Payload {
            msg: content.as_ref(),
            aad: &self.bytes[..HEADER_LEN],
        };
        let sealed = slot_cipher(stretched, index)
            .encrypt(&XNonce::from(nonce), payload)
            .unwrap_or_else(|_| unreachable!("64 bytes are within what the cipher takes"));
        let slot = &mut self.bytes[HEADER_LEN + index * SLOT_LEN..][..SLOT_LEN];
        slot[..NONCE_LEN].copy_from_slice(&nonce);
        slot[NONCE_LEN..].copy_from_slice(&sealed);
    }

    /// Reads a file. Costs nothing: parameters out of bounds are refused here, before any hashing.
    pub(crate) fn parse(bytes: Vec<u8>) -> Result<Self, ParseError> {
        let (fields, rest) = bytes
            .split_at_checked(FIELDS_LEN)
            .ok_or(ParseError::Damaged)?;
        let (magic, fields_after) = fields.split_at(MAGIC.len());
        let (numbers, salt) = fields_after.as_chunks::<4>().0.split_at(4);
        let [version, memory_kib, passes, lanes] =
            [0, 1, 2, 3].map(|i| u32::from_le_bytes(numbers[i]));
        if magic != MAGIC {
            return Err(ParseError::Damaged);
        }
        if version > VERSION {
            return Err(ParseError::NewerVersion);
        }
        let check = rest.get(..CHECK_LEN).ok_or(ParseError::Damaged)?;
        if version != VERSION || bytes.len() != KEYS_LEN || Sha256::digest(fields)[..] != *check {
            return Err(ParseError::Damaged);
        }
        let cost = Cost::checked(memory_kib, passes, lanes).ok_or(ParseError::Damaged)?;
        let salt = salt
            .as_flattened()
            .try_into()
            .map_err(|_| ParseError::Damaged)?;
        Ok(Self { cost, salt, bytes })
    }

    pub(crate) fn to_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Hashes the passphrase once and tries every slot, whichever opens.
    pub(crate) fn unlock(&self, passphrase: &Passphrase) -> Result<VaultKey, UnlockError> {
        let stretched = derive_stretched(passphrase, &self.salt, self.cost)?;
        self.try_slots(&stretched)
    }

    fn try_slots(&self, stretched: &[u8; 32]) -> Result<VaultKey, UnlockError> {
        let mut opened = None;
        for index in 0..SLOTS {
            opened = self.open_slot(index, stretched).or(opened);
        }
        match opened {
            Some(content) if content[0] == OPENS_THIS_VAULT => content[1..]
                .first_chunk()
                .map(VaultKey::from_bytes)
                .ok_or(UnlockError::Damaged),
            Some(_) => Err(UnlockError::NewerVersion),
            None if self.as_written() => Err(UnlockError::WrongPassphrase),
            None => Err(UnlockError::Damaged),
        }
    }

    fn open_slot(&self, index: usize, stretched: &[u8; 32]) -> Option<Zeroizing<Vec<u8>>> {
        let slot = &self.bytes[HEADER_LEN + index * SLOT_LEN..][..SLOT_LEN];
        let (nonce, sealed) = slot.split_first_chunk::<NONCE_LEN>()?;
        let payload = Payload {
            msg: sealed,
            aad: &self.bytes[..HEADER_LEN],
        };
        slot_cipher(stretched, index)
            .decrypt(&XNonce::from(*nonce), payload)
            .ok()
            .map(Zeroizing::new)
    }

    /// Whether the slots are those that were written: tells damage from a wrong passphrase.
    fn as_written(&self) -> bool {
        let (before, check) = self.bytes.split_at(KEYS_LEN - CHECK_LEN);
        Sha256::digest(before)[..] == *check
    }
}

fn slot_cipher(stretched: &[u8; 32], index: usize) -> XChaCha20Poly1305 {
    let key = derive(stretched, &[b"holdfast vault slot v1", &[index as u8]]);
    XChaCha20Poly1305::new((&*key).into())
}

#[cfg(test)]
mod tests {
    use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng as _};

    use super::*;
    use crate::kdf::KdfCost;

    /// A file, what opens it, and the hashed passphrase: hashing is the slow part.
    fn made() -> (Vec<u8>, [u8; 32], [u8; 32]) {
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        let key = VaultKey::make(&mut rng);
        let passphrase = Passphrase::from("kelp".to_owned());
        let cost = Cost::choose(KdfCost::Floor).unwrap();
        let keys = Keys::make(&passphrase, cost, &key, &mut rng).unwrap();
        let stretched = derive_stretched(&passphrase, &keys.salt, cost).unwrap();
        (keys.to_bytes().to_vec(), *stretched, *key.expose())
    }

    fn used_slot(bytes: &[u8], stretched: &[u8; 32]) -> usize {
        let keys = Keys::parse(bytes.to_vec()).unwrap();
        (0..SLOTS)
            .find(|&index| keys.open_slot(index, stretched).is_some())
            .unwrap()
    }

    fn with_check(mut bytes: Vec<u8>) -> Vec<u8> {
        let check = Sha256::digest(&bytes[..FIELDS_LEN]);
        bytes[FIELDS_LEN..HEADER_LEN].copy_from_slice(&check);
        bytes
    }

    #[test]
    fn only_the_right_passphrase_opens() {
        let (bytes, _, key) = made();
        let keys = Keys::parse(bytes).unwrap();
        let opened = keys.unlock(&Passphrase::from("kelp".to_owned())).unwrap();
        assert_eq!(*opened.expose(), key);
        let wrong = keys.unlock(&Passphrase::from("Kelp".to_owned()));
        assert_eq!(wrong.unwrap_err(), UnlockError::WrongPassphrase);
    }

    #[test]
    fn damage_is_told_from_a_wrong_passphrase() {
        let (bytes, stretched, key) = made();
        let used = used_slot(&bytes, &stretched);
        for byte in 0..KEYS_LEN {
            for bit in 0..8 {
                let mut flipped = bytes.clone();
                flipped[byte] ^= 1 << bit;
                let parsed = Keys::parse(flipped);
                if byte < HEADER_LEN {
                    // Before any hashing, whatever the bit was about.
                    assert!(parsed.is_err(), "header byte {byte} bit {bit}");
                    continue;
                }
                let opened = parsed.unwrap().try_slots(&stretched);
                if (byte - HEADER_LEN) / SLOT_LEN == used {
                    assert_eq!(
                        opened.unwrap_err(),
                        UnlockError::Damaged,
                        "byte {byte} bit {bit}"
                    );
                } else {
                    // Rot in a slot that is not needed does not lock anybody out.
                    assert_eq!(*opened.unwrap().expose(), key, "byte {byte} bit {bit}");
                }
            }
        }
        let other = Keys::parse(bytes).unwrap().try_slots(&[0; 32]);
        assert_eq!(other.unwrap_err(), UnlockError::WrongPassphrase);
    }

    #[test]
    fn a_file_of_another_length_is_damaged() {
        let (mut bytes, _, _) = made();
        for length in 0..KEYS_LEN {
            let parsed = Keys::parse(bytes[..length].to_vec());
            assert_eq!(parsed.err(), Some(ParseError::Damaged), "{length} bytes");
        }
        bytes.push(0);
        assert_eq!(Keys::parse(bytes).err(), Some(ParseError::Damaged));
    }

    #[test]
    fn parameters_cannot_be_changed_even_with_a_right_check() {
        let (bytes, stretched, _) = made();
        for (at, number) in [
            (12, 64 * 1024 - 1),
            (12, u32::MAX),
            (16, 2),
            (16, u32::MAX),
            (20, 0),
        ] {
            let mut weaker = bytes.clone();
            weaker[at..at + 4].copy_from_slice(&u32::to_le_bytes(number));
            assert_eq!(
                Keys::parse(with_check(weaker)).err(),
                Some(ParseError::Damaged)
            );
        }
        // Within the bounds, and even were the hash the same, no slot opens under another header.
        for (at, number) in [(12, 128 * 1024), (16, 4), (20, 2)] {
            let mut other = bytes.clone();
            other[at..at + 4].copy_from_slice(&u32::to_le_bytes(number));
            let opened = Keys::parse(with_check(other))
                .unwrap()
                .try_slots(&stretched);
            assert!(opened.is_err());
        }
    }

    #[test]
    fn a_newer_file_is_told_as_such() {
        let (mut bytes, _, _) = made();
        bytes[8] = 2;
        assert_eq!(Keys::parse(bytes).err(), Some(ParseError::NewerVersion));
    }

    #[test]
    fn slots_look_alike() {
        let (bytes, _, _) = made();
        let slots: Vec<_> = bytes[HEADER_LEN..KEYS_LEN - CHECK_LEN]
            .chunks(SLOT_LEN)
            .collect();
        assert_eq!(slots.len(), SLOTS);
        for slot in &slots {
            let ones: u32 = slot.iter().map(|byte| byte.count_ones()).sum();
            let share = f64::from(ones) / (SLOT_LEN * 8) as f64;
            assert!((0.40..0.60).contains(&share), "{share}");
            // 104 random bytes hold about 86 different ones.
            let different = slot.iter().collect::<std::collections::BTreeSet<_>>().len();
            assert!(different > 65, "{different}");
        }
        assert_eq!(
            slots
                .iter()
                .collect::<std::collections::BTreeSet<_>>()
                .len(),
            SLOTS
        );
    }

    #[test]
    fn a_slot_opens_at_its_own_place_only() {
        let (mut bytes, stretched, _) = made();
        let used = used_slot(&bytes, &stretched);
        let (from, to) = (used * SLOT_LEN, (used + 1) % SLOTS * SLOT_LEN);
        let slot = bytes[HEADER_LEN + from..][..SLOT_LEN].to_vec();
        bytes[HEADER_LEN + to..][..SLOT_LEN].copy_from_slice(&slot);
        bytes[HEADER_LEN + from..][..SLOT_LEN].fill(0);
        assert_eq!(
            Keys::parse(bytes)
                .unwrap()
                .try_slots(&stretched)
                .unwrap_err(),
            UnlockError::Damaged
        );
    }
}
