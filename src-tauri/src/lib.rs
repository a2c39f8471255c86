//! The desktop and mobile shell: one window on the use cases of `holdfast-app`.
//!
//! Nothing is decided here. [`commands`] passes what the window asks to the app; [`evidence`]
//! streams evidence from the vault into the window without a copy on the disk (I-16). The window
//! keeps no data of its own: it is private (no cache, no storage), loads nothing remote, and may
//! call only what `capabilities/window.json` lists.

#![cfg_attr(
    mobile,
    allow(
        missing_docs,
        reason = "Tauri writes the entry point of a phone without any, and not every compiler minds"
    )
)]

mod commands;
mod evidence;

use std::process::ExitCode;

use holdfast_app::{App, Notice};
use tauri::{AppHandle, Emitter as _, Manager as _, RunEvent, WebviewWindowBuilder};

/// Opens the window and runs until it is closed.
#[cfg_attr(mobile, tauri::mobile_entry_point)]
#[expect(
    clippy::disallowed_methods,
    reason = "the code that Tauri generates exits when its own context is broken"
)]
pub fn run() -> ExitCode {
    holdfast_app::system::keep_memory_private();
    let built = tauri::Builder::default()
        .plugin(tauri_plugin_dialog::init())
        .register_asynchronous_uri_scheme_protocol("evidence", evidence::answer)
        .invoke_handler(tauri::generate_handler![
            commands::call,
            commands::attach_chunk,
            commands::save_evidence,
            commands::seal_copy,
            commands::courier_out,
            commands::courier_in,
            commands::offered_invite,
        ])
        .setup(|tauri_app| {
            open_window(tauri_app)?;
            let home = tauri_app.path().app_local_data_dir()?;
            let handle = tauri_app.handle().clone();
            let app = App::on_shelf(home, move |notice| tell(&handle, notice));
            tauri_app.manage(app.clone());
            tauri::async_runtime::spawn(async move { app.keep_syncing().await });
            Ok(())
        })
        .build(tauri::generate_context!());
    match built {
        Ok(tauri_app) => {
            tauri_app.run(|handle, event| {
                if let RunEvent::Exit = event {
                    handle.state::<App>().close();
                }
            });
            ExitCode::SUCCESS
        }
        Err(_) => ExitCode::FAILURE,
    }
}

/// Opens the one window, private: the web view keeps no cache and no storage (I-16).
fn open_window(tauri_app: &tauri::App) -> tauri::Result<()> {
    for config in &tauri_app.config().app.windows {
        WebviewWindowBuilder::from_config(tauri_app.handle(), config)?
            .incognito(!is_driven_by_a_test())
            .on_navigation(is_ours)
            .build()?;
    }
    Ok(())
}

/// The window shows its own page and nothing else: not evidence, not the web, whatever is dropped
/// on it or linked to.
fn is_ours(url: &tauri::Url) -> bool {
    let own = url.scheme() == "tauri" || url.host_str() == Some("tauri.localhost");
    own || (cfg!(dev) && url.host_str() == Some("localhost"))
}

/// WebKitGTK lets no driver into a private window, so a test drives an ordinary one, which keeps
/// more and never less; a released program has no such door.
fn is_driven_by_a_test() -> bool {
    cfg!(debug_assertions) && std::env::var_os("TAURI_WEBVIEW_AUTOMATION").is_some()
}

/// Tells the window that something changed; it asks for what it shows.
fn tell(handle: &AppHandle, notice: Notice) {
    let event = match notice {
        Notice::Changed => "changed",
        Notice::Delivery => "delivery",
        Notice::Locked => "locked",
        Notice::Look => "look",
    };
    // A window that is not there yet, or no longer, has nothing to show.
    let _ = handle.emit(event, ());
}
