//! What a damaged or foreign database does: a typed error, and not a byte of it changed.

use std::{fs, path::PathBuf};

use rusqlite::params;

use super::*;

const KEY: [u8; 32] = [3; 32];
const PAGE: usize = 4096;

/// A database of some tens of pages; gives its files' bytes, taken while open or after closing.
fn filled(closed: bool) -> (tempfile::TempDir, PathBuf) {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("store.db");
    fs::write(&path, Store::make_bytes(&KEY, |_| Ok(())).unwrap()).unwrap();
    let store = Store::open_in_place(&path, &KEY).unwrap();
    for number in 0..40_u8 {
        store
            .write(|transaction| {
                transaction.execute(
                    "INSERT INTO settings VALUES (?1, ?2)",
                    params![number.to_string(), vec![number; 3_000]],
                )?;
                Ok(())
            })
            .unwrap();
    }
    if closed {
        drop(store);
        return (home, path);
    }
    // A copy of the files as a power cut would leave them, the log full.
    let cut = tempfile::tempdir().unwrap();
    for name in ["store.db", "store.db-wal"] {
        fs::copy(home.path().join(name), cut.path().join(name)).unwrap();
    }
    let path = cut.path().join("store.db");
    (cut, path)
}

fn read_all(store: &Store) -> Result<usize, StoreError> {
    store.read(|connection| {
        let mut found = 0;
        let mut all = connection.prepare("SELECT value FROM settings ORDER BY name")?;
        let mut rows = all.query(())?;
        while let Some(row) = rows.next()? {
            found += row.get::<_, Vec<u8>>(0)?.len();
        }
        Ok(found)
    })
}

#[test]
fn what_was_written_is_there_after_closing_and_after_a_cut() {
    for closed in [true, false] {
        let (_home, path) = filled(closed);
        assert_eq!(
            read_all(&Store::open(&path, &KEY).unwrap()).unwrap(),
            40 * 3_000
        );
    }
}

#[test]
fn a_flipped_bit_in_any_page_is_told_and_changes_nothing() {
    let (_home, path) = filled(true);
    let sound = fs::read(&path).unwrap();
    let pages = sound.len() / PAGE;
    assert!(pages > 40);
    let mut told = 0;
    for page in 0..pages {
        let mut damaged = sound.clone();
        damaged[page * PAGE + 17 + 97 * page % 4_000] ^= 0x10;
        fs::write(&path, &damaged).unwrap();
        match Store::open(&path, &KEY).and_then(|store| read_all(&store)) {
            Err(StoreError::Damaged) => told += 1,
            // The page belongs to another table.
            Ok(found) => assert_eq!(found, 40 * 3_000),
            Err(other) => panic!("page {page}: {other:?}"),
        }
        assert!(
            fs::read(&path).unwrap() == damaged,
            "page {page} was changed"
        );
    }
    assert!(told >= 40, "{told} of {pages}");
}

#[test]
fn a_database_cut_short_is_told_and_changes_nothing() {
    let (_home, path) = filled(true);
    let sound = fs::read(&path).unwrap();
    for length in [
        0,
        1,
        16,
        100,
        PAGE - 1,
        PAGE,
        PAGE + 1,
        5 * PAGE,
        sound.len() - PAGE,
    ] {
        fs::write(&path, &sound[..length]).unwrap();
        let opened = Store::open(&path, &KEY).and_then(|store| read_all(&store));
        assert!(
            matches!(opened, Err(StoreError::Damaged)),
            "{length} bytes: {opened:?}"
        );
        assert!(
            fs::read(&path).unwrap() == sound[..length],
            "{length} bytes were changed"
        );
    }
}

#[test]
fn a_damaged_database_with_a_log_beside_it_stays_as_it_is() {
    let (home, path) = filled(true);
    let store = Store::open(&path, &KEY).unwrap();
    store
        .write(|transaction| {
            // The same length, so that the first page is not in the log.
            transaction.execute(
                "UPDATE settings SET value = ?1 WHERE name = '7'",
                [vec![9_u8; 3_000]],
            )?;
            Ok(())
        })
        .unwrap();
    let log = home.path().join("store.db-wal");
    let (sound, logged) = (fs::read(&path).unwrap(), fs::read(&log).unwrap());
    drop(store);
    for at in [20, 2_000] {
        let mut damaged = sound.clone();
        damaged[at] ^= 1;
        fs::write(&path, &damaged).unwrap();
        fs::write(&log, &logged).unwrap();
        let opened = Store::open(&path, &KEY).map(drop);
        assert!(matches!(opened, Err(StoreError::Damaged)), "{opened:?}");
        assert!(fs::read(&path).unwrap() == damaged);
        assert!(fs::read(&log).unwrap() == logged);
    }
    // Nothing was lost by trying.
    fs::write(&path, &sound).unwrap();
    let store = Store::open(&path, &KEY).unwrap();
    let changed: Vec<u8> = store
        .read(|connection| {
            let sql = "SELECT value FROM settings WHERE name = '7'";
            Ok(connection.query_row(sql, (), |row| row.get(0))?)
        })
        .unwrap();
    assert_eq!(changed, [9; 3_000]);
}

#[test]
fn another_key_opens_nothing() {
    let (_home, path) = filled(true);
    let sound = fs::read(&path).unwrap();
    assert!(matches!(
        Store::open(&path, &[4; 32]).map(drop),
        Err(StoreError::Damaged)
    ));
    assert!(fs::read(&path).unwrap() == sound);
}

#[test]
fn a_newer_schema_is_refused_and_unchanged() {
    let (_home, path) = filled(true);
    let store = Store::open(&path, &KEY).unwrap();
    store
        .write(|transaction| Ok(transaction.pragma_update(None, "user_version", 99)?))
        .unwrap();
    drop(store);
    let newer = fs::read(&path).unwrap();
    assert!(matches!(
        Store::open(&path, &KEY).map(drop),
        Err(StoreError::NewerVersion)
    ));
    assert!(fs::read(&path).unwrap() == newer);
}

#[test]
fn what_fails_in_the_middle_leaves_nothing_behind() {
    let (_home, path) = filled(true);
    let store = Store::open(&path, &KEY).unwrap();
    let failed = store.write(|transaction| {
        transaction.execute("DELETE FROM settings", ())?;
        Err::<(), _>(StoreError::NotFound)
    });
    assert!(matches!(failed, Err(StoreError::NotFound)));
    assert_eq!(read_all(&store).unwrap(), 40 * 3_000);
}

#[test]
fn a_full_disk_is_told_and_keeps_what_was_there() {
    let (_home, path) = filled(true);
    let store = Store::open(&path, &KEY).unwrap();
    let pages: i64 = store
        .read(|connection| Ok(connection.query_row("PRAGMA page_count", (), |row| row.get(0))?))
        .unwrap();
    store
        .read(|connection| {
            Ok(connection.execute_batch(&format!("PRAGMA max_page_count = {pages}"))?)
        })
        .unwrap();
    let full = store.write(|transaction| {
        transaction.execute("INSERT INTO settings VALUES ('big', zeroblob(1000000))", ())?;
        Ok(())
    });
    assert!(matches!(full, Err(StoreError::DiskFull)), "{full:?}");
    assert_eq!(read_all(&store).unwrap(), 40 * 3_000);
}

#[test]
fn the_settings_that_promises_rest_on_are_in_force() {
    let (home, path) = filled(true);
    let store = Store::open(&path, &KEY).unwrap();
    let pragma = |name: &str| {
        store
            .read(|connection| {
                let value = connection.query_row(&format!("PRAGMA {name}"), (), |row| {
                    row.get::<_, rusqlite::types::Value>(0)
                })?;
                Ok(value)
            })
            .unwrap()
    };
    for (name, value) in [
        ("synchronous", 2),
        ("foreign_keys", 1),
        ("secure_delete", 1),
        ("trusted_schema", 0),
        ("temp_store", 2),
    ] {
        assert_eq!(
            pragma(name),
            rusqlite::types::Value::Integer(value),
            "{name}"
        );
    }
    assert_eq!(
        pragma("journal_mode"),
        rusqlite::types::Value::Text("wal".to_owned())
    );
    assert!(!home.path().join("store.db-shm").exists());
}
