//! Bringing a database to this version's schema: numbered SQL files, one transaction each, never
//! edited once landed (`migrations/LANDED`).

use rusqlite::{Connection, TransactionBehavior};

use crate::StoreError;

const MIGRATIONS: &[&str] = &[
    include_str!("../../migrations/0001_initial.sql"),
    include_str!("../../migrations/0002_notes.sql"),
    include_str!("../../migrations/0003_thinning.sql"),
    include_str!("../../migrations/0004_fetched.sql"),
];

/// The schema this version reads and writes.
pub(super) const VERSION: u32 = MIGRATIONS.len() as u32;

/// The schema a database has; 0 in an empty one.
pub(super) fn version(connection: &Connection) -> Result<u32, StoreError> {
    Ok(connection.query_row("PRAGMA user_version", (), |row| row.get(0))?)
}

/// Applies what is missing, each step as a whole or not at all.
pub(super) fn migrate(connection: &mut Connection) -> Result<(), StoreError> {
    let from = version(connection)?;
    for (sql, to) in MIGRATIONS.iter().zip(1..).skip(from as usize) {
        let step = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        step.execute_batch(sql)?;
        step.pragma_update(None, "user_version", to)?;
        step.commit()?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use data_encoding::HEXLOWER;
    use sha2::{Digest as _, Sha256};

    use super::*;

    #[test]
    fn no_landed_migration_was_edited() {
        let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations");
        let landed = fs::read_to_string(dir.join("LANDED")).unwrap();
        let mut files: Vec<_> = fs::read_dir(&dir)
            .unwrap()
            .map(|file| file.unwrap().file_name().into_string().unwrap())
            .filter(|name| name.ends_with(".sql"))
            .collect();
        files.sort();
        let listed: Vec<_> = files
            .iter()
            .map(|name| {
                let sql = fs::read(dir.join(name)).unwrap();
                format!("{}  {name}", HEXLOWER.encode(&Sha256::digest(sql)))
            })
            .collect();
        assert_eq!(
            landed.lines().collect::<Vec<_>>(),
            listed,
            "landed migrations never change"
        );

        let texts: Vec<_> = files
            .iter()
            .map(|name| fs::read_to_string(dir.join(name)).unwrap())
            .collect();
        assert_eq!(texts, MIGRATIONS, "every migration is applied, in order");
    }

    #[test]
    fn a_step_that_fails_leaves_the_version_before_it() {
        let mut connection = Connection::open_in_memory().unwrap();
        connection
            .execute_batch("CREATE TABLE own (other INTEGER)")
            .unwrap();
        assert!(migrate(&mut connection).is_err());
        assert_eq!(version(&connection).unwrap(), 0);
        let tables: u32 = connection
            .query_row("SELECT count(*) FROM sqlite_schema", (), |row| row.get(0))
            .unwrap();
        assert_eq!(tables, 1);
    }
}
