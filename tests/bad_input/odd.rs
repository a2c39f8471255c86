//! Names, words, files and clocks nobody thought of.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use holdfast_tests::{CREATE, Cli, Coalition, Home, fixtures, list, sha256, string, text};
use serde_json::{Value, json};

use crate::{Kept, PASSPHRASE, WORDS, folder};

#[test]
fn file_names_of_all_kinds_arrive_as_they_were() {
    let coalition = Coalition::start("Quiet Shore");
    let (home, clear) = (Home::new(), folder());
    let reporter = coalition.reporter(&home, PASSPHRASE);
    let mut names: Vec<String> = [
        "фото с площади.jpg",
        "მოწმე.pdf",
        "վկա.mp4",
        "شاهد.mp4",
        "证人 📷.png",
        "साक्षी.txt",
        "Oʻzbek gʻijjak.ogg",
        "e\u{301}te\u{301}.txt",
        "👩‍👩‍👧‍👦.jpg",
        "a\u{202e}gpj.exe",
        "line\nbreak.txt",
        "tab\there\r.txt",
        "bell\u{7}\u{1b}[31m.txt",
        "..%2f..%2fetc%2fpasswd",
        "..\\..\\windows",
        "-rf",
        "--json",
        " leading",
        "trailing. ",
        "CON",
        "a:b|c?d*e\"f<g>.txt",
        "$(touch x)`y`;z&.sh",
        ".hidden",
        "...",
    ]
    .map(str::to_owned)
    .into();
    names.push("я".repeat(125) + ".mp4 ");
    names.push("x".repeat(255));
    assert_eq!(names[names.len() - 2].len(), 255);
    let mut originals = BTreeMap::new();
    for (number, name) in (0..).zip(&names) {
        let original = clear.path().join(name);
        fs::write(&original, fixtures::noise(100 + number, number as u64)).unwrap();
        originals.insert(name.clone(), original);
    }
    let mut add = vec!["report", "add", "--narrative", WORDS, "--send", "--consent"];
    let paths: Vec<String> = originals
        .values()
        .map(|path| format!("--evidence={}", text(path)))
        .collect();
    add.extend(paths.iter().map(String::as_str));
    let report = string(&reporter.ok(&add)["report"]).to_owned();
    reporter.ok(&["sync"]);
    let desk = coalition.desk();
    desk.ok(&["receive"]);

    let evidence = desk.ok(&["evidence", "list", &report]);
    let evidence = list(&evidence);
    assert_eq!(evidence.len(), names.len());
    let saved = folder();
    for piece in evidence {
        let name = string(&piece["name"]);
        // Under the name it had, as a window would propose.
        let (object, out) = (string(&piece["object"]), saved.path().join(name));
        desk.ok(&["evidence", "save", &report, object, "--out", text(&out)]);
        assert_eq!(sha256(&out), sha256(&originals[name]), "{name:?}");
    }
    assert_eq!(fs::read_dir(saved.path()).unwrap().count(), names.len());

    // Nothing in a name or a narrative moves a terminal's cursor, or looks like a line of ours.
    for args in [
        &["report", "show", &report][..],
        &["evidence", "list", &report],
        &["report", "list"],
    ] {
        expect_harmless(&desk.plain(args).output().unwrap());
    }
    let lines = desk
        .plain(&["evidence", "list", &report])
        .output()
        .unwrap()
        .stdout;
    assert_eq!(
        String::from_utf8(lines).unwrap().lines().count(),
        names.len()
    );
}

/// Checks that what is shown to a person moves no terminal's cursor.
#[track_caller]
fn expect_harmless(output: &Output) {
    assert!(output.status.success(), "{output:?}");
    let shown = String::from_utf8(output.stdout.clone()).unwrap();
    let odd = shown.chars().find(|c| c.is_control() && *c != '\n');
    assert_eq!(odd, None, "{shown:?}");
}

#[test]
fn files_that_are_none_are_refused_and_odd_ones_taken() {
    let kept = Kept::new();
    let cli = kept.cli();
    let path = |name: &str| kept.clear.path().join(name);
    let add = |path: &Path| {
        let mut command = cli.command(&["evidence", "add", &kept.report]);
        let output = command.arg(path).output().unwrap();
        let json: Value = serde_json::from_slice(&output.stdout).unwrap();
        (output.status.code(), json)
    };
    fs::create_dir(path("folder")).unwrap();
    for none in [path("nowhere"), path("folder"), path("folder/..")] {
        assert_eq!(
            (add(&none).0, &add(&none).1["code"]),
            (Some(7), &json!("file")),
            "{none:?}"
        );
    }
    File::create(path("empty")).unwrap();
    let (code, added) = add(&path("empty"));
    assert_eq!((code, &added[0]["size"]), (Some(0), &json!(0)));
    // Not UTF-8: the bytes count, and the name is shown as well as it can be.
    let odd = kept
        .clear
        .path()
        .join(OsStr::from_bytes(b"\xd0\xbf\xff\xfe.jpg"));
    fs::write(&odd, b"latin").unwrap();
    let (code, added) = add(&odd);
    assert_eq!(
        (code, &added[0]["name"]),
        (Some(0), &json!("п\u{fffd}\u{fffd}.jpg"))
    );
    assert_eq!(added[0]["sha256"], sha256(&odd));
    // Through a link, under the link's name.
    symlink(&odd, path("link.png")).unwrap();
    assert_eq!(add(&path("folder/../link.png")).1[0]["name"], "link.png");
    let report = &kept.report;
    cli.fails(&["report", "show", "../../etc/passwd"], 4, "no_such_report");
    cli.fails(
        &["evidence", "save", report, "zz", "--out", "/x/y"],
        4,
        "no_such_evidence",
    );
    cli.ok(&["report", "edit", report]);
    assert_eq!(list(&cli.ok(&["evidence", "list", report])).len(), 4);
}

#[test]
fn words_of_all_kinds_are_kept_as_they_are() {
    let (home, clear) = (Home::new(), folder());
    let cli = Cli::new(&home, "vault", PASSPHRASE);
    cli.ok(&CREATE);
    let json = clear.path().join("fields.json");
    let add = |narrative: &str| {
        let fields = json!({ "narrative": narrative, "place": { "text": narrative.chars().take(50).collect::<String>() } });
        fs::write(&json, fields.to_string()).unwrap();
        cli.run(&["report", "add", "--from-json", text(&json)])
    };
    let all: String = ('\0'..=char::MAX).step_by(97).collect();
    let long = "Жалоба № 7: они снова пришли. ".repeat(10_000);
    assert!(long.len() > 500_000);
    let odd = [
        "اعتقلوا أخي عند الفجر \u{202e}\u{2066} ثم أطلقوا سراحه",
        "👮‍♀️🚔🏴‍☠️",
        "a\0b",
        "\u{1b}]0;title\u{7}\u{1b}[2J",
        "\u{feff}\u{200b}\u{a0}x",
        "'; DROP TABLE incidents; --",
        "\" OR * NEAR(",
        "<script>alert(1)</script>",
        "\r\n\r\n",
        "%s%n{}\\",
        "z̸̡͍͔a̵l̶g̴o",
        &all,
        &long,
    ];
    for narrative in odd {
        let start: String = narrative.chars().take(30).collect();
        let answer = add(narrative);
        assert_eq!(answer.code, Some(0), "{start:?}: {answer:?}");
        let report = string(&answer.json["report"]);
        let shown = cli.ok(&["report", "show", report]);
        assert!(
            shown["fields"]["narrative"] == narrative,
            "{start:?} came back changed"
        );
        let plain = cli.plain(&["report", "show", report]).output().unwrap();
        expect_harmless(&plain);
        // Any words can be asked for.
        cli.ok(&["report", "search", "--", &start.replace('\0', "")]);
    }
    assert_eq!(cli.ok(&["report", "list"])["total"], odd.len());
    assert_eq!(cli.ok(&["report", "search", "жалоба", "прих"])["total"], 0);
    assert_eq!(cli.ok(&["report", "search", "жалоб", "приш"])["total"], 1);

    // More than an entry holds: said so, and kept as a draft.
    let answer = add(&long.repeat(4));
    assert_eq!((answer.code, answer.fault()), (Some(8), Some("too_large")));
    assert_eq!(cli.ok(&["report", "list"])["items"][0]["state"], "draft");
    cli.fails(&["report", "add"], 8, "nothing_written");
    fs::write(&json, "{\"narrative\": 7}").unwrap();
    assert_eq!(
        cli.run(&["report", "add", "--from-json", text(&json)]).code,
        Some(2)
    );
}

#[test]
fn a_clock_in_1970_harms_nothing() {
    let there = Command::new("faketime")
        .arg("--version")
        .stdout(Stdio::null())
        .status();
    if there.is_err() {
        println!("not tested: there is no faketime here");
        return;
    }
    let coalition = Coalition::start("Quiet Shore");
    let home = Home::new();
    let cli = Cli::new(&home, "vault", PASSPHRASE);
    let invite = coalition.invite();
    for args in [
        &CREATE[..],
        &["join", text(&invite)],
        &["report", "add", "--narrative", WORDS, "--send", "--consent"],
        &["sync"],
    ] {
        let command = cli.command(args);
        let mut faked = Command::new("faketime");
        faked
            .arg("1970-01-01 00:00:07")
            .arg(command.get_program())
            .args(command.get_args());
        let set = command
            .get_envs()
            .filter_map(|(name, value)| Some((name, value?)));
        let output = faked.envs(set).output().unwrap();
        assert!(output.status.success(), "{args:?}: {output:?}");
    }
    let report = &cli.ok(&["report", "list"])["items"][0];
    assert!(report["changed_at"].as_i64().unwrap() < 86_400_000);
    assert_eq!(report["state"], "held");
    coalition.desk().ok(&["receive"]);
    let report = string(&report["report"]);
    assert_eq!(
        coalition.desk().ok(&["report", "show", report])["fields"]["narrative"],
        WORDS
    );
}
