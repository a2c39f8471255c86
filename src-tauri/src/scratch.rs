//! A folder in memory for what the libraries below the window keep on their own.
//!
//! The web view writes databases, salts and dates; the file dialog adds the name of what was saved
//! to the desktop's list of recent files; media are buffered in temporary files. None of it can be
//! switched off everywhere, and emptying the desktop's list would take other programs' entries with it.
//! But all of them ask the environment where to write. So the program starts itself once more with
//! the folders for data, cache and temporary files under the user's run-time folder, which lies in
//! memory, and takes them away when it ends, and when the vault is locked (I-16).

use std::{
    env, fs,
    io::{self, Read as _, Write as _},
    os::unix::{fs::DirBuilderExt as _, process::CommandExt as _},
    path::{Path, PathBuf},
    process::Command,
    thread,
    time::Duration,
};

use holdfast_app::view::NameView;
use rustix::process::{Pid, Signal, WaitOptions, kill_process, waitpid};

/// Set in the second start: where data really lies.
const DATA: &str = "HOLDFAST_DATA_HOME";
/// Set in the second start: the folder.
const FOLDER: &str = "HOLDFAST_SCRATCH";

/// Set when a program takes the place of another: what that one handed over comes through the standard
/// input, which never lies on a disk.
const HANDED: &str = "HOLDFAST_HANDED";
/// A pipe takes as much without a reader.
const MOST_HANDED: u64 = 4096;
const TRIES: u32 = 20;
const BETWEEN_TRIES: Duration = Duration::from_millis(10);

/// The folders within, and the variables that lead there.
const PLACES: [(&str, &str); 3] = [
    ("XDG_DATA_HOME", "data"),
    ("XDG_CACHE_HOME", "cache"),
    ("TMPDIR", "tmp"),
];

/// Where programs keep what is to last: what the user has set, whatever the libraries are told.
pub(crate) fn data_home() -> Option<PathBuf> {
    env::var_os(DATA).map_or_else(dirs::data_local_dir, |path| Some(PathBuf::from(path)))
}

/// The folder, in a program that was started with one.
pub(crate) fn folder() -> Option<PathBuf> {
    env::var_os(FOLDER).map(PathBuf::from)
}

/// Starts this program once more, in the same process, with a folder of its own and the name it
/// goes by. Returns only when that is done already or cannot be: then it goes on without.
pub(crate) fn enter(identifier: &str, name: NameView) {
    if folder().is_some() {
        if env::var_os(HANDED).is_some() {
            end_children();
        }
        set_name(name);
        return;
    }
    let (Some(data), Some(base)) = (data_home(), base(identifier)) else {
        return;
    };
    let Ok(program) = env::current_exe() else {
        return;
    };
    sweep(&base);
    let folder = base.join(std::process::id().to_string());
    if make(&folder).is_err() {
        return;
    }
    let mut again = Command::new(program);
    again.args(env::args_os().skip(1)).env(DATA, &data);
    again
        .env(FOLDER, &folder)
        .env("XDG_DATA_DIRS", shared(&data));
    for (variable, place) in PLACES {
        again.env(variable, folder.join(place));
    }
    if let Some(name) = other_name(name) {
        again.arg0(name);
    }
    // Comes back only when it cannot be done.
    let _ = again.exec();
    let _ = fs::remove_dir_all(&folder);
}

/// Ends this program and starts it in the same process: all that was in its memory is gone. Returns
/// only when that cannot be. The one after it finds what it is `handed`.
pub(crate) fn start_anew(handed: &[u8]) {
    let (Some(_), Ok(program)) = (folder(), env::current_exe()) else {
        return;
    };
    // It may have been replaced by another version since.
    if !program.is_file() || handed.len() as u64 > MOST_HANDED {
        return;
    }
    let Ok((after, mut before)) = io::pipe() else {
        return;
    };
    if before.write_all(handed).is_err() {
        return;
    }
    drop(before);
    let mut args = env::args_os();
    let mut again = Command::new(program);
    again.env(HANDED, "").stdin(after);
    if let Some(name) = args.next() {
        again.arg0(name);
    }
    // Comes back only when it cannot be done.
    let _ = again.args(args).exec();
}

/// What the program before this one handed over, if this one took its place. Gives it once.
pub(crate) fn handed() -> Option<Vec<u8>> {
    env::var_os(HANDED)?;
    let mut handed = Vec::new();
    let read = io::stdin().take(MOST_HANDED).read_to_end(&mut handed);
    read.ok().map(|_| handed)
}

/// Ends what the program before this one left, in whose place this one was started: the web view's
/// processes are children of this process still. It could not end them itself: its library takes
/// the death of one that it is just starting for its own end.
fn end_children() {
    for task in fs::read_dir("/proc/self/task")
        .into_iter()
        .flatten()
        .flatten()
    {
        let children = fs::read_to_string(task.path().join("children")).unwrap_or_default();
        let children = children.split_whitespace().filter_map(|id| id.parse().ok());
        for child in children.filter_map(Pid::from_raw) {
            // Either fails only for one that has ended, or was waited for, just now.
            let _ = kill_process(child, Signal::KILL);
            let _ = waitpid(Some(child), WaitOptions::empty());
        }
    }
}

/// Forgets what the libraries have kept so far.
pub(crate) fn clear() {
    for (_, place) in PLACES {
        if let Some(folder) = folder() {
            empty(&folder.join(place));
        }
    }
}

/// Takes the folder away, when the program ends.
pub(crate) fn leave() {
    let Some(folder) = folder() else { return };
    remove(&folder);
    let _ = folder.parent().map(fs::remove_dir);
}

/// The web view's processes go on writing until their very end, and a folder that fills again stays.
/// What cannot be removed is swept by the next start.
fn remove(folder: &Path) {
    for _ in 0..TRIES {
        if fs::remove_dir_all(folder).is_ok() || !folder.exists() {
            break;
        }
        thread::sleep(BETWEEN_TRIES);
    }
}

/// Empties the folders of every program that runs, when everything goes.
pub(crate) fn clear_all(identifier: &str) {
    let folders = base(identifier).map(fs::read_dir);
    for folder in folders.into_iter().flatten().flatten().flatten() {
        for (_, place) in PLACES {
            empty(&folder.path().join(place));
        }
    }
}

fn base(identifier: &str) -> Option<PathBuf> {
    // Without a session there is no folder in memory; then at least one that goes away again.
    let run = dirs::runtime_dir().filter(|run| run.is_dir());
    run.or_else(dirs::cache_dir)
        .map(|place| place.join(identifier))
}

/// Other data is still found where it was: icons and themes of the user, and of the system.
fn shared(data: &Path) -> std::ffi::OsString {
    let system = env::var_os("XDG_DATA_DIRS")
        .filter(|list| !list.is_empty())
        .unwrap_or_else(|| "/usr/local/share:/usr/share".into());
    let mut list = data.as_os_str().to_owned();
    list.push(":");
    list.push(system);
    list
}

fn make(folder: &Path) -> std::io::Result<()> {
    let mut private = fs::DirBuilder::new();
    private.recursive(true).mode(0o700);
    for (_, place) in PLACES {
        private.create(folder.join(place))?;
    }
    Ok(())
}

/// Whatever is open stays usable to whoever has it open; nothing finds it any more. Folders stay:
/// the libraries made them once and expect them.
fn empty(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => empty(&entry.path()),
            // Somebody else may have taken it away just now.
            _ => drop(fs::remove_file(entry.path())),
        }
    }
}

/// Takes away what programs left that were killed.
fn sweep(base: &Path) {
    for folder in fs::read_dir(base).into_iter().flatten().flatten() {
        let name = folder.file_name();
        let Some(process) = name.to_str().and_then(|name| name.parse::<u32>().ok()) else {
            continue;
        };
        if process == std::process::id() || !runs(process) {
            remove(&folder.path());
        }
    }
}

/// A process that ended counts as gone, though nobody may have asked yet how it did.
fn runs(process: u32) -> bool {
    let state = fs::read_to_string(format!("/proc/{process}/stat"));
    let state = state.as_deref().unwrap_or_default().rsplit_once(") ");
    state.is_some_and(|(_, state)| !state.starts_with(['Z', 'X']))
}

/// What lists of processes and of windows show under another name.
fn other_name(name: NameView) -> Option<&'static str> {
    match name {
        NameView::Holdfast => None,
        NameView::Notes => Some("notes"),
        NameView::Calculator => Some("calculator"),
        NameView::Recipes => Some("recipes"),
    }
}

/// Every thread that runs by now, and with them those that they start.
fn set_name(name: NameView) {
    let Some(name) = other_name(name) else {
        return;
    };
    for task in fs::read_dir("/proc/self/task")
        .into_iter()
        .flatten()
        .flatten()
    {
        // Only what is shown; the program is found by its path as before.
        let _ = fs::write(task.path().join("comm"), name);
    }
}
