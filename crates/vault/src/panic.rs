//! Destroying a vault, keys first (I-12).
//!
//! The order is: overwrite `keys` and sync it; mark the directory as `wiping`; unlink `keys`; only
//! then the database, the blobs and the rest. Each step can be repeated, so a wipe that was killed
//! anywhere is finished by doing it again from the start; [`crate::Vault::open`] does. No
//! passphrase is needed, and another process that has the vault open cannot hold it up. The time
//! until the keys are gone does not depend on how much is stored.

use std::{
    fs::{self, OpenOptions},
    io::{self, Write as _},
    ops::ControlFlow,
    path::Path,
};

use crate::{
    PanicError,
    disk::{
        BLOBS, CREATING, KEYS, KEYS_NEW, LOCK, STORE_FILES, WIPING, absent_is_fine, mark,
        remove_if_there, sync_dir,
    },
    presence::{Presence, presence},
    slots::{KEYS_LEN, WIPED},
};

/// What a panic did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PanicReport {
    /// The keys are overwritten, synced and unlinked (where the file system forbids one of these,
    /// by the other): nothing opens any more.
    pub keys_gone: bool,
    /// Everything else is deleted too. If not, the next open or panic goes on.
    pub all_gone: bool,
}

/// Destroys the vault in `dir`.
///
/// # Errors
/// [`PanicError::KeysRemain`] if the keys could not be destroyed; trouble after that is told by
/// [`PanicReport::all_gone`].
pub fn panic(dir: &Path) -> Result<PanicReport, PanicError> {
    if presence(dir) == Presence::None {
        return Err(PanicError::NoVault);
    }
    destroy_keys(dir, &mut |_| ControlFlow::Continue(())).map_err(PanicError::KeysRemain)?;
    let all_gone = destroy_rest(dir, &mut |_| ControlFlow::Continue(())).is_ok();
    Ok(PanicReport {
        keys_gone: true,
        all_gone,
    })
}

/// Finishes a wipe that was begun.
pub(crate) fn finish_wipe(dir: &Path) -> io::Result<()> {
    destroy_keys(dir, &mut |_| ControlFlow::Continue(()))?;
    destroy_rest(dir, &mut |_| ControlFlow::Continue(()))
}

/// The points at which a wipe can be killed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    KeysOverwritten,
    Marked,
    KeysUnlinked,
    StoreFileUnlinked,
    BlobUnlinked,
    BlobsRemoved,
    Unlocked,
    Unmarked,
    DirectoryRemoved,
}

/// Called after each step; a test breaks there.
type After<'a> = &'a mut dyn FnMut(Step) -> ControlFlow<()>;

fn reached(after: After<'_>, step: Step) -> io::Result<()> {
    match after(step) {
        ControlFlow::Continue(()) => Ok(()),
        ControlFlow::Break(()) => Err(io::ErrorKind::Interrupted.into()),
    }
}

fn destroy_keys(dir: &Path, after: After<'_>) -> io::Result<()> {
    for name in [KEYS, KEYS_NEW] {
        // A file that cannot be overwritten can often still be unlinked, and then that must do.
        if let Err(error) = overwrite(&dir.join(name)) {
            remove_if_there(&dir.join(name)).map_err(|_| error)?;
        }
    }
    reached(after, Step::KeysOverwritten)?;
    // On a full disk there is no room for a mark; then the overwritten file stays to the end and
    // is the mark.
    if mark(dir, WIPING).is_ok() {
        reached(after, Step::Marked)?;
        unlink_keys(dir)?;
    }
    reached(after, Step::KeysUnlinked)
}

fn unlink_keys(dir: &Path) -> io::Result<()> {
    for name in [KEYS, KEYS_NEW] {
        remove_if_there(&dir.join(name))?;
    }
    sync_dir(dir)
}

fn overwrite(path: &Path) -> io::Result<()> {
    let mut file = match OpenOptions::new().write(true).open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        other => other?,
    };
    let mut wiped = [0; KEYS_LEN];
    wiped[..WIPED.len()].copy_from_slice(&WIPED);
    file.write_all(&wiped)?;
    file.sync_all()
}

fn destroy_rest(dir: &Path, after: After<'_>) -> io::Result<()> {
    for name in STORE_FILES {
        remove_if_there(&dir.join(name))?;
        reached(after, Step::StoreFileUnlinked)?;
    }
    let blobs = dir.join(BLOBS);
    if let Ok(files) = fs::read_dir(&blobs) {
        for file in files {
            remove_if_there(&file?.path())?;
            reached(after, Step::BlobUnlinked)?;
        }
    }
    absent_is_fine(fs::remove_dir(&blobs))?;
    reached(after, Step::BlobsRemoved)?;
    remove_if_there(&dir.join(CREATING))?;
    remove_if_there(&dir.join(LOCK))?;
    sync_dir(dir)?;
    reached(after, Step::Unlocked)?;
    remove_if_there(&dir.join(WIPING))?;
    unlink_keys(dir)?;
    reached(after, Step::Unmarked)?;
    // The directory may be somebody else's, or hold files that are not ours.
    let _ = fs::remove_dir(dir);
    reached(after, Step::DirectoryRemoved)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{OpenError, Passphrase, Vault};

    const SECRET: [u8; KEYS_LEN] = [0xa5; KEYS_LEN];

    /// A directory with every file a vault can have; a wipe does not look into them.
    fn vault() -> (tempfile::TempDir, std::path::PathBuf) {
        let home = tempfile::tempdir().unwrap();
        let dir = home.path().join("vault");
        fs::create_dir_all(dir.join(BLOBS)).unwrap();
        fs::write(dir.join(KEYS), SECRET).unwrap();
        fs::write(dir.join(KEYS_NEW), SECRET).unwrap();
        for name in STORE_FILES.into_iter().chain([LOCK]) {
            fs::write(dir.join(name), b"x").unwrap();
        }
        for blob in 0..3 {
            fs::write(dir.join(BLOBS).join(blob.to_string()), b"x").unwrap();
        }
        (home, dir)
    }

    /// Wipes until `count` steps are done; gives the last one.
    fn wipe_until(dir: &Path, count: usize) -> Option<Step> {
        let mut steps = Vec::new();
        let mut after = |step| {
            steps.push(step);
            if steps.len() == count {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        };
        let done = destroy_keys(dir, &mut after).and_then(|()| destroy_rest(dir, &mut after));
        assert_eq!(done.is_err(), steps.len() == count);
        steps.get(count - 1).copied()
    }

    #[test]
    fn killed_after_any_step_it_is_finished_by_the_next_open() {
        let passphrase = Passphrase::from(String::new());
        let mut stopped_after = Vec::new();
        for count in 1.. {
            let (_home, dir) = vault();
            let Some(last) = wipe_until(&dir, count) else {
                break;
            };
            for name in [KEYS, KEYS_NEW] {
                let left = fs::read(dir.join(name)).unwrap_or_default();
                assert!(!left.contains(&SECRET[0]), "{last:?} leaves key bytes");
            }
            let opened = Vault::open(&dir, &passphrase);
            if matches!(last, Step::Unmarked | Step::DirectoryRemoved) {
                assert!(
                    matches!(opened, Err(OpenError::NoVault)),
                    "{last:?}: {opened:?}"
                );
            } else {
                assert!(
                    matches!(opened, Err(OpenError::Wiped)),
                    "{last:?}: {opened:?}"
                );
            }
            assert_eq!(
                fs::read_dir(&dir).map_or(0, Iterator::count),
                0,
                "{last:?} left files"
            );
            assert!(matches!(
                Vault::open(&dir, &passphrase),
                Err(OpenError::NoVault)
            ));
            stopped_after.push(last);
        }
        assert_eq!(stopped_after.len(), 3 + STORE_FILES.len() + 3 + 4);
    }

    #[test]
    fn a_second_panic_finishes_the_first() {
        for count in 1..6 {
            let (_home, dir) = vault();
            wipe_until(&dir, count).unwrap();
            assert_eq!(
                panic(&dir).unwrap(),
                PanicReport {
                    keys_gone: true,
                    all_gone: true
                }
            );
            assert!(!dir.exists());
        }
    }

    #[test]
    fn keys_go_first() {
        let (_home, dir) = vault();
        wipe_until(&dir, 3).unwrap();
        assert!(!dir.join(KEYS).exists());
        assert_eq!(fs::read_dir(dir.join(BLOBS)).unwrap().count(), 3);
        assert!(STORE_FILES.iter().all(|name| dir.join(name).exists()));
    }

    #[test]
    fn files_of_others_stay() {
        let (_home, dir) = vault();
        fs::write(dir.join("letter.txt"), b"not ours").unwrap();
        assert!(panic(&dir).unwrap().keys_gone);
        assert_eq!(fs::read(dir.join("letter.txt")).unwrap(), b"not ours");
        assert!(matches!(panic(&dir), Err(PanicError::NoVault)));
    }

    #[test]
    fn without_keys_the_rest_can_still_be_destroyed() {
        let (_home, dir) = vault();
        fs::remove_file(dir.join(KEYS)).unwrap();
        assert_eq!(
            panic(&dir).unwrap(),
            PanicReport {
                keys_gone: true,
                all_gone: true
            }
        );
        assert!(!dir.exists());
    }
}
