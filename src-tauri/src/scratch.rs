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

/// A pipe takes as much without a reader.
const MOST_HANDED: u64 = 4096;
/// Where the icon beside the clock lies, in the folder.
const ICON: &str = "icon";
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

/// The folder, in a program that was started with one. One that somebody else was started with, and whose
/// environment this program has, is not its own.
pub(crate) fn folder() -> Option<PathBuf> {
    let folder = env::var_os(FOLDER).map(PathBuf::from)?;
    let own = instance(std::process::id())?;
    folder.ends_with(own).then_some(folder)
}

/// Where the icon beside the clock is to lie.
pub(crate) fn icon() -> Option<PathBuf> {
    folder().map(|folder| folder.join(ICON))
}

/// Starts this program once more, in the same process, with a folder of its own and the name it
/// goes by. Returns only when that is done already or cannot be: then it goes on without. Gives what
/// the program before this one handed over; at a first start, nothing.
///
/// It comes through the standard input, which lies on no disk, and every start has one: nothing tells
/// whether it was the first.
pub(crate) fn enter(identifier: &str, name: NameView) -> Vec<u8> {
    let mut handed = Vec::new();
    if folder().is_none() {
        // Comes back only when it cannot be done.
        start_with_folder(identifier, name);
        return handed;
    }
    // What was handed over in part does not read, and is as good as nothing.
    let _ = io::stdin().take(MOST_HANDED).read_to_end(&mut handed);
    if !handed.is_empty() {
        end_children();
    }
    set_name(name);
    handed
}

fn start_with_folder(identifier: &str, name: NameView) -> Option<()> {
    let data = data_home()?;
    let base = bases(identifier).next()?;
    let own = instance(std::process::id())?;
    let program = env::current_exe().ok()?;
    bases(identifier).for_each(|base| sweep(&base));
    let (nothing, _) = io::pipe().ok()?;
    let folder = base.join(own);
    make(&folder).ok()?;
    let mut again = Command::new(program);
    again.args(env::args_os().skip(1)).env(DATA, &data);
    again.stdin(nothing);
    again
        .env(FOLDER, &folder)
        .env("XDG_DATA_DIRS", shared(&data));
    for (variable, place) in PLACES {
        again.env(variable, folder.join(place));
    }
    if let Some(name) = other_name(name) {
        again.arg0(name);
    }
    let _ = again.exec();
    let _ = fs::remove_dir_all(&folder);
    None
}

/// Ends this program and starts it in the same process: all that was in its memory is gone. Returns
/// only when that cannot be. The one after it finds what it is `handed`.
pub(crate) fn start_anew(handed: &[u8]) {
    let (Some(icon), Ok(program)) = (icon(), env::current_exe()) else {
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
    // Another one is put up.
    empty(&icon);
    let mut args = env::args_os();
    let mut again = Command::new(program);
    again.stdin(after);
    if let Some(name) = args.next() {
        again.arg0(name);
    }
    // Comes back only when it cannot be done.
    let _ = again.args(args).exec();
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
    let folders = bases(identifier).filter_map(|base| fs::read_dir(base).ok());
    for folder in folders.flatten().flatten() {
        for (_, place) in PLACES {
            empty(&folder.path().join(place));
        }
    }
}

/// Where folders are made: the first of them is for this program, all may have what others left.
/// Without a session there is no folder in memory; then at least one that goes away again.
fn bases(identifier: &str) -> impl Iterator<Item = PathBuf> {
    let run = dirs::runtime_dir().filter(|run| run.is_dir());
    // This program's own cache folder is another one by now, in a program that was started with one.
    let bases = run.into_iter().chain(dirs::cache_dir());
    bases.map(move |base| base.join(identifier))
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
        let Some(name) = name.to_str() else { continue };
        let process = name.split('-').next().and_then(|id| id.parse().ok());
        let Some(process) = process else { continue };
        if instance(process).is_none_or(|runs| runs != name) {
            remove(&folder.path());
        }
    }
}

/// A process that runs, by its number and the moment when it was started: the number alone is given
/// again. One that ended counts as gone, though nobody may have asked yet how it did.
fn instance(process: u32) -> Option<String> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // What comes before is the program's name, which may hold anything.
    let (_, stat) = stat.rsplit_once(") ")?;
    let started = stat.split(' ').nth(19)?;
    (!stat.starts_with(['Z', 'X'])).then(|| format!("{process}-{started}"))
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
