//! For tests inside this crate: an app with an open vault.

use tempfile::TempDir;

use crate::{
    App, Cost, Notice,
    view::{CreateVault, RoleView},
};

pub(crate) const PASSPHRASE: &str = "long enough for a test";

/// An app whose vault is made and open, and gone when the folder is.
pub(crate) fn app(role: RoleView) -> (TempDir, App) {
    app_that_tells(role, |_| {})
}

/// The same, and what it tells.
pub(crate) fn app_that_tells(
    role: RoleView,
    tell: impl Fn(Notice) + Send + Sync + 'static,
) -> (TempDir, App) {
    let dir = tempfile::tempdir().expect("a temporary folder can be made");
    let app = App::new(dir.path().join("vault"), tell);
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
