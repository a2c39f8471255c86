//! The worst day, in the real window: words on paper, a second passphrase, a cover, less to be found.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use holdfast_tests::{CREATE, Canaries, Cli, Home, Size, Window, text};

use crate::{
    Coalition, Files,
    steps::{PASSPHRASE, asked, confirm_words, make_vault, pictures, read_words, unlock, vault_of},
};

const SECOND: &str = "second: nine gulls over tin";
const CHANGED: &str = "changed: four wet stones in a row";
const WORDS: &str = "They asked my neighbour when I come home: canary-petrel-3370.";

/// Presses Ctrl, Shift and Space, which covers the screen and leads back.
async fn press_cover_keys(window: &Window) {
    const PRESS: &str = "window.dispatchEvent(new KeyboardEvent('keydown',
        { key: ' ', code: 'Space', ctrlKey: true, shiftKey: true, bubbles: true, cancelable: true }))";
    window.script(PRESS, &[]).await;
}

async fn write_report(window: &Window) {
    window.click("first-report").await;
    window.type_into("narrative", WORDS).await;
    window.click("done").await;
    window.wait_for_text("report-narrative", "neighbour").await;
}

/// Everything the page holds, seen or not.
async fn page(window: &Window) -> String {
    let page = window
        .script("return document.documentElement.outerHTML", &[])
        .await;
    page.as_str().expect("the page is text").to_owned()
}

#[tokio::test]
async fn the_words_are_shown_once_and_typed_back() {
    let home = Home::new();
    let window = Window::open(&home, &[("LANG", "en_US.UTF-8")]).await;
    window.resize(Size::PHONE).await;
    window.click("make-start").await;
    window.click("role-reporter").await;
    window.click("role-next").await;
    pictures(&window, "words-why").await;
    window.resize(Size::PHONE).await;
    window.click("words-intro-next").await;
    window.wait_for("word-1").await;
    pictures(&window, "words").await;
    window.resize(Size::PHONE).await;
    let words = read_words(&window).await;

    // A word that is not the one that was shown.
    let positions = asked(&window).await;
    for position in &positions {
        let other = &words[position % 24];
        window
            .type_into(&format!("confirm-{position}"), other)
            .await;
    }
    window.click("confirm-next").await;
    window.wait_for("confirm-fault").await;
    pictures(&window, "words-wrong").await;
    assert!(
        !vault_of(&home).join("keys").exists(),
        "nothing is made yet"
    );
    window.resize(Size::PHONE).await;
    confirm_words(&window, &words).await;

    window.click("limits-next").await;
    window.wait_for("passphrase-once").await;
    let left = page(&window).await;
    assert!(
        !left.contains("data-word") && !left.contains("data-paper"),
        "the words are gone"
    );
    for pair in words.windows(2) {
        assert!(
            !left.contains(&pair.join(" ")),
            "{pair:?} is still in the page"
        );
    }
    window.type_into("passphrase-once", "password12").await;
    window.wait_for_text("passphrase-strength", " ").await;
    window.click("passphrase-suggest").await;
    window.wait_for("passphrase-drawn").await;
    pictures(&window, "passphrase-drawn").await;
    window.click("passphrase-take").await;
    let taken = "return document.querySelector('[data-testid=\"passphrase-once\"]').value";
    let taken = window.script(taken, &[]).await;
    let taken = taken.as_str().expect("a passphrase").to_owned();
    assert_eq!(taken.split(' ').count(), 6, "{taken}");
    window.type_into("passphrase-again", &taken).await;
    window.click("passphrase-next").await;
    window.wait_for("first-report").await;
    pictures(&window, "at-risk-nothing").await;
    window.close().await;
    let canaries = Canaries::new([words[..3].join(" ").as_str(), taken.as_str()]);
    canaries.expect_none(&[home.path()]);
}

#[tokio::test]
async fn a_second_passphrase_opens_a_notebook_in_the_window() {
    let home = Home::new();
    let window = Window::open(&home, &[("LANG", "en_US.UTF-8")]).await;
    make_vault(&window).await;
    write_report(&window).await;
    window.click("nav-me").await;
    window.click("safety-name").await;
    window.click("name-notes").await;
    window.click("nav-me").await;
    window.click("safety-duress").await;
    pictures(&window, "duress-about").await;
    window.click("duress-begin").await;
    window.click("template-diary").await;
    pictures(&window, "duress-pick").await;
    window.click("duress-pick-next").await;
    window.wait_for("planned-notes").await;
    pictures(&window, "duress-notes").await;
    window.click("duress-notes-next").await;
    window.type_into("duress-once", SECOND).await;
    window.type_into("duress-again", SECOND).await;
    window.click("duress-set").await;
    window.wait_for("duress-done").await;
    pictures(&window, "duress-done").await;
    window.resize(Size::DESKTOP).await;
    window.click("lock-now").await;

    unlock(&window, SECOND).await;
    window.wait_for("notebook").await;
    pictures(&window, "notebook").await;
    let shown = page(&window).await;
    for tell in ["Holdfast", "vault", "panic", "report", "petrel"] {
        assert!(!shown.contains(tell), "{tell} is on the page of a notebook");
    }
    window.resize(Size::DESKTOP).await;
    window.click("notebook-new").await;
    window.type_into("note-body", "lamp oil, two candles").await;
    window.wait_for_text("notebook-list", "lamp oil").await;
    window.click("notebook-lock").await;

    // The first passphrase is a wrong one now; the notebook is as it was left.
    unlock(&window, PASSPHRASE).await;
    window.wait_for("unlock-fault").await;
    unlock(&window, SECOND).await;
    window.wait_for_text("notebook-list", "lamp oil").await;
    window.close().await;
    Canaries::new(["canary-petrel", "lamp oil", PASSPHRASE, SECOND]).expect_none(&[home.path()]);
}

#[tokio::test]
async fn a_key_hides_the_screen_behind_something_that_works() {
    let home = Home::new();
    let window = Window::open(&home, &[("LANG", "en_US.UTF-8")]).await;
    make_vault(&window).await;
    write_report(&window).await;

    press_cover_keys(&window).await;
    window.wait_for("calculator").await;
    window.wait_gone("report-narrative").await;
    pictures(&window, "cover-calculator").await;
    for key in ["7", "×", "6", "="] {
        window.click(&format!("calc-{key}")).await;
    }
    window.wait_for_text("calc-display", "42").await;
    assert!(
        !page(&window).await.contains("petrel"),
        "nothing lies behind it"
    );

    // The way back goes by the passphrase.
    press_cover_keys(&window).await;
    unlock(&window, PASSPHRASE).await;
    window.wait_for("report-list").await;

    window.click("nav-me").await;
    window.click("safety-hiding").await;
    window.click("cover-notebook").await;
    pictures(&window, "hiding-page").await;
    press_cover_keys(&window).await;
    window.wait_for("notebook").await;
    pictures(&window, "cover-notebook").await;
    press_cover_keys(&window).await;
    window.wait_for("unlock").await;
    window.close().await;
}

#[tokio::test]
async fn what_is_delivered_can_be_removed_and_the_screen_says_what_is_left() {
    let coalition = Coalition::start();
    let files = Files::new();
    let photograph = files.put(
        "gate-canary-photo.png",
        &holdfast_tests::fixtures::png(64, [9, 9, 9]),
    );
    let home = Home::new();
    let invite = text(&coalition.invite).to_owned();
    let variables = [
        ("HOLDFAST_INVITE_FILE", invite.as_str()),
        ("LANG", "en_US.UTF-8"),
    ];
    let window = Window::open(&home, &variables).await;
    make_vault(&window).await;
    window.click("first-report").await;
    window.type_into("narrative", WORDS).await;
    window.upload("file-input", &[&photograph]).await;
    window.wait_for("evidence-open").await;
    window.click("done").await;
    window.wait_for("report-narrative").await;
    window.click("nav-me").await;
    window.click("join-open").await;
    window.click("join-check").await;
    window.click("join-confirm").await;
    window.wait_for("joined").await;
    window.click("nav-reports").await;
    window.wait_for("at-risk").await;
    pictures(&window, "at-risk").await;
    window.resize(Size::DESKTOP).await;
    window.click("report-row").await;
    window.click("send").await;
    window.click("consent").await;
    window.click("send-confirm").await;
    window.wait_gone("send-sheet").await;
    window.click("nav-delivery").await;
    window.wait_for("delivery-held").await;
    nothing_at_risk(&window).await;

    window.click("nav-me").await;
    window.click("safety-less").await;
    window.wait_for_text("exposure", "1").await;
    pictures(&window, "keep-less").await;
    window.resize(Size::DESKTOP).await;
    window.click("nav-reports").await;
    window.click("report-row").await;
    window.click("thin-open").await;
    window.click("thin-everything").await;
    window.type_into("thin-label", "the gate").await;
    pictures(&window, "thin-sheet").await;
    window.click("thin-do").await;
    window.wait_gone("thin-sheet").await;
    window.wait_for("row-thinned").await;
    pictures(&window, "thinned").await;
    let shown = page(&window).await;
    let left = shown
        .find("petrel")
        .map(|at| &shown[at.saturating_sub(300)..at]);
    assert_eq!(left, None);
    window.close().await;

    // Nothing of it is in the vault, whoever opens it.
    let vault = ".local/share/org.holdfast.app/vault";
    let cli = Cli::new(&home, vault, PASSPHRASE);
    let found = holdfast_tests::wait_for("the end of the app, which outlives its window", || {
        let answer = cli.run(&["report", "search", "neighbour"]);
        (answer.fault() != Some("vault_in_use")).then_some(answer)
    });
    assert_eq!(found.json["total"], 0, "{found:?}");
    let exposure = cli.ok(&["exposure"]);
    assert_eq!(
        (&exposure["reports"], &exposure["receipts_only"]),
        (&0.into(), &1.into())
    );
}

async fn nothing_at_risk(window: &Window) {
    window.click("nav-reports").await;
    let script = "return document.querySelector('[data-testid=\"at-risk\"]')?.dataset.none ?? ''";
    for _ in 0..600 {
        if window.script(script, &[]).await == "true" {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("something is still said to be at risk");
}

#[tokio::test]
async fn the_passphrase_is_changed_in_the_window_and_the_vault_locks_itself() {
    let home = Home::new();
    let window = Window::open(&home, &[("LANG", "en_US.UTF-8")]).await;
    make_vault(&window).await;
    write_report(&window).await;
    window.click("nav-me").await;
    window.click("safety-passphrase").await;
    window
        .type_into("change-old", "not the passphrase of it")
        .await;
    window.type_into("change-once", CHANGED).await;
    window.type_into("change-again", CHANGED).await;
    window.click("change-submit").await;
    window.wait_for("change-fault").await;
    window.type_into("change-old", PASSPHRASE).await;
    pictures(&window, "change-passphrase").await;
    window.click("change-submit").await;
    window.wait_for("change-done").await;
    window.resize(Size::DESKTOP).await;
    window.click("lock-now").await;
    unlock(&window, PASSPHRASE).await;
    window.wait_for("unlock-fault").await;
    unlock(&window, CHANGED).await;
    window.wait_for("report-list").await;

    // Nobody touches it for longer than was chosen: the clock of the page goes on by itself.
    let later = "const now = Date.now; Date.now = () => now() + 6 * 60_000";
    window.script(later, &[]).await;
    window.wait_for("unlock").await;
    pictures(&window, "locked-by-itself").await;
    assert!(!page(&window).await.contains("petrel"));
    window.close().await;
    expect_closed(&vault_of(&home));
}

async fn type_words(window: &Window, words: &[String]) {
    for (at, word) in (1..).zip(words) {
        window.type_into(&format!("recover-word-{at}"), word).await;
    }
}

/// The file in which an endpoint keeps an object.
fn held(endpoint: &Path, object: &str) -> PathBuf {
    let mailboxes = std::fs::read_dir(endpoint.join("store/held")).expect("the store is there");
    mailboxes
        .flatten()
        .map(|mailbox| mailbox.path().join("objects").join(object))
        .find(|path| path.exists())
        .expect("the endpoint holds it")
}

#[tokio::test]
async fn starting_again_goes_on_where_it_broke_off_and_its_vault_locks() {
    let (coalition, files, before) = (Coalition::start(), Files::new(), Home::new());
    let old = Cli::new(&before, "old", PASSPHRASE);
    let made = old.ok(&CREATE);
    let words = made["words"].as_array().expect("words").iter();
    let words: Vec<String> = words
        .filter_map(|word| Some(word.as_str()?.to_owned()))
        .collect();
    old.ok(&["join", text(&coalition.invite)]);
    let photograph = files.put("gate.png", &holdfast_tests::fixtures::png(64, [9, 9, 9]));
    let report = old.ok(&[
        "report",
        "add",
        "--narrative",
        WORDS,
        "--evidence",
        text(&photograph),
        "--send",
        "--consent",
    ]);
    old.ok(&["sync"]);
    let report = report["report"].as_str().expect("a report").to_owned();
    let shown = old.ok(&["report", "show", &report]);
    let object = shown["evidence"][0]["object"].as_str().expect("evidence");
    let held = held(coalition.endpoint.data(), object);
    let aside = held.with_extension("aside");
    std::fs::rename(&held, &aside).expect("it can be put aside");

    let home = Home::new();
    let window = Window::open(&home, &[("LANG", "en_US.UTF-8")]).await;
    window.click("again-start").await;
    type_words(&window, &words).await;
    window.click("again-words-next").await;
    let invite = std::fs::read_to_string(&coalition.invite).expect("an invite");
    window.type_into("join-invite", invite.trim()).await;
    window.click("again-invite-next").await;
    window.click("again-numbers-next").await;
    window.click("again-lost-yes").await;
    window.click("again-lost-next").await;
    window.click("limits-next").await;
    window.type_into("passphrase-once", PASSPHRASE).await;
    window.type_into("passphrase-again", PASSPHRASE).await;
    window.click("passphrase-next").await;
    window.wait_for("again-missing").await;
    pictures(&window, "again-short").await;

    // What is not there now may be there later; the question alone ends nothing.
    window.click("again-more").await;
    window.wait_for("again-missing").await;

    // Nobody has pressed on: the vault is open all the same, and locks like any other.
    press_cover_keys(&window).await;
    window.wait_for("calculator").await;
    press_cover_keys(&window).await;
    unlock(&window, PASSPHRASE).await;
    window.wait_for("recovery-unfinished").await;
    pictures(&window, "unfinished").await;

    std::fs::rename(&aside, &held).expect("it can be put back");
    window.click("unfinished-go").await;
    type_words(&window, &words).await;
    window.click("fetch-go").await;
    window.wait_for("fetch-end").await;
    window.click("fetch-end").await;
    window.wait_gone("recovery-unfinished").await;
    window.close().await;
    Canaries::new([words[..3].join(" ").as_str(), PASSPHRASE, "canary-petrel"])
        .expect_none(&[home.path()]);
}

/// A vault that is closed has no log beside its database.
fn expect_closed(vault: &Path) {
    let names = std::fs::read_dir(vault)
        .expect("the vault is there")
        .flatten();
    let logs = names.filter(|file| file.path().extension().is_some_and(|end| end == "db-wal"));
    assert_eq!(logs.count(), 0);
}
