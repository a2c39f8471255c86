//! Runs `holdfast`, the command line, on a vault.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::Arc;
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::NamedTempFile;

use crate::{Home, binary, contents, signal, wait_for};

/// Makes a reporter's vault, where none is, at the least cost.
pub const CREATE: [&str; 6] = [
    "vault",
    "create",
    "--role",
    "reporter",
    "--kdf-cost",
    "floor",
];

/// Somebody who owns nothing.
const NOBODY: u32 = 65_534;

/// How often a process that is to be killed is looked at.
const TICK: Duration = Duration::from_micros(200);

/// One person at the command line: a vault and the passphrase to it.
#[derive(Debug)]
pub struct Cli<'a> {
    home: &'a Home,
    vault: PathBuf,
    // Outside the home, so that a search of the home for the passphrase means something.
    passphrase: Arc<NamedTempFile>,
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
            passphrase: Arc::new(file),
        }
    }

    /// The vault's directory.
    pub fn vault(&self) -> &Path {
        &self.vault
    }

    /// The command with these arguments, ready to start, for people rather than programs.
    pub fn plain(&self, args: &[&str]) -> Command {
        let mut command = Command::new(binary("holdfast"));
        self.home.house(&mut command);
        command.arg("--vault").arg(&self.vault);
        command.arg("--passphrase-file").arg(self.passphrase.path());
        command.args(args).stdin(Stdio::null());
        command
    }

    /// The command with these arguments, ready to start: for tests that watch or kill it.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = self.plain(&["--json"]);
        command.args(args);
        command
    }

    /// Runs it to its end.
    ///
    /// # Panics
    /// When it cannot be started or prints something that is not JSON.
    pub fn run(&self, args: &[&str]) -> Answer {
        let output = self.command(args).output();
        Answer::of(&output.expect("holdfast can be started"))
    }

    /// Runs it and expects success.
    ///
    /// # Panics
    /// When it fails.
    #[track_caller]
    pub fn ok(&self, args: &[&str]) -> Value {
        let answer = self.run(args);
        assert_eq!(answer.code, Some(0), "holdfast {args:?} failed: {answer:?}");
        answer.json
    }

    /// Runs it and expects it to fail with this exit code, for this reason.
    ///
    /// # Panics
    /// When it succeeds, or fails in another way.
    #[track_caller]
    pub fn fails(&self, args: &[&str], exit: i32, fault: &str) {
        let answer = self.run(args);
        let got = (answer.code, answer.fault());
        let expected = (Some(exit), Some(fault));
        assert_eq!(got, expected, "holdfast {args:?} answered {answer:?}");
    }

    /// Runs it as somebody whom the rights of files bind, as they bind no administrator. The vault is
    /// theirs from then on.
    ///
    /// # Panics
    /// When it cannot be started or prints something that is not JSON.
    pub fn run_bound(&self, args: &[&str]) -> Answer {
        let mut command = self.command(args);
        let owner = self.home.path().metadata().expect("it is there").uid();
        if owner == 0 {
            let mut theirs = vec![self.passphrase.path().to_owned(), self.vault.clone()];
            theirs.extend(
                contents(&self.vault)
                    .into_keys()
                    .map(|name| self.vault.join(name)),
            );
            for path in theirs {
                chown(path, Some(NOBODY), Some(NOBODY)).expect("an administrator may");
            }
            let above = self.vault.ancestors().skip(1);
            for above in above.chain(self.home.path().ancestors()) {
                let mut rights = above.metadata().expect("it is there").permissions();
                if rights.mode() & 1 == 0 {
                    rights.set_mode(rights.mode() | 1);
                    fs::set_permissions(above, rights).expect("it is ours");
                }
            }
            command.uid(NOBODY).gid(NOBODY);
        }
        Answer::of(&command.output().expect("holdfast can be started"))
    }

    /// Makes the vault, at the least cost of trying a passphrase.
    ///
    /// # Panics
    /// When it cannot be made.
    #[track_caller]
    pub fn create(&self, args: &[&str]) {
        self.ok(&[&["vault", "create", "--kdf-cost", "floor"], args].concat());
    }

    /// Starts it and lets it run.
    ///
    /// # Panics
    /// When it cannot be started.
    pub fn start(&self, args: &[&str]) -> Running {
        let mut command = self.command(args);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let process = command.spawn().expect("holdfast can be started");
        Running {
            process: Some(process),
            started: Instant::now(),
            _passphrase: Arc::clone(&self.passphrase),
        }
    }

    /// Starts delivering until interrupted; when this returns, the vault is open.
    ///
    /// # Panics
    /// When it cannot be started, or ends by itself.
    pub fn watch(&self) -> Running {
        let mut watch = self.start(&["sync", "--watch"]);
        wait_for("a watching holdfast", || {
            let process = watch.process.as_mut().expect("nobody ended it");
            let over = process.try_wait().expect("its state can be read");
            assert_eq!(over, None, "it ended by itself");
            listens(process.id()).then_some(())
        });
        watch
    }
}

impl Answer {
    fn of(output: &Output) -> Self {
        let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        let json = match stdout.trim() {
            "" => Some(Value::Null),
            text => serde_json::from_str(text).ok(),
        };
        // What was killed may have printed half of it.
        let json = json.or(output.status.code().is_none().then_some(Value::Null));
        Self {
            code: output.status.code(),
            json: json.unwrap_or_else(|| panic!("holdfast printed no JSON:\n{stdout}\n{stderr}")),
            stderr,
        }
    }

    /// Why it failed or stopped short, if it did.
    pub fn fault(&self) -> Option<&str> {
        let json = &self.json;
        let faults = [
            &json["code"],
            &json["fault"]["code"],
            &json["sync"]["fault"]["code"],
        ];
        faults.into_iter().find_map(Value::as_str)
    }
}

/// A command that is running; killed when dropped.
#[derive(Debug)]
pub struct Running {
    process: Option<Child>,
    started: Instant,
    // It may not have been read yet.
    _passphrase: Arc<NamedTempFile>,
}

impl Running {
    /// The number of its process.
    ///
    /// # Panics
    /// Never before it is ended, which takes it away.
    pub fn id(&self) -> u32 {
        self.process.as_ref().expect("nobody ended it").id()
    }

    /// Kills it `after` its start, if it has not ended before, as a power cut would. Also says how
    /// long it ran.
    ///
    /// # Panics
    /// When it cannot be waited for.
    pub fn kill(mut self, after: Duration) -> (Answer, Duration) {
        let mut process = self.process.take().expect("nobody ended it");
        while process.try_wait().expect("its state can be read").is_none() {
            if self.started.elapsed() >= after {
                // It may have ended just now.
                let _ = process.kill();
                break;
            }
            sleep(TICK);
        }
        let ran = self.started.elapsed();
        let output = process.wait_with_output().expect("it can be waited for");
        (Answer::of(&output), ran)
    }

    /// Waits for its end.
    ///
    /// # Panics
    /// When it cannot be waited for.
    pub fn end(mut self) -> Answer {
        let process = self.process.take().expect("nobody ended it");
        Answer::of(&process.wait_with_output().expect("it can be waited for"))
    }

    /// Asks it to end, and waits until it has.
    ///
    /// # Panics
    /// When it does not.
    pub fn interrupt(mut self) -> Answer {
        let process = self.process.as_mut().expect("nobody ended it");
        signal(process.id(), "INT");
        wait_for("an interrupted holdfast to end", || {
            process.try_wait().expect("its state can be read")
        });
        self.end()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(mut process) = self.process.take() {
            // It may be gone already; either way it is not running after this.
            let _ = process.kill();
            let _ = process.wait();
        }
    }
}

/// Whether a process has said what it does at an interrupt.
pub fn listens(id: u32) -> bool {
    const INTERRUPT: u64 = 1 << 1;
    let status = fs::read_to_string(format!("/proc/{id}/status")).unwrap_or_default();
    let mut caught = status
        .lines()
        .filter_map(|line| line.strip_prefix("SigCgt:"));
    let caught = caught
        .next()
        .and_then(|set| u64::from_str_radix(set.trim(), 16).ok());
    caught.is_some_and(|set| set & INTERRUPT != 0)
}

/// A path as an argument.
///
/// # Panics
/// When it is not UTF-8; the paths of tests are.
pub fn text(path: &Path) -> &str {
    path.to_str().expect("the paths of tests are UTF-8")
}
