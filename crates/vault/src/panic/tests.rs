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

/// A file manager's folder, one that a restored backup left, something put there on purpose.
#[test]
fn what_is_not_ours_keeps_nothing_of_ours() {
    let (_home, dir) = vault();
    for name in ["b.db", GUARD, "a.db-wal"] {
        fs::remove_file(dir.join(name)).unwrap();
    }
    let theirs = [".Trash-0", "b.db", "a.db-wal", GUARD].map(|name| match name {
        ".Trash-0" => dir.join(BLOBS).join(name),
        _ => dir.join(name),
    });
    for folder in &theirs {
        fs::create_dir(folder).unwrap();
        fs::write(folder.join("letter.txt"), b"not ours").unwrap();
    }
    assert_eq!(panic(&dir).unwrap(), ALL);
    let left = |dir: &Path| fs::read_dir(dir).unwrap().count();
    assert_eq!((left(&dir), left(&dir.join(BLOBS))), (4, 1));
    assert!(theirs.iter().all(|folder| left(folder) == 1));
    assert_eq!(presence(&dir), Presence::None, "there is room for another");
    assert!(matches!(panic(&dir), Err(PanicError::NoVault)));
}

#[test]
fn keys_that_cannot_be_written_over_are_not_said_to_be_gone() {
    let (_home, dir) = vault();
    // Somebody has put them out of reach.
    fs::rename(dir.join(KEYS), dir.join("aside")).unwrap();
    fs::create_dir(dir.join(KEYS)).unwrap();
    let mut stores =
        ["a.db", "b.db", "a.db-wal"].map(|name| fs::File::open(dir.join(name)).unwrap());
    let report = panic(&dir).unwrap();
    assert_eq!((report.keys_gone, report.all_gone), (false, true));
    // Whoever has them finds nothing that they open.
    for store in &mut stores {
        let mut bytes = Vec::new();
        io::Read::read_to_end(store, &mut bytes).unwrap();
        assert_eq!(bytes, [0]);
    }
    assert!(!dir.join("a.db").exists() && !dir.join(BLOBS).exists());
}

#[cfg(unix)]
#[test]
fn keys_that_were_only_unlinked_do_not_count_as_gone_when_a_wipe_goes_on() {
    let (home, dir) = vault();
    let aside = home.path().join("aside");
    fs::rename(dir.join(KEYS), &aside).unwrap();
    std::os::unix::fs::symlink(&aside, dir.join(KEYS)).unwrap();
    assert!(unmake_keys(&dir).is_err() && !dir.join(KEYS).exists());
    let report = panic(&dir).unwrap();
    assert_eq!((report.keys_gone, report.all_gone), (false, true));
    assert!(!dir.exists());
}

#[cfg(unix)]
#[test]
fn where_a_link_leads_nothing_is_touched() {
    use std::os::unix::fs::symlink;
    let (home, dir) = vault();
    let theirs = home.path().join("theirs");
    fs::create_dir(&theirs).unwrap();
    let names = [KEYS, KEYS_NEW, "a.db", GUARD];
    for name in names {
        fs::write(theirs.join(name), b"somebody else's").unwrap();
        fs::remove_file(dir.join(name)).unwrap();
        symlink(theirs.join(name), dir.join(name)).unwrap();
    }
    fs::remove_dir_all(dir.join(BLOBS)).unwrap();
    symlink(&theirs, dir.join(BLOBS)).unwrap();
    let report = panic(&dir).unwrap();
    assert_eq!((report.keys_gone, report.all_gone), (false, true));
    assert!(!dir.exists());
    for name in names {
        assert_eq!(fs::read(theirs.join(name)).unwrap(), b"somebody else's");
    }
}

#[cfg(unix)]
#[test]
fn a_pipe_in_the_place_of_a_file_holds_nothing_up() {
    let (_home, dir) = vault();
    for name in [KEYS, KEYS_NEW, "a.db", GUARD, LOCK] {
        fs::remove_file(dir.join(name)).unwrap();
        let made = std::process::Command::new("mkfifo")
            .arg(dir.join(name))
            .status();
        assert!(made.unwrap().success());
    }
    assert_eq!(presence(&dir), Presence::Here);
    assert_eq!(
        crate::watch(&dir, holdfast_record::Timestamp(0)),
        crate::Watch::default()
    );
    let report = panic(&dir).unwrap();
    assert_eq!((report.keys_gone, report.all_gone), (false, true));
    assert!(!dir.exists());
}

/// Who cannot look must not say that there is nothing, nor make a new vault there.
#[cfg(unix)]
#[test]
fn only_not_found_is_absence() {
    let home = tempfile::tempdir().unwrap();
    let ring = home.path().join("ring");
    std::os::unix::fs::symlink(&ring, &ring).unwrap();
    assert_eq!(presence(&ring), Presence::Here);
    assert_eq!(presence(&home.path().join("nothing")), Presence::None);
    let file = home.path().join("file");
    fs::write(&file, b"x").unwrap();
    assert_eq!(presence(&file), Presence::None);
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
