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
#[cfg(target_os = "linux")]
mod entry;
mod evidence;
#[cfg(target_os = "linux")]
mod handed;
mod look;
mod passage;
#[cfg(target_os = "linux")]
mod renew;
#[cfg(target_os = "linux")]
mod scratch;
#[cfg(desktop)]
mod shortcuts;
#[cfg(target_os = "linux")]
mod suspend;
#[cfg(desktop)]
mod tray;
mod word;

use std::process::ExitCode;
#[cfg(unix)]
use std::sync::Arc;
#[cfg(desktop)]
use std::{
    path::PathBuf,
    thread,
    time::{Duration, Instant},
};

use holdfast_app::{App, Notice};
use look::Look;
use tauri::{
    AppHandle, Emitter as _, Manager as _, RunEvent, WebviewWindowBuilder, WindowEvent,
    webview::PageLoadEvent,
};
#[cfg(unix)]
use tokio::sync::Notify;

/// How long a page may take to keep what is being written when the machine is about to sleep.
#[cfg(desktop)]
const LAST_WORDS: Duration = Duration::from_secs(1);
#[cfg(desktop)]
const LOOK_AFTER: Duration = Duration::from_millis(10);

/// Opens the window and runs until it is closed. With `--panic`, destroys the vault instead, at
/// once and without a window.
#[cfg_attr(mobile, tauri::mobile_entry_point)]
#[expect(
    clippy::disallowed_methods,
    reason = "the code that Tauri generates exits when its own context is broken"
)]
pub fn run() -> ExitCode {
    holdfast_app::system::keep_memory_private();
    let context = tauri::generate_context!();
    #[cfg(desktop)]
    {
        let identifier = &context.config().identifier;
        let Some(home) = home(identifier) else {
            return ExitCode::FAILURE;
        };
        if std::env::args_os().skip(1).any(|word| word == "--panic") {
            return destroy_at_once(home, identifier);
        }
    }
    #[cfg(target_os = "linux")]
    let handed = home(&context.config().identifier).map(|home| {
        let name = Look::chosen(&App::on_shelf(home, |_| ())).name;
        scratch::enter(&context.config().identifier, name)
    });
    #[cfg(unix)]
    let end = asked_to_end();
    let built = tauri::Builder::default();
    #[cfg(target_os = "linux")]
    let built = built.manage(renew::Owed::default());
    let built = built
        .plugin(tauri_plugin_dialog::init())
        .manage(look::PassingFor::default())
        .manage(word::Word::default())
        .manage(passage::Passages::default())
        .register_asynchronous_uri_scheme_protocol("evidence", evidence::answer)
        .invoke_handler(tauri::generate_handler![
            commands::greet,
            commands::call,
            commands::attach_chunk,
            commands::save_evidence,
            commands::seal_copy,
            commands::courier_out,
            commands::courier_in,
            commands::offered_invite,
            commands::pass_for,
            commands::leave_word,
            commands::left_word,
            commands::stay,
            commands::reach,
        ])
        .on_page_load(|view, load| {
            if load.event() == PageLoadEvent::Started {
                view.state::<passage::Passages>().forget();
                #[cfg(target_os = "linux")]
                renew::page_begins(view.app_handle());
            }
        })
        .on_window_event(|window, event| {
            if let WindowEvent::Focused(focused) = event {
                let focused = serde_json::json!({ "focused": focused });
                // A window that is going shows nothing.
                let _ = window.emit("focused", focused);
            }
        })
        .setup(|tauri_app| {
            let handle = tauri_app.handle().clone();
            #[cfg(desktop)]
            let home = home(&tauri_app.config().identifier).ok_or(tauri::Error::UnknownPath)?;
            #[cfg(mobile)]
            let home = tauri_app.path().app_local_data_dir()?;
            let app = App::on_shelf(home, move |notice| tell(&handle, notice));
            tauri_app.manage(app.clone());
            #[cfg(target_os = "linux")]
            handed::take_over(tauri_app.handle(), &handed.unwrap_or_default());
            let look = Look::chosen(&app);
            open_window(tauri_app, &look)?;
            let reach = surround(tauri_app.handle(), &look);
            tauri_app.manage(reach);
            let watched = app.clone();
            tauri::async_runtime::spawn(async move { watched.keep_watch().await });
            tauri::async_runtime::spawn(async move { app.keep_syncing().await });
            #[cfg(unix)]
            {
                let handle = tauri_app.handle().clone();
                tauri::async_runtime::spawn(async move {
                    end.notified().await;
                    handle.exit(0);
                });
            }
            Ok(())
        });
    #[cfg(desktop)]
    let built = built.plugin(shortcuts::plugin());
    match built.build(context) {
        Ok(tauri_app) => {
            tauri_app.run(|handle, event| {
                if let RunEvent::Exit = event {
                    #[cfg(target_os = "linux")]
                    renew::never_again(handle);
                    handle.state::<App>().close();
                    #[cfg(target_os = "linux")]
                    scratch::leave();
                }
            });
            ExitCode::SUCCESS
        }
        Err(_) => ExitCode::FAILURE,
    }
}

/// The folder of the vaults, known before any window is.
#[cfg(desktop)]
fn home(identifier: &str) -> Option<PathBuf> {
    #[cfg(target_os = "linux")]
    let data = scratch::data_home();
    #[cfg(not(target_os = "linux"))]
    let data = dirs::data_local_dir();
    data.map(|data| data.join(identifier))
}

/// Destroys the vault that is chosen and says nothing but by the exit code. A program that has the vault open
/// notices by itself.
#[cfg(desktop)]
fn destroy_at_once(home: PathBuf, identifier: &str) -> ExitCode {
    let report = App::on_shelf(home, |_| ()).panic(());
    #[cfg(target_os = "linux")]
    scratch::clear_all(identifier);
    #[cfg(not(target_os = "linux"))]
    let _ = identifier;
    match report {
        Ok(report) if report.keys_gone && report.all_gone => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    }
}

/// Destroys the vault, away from the window's thread.
#[cfg(desktop)]
pub(crate) fn destroy(handle: &AppHandle) {
    let handle = handle.clone();
    thread::spawn(move || {
        // The window is told how it went.
        let _ = handle.state::<App>().panic(());
    });
}

/// Locks as the page does, which first keeps what is being written; a page that does not answer is
/// not waited for.
#[cfg(desktop)]
pub(crate) fn lock(handle: &AppHandle) {
    // A page that is not there has written nothing.
    let _ = handle.emit("lock", ());
    let app = handle.state::<App>();
    let until = Instant::now() + LAST_WORDS;
    while app.is_open() && Instant::now() < until {
        thread::sleep(LOOK_AFTER);
    }
    app.close();
}

/// What works while another window has the focus.
#[derive(Clone, Copy)]
pub(crate) struct Reach {
    /// There is an icon beside the clock.
    pub(crate) tray: bool,
    /// The keys work from everywhere.
    pub(crate) keys: bool,
}

/// Puts up what is around the window.
#[cfg(desktop)]
fn surround(handle: &AppHandle, look: &Look) -> Reach {
    #[cfg(target_os = "linux")]
    {
        rename_entry(handle, look);
        let (handle, name) = (handle.clone(), look.words.title.clone());
        // It ends when the system has no such service, or stops it.
        thread::spawn(move || suspend::watch(&suspend::system_bus(), &name, || lock(&handle)));
    }
    Reach {
        tray: tray::put_up(handle, look),
        keys: shortcuts::take(handle),
    }
}

#[cfg(mobile)]
fn surround(_handle: &AppHandle, _look: &Look) -> Reach {
    Reach {
        tray: false,
        keys: false,
    }
}

#[cfg(target_os = "linux")]
fn rename_entry(handle: &AppHandle, look: &Look) {
    if let Some(data) = scratch::data_home() {
        entry::follow(look, &data, &handle.config().identifier);
    }
}

/// Opens the one window, private: the web view keeps no cache and no storage (I-16).
fn open_window(tauri_app: &tauri::App, look: &Look) -> tauri::Result<()> {
    for config in &tauri_app.config().app.windows {
        let window = WebviewWindowBuilder::from_config(tauri_app.handle(), config)?
            .title(&look.words.title)
            .incognito(!is_driven_by_a_test())
            .on_navigation(is_ours);
        #[cfg(desktop)]
        let window = window.icon(look.icon())?;
        #[cfg(target_os = "linux")]
        let window = handed::as_it_stood(tauri_app.handle(), window);
        let window = window.build()?;
        #[cfg(target_os = "linux")]
        {
            handed::finish(&window)?;
            renew::when_it_dies(&window)?;
        }
        #[cfg(not(target_os = "linux"))]
        let _ = window;
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

/// Notified when the system asks the program to end, as it does when its user logs out. Listens before
/// there is a window: an end that was asked for meanwhile comes as soon as there is one.
#[cfg(unix)]
fn asked_to_end() -> Arc<Notify> {
    use tokio::signal::unix::{SignalKind, signal};
    let asked = Arc::new(Notify::new());
    let ends = Arc::clone(&asked);
    tauri::async_runtime::spawn(async move {
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            terminate.recv().await;
            ends.notify_one();
        }
    });
    asked
}

/// Tells the window that something changed; it asks for what it shows.
fn tell(handle: &AppHandle, notice: Notice) {
    let event = match notice {
        Notice::Changed => "changed",
        Notice::Delivery => "delivery",
        Notice::Locked | Notice::Destroyed => "locked",
        Notice::Look => "look",
    };
    // A window that is not there yet, or no longer, has nothing to show.
    let _ = handle.emit(event, ());
    let handle = handle.clone();
    match notice {
        Notice::Look => drop(tauri::async_runtime::spawn_blocking(move || {
            look::put_on(&handle);
            #[cfg(target_os = "linux")]
            rename_entry(&handle, &Look::chosen(&handle.state::<App>()));
        })),
        #[cfg(target_os = "linux")]
        Notice::Locked => {
            scratch::clear();
            renew::after_closing(&handle);
        }
        _ => {}
    }
}
