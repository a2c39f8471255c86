//! Changing the passphrase, and setting a second one that opens a notebook instead.

use holdfast_record::Timestamp;
use rand_core::CryptoRng;

use crate::{
    ChangeError, OpenError, Passphrase, StoreError, Vault,
    disk::KEYS,
    held::guard_settings,
    journal::replace_keys,
    kdf::OutOfMemory,
    keys::VaultKey,
    opening::read_keys,
    slots::{Keys, Opens, UnlockError},
    store::{Store, notes, settings},
};

/// So many bytes of notes always fit into the notebook of a second passphrase.
pub const MOST_NOTES: u64 = 512 * 1024;

impl Vault {
    /// Changes the passphrase. The slot of the old one is written over. Killed at any point, the
    /// vault opens with the one or the other, and never with both.
    ///
    /// # Errors
    /// [`ChangeError::WrongPassphrase`] if `old` is not the one that opens this vault,
    /// [`ChangeError::Taken`] if `new` opens something already.
    pub fn change_passphrase(
        &self,
        old: &Passphrase,
        new: &Passphrase,
        rng: &mut impl CryptoRng,
    ) -> Result<(), ChangeError> {
        let mut keys = self.keys()?;
        let unlocked = match keys.try_slots(&keys.stretch(old)?) {
            Ok(unlocked) if unlocked.slot == self.slot() => unlocked,
            Err(UnlockError::Damaged) => return Err(ChangeError::KeysDamaged),
            _ => return Err(ChangeError::WrongPassphrase),
        };
        let stretched = keys.stretch(new)?;
        if keys.try_slots(&stretched).is_ok() {
            return Err(ChangeError::Taken);
        }
        let (letter, key) = (self.held().letter, &unlocked.key);
        keys.fill_slot(self.slot(), &stretched, Opens::Vault, letter, key, rng);
        replace_keys(&self.held().dir, &keys)?;
        // Not only when the vault closes: it may be killed first.
        self.held().same_times(rng);
        Ok(())
    }

    /// Sets the passphrase that destroys this vault and opens a notebook with these notes, each with
    /// the time it is to have been changed at. Whatever a second passphrase opened before is gone;
    /// nothing in the vault tells whether there was one, or is.
    ///
    /// # Errors
    /// [`ChangeError::Taken`] if it is the passphrase of this vault, and
    /// [`ChangeError::NotesTooLong`].
    pub fn set_duress(
        &self,
        passphrase: &Passphrase,
        notes: &[(String, Timestamp)],
        rng: &mut impl CryptoRng,
    ) -> Result<(), ChangeError> {
        let mut keys = self.keys()?;
        let stretched = keys.stretch(passphrase)?;
        match keys.try_slots(&stretched) {
            Ok(unlocked) if unlocked.slot == self.slot() => return Err(ChangeError::Taken),
            Err(UnlockError::Damaged) => return Err(ChangeError::KeysDamaged),
            _ => {}
        }
        let key = VaultKey::make(rng);
        let guard = guard_settings(self.store())?.to_bytes();
        let decoy = Store::make_bytes(key.derive_store_key().expose(), |transaction| {
            settings::set(transaction, settings::GUARD, &guard)?;
            notes.iter().try_for_each(|(text, changed_at)| {
                notes::add(transaction, text, *changed_at).map(drop)
            })
        });
        let decoy = decoy.map_err(|error| match error {
            StoreError::DiskFull => ChangeError::NotesTooLong,
            other => other.into(),
        })?;

        let (held, own) = (self.held(), self.slot());
        // First nothing opens the spare, then it is another, then the new passphrase opens it.
        keys.forget_all_but(own, rng);
        replace_keys(&held.dir, &keys)?;
        held.fill_spare(&decoy)?;
        let slot = Keys::any_slot_but(Some(own), rng);
        keys.fill_slot(
            slot,
            &stretched,
            Opens::Decoy,
            held.letter.other(),
            &key,
            rng,
        );
        replace_keys(&held.dir, &keys)?;
        held.same_times(rng);
        Ok(())
    }

    fn keys(&self) -> Result<Keys, ChangeError> {
        let bytes = read_keys(&self.held().dir.join(KEYS)).map_err(|error| match error {
            OpenError::File(error) => ChangeError::File(error),
            _ => ChangeError::KeysDamaged,
        })?;
        Keys::parse(&bytes).map_err(|_| ChangeError::KeysDamaged)
    }
}

impl From<OutOfMemory> for ChangeError {
    fn from(_: OutOfMemory) -> Self {
        Self::OutOfMemory
    }
}
