//! What goes over to the program that takes the place of this one.

use holdfast_app::{App, view::PanicView};
use serde::{Deserialize, Serialize};
use tauri::{AppHandle, Manager, Runtime, WebviewWindow, WebviewWindowBuilder};

use crate::{scratch, word::Word};

/// What a program hands over.
#[derive(Default, Serialize, Deserialize)]
pub(crate) struct Handed {
    word: String,
    /// What a panic did, if that is still to be said.
    destroyed: Option<PanicView>,
    stand: Option<Stand>,
}

impl Handed {
    /// What there is to hand over now. What cannot be told is left to the system, as at a first start.
    pub(crate) fn of(handle: &AppHandle) -> Self {
        let mut windows = handle.webview_windows().into_values();
        Self {
            word: handle.state::<Word>().left(),
            destroyed: handle
                .state::<App>()
                .state(())
                .ok()
                .and_then(|state| state.destroyed),
            stand: windows.next().and_then(|window| Stand::of(&window).ok()),
        }
    }
}

/// How a window stands on the screen, in logical pixels.
#[derive(Clone, Copy, Serialize, Deserialize)]
struct Stand {
    at: (f64, f64),
    size: (f64, f64),
    maximized: bool,
    minimized: bool,
    focused: bool,
}

impl Stand {
    fn of<R: Runtime>(window: &WebviewWindow<R>) -> tauri::Result<Self> {
        let scale = window.scale_factor()?;
        Ok(Self {
            at: window.outer_position()?.to_logical::<f64>(scale).into(),
            size: window.inner_size()?.to_logical::<f64>(scale).into(),
            maximized: window.is_maximized()?,
            minimized: window.is_minimized()?,
            focused: window.is_focused()?,
        })
    }
}

/// Takes over what the program before this one handed on; at a first start, nothing.
pub(crate) fn take_over(handle: &AppHandle) {
    let handed = scratch::handed().and_then(|bytes| serde_json::from_slice(&bytes).ok());
    let Handed {
        word,
        destroyed,
        stand,
    } = handed.unwrap_or_default();
    handle.state::<App>().remember_panic(destroyed);
    handle.state::<Word>().leave(word);
    handle.manage(stand);
}

/// A window that is to stand where the one before it stood.
pub(crate) fn as_it_stood<'a, R: Runtime, M: Manager<R>>(
    handle: &AppHandle,
    window: WebviewWindowBuilder<'a, R, M>,
) -> WebviewWindowBuilder<'a, R, M> {
    let Some(stand) = *handle.state::<Option<Stand>>() else {
        return window;
    };
    let window = window
        .position(stand.at.0, stand.at.1)
        .maximized(stand.maximized)
        .focused(stand.focused)
        .visible(!stand.minimized);
    // The size of a maximized window is the screen's, and not what it goes back to.
    match stand.maximized {
        true => window,
        false => window.inner_size(stand.size.0, stand.size.1),
    }
}

/// What a window can be told only when it is there, and before it is seen.
pub(crate) fn finish(window: &WebviewWindow) -> tauri::Result<()> {
    match *window.state::<Option<Stand>>() {
        Some(Stand {
            minimized: true, ..
        }) => window.minimize().and_then(|()| window.show()),
        _ => Ok(()),
    }
}
