//! Passphrases: how strong, drawn at random, changed; and the device beneath.

use crate::{
    App,
    view::{
        AppState, ChangePassphrase, DeviceView, Fault, Judge, Language, StrengthView, Suggestion,
    },
};

impl App {
    /// Says that its owner is well.
    pub fn check_in(&self, (): ()) -> Result<AppState, Fault> {
        Err(Fault::Internal)
    }

    /// Changes the passphrase.
    pub fn change_passphrase(&self, _args: ChangePassphrase) -> Result<(), Fault> {
        Err(Fault::Internal)
    }

    /// How long a passphrase stands against guessing.
    pub fn judge_passphrase(&self, _args: Judge) -> Result<StrengthView, Fault> {
        Err(Fault::Internal)
    }

    /// Draws a passphrase.
    pub fn suggest_passphrase(&self, _args: Language) -> Result<Suggestion, Fault> {
        Err(Fault::Internal)
    }

    /// What this device does for the vault.
    pub fn device(&self, (): ()) -> Result<DeviceView, Fault> {
        Err(Fault::Internal)
    }
}
