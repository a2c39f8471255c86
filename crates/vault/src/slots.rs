//! The `keys` file: eight slots, always all full, one of which opens with the right passphrase and
//! perhaps another with a second one.
//!
//! Keeps I-10, I-11 and I-13: every slot is tried for every passphrase, unused slots are random
//! bytes that cannot be told from used ones, and the Argon2id parameters are checked before they
//! cost anything and authenticated by every slot. Format: `docs/formats/vault.md`.

use chacha20poly1305::{
    KeyInit as _, XChaCha20Poly1305, XNonce,
    aead::{Aead as _, Payload},
};
use rand_core::CryptoRng;
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use crate::{
    Passphrase,
    disk::Letter,
    kdf::{Cost, OutOfMemory, derive_stretched},
    keys::{VaultKey, derive},
    secret::Secret,
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

/// First byte of a slot's content.
const OPENS_VAULT: u8 = 1;
const OPENS_DECOY: u8 = 2;

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
}

/// What a slot opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Opens {
    /// The vault.
    Vault,
    /// A notebook, once everything else is destroyed.
    Decoy,
}

/// A slot that opened.
#[derive(Debug)]
pub(crate) struct Unlocked {
    pub(crate) opens: Opens,
    pub(crate) key: VaultKey,
    /// Whose database it is the key of.
    pub(crate) store: Letter,
    /// Which slot.
    pub(crate) slot: usize,
}

/// A `keys` file whose header is sound.
#[derive(Clone)]
pub(crate) struct Keys {
    bytes: Box<[u8; KEYS_LEN]>,
    cost: Cost,
    salt: [u8; 32],
}

impl Keys {
    /// Makes a file whose slots are all random bytes.
    pub(crate) fn make(cost: Cost, rng: &mut impl CryptoRng) -> Self {
        let mut salt = [0; 32];
        rng.fill_bytes(&mut salt);
        let mut header = Vec::with_capacity(HEADER_LEN);
        header.extend(MAGIC);
        for number in [VERSION, cost.memory_kib, cost.passes, cost.lanes] {
            header.extend(number.to_le_bytes());
        }
        header.extend(salt);
        header.extend(Sha256::digest(&header));
        let mut bytes = Box::new([0; KEYS_LEN]);
        bytes[..HEADER_LEN].copy_from_slice(&header);
        let mut keys = Self { bytes, cost, salt };
        rng.fill_bytes(&mut keys.bytes[HEADER_LEN..KEYS_LEN - CHECK_LEN]);
        keys.write_check();
        keys
    }

    /// Fills every slot but one with fresh random bytes.
    pub(crate) fn forget_all_but(&mut self, kept: usize, rng: &mut impl CryptoRng) {
        for index in (0..SLOTS).filter(|&index| index != kept) {
            rng.fill_bytes(self.slot_mut(index));
        }
        self.write_check();
    }

    /// A slot at random, other than `taken`.
    pub(crate) fn any_slot_but(taken: Option<usize>, rng: &mut impl CryptoRng) -> usize {
        // The remainder of 32 bits by seven or eight is even enough: 1 part in 600 million.
        match taken {
            None => rng.next_u32() as usize % SLOTS,
            Some(taken) => (taken + 1 + rng.next_u32() as usize % (SLOTS - 1)) % SLOTS,
        }
    }

    /// Makes a slot open something.
    pub(crate) fn fill_slot(
        &mut self,
        index: usize,
        stretched: &Secret,
        opens: Opens,
        store: Letter,
        key: &VaultKey,
        rng: &mut impl CryptoRng,
    ) {
        let mut content = Zeroizing::new([0; CONTENT_LEN]);
        content[0] = match opens {
            Opens::Vault => OPENS_VAULT,
            Opens::Decoy => OPENS_DECOY,
        };
        content[1..33].copy_from_slice(key.expose());
        content[33] = match store {
            Letter::A => 0,
            Letter::B => 1,
        };
        let mut nonce = [0; NONCE_LEN];
        rng.fill_bytes(&mut nonce);
        let payload = Payload {
            msg: content.as_ref(),
            aad: &self.bytes[..HEADER_LEN],
        };
        let sealed = slot_cipher(stretched.expose(), index)
            .encrypt(&XNonce::from(nonce), payload)
            .unwrap_or_else(|_| unreachable!("64 bytes are within what the cipher takes"));
        let slot = self.slot_mut(index);
        slot[..NONCE_LEN].copy_from_slice(&nonce);
        slot[NONCE_LEN..].copy_from_slice(&sealed);
        self.write_check();
    }

    /// Reads a file. Costs nothing: parameters out of bounds are refused here, before any hashing.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, ParseError> {
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
        if version != VERSION || Sha256::digest(fields)[..] != *check {
            return Err(ParseError::Damaged);
        }
        let cost = Cost::checked(memory_kib, passes, lanes).ok_or(ParseError::Damaged)?;
        let salt = salt
            .as_flattened()
            .try_into()
            .map_err(|_| ParseError::Damaged)?;
        let bytes = bytes.try_into().map_err(|_| ParseError::Damaged)?;
        Ok(Self {
            cost,
            salt,
            bytes: Box::new(bytes),
        })
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        &*self.bytes
    }

    /// Whether both belong to one vault: its salt and parameters never change.
    pub(crate) fn has_header_of(&self, other: &Self) -> bool {
        self.bytes[..HEADER_LEN] == other.bytes[..HEADER_LEN]
    }

    /// Hashes a passphrase, which is what takes the time.
    pub(crate) fn stretch(&self, passphrase: &Passphrase) -> Result<Secret, OutOfMemory> {
        derive_stretched(passphrase, &self.salt, self.cost)
    }

    /// Tries every slot, whichever opens.
    pub(crate) fn try_slots(&self, stretched: &Secret) -> Result<Unlocked, UnlockError> {
        let mut opened = None;
        for index in 0..SLOTS {
            opened = self
                .open_slot(index, stretched.expose())
                .map(|content| (index, content))
                .or(opened);
        }
        let Some((slot, content)) = opened else {
            return Err(if self.as_written() {
                UnlockError::WrongPassphrase
            } else {
                UnlockError::Damaged
            });
        };
        let opens = match content.first() {
            Some(&OPENS_VAULT) => Opens::Vault,
            Some(&OPENS_DECOY) => Opens::Decoy,
            _ => return Err(UnlockError::NewerVersion),
        };
        let store = match content.get(33) {
            Some(0) => Letter::A,
            Some(1) => Letter::B,
            _ => return Err(UnlockError::NewerVersion),
        };
        let key = content[1..].first_chunk().map(VaultKey::from_bytes);
        Ok(Unlocked {
            opens,
            key: key.ok_or(UnlockError::Damaged)?,
            store,
            slot,
        })
    }

    fn slot_mut(&mut self, index: usize) -> &mut [u8] {
        &mut self.bytes[HEADER_LEN + index * SLOT_LEN..][..SLOT_LEN]
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

    /// Whether the slots are those that were written: tells damage from a wrong passphrase, and a
    /// file that is whole from one that a power cut left.
    pub(crate) fn as_written(&self) -> bool {
        let (before, check) = self.bytes.split_at(KEYS_LEN - CHECK_LEN);
        Sha256::digest(before)[..] == *check
    }

    fn write_check(&mut self) {
        let (before, check) = self.bytes.split_at_mut(KEYS_LEN - CHECK_LEN);
        check.copy_from_slice(&Sha256::digest(before));
    }
}

fn slot_cipher(stretched: &[u8; 32], index: usize) -> XChaCha20Poly1305 {
    let key = derive(stretched, &[b"holdfast vault slot v1", &[index as u8]]);
    XChaCha20Poly1305::new((&*key).into())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng as _};

    use super::*;
    use crate::kdf::KdfCost;

    fn secret(byte: u8) -> Secret {
        Secret::fill_with(|bytes| bytes.fill(byte))
    }

    /// A file, what opens it, and the key in it. Hashing is the slow part and is left out.
    fn made() -> (Vec<u8>, Secret, [u8; 32]) {
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        let key = VaultKey::make(&mut rng);
        let mut keys = Keys::make(Cost::choose(KdfCost::Floor).unwrap(), &mut rng);
        let slot = Keys::any_slot_but(None, &mut rng);
        let stretched = secret(5);
        keys.fill_slot(slot, &stretched, Opens::Vault, Letter::B, &key, &mut rng);
        (keys.as_bytes().to_vec(), stretched, *key.expose())
    }

    fn used_slot(bytes: &[u8], stretched: &Secret) -> usize {
        let keys = Keys::parse(bytes).unwrap();
        keys.try_slots(stretched).unwrap().slot
    }

    fn with_check(mut bytes: Vec<u8>) -> Vec<u8> {
        let check = Sha256::digest(&bytes[..FIELDS_LEN]);
        bytes[FIELDS_LEN..HEADER_LEN].copy_from_slice(&check);
        bytes
    }

    #[test]
    fn only_the_right_passphrase_opens() {
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        let key = VaultKey::make(&mut rng);
        let mut keys = Keys::make(Cost::choose(KdfCost::Floor).unwrap(), &mut rng);
        let right = keys.stretch(&Passphrase::from("kelp".to_owned())).unwrap();
        keys.fill_slot(3, &right, Opens::Vault, Letter::B, &key, &mut rng);
        let keys = Keys::parse(keys.as_bytes()).unwrap();
        let opened = keys.try_slots(&right).unwrap();
        assert_eq!(opened.key.expose(), key.expose());
        assert_eq!(
            (opened.opens, opened.store, opened.slot),
            (Opens::Vault, Letter::B, 3)
        );
        let wrong = keys.stretch(&Passphrase::from("Kelp".to_owned())).unwrap();
        let wrong = keys.try_slots(&wrong);
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
                let parsed = Keys::parse(&flipped);
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
                    assert_eq!(*opened.unwrap().key.expose(), key, "byte {byte} bit {bit}");
                }
            }
        }
        let other = Keys::parse(&bytes).unwrap().try_slots(&secret(0));
        assert_eq!(other.unwrap_err(), UnlockError::WrongPassphrase);
    }

    #[test]
    fn a_file_of_another_length_is_damaged() {
        let (mut bytes, _, _) = made();
        for length in 0..KEYS_LEN {
            let parsed = Keys::parse(&bytes[..length]);
            assert_eq!(parsed.err(), Some(ParseError::Damaged), "{length} bytes");
        }
        bytes.push(0);
        assert_eq!(Keys::parse(&bytes).err(), Some(ParseError::Damaged));
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
                Keys::parse(&with_check(weaker)).err(),
                Some(ParseError::Damaged)
            );
        }
        // Within the bounds, and even were the hash the same, no slot opens under another header.
        for (at, number) in [(12, 128 * 1024), (16, 4), (20, 2)] {
            let mut other = bytes.clone();
            other[at..at + 4].copy_from_slice(&u32::to_le_bytes(number));
            let opened = Keys::parse(&with_check(other))
                .unwrap()
                .try_slots(&stretched);
            assert!(opened.is_err());
        }
    }

    #[test]
    fn a_newer_file_is_told_as_such() {
        let (mut bytes, _, _) = made();
        bytes[8] = 2;
        assert_eq!(Keys::parse(&bytes).err(), Some(ParseError::NewerVersion));
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
    fn a_decoys_slot_cannot_be_told_from_an_unused_one() {
        let (bytes, stretched, _) = made();
        let own = used_slot(&bytes, &stretched);
        let mut rng = ChaCha20Rng::seed_from_u64(2);
        // Over many files the byte at each place of the second slot is as even as chance.
        let mut seen = [[0_u32; 256]; SLOT_LEN];
        let runs = 2_000;
        for _ in 0..runs {
            let mut keys = Keys::parse(&bytes).unwrap();
            keys.forget_all_but(own, &mut rng);
            let slot = Keys::any_slot_but(Some(own), &mut rng);
            assert_ne!(slot, own);
            let key = VaultKey::make(&mut rng);
            keys.fill_slot(slot, &secret(9), Opens::Decoy, Letter::A, &key, &mut rng);
            for (counts, byte) in seen.iter_mut().zip(&*keys.slot_mut(slot)) {
                counts[usize::from(*byte)] += 1;
            }
            assert_eq!(keys.try_slots(&secret(9)).unwrap().opens, Opens::Decoy);
            assert_eq!(keys.try_slots(&stretched).unwrap().opens, Opens::Vault);
        }
        for (place, counts) in seen.iter().enumerate() {
            let expected = f64::from(runs) / 256.0;
            let chi: f64 = counts
                .iter()
                .map(|count| (f64::from(*count) - expected).powi(2) / expected)
                .sum();
            // 255 degrees of freedom: mean 255, standard deviation 22.6.
            assert!((130.0..400.0).contains(&chi), "byte {place}: {chi}");
        }
    }

    proptest! {
        #[test]
        fn hostile_files_are_refused(bytes in proptest::collection::vec(any::<u8>(), 0..1200)) {
            prop_assert!(Keys::parse(&bytes).is_err());
        }

        /// With a right header check, so that every number is reached.
        #[test]
        fn hostile_numbers_never_cost_more_than_the_bounds(
            version in 0_u32..3, numbers in any::<[u32; 3]>(), small in any::<[bool; 3]>(),
            rest in proptest::collection::vec(any::<u8>(), KEYS_LEN - 24),
        ) {
            let mut bytes = MAGIC.to_vec();
            bytes.extend(version.to_le_bytes());
            let ranges = [1 << 21, 80, 6];
            for ((number, small), range) in numbers.iter().zip(small).zip(ranges) {
                let number = if small { number % range } else { *number };
                bytes.extend(number.to_le_bytes());
            }
            bytes.extend(rest);
            match Keys::parse(&with_check(bytes)) {
                Ok(keys) => {
                    prop_assert_eq!(version, VERSION);
                    let Cost { memory_kib, passes, lanes } = keys.cost;
                    prop_assert_eq!(Cost::checked(memory_kib, passes, lanes), Some(keys.cost));
                    prop_assert!(!keys.as_written());
                    prop_assert_eq!(keys.try_slots(&secret(5)).unwrap_err(), UnlockError::Damaged);
                }
                Err(ParseError::NewerVersion) => prop_assert!(version > VERSION),
                Err(ParseError::Damaged) => {}
            }
        }
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
            Keys::parse(&bytes)
                .unwrap()
                .try_slots(&stretched)
                .unwrap_err(),
            UnlockError::Damaged
        );
    }
}
