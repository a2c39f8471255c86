//! A new process for the page whenever the vault closes.
//!
//! A web view does not erase what it frees: text, file names and the passphrase stay in the memory
//! of the process that draws the page, long after the page has let go of them. They go with that
//! process and not before (I-16). So it is ended, and another one loads the page, which learns from
//! the app's state all that it shows.
//!
//! Not while a cover hides the page: it would flicker under the eyes that it is there for. What a
//! covered page knew goes when the cover is taken away.

use std::sync::atomic::{AtomicBool, Ordering};

use tauri::{AppHandle, Manager as _};
use webkit2gtk::WebViewExt as _;

use crate::{is_driven_by_a_test, look};

/// Whether a page that knew something is still there.
#[derive(Default)]
pub(crate) struct Owed(AtomicBool);

/// The vault was closed.
pub(crate) fn after_closing(handle: &AppHandle) {
    handle.state::<Owed>().0.store(true, Ordering::Release);
    unless_covered(handle);
}

/// Ends the page that is owed an end, unless a cover hides it.
pub(crate) fn unless_covered(handle: &AppHandle) {
    // A driver takes a process that ends for a crash, and ends the session with it.
    if look::is_covered(handle) || is_driven_by_a_test() {
        return;
    }
    if !handle.state::<Owed>().0.swap(false, Ordering::AcqRel) {
        return;
    }
    for window in handle.webview_windows().values() {
        // A window that is going takes its page with it.
        let _ = window.with_webview(|view| {
            let view = view.inner();
            view.terminate_web_process();
            view.reload();
        });
    }
}
