//! The vaults of this device, and what can be seen of the app before one is opened.

use crate::{
    App,
    view::{AddVault, AppState, Fault, LookView, SetName, VaultId},
};

impl App {
    /// Chooses how the app presents itself.
    pub fn set_name(&self, _args: SetName) -> Result<LookView, Fault> {
        Err(Fault::Internal)
    }

    /// Chooses the vault that a passphrase is tried on.
    pub fn choose_vault(&self, _args: VaultId) -> Result<AppState, Fault> {
        Err(Fault::Internal)
    }

    /// Adds a vault to this device.
    pub fn add_vault(&self, _args: AddVault) -> Result<AppState, Fault> {
        Err(Fault::Internal)
    }
}
