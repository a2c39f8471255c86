//! Somebody to report to.

use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::{Cli, Endpoint, Home, text};

/// A coalition as its members find it: an endpoint, a desk behind it, and an invite.
#[derive(Debug)]
pub struct Coalition {
    /// Its endpoint, running.
    pub endpoint: Endpoint,
    home: Home,
    // Outside the home: it names the coalition to whoever reads it, and is meant to.
    given: TempDir,
}

impl Coalition {
    /// The desk's passphrase.
    pub const PASSPHRASE: &str = "desk: slate-harbour-nineteen";

    /// Starts an endpoint, makes a desk there and has it write an invite.
    ///
    /// # Panics
    /// When any of it fails.
    pub fn start(name: &str) -> Self {
        let coalition = Self {
            endpoint: Endpoint::start(),
            home: Home::new(),
            given: tempfile::tempdir().expect("a temporary folder can be made"),
        };
        let url = coalition.endpoint.url();
        let (desk, invite) = (coalition.desk(), coalition.invite());
        desk.create(&["--role", "desk", "--name", name, "--endpoint", url]);
        desk.ok(&["invite", "--out", text(&invite)]);
        coalition
    }

    /// The desk, at its command line.
    pub fn desk(&self) -> Cli<'_> {
        Cli::new(&self.home, "vault", Self::PASSPHRASE)
    }

    /// The file with the invite.
    pub fn invite(&self) -> PathBuf {
        self.given.path().join("invite")
    }

    /// A new reporter who has joined, with a vault in `home`.
    ///
    /// # Panics
    /// When the vault cannot be made.
    pub fn reporter<'a>(&self, home: &'a Home, passphrase: &str) -> Cli<'a> {
        let reporter = Cli::new(home, "vault", passphrase);
        reporter.create(&["--role", "reporter"]);
        reporter.ok(&["join", text(&self.invite())]);
        reporter
    }

    /// The desk's home.
    pub fn home(&self) -> &Path {
        self.home.path()
    }
}
