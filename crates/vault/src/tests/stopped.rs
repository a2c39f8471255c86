//! What holds after each operation was stopped before each of its steps.

use std::{fs, io, path::Path};

use super::scenario::{
    DURESS, FIRST_DURESS, NEW, OWN, Scenario, Start, as_decoy, copy, create, full_at, is_vault,
    killed_before, open, rng,
};
use crate::{
    OpenError, Presence,
    disk::{KEYS, KEYS_NEW},
    panic, presence,
    slots::{Keys, WIPED},
    steps::watched,
};

/// Stops it before each step, by a kill and by a full disk, and calls `check` with the directory
/// and a name for messages. How many steps there were.
fn stop_everywhere(scenario: Scenario, check: impl Fn(&Start, &Path, &str)) -> usize {
    let start = Start::of(scenario);
    let mut killed = 0;
    for number in 1.. {
        let (_home, dir) = start.fresh();
        let Some(step) = killed_before(scenario, &dir, number) else {
            break;
        };
        check(&start, &dir, &format!("killed at {number}, {step}"));
        killed = number;
    }
    for number in 1.. {
        let (_home, dir) = start.fresh();
        let Some((answer, step)) = full_at(scenario, &dir, number) else {
            assert!(number >= killed, "{number} steps, {killed} when killed");
            break;
        };
        check(
            &start,
            &dir,
            &format!("full at {number}, {step}: {answer:?}"),
        );
    }
    killed
}

fn read(dir: &Path, name: &str) -> Vec<u8> {
    fs::read(dir.join(name)).unwrap_or_default()
}

/// How many files are left. The log of a database whose process was killed does not count.
fn left(dir: &Path) -> usize {
    let names = fs::read_dir(dir).into_iter().flatten();
    let names = names.map(|file| file.unwrap().file_name().into_string().unwrap());
    names.filter(|name| !name.ends_with("-wal")).count()
}

#[test]
fn a_making_leaves_a_whole_vault_or_none() {
    let steps = stop_everywhere(Scenario::Create, |_, dir, when| {
        if presence(dir) == Presence::Here {
            assert!(is_vault(open(dir, OWN)), "{when}");
        } else {
            assert!(matches!(open(dir, OWN), Err(OpenError::NoVault)), "{when}");
            drop(create(dir).unwrap_or_else(|error| panic!("{when}: {error}")));
            assert!(is_vault(open(dir, OWN)), "{when}: made again");
        }
        assert!(
            left(dir) == 6,
            "{when}: {:?}",
            fs::read_dir(dir).unwrap().collect::<Vec<_>>()
        );
    });
    assert!(steps > 30, "{steps}");
}

/// After a panic, and after the last wrong passphrase that was allowed.
fn check_wiped(start: &Start, dir: &Path, when: &str) {
    let keys = read(dir, KEYS);
    if keys == start.keys {
        assert_eq!(presence(dir), Presence::Here, "{when}");
        panic(dir).unwrap();
    }
    let overwritten = !keys.is_empty() && start.slots_left_in(&keys) == 0;
    let marked = keys.starts_with(&WIPED);
    if overwritten || marked {
        // Somebody put what is left of the keys back beside everything else.
        let (_aside, copy) = start.fresh();
        fs::write(copy.join(KEYS), &keys).unwrap();
        assert!(matches!(open(&copy, OWN), Err(OpenError::Wiped)), "{when}");
        assert!(
            matches!(open(&copy, DURESS), Err(OpenError::NoVault)),
            "{when}"
        );
    }
    match open(dir, OWN) {
        Err(OpenError::Wiped | OpenError::NoVault) => {}
        other => panic!("{when}: {other:?}"),
    }
    assert_eq!(fs::read_dir(dir).map_or(0, Iterator::count), 0, "{when}");
    assert!(matches!(open(dir, OWN), Err(OpenError::NoVault)), "{when}");
}

#[test]
fn a_panic_is_finished_by_the_next_start() {
    let steps = stop_everywhere(Scenario::Panic, check_wiped);
    assert!(steps > 25, "{steps}");
}

#[test]
fn wiping_after_wrong_passphrases_is_finished_by_the_next_start() {
    let steps = stop_everywhere(Scenario::WrongTry, |start, dir, when| {
        let keys = read(dir, KEYS);
        if keys == start.keys {
            // Nothing was destroyed yet; the right passphrase still opens.
            let (_aside, copy) = copy(dir);
            assert!(is_vault(open(&copy, OWN)), "{when}");
        }
        check_wiped(start, dir, when);
    });
    assert!(steps > 25, "{steps}");
}

#[test]
fn a_duress_opening_never_leaves_the_real_keys_once_they_are_overwritten() {
    let steps = stop_everywhere(Scenario::OpenDuress, |start, dir, when| {
        let keys = read(dir, KEYS);
        if start.slots_left_in(&keys) == 1 {
            // As they lie there, and put back beside everything else.
            let (_aside, as_it_is) = copy(dir);
            let (_other, put_back) = start.fresh();
            fs::write(put_back.join(KEYS), &keys).unwrap();
            for copy in [as_it_is, put_back] {
                assert!(!is_vault(open(&copy, OWN)), "{when}");
            }
        }
        let decoy = as_decoy(open(dir, DURESS)).unwrap_or_else(|| panic!("{when}"));
        assert_eq!(start.slots_left_in(&read(dir, KEYS)), 1, "{when}");
        assert_eq!(decoy.notebook().list().unwrap()[0].text, "first", "{when}");
        decoy.sweep(&mut rng()).unwrap();
        drop(decoy);
        assert_eq!(left(&dir.join("blobs")), 0, "{when}");
        let (_home, fresh) = start.fresh();
        let (real, swept) = (
            read(&fresh, start.real.name()),
            read(dir, start.real.name()),
        );
        assert_eq!(swept.len(), 1 << 20, "{when}");
        let same = real
            .chunks(512)
            .zip(swept.chunks(512))
            .filter(|(a, b)| a == b);
        assert_eq!(same.count(), 0, "{when}");
        assert_eq!(left(dir), 6, "{when}");
    });
    assert!(steps > 15, "{steps}");
}

#[test]
fn a_change_of_passphrase_leaves_the_one_or_the_other() {
    let steps = stop_everywhere(Scenario::ChangePassphrase, |start, dir, when| {
        let (_aside, copy) = copy(dir);
        let (old, new) = (is_vault(open(dir, OWN)), is_vault(open(&copy, NEW)));
        assert!(old != new, "{when}: old {old}, new {new}");
        for dir in [dir, &copy] {
            assert!(!dir.join(KEYS_NEW).exists(), "{when}");
            assert_eq!(left(dir), 6, "{when}");
            // Of the new one seven slots are as they were, and the old one's is nowhere.
            let expected = if new { 7 } else { 8 };
            assert_eq!(start.slots_left_in(&read(dir, KEYS)), expected, "{when}");
        }
        assert_eq!(is_vault(open(dir, NEW)), new, "{when}");
    });
    assert!(steps > 12, "{steps}");
}

#[test]
fn setting_a_second_passphrase_never_costs_the_first() {
    let steps = stop_everywhere(Scenario::SetDuress, |_, dir, when| {
        let notes = |text| {
            let (_aside, copy) = copy(dir);
            let decoy = as_decoy(open(&copy, text))?;
            Some(decoy.notebook().list().unwrap()[0].text.clone())
        };
        let (earlier, later) = (notes(FIRST_DURESS), notes(DURESS));
        assert!(earlier.is_none() || later.is_none(), "{when}");
        assert!(earlier.is_none_or(|text| text == "first"), "{when}");
        assert!(later.is_none_or(|text| text == "second"), "{when}");
        assert!(is_vault(open(dir, OWN)), "{when}");
        assert!(
            Keys::parse(&read(dir, KEYS)).unwrap().as_written(),
            "{when}"
        );
        assert_eq!(left(dir), 6, "{when}");
        for name in ["a.db", "b.db"] {
            assert_eq!(read(dir, name).len(), 1 << 20, "{when}");
        }
    });
    assert!(steps > 25, "{steps}");
}

#[test]
fn while_the_keys_cannot_be_destroyed_the_second_passphrase_is_a_wrong_one() {
    let start = Start::of(Scenario::OpenDuress);
    let (_home, dir) = start.fresh();
    let refused = || Err(io::ErrorKind::PermissionDenied.into());
    let opened = watched(move |_| refused(), || open(&dir, DURESS));
    assert!(matches!(opened, Err(OpenError::WrongPassphrase)));
    assert!(read(&dir, KEYS) == start.keys);
    assert!(is_vault(open(&dir, OWN)));

    // Where only the file itself cannot be written to, another takes its place.
    let mut refusals = 1;
    let once = move |step| match (step, refusals) {
        ("write", 1) => {
            refusals = 0;
            refused()
        }
        _ => Ok(()),
    };
    let opened = watched(once, || open(&dir, DURESS));
    assert!(as_decoy(opened).is_some());
    assert_eq!(start.slots_left_in(&read(&dir, KEYS)), 1);
    assert_eq!(left(&dir), 6);
}
