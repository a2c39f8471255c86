//! What the command line says to somebody who meets it for the first time: what went wrong, and what to
//! do about it. What it refuses, it leaves nothing of; what was written stays.
#![expect(clippy::unwrap_used, reason = "a test stops at what it cannot do")]

use std::fs;
use std::process::Command;

use holdfast_tests::{Answer, CREATE, Cli, Coalition, Home, binary, list, string, text};
use serde_json::{Value, json};

const PASSPHRASE: &str = "seven herrings under ice";

/// What a command says to people, and its exit code.
#[track_caller]
fn said(cli: &Cli<'_>, args: &[&str]) -> (i32, String) {
    let output = cli.plain(args).env("LANG", "C").output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    (
        output.status.code().unwrap(),
        String::from_utf8(said).unwrap(),
    )
}

/// Checks the exit code, and that all of this is said in one line.
#[track_caller]
fn tells(cli: &Cli<'_>, args: &[&str], code: i32, words: &[&str]) {
    let (got, text) = said(cli, args);
    assert_eq!(got, code, "{args:?}: {text}");
    let line = text.lines().next().unwrap_or_default();
    for word in words {
        assert!(line.contains(word), "{args:?} does not say {word}: {text}");
    }
    for of_the_window in [
        "press",
        "Press",
        "this screen",
        "switch",
        "Go back",
        "app keeps",
    ] {
        assert!(!text.contains(of_the_window), "{args:?}: {text}");
    }
}

fn reports(cli: &Cli<'_>) -> Value {
    cli.ok(&["report", "list"])["total"].clone()
}

#[test]
fn a_report_that_cannot_be_written_leaves_nothing_behind() {
    let home = Home::new();
    let cli = Cli::new(&home, "vault", PASSPHRASE);
    cli.ok(&CREATE);
    tells(
        &cli,
        &["report", "add"],
        8,
        &["nothing in it", "--narrative"],
    );
    let missing = ["report", "add", "--narrative", "x", "--evidence", "no/such"];
    tells(&cli, &missing, 7, &["no/such", "no such file"]);
    for (option, value) in [
        ("--when", "2026-13-45"),
        ("--when", "2026-02-29T10:00"),
        ("--country", "12345"),
    ] {
        let args = ["report", "add", "--narrative", "x", option, value];
        tells(&cli, &args, 2, &[value, option]);
    }
    let odd = home.join("fields.json");
    let fields = json!({
        "narrative": "x", "language": null, "kinds": [], "affected": [], "sources": [],
        "when": { "precision": "day", "from": "2026-13-45", "to": null, "zone": null },
        "place": null, "urgent": false,
    });
    fs::write(&odd, fields.to_string()).unwrap();
    let args = ["report", "add", "--from-json", text(&odd)];
    tells(&cli, &args, 2, &["date"]);
    assert_eq!(reports(&cli), 0);

    // What is known in part is taken, and a country alone too.
    let args = ["report", "add", "--when", "2026-03", "--country", "kg"];
    let report = cli.ok(&args);
    assert_eq!(report["fields"]["when"]["precision"], "month");
    assert_eq!(report["fields"]["place"]["country"], "KG");
    // Nor does a change that fails leave a draft.
    let id = string(&report["report"]);
    tells(
        &cli,
        &["report", "edit", id, "--from-json", text(&odd)],
        2,
        &["date"],
    );
    tells(&cli, &["evidence", "add", id, "no/such"], 7, &["no/such"]);
    assert_eq!(cli.ok(&["report", "show", id])["has_draft"], false);

    // What was written and could not be finished stays as a draft, and it is said which.
    let mut fields = fields;
    fields["when"] = Value::Null;
    fs::write(&odd, fields.to_string()).unwrap();
    // A file that is there and cannot be read.
    let args = [
        "report",
        "add",
        "--evidence",
        "/proc/self/mem",
        "--from-json",
    ];
    let (code, said) = said(&cli, &[&args[..], &[text(&odd)]].concat());
    assert_eq!(code, 7);
    let draft = said.split_whitespace().skip_while(|word| *word != "draft");
    let draft = draft.clone().nth(1).unwrap().trim_end_matches(';');
    let kept = cli.ok(&["report", "show", draft]);
    assert_eq!(kept["fields"]["narrative"], "x");
}

#[test]
fn a_draft_is_shown_and_says_how_to_go_on() {
    let home = Home::new();
    let cli = Cli::new(&home, "vault", PASSPHRASE);
    cli.ok(&CREATE);
    let args = ["report", "add", "--narrative", "two men", "--draft"];
    let draft = cli.ok(&args);
    let id = string(&draft["report"]);
    assert_eq!(cli.ok(&["report", "show", id]), draft);
    let (_, shown) = said(&cli, &["report", "show", id]);
    let go_on = format!("holdfast report edit {id}");
    assert!(
        shown.contains("two men") && shown.contains(&go_on),
        "{shown}"
    );
    for more in [&[][..], &["--dry-run"]] {
        let args = [&["report", "send", id], more].concat();
        tells(&cli, &args, 4, &["draft", "holdfast report edit"]);
    }
    assert_eq!(list(&cli.ok(&["evidence", "list", id])).len(), 0);
}

#[test]
fn whoever_makes_a_vault_is_told_what_the_words_are_for() {
    let home = Home::new();
    let cli = Cli::new(&home, "vault", PASSPHRASE);
    tells(&cli, &CREATE, 0, &["24 recovery words", "paper", "invite"]);
    tells(&cli, &["sync"], 8, &["holdfast join"]);
    tells(&cli, &["panic", "--yes"], 0, &["keys are gone"]);
    cli.ok(&CREATE);
    let (_, gone) = said(&cli, &["panic", "--yes"]);
    assert!(gone.contains("24 words and an invite"), "{gone}");
    tells(&cli, &["report", "list"], 3, &["holdfast vault create"]);

    let desk = Cli::new(&home, "desk", PASSPHRASE);
    let create = ["vault", "create", "--role", "desk", "--kdf-cost", "floor"];
    tells(&desk, &create, 2, &["--name", "--endpoint"]);
    let at = |url| [&create[..], &["--name", "D", "--endpoint", url]].concat();
    tells(&desk, &at("http://example.org"), 5, &["https://"]);
    tells(
        &desk,
        &at("http://127.0.0.1:9"),
        0,
        &["bring nothing back yet"],
    );
    tells(&desk, &["sync"], 8, &["holdfast invite"]);
}

#[test]
fn without_a_terminal_it_says_which_option_gives_the_passphrase() {
    let home = Home::new();
    let cli = Cli::new(&home, "vault", PASSPHRASE);
    cli.ok(&CREATE);
    let mut command = Command::new("setsid");
    command.arg("--wait").arg(binary("holdfast"));
    command
        .arg("--vault")
        .arg(cli.vault())
        .args(["vault", "open"]);
    home.house(&mut command);
    let output = command.output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(7), "{said}");
    assert!(said.contains("--passphrase-file"), "{said}");
}

#[test]
fn what_would_be_sent_is_shown_and_a_desk_is_told_what_it_does_not_do() {
    let (mut coalition, home) = (Coalition::start("Quiet Shore"), Home::new());
    let cli = coalition.reporter(&home, PASSPHRASE);
    let report = cli.ok(&["report", "add", "--narrative", "two men waited"]);
    let id = string(&report["report"]);
    let (code, dry) = said(&cli, &["report", "send", id, "--dry-run"]);
    for part in [
        "Quiet Shore",
        "two men waited",
        "0 files",
        "--consent",
        "nothing was sent",
    ] {
        assert!(dry.contains(part), "{part}: {dry}");
    }
    assert_eq!(
        (code, &cli.ok(&["report", "show", id])["state"]),
        (0, &json!("saved"))
    );
    tells(&cli, &["report", "send", id], 8, &["--consent"]);

    cli.ok(&["report", "send", id, "--consent"]);
    cli.ok(&["report", "edit", id, "--place", "Osh"]);
    cli.ok(&["report", "send", id]);
    tells(&cli, &["sync"], 0, &["4 delivered"]);
    // Two bundles, and one report.
    let desk = coalition.desk();
    tells(
        &desk,
        &["sync"],
        0,
        &["2 fetched", "new or changed: 1 report"],
    );
    tells(
        &desk,
        &["report", "thin", id, "--everything"],
        8,
        &["desk removes nothing"],
    );
    tells(
        &desk,
        &["report", "send", id],
        8,
        &["desk sends no reports"],
    );
    let (_, exposed) = said(&cli, &["exposure"]);
    assert!(
        exposed.contains("1 report;") && !exposed.contains("to 0"),
        "{exposed}"
    );
    tells(&cli, &["settings"], 0, &["that of the device"]);

    coalition.endpoint.stop();
    let (few, whole) = (home.join("few"), home.join("whole"));
    fs::write(&few, "art ".repeat(23)).unwrap();
    fs::write(&whole, "abandon ".repeat(23) + "art").unwrap();
    let invite = coalition.invite();
    let new = Cli::new(&home, "new", PASSPHRASE);
    let from = |words| ["recover", "--words-file", words, "--invite", text(&invite)];
    tells(&new, &from(text(&few)), 2, &["there must be 24"]);
    tells(
        &new,
        &from(text(&whole)),
        5,
        &["cannot be reached", "same command"],
    );
    tells(&new, &from("no/such"), 7, &["no/such"]);
    assert!(!new.vault().exists());
}

#[test]
fn the_codes_for_programs_are_what_they_were() {
    let home = Home::new();
    let cli = Cli::new(&home, "vault", PASSPHRASE);
    let answer = |args: &[&str]| -> (Option<i32>, Option<String>) {
        let answer: Answer = cli.run(args);
        (answer.code, answer.fault().map(str::to_owned))
    };
    let is = |code, fault: &str| (Some(code), Some(fault.to_owned()));
    assert_eq!(answer(&["report", "list"]), is(3, "no_vault"));
    cli.ok(&CREATE);
    assert_eq!(answer(&["report", "add"]), is(8, "nothing_written"));
    let draft = cli.ok(&["report", "add", "--narrative", "x", "--draft"]);
    let send = ["report", "send", string(&draft["report"])];
    assert_eq!(answer(&send), is(4, "no_such_report"));
    let missing = ["report", "add", "--evidence", "no/such"];
    assert_eq!(answer(&missing), is(7, "file"));
}
