//! What stands before the passphrase, with a real vault behind it.

use std::{
    cell::Cell,
    fs,
    time::{Duration, Instant},
};

use holdfast_record::Timestamp;
use holdfast_vault::{
    GuardSettings, OpenError, Passphrase, Presence, Vault, Watch, presence, watch,
};

use crate::common::{Home, NOW, PASSPHRASE, rng};

const HOUR: i64 = 3_600_000;

fn guarded(settings: GuardSettings) -> Home {
    let (home, vault) = Home::with_vault();
    vault.set_guard(settings, NOW).unwrap();
    drop(vault);
    home
}

#[test]
fn the_last_wrong_passphrase_destroys_everything() {
    let home = guarded(GuardSettings {
        wipe_after: 3,
        ..GuardSettings::default()
    });
    for _ in 0..2 {
        assert!(matches!(
            home.open_with("x"),
            Err(OpenError::WrongPassphrase)
        ));
    }
    // The right one starts the count anew.
    drop(home.open().unwrap());
    for _ in 0..2 {
        assert!(matches!(
            home.open_with("x"),
            Err(OpenError::WrongPassphrase)
        ));
    }
    assert!(matches!(home.open_with("x"), Err(OpenError::Wiped)));
    assert!(!home.dir.exists());
    assert!(matches!(
        home.open_with(PASSPHRASE),
        Err(OpenError::NoVault)
    ));
}

#[test]
fn wrong_passphrases_are_counted_though_the_program_ends() {
    let home = guarded(GuardSettings {
        growing_delay: true,
        ..GuardSettings::default()
    });
    for _ in 0..3 {
        assert_eq!(watch(&home.dir, NOW).wait, Duration::ZERO);
        assert!(home.open_with("x").is_err());
    }
    assert_eq!(watch(&home.dir, NOW).wait, Duration::from_secs(2));
}

#[test]
fn a_wait_can_be_given_up_and_nothing_is_counted() {
    let home = guarded(GuardSettings {
        growing_delay: true,
        ..GuardSettings::default()
    });
    for _ in 0..3 {
        assert!(home.open_with("x").is_err());
    }
    let before = watch(&home.dir, NOW).wait;
    assert!(!before.is_zero());
    let began = Instant::now();
    let mistyped = Passphrase::from("x".to_owned());
    let looked = Cell::new(0);
    let given_up = Vault::open_while(&home.dir, &mistyped, NOW, &mut rng(), || {
        looked.set(looked.get() + 1);
        looked.get() < 3
    });
    assert!(matches!(given_up, Err(OpenError::GivenUp)));
    assert!(began.elapsed() < before);
    assert_eq!(watch(&home.dir, NOW).wait, before, "it was not a try");
}

#[test]
fn a_missed_check_in_is_told_and_opening_is_one() {
    let home = guarded(GuardSettings {
        check_in_hours: 48,
        ..GuardSettings::default()
    });
    let at = |hours: i64| watch(&home.dir, Timestamp(NOW.0 + hours * HOUR));
    assert_eq!(
        at(48),
        Watch {
            check_in_by: Some(Timestamp(NOW.0 + 48 * HOUR)),
            ..Watch::default()
        }
    );
    assert!(at(49).missed);
    assert_eq!(presence(&home.dir), Presence::Here, "the caller destroys");
    let vault = home.open().unwrap();
    vault.check_in(Timestamp(NOW.0 + 40 * HOUR)).unwrap();
    assert!(!at(88).missed);
    assert!(at(89).missed);
}

#[test]
fn a_damaged_guard_is_no_matter() {
    let settings = GuardSettings {
        growing_delay: true,
        wipe_after: 50,
        check_in_hours: 24,
    };
    let home = guarded(settings);
    let guard = home.dir.join("guard");
    let sound = fs::read(&guard).unwrap();
    for damaged in [None, Some(vec![]), Some(vec![7; 72]), Some(vec![0; 4096])] {
        match damaged {
            None => fs::remove_file(&guard).unwrap(),
            Some(bytes) => fs::write(&guard, bytes).unwrap(),
        }
        assert_eq!(watch(&home.dir, Timestamp(i64::MAX)), Watch::default());
        let vault = home.open().unwrap();
        assert_eq!(vault.guard().unwrap(), settings);
        drop(vault);
        assert!(fs::read(&guard).unwrap() == sound, "written anew");
    }
}

/// What is shown as chosen is in force.
#[test]
fn a_guard_that_cannot_be_written_is_not_kept() {
    let (home, vault) = Home::with_vault();
    let before = vault.guard().unwrap();
    fs::remove_file(home.dir.join("guard")).unwrap();
    fs::create_dir(home.dir.join("guard")).unwrap();
    let chosen = GuardSettings {
        wipe_after: 3,
        ..GuardSettings::default()
    };
    assert!(vault.set_guard(chosen, NOW).is_err());
    assert_eq!(vault.guard().unwrap(), before);
}
