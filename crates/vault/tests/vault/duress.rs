//! The second passphrase: what it opens, what it destroys, and what shows.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    time::SystemTime,
};

use holdfast_record::Timestamp;
use holdfast_vault::{ChangeError, Decoy, Note, OpenError, Opened, Passphrase, Vault};

use crate::common::{Home, NOW, PASSPHRASE, blobs, incident, passphrase, report, rng};

const DURESS: &str = "sea lettuce soup";
const MIB: u64 = 1 << 20;

fn second() -> Passphrase {
    Passphrase::from(DURESS.to_owned())
}

fn notes() -> Vec<(String, Timestamp)> {
    vec![
        ("Buy thread".to_owned(), Timestamp(NOW.0 - 86_400_000)),
        ("Water the plants".to_owned(), Timestamp(NOW.0 - 1_000)),
        ("Aunt's birthday".to_owned(), Timestamp(NOW.0 - 900_000_000)),
    ]
}

fn set(vault: &Vault) {
    vault.set_duress(&second(), &notes(), &mut rng()).unwrap();
}

fn decoy(home: &Home) -> Decoy {
    match home.open_with(DURESS).unwrap() {
        Opened::Decoy(decoy) => decoy,
        Opened::Vault(_) => panic!("the vault"),
    }
}

fn texts(notes: &[Note]) -> Vec<&str> {
    notes.iter().map(|note| note.text.as_str()).collect()
}

/// Name, length and time of change of everything in the directory.
fn outside(home: &Home) -> BTreeMap<PathBuf, (u64, SystemTime)> {
    home.files()
        .into_iter()
        .map(|path| {
            let metadata = path.metadata().unwrap();
            (path, (metadata.len(), metadata.modified().unwrap()))
        })
        .collect()
}

fn holds(haystack: &[u8], needle: &[u8]) -> bool {
    haystack
        .windows(needle.len())
        .any(|window| window == needle)
}

#[test]
fn it_opens_a_notebook_that_goes_on_working() {
    let (home, vault) = Home::with_vault();
    set(&vault);
    drop(vault);
    let opened = decoy(&home);
    assert_eq!(
        texts(&opened.notebook().list().unwrap()),
        ["Water the plants", "Buy thread", "Aunt's birthday"]
    );
    let saved = opened.notebook().save(None, "New shoes", NOW).unwrap();
    opened.sweep(&mut rng()).unwrap();
    drop(opened);

    for _ in 0..2 {
        let again = decoy(&home);
        again.sweep(&mut rng()).unwrap();
        let kept = again.notebook().list().unwrap();
        assert_eq!(kept.len(), 4);
        assert_eq!(kept[0], saved);
    }
    assert!(matches!(home.open(), Err(OpenError::WrongPassphrase)));
}

#[test]
fn nothing_shows_that_it_was_set() {
    let (home, vault) = Home::with_vault();
    report(&vault, incident(1), 1, "real");
    drop(vault);
    let before = outside(&home);
    let vault = home.open().unwrap();
    set(&vault);
    drop(vault);
    let after = outside(&home);
    let told = |outside: &BTreeMap<PathBuf, (u64, SystemTime)>| -> Vec<(PathBuf, u64)> {
        outside
            .iter()
            .map(|(path, (length, _))| (path.clone(), *length))
            .collect()
    };
    assert_eq!(told(&before), told(&after));
    for (when, outside) in [("before", &before), ("after", &after)] {
        let times: std::collections::BTreeSet<_> = ["keys", "a.db", "b.db", "guard"]
            .iter()
            .map(|name| outside[&home.dir.join(name)].1)
            .collect();
        assert_eq!(
            times.len(),
            1,
            "{when}: the files tell which was written last"
        );
    }
    for name in ["a.db", "b.db"] {
        assert_eq!(after[&home.dir.join(name)].0, MIB);
    }
}

/// The vault may be killed while it is open: then these are the times that stay.
#[test]
fn no_time_shows_what_was_set_while_it_is_open() {
    let (home, vault) = Home::with_vault();
    let alike = |when: &str| {
        let times = ["keys", "a.db", "b.db", "guard", "blobs", "."].map(|name| {
            let metadata = home.dir.join(name).metadata().unwrap();
            (metadata.modified().unwrap(), metadata.accessed().unwrap())
        });
        assert!(
            times.iter().all(|time| *time == times[0]),
            "{when}: {times:?}"
        );
    };
    set(&vault);
    alike("set");
    let new = Passphrase::from("dulse".to_owned());
    vault
        .change_passphrase(&passphrase(), &new, &mut rng())
        .unwrap();
    alike("changed");
    drop(vault);
    alike("closed");
}

/// A directory that held many files stays large, and so tells of them.
#[cfg(unix)]
#[test]
fn the_folder_of_the_evidence_is_another_one() {
    use std::os::unix::fs::MetadataExt as _;
    let (home, vault) = Home::with_vault();
    let folder = home.dir.join("blobs");
    let look = || {
        let metadata = folder.metadata().unwrap();
        (metadata.ino(), metadata.created().ok())
    };
    for number in 0..300_u32 {
        // A name as long as those of evidence, which is what makes the directory large.
        fs::write(folder.join(format!("{number:032}")), b"").unwrap();
    }
    let large = folder.metadata().unwrap().len();
    set(&vault);
    drop(vault);
    let before = look();
    decoy(&home).sweep(&mut rng()).unwrap();
    assert_ne!(look(), before);
    assert!(folder.metadata().unwrap().len() <= large);
    // So it is in a vault that has no evidence.
    let (home, vault) = Home::with_vault();
    drop(vault);
    let folder = home.dir.join("blobs");
    let look = || {
        let metadata = folder.metadata().unwrap();
        (metadata.ino(), metadata.created().ok())
    };
    let before = look();
    drop(home.open().unwrap());
    assert_ne!(look(), before);
}

#[cfg(unix)]
#[test]
fn no_file_is_younger_than_its_neighbours() {
    use std::os::unix::fs::MetadataExt as _;
    let (home, vault) = Home::with_vault();
    let inodes =
        || ["keys", "a.db", "b.db"].map(|name| home.dir.join(name).metadata().unwrap().ino());
    let before = inodes();
    set(&vault);
    vault
        .change_passphrase(
            &passphrase(),
            &Passphrase::from("dulse".to_owned()),
            &mut rng(),
        )
        .unwrap();
    drop(vault);
    decoy(&home).sweep(&mut rng()).unwrap();
    assert_eq!(inodes(), before);
}

#[test]
fn the_real_keys_are_gone_before_the_notebook_is_there() {
    let (home, vault) = Home::with_vault();
    report(&vault, incident(1), 1, "real");
    vault.put_object(b"sealed").unwrap();
    let store = home.store();
    set(&vault);
    drop(vault);
    let keys = fs::read(home.dir.join("keys")).unwrap();
    let real = fs::read(&store).unwrap();

    let opened = decoy(&home);
    let left = fs::read(home.dir.join("keys")).unwrap();
    let same_slots = (0..8)
        .filter(|slot| keys[88 + slot * 104..][..104] == left[88 + slot * 104..][..104])
        .count();
    assert_eq!(same_slots, 1, "the decoy's own");
    // Nothing else is done yet, and nothing of it opens.
    assert_eq!(blobs(&home.dir).len(), 1);
    let copy = home.cut();
    drop(opened);
    assert!(matches!(copy.open(), Err(OpenError::WrongPassphrase)));

    // The rest is done by the next opening all the same.
    decoy(&home).sweep(&mut rng()).unwrap();
    assert_eq!(blobs(&home.dir).len(), 0);
    let swept = fs::read(&store).unwrap();
    assert_eq!(swept.len() as u64, MIB);
    for (path, bytes) in home.contents() {
        for slot in (0..8).map(|slot| &keys[88 + slot * 104..][..104]) {
            let decoys = left.windows(slot.len()).any(|own| own == slot);
            assert!(decoys || !holds(&bytes, slot), "a slot is left in {path:?}");
        }
        for page in real.chunks(4096) {
            assert!(
                !holds(&bytes[..bytes.len().min(4096)], &page[..64]),
                "{path:?}"
            );
        }
    }
    assert_eq!(
        swept
            .chunks(4096)
            .filter(|page| real.chunks(4096).any(|real| real == *page))
            .count(),
        0
    );
}

#[test]
fn the_vaults_own_passphrase_is_refused() {
    let (home, vault) = Home::with_vault();
    let before = home.contents();
    let same = vault.set_duress(&passphrase(), &notes(), &mut rng());
    assert!(matches!(same, Err(ChangeError::Taken)));
    assert!(home.contents() == before);
}

#[test]
fn setting_it_again_leaves_only_the_latest() {
    let (home, vault) = Home::with_vault();
    set(&vault);
    let other = Passphrase::from("carrageen pudding".to_owned());
    vault.set_duress(&other, &[], &mut rng()).unwrap();
    drop(vault);
    assert!(matches!(
        home.open_with(DURESS),
        Err(OpenError::WrongPassphrase)
    ));
    assert!(home.open().is_ok());
    let Ok(Opened::Decoy(decoy)) = home.open_with("carrageen pudding") else {
        panic!("no decoy")
    };
    assert!(decoy.notebook().list().unwrap().is_empty());
}

#[test]
fn notes_that_do_not_fit_are_refused_and_nothing_changes() {
    let (home, vault) = Home::with_vault();
    let before = home.contents();
    let much = vec![("x".repeat(1 << 20), NOW)];
    let refused = vault.set_duress(&second(), &much, &mut rng());
    assert!(matches!(refused, Err(ChangeError::NotesTooLong)));
    assert!(home.contents() == before);
    let most = usize::try_from(holdfast_vault::MOST_NOTES).unwrap();
    let most = vec![("x".repeat(most / 64), NOW); 64];
    vault.set_duress(&second(), &most, &mut rng()).unwrap();
    drop(vault);
    assert_eq!(decoy(&home).notebook().list().unwrap().len(), 64);
}

fn spare(home: &Home, vault: Vault) -> PathBuf {
    let store = home.store();
    drop(vault);
    let name = if store.ends_with("a.db") {
        "b.db"
    } else {
        "a.db"
    };
    home.dir.join(name)
}

#[test]
fn a_damaged_spare_is_no_matter() {
    let (home, vault) = Home::with_vault();
    let spare = spare(&home, vault);
    let damages: [fn(&Path); 3] = [
        |path| fs::remove_file(path).unwrap(),
        |path| fs::write(path, b"short").unwrap(),
        |path| fs::write(path, vec![0; 3 << 20]).unwrap(),
    ];
    for damage in damages {
        damage(&spare);
        let vault = home.open().unwrap();
        assert_eq!(spare.metadata().unwrap().len(), MIB);
        set(&vault);
        drop(vault);
        home.open().unwrap();
    }
    assert_eq!(decoy(&home).notebook().list().unwrap().len(), 3);
}

/// Somebody had the folder for a minute, or it came back from somewhere by half.
#[test]
fn a_notebook_that_was_damaged_opens_as_an_empty_one() {
    let damages: [fn(&Path); 4] = [
        |path| fs::remove_file(path).unwrap(),
        |path| fs::write(path, [7; 5000]).unwrap(),
        |path| fs::write(path, vec![7; 1 << 20]).unwrap(),
        |path| {
            let mut bytes = fs::read(path).unwrap();
            // Behind the first page.
            bytes[5000..400_000].fill(7);
            fs::write(path, bytes).unwrap();
        },
    ];
    for (number, damage) in damages.into_iter().enumerate() {
        let (home, vault) = Home::with_vault();
        report(&vault, incident(1), 1, "real");
        set(&vault);
        let spare = spare(&home, vault);
        damage(&spare);
        let opened = decoy(&home);
        assert!(opened.notebook().list().unwrap().is_empty(), "{number}");
        opened.notebook().save(None, "Rain again", NOW).unwrap();
        drop(opened);
        assert_eq!(decoy(&home).notebook().list().unwrap().len(), 1, "{number}");
        assert!(matches!(home.open(), Err(OpenError::WrongPassphrase)));
    }
}

#[test]
fn a_spare_that_was_made_anew_is_told_and_whether_it_was_a_notebook_is_not() {
    for was_set in [false, true] {
        let (home, vault) = Home::with_vault();
        if was_set {
            set(&vault);
        }
        assert!(!vault.spare_was_mended());
        let spare = spare(&home, vault);
        fs::write(&spare, b"short").unwrap();
        assert!(home.open().unwrap().spare_was_mended());
        assert!(!home.open().unwrap().spare_was_mended());
        if was_set {
            // It destroys all the same, and shows what there is to show.
            assert!(decoy(&home).notebook().list().unwrap().is_empty());
        }
    }
}

/// Somebody's folder among the evidence, put there or left by a file manager.
#[test]
fn what_is_not_ours_among_the_evidence_keeps_none_of_it() {
    let (home, vault) = Home::with_vault();
    for blob in [b"one", b"two", b"six"] {
        vault.put_object(blob).unwrap();
    }
    set(&vault);
    drop(vault);
    let folder = home.dir.join("blobs").join(".Trash-0");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("letter.txt"), b"not ours").unwrap();
    decoy(&home).sweep(&mut rng()).unwrap();
    assert_eq!(blobs(&home.dir), [folder.as_path()]);
    assert!(folder.join("letter.txt").exists());
}

/// What was put in the place of the spare leads elsewhere.
#[cfg(unix)]
#[test]
fn a_spare_that_is_a_link_costs_nobody_a_file() {
    let (home, vault) = Home::with_vault();
    let spare = spare(&home, vault);
    let letter = home.dir.with_extension("letter");
    fs::write(&letter, b"somebody else's").unwrap();
    fs::remove_file(&spare).unwrap();
    std::os::unix::fs::symlink(&letter, &spare).unwrap();
    let vault = home.open().unwrap();
    assert!(vault.spare_was_mended());
    assert_eq!(fs::read(&letter).unwrap(), b"somebody else's");
    assert!(spare.symlink_metadata().unwrap().is_file());
}

#[test]
fn after_a_change_of_passphrase_only_the_new_one_opens() {
    let (home, vault) = Home::with_vault();
    set(&vault);
    let new = Passphrase::from("oarweed and dulse".to_owned());
    for (old, new, refused) in [
        (&second(), &new, ChangeError::WrongPassphrase),
        (&new, &new, ChangeError::WrongPassphrase),
        (&passphrase(), &passphrase(), ChangeError::Taken),
        (&passphrase(), &second(), ChangeError::Taken),
    ] {
        let error = vault.change_passphrase(old, new, &mut rng()).unwrap_err();
        assert_eq!(error.to_string(), refused.to_string());
    }
    let keys = fs::read(home.dir.join("keys")).unwrap();
    vault
        .change_passphrase(&passphrase(), &new, &mut rng())
        .unwrap();
    drop(vault);
    assert!(matches!(
        home.open_with(PASSPHRASE),
        Err(OpenError::WrongPassphrase)
    ));
    assert!(matches!(
        home.open_with("oarweed and dulse"),
        Ok(Opened::Vault(_))
    ));
    let changed = fs::read(home.dir.join("keys")).unwrap();
    let others = (0..8)
        .filter(|slot| keys[88 + slot * 104..][..104] == changed[88 + slot * 104..][..104])
        .count();
    assert_eq!(others, 7, "only the own slot changes");
    // The second passphrase is still what it was.
    assert_eq!(decoy(&home).notebook().list().unwrap().len(), 3);
}

#[test]
fn a_notebook_is_in_every_vault() {
    let (home, vault) = Home::with_vault();
    let first = vault.notebook().save(None, "one", Timestamp(5)).unwrap();
    let second = vault.notebook().save(None, "two", Timestamp(6)).unwrap();
    let changed = vault
        .notebook()
        .save(Some(first.id), "three", Timestamp(7))
        .unwrap();
    vault.notebook().delete(second.id).unwrap();
    assert!(vault.notebook().delete(second.id).is_err());
    assert!(vault.notebook().save(Some(second.id), "x", NOW).is_err());
    drop(vault);
    assert_eq!(home.open().unwrap().notebook().list().unwrap(), [changed]);
}
