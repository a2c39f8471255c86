//! A file system of its own in a file, so that the bytes of the medium can be looked at.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

const SIZE: u64 = 64 << 20;

/// An ext4 file system in an image file, mounted as the system mounts any: `data=ordered`, so that
/// the journal has metadata alone.
#[derive(Debug)]
pub struct Image {
    folder: TempDir,
    mounted: bool,
}

impl Image {
    /// Makes and mounts one; `None`, with a word on the screen, where that is not allowed.
    ///
    /// # Panics
    /// When it is allowed and fails.
    pub fn mount() -> Option<Self> {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let owner = std::os::unix::fs::MetadataExt::uid(&folder.path().metadata().ok()?);
        if owner != 0 || !Path::new("/dev/loop-control").exists() {
            skipped("no loop-mounted image: that needs root and loop devices");
            return None;
        }
        let mut image = Self {
            folder,
            mounted: false,
        };
        let file = fs::File::create(image.file()).expect("a file can be made");
        file.set_len(SIZE).expect("it can be made long");
        fs::create_dir(image.path()).expect("a folder can be made");
        system("mkfs.ext4", &["-q", "-F"], &[&image.file()]);
        if !image.try_mount() {
            skipped("no loop-mounted image: mounting is not allowed here");
            return None;
        }
        Some(image)
    }

    /// Where it is mounted.
    pub fn path(&self) -> PathBuf {
        self.folder.path().join("mounted")
    }

    /// Mounts it again after [`bytes`](Self::bytes).
    ///
    /// # Panics
    /// When that fails.
    pub fn mount_again(&mut self) {
        assert!(self.try_mount(), "the image can be mounted again");
    }

    fn try_mount(&mut self) -> bool {
        let mut command = Command::new("mount");
        command
            .args(["-o", "loop"])
            .arg(self.file())
            .arg(self.path());
        self.mounted = command.status().is_ok_and(|status| status.success());
        self.mounted
    }

    /// Unmounts it, and gives every byte of the medium.
    ///
    /// # Panics
    /// When somebody still has a file open on it.
    pub fn bytes(&mut self) -> Vec<u8> {
        fs::read(self.unmounted()).expect("the image can be read")
    }

    /// Unmounts it, and gives the file that it is in.
    ///
    /// # Panics
    /// When somebody still has a file open on it.
    pub fn unmounted(&mut self) -> PathBuf {
        system("umount", &[], &[&self.path()]);
        self.mounted = false;
        self.file()
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("image")
    }
}

impl Drop for Image {
    fn drop(&mut self) {
        if self.mounted {
            // A process that a failing test left behind may still use it; it goes when that does.
            let _ = Command::new("umount").arg("-l").arg(self.path()).status();
        }
    }
}

/// Says that something was not tested here, where nothing swallows it.
pub fn skipped(what: &str) {
    // If there is nobody to tell, there is nobody to mislead.
    let _ = writeln!(io::stderr(), "SKIPPED: {what}");
}

fn system(program: &str, options: &[&str], paths: &[&Path]) {
    let mut command = Command::new(program);
    // Programs of the system's owner are not on everybody's path.
    let path = std::env::var("PATH").unwrap_or_default();
    command.env("PATH", format!("{path}:/usr/sbin:/sbin"));
    let output = command.args(options).args(paths).output();
    let output = output.unwrap_or_else(|error| panic!("{program} ({error}): run `make setup`"));
    assert!(output.status.success(), "{program} {paths:?}: {output:?}");
}
