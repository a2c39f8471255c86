//! Drives the real window through WebKitWebDriver, as a person's hands and eyes would.
//!
//! Things on the screen are named by their `data-testid`. Every wait ends: with the thing, or with a
//! list of what was on the screen instead.

use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use fantoccini::elements::Element;
use fantoccini::error::CmdError;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};

use crate::{Home, binary};

/// How long a thing may take to appear.
const PATIENCE: Duration = Duration::from_secs(15);
const PAUSE: Duration = Duration::from_millis(50);

/// How big the page is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// CSS pixels across.
    pub width: u32,
    /// CSS pixels down.
    pub height: u32,
}

impl Size {
    /// A small phone.
    pub const PHONE: Self = Self {
        width: 360,
        height: 640,
    };
    /// A small laptop.
    pub const DESKTOP: Self = Self {
        width: 1280,
        height: 800,
    };
}

/// The running app and the hands on it.
#[derive(Debug)]
pub struct Window {
    client: Client,
    driver: Driver,
}

impl Window {
    /// Opens the app in `home`, with these variables set besides.
    ///
    /// # Panics
    /// When there is no display, or the app does not open.
    pub async fn open(home: &Home, variables: &[(&str, &str)]) -> Self {
        Self::open_program(&binary("holdfast-app"), &[], home, variables).await
    }

    /// Opens some other program that shows a WebKitGTK page.
    ///
    /// # Panics
    /// As [`open`](Self::open).
    pub async fn open_program(
        program: &Path,
        args: &[&str],
        home: &Home,
        variables: &[(&str, &str)],
    ) -> Self {
        let display = ["DISPLAY", "WAYLAND_DISPLAY"]
            .iter()
            .any(|name| std::env::var_os(name).is_some());
        assert!(
            display,
            "no display to open a window on: run `make test`, or put xvfb-run before"
        );
        let driver = Driver::start(home, variables);
        let options = json!({ "binary": program, "args": args });
        let wanted = [("webkitgtk:browserOptions".to_owned(), options)]
            .into_iter()
            .collect();
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(wanted)
            .connect(&driver.url)
            .await
            .unwrap_or_else(|error| panic!("{} does not open: {error}", program.display()));
        take_the_focus();
        Self { client, driver }
    }

    /// The session itself, for what this type does not offer.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Waits until a thing is on the screen and visible.
    ///
    /// # Panics
    /// When it does not appear.
    pub async fn wait_for(&self, testid: &str) -> Element {
        let selector = selector(testid);
        self.wait(&format!("{testid} on the screen"), async || {
            let element = self.client.find(Locator::Css(&selector)).await?;
            Ok(element.is_displayed().await?.then_some(element))
        })
        .await
    }

    /// Waits until a thing is no longer on the screen.
    ///
    /// # Panics
    /// When it stays.
    pub async fn wait_gone(&self, testid: &str) {
        let selector = selector(testid);
        self.wait(&format!("{testid} gone from the screen"), async || {
            for element in self.client.find_all(Locator::Css(&selector)).await? {
                if element.is_displayed().await? {
                    return Ok(None);
                }
            }
            Ok(Some(()))
        })
        .await;
    }

    /// Waits until a thing shows this text somewhere in it.
    ///
    /// # Panics
    /// When it does not.
    pub async fn wait_for_text(&self, testid: &str, text: &str) {
        // Not the driver's own idea of visible text: it leaves out lines of a clamped paragraph.
        const SHOWN: &str = "return [...document.querySelectorAll(arguments[0])].some(e => e.innerText.includes(arguments[1]))";
        let arguments = [Value::from(selector(testid)), Value::from(text)];
        self.wait(&format!("{text:?} in {testid}"), async || {
            let shown = self.client.execute(SHOWN, arguments.to_vec()).await?;
            Ok((shown == Value::Bool(true)).then_some(()))
        })
        .await;
    }

    /// Presses a thing, as soon as it can be pressed.
    ///
    /// # Panics
    /// When it cannot.
    pub async fn click(&self, testid: &str) {
        let selector = selector(testid);
        self.wait(&format!("{testid} to press"), async || {
            let element = self.client.find(Locator::Css(&selector)).await?;
            if !element.is_enabled().await? {
                return Ok(None);
            }
            element.click().await?;
            Ok(Some(()))
        })
        .await;
    }

    /// Types into a field, over what stood there.
    ///
    /// # Panics
    /// When there is no such field.
    pub async fn type_into(&self, testid: &str, text: &str) {
        let field = self.wait_for(testid).await;
        field
            .clear()
            .await
            .unwrap_or_else(|error| panic!("{testid} cannot be cleared: {error}"));
        field
            .send_keys(text)
            .await
            .unwrap_or_else(|error| panic!("{testid} cannot be typed into: {error}"));
    }

    /// Chooses files in a file field, which need not be visible.
    ///
    /// # Panics
    /// When there is no such field, or a path is not absolute.
    pub async fn upload(&self, testid: &str, files: &[&Path]) {
        assert!(
            files.iter().all(|file| file.is_absolute()),
            "a browser wants absolute paths"
        );
        let selector = selector(testid);
        let paths: Vec<_> = files.iter().map(|file| file.to_string_lossy()).collect();
        self.wait(&format!("{testid} to take files"), async || {
            let field = self.client.find(Locator::Css(&selector)).await?;
            field.send_keys(&paths.join("\n")).await?;
            Ok(Some(()))
        })
        .await;
    }

    /// What a thing shows.
    ///
    /// # Panics
    /// When it is not there.
    pub async fn text(&self, testid: &str) -> String {
        let element = self.wait_for(testid).await;
        element
            .text()
            .await
            .unwrap_or_else(|error| panic!("{testid} has no text: {error}"))
    }

    /// Runs a script in the page, with `arguments`; its `return` comes back.
    ///
    /// # Panics
    /// When the script throws.
    pub async fn script(&self, script: &str, arguments: &[Value]) -> Value {
        let result = self.client.execute(script, arguments.to_vec()).await;
        result.unwrap_or_else(|error| panic!("the script failed: {error}\n{script}"))
    }

    /// Makes the page this big; the frame around it is on top.
    ///
    /// # Panics
    /// When the window does not follow.
    pub async fn resize(&self, size: Size) {
        let (mut width, mut height) = (size.width, size.height);
        self.wait(
            &format!("a page of {}×{}", size.width, size.height),
            async || {
                self.client.set_window_size(width, height).await?;
                self.settle().await?;
                let page = self
                    .client
                    .execute("return [innerWidth, innerHeight]", vec![])
                    .await?;
                let side = |at: usize| u32::try_from(page[at].as_u64().unwrap_or(0)).unwrap_or(0);
                if (side(0), side(1)) == (size.width, size.height) {
                    return Ok(Some(()));
                }
                width = (width + size.width).saturating_sub(side(0));
                height = (height + size.height).saturating_sub(side(1));
                Ok(None)
            },
        )
        .await;
    }

    /// Takes a picture of the page to `artefacts/window/NN-name.png` and says so.
    ///
    /// # Panics
    /// When it cannot be taken or written.
    #[expect(
        clippy::print_stdout,
        reason = "`make app` without a display shows the journey so"
    )]
    pub async fn picture(&self, name: &str) -> PathBuf {
        static NEXT: AtomicU32 = AtomicU32::new(1);
        self.settle().await.expect("the page draws");
        let picture = self
            .client
            .screenshot()
            .await
            .expect("a picture can be taken");
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
            .with_file_name("artefacts")
            .join("window");
        let path = folder.join(format!(
            "{:02}-{name}.png",
            NEXT.fetch_add(1, Ordering::Relaxed)
        ));
        std::fs::create_dir_all(&folder).expect("the folder can be made");
        std::fs::write(&path, picture).expect("the picture can be written");
        println!("  {name}: {}", path.display());
        path
    }

    /// Closes the app as its user would.
    ///
    /// # Panics
    /// When it does not close.
    pub async fn close(self) {
        self.client.close().await.expect("the window closes");
        drop(self.driver);
    }

    /// Lets two frames pass: a picture taken sooner shows what was there before.
    async fn settle(&self) -> Result<(), CmdError> {
        const FRAMES: &str = "const done = arguments[0];
            document.fonts.ready.then(() =>
                requestAnimationFrame(() => requestAnimationFrame(() => done(true))));";
        self.client.execute_async(FRAMES, vec![]).await.map(|_| ())
    }

    /// Tries again and again, whatever goes wrong, until there is something or patience ends.
    async fn wait<T>(
        &self,
        what: &str,
        mut look: impl AsyncFnMut() -> Result<Option<T>, CmdError>,
    ) -> T {
        let start = Instant::now();
        loop {
            let seen = look().await;
            if let Ok(Some(thing)) = seen {
                return thing;
            }
            if start.elapsed() > PATIENCE {
                let reason = seen
                    .err()
                    .map_or(String::new(), |error| format!(" ({error})"));
                panic!(
                    "waited {PATIENCE:?} for {what}{reason}; {}",
                    self.screen().await
                );
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// What is on the screen, for a message.
    async fn screen(&self) -> String {
        const LIST: &str = "return [
            [...document.querySelectorAll('[data-testid]')].map(e => e.dataset.testid).join(' '),
            document.body.innerText.slice(0, 600)]";
        match self.client.execute(LIST, vec![]).await {
            Ok(page) => format!("the screen has: {}\nand says:\n{}", page[0], page[1]),
            Err(error) => format!("the window does not answer: {error}"),
        }
    }
}

/// Without a window manager the focus follows the mouse, which a window that shrinks leaves behind;
/// and a page without the focus is blank. So the window is given the focus for good.
fn take_the_focus() {
    if std::env::var_os("DISPLAY").is_none() {
        return;
    }
    let start = Instant::now();
    while start.elapsed() < Duration::from_secs(3) {
        let given = Command::new("xdotool")
            .args(["search", "--onlyvisible", "--name", ".", "windowfocus"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        let given =
            given.unwrap_or_else(|error| panic!("xdotool cannot be run ({error}): `make setup`"));
        if given.success() {
            return;
        }
        std::thread::sleep(PAUSE);
    }
}

fn selector(testid: &str) -> String {
    format!("[data-testid=\"{testid}\"]")
}

/// The process that stands between us and the window; killed with the window when dropped.
#[derive(Debug)]
struct Driver {
    process: Child,
    url: String,
}

impl Driver {
    fn start(home: &Home, variables: &[(&str, &str)]) -> Self {
        let port = free_port();
        let mut command = Command::new("WebKitWebDriver");
        home.house(&mut command);
        command
            .arg(format!("--port={port}"))
            .envs(variables.iter().copied());
        // Without it the window refuses to be driven, and opening a session hangs.
        command.env("TAURI_WEBVIEW_AUTOMATION", "true");
        command.stdin(Stdio::null());
        let process = command.spawn().unwrap_or_else(|error| {
            panic!("WebKitWebDriver cannot be started ({error}): run `make setup`")
        });
        let driver = Self {
            process,
            url: format!("http://127.0.0.1:{port}"),
        };
        let start = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(
                start.elapsed() < PATIENCE,
                "WebKitWebDriver does not listen"
            );
            std::thread::sleep(PAUSE);
        }
        driver
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        // It may be gone already; its window goes with it.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A port nobody listens on just now.
fn free_port() -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port can be had");
    listener.local_addr().expect("it has a number").port()
}
