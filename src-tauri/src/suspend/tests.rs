//! A real bus, and a login service of our own making on it.

use std::{
    fs,
    io::{BufRead as _, BufReader, PipeReader, Read as _},
    process::{Child, Command, Stdio},
    sync::mpsc::{Receiver, Sender, channel},
    thread,
    time::Duration,
};

use dbus::{
    arg::{AppendAll, Variant},
    channel::{MatchingReceiver as _, Sender as _},
};
use tempfile::TempDir;

use super::*;

const OURS: &str = "/org/freedesktop/login1/session/_31";
const THEIRS: &str = "/org/freedesktop/login1/session/_32";

/// A bus daemon of the test's own.
struct Bus {
    daemon: Child,
    address: String,
    _folder: TempDir,
}

impl Bus {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let config = folder.path().join("bus.conf");
        let rules = format!(
            r#"<busconfig><listen>unix:dir={}</listen><auth>EXTERNAL</auth><policy context="default">
            <allow send_destination="*"/><allow receive_sender="*"/><allow own="*"/></policy></busconfig>"#,
            folder.path().display()
        );
        fs::write(&config, rules).unwrap();
        let mut daemon = Command::new("dbus-daemon")
            .arg(format!("--config-file={}", config.display()))
            .args(["--nofork", "--nopidfile", "--print-address=1"])
            .stdout(Stdio::piped())
            .spawn()
            .expect("dbus-daemon can be started: run `make setup`");
        let mut address = String::new();
        BufReader::new(daemon.stdout.take().unwrap())
            .read_line(&mut address)
            .unwrap();
        Self {
            daemon,
            address: address.trim().to_owned(),
            _folder: folder,
        }
    }

    fn connect(&self) -> LocalConnection {
        let mut channel = Channel::open_private(&self.address).unwrap();
        channel.register().unwrap();
        LocalConnection::from(channel)
    }
}

impl Drop for Bus {
    fn drop(&mut self) {
        // It may have been killed by the test.
        let _ = self.daemon.kill();
        let _ = self.daemon.wait();
    }
}

/// The login service: it hands out inhibitors and knows two sessions, ours and somebody else's.
struct Logind<'a> {
    bus: &'a LocalConnection,
    held: Rc<RefCell<Vec<PipeReader>>>,
}

impl<'a> Logind<'a> {
    fn start(bus: &'a LocalConnection) -> Self {
        let held = Rc::new(RefCell::new(Vec::new()));
        let given = Rc::clone(&held);
        bus.start_receive(
            MatchRule::new_method_call(),
            Box::new(move |call, bus| {
                let answer = match call.member().as_deref() {
                    Some("Inhibit") => {
                        let (ours, theirs) = std::io::pipe().unwrap();
                        given.borrow_mut().push(ours);
                        call.method_return().append1(OwnedFd::from(theirs))
                    }
                    Some("ListSessions") => {
                        let us = rustix::process::getuid().as_raw();
                        let row =
                            |user, path| ("1".to_owned(), user, "x", "seat0", Path::from(path));
                        call.method_return()
                            .append1(vec![row(us, OURS), row(us + 1, THEIRS)])
                    }
                    other => panic!("nobody asked for {other:?}"),
                };
                bus.send(answer).unwrap();
                true
            }),
        );
        bus.request_name(SERVICE, false, false, false).unwrap();
        Self { bus, held }
    }

    /// Serves until somebody holds this many inhibitors in all.
    fn serve_until_held(&self, wanted: usize) -> Option<PipeReader> {
        while self.held.borrow().len() < wanted {
            self.bus.process(Duration::from_secs(60)).unwrap();
        }
        self.held.borrow_mut().last()?.try_clone().ok()
    }

    fn say(&self, path: &str, interface: &str, member: &str, what: impl AppendAll) {
        let mut signal = Message::signal(&path.into(), &interface.into(), &member.into());
        signal.append_all(what);
        self.bus.send(signal).unwrap();
    }

    fn prepare(&self, member: &str, down: bool) {
        self.say(MANAGER_PATH, MANAGER, member, (down,));
    }

    fn session_changed(&self, path: &str, property: &str, now: bool) {
        let changed = PropMap::from([(
            property.to_owned(),
            Variant(Box::new(now) as Box<dyn dbus::arg::RefArg>),
        )]);
        let said = (SESSION, changed, Vec::<String>::new());
        self.say(
            path,
            "org.freedesktop.DBus.Properties",
            "PropertiesChanged",
            said,
        );
    }

    /// Answers questions until the watcher locked, or has had its time to.
    fn serve_until_locked(&self, locked: &Receiver<()>) {
        for _ in 0..600 {
            self.bus.process(Duration::from_millis(100)).unwrap();
            if locked.try_recv().is_ok() {
                return;
            }
        }
        panic!("nothing was locked");
    }
}

/// Watches in a thread of its own, as the shell does.
fn watcher(bus: &Bus, lock: impl Fn() + Send + 'static) -> thread::JoinHandle<Result<(), Error>> {
    let address = bus.address.clone();
    thread::spawn(move || watch(&address, "Notes", lock))
}

fn telling(locked: Sender<()>) -> impl Fn() + Send {
    move || locked.send(()).unwrap()
}

#[test]
fn sleep_waits_until_the_vault_is_closed_and_the_next_sleep_too() {
    for member in ["PrepareForSleep", "PrepareForShutdown"] {
        let bus = Bus::start();
        let connection = bus.connect();
        let logind = Logind::start(&connection);
        let (tell, locked) = channel();
        let (slow, closed) = channel();
        watcher(&bus, move || {
            // Closing takes its time; sleep must not begin before it is over.
            thread::sleep(Duration::from_millis(300));
            slow.send(()).unwrap();
            tell.send(()).unwrap();
        });
        for held in [1, 2] {
            let mut inhibitor = logind.serve_until_held(held).unwrap();
            logind.prepare(member, true);
            connection.channel().flush();
            // The end of the pipe: nobody holds the inhibitor any more.
            assert_eq!(inhibitor.read(&mut [0]).unwrap(), 0);
            assert_eq!(closed.try_recv(), Ok(()), "{member}: let go too early");
            assert_eq!(locked.try_recv(), Ok(()));
            logind.prepare(member, false);
        }
        logind.serve_until_held(3);
        assert!(locked.try_recv().is_err(), "{member}: waking locks nothing");
    }
}

#[test]
fn a_locked_screen_and_another_user_in_front_lock_and_other_peoples_sessions_do_not() {
    let bus = Bus::start();
    let connection = bus.connect();
    let logind = Logind::start(&connection);
    let (tell, locked) = channel();
    watcher(&bus, telling(tell));
    logind.serve_until_held(1);

    let lock = |path: &str| logind.say(path, SESSION, "Lock", ());
    let changed = |path: &str, property, now| logind.session_changed(path, property, now);
    // What comes first and must not lock would be seen as one lock too many at the end.
    type Case<'a> = (&'a dyn Fn(&str), &'a dyn Fn());
    let cases: [Case<'_>; 3] = [
        (&|path| lock(path), &|| {}),
        (&|path| changed(path, "LockedHint", true), &|| {
            changed(OURS, "LockedHint", false);
        }),
        (&|path| changed(path, "Active", false), &|| {
            changed(OURS, "Active", true);
        }),
    ];
    for (away, back) in cases {
        away(THEIRS);
        back();
        away(OURS);
        logind.serve_until_locked(&locked);
    }
    for _ in 0..5 {
        connection.process(Duration::from_millis(100)).unwrap();
    }
    assert!(locked.try_recv().is_err(), "one of them locked twice");
}

#[test]
fn a_login_service_that_is_started_anew_is_asked_to_wait_again() {
    let bus = Bus::start();
    let (tell, locked) = channel();
    {
        let connection = bus.connect();
        let logind = Logind::start(&connection);
        watcher(&bus, telling(tell));
        logind.serve_until_held(1);
    }
    let connection = bus.connect();
    let logind = Logind::start(&connection);
    let mut inhibitor = logind.serve_until_held(1).unwrap();
    logind.prepare("PrepareForSleep", true);
    connection.channel().flush();
    assert_eq!(inhibitor.read(&mut [0]).unwrap(), 0);
    assert_eq!(locked.try_recv(), Ok(()));
}

#[test]
fn without_a_bus_or_a_login_service_nothing_happens() {
    let nowhere = watch("unix:path=/nonexistent/bus", "Notes", || {
        panic!("nobody said so");
    });
    assert!(nowhere.is_err());

    let mut bus = Bus::start();
    let watching = watcher(&bus, || panic!("nobody said so"));
    // A bus without the service; then without the bus.
    thread::sleep(Duration::from_millis(300));
    assert!(!watching.is_finished(), "it waits for the service to come");
    bus.daemon.kill().unwrap();
    assert!(watching.join().unwrap().is_err());
}
