//! The log of the database, whose older pages show what was removed since to whoever has the key.

use std::{
    fs::OpenOptions,
    io::{self, Seek as _, Write as _},
    path::PathBuf,
};

use rusqlite::Connection;

use super::Store;
use crate::StoreError;

impl Store {
    /// Moves everything from the log into the database and overwrites the log: its older pages show
    /// what the database no longer has.
    pub(super) fn empty_log(&self) -> Result<(), StoreError> {
        let connection = self.lock();
        let path = connection
            .path()
            .map(|path| PathBuf::from(format!("{path}-wal")));
        let log = path.map(|path| OpenOptions::new().write(true).open(path));
        let mut log = match log {
            None => return Ok(()),
            Some(Err(error)) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            Some(opened) => opened?,
        };
        let length = log.seek(io::SeekFrom::End(0))?;
        if length == 0 {
            return Ok(());
        }
        checkpoint(&connection, "FULL")?;
        // All of it is in the database, and synced there: a log cut off here is no loss. Nobody
        // reads from it, since the connection is ours and TRUNCATE looks at its own notes only.
        log.seek(io::SeekFrom::Start(0))?;
        io::copy(&mut io::Read::take(io::repeat(0), length), &mut log)?;
        log.flush()?;
        log.sync_all()?;
        checkpoint(&connection, "TRUNCATE")
    }
}

fn checkpoint(connection: &Connection, mode: &str) -> Result<(), StoreError> {
    let (busy, in_log, moved): (bool, i64, i64) =
        connection.query_row(&format!("PRAGMA wal_checkpoint({mode})"), (), |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })?;
    if busy || in_log != moved {
        return Err(StoreError::Sqlite {
            code: rusqlite::ffi::SQLITE_BUSY,
        });
    }
    Ok(())
}
