//! Destroying a real vault. The steps one by one are tested beside the code.

use std::fs;

use crate::common::{Home, another_process, incident, report};
use holdfast_vault::{OpenError, PanicError, PanicReport, Presence, panic, presence};

#[test]
fn an_open_vault_is_destroyed_all_the_same() {
    let (home, vault) = Home::with_vault();
    report(&vault, incident(1), 1, "gone");
    vault.put_object(b"sealed").unwrap();
    // Somebody had copied everything but the keys.
    let copy = home.cut();
    assert_eq!(
        panic(&home.dir).unwrap(),
        PanicReport {
            keys_gone: true,
            all_gone: true
        }
    );
    assert!(!home.dir.exists());
    drop(vault);
    assert!(!home.dir.exists(), "closing afterwards brings nothing back");
    assert_eq!(presence(&home.dir), Presence::None);
    assert!(matches!(home.open(), Err(OpenError::NoVault)));
    assert!(matches!(panic(&home.dir), Err(PanicError::NoVault)));

    fs::remove_file(copy.dir.join("keys")).unwrap();
    assert!(matches!(copy.open(), Err(OpenError::KeysMissing)));
}

#[test]
fn another_process_cannot_hold_it_up() {
    let (home, vault) = Home::with_vault();
    drop(vault);
    let mut other = another_process(&home.dir);
    assert_eq!(
        panic(&home.dir).unwrap(),
        PanicReport {
            keys_gone: true,
            all_gone: true
        }
    );
    other.kill().unwrap();
    other.wait().unwrap();
    assert!(matches!(home.open(), Err(OpenError::NoVault)));
}

#[test]
fn wiped_keys_do_not_open_with_the_old_passphrase() {
    let (home, vault) = Home::with_vault();
    drop(vault);
    let keys = fs::read(home.dir.join("keys")).unwrap();
    // As after a wipe that was killed once the keys were overwritten.
    let mut wiped = vec![0; keys.len()];
    wiped[..8].copy_from_slice(b"hf-wiped");
    fs::write(home.dir.join("keys"), wiped).unwrap();
    assert_eq!(presence(&home.dir), Presence::Wiping);
    assert!(matches!(home.open(), Err(OpenError::Wiped)));
    assert!(!home.dir.exists());
}

#[test]
fn after_a_wipe_there_is_room_for_a_new_vault() {
    let (home, vault) = Home::with_vault();
    report(&vault, incident(1), 1, "gone");
    drop(vault);
    fs::write(home.dir.join("wiping"), []).unwrap();
    let create = holdfast_vault::Create {
        role: holdfast_vault::Role::Reporter,
        cost: holdfast_vault::KdfCost::Floor,
        now: holdfast_record::Timestamp(0),
        settings: &[],
    };
    let made = holdfast_vault::Vault::create(
        &home.dir,
        &crate::common::passphrase(),
        create,
        &mut crate::common::rng(),
    );
    assert!(made.unwrap().incident(incident(1)).unwrap().is_none());
}
