//! Runs `holdfast`, the command line, on a vault.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;
use tempfile::NamedTempFile;

use crate::{Home, binary};

/// One person at the command line: a vault and the passphrase to it.
#[derive(Debug)]
pub struct Cli<'a> {
    home: &'a Home,
    vault: PathBuf,
    // Outside the home, so that a search of the home for the passphrase means something.
    passphrase: NamedTempFile,
}

/// What a command answered.
#[derive(Debug)]
pub struct Answer {
    /// The exit code; `None` when a signal ended it.
    pub code: Option<i32>,
    /// What it printed, as JSON; `Null` when it printed nothing.
    pub json: Value,
    /// What it printed beside.
    pub stderr: String,
}

impl<'a> Cli<'a> {
    /// Speaks for the vault `name` in `home`, which may not be there yet.
    pub fn new(home: &'a Home, name: &str, passphrase: &str) -> Self {
        let file = NamedTempFile::new().expect("a temporary file can be made");
        fs::write(file.path(), passphrase).expect("it can be written");
        Self {
            home,
            vault: home.join(name),
            passphrase: file,
        }
    }

    /// The vault's directory.
    pub fn vault(&self) -> &Path {
        &self.vault
    }

    /// The command with these arguments, ready to start: for tests that watch or kill it.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(binary("holdfast"));
        self.home.house(&mut command);
        command.arg("--vault").arg(&self.vault);
        command.arg("--passphrase-file").arg(self.passphrase.path());
        command.arg("--json").args(args).stdin(Stdio::null());
        command
    }

    /// Runs it to its end.
    ///
    /// # Panics
    /// When it cannot be started or prints something that is not JSON.
    pub fn run(&self, args: &[&str]) -> Answer {
        let output = self
            .command(args)
            .output()
            .expect("holdfast can be started");
        let stdout = String::from_utf8(output.stdout).expect("holdfast prints UTF-8");
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        let json = match stdout.trim() {
            "" => Value::Null,
            text => serde_json::from_str(text)
                .unwrap_or_else(|_| panic!("holdfast {args:?} printed no JSON:\n{text}\n{stderr}")),
        };
        Answer {
            code: output.status.code(),
            json,
            stderr,
        }
    }

    /// Runs it and expects success.
    ///
    /// # Panics
    /// When it fails.
    pub fn ok(&self, args: &[&str]) -> Value {
        let answer = self.run(args);
        assert_eq!(answer.code, Some(0), "holdfast {args:?} failed: {answer:?}");
        answer.json
    }
}
