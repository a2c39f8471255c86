//! The real window, driven as a person would: the whole road of a report, in two sizes, both themes
//! and two languages. Pictures of each screen go to `artefacts/window`, to be looked at.

mod steps;
mod worst_day;

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use holdfast_tests::{Canaries, Cli, Endpoint, Home, Size, Window, fixtures};
use steps::{PASSPHRASE, hold_panic, make_vault, pictures, unlock, vault_of};

const NARRATIVE: &str = "Two men in plain clothes waited at the gate of the school and took pictures of everyone who came out. One of them knew my name.";
const RUSSIAN: &str =
    "Двое в штатском ждали у ворот школы и снимали всех, кто выходил. Один знал, как меня зовут.";
const COALITION: &str = "Northern Lights Coalition";
/// The key of somebody outside who has the `age` program.
const ORDINARY_KEY: &str = "age1cjresny9wq5umn2asdfkjm0ekfa5c5qpkjmt642mh22fn56zuapqa93zyt";

/// A coalition to join: its endpoint, and a desk whose invite lies in a file.
struct Coalition {
    endpoint: Endpoint,
    home: Home,
    invite: PathBuf,
}

impl Coalition {
    fn start() -> Self {
        let (endpoint, home) = (Endpoint::start(), Home::new());
        let desk = Cli::new(&home, "desk", "desk passphrase, long enough");
        desk.ok(&[
            "vault",
            "create",
            "--role",
            "desk",
            "--name",
            COALITION,
            "--endpoint",
            endpoint.url(),
            "--kdf-cost",
            "floor",
        ]);
        let invite = home.join("invite.txt");
        desk.ok(&["invite", "--out", &invite.to_string_lossy()]);
        Self {
            endpoint,
            home,
            invite,
        }
    }

    fn desk(&self) -> Cli<'_> {
        Cli::new(&self.home, "desk", "desk passphrase, long enough")
    }
}

/// The files a person picks; outside the home of the app, where nothing may be left in clear.
struct Files {
    home: Home,
}

impl Files {
    fn new() -> Self {
        Self { home: Home::new() }
    }

    fn put(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.home.join(name);
        std::fs::write(&path, bytes).expect("the fixture can be written");
        path
    }
}

/// Says what a picture on the screen really is: its natural size, once it is decoded.
async fn natural_width(window: &Window, testid: &str) -> u64 {
    window.wait_for(testid).await;
    let script = "const img = document.querySelector(`[data-testid=\"${arguments[0]}\"]`);
        return img.decode().then(() => img.naturalWidth);";
    window
        .script(script, &[testid.into()])
        .await
        .as_u64()
        .unwrap_or_default()
}

#[tokio::test]
async fn a_report_goes_its_whole_road() {
    let coalition = Coalition::start();
    let files = Files::new();
    let photograph = files.put("gate-canary-photo.png", &fixtures::png(640, [40, 90, 140]));
    let paper = files.put(
        "summons-canary-paper.pdf",
        &fixtures::pdf("summons canary words"),
    );
    let notes = files.put(
        "notes-canary.txt",
        "A line only this text file has: zinc-otter.".as_bytes(),
    );
    let sound = files.put("call-canary.wav", &fixtures::wav(800));
    let film = files.put("film-canary.webm", include_bytes!("../fixtures/film.webm"));
    let data = files.put("data-canary.bin", &fixtures::noise(6_000_000, 7));

    let home = Home::new();
    let invite = coalition.invite.to_string_lossy().into_owned();
    let variables = [
        ("HOLDFAST_INVITE_FILE", invite.as_str()),
        ("LANG", "en_US.UTF-8"),
    ];
    let window = Window::open(&home, &variables).await;

    // Make a vault.
    window.wait_for("first-screen").await;
    pictures(&window, "welcome").await;
    window.click("make-start").await;
    window.wait_for("role").await;
    pictures(&window, "role").await;
    window.click("role-back").await;
    make_vault(&window).await;
    pictures(&window, "empty").await;

    // Write: the words first, kept as they are typed.
    window.resize(Size::PHONE).await;
    window.click("first-report").await;
    window.type_into("narrative", NARRATIVE).await;
    window
        .client()
        .wait()
        .at_most(Duration::from_secs(15))
        .for_element(fantoccini::Locator::Css(
            "[data-testid=\"saved-line\"][data-save=\"saved\"]",
        ))
        .await
        .expect("the words are kept without being asked");
    window.click("fact-kinds").await;
    window.type_into("kinds-search", "photo").await;
    window.picture("kinds-phone").await;
    window.click("kind-physical_surveillance").await;
    window.click("card-kinds-close").await;
    window.click("fact-when").await;
    window.click("when-yesterday").await;
    pictures(&window, "writing").await;
    window.resize(Size::DESKTOP).await;

    // Attach, several at once, and one dropped onto the page.
    window
        .upload(
            "file-input",
            &[&photograph, &paper, &notes, &sound, &film, &data],
        )
        .await;
    wait_for_evidence(&window, 6).await;
    drop_file(&window, "dropped-canary.txt", "a dropped file").await;
    wait_for_evidence(&window, 7).await;
    pictures(&window, "attached").await;
    window.resize(Size::PHONE).await;
    window.click("done").await;
    window
        .wait_for_text("report-narrative", "plain clothes")
        .await;
    pictures(&window, "report").await;

    // Look at it: the picture's own pixels, the paper, the words, the sound.
    open_evidence(&window, "gate-canary-photo.png").await;
    assert_eq!(
        natural_width(&window, "viewer-image").await,
        640,
        "the picture is shown as it is"
    );
    pictures(&window, "picture").await;
    seal_a_copy(&window).await;
    window.click("viewer-close").await;
    open_evidence(&window, "notes-canary.txt").await;
    window.wait_for_text("viewer-text", "zinc-otter").await;
    window.click("viewer-close").await;
    open_evidence(&window, "summons-canary-paper.pdf").await;
    window.wait_for("viewer-pdf").await;
    pictures(&window, "paper").await;
    window.click("viewer-close").await;
    open_evidence(&window, "call-canary.wav").await;
    assert_plays(&window, "viewer-audio").await;
    window.click("viewer-close").await;
    open_evidence(&window, "film-canary.webm").await;
    assert_plays(&window, "viewer-video").await;
    pictures(&window, "film").await;
    window.click("viewer-close").await;

    // Lock, and open again.
    window.resize(Size::DESKTOP).await;
    window.click("lock-now").await;
    window.wait_for("unlock").await;
    pictures(&window, "locked").await;
    window
        .type_into("unlock-passphrase", "not the passphrase")
        .await;
    window.click("unlock-submit").await;
    window.wait_for("unlock-fault").await;
    window.picture("wrong-passphrase").await;
    unlock(&window, PASSPHRASE).await;
    window.wait_for("report-list").await;

    // Search.
    window.type_into("search", "plain cloth").await;
    window.wait_for_text("report-list", "Two men").await;
    window.type_into("search", "xylophone").await;
    window.wait_for("list-clear").await;
    window.click("list-clear").await;
    window.wait_for_text("report-list", "Two men").await;

    // Join, send, deliver.
    window.click("nav-me").await;
    pictures(&window, "me").await;
    window.click("join-open").await;
    window.click("join-check").await;
    window.wait_for_text("join-name", COALITION).await;
    pictures(&window, "join").await;
    window.click("join-confirm").await;
    window.wait_for_text("joined", COALITION).await;
    window.click("nav-reports").await;
    window.click("report-row").await;
    window.click("send").await;
    window.click("send-confirm").await;
    window.wait_for("send-fault").await;
    pictures(&window, "send").await;
    window.click("consent").await;
    window.click("send-confirm").await;
    window.wait_gone("send-sheet").await;
    window.click("nav-delivery").await;
    window.wait_for("delivery-held").await;
    wait_for_nothing_waiting(&window).await;
    pictures(&window, "delivery").await;

    // The desk reads it and answers; the answer is seen here.
    let received = coalition.desk().ok(&["receive"]);
    let report = received["items"][0]["report"]
        .as_str()
        .expect("the desk has the report")
        .to_owned();
    let at_desk = coalition.desk().ok(&["report", "show", &report]);
    assert_eq!(at_desk["fields"]["narrative"], NARRATIVE);
    assert_eq!(at_desk["evidence"].as_array().map(Vec::len), Some(7));
    coalition.desk().ok(&["report", "read", &report]);
    coalition.desk().ok(&[
        "report",
        "answer",
        &report,
        "A lawyer calls you today at six.",
    ]);
    coalition.desk().ok(&["sync"]);
    window.click("sync-now").await;
    window.click("nav-reports").await;
    window.click("report-row").await;
    window
        .wait_for_text("answer-text", "A lawyer calls you")
        .await;
    pictures(&window, "answered").await;

    // Nothing is in clear in anything that was written, the web view's data included.
    let canaries = Canaries::new([
        PASSPHRASE,
        "plain clothes",
        "knew my name",
        "gate-canary",
        "summons canary",
        "summons-canary",
        "zinc-otter",
        "call-canary",
        "film-canary",
        "dropped-canary",
        "a dropped file",
        "calls you today",
        COALITION,
    ]);
    let places: Vec<PathBuf> = [home.path().to_owned()]
        .into_iter()
        .chain(coalition.endpoint.places())
        .collect();
    let places: Vec<&Path> = places.iter().map(PathBuf::as_path).collect();
    canaries.expect_none(&places);

    // Panic, from this screen.
    hold_panic(&window).await;
    window.wait_for("panic-done").await;
    pictures(&window, "panicked").await;
    window.close().await;
    assert!(!vault_of(&home).exists(), "nothing of the vault is left");
    canaries.expect_none(&places);
    assert_eq!(
        coalition.desk().ok(&["report", "show", &report])["fields"]["narrative"],
        NARRATIVE
    );
}

#[tokio::test]
async fn the_same_in_russian_and_in_the_dark() {
    let coalition = Coalition::start();
    let files = Files::new();
    let photograph = files.put("ворота.png", &fixtures::png(480, [120, 60, 40]));
    let home = Home::new();
    let invite = coalition.invite.to_string_lossy().into_owned();
    let variables = [
        ("HOLDFAST_INVITE_FILE", invite.as_str()),
        ("LANG", "en_US.UTF-8"),
        ("GTK_THEME", "Adwaita:dark"),
    ];
    let window = Window::open(&home, &variables).await;
    window.wait_for("first-screen").await;
    window.click("language-ru").await;
    pictures(&window, "ru-welcome").await;
    make_vault(&window).await;
    pictures(&window, "ru-empty").await;
    window.click("first-report").await;
    window.type_into("narrative", RUSSIAN).await;
    window.upload("picture-input", &[&photograph]).await;
    wait_for_evidence(&window, 1).await;
    pictures(&window, "ru-writing").await;
    window.click("done").await;
    window.wait_for("report-narrative").await;
    pictures(&window, "ru-report").await;

    // By the keyboard: the same corner's shortcut, pressed twice.
    window.click("nav-me").await;
    pictures(&window, "ru-me").await;
    window.click("join-open").await;
    window.click("join-check").await;
    window.wait_for("join-name").await;
    window.click("join-confirm").await;
    window.wait_for("joined").await;
    window.click("nav-reports").await;
    window.click("report-row").await;
    window.click("send").await;
    window.click("consent").await;
    pictures(&window, "ru-send").await;
    window.click("send-confirm").await;
    window.wait_gone("send-sheet").await;
    window.click("nav-delivery").await;
    window.wait_for("delivery-held").await;
    pictures(&window, "ru-delivery").await;
    window.click("lock-now").await;
    window.wait_for("unlock").await;
    pictures(&window, "ru-locked").await;

    let twice = "for (let i = 0; i < 2; i += 1)
        window.dispatchEvent(new KeyboardEvent('keydown', { key: 'Backspace', ctrlKey: true, shiftKey: true }));";
    window.script(twice, &[]).await;
    window.wait_for("panic-done").await;
    window.close().await;
    assert!(!vault_of(&home).exists(), "panic needs no passphrase");
}

/// As far as the dialog that asks where to: what each kind of key means is said before.
async fn seal_a_copy(window: &Window) {
    window.click("viewer-details").await;
    window.click("viewer-seal").await;
    window.wait_for("seal-advice").await;
    window
        .type_into("seal-key", "AGE-SECRET-KEY-1EXAMPLE")
        .await;
    window.wait_for_text("seal-fault", "secret key").await;
    let left = "return document.querySelector('[data-testid=\"seal-key\"]').value";
    assert_eq!(window.script(left, &[]).await, "", "a secret is not kept");
    window
        .type_into("seal-key", &format!("Public key: {ORDINARY_KEY}"))
        .await;
    window
        .wait_for_text("seal-ordinary", "quantum computer")
        .await;
    window.wait_for_text("seal-ends", &ORDINARY_KEY[..4]).await;
    pictures(window, "seal-copy").await;
    let beside = "document.querySelector('.scrim').click()";
    window.script(beside, &[]).await;
    // A touch beside the sheet does not throw the key away.
    window.wait_for("seal-ends").await;
    window.click("seal-sheet-close").await;
    window.wait_gone("seal-sheet").await;
}

async fn wait_for_evidence(window: &Window, count: usize) {
    let script = "return document.querySelectorAll('[data-testid=\"evidence-open\"]').length";
    for _ in 0..600 {
        if window.script(script, &[]).await == count {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("{count} pieces of evidence did not appear");
}

async fn wait_for_nothing_waiting(window: &Window) {
    let script = "return document.querySelectorAll('[data-state=\"waiting\"]').length";
    for _ in 0..1_200 {
        if window.script(script, &[]).await == 0 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("something is still waiting");
}

/// Plays a sound or a film, which its decoder must have understood, and waits until time moves.
async fn assert_plays(window: &Window, testid: &str) {
    window.wait_for(testid).await;
    let script = "const media = document.querySelector(`[data-testid=\"${arguments[0]}\"]`);
        media.muted = true;
        if (media.paused && !media.ended) media.play().catch(() => {});
        return media.currentTime > 0 && media.duration > 0.5;";
    for _ in 0..300 {
        if window.script(script, &[testid.into()]).await == true {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("{testid} does not play");
}

async fn open_evidence(window: &Window, name: &str) {
    let script = "const found = [...document.querySelectorAll('[data-testid=\"evidence-open\"]')]
        .find((button) => button.textContent.includes(arguments[0]));
        found.scrollIntoView(); found.click();";
    window.script(script, &[name.into()]).await;
    window.wait_for("viewer").await;
}

/// Drops a file onto the page, as the web view does it.
async fn drop_file(window: &Window, name: &str, text: &str) {
    let script = "const data = new DataTransfer();
        data.items.add(new File([arguments[1]], arguments[0], { type: 'text/plain' }));
        const target = document.querySelector('[data-testid=\"narrative\"]');
        for (const type of ['dragenter', 'dragover', 'drop'])
            target.dispatchEvent(new DragEvent(type, { dataTransfer: data, bubbles: true, cancelable: true }));";
    window.script(script, &[name.into(), text.into()]).await;
}
