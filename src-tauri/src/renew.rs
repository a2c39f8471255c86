//! A new process for the page whenever the vault closes.
//!
//! A web view does not erase what it frees: text, file names and the passphrase stay in the memory
//! of the process that draws the page, long after the page has let go of them. They go with that
//! process and not before (I-16). So it is ended, and another one loads the page, which learns from
//! the app's state all that it shows.
//!
//! What is typed goes through this process as well: the library tells an input method, at each key,
//! all that stands in the field. So when the vault was destroyed the program itself starts once
//! more, and nothing is left of the old one. After a mere lock it does not: an upload goes on, and
//! the window would be gone for as long as a start takes.
//!
//! Not while a cover hides the page: it would flicker under the eyes that it is there for. What a
//! covered page knew goes when the cover is taken away.

use std::sync::atomic::{AtomicBool, Ordering};

use holdfast_app::App;
use tauri::{AppHandle, Manager as _};
use webkit2gtk::WebViewExt as _;

use crate::{is_driven_by_a_test, look, scratch};

/// What knew something and is still there.
#[derive(Default)]
pub(crate) struct Owed {
    page: AtomicBool,
    program: AtomicBool,
}

/// The vault was closed.
pub(crate) fn after_closing(handle: &AppHandle) {
    handle.state::<Owed>().page.store(true, Ordering::Release);
    unless_covered(handle);
}

/// Nothing is left of the vault that was in front.
pub(crate) fn after_going(handle: &AppHandle) {
    handle
        .state::<Owed>()
        .program
        .store(true, Ordering::Release);
    unless_covered(handle);
}

/// Ends what is owed an end, unless a cover hides it.
pub(crate) fn unless_covered(handle: &AppHandle) {
    // A driver takes a process that ends for a crash, and ends the session with it.
    if look::is_covered(handle) || is_driven_by_a_test() {
        return;
    }
    let owed = handle.state::<Owed>();
    let app = handle.state::<App>();
    // Another vault may have been opened meanwhile; then it is owed until that is closed.
    if !app.is_open() && owed.program.swap(false, Ordering::AcqRel) {
        scratch::start_anew(app.state(()).is_ok_and(|state| state.destroyed.is_some()));
        // It could not; the page's processes may have ended for it.
        owed.page.store(true, Ordering::Release);
    }
    if !owed.page.swap(false, Ordering::AcqRel) {
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
