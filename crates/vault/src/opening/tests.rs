//! What a try counts, whatever comes of it and whoever tries beside it.

use std::cell::{Cell, RefCell};

use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng as _};

use super::*;
use crate::{Create, GuardSettings, KdfCost, Role};

const NOW: Timestamp = Timestamp(1_780_000_000_000);
const RIGHT: &str = "kelp and wrack";

fn rng() -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(11)
}

fn guarded(settings: GuardSettings) -> (tempfile::TempDir, Vault) {
    let home = tempfile::tempdir().unwrap();
    let create = Create {
        role: Role::Reporter,
        cost: KdfCost::Floor,
        now: NOW,
        settings: &[],
    };
    let dir = home.path().join("vault");
    let right = Passphrase::from(RIGHT.to_owned());
    let vault = Vault::create(&dir, &right, create, &mut rng()).unwrap();
    vault.set_guard(settings, NOW).unwrap();
    (home, vault)
}

fn try_with(
    home: &tempfile::TempDir,
    text: &str,
    pause: impl Fn(Duration),
) -> Result<Opened, OpenError> {
    let passphrase = Passphrase::from(text.to_owned());
    open(
        &home.path().join("vault"),
        &passphrase,
        NOW,
        &mut rng(),
        |wait| {
            pause(wait);
            true
        },
    )
}

fn wrong_tries(home: &tempfile::TempDir) -> u32 {
    Guard::read(&home.path().join("vault")).wrong()
}

#[test]
fn a_right_passphrase_sets_the_count_back_though_the_database_does_not_open() {
    let (home, vault) = guarded(GuardSettings {
        wipe_after: 3,
        ..GuardSettings::default()
    });
    let newer = |connection: &rusqlite::Connection| {
        Ok(connection.pragma_update(None, "user_version", 99)?)
    };
    vault.store().read(newer).unwrap();
    drop(vault);
    for _ in 0..4 {
        let right = try_with(&home, RIGHT, |_| {});
        assert!(matches!(right, Err(OpenError::NewerVersion)), "{right:?}");
        assert_eq!(wrong_tries(&home), 0);
    }
    for count in 1..3 {
        let wrong = try_with(&home, "x", |_| {});
        assert!(
            matches!(wrong, Err(OpenError::WrongPassphrase)),
            "{wrong:?}"
        );
        assert_eq!(wrong_tries(&home), count);
    }
    assert!(try_with(&home, RIGHT, |_| {}).is_err());
    assert_eq!(wrong_tries(&home), 0);
}

const SLOW: GuardSettings = GuardSettings {
    growing_delay: true,
    wipe_after: 0,
    check_in_hours: 0,
};

#[test]
fn tries_made_while_one_waits_all_count_and_it_waits_anew() {
    let (home, vault) = guarded(SLOW);
    drop(vault);
    for _ in 0..3 {
        assert!(try_with(&home, "x", |_| {}).is_err());
    }
    let (others, waits) = (Cell::new(2), RefCell::new(vec![]));
    let pause = |wait: Duration| {
        // The answer's own grid does not belong to the guard.
        if wait.as_secs() == 0 {
            return;
        }
        waits.borrow_mut().push(wait.as_secs());
        if others.get() > 0 {
            others.set(others.get() - 1);
            assert!(try_with(&home, "y", |_| {}).is_err());
        }
    };
    assert!(try_with(&home, "x", pause).is_err());
    assert_eq!(waits.into_inner(), [2, 4, 8]);
    assert_eq!(wrong_tries(&home), 6);
}

#[test]
fn a_try_that_waited_puts_back_nothing_that_was_chosen_meanwhile() {
    let (home, vault) = guarded(SLOW);
    drop(vault);
    for _ in 0..3 {
        assert!(try_with(&home, "x", |_| {}).is_err());
    }
    let chosen = GuardSettings {
        growing_delay: true,
        wipe_after: 5,
        check_in_hours: 72,
    };
    let pause = |wait: Duration| {
        if wait.as_secs() == 0 {
            return;
        }
        let Ok(Opened::Vault(vault)) = try_with(&home, RIGHT, |_| {}) else {
            panic!("the right one opens");
        };
        vault.set_guard(chosen, NOW).unwrap();
    };
    assert!(try_with(&home, "x", pause).is_err());
    let guard = Guard::read(&home.path().join("vault"));
    assert_eq!((guard.settings, guard.wrong()), (chosen, 1));
}
