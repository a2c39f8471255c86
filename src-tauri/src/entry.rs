//! The app's entry in the menu of a Linux desktop.
//!
//! The package installs one under the app's own name. An entry of the same file name among the
//! user's own data takes its place: <https://specifications.freedesktop.org/desktop-entry-spec/latest/>

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use holdfast_app::view::NameView;

use crate::look::Look;

/// As the package names it.
const ENTRY: &str = "Holdfast.desktop";

/// Makes the menu show the name and the icon of `look`. What cannot be written stays as it was: the
/// menu is the desktop's.
pub(crate) fn follow(look: &Look, data_home: &Path, identifier: &str) {
    let own = data_home.join("applications").join(ENTRY);
    let icon = data_home.join(identifier).join("icon.png");
    if look.name == NameView::Holdfast {
        let _ = fs::remove_file(&own);
        let _ = fs::remove_file(&icon);
        return;
    }
    let Some(installed) = installed(data_home).and_then(|path| fs::read_to_string(path).ok())
    else {
        return;
    };
    let entry = renamed(&installed, &look.words.title, &icon);
    if fs::read_to_string(&own).is_ok_and(|present| present == entry) {
        return;
    }
    let written = fs::create_dir_all(data_home.join("applications"))
        .and_then(|()| fs::create_dir_all(data_home.join(identifier)))
        .and_then(|()| fs::write(&icon, look.picture()))
        .and_then(|()| fs::write(&own, entry));
    if written.is_err() {
        // Half of it would show an entry without an icon.
        let _ = fs::remove_file(&own);
    }
}

/// The entry that the package installed.
fn installed(data_home: &Path) -> Option<PathBuf> {
    let list = env::var_os("XDG_DATA_DIRS")
        .filter(|list| !list.is_empty())
        .unwrap_or_else(|| "/usr/local/share:/usr/share".into());
    env::split_paths(&list)
        .filter(|folder| folder != data_home)
        .map(|folder| folder.join("applications").join(ENTRY))
        .find(|path| path.is_file())
}

/// The same entry under another name: what describes the app goes, what starts it stays.
fn renamed(installed: &str, name: &str, icon: &Path) -> String {
    let starts = ["[", "Exec=", "Type=", "Terminal="];
    let mut entry: String = installed
        .lines()
        .filter(|line| starts.iter().any(|start| line.starts_with(start)))
        .take_while(|line| !line.starts_with("[Desktop Action"))
        .flat_map(|line| [line, "\n"])
        .collect();
    entry += &format!(
        "Name={name}\nIcon={}\nCategories=Utility;\n",
        icon.display()
    );
    entry
}

#[cfg(test)]
mod tests {
    use super::renamed;

    #[test]
    fn an_entry_keeps_what_starts_the_app_and_nothing_that_names_it() {
        let installed = "[Desktop Entry]\nCategories=Office;\nComment=Incident reports\nExec=holdfast-app\nStartupWMClass=holdfast-app\nIcon=holdfast-app\nName=Holdfast\nName[ru]=Holdfast\nTerminal=false\nType=Application\n";
        let entry = renamed(installed, "Заметки", "/home/x/icon.png".as_ref());
        assert_eq!(
            entry,
            "[Desktop Entry]\nExec=holdfast-app\nTerminal=false\nType=Application\nName=Заметки\nIcon=/home/x/icon.png\nCategories=Utility;\n"
        );
    }
}
