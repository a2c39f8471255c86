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
//! shows.
//!
//! Not while a cover hides the page: it would flicker under the eyes that it is there for. What is
//! behind a cover goes when that is taken away.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use holdfast_app::App;
use tauri::{AppHandle, Manager as _, WebviewWindow};
use webkit2gtk::{WebProcessTerminationReason, WebViewExt as _};

use crate::{handed::Handed, is_driven_by_a_test, look, scratch};

const LOOK_AFTER: Duration = Duration::from_millis(200);

/// What knew something and is still there.
#[derive(Default)]
pub(crate) struct Owed {
    page: AtomicBool,
    program: AtomicBool,
    /// Somebody waits until the program may end.
    awaited: AtomicBool,
    /// It ends for good.
    ending: AtomicBool,
}

/// The vault was closed.
pub(crate) fn after_closing(handle: &AppHandle) {
    let owed = handle.state::<Owed>();
    if !owed.ending.load(Ordering::Acquire) {
        owed.page.store(true, Ordering::Release);
        owed.program.store(true, Ordering::Release);
        unless_covered(handle);
    }
}

/// From here on the program ends, and nothing takes its place.
pub(crate) fn never_again(handle: &AppHandle) {
    handle.state::<Owed>().ending.store(true, Ordering::Release);
}

/// Ends what is owed an end, unless a cover hides it.
pub(crate) fn unless_covered(handle: &AppHandle) {
    // A driver takes a process that ends for a crash, and ends the session with it.
    if look::is_covered(handle) || is_driven_by_a_test() {
        return;
    }
    let owed = handle.state::<Owed>();
    try_anew(handle);
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
    if owed.program.load(Ordering::Acquire) && !owed.awaited.swap(true, Ordering::AcqRel) {
        tauri::async_runtime::spawn(when_at_rest(handle.clone()));
    }
}

/// Waits until nothing keeps the program from ending, or somebody opens a vault or lays a cover: then
/// it is owed until that is closed, or taken away.
async fn when_at_rest(handle: AppHandle) {
    let owed = handle.state::<Owed>();
    while owed.program.load(Ordering::Acquire)
        && !handle.state::<App>().is_open()
        && !look::is_covered(&handle)
    {
        tokio::time::sleep(LOOK_AFTER).await;
        if !look::is_covered(&handle) {
            try_anew(&handle);
        }
    }
    owed.awaited.store(false, Ordering::Release);
}

/// Starts the program anew if that is owed, and nothing goes on.
fn try_anew(handle: &AppHandle) {
    let owed = handle.state::<Owed>();
    if !handle.state::<App>().is_at_rest()
        || owed.ending.load(Ordering::Acquire)
        || !owed.program.swap(false, Ordering::AcqRel)
    {
        return;
    }
    if let Ok(handed) = serde_json::to_vec(&Handed::of(handle)) {
        scratch::start_anew(&handed);
    }
    // It could not; the page at least is another one.
}

/// Loads the page again when the process that drew it has died: a picture may have been made to kill it.
pub(crate) fn when_it_dies(window: &WebviewWindow) -> tauri::Result<()> {
    window.with_webview(|view| {
        view.inner().connect_web_process_terminated(|view, why| {
            if why != WebProcessTerminationReason::TerminatedByApi {
                view.reload();
            }
        });
    })
}
