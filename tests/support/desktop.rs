//! The app's window as the desktop has it: no driver inside, only a keyboard, as its user's.
//!
//! A driven window is an ordinary one, and its page cannot be renewed; this one is what people get.

use std::process::{Child, Command, Stdio};

use crate::{Home, binary, signal, wait_for};

/// Runs a tool, most of them of the X Window System, and gives what it printed.
///
/// # Panics
/// When it is not there.
pub fn x(program: &str, args: &[&str]) -> String {
    let output = Command::new(program).args(args).output();
    let output =
        output.unwrap_or_else(|error| panic!("{program} cannot be run ({error}): `make setup`"));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// What the desktop sees of a process's windows: id, title, class.
pub fn windows(process: u32) -> Vec<(String, String, String)> {
    let process = process.to_string();
    let ids = x("xdotool", &["search", "--onlyvisible", "--pid", &process]);
    let property = |id: &str, name| {
        let text = x("xprop", &["-id", id, "-notype", name]);
        text.split_once('=')
            .map(|(_, value)| value.trim().to_owned())
            .unwrap_or_default()
    };
    ids.lines()
        .map(|id| {
            let title = property(id, "_NET_WM_NAME").trim_matches('"').to_owned();
            (id.to_owned(), title, property(id, "WM_CLASS"))
        })
        .collect()
}

/// The running app; killed when dropped.
#[derive(Debug)]
pub struct Desktop(Child);

impl Desktop {
    /// Opens the app in `home`, in English.
    ///
    /// # Panics
    /// When it does not open.
    pub fn open(home: &Home) -> Self {
        Self::open_with(home, &[])
    }

    /// The same, with more in its environment.
    ///
    /// # Panics
    /// When it does not open.
    pub fn open_with(home: &Home, variables: &[(&str, &str)]) -> Self {
        let mut command = Command::new(binary("holdfast-app"));
        home.house(&mut command);
        command.env("LANG", "en_US.UTF-8").stdin(Stdio::null());
        command.envs(variables.iter().copied());
        let app = Self(command.spawn().expect("the app can be started"));
        wait_for("a window", || windows(app.0.id()).pop());
        app
    }

    /// Whether its window is.
    pub fn is_there(&self) -> bool {
        !windows(self.0.id()).is_empty()
    }

    /// Where its window stands, and how large it is: `Position`, `Geometry`.
    ///
    /// # Panics
    /// When it is not there.
    pub fn place(&self) -> String {
        let (id, ..) = windows(self.0.id()).pop().expect("a window");
        let place = x("xdotool", &["getwindowgeometry", &id]);
        // The first line has the number that the system gave it.
        place.split_once('\n').expect("several lines").1.to_owned()
    }

    /// Moves the window, and makes it another size.
    pub fn put(&self, at: (u32, u32), size: (u32, u32)) {
        for (id, ..) in windows(self.0.id()) {
            for (act, (one, other)) in [("windowsize", size), ("windowmove", at)] {
                let (one, other) = (one.to_string(), other.to_string());
                x("xdotool", &[act, "--sync", &id, &one, &other]);
            }
        }
    }

    /// Asks it to end, as the system does when its user logs out, and waits until it has.
    ///
    /// # Panics
    /// When it does not.
    pub fn end(mut self) -> Option<i32> {
        signal(self.0.id(), "TERM");
        let ended = wait_for("the end of the app", || {
            self.0.try_wait().expect("its state can be read")
        });
        ended.code()
    }

    /// Presses keys: `ctrl+a`, `Return`.
    pub fn press(&self, keys: &[&str]) {
        self.focus();
        x("xdotool", &[&["key"], keys].concat());
    }

    /// Types some text.
    pub fn write(&self, text: &str) {
        self.focus();
        x("xdotool", &["type", "--delay", "20", text]);
    }

    fn focus(&self) {
        for (id, ..) in windows(self.0.id()) {
            x("xdotool", &["windowfocus", "--sync", &id]);
        }
    }
}

impl Drop for Desktop {
    fn drop(&mut self) {
        // It may be gone already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
