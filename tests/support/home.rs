//! A home directory of its own for every program under test.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

/// A throw-away home: whatever a program writes by its own choice lands here and can be searched.
#[derive(Debug)]
pub struct Home {
    folder: TempDir,
}

/// Where a program looks for a place to write, and the folder it finds.
const PLACES: [(&str, &str); 7] = [
    ("HOME", "."),
    ("TMPDIR", "tmp"),
    ("XDG_CACHE_HOME", ".cache"),
    ("XDG_CONFIG_HOME", ".config"),
    ("XDG_DATA_HOME", ".local/share"),
    ("XDG_STATE_HOME", ".local/state"),
    ("XDG_RUNTIME_DIR", "run"),
];

impl Home {
    /// Makes an empty home.
    #[expect(clippy::new_without_default, reason = "it makes folders on the disk")]
    pub fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        for (_, place) in PLACES {
            let place = folder.path().join(place);
            fs::create_dir_all(&place).expect("a folder can be made in it");
            fs::set_permissions(&place, fs::Permissions::from_mode(0o700)).expect("it is ours");
        }
        Self { folder }
    }

    /// The home directory itself.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// A path inside it.
    pub fn join(&self, path: impl AsRef<Path>) -> PathBuf {
        self.folder.path().join(path)
    }

    /// Makes a command live here: it starts here, and no variable points it at the real home.
    pub fn house(&self, command: &mut Command) {
        command.current_dir(self.path());
        for (variable, place) in PLACES {
            command.env(variable, self.folder.path().join(place));
        }
    }
}
