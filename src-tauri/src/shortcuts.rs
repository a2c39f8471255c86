//! Keys that work while another window has the focus.
//!
//! X11, Windows and macOS have such keys. Wayland has none for a program to take: there the page's
//! own keys work, while it has the focus.

use tauri::{AppHandle, Emitter as _, Wry, plugin::TauriPlugin};
use tauri_plugin_global_shortcut::{
    Builder, Code, GlobalShortcutExt as _, Modifiers, Shortcut, ShortcutEvent, ShortcutState,
};

/// Destroys the vault. Four keys that no hand comes upon by chance.
fn destroys() -> Shortcut {
    let held = Modifiers::CONTROL | Modifiers::SHIFT | Modifiers::ALT;
    Shortcut::new(Some(held), Code::Backspace)
}

/// Covers the page.
fn covers() -> Shortcut {
    Shortcut::new(Some(Modifiers::CONTROL | Modifiers::SHIFT), Code::Space)
}

/// Hears the keys; [`take`] asks for them.
pub(crate) fn plugin() -> TauriPlugin<Wry> {
    Builder::new().with_handler(pressed).build()
}

/// Takes the keys. False where the system gives none to anybody, or another program has them.
pub(crate) fn take(handle: &AppHandle) -> bool {
    if !system_has_any() {
        return false;
    }
    let keys = handle.global_shortcut();
    // One that is taken already leaves the other.
    let taken = [destroys(), covers()].map(|key| keys.register(key).is_ok());
    taken == [true, true]
}

fn pressed(handle: &AppHandle, key: &Shortcut, event: ShortcutEvent) {
    if event.state != ShortcutState::Pressed {
        return;
    }
    if *key == destroys() {
        crate::destroy(handle);
    } else if *key == covers() {
        // A page that is not there has nothing to cover.
        let _ = handle.emit("cover", ());
    }
}

/// A Wayland session often offers X11 besides, and takes the keys there without ever giving one.
fn system_has_any() -> bool {
    let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    !cfg!(target_os = "linux") || (set("DISPLAY") && !set("WAYLAND_DISPLAY"))
}
