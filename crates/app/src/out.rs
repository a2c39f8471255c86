//! Files written out of the vault, to where a person says.

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

use rand_core::Rng as _;

use crate::{App, system, view::Fault};

impl App {
    /// Writes a file that only its owner can read, syncs it, and puts it at `path` when it is whole.
    /// A file that is there already is replaced then and not before.
    ///
    /// A process killed on the way leaves nothing behind, where the system can keep a file without a
    /// name (Linux); elsewhere a hidden `.….part`.
    pub(crate) fn write_out(
        &self,
        path: &Path,
        write: impl FnOnce(&mut File) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        self.refuse_place(path)?;
        let _underway = self.underway();
        let mut part = Part::beside(path).map_err(|error| Fault::from(&error))?;
        write(&mut part.file)?;
        let placed = part.file.sync_all().and_then(|()| part.put_at(path));
        placed.map_err(|error| Fault::from(&error))
    }

    /// The vault's own folder would lose a file of the vault, and a panic would not reach what was
    /// put there; and what is no ordinary file is not to be replaced by one.
    fn refuse_place(&self, path: &Path) -> Result<(), Fault> {
        let real = |path: &Path| path.canonicalize().map_err(|error| Fault::from(&error));
        path.file_name().ok_or(Fault::FileProblem)?;
        let folder = match path.parent() {
            Some(folder) if folder != Path::new("") => real(folder)?,
            _ => real(Path::new("."))?,
        };
        let in_vault = real(&self.directory()).is_ok_and(|vault| folder.starts_with(vault));
        let odd = fs::metadata(path).is_ok_and(|there| !there.is_file());
        if in_vault || odd {
            Err(Fault::FileProblem)
        } else {
            Ok(())
        }
    }
}

/// A file on its way. Dropped before it has its place, it is gone.
struct Part {
    file: File,
    name: PathBuf,
    named: bool,
}

impl Part {
    fn beside(path: &Path) -> io::Result<Self> {
        // Not the name with an ending: that one may be somebody's, or too long for the disk.
        let number = system::rng().next_u64();
        let name = path.with_file_name(format!(".{number:016x}.part"));
        let (file, named) = match nameless(&name) {
            Some(file) => (file, false),
            None => (create_private(&name)?, true),
        };
        Ok(Self { file, name, named })
    }

    fn put_at(mut self, path: &Path) -> io::Result<()> {
        if !self.named {
            give_name(&self.file, &self.name)?;
            self.named = true;
        }
        fs::rename(&self.name, path)?;
        self.named = false;
        Ok(())
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        if self.named {
            // The fault that led here is the one to tell.
            let _ = fs::remove_file(&self.name);
        }
    }
}

/// A file in the folder of `name` that has no name yet, if the disk can have such.
#[cfg(target_os = "linux")]
fn nameless(name: &Path) -> Option<File> {
    use rustix::fs::{Mode, OFlags, open};
    let folder = name.parent().filter(|folder| *folder != Path::new(""));
    let flags = OFlags::TMPFILE | OFlags::RDWR | OFlags::CLOEXEC;
    // It is given its name by way of its number there.
    Path::new("/proc/self/fd").exists().then_some(())?;
    let file = open(
        folder.unwrap_or(Path::new(".")),
        flags,
        Mode::RUSR | Mode::WUSR,
    );
    file.ok().map(File::from)
}

#[cfg(not(target_os = "linux"))]
fn nameless(_: &Path) -> Option<File> {
    None
}

#[cfg(target_os = "linux")]
fn give_name(file: &File, name: &Path) -> io::Result<()> {
    use rustix::fs::{AtFlags, CWD, linkat};
    let number = std::os::fd::AsRawFd::as_raw_fd(file);
    let from = format!("/proc/self/fd/{number}");
    Ok(linkat(CWD, from, CWD, name, AtFlags::SYMLINK_FOLLOW)?)
}

#[cfg(not(target_os = "linux"))]
fn give_name(_: &File, _: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Makes a file that only its owner can read, where the system knows such a thing.
fn create_private(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

#[cfg(test)]
mod tests {
    use std::{fs, io::Write as _};

    use super::*;

    fn app() -> (tempfile::TempDir, App) {
        let dir = tempfile::tempdir().unwrap();
        fs::create_dir(dir.path().join("vault")).unwrap();
        fs::create_dir(dir.path().join("out")).unwrap();
        let app = App::new(dir.path().join("vault"), |_| {});
        (dir, app)
    }

    fn written(app: &App, path: &Path, bytes: &[u8]) -> Result<(), Fault> {
        app.write_out(path, |file| {
            file.write_all(bytes).map_err(|error| Fault::from(&error))
        })
    }

    #[test]
    fn a_file_is_replaced_when_the_new_one_is_whole() {
        let (dir, app) = app();
        let path = dir.path().join("out/copy");
        written(&app, &path, b"one").unwrap();
        written(&app, &path, b"another").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"another");
        let broken = app.write_out(&path, |file| {
            file.write_all(b"half").unwrap();
            Err(Fault::EvidenceDamaged)
        });
        assert_eq!(broken, Err(Fault::EvidenceDamaged));
        assert_eq!(fs::read(&path).unwrap(), b"another");
        assert_eq!(fs::read_dir(dir.path().join("out")).unwrap().count(), 1);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn what_is_not_whole_has_no_name_that_a_kill_could_leave() {
        let (dir, app) = app();
        let out = dir.path().join("out");
        app.write_out(&out.join("copy"), |file| {
            file.write_all(b"a face").unwrap();
            assert_eq!(fs::read_dir(&out).unwrap().count(), 0);
            Ok(())
        })
        .unwrap();
        assert_eq!(fs::read(out.join("copy")).unwrap(), b"a face");
    }

    #[test]
    fn a_disk_that_knows_no_nameless_files_gets_a_named_one() {
        let (dir, _) = app();
        let path = dir.path().join("out/copy");
        let name = dir.path().join("out/.part");
        let file = create_private(&name).unwrap();
        let part = |file| Part {
            file,
            name: name.clone(),
            named: true,
        };
        part(file).put_at(&path).unwrap();
        assert!(path.exists() && !name.exists());
        drop(part(create_private(&name).unwrap()));
        assert!(!name.exists(), "given up, it is gone");
    }

    #[test]
    fn nothing_is_put_into_the_vault_or_over_what_is_no_file() {
        let (dir, app) = app();
        let keys = dir.path().join("vault/keys");
        fs::write(&keys, b"slots").unwrap();
        let folder = dir.path().join("out/folder");
        fs::create_dir(&folder).unwrap();
        for path in [&keys, &dir.path().join("out/../vault/new"), &folder] {
            assert_eq!(
                written(&app, path, b"x"),
                Err(Fault::FileProblem),
                "{path:?}"
            );
        }
        assert_eq!(fs::read(&keys).unwrap(), b"slots");
        #[cfg(unix)]
        {
            let socket = dir.path().join("out/socket");
            let _listener = std::os::unix::net::UnixListener::bind(&socket).unwrap();
            assert_eq!(written(&app, &socket, b"x"), Err(Fault::FileProblem));
        }
    }
}
