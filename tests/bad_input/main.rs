//! What a program is given when things are against it: damaged files, files from the future, a
//! full disk, a second process, names and words nobody thought of.
//!
//! In every case it says what is wrong by its code, changes not one byte of what it could not read,
//! and never begins anew over it (I-15); what was there before is there afterwards and opens.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test stops at what it cannot do, or says that it did not try"
)]

mod disk;
mod odd;
mod travel;
mod vault;

use std::collections::BTreeMap;
use std::fs::{self, OpenOptions};
use std::path::{Path, PathBuf};

use holdfast_tests::{
    Answer, CREATE, Cli, Home, contents, copy_folder, fixtures, sha256, string, text,
};
use serde_json::Value;
use tempfile::TempDir;

const PASSPHRASE: &str = "bad input: nine grey geese";
const WORDS: &str = "Обыск начался в шесть утра.";

fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

/// A vault with one report and one piece of evidence, which every damage must leave alone.
struct Kept {
    home: Home,
    clear: TempDir,
    report: String,
    object: String,
    shown: Value,
}

impl Kept {
    fn new() -> Self {
        let (home, clear) = (Home::new(), folder());
        let original = clear.path().join("picture.jpg");
        fs::write(&original, fixtures::noise(300_000, 3)).unwrap();
        let cli = Cli::new(&home, "vault", PASSPHRASE);
        cli.create(&["--role", "reporter"]);
        let add = [
            "report",
            "add",
            "--narrative",
            WORDS,
            "--evidence",
            text(&original),
        ];
        let shown = cli.ok(&add);
        Self {
            report: string(&shown["report"]).to_owned(),
            object: string(&shown["evidence"][0]["object"]).to_owned(),
            home,
            clear,
            shown,
        }
    }

    fn cli(&self) -> Cli<'_> {
        Cli::new(&self.home, "vault", PASSPHRASE)
    }

    /// A copy of the vault, to be damaged.
    fn copy(&self, name: &str) -> Cli<'_> {
        let copy = Cli::new(&self.home, name, PASSPHRASE);
        copy_folder(self.cli().vault(), copy.vault());
        copy
    }

    /// Saves the evidence out of a vault.
    fn save(&self, cli: &Cli<'_>, out: &Path) -> Answer {
        cli.run(&[
            "evidence",
            "save",
            &self.report,
            &self.object,
            "--out",
            text(out),
        ])
    }

    /// Checks that a vault still has it all.
    fn expect_whole(&self, cli: &Cli<'_>) {
        assert_eq!(cli.ok(&["report", "show", &self.report]), self.shown);
        let out = self.clear.path().join("copy");
        assert_eq!(self.save(cli, &out).code, Some(0));
        assert_eq!(self.shown["evidence"][0]["sha256"], sha256(&out));
    }
}

/// Checks that opening fails for one of these reasons, with their exit codes, that making a vault
/// there is refused too, and that neither changes a byte.
#[track_caller]
fn expect_refused(cli: &Cli<'_>, reasons: &[(i32, &str)]) {
    let before = bytes(cli.vault());
    for args in [
        &["vault", "open"][..],
        &["report", "list"],
        &["report", "add", "--narrative", "x"],
    ] {
        let answer = cli.run(args);
        let reason = (answer.code.unwrap(), answer.fault().unwrap());
        assert!(
            reasons.contains(&reason),
            "{args:?} answered {answer:?}, not {reasons:?}"
        );
        assert_eq!(bytes(cli.vault()), before);
    }
    cli.fails(&CREATE, 3, "vault_exists");
    assert_eq!(cli.ok(&["vault", "status"])["phase"], "locked");
    assert_eq!(bytes(cli.vault()), before);
}

/// What lies in a vault. A log that SQLite made and wrote nothing into is nothing, and the guard says
/// when the vault was last opened.
fn bytes(vault: &Path) -> BTreeMap<PathBuf, Option<String>> {
    let mut bytes = contents(vault);
    for log in ["a.db-wal", "b.db-wal"] {
        if fs::metadata(vault.join(log)).is_ok_and(|log| log.len() == 0) {
            bytes.remove(Path::new(log));
        }
    }
    bytes.remove(Path::new("guard"));
    bytes
}

fn flip(path: &Path, byte: usize, bit: usize) {
    let mut bytes = fs::read(path).unwrap();
    bytes[byte] ^= 1 << bit;
    fs::write(path, bytes).unwrap();
}

fn cut(path: &Path, length: usize) {
    let file = OpenOptions::new().write(true).open(path).unwrap();
    file.set_len(length as u64).unwrap();
}
