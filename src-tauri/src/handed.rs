//! What goes over to the program that takes the place of this one.

use holdfast_app::{App, view::PanicView};
use serde::{Deserialize, Serialize};
use tauri::{AppHandle, Manager as _, WebviewWindow, WebviewWindowBuilder, Wry};

use crate::word::Word;

type WindowBuilder<'a> = WebviewWindowBuilder<'a, Wry, AppHandle>;

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
        // First, because it asks the window's thread and may wait for it.
        let stand = windows.next().and_then(|window| Stand::of(&window).ok());
        let state = handle.state::<App>().state(());
        Self {
            word: handle.state::<Word>().left(),
            destroyed: state.ok().and_then(|state| state.destroyed),
            stand,
        }
    }
}

/// How a window stands on the screen, in logical pixels.
#[derive(Clone, Copy, Serialize, Deserialize)]
struct Stand {
    at: (f64, f64),
    size: (f64, f64),
    maximized: bool,
    fullscreen: bool,
    /// Out of sight. So is one that was behind others, or on another workspace: it must not come to the
    /// front by itself, before whoever looks at the screen now.
    minimized: bool,
}

impl Stand {
    fn of(window: &WebviewWindow) -> tauri::Result<Self> {
        let scale = window.scale_factor()?;
        Ok(Self {
            at: window.outer_position()?.to_logical::<f64>(scale).into(),
            size: window.inner_size()?.to_logical::<f64>(scale).into(),
            maximized: window.is_maximized()?,
            fullscreen: window.is_fullscreen()?,
            minimized: window.is_minimized()? || !window.is_focused()?,
        })
    }
}

/// Takes over what the program before this one handed on; at a first start, nothing.
pub(crate) fn take_over(handle: &AppHandle, handed: &[u8]) {
    let Handed {
        word,
        destroyed,
        stand,
    } = serde_json::from_slice(handed).unwrap_or_default();
    handle.state::<App>().remember_panic(destroyed);
    handle.state::<Word>().leave(word);
    handle.manage(stand);
}

/// A window that is to stand where the one before it stood.
pub(crate) fn as_it_stood<'a>(handle: &AppHandle, window: WindowBuilder<'a>) -> WindowBuilder<'a> {
    let Some(stand) = *handle.state::<Option<Stand>>() else {
        return window;
    };
    let window = window
        .position(stand.at.0, stand.at.1)
        .maximized(stand.maximized)
        .fullscreen(stand.fullscreen)
        .focused(!stand.minimized)
        .visible(!stand.minimized);
    // A window that fills the screen is to have its own size when it goes back.
    match stand.maximized || stand.fullscreen {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_handed_over_arrives() {
        for report in [
            "{\"keys_gone\":true,\"all_gone\":false}",
            "{\"code\":\"file_problem\"}",
        ] {
            let destroyed: PanicView = serde_json::from_str(report).unwrap();
            let handed = Handed {
                word: "a word".to_owned(),
                destroyed: Some(destroyed.clone()),
                stand: None,
            };
            let there = serde_json::to_vec(&handed).unwrap();
            let there: Handed = serde_json::from_slice(&there).unwrap();
            assert_eq!(
                (there.word, there.destroyed),
                (handed.word, Some(destroyed))
            );
        }
    }
}
