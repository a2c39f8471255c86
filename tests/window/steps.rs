//! What a person does again and again in the window.

use std::{path::PathBuf, time::Duration};

use fantoccini::actions::{Actions, InputSource, MouseActions, PointerAction};
use holdfast_tests::{Home, Size, Window};

pub(crate) const PASSPHRASE: &str = "quiet-heron-under-brass-lamp";

/// Makes a vault, and gives the words that were shown.
pub(crate) async fn make_vault(window: &Window) -> Vec<String> {
    window.click("make-start").await;
    window.click("role-reporter").await;
    window.click("role-next").await;
    window.click("words-intro-next").await;
    let words = read_words(window).await;
    confirm_words(window, &words).await;
    window.click("limits-next").await;
    window.type_into("passphrase-once", PASSPHRASE).await;
    window.type_into("passphrase-again", PASSPHRASE).await;
    window.click("passphrase-next").await;
    window.wait_for("first-report").await;
    words
}

pub(crate) async fn unlock(window: &Window, passphrase: &str) {
    window.type_into("unlock-passphrase", passphrase).await;
    window.click("unlock-submit").await;
}

/// Holds the panic corner until the ring is full.
pub(crate) async fn hold_panic(window: &Window) {
    let corner = window.wait_for("panic").await;
    let press = MouseActions::new("mouse".to_owned())
        .then(PointerAction::MoveToElement {
            element: corner,
            duration: None,
            x: 0.0,
            y: 0.0,
        })
        .then(PointerAction::Down {
            button: fantoccini::actions::MOUSE_BUTTON_LEFT,
        })
        .then(PointerAction::Pause {
            duration: Duration::from_millis(1_500),
        })
        .then(PointerAction::Up {
            button: fantoccini::actions::MOUSE_BUTTON_LEFT,
        });
    window
        .client()
        .perform_actions(Actions::from(press))
        .await
        .expect("the mouse moves");
}

pub(crate) async fn pictures(window: &Window, name: &str) {
    for (suffix, size) in [("phone", Size::PHONE), ("desktop", Size::DESKTOP)] {
        window.resize(size).await;
        window.picture(&format!("{name}-{suffix}")).await;
    }
}

/// Reads the recovery words off the screen, page by page.
pub(crate) async fn read_words(window: &Window) -> Vec<String> {
    const SHOWN: &str = "return [...document.querySelectorAll('[data-word]')]
        .filter((one) => one.offsetParent !== null).map((one) => one.dataset.word)";
    let mut words: Vec<String> = Vec::new();
    while words.len() < 24 {
        window.wait_for(&format!("word-{}", words.len() + 1)).await;
        let shown = window.script(SHOWN, &[]).await;
        let shown = shown.as_array().expect("a list of words").iter();
        words.extend(shown.filter_map(|word| Some(word.as_str()?.to_owned())));
        window.click("words-next").await;
    }
    assert_eq!(words.len(), 24, "{words:?}");
    words
}

/// Types back the words that are asked for.
pub(crate) async fn confirm_words(window: &Window, words: &[String]) {
    for position in asked(window).await {
        window
            .type_into(&format!("confirm-{position}"), &words[position - 1])
            .await;
    }
    window.click("confirm-next").await;
}

/// The positions of the words that are asked for.
pub(crate) async fn asked(window: &Window) -> Vec<usize> {
    const ASKED: &str = "return [...document.querySelectorAll('[data-testid^=\"confirm-\"]')]
        .map((one) => Number(one.dataset.testid.slice(8))).filter(Boolean)";
    window.wait_for("confirm-next").await;
    let asked = window.script(ASKED, &[]).await;
    let asked = asked.as_array().expect("a list of positions").iter();
    let asked: Vec<usize> = asked
        .filter_map(|one| usize::try_from(one.as_u64()?).ok())
        .collect();
    assert!(asked.len() >= 3, "{asked:?}");
    asked
}

pub(crate) fn vault_of(home: &Home) -> PathBuf {
    home.join(".local/share/org.holdfast.app/vault")
}
