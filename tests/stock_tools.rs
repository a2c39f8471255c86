//! What Holdfast keeps can be opened and checked without Holdfast (I-6): with an age program and
//! `sha256sum`, by somebody who has never heard of it.
//!
//! An original lies sealed to a hybrid key, which age-encryption opens and Debian's `age` is too old
//! for. For whoever has that one, an original is sealed again to their own key.
#![expect(clippy::unwrap_used, reason = "a test stops at what it cannot do")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use holdfast_tests::{Cli, Coalition, Home, fixtures, list, string, text};
use serde_json::Value;
use tempfile::TempDir;

const PASSPHRASE: &str = "stock tools: eleven oak pegs";
/// At and around age's chunks of 64 KiB, where a stream goes wrong if anywhere; and nothing at all.
const SIZES: [usize; 6] = [0, 1, 65_535, 65_536, 65_537, 3_000_001];

fn tool(name: &str, args: &[&str]) -> Output {
    let output = Command::new(name).args(args).output();
    output.unwrap_or_else(|error| panic!("{name} cannot be started ({error}): run `make setup`"))
}

fn sha256sum(path: &Path) -> String {
    let output = tool("sha256sum", &["--binary", text(path)]);
    assert!(output.status.success(), "{output:?}");
    let line = String::from_utf8(output.stdout).unwrap();
    line.split(' ').next().unwrap().to_owned()
}

/// Runs `tests/age/age.mjs`, that is age-encryption.
fn age_encryption(args: &[&str]) -> Output {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("age");
    assert!(
        folder.join("node_modules/age-encryption").exists(),
        "age-encryption is missing: run `make tests/age/node_modules/.installed`"
    );
    let script = folder.join("age.mjs");
    tool("node", &[&[text(&script)], args].concat())
}

#[derive(Clone, Copy, Debug)]
enum Program {
    AgeEncryption,
    Age,
}

impl Program {
    /// Makes a key of a person's own: the file of its identity, and its recipient.
    fn keygen(self) -> (Vec<u8>, String) {
        let made = match self {
            Self::AgeEncryption => age_encryption(&["keygen", "hybrid"]),
            Self::Age => tool("age-keygen", &[]),
        };
        assert!(made.status.success(), "{made:?}");
        let printed = String::from_utf8(made.stdout).unwrap();
        let word = |start| {
            let mut words = printed.split_whitespace();
            words.find(|word| word.starts_with(start)).unwrap()
        };
        (word("AGE-SECRET-KEY-").into(), word("age1").to_owned())
    }

    fn decrypt(self, key: &Path, sealed: &Path, plain: &Path) -> Output {
        let (key, sealed) = (text(key), text(sealed));
        match self {
            Self::AgeEncryption => age_encryption(&["decrypt", key, sealed, text(plain)]),
            Self::Age => {
                // Not with `-o`, which makes no file for an empty one.
                let opened = tool("age", &["-d", "-i", key, sealed]);
                fs::write(plain, &opened.stdout).unwrap();
                opened
            }
        }
    }
}

/// Where the pieces of one report are exported to, one after the other.
struct Exports<'a> {
    cli: &'a Cli<'a>,
    report: &'a str,
    pieces: Vec<Value>,
    folder: TempDir,
}

impl<'a> Exports<'a> {
    fn of(cli: &'a Cli<'a>, report: &'a str) -> Self {
        let pieces = list(&cli.ok(&["evidence", "list", report])).to_vec();
        assert_eq!(pieces.len(), SIZES.len());
        Self {
            cli,
            report,
            pieces,
            folder: TempDir::new().unwrap(),
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn export(&self, piece: &Value, how: &[&str]) {
        let (object, sealed) = (string(&piece["object"]), self.path("sealed.age"));
        let export = ["evidence", "export", self.report, object];
        let out = ["--out", text(&sealed)];
        self.cli.ok(&[&export[..], &out, how].concat());
    }

    fn decrypt(&self, program: Program, key: &Path) -> Output {
        program.decrypt(key, &self.path("sealed.age"), &self.path("plain"))
    }

    #[track_caller]
    fn expect_opened(&self, piece: &Value, program: Program, key: &Path) {
        let opened = self.decrypt(program, key);
        assert!(opened.status.success(), "{program:?}, {piece}: {opened:?}");
        let plain = self.path("plain");
        assert_eq!(sha256sum(&plain), piece["sha256"], "{program:?}, {piece}");
        assert_eq!(fs::metadata(&plain).unwrap().len(), piece["size"]);
    }

    /// As they are kept, each with the key of its own.
    fn expect_opened_with_their_keys(&self) {
        let key = self.path("key");
        let how = ["--key-out", text(&key)];
        for piece in &self.pieces {
            self.export(piece, &how);
            self.expect_opened(piece, Program::AgeEncryption, &key);
            // If this one does learn of hybrid keys, the guides may say so.
            assert!(!self.decrypt(Program::Age, &key).status.success());
        }
        // A key opens its own piece and no other: the last one's does not open the first.
        let last = fs::read(&key).unwrap();
        self.export(&self.pieces[0], &how);
        fs::write(&key, last).unwrap();
        let opened = self.decrypt(Program::AgeEncryption, &key);
        assert!(!opened.status.success());
    }

    /// Sealed again, to what a person has made with a program of their own.
    fn expect_opened_by_a_person(&self, program: Program) {
        let key = self.path("own-key");
        let (identity, recipient) = program.keygen();
        fs::write(&key, identity).unwrap();
        for piece in &self.pieces {
            self.export(piece, &["--to", &recipient]);
            self.expect_opened(piece, program, &key);
        }
    }
}

fn expect_opened_without_holdfast(cli: &Cli<'_>, report: &str) {
    let exports = Exports::of(cli, report);
    exports.expect_opened_with_their_keys();
    exports.expect_opened_by_a_person(Program::AgeEncryption);
    exports.expect_opened_by_a_person(Program::Age);
}

#[test]
fn age_and_sha256sum_open_and_check_evidence_on_both_sides() {
    let coalition = Coalition::start("Quiet Shore");
    let (home, clear) = (Home::new(), TempDir::new().unwrap());
    let reporter = coalition.reporter(&home, PASSPHRASE);
    let mut add = vec![
        "report",
        "add",
        "--narrative",
        "Осмотр",
        "--send",
        "--consent",
    ];
    let originals = SIZES.map(|size| {
        let original = clear.path().join(format!("{size}.bin"));
        fs::write(&original, fixtures::noise(size, size as u64)).unwrap();
        original
    });
    for original in &originals {
        add.extend(["--evidence", text(original)]);
    }
    let report = string(&reporter.ok(&add)["report"]).to_owned();
    expect_opened_without_holdfast(&reporter, &report);
    reporter.ok(&["sync"]);
    coalition.desk().ok(&["receive"]);
    expect_opened_without_holdfast(&coalition.desk(), &report);

    // The files in a vault are the objects of its records: their names are not, their hashes are.
    let blobs = fs::read_dir(reporter.vault().join("blobs")).unwrap();
    let mut hashes: Vec<_> = blobs.map(|blob| sha256sum(&blob.unwrap().path())).collect();
    let sent = reporter.ok(&["delivery"])["items"].take();
    let sent = list(&sent).iter().map(|item| string(&item["object"]));
    let mut sent: Vec<_> = sent.map(str::to_owned).collect();
    hashes.sort();
    sent.sort();
    assert_eq!(hashes, sent);
}
