//! What lies in a directory, told without a passphrase and without changing anything.

use std::{fs::File, io::Read as _, path::Path};

use crate::{
    disk::{BLOBS, CREATING, KEYS, Letter, WIPING},
    slots::WIPED,
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

/// Looks for a vault in `dir`.
pub fn presence(dir: &Path) -> Presence {
    let there = |name: &str| dir.join(name).symlink_metadata().is_ok();
    if there(WIPING) || keys_are_wiped(dir) {
        Presence::Wiping
    } else if there(KEYS)
        || (!there(CREATING)
            && (Letter::BOTH.iter().any(|letter| there(letter.name())) || there(BLOBS)))
    {
        Presence::Here
    } else {
        Presence::None
    }
}

fn keys_are_wiped(dir: &Path) -> bool {
    let mut magic = [0; WIPED.len()];
    File::open(dir.join(KEYS))
        .and_then(|mut keys| keys.read_exact(&mut magic))
        .is_ok()
        && magic == WIPED
}
