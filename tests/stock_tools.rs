//! What Holdfast keeps can be opened and checked without Holdfast (I-6): with Debian's `age` and
//! `sha256sum`, by somebody who has never heard of it.
#![expect(clippy::unwrap_used, reason = "a test stops at what it cannot do")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use holdfast_tests::{Cli, Coalition, Home, fixtures, list, string, text};
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

/// Exports every piece of a report and opens it with age.
fn expect_opened_by_age(cli: &Cli<'_>, report: &str) {
    let folder = TempDir::new().unwrap();
    let path = |name: &str| folder.path().join(name);
    let (sealed, key, plain) = (path("sealed.age"), path("key"), path("plain"));
    let evidence = cli.ok(&["evidence", "list", report]);
    let evidence = list(&evidence);
    assert_eq!(evidence.len(), SIZES.len());
    for piece in evidence {
        let object = string(&piece["object"]);
        let export = ["evidence", "export", report, object, "--out", text(&sealed)];
        cli.ok(&[&export[..], &["--key-out", text(&key)]].concat());
        let opened = tool("age", &["-d", "-i", text(&key), text(&sealed)]);
        assert!(opened.status.success(), "{piece}: {opened:?}");
        fs::write(&plain, opened.stdout).unwrap();
        assert_eq!(sha256sum(&plain), piece["sha256"], "{piece}");
        assert_eq!(fs::metadata(&plain).unwrap().len(), piece["size"]);
    }
    // A key opens its own piece and no other: the last one's does not open the first.
    let last = fs::read(&key).unwrap();
    let first = string(&evidence[0]["object"]);
    let export = ["evidence", "export", report, first, "--out", text(&sealed)];
    cli.ok(&[&export[..], &["--key-out", text(&key)]].concat());
    fs::write(&key, last).unwrap();
    let opened = tool("age", &["-d", "-i", text(&key), text(&sealed)]);
    assert!(!opened.status.success());
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
    expect_opened_by_age(&reporter, &report);
    reporter.ok(&["sync"]);
    coalition.desk().ok(&["receive"]);
    expect_opened_by_age(&coalition.desk(), &report);

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
