//! The day after: a device is destroyed, and its owner starts again with 24 words and an invite.
//!
//! Everything that was delivered comes back, verifies and is found; what is missing is what was not
//! delivered, and nothing else. The desk learns of the new device, answers there, and flags what the
//! old one sends after it was declared lost.
#![expect(clippy::unwrap_used, reason = "a test stops at what it cannot do")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use holdfast_tests::{
    Cli, Coalition, Home, contents, copy_folder, fixtures, list, number, sha256, string, text,
};
use serde_json::{Value, json};
use tempfile::TempDir;

const PASSPHRASE: &str = "before: nine grey herons waiting";
const AFTER: &str = "after: eleven grey herons landing";

/// How many reports are delivered before the device is destroyed.
const DELIVERED: usize = 200;

/// A reporter with a coalition, who wrote the recovery words on paper.
struct Reporter {
    coalition: Coalition,
    home: Home,
    paper: TempDir,
}

impl Reporter {
    fn new() -> Self {
        let reporter = Self {
            coalition: Coalition::start("Far Bank"),
            home: Home::new(),
            paper: TempDir::new().unwrap(),
        };
        let old = reporter.old();
        let made = old.ok(&[
            "vault",
            "create",
            "--kdf-cost",
            "floor",
            "--role",
            "reporter",
        ]);
        let words: Vec<&str> = list(&made["words"]).iter().map(string).collect();
        assert_eq!(words.len(), 24);
        // As somebody types them: capitals, numbers, four letters of each.
        let typed: String = (1..)
            .zip(&words)
            .map(|(at, word)| format!("{at}. {}\n", word[..word.len().min(4)].to_uppercase()))
            .collect();
        fs::write(reporter.words(), typed).unwrap();
        old.ok(&["join", text(&reporter.coalition.invite())]);
        reporter
    }

    fn old(&self) -> Cli<'_> {
        Cli::new(&self.home, "old", PASSPHRASE)
    }

    fn new_device(&self, name: &str) -> Cli<'_> {
        Cli::new(&self.home, name, AFTER)
    }

    fn words(&self) -> PathBuf {
        self.paper.path().join("words")
    }

    fn file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.paper.path().join(name);
        fs::write(&path, bytes).unwrap();
        path
    }

    fn recover_args(&self, lost: bool) -> Vec<String> {
        let (words, invite) = (self.words(), self.coalition.invite());
        let mut args = vec!["recover", "--kdf-cost", "floor"];
        args.extend(["--words-file", text(&words), "--invite", text(&invite)]);
        args.extend(lost.then_some("--old-device-lost"));
        args.into_iter().map(str::to_owned).collect()
    }

    fn recover(&self, device: &Cli<'_>, lost: bool) -> Value {
        let args = self.recover_args(lost);
        device.ok(&args.iter().map(String::as_str).collect::<Vec<_>>())
    }

    /// Writes a report with a file and gives its id.
    fn write(&self, device: &Cli<'_>, narrative: &str, more: &[&str]) -> String {
        let add = ["report", "add", "--narrative", narrative];
        string(&device.ok(&[&add[..], more].concat())["report"]).to_owned()
    }

    fn send(&self, device: &Cli<'_>, narrative: &str) -> String {
        self.write(device, narrative, &["--send", "--consent"])
    }
}

/// Everything in a list, by id.
fn reports(cli: &Cli<'_>) -> BTreeMap<String, Value> {
    let all = cli.ok(&["report", "list", "--limit", "100000"]);
    let items = list(&all["items"]).iter();
    items
        .map(|item| (string(&item["report"]).to_owned(), item.clone()))
        .collect()
}

fn show(cli: &Cli<'_>, report: &str) -> Value {
    cli.ok(&["report", "show", report])
}

#[test]
fn two_hundred_reports_come_back_and_what_is_missing_was_told() {
    let reporter = Reporter::new();
    let old = reporter.old();
    let mut originals = BTreeMap::new();
    for number in 0..DELIVERED {
        let name = format!("heron-{number}.bin");
        let path = reporter.file(&name, &fixtures::noise(700 + number * 13, number as u64));
        let more = ["--evidence", text(&path), "--send", "--consent"];
        let report = reporter.write(&old, &format!("Журавль{number} у переправы"), &more);
        originals.insert(report, sha256(&path));
    }
    let sent = old.ok(&["sync"]);
    // A bundle, a note and a file each.
    assert_eq!(
        (&sent["delivered"], &sent["waiting"]),
        (&json!(3 * DELIVERED), &json!(0))
    );
    // A waiting one, drafts, and some that are only saved.
    let mut undelivered = BTreeSet::new();
    for number in 0..7 {
        let more: &[&str] = match number {
            0 | 1 => &["--send", "--consent"],
            2 | 3 => &["--draft"],
            _ => &[],
        };
        undelivered.insert(reporter.write(&old, &format!("не дошло {number}"), more));
    }
    let before = reports(&old);
    let at_risk: BTreeSet<String> = (before.iter())
        .filter(|(_, item)| ["draft", "saved", "waiting"].contains(&string(&item["state"])))
        .map(|(report, _)| report.clone())
        .collect();
    assert_eq!(at_risk, undelivered);
    let told = old.ok(&["delivery"])["at_risk"].take();
    let told: u64 = ["drafts", "unsent", "waiting"]
        .map(|of| number(&told[of]))
        .iter()
        .sum();
    assert_eq!(told, 7, "what the home screen says");

    let gone = old.ok(&["panic", "--yes"]);
    assert_eq!(gone, json!({ "keys_gone": true, "all_gone": true }));
    assert!(!old.vault().exists());

    let new = reporter.new_device("new");
    let sealed = contents(reporter.coalition.endpoint.data());
    let back = reporter.recover(&new, true);
    assert_eq!(
        back,
        json!({ "reports": DELIVERED, "evidence": DELIVERED, "missing": 0, "fault": null })
    );
    let after = reports(&new);
    let lost: BTreeSet<String> = (before.keys())
        .filter(|report| !after.contains_key(*report))
        .cloned()
        .collect();
    assert_eq!(lost, at_risk, "what is missing is what was at risk");
    assert_eq!(after.len(), DELIVERED);
    for (report, item) in &after {
        assert_eq!(item["state"], "held");
        assert_eq!(item["title"], before[report]["title"]);
    }
    // All was at the endpoint: nothing was sent again but that there is a new device, and its note.
    let more = contents(reporter.coalition.endpoint.data());
    let objects = |of: &BTreeMap<PathBuf, Option<String>>| {
        of.keys()
            .filter(|path| path.to_string_lossy().contains("object"))
            .count()
    };
    assert_eq!(objects(&more), objects(&sealed) + 2);
    let again = new.ok(&["sync"]);
    assert_eq!(
        (&again["bytes_sent"], &again["waiting"]),
        (&json!(0), &json!(0))
    );

    let out = reporter.paper.path().join("out");
    for (report, hash) in originals.iter().step_by(9) {
        let shown = show(&new, report);
        assert_eq!(
            (&shown["missing_entries"], &shown["state"]),
            (&json!(0), &json!("held"))
        );
        assert!(
            list(&shown["history"])
                .iter()
                .all(|line| line["mine"] == true)
        );
        let piece = &list(&shown["evidence"])[0];
        assert_eq!(
            (&piece["sha256"], &piece["present"]),
            (&json!(hash), &json!(true))
        );
        let object = string(&piece["object"]);
        new.ok(&["evidence", "save", report, object, "--out", text(&out)]);
        assert_eq!(&sha256(&out), hash, "evidence came out changed");
        let receipts = new.ok(&["report", "receipts", report]);
        assert_eq!(list(&receipts).len(), 2);
    }
    let found = new.ok(&["report", "search", "журавль117"]);
    assert_eq!(found["total"], 1);
    // Doing it again changes nothing and counts the same.
    assert_eq!(reporter.recover(&new, true), back);
    let desk = reporter.coalition.desk();
    desk.ok(&["sync"]);
    let at_desk = reports(&desk);
    assert_eq!(at_desk.len(), DELIVERED);
}

#[test]
fn the_desk_knows_the_new_device_answers_it_and_flags_the_lost_one() {
    let reporter = Reporter::new();
    let (old, desk) = (reporter.old(), reporter.coalition.desk());
    let report = reporter.send(&old, "До обыска");
    old.ok(&["sync"]);
    desk.ok(&["receive"]);
    // An answer to the old device, which it never sees.
    desk.ok(&["report", "answer", &report, "Первый ответ"]);
    desk.ok(&["sync"]);
    // Somebody takes the device, and keeps it.
    let taken = Cli::new(&reporter.home, "taken", PASSPHRASE);
    copy_folder(old.vault(), taken.vault());
    old.ok(&["panic", "--yes"]);

    let new = reporter.new_device("new");
    assert_eq!(reporter.recover(&new, true)["reports"], 1);
    let shown = show(&new, &report);
    let notes = list(&shown["notes"]);
    assert_eq!(
        (notes.len(), &notes[0]["text"]),
        (1, &json!("Первый ответ"))
    );
    assert_eq!(shown["state"], "answered");

    desk.ok(&["sync"]);
    let at_desk = show(&desk, &report);
    assert_eq!(at_desk["new_device"], true);
    assert!(
        flags(&at_desk).is_empty(),
        "what came before is not flagged"
    );
    desk.ok(&["report", "answer", &report, "Второй ответ"]);
    desk.ok(&["sync"]);
    new.ok(&["sync"]);
    let shown = show(&new, &report);
    assert_eq!(
        list(&shown["notes"]).len(),
        2,
        "an answer reaches the new device"
    );

    // The new device goes on with the old one's report.
    new.ok(&["report", "edit", &report, "--place", "Ош"]);
    new.ok(&["report", "send", &report]);
    let second = reporter.send(&new, "После обыска");
    new.ok(&["sync"]);
    desk.ok(&["receive"]);
    let at_desk = show(&desk, &report);
    assert_eq!(at_desk["fields"]["place"]["text"], "Ош");
    assert!(flags(&at_desk).is_empty());
    assert!(flags(&show(&desk, &second)).is_empty());

    // Whoever has the old one writes with it.
    taken.ok(&["report", "edit", &report, "--place", "Нигде"]);
    taken.ok(&["report", "send", &report]);
    let false_one = reporter.send(&taken, "Ничего не было");
    taken.ok(&["sync"]);
    desk.ok(&["receive"]);
    let at_desk = show(&desk, &report);
    assert_eq!(flags(&at_desk), ["field_set", "handed_over"]);
    let all = list(&at_desk["history"]).len();
    assert!(all > 2, "what it had said before is not flagged");
    let forged = show(&desk, &false_one);
    assert_eq!(flags(&forged).len(), list(&forged["history"]).len());
    // People are told, before anything that was sent.
    let read = |args: &[&str]| {
        let output = desk.plain(args).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    let text = read(&["report", "show", &report]);
    let (told, said) = (text.find("declared lost"), text.find("where: "));
    assert!(told.unwrap() < said.unwrap(), "{text}");
    assert!(text.contains("from a new device"), "{text}");
    let text = read(&["report", "list"]);
    assert!(text.contains("(from a lost device)"), "{text}");
    // It cannot speak where only the new one spoke.
    taken.fails(&["report", "show", &second], 4, "no_such_report");
}

/// What is flagged as coming from a lost device.
fn flags(report: &Value) -> Vec<&str> {
    let lines = list(&report["history"]).iter();
    let flagged = lines.filter(|line| line["from_lost_device"] == true);
    flagged.map(|line| string(&line["what"])).collect()
}

#[test]
fn a_third_device_follows_the_second() {
    let reporter = Reporter::new();
    let (old, desk) = (reporter.old(), reporter.coalition.desk());
    let first = reporter.send(&old, "С первого");
    old.ok(&["sync"]);
    let second = reporter.new_device("second");
    reporter.recover(&second, false);
    let from_second = reporter.send(&second, "Со второго");
    second.ok(&["sync"]);
    let third = reporter.new_device("third");
    let back = reporter.recover(&third, true);
    assert_eq!((&back["reports"], &back["missing"]), (&json!(2), &json!(0)));
    desk.ok(&["receive"]);
    for report in [&first, &from_second] {
        assert_eq!(show(&desk, report)["new_device"], true);
        desk.ok(&["report", "answer", report, "Ответ"]);
    }
    desk.ok(&["sync"]);
    third.ok(&["sync"]);
    for report in [&first, &from_second] {
        assert_eq!(show(&third, report)["state"], "answered");
    }
}

#[test]
fn cut_off_at_any_moment_it_goes_on() {
    let mut reporter = Reporter::new();
    let old = reporter.old();
    for number in 0..6 {
        let file = reporter.file(&format!("{number}.bin"), &fixtures::noise(90_000, number));
        let more = ["--evidence", text(&file), "--send", "--consent"];
        reporter.write(&old, &format!("отчёт {number}"), &more);
    }
    old.ok(&["sync"]);
    drop(old);

    // Without the line nothing is made.
    reporter.coalition.endpoint.stop();
    let args = reporter.recover_args(false);
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    let unmade = reporter.new_device("new");
    unmade.fails(&args, 5, "endpoint_unreachable");
    assert!(!unmade.vault().exists());
    drop(unmade);
    reporter.coalition.endpoint.restart();

    let new = reporter.new_device("new");
    let mut wait = Duration::from_millis(150);
    loop {
        let (answer, _) = new.start(&args).kill(wait);
        if answer.code.is_some() {
            assert_eq!(answer.code, Some(0), "{answer:?}");
            break;
        }
        wait = wait.mul_f64(1.25);
    }
    let back = reporter.recover(&new, false);
    assert_eq!(
        back,
        json!({ "reports": 6, "evidence": 6, "missing": 0, "fault": null })
    );
    assert_eq!(new.ok(&["sync"])["waiting"], 0);
    for item in reports(&new).values() {
        assert_eq!(item["state"], "held");
    }
    let desk = reporter.coalition.desk();
    assert_eq!(desk.ok(&["receive"])["sync"]["fault"], Value::Null);
}

#[test]
fn wrong_words_and_the_words_of_another_bring_nothing_back() {
    let (reporter, other) = (Reporter::new(), Reporter::new());
    let old = reporter.old();
    reporter.send(&old, "Мой отчёт");
    old.ok(&["sync"]);
    let invite = reporter.coalition.invite();
    let new = reporter.new_device("new");
    let recover = |words: &Path| {
        let from = [
            "recover",
            "--kdf-cost",
            "floor",
            "--words-file",
            text(words),
        ];
        let args = [&from[..], &["--invite", text(&invite)]].concat();
        let answer = new.run(&args);
        (answer.code, answer.fault().map(str::to_owned))
    };
    let unknown = reporter.file("unknown", "abandon abandon nowhere".as_bytes());
    assert_eq!(
        recover(&unknown),
        (Some(2), Some("word_unknown".to_owned()))
    );
    let few = reporter.file("few", "abandon abandon art".as_bytes());
    assert_eq!(recover(&few), (Some(2), Some("words_wrong".to_owned())));
    let nothing = Some("nothing_to_recover".to_owned());
    assert_eq!(recover(&other.words()), (Some(4), nothing));
    assert!(!new.vault().exists(), "no vault is made for nothing");

    let back = reporter.recover(&new, false);
    assert_eq!(back["reports"], 1);
    let another = Some("words_of_another".to_owned());
    assert_eq!(recover(&other.words()), (Some(8), another));
    // Fetching back asks for the same words; what is all here stays as it is.
    let fetch = |words: &Path| {
        let from = ["report", "fetch-back", "--words-file", text(words)];
        let report = string(&new.ok(&["report", "list"])["items"][0]["report"]).to_owned();
        let answer = new.run(&[&from[..], &[&report]].concat());
        (answer.code, answer.json)
    };
    assert_eq!(fetch(&other.words()).1["code"], "words_of_another");
    let whole = json!({ "reports": 1, "evidence": 0, "missing": 0, "fault": null });
    assert_eq!(fetch(&reporter.words()), (Some(0), whole));
}

#[test]
fn what_is_left_in_the_mailbox_by_others_changes_nothing() {
    let reporter = Reporter::new();
    let old = reporter.old();
    let report = reporter.send(&old, "Настоящий");
    old.ok(&["sync"]);
    let desk = reporter.coalition.desk();
    desk.ok(&["receive"]);
    // The desk knows how to write to this mailbox: what it leaves there is no note.
    desk.ok(&["report", "answer", &report, "Ответ"]);
    desk.ok(&["report", "answer", &report, "Ещё ответ"]);
    desk.ok(&["sync"]);
    let new = reporter.new_device("new");
    let back = reporter.recover(&new, false);
    assert_eq!(
        back,
        json!({ "reports": 1, "evidence": 0, "missing": 0, "fault": null })
    );
    assert_eq!(reports(&new).len(), 1);
}
