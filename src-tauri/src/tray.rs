//! The icon beside the clock, whose menu shows, covers, locks and destroys.
//!
//! On Linux it takes a library that is loaded at run time and a desktop that shows such icons.
//! Without either the app has none, and goes on.

use tauri::{
    AppHandle, Emitter as _, Manager as _,
    menu::{Menu, MenuBuilder, MenuEvent, SubmenuBuilder},
    tray::TrayIconBuilder,
};

use crate::look::Look;

const ID: &str = "tray";

/// Puts the icon up. False where there can be none.
pub(crate) fn put_up(handle: &AppHandle, look: &Look) -> bool {
    if !library_is_there() {
        return false;
    }
    let Ok(menu) = menu(handle, look) else {
        return false;
    };
    let tray = TrayIconBuilder::with_id(ID)
        .icon(look.icon())
        .menu(&menu)
        .tooltip(&look.words.title)
        .on_menu_event(chosen);
    // The icon goes to the desktop as a file.
    #[cfg(target_os = "linux")]
    let tray = match crate::scratch::icon() {
        Some(folder) => tray.temp_dir_path(folder),
        None => tray,
    };
    tray.build(handle).is_ok()
}

/// Shows the app's name and icon here too.
pub(crate) fn put_on(handle: &AppHandle, look: &Look) {
    let Some(tray) = handle.tray_by_id(ID) else {
        return;
    };
    // The icon is an offer: what cannot be changed stays as it was.
    let _ = tray.set_icon(Some(look.icon()));
    let _ = tray.set_tooltip(Some(&look.words.title));
    if let Ok(menu) = menu(handle, look) {
        let _ = tray.set_menu(Some(menu));
    }
}

fn menu(handle: &AppHandle, look: &Look) -> tauri::Result<Menu<tauri::Wry>> {
    let words = &look.words;
    // One level down, so that a slip of the hand destroys nothing; asked is nothing.
    let destroy = SubmenuBuilder::new(handle, &words.destroy)
        .text("destroy", &words.destroy_now)
        .build()?;
    MenuBuilder::new(handle)
        .text("open", &words.open)
        .text("cover", &words.cover)
        .text("lock", &words.lock)
        .item(&destroy)
        .separator()
        .text("quit", &words.quit)
        .build()
}

fn chosen(handle: &AppHandle, event: MenuEvent) {
    match event.id().as_ref() {
        "open" => {
            for window in handle.webview_windows().values() {
                // A window that cannot come to the front is at least marked by the desktop.
                let _ = window.unminimize();
                let _ = window.set_focus();
            }
        }
        // A page that is not there has nothing to cover.
        "cover" => drop(handle.emit("cover", ())),
        "lock" => {
            let handle = handle.clone();
            std::thread::spawn(move || crate::lock(&handle));
        }
        "destroy" => crate::destroy(handle),
        "quit" => handle.exit(0),
        _ => {}
    }
}

/// The tray's own crate ends the program when its library cannot be loaded, so look beforehand:
/// in the list that the loader itself goes by.
#[cfg(target_os = "linux")]
fn library_is_there() -> bool {
    std::fs::read("/etc/ld.so.cache").is_ok_and(|cache| names_a_library(&cache))
}

#[cfg(target_os = "linux")]
fn names_a_library(cache: &[u8]) -> bool {
    cache
        .split(|byte| *byte == 0)
        .filter_map(|name| std::str::from_utf8(name).ok())
        .filter(|name| {
            ["/libayatana-appindicator3.so.1", "/libappindicator3.so.1"]
                .iter()
                .any(|library| name.ends_with(library))
        })
        .any(|path| std::path::Path::new(path).exists())
}

#[cfg(not(target_os = "linux"))]
fn library_is_there() -> bool {
    true
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::names_a_library;

    #[test]
    fn a_tray_takes_a_library_that_the_loader_knows_and_the_disk_has() {
        let folder = tempfile::tempdir().unwrap();
        let library = folder.path().join("libayatana-appindicator3.so.1");
        let cache = format!(
            "glibc-ld.so.cache1.1\0\u{1}libz.so.1\0/lib/libz.so.1\0libayatana-appindicator3.so.1\0{}\0",
            library.display()
        );
        assert!(!names_a_library(cache.as_bytes()), "it was removed");
        std::fs::write(&library, "").unwrap();
        assert!(names_a_library(cache.as_bytes()));
        assert!(!names_a_library(b"libayatana-appindicator3.so.1\0"));
        assert!(!names_a_library(b""));
    }
}
