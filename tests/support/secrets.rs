//! What must not be found: learnt from a copy of a vault and its passphrase, with stock parts and
//! `docs/formats/vault.md`, as a patient examiner would.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use argon2::{Algorithm, Argon2, Params, Version};
use bech32::{Bech32, primitives::decode::CheckedHrpstring};
use chacha20poly1305::{
    KeyInit as _, XChaCha20Poly1305, XNonce,
    aead::{Aead as _, Payload},
};
use data_encoding::HEXLOWER;
use hkdf::Hkdf;
use rusqlite::{Connection, OpenFlags};
use sha2::Sha256;

use crate::{Canaries, copy_folder};

const HEADER: usize = 88;
const SLOT: usize = 104;
const SLOTS: usize = 8;
const NONCE: usize = 24;

/// Every key that a passphrase leads to.
#[derive(Debug)]
pub struct Secrets {
    passphrase: String,
    keys: BTreeMap<String, Vec<u8>>,
    slots: Vec<Vec<u8>>,
    used: usize,
}

impl Secrets {
    /// Opens a copy of `vault`.
    ///
    /// # Panics
    /// When the passphrase does not open it, or it is not as the format says.
    pub fn learn(vault: &Path, passphrase: &str) -> Self {
        let home = tempfile::tempdir().expect("a temporary folder can be made");
        let copy = home.path().join("copy");
        copy_folder(vault, &copy);
        let file = std::fs::read(copy.join("keys")).expect("there are keys");
        let (header, rest) = file.split_at(HEADER);
        let slots: Vec<_> = rest[..SLOTS * SLOT].chunks(SLOT).collect();

        let stretched = stretch(header, passphrase);
        let (used, kek, content) = (0..)
            .zip(&slots)
            .find_map(|(index, slot)| {
                let kek = derive(
                    &stretched,
                    &[&b"holdfast vault slot v1"[..], &[index]].concat(),
                );
                let payload = Payload {
                    msg: &slot[NONCE..],
                    aad: header,
                };
                let nonce = XNonce::try_from(&slot[..NONCE]).expect("24 bytes");
                let cipher = XChaCha20Poly1305::new(&kek.into());
                let content = cipher.decrypt(&nonce, payload).ok()?;
                Some((usize::from(index), kek, content))
            })
            .expect("the passphrase opens a slot");
        let key: [u8; 32] = content[1..33].try_into().expect("32 bytes");
        let store = derive(&key, b"holdfast vault store v1");
        let mut keys: BTreeMap<_, _> = [
            ("stretched passphrase", stretched),
            ("slot key", kek),
            ("vault key", key),
            ("store key", store),
            ("names key", derive(&key, b"holdfast vault names v1")),
        ]
        .map(|(name, key)| (name.to_owned(), key.to_vec()))
        .into();
        keys.extend(kept(&copy, &store));
        Self {
            passphrase: passphrase.to_owned(),
            keys,
            slots: slots.iter().map(|slot| slot.to_vec()).collect(),
            used,
        }
    }

    /// What to look for: the keys, the passphrase, and `words` besides.
    pub fn canaries(&self, words: &[&str]) -> Canaries {
        let keys = self.keys.iter();
        Canaries::with_keys(
            words.iter().copied().chain([self.passphrase.as_str()]),
            keys.map(|(name, key)| (name.as_str(), key.as_slice())),
        )
    }

    /// The names of the keys.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.keys.keys().map(String::as_str)
    }

    /// The sealed slots of the key file, as bytes to look for: all of them, which are random to
    /// whoever has no passphrase.
    pub fn slots(&self) -> &[Vec<u8>] {
        &self.slots
    }

    /// The one that the passphrase opens.
    pub fn used_slot(&self) -> &[u8] {
        &self.slots[self.used]
    }
}

fn stretch(header: &[u8], passphrase: &str) -> [u8; 32] {
    let number = |at: usize| {
        let bytes = header[at..at + 4].try_into().expect("four bytes");
        u32::from_le_bytes(bytes)
    };
    let params = Params::new(number(12), number(16), number(20), Some(32)).expect("they are sound");
    let mut stretched = [0; 32];
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(passphrase.as_bytes(), &header[24..56], &mut stretched)
        .expect("there is memory");
    stretched
}

fn derive(key: &[u8; 32], label: &[u8]) -> [u8; 32] {
    let mut out = [0; 32];
    Hkdf::<Sha256>::new(None, key)
        .expand(label, &mut out)
        .expect("32 bytes can be had");
    out
}

/// The keys that lie in the database, whichever file of the folder it is.
fn kept(vault: &Path, store: &[u8; 32]) -> BTreeMap<String, Vec<u8>> {
    let connection = databases(vault)
        .into_iter()
        .find_map(|path| open(&path, store).ok())
        .expect("one of the files is the database");
    let mut keys = BTreeMap::new();
    let mut own = connection
        .prepare("SELECT name, value FROM own")
        .expect("it has keys of its own");
    let rows = own.query_map([], |row| Ok((row.get(0)?, row.get(1)?)));
    for row in rows.expect("they can be read") {
        let (name, value): (String, Vec<u8>) = row.expect("they are text and bytes");
        if value.len() == 32 {
            keys.insert(name, value);
        } else {
            keys.extend(identities(&name, &value));
        }
    }
    let mut evidence = connection
        .prepare("SELECT id, record FROM evidence")
        .expect("it has evidence");
    let rows = evidence.query_map([], |row| Ok((row.get(0)?, row.get(1)?)));
    for row in rows.expect("it can be read") {
        let (id, record): (i64, Vec<u8>) = row.expect("they are a number and bytes");
        keys.extend(identities(&format!("blob key {id}"), &record));
    }
    keys
}

/// The age identity in some bytes, as text and as the bytes it stands for.
fn identities(name: &str, bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    const MARK: &[u8] = b"AGE-SECRET-KEY-";
    let Some(start) = bytes.windows(MARK.len()).position(|at| at == MARK) else {
        return Vec::new();
    };
    let text = bytes[start..].iter();
    let text = text.take_while(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || **c == b'-');
    let text: Vec<u8> = text.copied().collect();
    let checked = std::str::from_utf8(&text).expect("it is ASCII");
    let seed = CheckedHrpstring::new::<Bech32>(checked).expect("it is an age identity");
    vec![
        (format!("{name} (seed)"), seed.byte_iter().collect()),
        (format!("{name} (text)"), text),
    ]
}

fn databases(vault: &Path) -> Vec<PathBuf> {
    let files = std::fs::read_dir(vault).expect("a folder can be read");
    let files = files.map(|file| file.expect("a folder can be read").path());
    files
        .filter(|path| path.extension().is_some_and(|end| end == "db"))
        .collect()
}

fn open(path: &Path, key: &[u8; 32]) -> rusqlite::Result<Connection> {
    let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    let key = HEXLOWER.encode(key);
    connection.execute_batch(&format!(
        "PRAGMA cipher_log_level = NONE; PRAGMA key = \"x'{key}'\";"
    ))?;
    connection.query_row("SELECT count(*) FROM own", [], |_| Ok(()))?;
    Ok(connection)
}
