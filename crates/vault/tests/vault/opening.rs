//! Making, opening and closing, and everything that can stand in the way.

use std::fs;

use crate::common::{
    Home, another_process, errors_of_opening, incident, narrative, passphrase, report, rng,
};
use holdfast_record::Timestamp;
use holdfast_vault::{
    Create, CreateError, KdfCost, OpenError, Presence, Role, StoreError, Vault, presence,
};

#[test]
fn what_is_made_opens_again_with_the_same_keys() {
    let home = Home::new();
    assert_eq!(presence(&home.dir), Presence::None);
    let create = Create {
        role: Role::Desk,
        cost: KdfCost::Floor,
        now: Timestamp(0),
        settings: &[],
    };
    let made = Vault::create(&home.dir, &passphrase(), create, &mut rng()).unwrap();
    assert_eq!(presence(&home.dir), Presence::Here);
    let keys = |vault: &Vault| {
        (
            vault.signing_key().verifying_key(),
            vault.identity().recipient(),
        )
    };
    let before = keys(&made);
    drop(made);

    let opened = home.open().unwrap();
    assert_eq!(opened.role(), Role::Desk);
    assert!(keys(&opened) == before);
}

#[test]
fn a_vault_is_never_made_over_another() {
    let (home, vault) = Home::with_vault();
    report(&vault, incident(1), 1, "kept");
    drop(vault);
    let before = home.contents();
    let create = Create {
        role: Role::Reporter,
        cost: KdfCost::Floor,
        now: Timestamp(0),
        settings: &[],
    };
    let again = Vault::create(&home.dir, &passphrase(), create, &mut rng());
    assert!(matches!(again, Err(CreateError::Exists)));
    assert!(home.contents() == before);
}

#[test]
fn a_wrong_passphrase_opens_nothing_and_changes_nothing() {
    let (home, vault) = Home::with_vault();
    drop(vault);
    let before = home.contents();
    let wrong = home.open_with("something else");
    assert!(matches!(wrong, Err(OpenError::WrongPassphrase)));
    assert!(home.contents() == before);
}

#[test]
fn one_at_a_time() {
    let (home, vault) = Home::with_vault();
    assert!(matches!(home.open(), Err(OpenError::InUse)));
    drop(vault);
    drop(home.open().unwrap());
}

#[test]
fn another_process_is_in_the_way_until_it_ends() {
    let (home, vault) = Home::with_vault();
    drop(vault);
    let mut other = another_process(&home.dir);
    assert!(matches!(home.open(), Err(OpenError::InUse)));
    other.kill().unwrap();
    other.wait().unwrap();
    home.open().unwrap();
}

#[test]
fn nothing_here_is_said_as_such() {
    let home = Home::new();
    assert!(matches!(home.open(), Err(OpenError::NoVault)));
    assert!(!home.dir.exists(), "asking leaves no trace");
    fs::create_dir(&home.dir).unwrap();
    assert!(matches!(home.open(), Err(OpenError::NoVault)));
    assert_eq!(fs::read_dir(&home.dir).unwrap().count(), 0);
}

#[test]
fn missing_keys_are_told_and_nothing_is_deleted() {
    let (home, vault) = Home::with_vault();
    report(&vault, incident(1), 1, "kept");
    drop(vault);
    fs::rename(home.dir.join("keys"), home.dir.with_extension("keys")).unwrap();
    let before = home.contents();
    assert_eq!(presence(&home.dir), Presence::Here);
    assert!(matches!(home.open(), Err(OpenError::KeysMissing)));
    let create = Create {
        role: Role::Reporter,
        cost: KdfCost::Floor,
        now: Timestamp(0),
        settings: &[],
    };
    let again = Vault::create(&home.dir, &passphrase(), create, &mut rng());
    assert!(matches!(again, Err(CreateError::Exists)));
    assert!(home.contents() == before);
    fs::rename(home.dir.with_extension("keys"), home.dir.join("keys")).unwrap();
    assert!(
        home.open()
            .unwrap()
            .incident(incident(1))
            .unwrap()
            .is_some()
    );
}

#[test]
fn a_damaged_or_newer_key_file_is_told_and_kept() {
    let (home, vault) = Home::with_vault();
    drop(vault);
    let keys = home.dir.join("keys");
    let sound = fs::read(&keys).unwrap();
    let mut flipped = sound.clone();
    flipped[30] ^= 1;
    let mut newer = sound.clone();
    newer[8] += 1;
    for (bytes, is_newer) in [
        (flipped, false),
        (newer, true),
        (sound[..900].to_vec(), false),
        (vec![], false),
    ] {
        fs::write(&keys, &bytes).unwrap();
        match home.open() {
            Err(OpenError::NewerVersion) => assert!(is_newer),
            Err(OpenError::KeysDamaged) => assert!(!is_newer),
            other => panic!("{other:?}"),
        }
        assert_eq!(fs::read(&keys).unwrap(), bytes);
    }
    fs::write(&keys, sound).unwrap();
    home.open().unwrap();
}

#[test]
fn a_damaged_or_missing_database_is_told_and_never_made_anew() {
    let (home, vault) = Home::with_vault();
    report(&vault, incident(1), 1, "kept");
    let path = home.store();
    drop(vault);
    let sound = fs::read(&path).unwrap();
    let mut flipped = sound.clone();
    flipped[100] ^= 1;
    for damaged in [flipped, sound[..5000].to_vec(), vec![]] {
        fs::write(&path, &damaged).unwrap();
        assert!(matches!(home.open(), Err(OpenError::StoreDamaged)));
        assert!(fs::read(&path).unwrap() == damaged);
    }
    fs::remove_file(&path).unwrap();
    assert!(matches!(home.open(), Err(OpenError::StoreDamaged)));
    assert!(!path.exists());
    fs::write(&path, sound).unwrap();
    assert!(
        home.open()
            .unwrap()
            .incident(incident(1))
            .unwrap()
            .is_some()
    );
}

#[test]
fn nothing_is_told_on_the_error_stream() {
    let (home, vault) = Home::with_vault();
    let path = home.store();
    drop(vault);
    assert_eq!(errors_of_opening(&home.dir), "");
    let mut damaged = fs::read(&path).unwrap();
    damaged[100] ^= 1;
    fs::write(&path, damaged).unwrap();
    assert_eq!(errors_of_opening(&home.dir), "");
}

#[test]
fn what_is_acknowledged_survives_a_power_cut() {
    let (home, vault) = Home::with_vault();
    report(&vault, incident(1), 1, "kept");
    vault.set_setting("language", b"ru").unwrap();
    let cut = home.cut();
    drop(vault);
    let opened = cut.open().unwrap();
    assert_eq!(
        opened
            .incident(incident(1))
            .unwrap()
            .unwrap()
            .text("narrative"),
        Some("kept")
    );
    assert_eq!(
        opened.setting("language").unwrap().as_deref(),
        Some(&b"ru"[..])
    );
}

/// A process killed while it made a vault leaves nothing in the way of the next try.
#[test]
fn a_making_that_was_killed_is_done_again() {
    let (home, vault) = Home::with_vault();
    drop(vault);
    fs::remove_file(home.dir.join("keys")).unwrap();
    fs::write(home.dir.join("creating"), []).unwrap();
    fs::write(home.dir.join("keys.new"), b"half").unwrap();
    assert_eq!(presence(&home.dir), Presence::None);
    assert!(matches!(home.open(), Err(OpenError::NoVault)));
    let create = Create {
        role: Role::Lawyer,
        cost: KdfCost::Floor,
        now: Timestamp(0),
        settings: &[],
    };
    let vault = Vault::create(&home.dir, &passphrase(), create, &mut rng()).unwrap();
    drop(vault);
    let mut names: Vec<_> = fs::read_dir(&home.dir)
        .unwrap()
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(names, ["a.db", "b.db", "blobs", "guard", "keys", "lock"]);
    assert_eq!(home.open().unwrap().role(), Role::Lawyer);
}

#[test]
fn a_failed_change_leaves_what_was_there() {
    let (_home, vault) = Home::with_vault();
    let missing = holdfast_record::ObjectId::from_bytes([1; 32]);
    assert!(matches!(
        vault.fail(&missing, "x"),
        Err(StoreError::NotFound)
    ));
    let item = holdfast_vault::OutboxItem {
        object: missing,
        size: 1,
        destination: vec![],
        incident: incident(1),
        what: "bundle".to_owned(),
        rank: 0,
    };
    assert!(matches!(vault.enqueue(&[item]), Err(StoreError::NotFound)));
    assert!(vault.outbox().unwrap().is_empty());
    vault
        .append(&[crate::common::entry(
            &vault,
            incident(1),
            1,
            &narrative("x"),
        )])
        .unwrap();
}
