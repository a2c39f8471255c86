//! The examiner at the running machine: what a live window's memory has after the vault was closed.
//!
//! The window is driven as a person would, and the memory of its processes is read as root can.
//! Every key is learnt from a copy of the vault with the passphrase. While the vault is open the
//! keys are found, so the search is known to see them; afterwards they are not.
#![expect(clippy::unwrap_used, reason = "a test stops at what it cannot do")]

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use fantoccini::Locator;
use fantoccini::actions::{
    Actions, InputSource as _, MOUSE_BUTTON_LEFT, MouseActions, PointerAction,
};
use holdfast_tests::{Canaries, Home, Process, Secrets, Window, fixtures};

const PASSPHRASE: &str = "memory: thirteen gulls on the ridge";
const WORDS: &str = "The clerk took the list: canary-fulmar-5521";
const CONTENT: &str = "canary-cockle-8803";
const NAME: &str = "list-canary-petrel.txt";
const CANARIES: [&str; 3] = ["canary-fulmar-5521", CONTENT, "list-canary-petrel"];

/// The folder under `home` that has a vault's keys.
fn vault(home: &Path) -> Option<PathBuf> {
    let files = fs::read_dir(home).ok()?.flatten();
    let (mut folders, mut here) = (Vec::new(), false);
    for file in files {
        here |= file.file_name() == "keys";
        folders.push(file.path());
    }
    if here {
        return Some(home.to_owned());
    }
    folders.iter().find_map(|folder| vault(folder))
}

async fn make_vault(window: &Window) {
    window.click("make-start").await;
    window.click("role-reporter").await;
    window.click("role-next").await;
    window.type_into("passphrase-once", PASSPHRASE).await;
    window.type_into("passphrase-again", PASSPHRASE).await;
    window.click("passphrase-next").await;
    window.wait_for("first-report").await;
}

async fn write_report(window: &Window, piece: &Path) {
    window.click("first-report").await;
    window.type_into("narrative", WORDS).await;
    window.upload("file-input", &[piece]).await;
    let saved = "[data-testid=\"saved-line\"][data-save=\"saved\"]";
    let saved = window.client().wait().for_element(Locator::Css(saved));
    saved.await.unwrap();
    window.click("done").await;
    window.wait_for("report-narrative").await;
}

async fn unlock(window: &Window, passphrase: &str) {
    window.type_into("unlock-passphrase", passphrase).await;
    window.click("unlock-submit").await;
}

async fn hold_panic(window: &Window) {
    let element = window.wait_for("panic").await;
    let press = MouseActions::new("mouse".to_owned())
        .then(PointerAction::MoveToElement {
            element,
            duration: None,
            x: 0.0,
            y: 0.0,
        })
        .then(PointerAction::Down {
            button: MOUSE_BUTTON_LEFT,
        })
        .then(PointerAction::Pause {
            duration: Duration::from_millis(1_500),
        })
        .then(PointerAction::Up {
            button: MOUSE_BUTTON_LEFT,
        });
    let pressed = window.client().perform_actions(Actions::from(press));
    pressed.await.unwrap();
}

/// What each process of the window has, our own program first; what the web view keeps of pages it
/// showed is printed and not judged: it is told in the threat model.
fn look(home: &Home, canaries: &Canaries, when: &str) -> Option<Vec<String>> {
    let mut own = None;
    for process in Process::all_in(home)? {
        let scan = process.scan(canaries);
        let name = process.program();
        println!("{when}, {name} has: {:?}\n{scan}", scan.seen());
        if name == "holdfast-app" {
            own = Some(scan.seen().into_iter().map(str::to_owned).collect());
        }
    }
    Some(own.expect("the window runs"))
}

#[tokio::test]
async fn a_locked_window_has_no_key_in_its_memory() {
    let (home, clear) = (Home::new(), tempfile::tempdir().unwrap());
    if Process::all_in(&home).is_none() {
        return;
    }
    let piece = clear.path().join(NAME);
    let text = format!(
        "{CONTENT}\n{}",
        data_encoding::HEXLOWER.encode(&fixtures::noise(20_000, 6))
    );
    fs::write(&piece, text).unwrap();
    let window = Window::open(&home, &[("LANG", "en_US.UTF-8")]).await;
    make_vault(&window).await;
    write_report(&window, &piece).await;
    window.click("lock-now").await;
    window.wait_for("unlock").await;

    let directory = vault(home.path()).unwrap();
    let secrets = Secrets::learn(&directory, PASSPHRASE);
    let canaries = secrets.canaries(&CANARIES);
    let expect_none = |when: &str| {
        let Some(seen) = look(&home, &canaries, when) else {
            return;
        };
        let keys: Vec<_> = secrets
            .names()
            .filter(|key| seen.iter().any(|it| it == key))
            .collect();
        assert!(keys.is_empty(), "{when} memory has {keys:?}");
    };
    expect_none("locked after writing");

    unlock(&window, PASSPHRASE).await;
    window.wait_for("report-list").await;
    window.click("report-row").await;
    window
        .wait_for_text("report-narrative", "canary-fulmar")
        .await;
    let Some(open) = look(&home, &canaries, "open") else {
        return;
    };
    assert!(
        open.iter().any(|key| key == "names key"),
        "the search sees keys: {open:?}"
    );

    window.click("lock-now").await;
    window.wait_for("unlock").await;
    expect_none("locked after reading");

    unlock(&window, PASSPHRASE).await;
    window.wait_for("report-list").await;
    hold_panic(&window).await;
    window.wait_for("panic-done").await;
    expect_none("after a panic");
    assert_eq!(vault(home.path()), None);
    window.close().await;
}
