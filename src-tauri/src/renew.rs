//! A new program, or at least a new page, whenever the vault closes.
//!
//! A web view does not erase what it frees: text, file names and the passphrase stay in the memory
//! of the process that draws the page, long after the page has let go of them. And what is typed goes
//! through this process as well: the library tells an input method, at each key, all that stands in
//! the field. What a process had goes with it and not before (I-16). So the program ends and starts
//! once more in the same place, and nothing is left of the old one and its page.
//!
//! Not while something goes on that was begun: an upload, which a lock lets end (I-17), a wipe, a file
//! that is written. Until then only the page is another; it learns from the app's state all that it
//! shows. And not any more under the hands of somebody who has begun to use that page: what is typed
//! would go to whatever window comes to the front. Then it is owed until the next lock.
//!
//! Not while a cover hides the page: it would flicker under the eyes that it is there for. What is
//! behind a cover goes when that is taken away.

use std::{
    cell::Cell,
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::{Duration, Instant},
};

use holdfast_app::App;
use tauri::{AppHandle, Manager as _, WebviewWindow};
use webkit2gtk::{WebProcessTerminationReason, WebViewExt as _};

use crate::{handed::Handed, is_driven_by_a_test, look, scratch};

const LOOK_AFTER: Duration = Duration::from_millis(200);
/// A page that dies sooner than that after it was loaded again dies of being loaded.
const LIVES: Duration = Duration::from_secs(5);

/// What knew something and is still there.
#[derive(Default)]
pub(crate) struct Owed {
    page: AtomicBool,
    program: AtomicBool,
    /// A thread waits until the program may end.
    awaited: AtomicBool,
    /// Somebody uses the page.
    in_use: AtomicBool,
    /// It ends for good.
    ending: AtomicBool,
}

/// The vault was closed.
pub(crate) fn after_closing(handle: &AppHandle) {
    let owed = handle.state::<Owed>();
    // A driver takes a process that ends for a crash, and ends the session with it.
    if owed.ending.load(Ordering::Acquire) || is_driven_by_a_test() {
        return;
    }
    owed.page.store(true, Ordering::Release);
    owed.program.store(true, Ordering::Release);
    unless_covered(handle);
}

/// From here on the program ends, and nothing takes its place.
pub(crate) fn never_again(handle: &AppHandle) {
    handle.state::<Owed>().ending.store(true, Ordering::Release);
}

/// Ends what is owed an end, unless a cover hides it.
pub(crate) fn unless_covered(handle: &AppHandle) {
    if look::is_covered(handle) {
        return;
    }
    // If it cannot be, or not yet, the page at least is another one.
    try_anew(handle);
    let owed = handle.state::<Owed>();
    if owed.page.swap(false, Ordering::AcqRel) {
        for window in handle.webview_windows().values() {
            // A window that is going takes its page with it.
            let _ = window.with_webview(|view| {
                let view = view.inner();
                view.terminate_web_process();
                view.reload();
            });
        }
    }
    wait(handle);
}

/// The page is being used: the program does not end under somebody's hands.
pub(crate) fn stay(handle: &AppHandle) {
    let owed = handle.state::<Owed>();
    owed.in_use.store(true, Ordering::Release);
}

/// Another page is loaded, and nobody has used it.
pub(crate) fn page_begins(handle: &AppHandle) {
    let owed = handle.state::<Owed>();
    owed.in_use.store(false, Ordering::Release);
    wait(handle);
}

/// Waits, beside everything else, until nothing keeps the program from ending, or somebody uses the
/// page, opens a vault or lays a cover.
fn wait(handle: &AppHandle) {
    let waits = |handle: &AppHandle| {
        let owed = handle.state::<Owed>();
        owed.program.load(Ordering::Acquire)
            && !owed.in_use.load(Ordering::Acquire)
            && !handle.state::<App>().is_open()
            && !look::is_covered(handle)
    };
    let owed = handle.state::<Owed>();
    if !waits(handle) || owed.awaited.swap(true, Ordering::AcqRel) {
        return;
    }
    let handle = handle.clone();
    thread::spawn(move || {
        while waits(&handle) {
            try_anew(&handle);
            thread::sleep(LOOK_AFTER);
        }
        let owed = handle.state::<Owed>();
        owed.awaited.store(false, Ordering::Release);
        // Whoever looked just before that started no other thread.
        wait(&handle);
    });
}

/// Starts the program anew if that is owed, and nothing goes on.
fn try_anew(handle: &AppHandle) {
    let owed = handle.state::<Owed>();
    let may = || {
        owed.program.load(Ordering::Acquire)
            && !owed.ending.load(Ordering::Acquire)
            && handle.state::<App>().is_at_rest()
    };
    if !may() {
        return;
    }
    let handed = serde_json::to_vec(&Handed::of(handle)).unwrap_or_default();
    // That took a moment, in which something may have begun.
    if may() {
        owed.program.store(false, Ordering::Release);
        scratch::start_anew(&handed);
    }
}

/// Loads the page again when the process that drew it has died: a picture may have been made to kill it.
/// It may have been covered or blank, so the vault is closed: whoever sees the next one is to know the
/// passphrase.
pub(crate) fn when_it_dies(window: &WebviewWindow) -> tauri::Result<()> {
    let handle = window.app_handle().clone();
    window.with_webview(move |view| {
        let loaded = Cell::new(None::<Instant>);
        view.inner()
            .connect_web_process_terminated(move |view, why| {
                if why == WebProcessTerminationReason::TerminatedByApi {
                    return;
                }
                let handle = handle.clone();
                drop(tauri::async_runtime::spawn_blocking(move || {
                    handle.state::<App>().close()
                }));
                let now = Instant::now();
                let before = loaded.replace(Some(now));
                if before.is_none_or(|before| now.duration_since(before) > LIVES) {
                    view.reload();
                }
            });
    })
}
