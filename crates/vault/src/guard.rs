//! What stands before the passphrase: a growing delay, a limit of wrong tries, a check-in.
//!
//! It is kept in clear beside the keys, since it must be known before anything is opened; the vault
//! keeps its own copy and writes the file anew at every opening. Whoever can write to the directory
//! can take the file away: it slows down a person at the screen, nobody else. Format:
//! `docs/formats/vault.md`.

use std::{io, path::Path, time::Duration};

use holdfast_record::Timestamp;
use sha2::{Digest as _, Sha256};

use crate::disk::{GUARD, GUARD_NEW, overwrite, read_at_most, remove_if_there, write_whole};

const MAGIC: [u8; 8] = *b"hf-guard";
const VERSION: u32 = 1;
const FIELDS_LEN: usize = 40;
pub(crate) const GUARD_LEN: usize = FIELDS_LEN + 32;
/// Length of the settings as the vault keeps them.
const SETTINGS_LEN: usize = 12;

const CLOCK_IS_SET: i64 = Timestamp::CLOCK_IS_SET.0;
const HOUR_MS: i64 = 3_600_000;

/// Wrong tries that cost no waiting.
const FREE_TRIES: u32 = 3;
const MOST_WAIT: Duration = Duration::from_secs(300);

/// What a person chose to stand before the passphrase. Off by default, all of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct GuardSettings {
    /// From the third wrong passphrase in a row on, the next try waits: 2 seconds, 4, 8, at most
    /// 300.
    pub growing_delay: bool,
    /// After so many wrong passphrases in a row everything is destroyed; 0 is never.
    pub wipe_after: u32,
    /// Unless the vault is opened, or its owner says so, within so many hours, everything is
    /// destroyed; 0 is never.
    pub check_in_hours: u32,
}

impl GuardSettings {
    pub(crate) fn to_bytes(self) -> [u8; SETTINGS_LEN] {
        let mut bytes = [0; SETTINGS_LEN];
        bytes[..4].copy_from_slice(&u32::from(self.growing_delay).to_le_bytes());
        bytes[4..8].copy_from_slice(&self.wipe_after.to_le_bytes());
        bytes[8..].copy_from_slice(&self.check_in_hours.to_le_bytes());
        bytes
    }

    pub(crate) fn parse(bytes: &[u8]) -> Option<Self> {
        let (numbers, []) = bytes.as_chunks::<4>() else {
            return None;
        };
        let [delay, wipe_after, check_in_hours] = numbers else {
            return None;
        };
        Some(Self {
            growing_delay: match u32::from_le_bytes(*delay) {
                0 => false,
                1 => true,
                _ => return None,
            },
            wipe_after: u32::from_le_bytes(*wipe_after),
            check_in_hours: u32::from_le_bytes(*check_in_hours),
        })
    }
}

/// What the guard says at a moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Watch {
    /// How long the next try waits before it is made.
    pub wait: Duration,
    /// When the owner has to check in at the latest.
    pub check_in_by: Option<Timestamp>,
    /// That moment has passed: everything is to be destroyed.
    pub missed: bool,
}

/// Reads the guard of the vault in `dir`; to be asked at the start of a program and then again and
/// again, often enough that a passing moment is not missed for long. Whoever is told that the check-in
/// was missed calls [`crate::destroy_keys`].
pub fn watch(dir: &Path, now: Timestamp) -> Watch {
    let mut guard = Guard::read(dir);
    let missed = guard.missed(now);
    if guard.restart(now) {
        // If it cannot be written, the next check finds it as it was.
        let _ = guard.write(dir);
    }
    Watch {
        wait: guard.wait(),
        check_in_by: guard.check_in_by(),
        missed,
    }
}

/// The whole content of the file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Guard {
    pub(crate) settings: GuardSettings,
    /// Wrong tries since the last right one.
    wrong: u32,
    /// The latest time at which the owner checked in; 0 is never.
    checked_in: i64,
    /// At the last check-in the clock was behind the one before.
    clock_was_behind: bool,
}

impl Guard {
    /// How long the next try waits.
    pub(crate) fn wait(&self) -> Duration {
        if !self.settings.growing_delay || self.wrong < FREE_TRIES {
            return Duration::ZERO;
        }
        let doublings = self.wrong - FREE_TRIES;
        Duration::from_secs(2_u64.checked_shl(doublings.min(60)).unwrap_or(u64::MAX)).min(MOST_WAIT)
    }

    /// Counts a try before it is made, so that ending the program does not take it back. Whether
    /// there is anything to count for.
    pub(crate) fn count(&mut self) -> bool {
        let counts = self.settings.growing_delay || self.settings.wipe_after > 0;
        if counts {
            self.wrong = self.wrong.saturating_add(1);
        }
        counts
    }

    /// A right passphrase was given, whatever comes of it.
    pub(crate) fn forget_wrong(&mut self) {
        self.wrong = 0;
    }

    /// How many tries were wrong since the last right one.
    pub(crate) fn wrong(&self) -> u32 {
        self.wrong
    }

    /// Whether the tries are used up.
    pub(crate) fn is_spent(&self) -> bool {
        self.settings.wipe_after > 0 && self.wrong >= self.settings.wipe_after
    }

    /// The owner was there: with the right passphrase, or in the open vault.
    pub(crate) fn check_in(&mut self, now: Timestamp) {
        self.wrong = 0;
        self.clock_was_behind = now.0 < self.checked_in;
        if now.0 >= CLOCK_IS_SET {
            self.checked_in = self.checked_in.max(now.0);
        }
    }

    /// When the owner has to check in; not before a set clock has seen a check-in.
    pub(crate) fn check_in_by(&self) -> Option<Timestamp> {
        let armed = self.settings.check_in_hours > 0 && self.checked_in >= CLOCK_IS_SET;
        let interval = i64::from(self.settings.check_in_hours) * HOUR_MS;
        armed.then(|| Timestamp(self.checked_in.saturating_add(interval)))
    }

    fn missed(&self, now: Timestamp) -> bool {
        !self.clock_was_behind
            && now.0 >= CLOCK_IS_SET
            && self.check_in_by().is_some_and(|by| now.0 > by.0)
    }

    /// After a check-in by a clock that was behind, one of the two clocks was wrong: nobody can
    /// know since when the owner is away, so the interval starts anew. Whether it did.
    fn restart(&mut self, now: Timestamp) -> bool {
        let restarts = self.clock_was_behind && now.0 >= CLOCK_IS_SET;
        if restarts {
            self.checked_in = now.0;
            self.clock_was_behind = false;
        }
        restarts
    }

    /// Reads the file. One that is damaged or not there counts as all off: it must not be in the
    /// way of the owner.
    pub(crate) fn read(dir: &Path) -> Self {
        read_at_most(&dir.join(GUARD), GUARD_LEN)
            .ok()
            .and_then(|bytes| Self::parse(&bytes))
            .unwrap_or_default()
    }

    /// Writes the file. On a full disk its old bytes are room enough, and an owner who was there
    /// must not count as away.
    pub(crate) fn write(&self, dir: &Path) -> io::Result<()> {
        write_whole(dir, GUARD, GUARD_NEW, &self.to_bytes()).or_else(|error| {
            let _ = remove_if_there(&dir.join(GUARD_NEW));
            overwrite(&dir.join(GUARD), &self.to_bytes()).map_err(|_| error)
        })
    }

    fn to_bytes(self) -> [u8; GUARD_LEN] {
        let mut bytes = [0; GUARD_LEN];
        bytes[..8].copy_from_slice(&MAGIC);
        bytes[8..12].copy_from_slice(&VERSION.to_le_bytes());
        bytes[12..24].copy_from_slice(&self.settings.to_bytes());
        bytes[24..28].copy_from_slice(&self.wrong.to_le_bytes());
        bytes[28..32].copy_from_slice(&u32::from(self.clock_was_behind).to_le_bytes());
        bytes[32..40].copy_from_slice(&self.checked_in.to_le_bytes());
        let check = Sha256::digest(&bytes[..FIELDS_LEN]);
        bytes[FIELDS_LEN..].copy_from_slice(&check);
        bytes
    }

    fn parse(bytes: &[u8]) -> Option<Self> {
        let bytes: &[u8; GUARD_LEN] = bytes.try_into().ok()?;
        let (fields, check) = bytes.split_at(FIELDS_LEN);
        if Sha256::digest(fields)[..] != *check || fields[..8] != MAGIC {
            return None;
        }
        let number = |at: usize| fields[at..].first_chunk().copied().map(u32::from_le_bytes);
        if number(8)? != VERSION {
            return None;
        }
        Some(Self {
            settings: GuardSettings::parse(&fields[12..24])?,
            wrong: number(24)?,
            clock_was_behind: match number(28)? {
                0 => false,
                1 => true,
                _ => return None,
            },
            checked_in: fields[32..]
                .first_chunk()
                .copied()
                .map(i64::from_le_bytes)?,
        })
    }
}

#[cfg(test)]
mod tests;
