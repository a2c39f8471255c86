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
        let payload = Payload { msg: content.as_ref(), aad: &self.bytes[..HEADER_LEN] };
        let sealed = slot_cipher(stretched, index)
            .encrypt(&XNonce::from(nonce), payload)
            .unwrap_or_else(|_| unreachable!("64 bytes are within what the cipher takes"));
        let slot = &mut self.bytes[HEADER_LEN + index * SLOT_LEN..][..SLOT_LEN];
        slot[..NONCE_LEN].copy_from_slice(&nonce);
        slot[NONCE_LEN..].copy_from_slice(&sealed);
    }

    /// Reads a file. Costs nothing: parameters out of bounds are refused here, before any hashing.
    pub(crate) fn parse(bytes: Vec<u8>) -> Result<Self, ParseError> {
        let (fields, rest) = bytes.split_at_checked(FIELDS_LEN).ok_or(ParseError::Damaged)?;
        let (magic, fields_after) = fields.split_at(MAGIC.len());
        let (numbers, salt) = fields_after.as_chunks::<4>().0.split_at(4);
        let [version, memory_kib, passes, lanes] = [0, 1, 2, 3].map(|i| u32::from_le_bytes(numbers[i]));
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
        let salt = salt.as_flattened().try_into().map_err(|_| ParseError::Damaged)?;
        Ok(Self { cost, salt, bytes })
    }

    pub(crate) fn to_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Hashes the passphrase once and tries every slot, whichever opens.
    pub(crate) fn unlock(&self, passphrase: &Passphrase) -> Result<VaultKey, UnlockError> {
        let stretched = derive_stretched(passphrase, &self.salt, self.cost)?;
        let mut opened = None;
        for index in 0..SLOTS {
            opened = self.open_slot(index, &stretched).or(opened);
        }
        match opened {
            Some(content) if content[0] == OPENS_THIS_VAULT => {
                content[1..].first_chunk().map(VaultKey::from_bytes).ok_or(UnlockError::Damaged)
            }
            Some(_) => Err(UnlockError::NewerVersion),
            None if self.as_written() => Err(UnlockError::WrongPassphrase),
            None => Err(UnlockError::Damaged),
        }
    }

    fn open_slot(&self, index: usize, stretched: &[u8; 32]) -> Option<Zeroizing<Vec<u8>>> {
        let slot = &self.bytes[HEADER_LEN + index * SLOT_LEN..][..SLOT_LEN];
        let (nonce, sealed) = slot.split_first_chunk::<NONCE_LEN>()?;
        let payload = Payload { msg: sealed, aad: &self.bytes[..HEADER_LEN] };
        slot_cipher(stretched, index).decrypt(&XNonce::from(*nonce), payload).ok().map(Zeroizing::new)
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
