//! The examiner at the running machine: what is in memory after the vault was closed.
//!
//! Nothing drives the window but keys, as its user's hands would, and the memory of all its processes
//! is read as root can. Every key is learnt from a copy of the vault with the passphrase. While the
//! vault is open keys and words are found, so the search is known to see them; afterwards none is.

#![expect(clippy::unwrap_used, reason = "a test stops at what it cannot do")]

use std::{
    fs, io,
    path::Path,
    thread::{self, sleep},
    time::Duration,
};

use holdfast_tests::{
    Canaries, Cli, Coalition, Desktop, Home, Process, Scan, Secrets, fixtures, list, listens,
    string, text, wait_for,
};

const PASSPHRASE: &str = "quiet-heron-under-brass-lamp";
const DURESS: &str = "memory: nothing but gulls out there";
const WORDS: &str = "The clerk took the list: canary-fulmar-5521";
const CONTENT: &str = "canary-cockle-8803";
const NAME: &str = "list-canary-petrel.txt";
/// The web view's library tells input methods, in the program itself, what stands in a field.
const TYPED: &str = "canary-whimbrel-3307";
const CANARIES: [&str; 4] = ["canary-fulmar-5521", CONTENT, "list-canary-petrel", TYPED];
const PROGRAM: &str = "holdfast-app";
const PAGE: &str = "WebKitWebProcess";
const SHELF: &str = ".local/share/org.holdfast.app";

fn add_report(cli: &Cli<'_>, evidence: &Path) {
    let add = ["report", "add", "--narrative", WORDS];
    cli.ok(&[&add[..], &["--evidence", text(evidence)]].concat());
}

/// A window on a vault that has a report with evidence in it.
struct Scene {
    app: Desktop,
    home: Home,
    canaries: Canaries,
}

impl Scene {
    /// `None` where memory cannot be read.
    fn set() -> Option<Self> {
        Self::set_after(|_, _| ())
    }

    /// The same, after something more was done with the vault, and a folder in clear.
    fn set_after(more: impl FnOnce(&Cli<'_>, &Path)) -> Option<Self> {
        let (home, clear) = (Home::new(), tempfile::tempdir().unwrap());
        let vault = format!("{SHELF}/vault");
        fs::create_dir_all(home.join(SHELF)).unwrap();
        // As a notebook, whose key that hides it locks it and shows the passphrase's page.
        fs::write(home.join(SHELF).join("look.json"), r#"{"name":"notes"}"#).unwrap();
        let cli = Cli::new(&home, &vault, PASSPHRASE);
        cli.create(&["--role", "reporter"]);
        let piece = clear.path().join(NAME);
        let noise = data_encoding::HEXLOWER.encode(&fixtures::noise(20_000, 6));
        fs::write(&piece, format!("{CONTENT}\n{noise}")).unwrap();
        add_report(&cli, &piece);
        let second = clear.path().join("second");
        fs::write(&second, DURESS).unwrap();
        cli.ok(&[
            "vault",
            "second-passphrase",
            "--new-passphrase-file",
            text(&second),
        ]);
        more(&cli, clear.path());

        let canaries = Secrets::learn(&home.join(&vault), PASSPHRASE).canaries(&CANARIES);
        Process::all_in(&home)?;
        let app = Desktop::open(&home);
        app.put((230, 170), (900, 620));
        Some(Self {
            app,
            home,
            canaries,
        })
    }

    /// What each process has.
    fn look(&self, when: &str) -> Vec<Seen> {
        let processes = Process::all_in(&self.home).unwrap_or_default().into_iter();
        let seen = processes.map(|process| {
            let scan = process.scan(&self.canaries);
            println!("{when}, {} has {:?}", process.program(), scan.seen());
            Seen { process, scan }
        });
        seen.collect()
    }

    /// Types a passphrase until it has done what it is to do: the page may not be there yet.
    fn enter<T>(&self, passphrase: &str, mut done: impl FnMut() -> Option<T>) -> T {
        wait_for("the passphrase taken", || {
            self.app.press(&["ctrl+a"]);
            self.app.write(passphrase);
            self.app.press(&["Return"]);
            sleep(Duration::from_secs(3));
            done()
        })
    }

    /// Opens the vault. Its keys and the list of reports are in memory then, or the search is blind.
    fn read(&self) {
        self.enter(PASSPHRASE, || {
            let seen = self.look("open");
            let saw = |program: &str, canary| {
                let mut of = seen.iter().filter(|seen| seen.process.program() == program);
                of.any(|seen| seen.scan.saw(canary))
            };
            let keys = ["names key", "identity (text)", "signing_seed"];
            let open = keys.iter().all(|key| saw(PROGRAM, key));
            (open && saw(PAGE, CANARIES[0]) && saw(PAGE, PASSPHRASE)).then_some(())
        });
    }

    /// Types into the first field there is.
    fn search(&self) {
        wait_for("a field to type in", || {
            self.app.press(&["Tab"]);
            self.app.write(TYPED);
            let mut seen = self.look("typed").into_iter();
            seen.find(|seen| seen.process.program() == PAGE && seen.scan.saw(TYPED))
        });
    }

    /// The process that has the vault.
    fn program(&self) -> Process {
        let mut processes = Process::all_in(&self.home).unwrap().into_iter();
        processes.find(|one| one.program() == PROGRAM).unwrap()
    }

    /// The process that draws the page.
    fn page(&self) -> Option<Process> {
        let processes = Process::all_in(&self.home)?;
        let mut pages = processes.into_iter().filter(|one| one.program() == PAGE);
        pages.next().filter(|_| pages.next().is_none())
    }

    /// Does something that closes the vault, and waits until another process draws the page.
    fn close_by(&self, close: impl FnOnce()) {
        let before = self.page();
        close();
        wait_for("another page", || {
            self.page().filter(|page| Some(page) != before.as_ref())
        });
    }

    /// The key that hides the page locks the vault too; once more, and the cover is gone.
    fn lock(&self) {
        self.app.press(&["ctrl+shift+space"]);
        wait_for("the keys gone from the program", || {
            let left = self.left("covered");
            // Under a cover neither page nor program is renewed.
            let mut left = left.iter();
            left.all(|(program, found)| program == PAGE || found == &[TYPED])
                .then_some(())
        });
        self.close_by(|| self.app.press(&["ctrl+shift+space"]));
    }

    /// What is found of what must not be.
    fn left(&self, when: &str) -> Vec<(String, Vec<String>)> {
        let seen = self.look(when).into_iter();
        seen.map(|seen| {
            let program = seen.process.program().to_owned();
            let found = seen.scan.seen().into_iter();
            let found = found.map(str::to_owned).collect::<Vec<_>>();
            (program, found)
        })
        .filter(|(_, found)| !found.is_empty())
        .collect()
    }

    /// Nothing is in memory that opens the vault, its database or its evidence, nor what was in them.
    fn expect_none(&self, when: &str) {
        let left = self.left(when);
        assert!(left.is_empty(), "{when}: {left:?}");
    }

    /// The same process, with nothing of the old program in it, and a page of its own.
    fn expect_started_anew(&self, when: &str) {
        wait_for("nothing left", || self.left(when).is_empty().then_some(()));
        wait_for("the window again", || {
            self.app.is_there().then(|| self.page()).flatten()
        });
        self.expect_none("started anew");
        let place = self.app.place();
        assert!(
            place.contains("230,170") && place.contains("900x620"),
            "{place}"
        );
    }
}

/// The size of the largest file in a folder, in which files come and go.
fn largest_in(folder: &Path) -> u64 {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let sizes = entries.map(|entry| match entry.metadata() {
        Ok(inside) if inside.is_dir() => largest_in(&entry.path()),
        Ok(file) => file.len(),
        Err(_) => 0,
    });
    sizes.max().unwrap_or_default()
}

struct Seen {
    process: Process,
    scan: Scan,
}

#[test]
fn a_window_that_was_locked_or_emptied_has_nothing_of_the_vault_in_memory() {
    let Some(scene) = Scene::set() else { return };
    scene.read();
    scene.search();
    scene.lock();
    scene.expect_started_anew("locked");
    scene.read();
    scene.search();
    scene.close_by(|| scene.app.press(&["ctrl+shift+alt+BackSpace"]));
    scene.expect_started_anew("after a panic");
}

#[test]
fn a_window_whose_vault_was_destroyed_from_elsewhere_starts_anew() {
    let Some(scene) = Scene::set() else { return };
    scene.read();
    scene.search();
    let vault = format!("{SHELF}/vault");
    let cli = Cli::new(&scene.home, &vault, PASSPHRASE);
    scene.close_by(|| drop(cli.ok(&["panic", "--yes"])));
    scene.expect_started_anew("after a panic");
}

/// Nothing is open, and still the page knows something: a passphrase that was typed and not yet tried.
#[test]
fn a_window_that_asks_for_a_passphrase_starts_anew_too() {
    let Some(scene) = Scene::set() else { return };
    wait_for("a passphrase typed", || {
        scene.app.press(&["ctrl+a"]);
        scene.app.write(PASSPHRASE);
        let mut seen = scene.look("typed").into_iter();
        seen.find(|seen| seen.process.program() == PAGE && seen.scan.saw(PASSPHRASE))
    });
    let vault = format!("{SHELF}/vault");
    let cli = Cli::new(&scene.home, &vault, PASSPHRASE);
    scene.close_by(|| drop(cli.ok(&["panic", "--yes"])));
    scene.expect_started_anew("after a panic");
}

#[test]
fn a_window_that_shows_the_notebook_has_nothing_of_the_vault_in_memory() {
    let Some(scene) = Scene::set() else { return };
    scene.read();
    scene.search();
    scene.lock();
    scene.expect_started_anew("locked");
    let keys = scene.home.join(SHELF).join("vault/keys");
    let before = fs::read(&keys).unwrap();
    scene.enter(DURESS, || {
        (fs::read(&keys).unwrap() != before).then_some(())
    });
    scene.expect_none("with the notebook open");
}

/// What is being sent when the vault is locked is sent to its end, and only then does the program end.
#[test]
fn a_lock_lets_an_upload_end_before_the_program_starts_anew() {
    let mut coalition = Coalition::start("Far Bank");
    coalition.endpoint.stop();
    let scene = Scene::set_after(|cli, clear| {
        let film = clear.join("film");
        fs::write(&film, fixtures::noise(48_000_000, 7)).unwrap();
        cli.ok(&["join", text(&coalition.invite())]);
        cli.ok(&[
            "report",
            "add",
            "--narrative",
            WORDS,
            "--evidence",
            text(&film),
        ]);
        for report in list(&cli.ok(&["report", "list"])["items"]) {
            cli.ok(&["report", "send", string(&report["report"]), "--consent"]);
        }
    });
    let Some(scene) = scene else { return };
    coalition.endpoint.restart();
    let largest = |folder: &str| largest_in(&coalition.endpoint.data().join(folder));
    thread::scope(|scope| {
        // It carries little at a time, so that it can be stopped on the way.
        scope.spawn(|| {
            wait_for("a part of the film", || {
                coalition.endpoint.go_on();
                sleep(Duration::from_millis(2));
                coalition.endpoint.pause();
                (largest("uploads") > 1_000_000).then_some(())
            })
        });
        scene.read();
    });
    let program = scene.program();
    let before = program.image();
    scene.lock();
    sleep(Duration::from_secs(2));
    assert!(program.image() == before, "the upload was cut off");
    coalition.endpoint.go_on();
    wait_for("another program", || {
        (program.image() != before).then_some(())
    });
    scene.expect_started_anew("locked");
    assert!(largest("store") > 48_000_000, "the film did not arrive");
}

/// Whoever kills the page, with a made-up picture or by hand, finds the vault closed.
#[test]
fn a_page_that_dies_takes_the_vault_with_it_and_another_one_asks_for_the_passphrase() {
    let Some(scene) = Scene::set() else { return };
    scene.read();
    let page = scene.page().unwrap();
    scene.close_by(|| page.kill());
    scene.expect_started_anew("another page");
    scene.read();
    assert_eq!(scene.app.end(), Some(0));
    // Nothing takes the place of a program that is asked to end.
    wait_for("nothing that runs", || {
        Process::all_in(&scene.home).filter(Vec::is_empty)
    });
}

/// It would end at once; here nobody reads its last word, so that it is still there to be looked into.
#[test]
fn a_command_whose_vault_is_gone_has_nothing_of_it_in_memory_and_ends() {
    let (coalition, home) = (Coalition::start("Far Bank"), Home::new());
    let clear = tempfile::tempdir().unwrap();
    let cli = coalition.reporter(&home, PASSPHRASE);
    let piece = clear.path().join(NAME);
    fs::write(&piece, CONTENT).unwrap();
    add_report(&cli, &piece);
    let canaries = Secrets::learn(cli.vault(), PASSPHRASE).canaries(&CANARIES);

    let (unread, full) = io::pipe().unwrap();
    let mut filler = full.try_clone().unwrap();
    thread::spawn(move || io::copy(&mut io::repeat(b' '), &mut filler));
    let mut watching = cli.command(&["sync", "--watch"]);
    let mut watching = watching.stdout(full).spawn().unwrap();
    let scan = || Some(Process::all_in(&home)?.pop()?.scan(&canaries));
    if Process::all_in(&home).is_none() {
        watching.kill().unwrap();
        watching.wait().unwrap();
        return;
    }
    // Its keys are in memory before all of it is open.
    wait_for("the vault open", || listens(watching.id()).then_some(()));
    wait_for("its keys", || scan().filter(|scan| scan.saw("names key")));
    cli.ok(&["panic", "--yes"]);
    wait_for("nothing left", || {
        scan().filter(|scan| scan.seen().is_empty())
    });
    assert_eq!(watching.try_wait().unwrap(), None, "it was looked into");
    drop(unread);
    assert_eq!(watching.wait().unwrap().code(), Some(3));
}
