//! A vault in a directory of its own, and entries to put into it.

use std::{
    env, fs,
    io::{BufRead as _, BufReader, Read as _},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};

use holdfast_record::{Entry, IncidentId, Statement, Timestamp, Value, field};
use holdfast_vault::{Create, KdfCost, OpenError, Opened, Passphrase, Role, Vault};
use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng as _};

pub(crate) const PASSPHRASE: &str = "bladderwrack tide canary-passphrase";

/// In 2026.
pub(crate) const NOW: Timestamp = Timestamp(1_780_000_000_000);

pub(crate) fn rng() -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(7)
}

pub(crate) fn passphrase() -> Passphrase {
    Passphrase::from(PASSPHRASE.to_owned())
}

pub(crate) struct Home {
    _temp: tempfile::TempDir,
    pub(crate) dir: PathBuf,
}

impl Home {
    pub(crate) fn new() -> Self {
        let temp = tempfile::tempdir().unwrap();
        let dir = temp.path().join("vault");
        Self { _temp: temp, dir }
    }

    /// A home with a new, open vault.
    pub(crate) fn with_vault() -> (Self, Vault) {
        Self::with_vault_of(7)
    }

    /// The same, with keys of another seed.
    pub(crate) fn with_vault_of(seed: u64) -> (Self, Vault) {
        let home = Self::new();
        let mut rng = ChaCha20Rng::seed_from_u64(seed);
        let create = Create {
            role: Role::Reporter,
            cost: KdfCost::Floor,
            now: Timestamp(1_000),
            settings: &[],
        };
        let vault = Vault::create(&home.dir, &passphrase(), create, &mut rng).unwrap();
        (home, vault)
    }

    pub(crate) fn open(&self) -> Result<Vault, OpenError> {
        match self.open_with(PASSPHRASE)? {
            Opened::Vault(vault) => Ok(*vault),
            Opened::Decoy(_) => panic!("a decoy"),
        }
    }

    pub(crate) fn open_with(&self, passphrase: &str) -> Result<Opened, OpenError> {
        let passphrase = Passphrase::from(passphrase.to_owned());
        Vault::open(&self.dir, &passphrase, NOW, &mut rng())
    }

    /// The database that is in use, told by its log; the vault is open.
    pub(crate) fn store(&self) -> PathBuf {
        ["a.db", "b.db"]
            .map(|name| self.dir.join(name))
            .into_iter()
            .find(|path| path.with_extension("db-wal").exists())
            .unwrap()
    }

    /// A home with a copy of the files as they are now, as a power cut would leave them.
    pub(crate) fn cut(&self) -> Self {
        let cut = Self::new();
        for path in self.files() {
            let copy = cut.dir.join(path.strip_prefix(&self.dir).unwrap());
            fs::create_dir_all(copy.parent().unwrap()).unwrap();
            fs::copy(path, copy).unwrap();
        }
        cut
    }

    pub(crate) fn files(&self) -> Vec<PathBuf> {
        let mut files = Vec::new();
        let mut dirs = vec![self.dir.clone()];
        while let Some(dir) = dirs.pop() {
            for file in fs::read_dir(dir).unwrap() {
                let path = file.unwrap().path();
                if path.is_dir() {
                    dirs.push(path)
                } else {
                    files.push(path)
                }
            }
        }
        files.sort();
        files
    }

    /// Every file with its bytes.
    pub(crate) fn contents(&self) -> Vec<(PathBuf, Vec<u8>)> {
        self.files()
            .into_iter()
            .map(|path| (path.clone(), fs::read(path).unwrap()))
            .collect()
    }

    /// The one file of `blobs/`.
    pub(crate) fn only_blob(&self) -> PathBuf {
        let blobs = blobs(&self.dir);
        assert_eq!(blobs.len(), 1);
        blobs[0].clone()
    }
}

pub(crate) fn blobs(dir: &Path) -> Vec<PathBuf> {
    fs::read_dir(dir.join("blobs"))
        .unwrap()
        .map(|file| file.unwrap().path())
        .collect()
}

pub(crate) fn incident(number: u32) -> IncidentId {
    let mut id = [0x10; 16];
    id[..4].copy_from_slice(&number.to_be_bytes());
    IncidentId::from_bytes(id)
}

/// An entry upon the incident's heads, not yet kept.
pub(crate) fn entry(vault: &Vault, id: IncidentId, at: i64, statement: &Statement) -> Entry {
    let heads = vault.heads(id).unwrap();
    Entry::make(
        vault.signing_key(),
        id,
        &heads,
        Timestamp(at),
        statement,
        &mut rng(),
    )
}

pub(crate) fn narrative(text: &str) -> Statement {
    let value = Value::Text {
        text: text.to_owned(),
        lang: None,
    };
    Statement::FieldSet {
        field: field::NARRATIVE.to_owned(),
        value,
    }
}

/// Keeps a report of one text.
pub(crate) fn report(vault: &Vault, id: IncidentId, at: i64, text: &str) {
    vault
        .append(&[entry(vault, id, at, &Statement::Created)])
        .unwrap();
    vault
        .append(&[entry(vault, id, at, &narrative(text))])
        .unwrap();
}

/// What another process that opens the vault says on its error stream.
pub(crate) fn errors_of_opening(dir: &Path) -> String {
    let output = Command::new(env::current_exe().unwrap())
        .args([
            "--exact",
            "common::opens_a_vault",
            "--ignored",
            "--nocapture",
        ])
        .env(HOLD, dir)
        .output()
        .unwrap();
    assert!(output.status.success());
    String::from_utf8(output.stderr).unwrap()
}

const HELD: &str = "the vault is open";
const HOLD: &str = "HOLDFAST_TEST_HOLD";

/// Another process that has the vault open, until it is killed.
pub(crate) fn another_process(dir: &Path) -> Child {
    let mut child = Command::new(env::current_exe().unwrap())
        .args([
            "--exact",
            "common::holds_a_vault_open",
            "--ignored",
            "--nocapture",
        ])
        .env(HOLD, dir)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(lines.any(|line| line.unwrap().contains(HELD)));
    child
}

#[test]
#[ignore = "is the other process"]
fn holds_a_vault_open() {
    let Some(dir) = env::var_os(HOLD) else { return };
    let _vault = Vault::open(Path::new(&dir), &passphrase(), NOW, &mut rng()).unwrap();
    println!("{HELD}");
    // Ends with the parent at the latest.
    let _ = std::io::stdin().read(&mut [0]);
}

#[test]
#[ignore = "is the other process"]
fn opens_a_vault() {
    let Some(dir) = env::var_os(HOLD) else { return };
    let _ = Vault::open(Path::new(&dir), &passphrase(), NOW, &mut rng());
}
