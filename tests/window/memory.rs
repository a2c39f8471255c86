//! The examiner at the running machine: what a live window's memory has after the vault was closed.
//!
//! The window is driven as a person would, and the memory of its processes is read as root can.
//! Every key is learnt from a copy of the vault with the passphrase. While the vault is open the
//! keys are found, so the search is known to see them; afterwards those that open the vault, the
//! database and the evidence are not. [`LEFT`] is what is still found, and told as a limit.

use std::fs;
use std::path::Path;

use fantoccini::Locator;
use holdfast_tests::{Canaries, Cli, Home, Process, Scan, Secrets, Window, fixtures, text};

use crate::steps::{PASSPHRASE, hold_panic, make_vault, unlock, vault_of};

const DURESS: &str = "memory: nothing but gulls out there";
const WORDS: &str = "The clerk took the list: canary-fulmar-5521";
const CONTENT: &str = "canary-cockle-8803";
const NAME: &str = "list-canary-petrel.txt";
const CANARIES: [&str; 3] = ["canary-fulmar-5521", CONTENT, "list-canary-petrel"];

/// What a closed window's own process may still have, and why. All of it goes with the process.
const LEFT: [&str; 6] = [
    // Copies on the stack of the thread that opened the vault, until it is used that deep again.
    "signing_seed",
    "identity (seed)",
    // What went between page and app, in the memory of the web view's library, which frees without
    // erasing.
    PASSPHRASE,
    CANARIES[0],
    CANARIES[1],
    CANARIES[2],
];

async fn write_report(window: &Window, piece: &Path) {
    window.click("first-report").await;
    window.type_into("narrative", WORDS).await;
    window.upload("file-input", &[piece]).await;
    let saved = "[data-testid=\"saved-line\"][data-save=\"saved\"]";
    let saved = window.client().wait().for_element(Locator::Css(saved));
    saved.await.expect("the words are kept");
    window.click("done").await;
    window.wait_for("report-narrative").await;
}

/// What each process of the window has, our own program first; what the web view keeps of pages it
/// showed is printed and not judged: it is told in the threat model.
#[expect(clippy::print_stdout, reason = "the figures for the threat model")]
fn look(home: &Home, canaries: &Canaries, when: &str) -> Option<Scan> {
    let mut own = None;
    for process in Process::all_in(home)? {
        let scan = process.scan(canaries);
        let name = process.program();
        println!("{when}, {name} has {:?}", scan.seen());
        if name == "holdfast-app" {
            own = Some(scan);
        }
    }
    Some(own.expect("the window runs"))
}

/// A window whose vault has a report with evidence in it, and is locked.
struct Scene {
    home: Home,
    window: Window,
    canaries: Canaries,
}

impl Scene {
    async fn set() -> Self {
        let (home, clear) = (Home::new(), tempfile::tempdir().expect("a folder"));
        let piece = clear.path().join(NAME);
        let noise = data_encoding::HEXLOWER.encode(&fixtures::noise(20_000, 6));
        fs::write(&piece, format!("{CONTENT}\n{noise}")).expect("it can be written");
        let window = Window::open(&home, &[("LANG", "en_US.UTF-8")]).await;
        make_vault(&window).await;
        write_report(&window, &piece).await;
        window.click("lock-now").await;
        window.wait_for("unlock").await;
        let secrets = Secrets::learn(&vault_of(&home), PASSPHRASE);
        let canaries = secrets.canaries(&CANARIES);
        Self {
            home,
            window,
            canaries,
        }
    }

    /// Opens the vault and reads the report; the keys are in memory then, or the search is blind.
    async fn read(&self) {
        unlock(&self.window, PASSPHRASE).await;
        self.window.wait_for("report-list").await;
        self.window.click("report-row").await;
        let window = &self.window;
        window
            .wait_for_text("report-narrative", "canary-fulmar")
            .await;
        if let Some(seen) = look(&self.home, &self.canaries, "open") {
            for key in ["names key", "blob key 1 (text)", "identity (text)"] {
                assert!(seen.saw(key), "no {key} in {seen}");
            }
        }
    }

    /// Nothing is in memory that opens the vault, its database or its evidence.
    fn expect_none(&self, when: &str) {
        let Some(scan) = look(&self.home, &self.canaries, when) else {
            return;
        };
        let wrong: Vec<_> = scan
            .seen()
            .into_iter()
            .filter(|canary| !LEFT.contains(canary))
            .collect();
        assert!(wrong.is_empty(), "{when} memory has {wrong:?}:\n{scan}");
    }
}

#[tokio::test]
async fn a_closed_window_has_no_key_to_the_vault_in_its_memory() {
    let scene = Scene::set().await;
    scene.expect_none("locked after writing");
    scene.read().await;
    scene.window.click("lock-now").await;
    scene.window.wait_for("unlock").await;
    scene.expect_none("locked after reading");

    // And with everything destroyed while it was open.
    scene.read().await;
    hold_panic(&scene.window).await;
    scene.window.wait_for("panic-done").await;
    scene.expect_none("after a panic");
    scene.window.close().await;
}

#[tokio::test]
async fn a_window_that_shows_the_notebook_has_no_key_to_the_vault_in_its_memory() {
    let scene = Scene::set().await;
    let second = tempfile::NamedTempFile::new().expect("a file");
    fs::write(second.path(), DURESS).expect("it can be written");
    let cli = Cli::new(&scene.home, text(&vault_of(&scene.home)), PASSPHRASE);
    let file = text(second.path());
    cli.ok(&["vault", "second-passphrase", "--new-passphrase-file", file]);
    scene.read().await;
    scene.window.click("lock-now").await;
    scene.window.wait_for("unlock").await;
    unlock(&scene.window, DURESS).await;
    scene.window.wait_gone("unlock").await;
    scene.expect_none("with the notebook open");
    scene.window.close().await;
}
