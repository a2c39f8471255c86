//! Evidence and other sealed objects: in, out, and cut off anywhere on the way.

use std::{
    cell::RefCell,
    fs,
    io::{Read as _, Seek as _, SeekFrom, Write as _},
};

use crate::common::{Home, blobs, entry, incident, rng};
use holdfast_record::{Evidence, EvidenceKey, ObjectId, Statement, Timestamp};
use holdfast_vault::{BlobError, FileMeta, StoreError, Vault};
use proptest::prelude::*;
use sha2::{Digest as _, Sha256};

fn original(size: usize) -> Vec<u8> {
    (0..size).map(|at| (at * 31 + at / 257) as u8).collect()
}

fn meta() -> FileMeta {
    FileMeta {
        name: "video.mp4".to_owned(),
        media_type: "video/mp4".to_owned(),
        imported_at: Timestamp(5),
    }
}

fn import(vault: &Vault, bytes: &[u8]) -> Evidence {
    let mut import = vault.begin_import().unwrap();
    bytes
        .chunks(10_007)
        .for_each(|piece| import.write_all(piece).unwrap());
    vault
        .commit_import(incident(1), import, meta(), &mut rng())
        .unwrap()
}

fn read_all(vault: &Vault, object: &ObjectId) -> Vec<u8> {
    let mut bytes = Vec::new();
    vault
        .open_evidence(object)
        .unwrap()
        .read_to_end(&mut bytes)
        .unwrap();
    bytes
}

#[test]
fn evidence_comes_back_byte_for_byte_from_any_position() {
    let (home, vault) = Home::with_vault();
    let bytes = original(300_000);
    let evidence = import(&vault, &bytes);
    assert_eq!(evidence.size, 300_000);
    assert_eq!(evidence.sha256, <[u8; 32]>::from(Sha256::digest(&bytes)));
    assert_eq!(
        fs::metadata(home.only_blob()).unwrap().len(),
        evidence.object_size
    );
    drop(vault);

    let vault = home.open().unwrap();
    assert_eq!(read_all(&vault, &evidence.object), bytes);
    let reader = RefCell::new(vault.open_evidence(&evidence.object).unwrap());
    proptest!(ProptestConfig::with_cases(200), |(at in 0_u64..310_000, count in 0_u64..80_000)| {
        let mut reader = reader.borrow_mut();
        let from = reader.seek(SeekFrom::Start(at)).unwrap() as usize;
        let mut piece = Vec::new();
        reader.by_ref().take(count).read_to_end(&mut piece).unwrap();
        let to = bytes.len().min(from + count as usize);
        prop_assert_eq!(&piece[..], &bytes[from..to]);
    });
}

#[test]
fn an_import_given_up_or_killed_leaves_nothing() {
    let (home, vault) = Home::with_vault();
    let mut import = vault.begin_import().unwrap();
    import.write_all(&original(200_000)).unwrap();
    let killed = home.cut();
    assert_eq!(blobs(&killed.dir).len(), 1);
    drop(import);
    assert!(blobs(&home.dir).is_empty());

    let vault = killed.open().unwrap();
    assert!(blobs(&killed.dir).is_empty());
    assert!(vault.loose_evidence(incident(1)).unwrap().is_empty());
    assert!(vault.row(incident(1)).unwrap().is_none());
}

#[test]
fn discarding_deletes_one_file_and_a_file_of_nobody_stays() {
    let (home, vault) = Home::with_vault();
    let kept = import(&vault, b"kept");
    let discarded = import(&vault, b"discarded");
    vault
        .discard_evidence(incident(1), &discarded.object)
        .unwrap();
    assert!(matches!(
        vault.open_evidence(&discarded.object),
        Err(BlobError::NotFound)
    ));
    home.only_blob();
    drop(vault);

    fs::write(
        home.dir.join("blobs/0123456789abcdef0123456789abcdef"),
        b"whose?",
    )
    .unwrap();
    let vault = home.open().unwrap();
    assert_eq!(blobs(&home.dir).len(), 2);
    assert_eq!(read_all(&vault, &kept.object), b"kept");
}

#[test]
fn an_entry_claims_loose_evidence_and_only_loose_evidence_can_be_discarded() {
    let (home, vault) = Home::with_vault();
    let evidence = import(&vault, b"photo");
    assert_eq!(
        vault.loose_evidence(incident(1)).unwrap(),
        std::slice::from_ref(&evidence)
    );
    assert_eq!(
        vault
            .row(incident(1))
            .unwrap()
            .map(|row| (row.evidence, row.is_new)),
        Some((1, true))
    );

    let named = entry(
        &vault,
        incident(1),
        9,
        &Statement::EvidenceAdded(evidence.clone()),
    );
    vault.append(&[named]).unwrap();
    assert!(vault.loose_evidence(incident(1)).unwrap().is_empty());
    assert_eq!(
        vault
            .row(incident(1))
            .unwrap()
            .map(|row| (row.evidence, row.is_new)),
        Some((1, false))
    );
    let discarded = vault.discard_evidence(incident(1), &evidence.object);
    assert!(matches!(discarded, Err(StoreError::NotFound)));
    assert_eq!(read_all(&vault, &evidence.object), b"photo");
    assert_eq!(vault.evidence(&evidence.object).unwrap(), Some(evidence));
    drop(home);
}

#[test]
fn damage_is_told_and_the_bytes_are_kept() {
    let (home, vault) = Home::with_vault();
    let evidence = import(&vault, &original(200_000));
    let path = home.only_blob();
    let sound = fs::read(&path).unwrap();
    let within = evidence.sealed_size as usize;
    for at in [0, 60, 150, 250, 1_000, 66_000, 140_000, within - 1] {
        let mut damaged = sound.clone();
        damaged[at] ^= 1;
        fs::write(&path, &damaged).unwrap();
        let read = vault
            .open_evidence(&evidence.object)
            .and_then(|mut reader| Ok(reader.read_to_end(&mut Vec::new())?));
        assert!(read.is_err(), "byte {at}");
        assert_eq!(fs::read(&path).unwrap(), damaged);
    }
    for length in [0, 100, 70_000, within - 1] {
        fs::write(&path, &sound[..length]).unwrap();
        let opened = vault.open_evidence(&evidence.object);
        assert!(matches!(opened, Err(BlobError::Damaged)), "{length} bytes");
    }
    fs::remove_file(&path).unwrap();
    assert!(matches!(
        vault.open_evidence(&evidence.object),
        Err(BlobError::NotHere)
    ));
    fs::write(&path, &sound).unwrap();
    assert_eq!(read_all(&vault, &evidence.object), original(200_000));
}

#[test]
fn a_wrong_claim_does_not_lock_anybody_out() {
    let (_home, vault) = Home::with_vault();
    let evidence = import(&vault, b"mine");
    let other = holdfast_seal::Identity::make();
    let wrong = Evidence {
        key: EvidenceKey::from(other.expose_secret_str()),
        ..evidence.clone()
    };
    let lie = entry(&vault, incident(2), 1, &Statement::EvidenceAdded(wrong));
    vault.append(&[lie]).unwrap();
    assert_eq!(read_all(&vault, &evidence.object), b"mine");
}

#[test]
fn evidence_known_but_not_arrived_is_said_as_such() {
    let (_home, vault) = Home::with_vault();
    let (_other_home, other) = Home::with_vault_of(8);
    let evidence = import(&other, b"far away");
    let (mut file, size) = other.open_object(&evidence.object).unwrap();
    let mut object = Vec::new();
    file.read_to_end(&mut object).unwrap();
    assert_eq!(object.len() as u64, size);

    vault
        .append(&[entry(
            &other,
            incident(1),
            1,
            &Statement::EvidenceAdded(evidence.clone()),
        )])
        .unwrap();
    assert!(matches!(
        vault.open_evidence(&evidence.object),
        Err(BlobError::NotHere)
    ));
    assert!(!vault.has_object(&evidence.object).unwrap());

    let mut arriving = vault.begin_object(evidence.object, size).unwrap();
    arriving.append(&object).unwrap();
    arriving.finish().unwrap();
    assert_eq!(read_all(&vault, &evidence.object), b"far away");
}

#[test]
fn an_arrival_goes_on_where_it_stopped() {
    let (home, vault) = Home::with_vault();
    let bytes = original(100_000);
    let object = ObjectId::from_bytes(Sha256::digest(&bytes).into());
    let mut arriving = vault.begin_object(object, 100_000).unwrap();
    arriving.append(&bytes[..40_000]).unwrap();
    drop(arriving);
    drop(vault);

    let vault = home.open().unwrap();
    let mut arriving = vault.begin_object(object, 100_000).unwrap();
    assert_eq!(arriving.offset(), 40_000);
    assert!(matches!(
        arriving.append(&bytes[..60_001]),
        Err(BlobError::TooLong)
    ));
    arriving.append(&bytes[40_000..99_999]).unwrap();
    assert!(matches!(arriving.finish(), Err(BlobError::NotHere)));
    let mut arriving = vault.begin_object(object, 100_000).unwrap();
    arriving.append(&bytes[99_999..]).unwrap();
    arriving.finish().unwrap();
    assert_eq!(fs::read(home.only_blob()).unwrap(), bytes);

    let again = vault.begin_object(object, 100_000).unwrap();
    assert_eq!(again.offset(), 100_000);
    again.finish().unwrap();
}

#[test]
fn an_arrival_of_other_bytes_is_refused_and_starts_anew() {
    let (home, vault) = Home::with_vault();
    let object = ObjectId::from_bytes([9; 32]);
    let mut arriving = vault.begin_object(object, 4).unwrap();
    arriving.append(b"evil").unwrap();
    assert!(matches!(arriving.finish(), Err(BlobError::Damaged)));
    assert!(!vault.has_object(&object).unwrap());
    assert!(blobs(&home.dir).is_empty());
    assert_eq!(vault.begin_object(object, 4).unwrap().offset(), 0);
}

#[test]
fn after_locking_an_arrival_cannot_end() {
    let (home, vault) = Home::with_vault();
    let object = ObjectId::from_bytes(Sha256::digest(b"late").into());
    let mut arriving = vault.begin_object(object, 4).unwrap();
    arriving.append(b"late").unwrap();
    drop(vault);
    assert!(matches!(arriving.finish(), Err(BlobError::Locked)));
    // Nor does it keep the vault from being opened; and what came in is not lost.
    let vault = home.open().unwrap();
    assert_eq!(vault.begin_object(object, 4).unwrap().offset(), 4);
}

#[test]
fn file_names_do_not_tell_which_objects_they_hold() {
    let (home, vault) = Home::with_vault();
    let object = vault.put_object(b"sealed bytes").unwrap();
    assert_eq!(vault.put_object(b"sealed bytes").unwrap(), object);
    let name = home
        .only_blob()
        .file_name()
        .unwrap()
        .to_str()
        .unwrap()
        .to_owned();
    assert_eq!(name.len(), 32);
    assert!(!object.to_string().contains(&name[..8]));
    let (other_home, other) = Home::with_vault_of(8);
    assert_eq!(other.put_object(b"sealed bytes").unwrap(), object);
    assert_ne!(
        other_home.only_blob().file_name().unwrap().to_str(),
        Some(name.as_str())
    );
}
