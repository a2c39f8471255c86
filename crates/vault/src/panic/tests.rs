//! What a wipe touches and what not. Being killed on the way is in `crate::tests`.

use std::fs;

use super::*;
use crate::{OpenError, Passphrase, Vault};

const SECRET: [u8; KEYS_LEN] = [0xa5; KEYS_LEN];

/// A directory with every file a vault can have; a wipe does not look into them.
fn vault() -> (tempfile::TempDir, PathBuf) {
    let home = tempfile::tempdir().unwrap();
    let dir = home.path().join("vault");
    fs::create_dir_all(dir.join(BLOBS)).unwrap();
    for name in [KEYS, KEYS_NEW] {
        fs::write(dir.join(name), SECRET).unwrap();
    }
    for name in [
        "a.db",
        "a.db-wal",
        "b.db",
        "b.db-journal",
        "b.db-shm",
        GUARD,
        GUARD_NEW,
        LOCK,
    ] {
        fs::write(dir.join(name), b"x").unwrap();
    }
    for blob in 0..3 {
        fs::write(dir.join(BLOBS).join(blob.to_string()), b"x").unwrap();
    }
    (home, dir)
}

const ALL: PanicReport = PanicReport {
    keys_gone: true,
    all_gone: true,
};

#[test]
fn keys_go_first_and_the_rest_when_the_caller_has_closed() {
    let (_home, dir) = vault();
    let mut before: Vec<_> = fs::read_dir(&dir)
        .unwrap()
        .map(|file| file.unwrap().path())
        .collect();
    let gone = destroy_keys(&dir).unwrap();
    before.retain(|path| ![KEYS, KEYS_NEW].iter().any(|name| path.ends_with(name)));
    assert!(before.iter().all(|path| path.exists()), "nothing else yet");
    assert_eq!(fs::read_dir(dir.join(BLOBS)).unwrap().count(), 3);
    assert!(!dir.join(KEYS).exists() && !dir.join(KEYS_NEW).exists());
    assert_eq!(presence(&dir), Presence::Wiping, "for whoever has it open");
    assert_eq!(gone.destroy_rest(), ALL);
    assert!(!dir.exists());
}

/// Unlinking alone would leave them in blocks that nobody owns.
#[cfg(unix)]
#[test]
fn keys_are_written_over_before_they_are_unlinked() {
    use std::os::unix::fs::FileExt as _;
    let (_home, dir) = vault();
    let files = [KEYS, KEYS_NEW].map(|name| fs::File::open(dir.join(name)).unwrap());
    assert_eq!(panic(&dir).unwrap(), ALL);
    for file in files {
        let mut bytes = [1; KEYS_LEN];
        file.read_exact_at(&mut bytes, 0).unwrap();
        assert!(!bytes.contains(&SECRET[0]) && bytes.starts_with(&WIPED));
    }
}

#[test]
fn files_of_others_stay() {
    let (_home, dir) = vault();
    fs::write(dir.join("letter.txt"), b"not ours").unwrap();
    assert!(panic(&dir).unwrap().keys_gone);
    assert_eq!(fs::read(dir.join("letter.txt")).unwrap(), b"not ours");
    assert_eq!(fs::read_dir(&dir).unwrap().count(), 1);
    assert!(matches!(panic(&dir), Err(PanicError::NoVault)));
}

#[test]
fn without_keys_the_rest_can_still_be_destroyed() {
    let (_home, dir) = vault();
    fs::remove_file(dir.join(KEYS)).unwrap();
    assert_eq!(panic(&dir).unwrap(), ALL);
    assert!(!dir.exists());
    let passphrase = Passphrase::from(String::new());
    let mut rng =
        <rand_chacha::ChaCha20Rng as rand_chacha::rand_core::SeedableRng>::seed_from_u64(1);
    let opened = Vault::open(&dir, &passphrase, holdfast_record::Timestamp(0), &mut rng);
    assert!(matches!(opened, Err(OpenError::NoVault)));
}
