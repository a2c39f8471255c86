//! For tests inside this crate: an app with an open vault.

use tempfile::TempDir;

use crate::{
    App, Cost,
    view::{CreateVault, RoleView},
};

pub(crate) const PASSPHRASE: &str = "long enough for a test";

/// An app whose vault is made and open, and gone when the folder is.
pub(crate) fn app(role: RoleView) -> (TempDir, App) {
    let dir = tempfile::tempdir().expect("a temporary folder can be made");
    let app = App::new(dir.path().join("vault"), |_| {});
    let create = CreateVault {
        passphrase: PASSPHRASE.to_owned(),
        role,
        name: Some("Desk".to_owned()),
        endpoint: Some("http://127.0.0.1:1".to_owned()),
        admission: None,
    };
    drop(
        app.create_vault_at(create, Cost::Floor)
            .expect("a vault can be made"),
    );
    (dir, app)
}
