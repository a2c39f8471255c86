//! The name that the app goes by: title, icon, the menu of the tray, and the entry of the desktop.

use std::sync::{Mutex, MutexGuard, PoisonError};

use holdfast_app::{
    App,
    view::NameView,
    words::{ShellWords, Words},
};
use tauri::{AppHandle, Manager as _};
#[cfg(desktop)]
use tauri::{image::Image, include_image};

/// What the window passes for just now, while a cover hides the page; otherwise the name chosen.
#[derive(Default)]
pub(crate) struct PassingFor {
    name: Mutex<Option<NameView>>,
    /// One at a time puts a look on, or an older one could come last.
    putting_on: Mutex<()>,
}

impl PassingFor {
    fn name(&self) -> MutexGuard<'_, Option<NameView>> {
        self.name.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How the app is to be seen.
pub(crate) struct Look {
    #[cfg(desktop)]
    pub(crate) name: NameView,
    pub(crate) words: ShellWords,
}

impl Look {
    /// As its owner has chosen.
    pub(crate) fn chosen(app: &App) -> Self {
        Self::passing_for(app, None)
    }

    fn passing_for(app: &App, name: Option<NameView>) -> Self {
        let look = app.state(()).map(|state| state.look).unwrap_or_default();
        let language = match look.language.as_str() {
            "" => system_language(),
            chosen => chosen.to_owned(),
        };
        let name = name.unwrap_or(look.name);
        Self {
            #[cfg(desktop)]
            name,
            words: Words::of(&language).shell(name),
        }
    }

    #[cfg(desktop)]
    pub(crate) fn icon(&self) -> Image<'static> {
        icon(self.name)
    }

    /// The icon as a file.
    #[cfg(target_os = "linux")]
    pub(crate) fn picture(&self) -> &'static [u8] {
        match self.name {
            NameView::Holdfast => include_bytes!("../icons/128x128.png"),
            NameView::Notes => include_bytes!("../icons/names/notes.png"),
            NameView::Calculator => include_bytes!("../icons/names/calculator.png"),
            NameView::Recipes => include_bytes!("../icons/names/recipes.png"),
        }
    }
}

/// Lets the window pass for something else, or, with none, go by the name chosen again.
pub(crate) fn pass_for(handle: AppHandle, name: Option<NameView>) {
    *handle.state::<PassingFor>().name() = name;
    drop(tauri::async_runtime::spawn_blocking(move || {
        put_on(&handle);
        #[cfg(target_os = "linux")]
        crate::renew::unless_covered(&handle);
    }));
}

/// Whether a cover hides the page.
#[cfg(target_os = "linux")]
pub(crate) fn is_covered(handle: &AppHandle) -> bool {
    handle.state::<PassingFor>().name().is_some()
}

/// Shows the look everywhere that it is seen.
pub(crate) fn put_on(handle: &AppHandle) {
    let passing = handle.state::<PassingFor>();
    let putting_on = passing.putting_on.lock();
    let _putting_on = putting_on.unwrap_or_else(PoisonError::into_inner);
    let name = *passing.name();
    let look = Look::passing_for(&handle.state::<App>(), name);
    for window in handle.webview_windows().values() {
        // A window that is going has no need of a name.
        let _ = window.set_title(&look.words.title);
        #[cfg(desktop)]
        let _ = window.set_icon(look.icon());
    }
    #[cfg(desktop)]
    crate::tray::put_on(handle, &look);
}

#[cfg(desktop)]
fn icon(name: NameView) -> Image<'static> {
    match name {
        NameView::Holdfast => include_image!("./icons/128x128.png"),
        NameView::Notes => include_image!("./icons/names/notes.png"),
        NameView::Calculator => include_image!("./icons/names/calculator.png"),
        NameView::Recipes => include_image!("./icons/names/recipes.png"),
    }
}

/// The language of messages, as POSIX has it. Where nobody says, English.
fn system_language() -> String {
    ["LC_ALL", "LC_MESSAGES", "LANG"]
        .iter()
        .find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()))
        .unwrap_or_default()
}
