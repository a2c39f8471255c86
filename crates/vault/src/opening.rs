//! Opening: one hash, every slot, and the same time for every answer (I-10, I-13).

use std::{
    fs::File,
    io,
    path::Path,
    thread,
    time::{Duration, Instant},
};

use holdfast_record::Timestamp;
use rand_core::CryptoRng;

use crate::{
    Decoy, OpenError, Passphrase, StoreError, Vault,
    blobs::Blobs,
    disk::{BLOBS, CREATING, KEYS, read_at_most, remove_if_there, unprotect},
    guard::Guard,
    held::Held,
    journal,
    kdf::OutOfMemory,
    lock::{LockError, take_lock},
    panic::finish_wipe,
    presence::{Presence, presence},
    slots::{KEYS_LEN, Keys, Opens, ParseError, UnlockError, Unlocked},
    store::{Store, objects},
    vault::Own,
};

/// What comes after the hash takes a multiple of this. On a laptop it is 5 to 20 ms of work.
const ANSWER: Duration = Duration::from_millis(60);

/// How often somebody who waits is asked whether they still want to.
const LOOK: Duration = Duration::from_millis(100);

/// What a passphrase opened.
#[derive(Debug)]
pub enum Opened {
    /// The vault.
    Vault(Box<Vault>),
    /// A notebook. The keys of everything else are gone.
    Decoy(Decoy),
}

impl Vault {
    /// Opens what the passphrase opens. A right, a wrong and a duress passphrase take the same time.
    ///
    /// It first waits as long as [`crate::watch`] says. After as many wrong passphrases as were
    /// chosen it destroys the vault and answers [`OpenError::Wiped`].
    ///
    /// # Errors
    /// See [`OpenError`]. Only with [`OpenError::Wiped`] was anything of the vault deleted.
    pub fn open(
        dir: &Path,
        passphrase: &Passphrase,
        now: Timestamp,
        rng: &mut impl CryptoRng,
    ) -> Result<Opened, OpenError> {
        Self::open_while(dir, passphrase, now, rng, || true)
    }

    /// The same, as long as it is wanted: given up during the wait, the passphrase is neither tried
    /// nor counted, and the answer is [`OpenError::GivenUp`].
    ///
    /// # Errors
    /// See [`Vault::open`].
    pub fn open_while(
        dir: &Path,
        passphrase: &Passphrase,
        now: Timestamp,
        rng: &mut impl CryptoRng,
        wanted: impl Fn() -> bool,
    ) -> Result<Opened, OpenError> {
        open(dir, passphrase, now, rng, |time| pause(time, &wanted))
    }
}

/// Waits, and looks now and then whether it is still wanted. Says whether it was, to the end.
fn pause(time: Duration, wanted: impl Fn() -> bool) -> bool {
    let mut left = time;
    while !left.is_zero() && wanted() {
        let some = left.min(LOOK);
        thread::sleep(some);
        left -= some;
    }
    wanted()
}

pub(crate) fn open(
    dir: &Path,
    passphrase: &Passphrase,
    now: Timestamp,
    rng: &mut impl CryptoRng,
    pause: impl Fn(Duration) -> bool,
) -> Result<Opened, OpenError> {
    let (lock, mut guard) = take_turn(dir, &pause)?;
    journal::recover(dir)?;
    let keys = Keys::parse(&read_keys(&dir.join(KEYS))?)?;

    let before = guard;
    let counts = guard.count();
    if counts {
        // Where nothing can be written, nothing can be counted.
        let _ = guard.write(dir);
    }
    let stretched = keys.stretch(passphrase).inspect_err(|OutOfMemory| {
        let _ = before.write(dir);
    })?;
    let answering = Instant::now();
    let opened = match keys.try_slots(&stretched) {
        Ok(unlocked) => {
            let all_locked = stretched.is_locked() && unlocked.key.is_locked();
            let held = Held::new(dir, unlocked.store, all_locked, lock, rng);
            match unlocked.opens {
                Opens::Vault => {
                    // Now, and not when the database is open: that may fail by no fault of the
                    // passphrase.
                    if counts {
                        guard.forget_wrong();
                        let _ = guard.write(dir);
                    }
                    open_vault(held, &unlocked, now, rng)
                }
                Opens::Decoy => {
                    let opened = Decoy::open(held, keys, &unlocked, now, rng);
                    if counts && !matches!(opened, Err(OpenError::WrongPassphrase)) {
                        let mut guard = Guard::read(dir);
                        guard.forget_wrong();
                        let _ = guard.write(dir);
                    }
                    opened.map(Opened::Decoy)
                }
            }
        }
        Err(UnlockError::WrongPassphrase) if guard.is_spent() => finish_wipe(dir)
            .map_err(OpenError::from)
            .and(Err(OpenError::Wiped)),
        Err(error) => {
            // As much waiting for the disk as where the count was taken back.
            if counts {
                let _ = guard.write(dir);
            }
            Err(error.into())
        }
    };
    // Whoever destroyed it in this second found nothing open that could be closed.
    let opened = opened.and_then(|opened| there(dir).map(|()| opened));
    pause(rest(answering.elapsed()));
    opened
}

/// Waits as long as the guard says and takes the directory, with the guard as it is by then. Whoever
/// waited while somebody else's try was wrong waits anew: many tries at once are no way around it.
fn take_turn(dir: &Path, pause: &impl Fn(Duration) -> bool) -> Result<(File, Guard), OpenError> {
    let mut waited_for = None;
    loop {
        // It may have been destroyed meanwhile.
        there(dir)?;
        let lock = take_lock(dir)?;
        let guard = Guard::read(dir);
        let wait = guard.wait();
        if wait.is_zero() || waited_for == Some(guard.wrong()) {
            return Ok((lock, guard));
        }
        drop(lock);
        if !pause(wait) {
            return Err(OpenError::GivenUp);
        }
        waited_for = Some(guard.wrong());
    }
}

/// How long an answer that took so long is held back.
fn rest(taken: Duration) -> Duration {
    let whole = taken.as_nanos().div_ceil(ANSWER.as_nanos()).max(1);
    ANSWER.saturating_mul(u32::try_from(whole).unwrap_or(u32::MAX)) - taken
}

fn there(dir: &Path) -> Result<(), OpenError> {
    match presence(dir) {
        Presence::None => Err(OpenError::NoVault),
        Presence::Wiping => {
            finish_wipe(dir)?;
            Err(OpenError::Wiped)
        }
        Presence::Here => Ok(()),
    }
}

fn open_vault(
    mut held: Held,
    unlocked: &Unlocked,
    now: Timestamp,
    rng: &mut impl CryptoRng,
) -> Result<Opened, OpenError> {
    let store = open_store(&mut held, unlocked, Store::open)?;
    let own = store.read(Own::read)?;
    let blobs = Blobs::open(held.dir.join(BLOBS), &unlocked.key)?;
    let doomed = store.read(objects::doomed)?;
    objects::remove_doomed(&store, &blobs, &doomed)?;
    remove_if_there(&held.dir.join(CREATING))?;
    held.mend_spare(rng);
    held.renew_guard(&store, now)?;
    held.same_times(rng);
    // As much waiting for the disk as where the other slots are written over.
    File::open(held.dir.join(KEYS))?.sync_all()?;
    let vault = Vault::assemble(store, blobs, held, own, unlocked.slot);
    Ok(Opened::Vault(Box::new(vault)))
}

/// Opens the database of what was unlocked, by [`Store::open`] or [`Store::open_in_place`].
pub(crate) fn open_store(
    held: &mut Held,
    unlocked: &Unlocked,
    open: impl FnOnce(&Path, &[u8; 32]) -> Result<Store, StoreError>,
) -> Result<Store, OpenError> {
    let path = held.dir.join(held.letter.name());
    // A folder that its owner may not write to is no reason to keep its owner out.
    let _ = unprotect(&held.dir);
    if !path.symlink_metadata().is_ok_and(|found| found.is_file()) {
        return Err(OpenError::StoreDamaged);
    }
    let key = unlocked.key.derive_store_key();
    held.keys_locked &= key.is_locked();
    Ok(open(&path, key.expose())?)
}

/// Reads the key file; of one that is too long no more than tells so.
pub(crate) fn read_keys(path: &Path) -> Result<Vec<u8>, OpenError> {
    match read_at_most(path, KEYS_LEN) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Err(OpenError::KeysMissing),
        other => Ok(other?),
    }
}

impl From<ParseError> for OpenError {
    fn from(error: ParseError) -> Self {
        match error {
            ParseError::Damaged => Self::KeysDamaged,
            ParseError::NewerVersion => Self::NewerVersion,
        }
    }
}

impl From<UnlockError> for OpenError {
    fn from(error: UnlockError) -> Self {
        match error {
            UnlockError::WrongPassphrase => Self::WrongPassphrase,
            UnlockError::Damaged => Self::KeysDamaged,
            UnlockError::NewerVersion => Self::NewerVersion,
        }
    }
}

impl From<OutOfMemory> for OpenError {
    fn from(_: OutOfMemory) -> Self {
        Self::OutOfMemory
    }
}

impl From<LockError> for OpenError {
    fn from(error: LockError) -> Self {
        match error {
            LockError::Held => Self::InUse,
            LockError::Io(error) => error.into(),
        }
    }
}

#[cfg(test)]
mod tests;
