//! What Holdfast keeps can be opened and checked without Holdfast (I-6): with an age program and
//! `sha256sum`, by somebody who has never heard of it.
//!
//! An original lies sealed to a hybrid key, which age-encryption opens and `age` before 1.3 does not.
//! For whoever has that one, an original is sealed again to their own key.
#![expect(clippy::unwrap_used, reason = "a test stops at what it cannot do")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use holdfast_tests::{Cli, Coalition, Home, Kind, Program, fixtures, list, string, text};
use serde_json::Value;
use tempfile::TempDir;

const PASSPHRASE: &str = "stock tools: eleven oak pegs";
/// At and around age's chunks of 64 KiB, where a stream goes wrong if anywhere; and nothing at all.
const SIZES: [usize; 6] = [0, 1, 65_535, 65_536, 65_537, 3_000_001];

fn sha256sum(path: &Path) -> String {
    let output = Command::new("sha256sum")
        .args(["--binary", text(path)])
        .output();
    let output = output.unwrap();
    assert!(output.status.success(), "{output:?}");
    let line = String::from_utf8(output.stdout).unwrap();
    line.split(' ').next().unwrap().to_owned()
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
        }
        // A key opens its own piece and no other: the last one's does not open the first.
        let last = fs::read(&key).unwrap();
        self.export(&self.pieces[0], &how);
        fs::write(&key, last).unwrap();
        let opened = self.decrypt(Program::AgeEncryption, &key);
        assert!(!opened.status.success());
    }

    /// Sealed again, to what a person has made with a program of their own.
    fn expect_opened_by_a_person(&self, program: Program, kind: Kind) {
        let key = self.path("own-key");
        let (identity, recipient) = program.keygen(kind);
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
    exports.expect_opened_by_a_person(Program::AgeEncryption, Kind::Hybrid);
    exports.expect_opened_by_a_person(Program::Age, Kind::X25519);
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
    let sent: Vec<_> = sent.map(str::to_owned).collect();
    hashes.retain(|hash| !sent.contains(hash));
    // One more is the note that the recovery words lead to; it is no line of its own.
    assert_eq!(hashes.len(), 1);
    assert_eq!(sent.len(), originals.len() + 1);
}

#[test]
fn what_a_copy_means_is_said_and_a_key_that_will_not_do_is_refused() {
    let (home, clear) = (Home::new(), TempDir::new().unwrap());
    let cli = Cli::new(&home, "vault", PASSPHRASE);
    cli.create(&["--role", "reporter"]);
    let original = clear.path().join("original");
    fs::write(&original, fixtures::noise(1_000, 1)).unwrap();
    let add = [
        "report",
        "add",
        "--narrative",
        "Осмотр",
        "--evidence",
        text(&original),
    ];
    let report = string(&cli.ok(&add)["report"]).to_owned();
    let pieces = cli.ok(&["evidence", "list", &report]);
    let object = string(&list(&pieces)[0]["object"]);
    let out = clear.path().join("out");
    let export = |keys: &[&str]| {
        let export = ["evidence", "export", &report, object, "--out", text(&out)];
        let to: Vec<_> = keys.iter().flat_map(|key| ["--to", key]).collect();
        [&export[..], &to]
            .concat()
            .into_iter()
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    let (_, hybrid) = Program::AgeEncryption.keygen(Kind::Hybrid);
    let (secret, ordinary) = Program::Age.keygen(Kind::X25519);

    let refused: [(&[&str], &str); 4] = [
        (&[&secret], "key_secret"),
        (&[&hybrid, &ordinary], "keys_mixed"),
        (&[&ordinary[..61]], "key_mistyped"),
        (&["ssh-ed25519 AAAA"], "key_other_kind"),
    ];
    for (keys, fault) in refused {
        let args = export(keys);
        let args: Vec<_> = args.iter().map(String::as_str).collect();
        cli.fails(&args, 2, fault);
        assert!(!out.exists(), "{fault}");
    }
    // Nor does a key become the name of a file, or a sealed file go where its key goes.
    let aside = |name: &str| clear.path().join(name);
    for (key_out, fault) in [
        (aside(&ordinary), "usage"),
        (aside(&secret), "key_secret"),
        (out.clone(), "usage"),
    ] {
        let export = ["evidence", "export", &report, object, "--out", text(&out)];
        let how = ["--key-out", text(&key_out)];
        cli.fails(&[&export[..], &how].concat(), 2, fault);
    }
    assert_eq!(fs::read_dir(clear.path()).unwrap().count(), 1);
    // The vault's own files are no place for a copy.
    let keys = cli.vault().join("keys");
    let save = ["evidence", "save", &report, object, "--out", text(&keys)];
    cli.fails(&save, 7, "file_problem");
    cli.ok(&["vault", "open"]);

    let file = clear.path().join("their-key.txt");
    fs::write(
        &file,
        format!("# created: today\n# public key: {ordinary}\n"),
    )
    .unwrap();
    let export_from_file = ["evidence", "export", &report, object, "--out", text(&out)];
    let from_file = cli.ok(&[&export_from_file[..], &["--to-file", text(&file)]].concat());
    assert_eq!(from_file["hybrid"], false);
    for (key, is_hybrid) in [(&hybrid, true), (&ordinary, false)] {
        let args = export(&[key]);
        let args: Vec<_> = args.iter().map(String::as_str).collect();
        let answer = cli.run(&args);
        assert_eq!(answer.code, Some(0));
        assert_eq!(answer.json["hybrid"], is_hybrid);
        assert!(answer.stderr.contains("quantum"), "{}", answer.stderr);
    }
}
