//! Changing `keys`: the old slots are written over, not left behind in blocks that were let go.
//!
//! The new content is first written and synced as `keys.new`; then it goes over the old bytes in
//! place and is synced; then `keys.new` is written over and unlinked. Killed before `keys.new` is
//! whole, nothing was changed; after that, the next opening does the rest again.

use std::{io, path::Path};

use crate::{
    disk::{
        KEYS, KEYS_NEW, absent_is_fine, overwrite, read_at_most, remove_if_there, sync_dir,
        write_new, write_whole,
    },
    panic,
    presence::{Presence, presence},
    slots::{KEYS_LEN, Keys},
};

/// Gives `keys` another content.
pub(crate) fn replace_keys(dir: &Path, keys: &Keys) -> io::Result<()> {
    let written = write_new(dir, KEYS_NEW, keys.as_bytes()).and_then(|()| sync_dir(dir));
    let replaced = match written {
        Ok(()) => redo(dir, keys),
        Err(error) => {
            // At the latest the next opening does it.
            let _ = discard(dir);
            Err(error)
        }
    };
    unless_destroyed(dir, replaced)
}

/// Writes over the slots where they lie, at once and without a way back. Where the file cannot be
/// written to, another takes its place.
pub(crate) fn write_over(dir: &Path, keys: &Keys) -> io::Result<()> {
    let written = match overwrite(&dir.join(KEYS), keys.as_bytes()) {
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
            write_whole(dir, KEYS, KEYS_NEW, keys.as_bytes()).map_err(|_| {
                let _ = discard(dir);
                error
            })
        }
        other => other,
    };
    unless_destroyed(dir, written)
}

/// Somebody may have destroyed the vault meanwhile: what was written here must not outlive that.
fn unless_destroyed(dir: &Path, written: io::Result<()>) -> io::Result<()> {
    if presence(dir) != Presence::Here {
        panic::unmake_keys(dir)?;
        return Err(io::ErrorKind::NotFound.into());
    }
    written
}

/// Ends a change that was cut short. With a lock only.
///
/// A change keeps the header, so a file with another one is no change of these keys: it came with an
/// older copy of the folder, or with another vault's.
pub(crate) fn recover(dir: &Path) -> io::Result<()> {
    match dir.join(KEYS_NEW).symlink_metadata() {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
        Ok(_) => {}
    }
    let read = |name| {
        let bytes = read_at_most(&dir.join(name), KEYS_LEN).ok()?;
        Keys::parse(&bytes).ok()
    };
    let change = read(KEYS_NEW).filter(Keys::as_written);
    match (change, read(KEYS)) {
        (Some(new), Some(old)) if !new.has_header_of(&old) => {}
        (Some(new), _) => return unless_destroyed(dir, redo(dir, &new)),
        (None, _) => {}
    }
    // What cannot be done here keeps nobody out: it changes nothing, and is tried again.
    let _ = discard(dir);
    Ok(())
}

fn redo(dir: &Path, keys: &Keys) -> io::Result<()> {
    overwrite(&dir.join(KEYS), keys.as_bytes())?;
    // Done it is; what is left here is the same again.
    let _ = discard(dir);
    Ok(())
}

/// Writes over what there is of a change, which needs no room on a full disk, and unlinks it whether
/// or not that was possible.
fn discard(dir: &Path) -> io::Result<()> {
    let staged = dir.join(KEYS_NEW);
    let written = staged.symlink_metadata().map_or(0, |found| found.len());
    let zeros = [0; KEYS_LEN];
    let overwritten = match usize::try_from(written) {
        Ok(0) => Ok(()),
        written => overwrite(&staged, &zeros[..written.unwrap_or(KEYS_LEN).min(KEYS_LEN)]),
    };
    remove_if_there(&staged)?;
    absent_is_fine(overwritten)?;
    sync_dir(dir)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use proptest::prelude::*;
    use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng as _};

    use super::*;
    use crate::kdf::{Cost, KdfCost};

    fn keys(seed: u64) -> Keys {
        let mut rng = ChaCha20Rng::seed_from_u64(seed);
        Keys::make(Cost::choose(KdfCost::Floor).unwrap(), &mut rng)
    }

    /// A change of these keys: the same header, other slots.
    fn change(keys: &Keys) -> Keys {
        let mut rng = ChaCha20Rng::seed_from_u64(9);
        let mut changed = keys.clone();
        changed.forget_all_but(0, &mut rng);
        changed
    }

    /// What `keys` is after a start that found these two files.
    fn after(new: &[u8]) -> Vec<u8> {
        let home = tempfile::tempdir().unwrap();
        fs::write(home.path().join(KEYS), keys(1).as_bytes()).unwrap();
        fs::write(home.path().join(KEYS_NEW), new).unwrap();
        recover(home.path()).unwrap();
        assert!(!home.path().join(KEYS_NEW).exists());
        fs::read(home.path().join(KEYS)).unwrap()
    }

    #[test]
    fn a_whole_change_is_done_and_a_torn_one_is_not() {
        let old = keys(1);
        let new = change(&old);
        assert!(after(new.as_bytes()) == new.as_bytes());
        for length in 0..KEYS_LEN {
            assert!(
                after(&new.as_bytes()[..length]) == old.as_bytes(),
                "{length} bytes"
            );
        }
        for torn in (0..KEYS_LEN).step_by(7) {
            let mut bytes = new.as_bytes().to_vec();
            bytes[torn] ^= 1;
            assert!(after(&bytes) == old.as_bytes(), "byte {torn}");
        }
    }

    /// An older copy of the folder, or another vault's, was laid over this one.
    #[test]
    fn the_keys_of_another_vault_take_no_place() {
        assert!(after(keys(2).as_bytes()) == keys(1).as_bytes());
    }

    /// Where keys.new is no file of ours, nothing is written, waited for or read without end.
    #[cfg(unix)]
    #[test]
    fn what_is_no_file_is_not_followed() {
        let home = tempfile::tempdir().unwrap();
        let letter = home.path().join("letter.txt");
        fs::write(&letter, b"somebody else's").unwrap();
        let dir = home.path().join("vault");
        fs::create_dir(&dir).unwrap();
        fs::write(dir.join(KEYS), keys(1).as_bytes()).unwrap();
        for target in [&*letter, Path::new("/dev/zero"), Path::new("nowhere")] {
            std::os::unix::fs::symlink(target, dir.join(KEYS_NEW)).unwrap();
            recover(&dir).unwrap();
            assert!(dir.join(KEYS_NEW).symlink_metadata().is_err(), "{target:?}");
        }
        assert_eq!(fs::read(&letter).unwrap(), b"somebody else's");
        assert!(fs::read(dir.join(KEYS)).unwrap() == keys(1).as_bytes());
    }

    #[test]
    fn what_replaces_keys_leaves_the_file_its_place() {
        let home = tempfile::tempdir().unwrap();
        fs::write(home.path().join(KEYS), keys(1).as_bytes()).unwrap();
        let mut held = fs::File::open(home.path().join(KEYS)).unwrap();
        replace_keys(home.path(), &keys(2)).unwrap();
        let mut bytes = Vec::new();
        io::Read::read_to_end(&mut held, &mut bytes).unwrap();
        assert!(
            bytes == keys(2).as_bytes(),
            "the old slots are in no other block"
        );
        assert_eq!(fs::read_dir(home.path()).unwrap().count(), 1);
    }

    /// A passphrase that is changed while somebody panics does not bring the vault back.
    #[test]
    fn nothing_outlives_a_panic_in_between() {
        for at in 1..12 {
            let home = tempfile::tempdir().unwrap();
            let dir = home.path().to_owned();
            fs::write(dir.join(KEYS), keys(1).as_bytes()).unwrap();
            let (mut count, there) = (0, dir.clone());
            let replaced = crate::steps::watched(
                move |_| {
                    count += 1;
                    if count == at {
                        let there = there.clone();
                        let panicked = std::thread::spawn(move || panic::destroy_keys(&there));
                        let _ = panicked.join().unwrap().unwrap();
                    }
                    Ok(())
                },
                || replace_keys(&dir, &keys(2)),
            );
            assert!(replaced.is_err(), "step {at}");
            assert!(
                !dir.join(KEYS).exists() && !dir.join(KEYS_NEW).exists(),
                "step {at}"
            );
        }
    }

    proptest! {
        #[test]
        fn hostile_bytes_change_nothing(bytes in proptest::collection::vec(any::<u8>(), 0..1200)) {
            prop_assert!(after(&bytes) == keys(1).as_bytes());
        }
    }
}
