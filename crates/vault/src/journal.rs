//! Changing `keys`: the old slots are written over, not left behind in blocks that were let go.
//!
//! The new content is first written and synced as `keys.new`; then it goes over the old bytes in
//! place and is synced; then `keys.new` is written over and unlinked. Killed before `keys.new` is
//! whole, nothing was changed; after that, the next opening does the rest again.

use std::{io, path::Path};

use crate::{
    disk::{KEYS, KEYS_NEW, absent_is_fine, overwrite, remove_if_there, sync_dir, write_new},
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
    // Somebody destroyed the vault meanwhile: what was written here must not outlive that.
    if presence(dir) != Presence::Here {
        panic::unmake_keys(dir)?;
        return Err(io::ErrorKind::NotFound.into());
    }
    replaced
}

/// Ends a change that was cut short. With a lock only.
pub(crate) fn recover(dir: &Path) -> io::Result<()> {
    let read = |name| {
        let bytes = std::fs::read(dir.join(name)).ok()?;
        Keys::parse(&bytes).ok().filter(Keys::as_written)
    };
    match std::fs::symlink_metadata(dir.join(KEYS_NEW)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
        Ok(_) => {}
    }
    match read(KEYS_NEW) {
        Some(new) => redo(dir, &new),
        None => discard(dir),
    }
}

fn redo(dir: &Path, keys: &Keys) -> io::Result<()> {
    overwrite(&dir.join(KEYS), keys.as_bytes())?;
    discard(dir)
}

fn discard(dir: &Path) -> io::Result<()> {
    absent_is_fine(overwrite(&dir.join(KEYS_NEW), &[0; KEYS_LEN]))?;
    remove_if_there(&dir.join(KEYS_NEW))?;
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
        let (old, new) = (keys(1), keys(2));
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
