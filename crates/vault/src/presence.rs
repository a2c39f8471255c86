//! What lies in a directory, told without a passphrase and without changing anything.

use std::{fs, io, path::Path};

use crate::{
    disk::{BLOBS, CREATING, KEYS, Letter, UNERASED, WIPING, read_at_most},
    slots::{KEYS_LEN, WIPED},
};

/// Whether there is a vault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// No vault, or one whose making was never finished.
    None,
    /// A vault, sound or not.
    Here,
    /// A vault whose destruction was begun; opening it finishes that.
    Wiping,
}

/// Looks for a vault in `dir`. Where the system does not say, there is one: nobody is to make a new
/// vault in the place of one that cannot be looked at just now.
pub fn presence(dir: &Path) -> Presence {
    let there = |name: &str| may_be_there(&dir.join(name));
    let marked = |name: &str| {
        let found = dir.join(name).symlink_metadata();
        found.is_ok_and(|found| !found.is_dir())
    };
    if marked(WIPING) || marked(UNERASED) || keys_are_wiped(dir) {
        Presence::Wiping
    } else if there(KEYS)
        || (!marked(CREATING)
            && (Letter::BOTH.iter().any(|letter| there(letter.name()))
                || holds_files(&dir.join(BLOBS))))
    {
        Presence::Here
    } else {
        Presence::None
    }
}

/// Whether a file may be there. A directory is none, and only "not found" is taken for absence.
fn may_be_there(path: &Path) -> bool {
    match path.symlink_metadata() {
        Ok(found) => !found.is_dir(),
        Err(error) => !is_absence(&error),
    }
}

/// Whether there may be files in a directory. Directories in it are somebody else's.
pub(crate) fn holds_files(dir: &Path) -> bool {
    match fs::read_dir(dir) {
        Ok(mut entries) => entries.any(|entry| {
            let kind = entry.and_then(|entry| entry.file_type());
            !kind.is_ok_and(|kind| kind.is_dir())
        }),
        Err(error) => !is_absence(&error),
    }
}

fn is_absence(error: &io::Error) -> bool {
    use io::ErrorKind::{NotADirectory, NotFound};
    matches!(error.kind(), NotFound | NotADirectory)
}

fn keys_are_wiped(dir: &Path) -> bool {
    read_at_most(&dir.join(KEYS), KEYS_LEN).is_ok_and(|keys| keys.starts_with(&WIPED))
}
