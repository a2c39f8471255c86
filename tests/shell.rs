//! What is around the page: the name the app goes by, the keys that work from everywhere, the second
//! start that destroys, what the libraries below leave behind, and sleep.
//!
//! Vaults are made by the command line and calls go straight to the shell, so that no screen
//! matters here but the window itself.

#![expect(clippy::unwrap_used, reason = "a test stops at what it cannot do")]

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    thread::sleep,
    time::Duration,
};

use dbus::{Message, blocking::Connection, channel::Sender as _};
use holdfast_tests::{Cli, Desktop, Home, Window, binary, bytes_in, signal, wait_for, windows, x};
use serde_json::{Value, json};

const PASSPHRASE: &str = "quiet-heron-under-brass-lamp";
const VAULT: &str = ".local/share/org.holdfast.app/vault";
const ENGLISH: (&str, &str) = ("LANG", "en_US.UTF-8");

/// A home with a vault where the window looks for one.
fn home_with_a_vault() -> Home {
    let home = Home::new();
    fs::create_dir_all(home.join(VAULT).parent().unwrap()).unwrap();
    Cli::new(&home, VAULT, PASSPHRASE).create(&["--role", "reporter"]);
    home
}

/// Whether the vault there is open: its database has a log then.
fn is_open(home: &Home) -> bool {
    let files = fs::read_dir(home.join(VAULT)).unwrap().flatten();
    let mut names = files.map(|file| file.file_name().into_string().unwrap());
    names.any(|name| name.ends_with("-wal"))
}

/// Calls the shell as the page does.
async fn invoke(window: &Window, command: &str, args: Value) -> Value {
    const CALL: &str = "const done = arguments[arguments.length - 1]; \
        window.__TAURI_INTERNALS__.invoke(arguments[0], arguments[1]) \
        .then((value) => done({ value }), (fault) => done({ fault }));";
    let arguments = vec![Value::from(command), args];
    let answer = window.client().execute_async(CALL, arguments).await;
    let answer = answer.expect("the page answers");
    assert!(answer.get("fault").is_none(), "{command}: {answer}");
    answer["value"].clone()
}

/// Runs a command of the app, sealed as the page seals it, by keys of its own.
async fn call(window: &Window, name: &str, args: Value) -> Value {
    const SEALED: &str = include_str!("support/sealed_call.js");
    let asked = json!({ "name": name, "args": args });
    let answer = window.client().execute_async(SEALED, vec![asked]).await;
    let answer = answer.expect("the page answers");
    assert!(answer.get("Err").is_none(), "{name}: {answer}");
    answer["Ok"].clone()
}

async fn unlock(window: &Window) {
    let state = call(window, "unlock", json!({ "passphrase": PASSPHRASE })).await;
    assert_eq!(state["phase"], "open");
}

#[tokio::test]
async fn what_a_page_agreed_goes_when_another_is_loaded() {
    const SEND: &str = "const done = arguments[arguments.length - 1]; \
        window.__TAURI_INTERNALS__.invoke('call', new Uint8Array(arguments[0])) \
        .then(() => done('taken'), (fault) => done(fault.code));";
    let home = home_with_a_vault();
    let window = Window::open(&home, &[ENGLISH]).await;
    phase(&window).await;
    let message = window.script("return window.lastMessage", &[]).await;
    let send = || window.client().execute_async(SEND, vec![message.clone()]);
    assert_eq!(send().await.unwrap(), "taken");
    window.client().refresh().await.unwrap();
    assert_eq!(send().await.unwrap(), "bad_request");
    // The new page has keys of its own.
    assert_eq!(phase(&window).await, "locked");
    end(window, process(&home));
}

/// From now on the page notes these events.
async fn listen(window: &Window, events: &[&str]) {
    const LISTEN: &str = "const tauri = window.__TAURI_INTERNALS__; window.heard ??= []; \
        tauri.invoke('plugin:event|listen', { event: arguments[0], target: { kind: 'Any' }, \
        handler: tauri.transformCallback((e) => window.heard.push([e.event, e.payload])) }) \
        .then(() => arguments[1]());";
    for event in events {
        let arguments = vec![Value::from(*event)];
        let heard = window.client().execute_async(LISTEN, arguments).await;
        heard.expect("the page may listen");
    }
}

async fn hears(window: &Window, event: Value) {
    let wanted = format!("the page to hear {event}");
    let mut last = Value::Null;
    for _ in 0..600 {
        last = window.script("return window.heard", &[]).await;
        if last.as_array().unwrap().contains(&event) {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("waited for {wanted}; it heard {last}");
}

async fn phase(window: &Window) -> Value {
    call(window, "state", Value::Null).await["phase"].clone()
}

/// The folder in memory of the app that runs in this home; its name is the process.
fn scratch(home: &Home) -> PathBuf {
    let base = home.join("run/org.holdfast.app");
    wait_for("a folder in memory", || {
        let mut folders = fs::read_dir(&base).ok()?.flatten();
        folders.next().map(|folder| folder.path())
    })
}

fn process(home: &Home) -> u32 {
    let folder = scratch(home);
    folder
        .file_name()
        .unwrap()
        .to_str()
        .and_then(|name| name.split('-').next())
        .and_then(|number| number.parse().ok())
        .unwrap()
}

/// Kills the app, which outlives its driver, and waits until it is gone: the next one wants its keys.
fn end(window: Window, process: u32) {
    drop(window);
    signal(process, "KILL");
    wait_for("the end of the app", || {
        let state = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
        // Whoever inherited it may not have asked yet how it ended.
        let ended = state.is_empty() || state.contains(") Z ");
        ended.then_some(())
    });
}

fn titled(process: u32, title: &str) -> (String, String) {
    wait_for(&format!("a window called {title}"), || {
        let mut all = windows(process).into_iter();
        all.find(|window| window.1 == title)
            .map(|(id, _, class)| (id, class))
    })
}

/// A window of another program, with the focus.
struct Other(Child, String);

impl Other {
    fn with_the_focus() -> Self {
        let xev = Command::new("xev").stdout(Stdio::null()).spawn();
        let xev = xev.expect("xev can be started: run `make setup`");
        let id = wait_for("another window", || {
            let found = x(
                "xdotool",
                &["search", "--onlyvisible", "--name", "Event Tester"],
            );
            found.lines().next().map(str::to_owned)
        });
        let other = Self(xev, id);
        other.take_the_focus();
        other
    }

    fn take_the_focus(&self) {
        wait_for("the focus on it", || {
            x("xdotool", &["windowfocus", &self.1]);
            (x("xdotool", &["getwindowfocus"]).trim() == self.1).then_some(())
        });
    }
}

impl Drop for Other {
    fn drop(&mut self) {
        // It may be gone with its display.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts the app a second time, as from a terminal without any display.
fn start_with_panic(home: &Home) -> Output {
    let mut again = Command::new(binary("holdfast-app"));
    home.house(&mut again);
    again.arg("--panic").env_remove("DISPLAY");
    again.env_remove("WAYLAND_DISPLAY").output().unwrap()
}

#[tokio::test]
async fn a_second_start_with_panic_destroys_what_the_first_has_open() {
    let home = home_with_a_vault();
    let window = Window::open(&home, &[ENGLISH]).await;
    unlock(&window).await;

    let first = start_with_panic(&home);
    assert_eq!(first.status.code(), Some(0), "{first:?}");
    assert!(!home.join(VAULT).join("keys").exists());
    let left = bytes_in(&home.join(VAULT));
    assert_eq!(left, 0, "something of the vault is left");

    let second = start_with_panic(&home);
    assert_eq!(
        second.status.code(),
        Some(1),
        "there was nothing to destroy"
    );
    for output in [first, second] {
        assert!(
            output.stdout.is_empty() && output.stderr.is_empty(),
            "{output:?}"
        );
    }
    end(window, process(&home));
}

#[tokio::test]
async fn keys_cover_and_destroy_while_another_window_has_the_focus() {
    let home = home_with_a_vault();
    let window = Window::open(&home, &[ENGLISH]).await;
    unlock(&window).await;
    listen(&window, &["cover", "locked", "focused"]).await;
    let reach = invoke(&window, "reach", json!({})).await;
    assert_eq!(reach["keys"], true);

    // Whoever has the focus at first, a window manager or none: it goes away, comes and goes.
    let (own, _) = titled(process(&home), "Holdfast");
    let other = Other::with_the_focus();
    x("xdotool", &["windowfocus", &own]);
    hears(&window, json!(["focused", { "focused": true }])).await;
    window.script("window.heard.length = 0", &[]).await;
    other.take_the_focus();
    hears(&window, json!(["focused", { "focused": false }])).await;

    x("xdotool", &["key", "ctrl+shift+space"]);
    hears(&window, json!(["cover", null])).await;
    assert_eq!(phase(&window).await, "open", "covering destroys nothing");

    x("xdotool", &["key", "ctrl+shift+alt+BackSpace"]);
    hears(&window, json!(["locked", null])).await;
    wait_for("the keys gone", || {
        (!home.join(VAULT).join("keys").exists()).then_some(())
    });
    assert_eq!(phase(&window).await, "no_vault");
    end(window, process(&home));
}

#[tokio::test]
async fn title_icon_process_and_desktop_entry_follow_the_name() {
    let (home, system) = (home_with_a_vault(), Home::new());
    fs::create_dir_all(system.join("applications")).unwrap();
    let installed = "[Desktop Entry]\nExec=holdfast-app\nIcon=holdfast-app\nName=Holdfast\nType=Application\nTerminal=false\n";
    fs::write(system.join("applications/Holdfast.desktop"), installed).unwrap();
    let entry = home.join(".local/share/applications/Holdfast.desktop");
    let data = format!("{}:/usr/share", system.path().display());
    let variables = [ENGLISH, ("XDG_DATA_DIRS", data.as_str())];

    let window = Window::open(&home, &variables).await;
    let first = process(&home);
    let (id, class) = titled(first, "Holdfast");
    assert!(class.contains("holdfast-app"), "{class}");
    let icon = || x("xprop", &["-id", &id, "-notype", "32c", "_NET_WM_ICON"]);
    let mut icons = BTreeMap::from([(icon(), "Holdfast")]);
    for (name, title) in [
        ("calculator", "Calculator"),
        ("recipes", "Recipes"),
        ("notes", "Notes"),
    ] {
        call(&window, "set_name", json!({ "name": name })).await;
        titled(first, title);
        wait_for("another icon", || {
            let icon = icon();
            (!icons.contains_key(&icon)).then(|| icons.insert(icon, title))
        });
        wait_for("its entry", || {
            let text = fs::read_to_string(&entry).ok()?;
            text.contains(&format!("\nName={title}\n")).then(|| {
                assert!(text.contains("\nExec=holdfast-app\n"), "{text}");
                assert!(!text.contains("Name=Holdfast"), "{text}");
            })
        });
    }
    // While a cover is shown the window passes for what covers it.
    invoke(&window, "pass_for", json!({ "name": "calculator" })).await;
    titled(first, "Calculator");
    invoke(&window, "pass_for", json!({ "name": null })).await;
    titled(first, "Notes");
    end(window, first);

    // The next start goes by that name from the beginning, in the language of the system.
    let variables = [("LANG", "ru_RU.UTF-8"), ("XDG_DATA_DIRS", data.as_str())];
    let window = Window::open(&home, &variables).await;
    let second = wait_for("the second process", || {
        Some(process(&home)).filter(|process| *process != first)
    });
    let (_, class) = titled(second, "Заметки");
    assert_eq!(class.to_lowercase(), "\"notes\", \"notes\"");
    let proc = Path::new("/proc").join(second.to_string());
    assert_eq!(fs::read(proc.join("cmdline")).unwrap(), b"notes\0");
    let threads = fs::read_dir(proc.join("task")).unwrap().flatten();
    let names = threads.flat_map(|thread| fs::read_to_string(thread.path().join("comm")));
    let names: Vec<_> = names.collect();
    assert!(names.contains(&"notes\n".to_owned()), "{names:?}");
    let telling = |name: &String| name.to_lowercase().contains("holdfast");
    assert!(!names.iter().any(telling), "{names:?}");

    call(&window, "set_name", json!({ "name": "holdfast" })).await;
    titled(second, "Holdfast");
    wait_for("the entry gone", || (!entry.exists()).then_some(()));
    end(window, second);
}

#[tokio::test]
async fn what_the_libraries_write_lies_in_memory_and_is_gone_after_a_lock() {
    let home = home_with_a_vault();
    let window = Window::open(&home, &[ENGLISH]).await;
    unlock(&window).await;
    let folder = scratch(&home);
    let recent = folder.join("data/recently-used.xbel");

    // Save through the desktop's own dialog, which keeps a list of what was saved.
    let saving = "window.__TAURI_INTERNALS__.invoke('courier_out').catch(() => {});";
    window.script(saving, &[]).await;
    let process = process(&home);
    let dialog = wait_for("a dialog", || {
        let mut all = windows(process).into_iter();
        all.find(|(_, title, _)| title.starts_with("Save"))
            .map(|(id, ..)| id)
    });
    wait_for("a list of recent files", || {
        if windows(process).iter().any(|(id, ..)| *id == dialog) {
            x("xdotool", &["windowfocus", &dialog, "key", "Return"]);
        }
        let list = fs::read_to_string(&recent).ok()?;
        list.contains("notes.holdfast").then_some(())
    });
    assert!(
        folder.join("data/org.holdfast.app").exists(),
        "nor the web view's"
    );

    let outside = || {
        let mut left = Vec::new();
        files(home.path(), &mut left);
        left.retain(|path| {
            !path.starts_with(home.join("run")) && !path.starts_with(home.join(VAULT))
        });
        left.retain(|path| *path != home.join("notes.holdfast"));
        left
    };
    let left = outside();
    let known = [home.join(".local/share/org.holdfast.app/look.json")];
    assert!(left.iter().all(|path| known.contains(path)), "{left:?}");

    call(&window, "lock", Value::Null).await;
    wait_for("the list gone", || (!recent.exists()).then_some(()));

    // Killed, it leaves the folder; the next start takes it away.
    end(window, process);
    assert!(folder.exists());
    let window = Window::open(&home, &[ENGLISH]).await;
    wait_for("the old folder gone", || (!folder.exists()).then_some(()));
    end(window, self::process(&home));
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => files(&entry.path(), found),
            _ => found.push(entry.path()),
        }
    }
}

#[tokio::test]
async fn no_process_of_the_app_may_leave_a_dump() {
    let home = Home::new();
    let window = Window::open(&home, &[ENGLISH]).await;
    let app = process(&home);
    let children = wait_for("the web view's processes", || {
        let threads = fs::read_dir(format!("/proc/{app}/task")).ok()?.flatten();
        let children: Vec<u32> = threads
            .flat_map(|thread| fs::read_to_string(thread.path().join("children")))
            .flat_map(|list| {
                list.split_whitespace()
                    .flat_map(str::parse)
                    .collect::<Vec<_>>()
            })
            .collect();
        (children.len() >= 2).then_some(children)
    });
    for process in [&[app], children.as_slice()].concat() {
        let limits = fs::read_to_string(format!("/proc/{process}/limits")).unwrap();
        let core = limits
            .lines()
            .find_map(|line| line.strip_prefix("Max core file size"));
        let core: Vec<_> = core.unwrap().split_whitespace().take(2).collect();
        assert_eq!(core, ["1", "1"], "process {process}");
    }
    end(window, app);
}

#[tokio::test]
async fn asked_to_end_it_closes_the_vault_first() {
    let home = home_with_a_vault();
    let window = Window::open(&home, &[ENGLISH]).await;
    unlock(&window).await;
    assert!(is_open(&home));
    let folder = scratch(&home);
    signal(process(&home), "TERM");
    wait_for("the end of it", || {
        (!is_open(&home) && !folder.exists()).then_some(())
    });
    drop(window);
}

#[tokio::test]
async fn the_vault_is_closed_before_the_machine_sleeps() {
    let bus = Bus::start();
    let home = home_with_a_vault();
    let address = bus.address.clone();
    let variables = [ENGLISH, ("DBUS_SYSTEM_BUS_ADDRESS", address.as_str())];
    let window = Window::open(&home, &variables).await;
    unlock(&window).await;
    listen(&window, &["lock", "locked"]).await;
    bus.prepare_for_sleep();
    // The page may keep what is being written.
    hears(&window, json!(["lock", null])).await;
    hears(&window, json!(["locked", null])).await;
    assert_eq!(phase(&window).await, "locked");
    end(window, process(&home));
}

/// Nothing drives this one: what a page knew of its cover goes over to the next page.
#[test]
fn an_app_called_calculator_opens_on_one_after_every_lock_and_asks_who_came_back() {
    const KEY: &str = "ctrl+shift+space";
    let bus = Bus::start();
    let home = home_with_a_vault();
    let shelf = home.join(VAULT).with_file_name("look.json");
    fs::write(shelf, r#"{"name":"calculator"}"#).unwrap();
    let app = Desktop::open_with(&home, &[("DBUS_SYSTEM_BUS_ADDRESS", &bus.address)]);
    let says = || {
        app.write(PASSPHRASE);
        app.press(&["Return"]);
        sleep(Duration::from_secs(3));
        is_open(&home)
    };
    for opening in 0..2 {
        wait_for("the window", || app.is_there().then_some(()));
        // Twice, for a page that is slow in coming.
        for _ in 0..2 {
            assert!(!says(), "it was no calculator before opening {opening}");
        }
        app.press(&[KEY]);
        wait_for("the passphrase taken", || {
            app.press(&["ctrl+a"]);
            says().then_some(())
        });
        bus.prepare_for_sleep();
        wait_for("the lock", || (!is_open(&home)).then_some(()));
    }
}

/// A bus of the test's own, with the login service's name on it.
struct Bus {
    daemon: Child,
    address: String,
    _folder: Home,
}

impl Bus {
    fn start() -> Self {
        let folder = Home::new();
        let (config, socket) = (folder.join("bus.conf"), folder.join("bus"));
        let rules = format!(
            r#"<busconfig><listen>unix:path={}</listen><auth>EXTERNAL</auth><policy context="default">
            <allow send_destination="*"/><allow receive_sender="*"/><allow own="*"/></policy></busconfig>"#,
            socket.display()
        );
        fs::write(&config, rules).unwrap();
        let daemon = Command::new("dbus-daemon")
            .arg(format!("--config-file={}", config.display()))
            .args(["--nofork", "--nopidfile"])
            .spawn();
        let daemon = daemon.expect("dbus-daemon can be started: run `make setup`");
        wait_for("the bus", || socket.exists().then_some(()));
        Self {
            daemon,
            address: format!("unix:path={}", socket.display()),
            _folder: folder,
        }
    }

    fn prepare_for_sleep(&self) {
        let mut channel = dbus::channel::Channel::open_private(&self.address).unwrap();
        channel.register().unwrap();
        let service = Connection::from(channel);
        let name = "org.freedesktop.login1";
        service.request_name(name, false, false, false).unwrap();
        let signal = Message::signal(
            &"/org/freedesktop/login1".into(),
            &"org.freedesktop.login1.Manager".into(),
            &"PrepareForSleep".into(),
        );
        service.send(signal.append1(true)).unwrap();
        service.channel().flush();
    }
}

impl Drop for Bus {
    fn drop(&mut self) {
        // It may be gone already.
        let _ = self.daemon.kill();
        let _ = self.daemon.wait();
    }
}
