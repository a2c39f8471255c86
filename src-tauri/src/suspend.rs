//! Locks when the machine is about to sleep or is handed to somebody else (I-17).
//!
//! systemd's login service tells it on the system bus: `PrepareForSleep` and `PrepareForShutdown`
//! before the machine goes down (a closed lid is one of its reasons to sleep), `Lock` and
//! `LockedHint` when the screen is locked, `Active` when another user's session comes to the front.
//! A *delay inhibitor* is held, so that sleep waits until the vault is closed.
//! <https://www.freedesktop.org/software/systemd/man/latest/org.freedesktop.login1.html>
//!
//! Where there is no such service, nothing happens.

use std::{cell::RefCell, collections::VecDeque, env, rc::Rc, time::Duration};

use dbus::{
    Error, Message, Path,
    arg::{OwnedFd, PropMap, ReadAll, prop_cast},
    blocking::LocalConnection,
    channel::Channel,
    message::MatchRule,
};

#[cfg(test)]
mod tests;

const SERVICE: &str = "org.freedesktop.login1";
const MANAGER: &str = "org.freedesktop.login1.Manager";
const SESSION: &str = "org.freedesktop.login1.Session";
const MANAGER_PATH: &str = "/org/freedesktop/login1";

/// Answers come at once, or not at all.
const PATIENCE: Duration = Duration::from_secs(5);
/// Messages wake the thread; this is only how long one wait lasts.
const LONG: Duration = Duration::from_secs(3600);

/// Where the system's bus is.
pub(crate) fn system_bus() -> String {
    env::var("DBUS_SYSTEM_BUS_ADDRESS")
        .unwrap_or_else(|_| "unix:path=/run/dbus/system_bus_socket".to_owned())
}

/// Calls `lock` whenever the machine is about to sleep or somebody else may sit down at it. Returns
/// when there is no bus, or no longer. `name` is what the login service shows to everybody who asks
/// what holds up sleep.
pub(crate) fn watch(address: &str, name: &str, lock: impl Fn()) -> Result<(), Error> {
    let mut channel = Channel::open_private(address)?;
    channel.register()?;
    let bus = LocalConnection::from(channel);
    let told = listen(&bus)?;
    let mut inhibitor = inhibit(&bus, name);
    loop {
        bus.process(LONG)?;
        // Each lets the next be heard while it is seen to.
        while let Some(event) = next(&told) {
            match event {
                Told::GoingDown => {
                    lock();
                    // Sleep waits for this.
                    inhibitor = None;
                }
                Told::BackAgain => {
                    if inhibitor.is_none() {
                        inhibitor = inhibit(&bus, name);
                    }
                }
                Told::ServiceCame => inhibitor = inhibit(&bus, name),
                Told::Away(session) => {
                    if is_ours(&bus, &session) {
                        lock();
                    }
                }
            }
        }
    }
}

/// What the login service says.
enum Told {
    /// The machine sleeps or ends as soon as we let it.
    GoingDown,
    /// It woke, or did not go down after all.
    BackAgain,
    /// The service was started anew and has forgotten what we hold.
    ServiceCame,
    /// This session is locked, or no longer the one at the screen.
    Away(Path<'static>),
}

type Queue = Rc<RefCell<VecDeque<Told>>>;

fn next(queue: &Queue) -> Option<Told> {
    queue.borrow_mut().pop_front()
}

fn listen(bus: &LocalConnection) -> Result<Queue, Error> {
    let queue = Queue::default();
    for member in ["PrepareForSleep", "PrepareForShutdown"] {
        hear(
            bus,
            &queue,
            signal(MANAGER, member),
            |_, (down,): (bool,)| {
                Some(if down {
                    Told::GoingDown
                } else {
                    Told::BackAgain
                })
            },
        )?;
    }
    hear(bus, &queue, signal(SESSION, "Lock"), |path, (): ()| {
        Some(Told::Away(path))
    })?;
    let changed = signal("org.freedesktop.DBus.Properties", "PropertiesChanged");
    hear(
        bus,
        &queue,
        changed,
        |path, (interface, now): (String, PropMap)| {
            let is = |property| prop_cast::<bool>(&now, property).copied();
            let away = is("Active") == Some(false) || is("LockedHint") == Some(true);
            (interface == SESSION && away).then_some(Told::Away(path))
        },
    )?;
    let owner = MatchRule::new_signal("org.freedesktop.DBus", "NameOwnerChanged")
        .with_sender("org.freedesktop.DBus");
    hear(
        bus,
        &queue,
        owner,
        |_, (name, _, now): (String, String, String)| {
            (name == SERVICE && !now.is_empty()).then_some(Told::ServiceCame)
        },
    )?;
    Ok(queue)
}

fn signal(interface: &'static str, member: &'static str) -> MatchRule<'static> {
    MatchRule::new_signal(interface, member).with_sender(SERVICE)
}

fn hear<S: ReadAll + 'static>(
    bus: &LocalConnection,
    queue: &Queue,
    rule: MatchRule<'static>,
    meaning: impl Fn(Path<'static>, S) -> Option<Told> + 'static,
) -> Result<(), Error> {
    let queue = Rc::clone(queue);
    bus.add_match(rule, move |said: S, _, message: &Message| {
        let path = message.path().map(Path::into_static).unwrap_or_default();
        queue.borrow_mut().extend(meaning(path, said));
        true
    })?;
    Ok(())
}

/// Asks that sleep and shutdown wait for us. Without it the vault is closed all the same, perhaps
/// only after waking.
fn inhibit(bus: &LocalConnection, name: &str) -> Option<OwnedFd> {
    let manager = bus.with_proxy(SERVICE, MANAGER_PATH, PATIENCE);
    let wish = ("sleep:shutdown", name, "Saving", "delay");
    let answer: Result<(OwnedFd,), _> = manager.method_call(MANAGER, "Inhibit", wish);
    answer.ok().map(|(held,)| held)
}

/// Whether a session is this user's. In doubt it is: to lock once too often is the lesser harm.
fn is_ours(bus: &LocalConnection, session: &Path<'_>) -> bool {
    type Session = (String, u32, String, String, Path<'static>);
    let manager = bus.with_proxy(SERVICE, MANAGER_PATH, PATIENCE);
    let answer: Result<(Vec<Session>,), _> = manager.method_call(MANAGER, "ListSessions", ());
    let Ok((sessions,)) = answer else {
        return true;
    };
    let us = rustix::process::getuid().as_raw();
    sessions
        .iter()
        .find(|(_, _, _, _, path)| path == session)
        .is_none_or(|(_, user, ..)| *user == us)
}
