//! A vault to do something to, and the things that can be done to it.

use std::{
    cell::Cell,
    env, fs,
    io::{self, BufRead as _, BufReader, Write as _},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    rc::Rc,
    sync::atomic::{AtomicU64, Ordering},
    thread,
};

use holdfast_record::Timestamp;
use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng as _};

use crate::{
    Create, CreateError, Decoy, GuardSettings, KdfCost, OpenError, Opened, Passphrase, Role, Vault,
    disk::{KEYS, Letter},
    panic,
    steps::watched,
};

pub(super) const OWN: &str = "bladderwrack";
pub(super) const NEW: &str = "oarweed";
pub(super) const FIRST_DURESS: &str = "sea lettuce";
pub(super) const DURESS: &str = "carrageen";
pub(super) const NOW: Timestamp = Timestamp(1_780_000_000_000);

/// Never the same again, as on a device: fresh random bytes must differ from those before.
pub(super) fn rng() -> ChaCha20Rng {
    static DRAWN: AtomicU64 = AtomicU64::new(0);
    let drawn = DRAWN.fetch_add(1, Ordering::Relaxed);
    ChaCha20Rng::seed_from_u64(u64::from(std::process::id()) << 32 | drawn)
}

pub(super) fn passphrase(text: &str) -> Passphrase {
    Passphrase::from(text.to_owned())
}

/// What can be stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scenario {
    Create,
    Panic,
    OpenDuress,
    ChangePassphrase,
    SetDuress,
    WrongTry,
}

const SCENARIOS: [Scenario; 6] = [
    Scenario::Create,
    Scenario::Panic,
    Scenario::OpenDuress,
    Scenario::ChangePassphrase,
    Scenario::SetDuress,
    Scenario::WrongTry,
];

impl Scenario {
    fn name(self) -> String {
        format!("{self:?}")
    }

    /// Does it; `before` is called before each step, but not while things are made ready.
    fn run(
        self,
        dir: &Path,
        before: impl FnMut(&'static str) -> io::Result<()> + 'static,
    ) -> Result<(), String> {
        let told = |error: &dyn std::error::Error| error.to_string();
        let open = || match open(dir, OWN) {
            Ok(Opened::Vault(vault)) => vault,
            other => panic!("{other:?}"),
        };
        match self {
            Self::Create => watched(before, || create(dir)).map(drop),
            Self::Panic => {
                let report = watched(before, || panic(dir)).map_err(|error| told(&error))?;
                report
                    .all_gone
                    .then_some(())
                    .ok_or("not all gone".to_owned())
            }
            Self::OpenDuress => watched(before, || match self::open(dir, DURESS) {
                Ok(Opened::Decoy(decoy)) => decoy.sweep(&mut rng()).map_err(|error| told(&error)),
                Ok(Opened::Vault(_)) => panic!("the vault"),
                Err(error) => Err(told(&error)),
            }),
            Self::ChangePassphrase => {
                let vault = open();
                let (old, new) = (passphrase(OWN), passphrase(NEW));
                watched(before, || vault.change_passphrase(&old, &new, &mut rng()))
                    .map_err(|error| told(&error))
            }
            Self::SetDuress => {
                let vault = open();
                let notes = [("second".to_owned(), NOW)];
                let duress = passphrase(DURESS);
                watched(before, || vault.set_duress(&duress, &notes, &mut rng()))
                    .map_err(|error| told(&error))
            }
            // The last of those that are allowed.
            Self::WrongTry => watched(before, || match self::open(dir, "mistyped") {
                Err(OpenError::Wiped) => Ok(()),
                other => Err(format!("{other:?}")),
            }),
        }
    }
}

pub(super) fn create(dir: &Path) -> Result<Vault, String> {
    let create = Create {
        role: Role::Reporter,
        cost: KdfCost::Floor,
        now: NOW,
        settings: &[("kept", b"kept".to_vec())],
    };
    loop {
        match Vault::create(dir, &passphrase(OWN), create, &mut rng()) {
            Err(CreateError::InUse) => thread::yield_now(),
            other => return other.map_err(|error| error.to_string()),
        }
    }
}

pub(super) fn open(dir: &Path, text: &str) -> Result<Opened, OpenError> {
    loop {
        match Vault::open(dir, &passphrase(text), NOW, &mut rng()) {
            // A process that another test is just starting still has our files, until it runs.
            Err(OpenError::InUse) => thread::yield_now(),
            other => return other,
        }
    }
}

pub(super) fn is_vault(opened: Result<Opened, OpenError>) -> bool {
    match opened {
        Ok(Opened::Vault(vault)) => {
            assert_eq!(
                vault.setting("kept").unwrap().as_deref(),
                Some(&b"kept"[..])
            );
            true
        }
        Err(OpenError::WrongPassphrase) => false,
        other => panic!("{other:?}"),
    }
}

pub(super) fn as_decoy(opened: Result<Opened, OpenError>) -> Option<Decoy> {
    match opened {
        Ok(Opened::Decoy(decoy)) => Some(decoy),
        Err(OpenError::WrongPassphrase) => None,
        other => panic!("{other:?}"),
    }
}

/// Where a scenario begins, and its files then.
pub(super) struct Start {
    home: tempfile::TempDir,
    pub(super) keys: Vec<u8>,
    /// The database of the vault, not the decoy.
    pub(super) real: Letter,
}

impl Start {
    pub(super) fn of(scenario: Scenario) -> Self {
        let home = tempfile::tempdir().unwrap();
        let dir = home.path().join("start");
        if scenario == Scenario::Create {
            return Self {
                home,
                keys: Vec::new(),
                real: Letter::A,
            };
        }
        let vault = create(&dir).unwrap();
        for blob in [b"one", b"two"] {
            vault.put_object(blob).unwrap();
        }
        let real = vault.held().letter;
        let earlier = [("first".to_owned(), NOW)];
        let duress = if scenario == Scenario::SetDuress {
            FIRST_DURESS
        } else {
            DURESS
        };
        vault
            .set_duress(&passphrase(duress), &earlier, &mut rng())
            .unwrap();
        if scenario == Scenario::WrongTry {
            let guard = GuardSettings {
                wipe_after: 1,
                ..GuardSettings::default()
            };
            vault.set_guard(guard, NOW).unwrap();
        }
        drop(vault);
        let keys = fs::read(dir.join(KEYS)).unwrap();
        Self { home, keys, real }
    }

    /// The files as they were at the start.
    pub(super) fn fresh(&self) -> (tempfile::TempDir, PathBuf) {
        copy(&self.home.path().join("start"))
    }

    /// Whether any of the slots there were is left in these bytes.
    pub(super) fn slots_left_in(&self, bytes: &[u8]) -> usize {
        (0..8)
            .map(|slot| &self.keys[88 + slot * 104..][..104])
            .filter(|slot| bytes.windows(slot.len()).any(|window| window == *slot))
            .count()
    }
}

/// A copy of a directory, as somebody could have taken it.
pub(super) fn copy(from: &Path) -> (tempfile::TempDir, PathBuf) {
    let home = tempfile::tempdir().unwrap();
    let dir = home.path().join("vault");
    if from.exists() {
        fs::create_dir_all(dir.join("blobs")).unwrap();
    }
    for (from, to) in [
        (from.to_owned(), dir.clone()),
        (from.join("blobs"), dir.join("blobs")),
    ] {
        for file in fs::read_dir(from).into_iter().flatten() {
            let path = file.unwrap().path();
            if path.is_file() {
                fs::copy(&path, to.join(path.file_name().unwrap())).unwrap();
            }
        }
    }
    (home, dir)
}

/// Another process does it and is killed before its step `number`, while it holds all its files;
/// the step's name, or none if there are no more.
pub(super) fn killed_before(scenario: Scenario, dir: &Path, number: usize) -> Option<String> {
    let mut child = Command::new(env::current_exe().unwrap())
        .args([
            "--exact",
            "tests::scenario::is_killed",
            "--ignored",
            "--nocapture",
        ])
        .env(WHAT, scenario.name())
        .env(WHERE, dir)
        .env(WHEN, number.to_string())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let said = lines.find_map(|line| {
        let line = line.unwrap();
        line.split_once(STOPPED).map(|(_, step)| step.to_owned())
    });
    if said.is_some() {
        child.kill().unwrap();
        child.wait().unwrap();
    } else {
        assert!(
            child.wait().unwrap().success(),
            "{scenario:?} failed by itself"
        );
    }
    said
}

/// Does it with the disk full at its step `number`; what it answers, and the step's name.
pub(super) fn full_at(
    scenario: Scenario,
    dir: &Path,
    number: usize,
) -> Option<(Result<(), String>, &'static str)> {
    let stopped = Rc::new(Cell::new(None));
    let at = Rc::clone(&stopped);
    let mut count = 0;
    let answer = scenario.run(dir, move |step| {
        count += 1;
        if count == number {
            at.set(Some(step));
            return Err(io::ErrorKind::StorageFull.into());
        }
        Ok(())
    });
    stopped.get().map(|step| (answer, step))
}

const WHAT: &str = "HOLDFAST_TEST_WHAT";
const WHERE: &str = "HOLDFAST_TEST_WHERE";
const WHEN: &str = "HOLDFAST_TEST_WHEN";
const STOPPED: &str = "stopped before: ";

#[test]
#[ignore = "is the other process"]
fn is_killed() {
    let (Ok(what), Ok(dir), Ok(when)) = (env::var(WHAT), env::var(WHERE), env::var(WHEN)) else {
        return;
    };
    let scenario = SCENARIOS
        .into_iter()
        .find(|known| known.name() == what)
        .unwrap();
    let when: usize = when.parse().unwrap();
    let mut count = 0;
    scenario
        .run(Path::new(&dir), move |step| {
            count += 1;
            if count == when {
                println!("{STOPPED}{step}");
                io::stdout().flush().unwrap();
                // Ends with the parent at the latest.
                let _ = io::stdin().read_line(&mut String::new());
            }
            Ok(())
        })
        .unwrap();
}
