//! Keeping less, by processes: a report with evidence is delivered, thinned, and neither its words
//! nor its files are left with the reporter, while the desk still has all of it; and it comes back
//! whole with the words.
#![expect(clippy::unwrap_used, reason = "a test stops at what it cannot do")]

use std::{
    fs,
    path::{Path, PathBuf},
};

use holdfast_tests::{Canaries, Cli, Coalition, Home, fixtures, list, sha256, string, text};
use serde_json::{Value, json};
use tempfile::TempDir;

const PASSPHRASE: &str = "reporter: lantern by the pier";
const WORDS: &str = "heron-narrative-7731 they came at night";
const ANSWER: &str = "plover-answer-2290 a lawyer is on the way";

/// Hands over a report with this photograph; gives its name.
fn send_report(reporter: &Cli<'_>, photo: &Path) -> String {
    let add = ["report", "add", "--narrative", WORDS, "--send", "--consent"];
    let report = reporter.ok(&[&add[..], &["--evidence", text(photo)]].concat());
    string(&report["report"]).to_owned()
}

#[test]
fn a_delivered_report_is_thinned_and_the_desk_still_has_all_of_it() {
    let coalition = Coalition::start("Quiet Shore");
    let home = Home::new();
    coalition.reporter(&home, PASSPHRASE);
    let reporter = Cli::new(&home, "vault", PASSPHRASE);
    let desk = coalition.desk();
    let clear = tempfile::tempdir().unwrap();
    let photo = clear.path().join("otter-photo-4418.jpg");
    fs::write(&photo, fixtures::jpeg("otter-bytes-5523")).unwrap();

    let report = send_report(&reporter, &photo);
    let evidence = ["report", "thin", &report, "--evidence"];
    let everything = [
        "report",
        "thin",
        &report,
        "--everything",
        "--label",
        "the march",
    ];
    reporter.fails(&evidence, 8, "not_delivered");
    reporter.fails(&everything, 8, "not_delivered");
    assert_eq!(reporter.ok(&["delivery"])["at_risk"]["waiting"], 1);

    reporter.ok(&["sync"]);
    assert_eq!(reporter.ok(&["delivery"])["at_risk"]["waiting"], 0);
    let exposure = reporter.ok(&["exposure"]);
    assert_eq!(
        (&exposure["reports"], &exposure["evidence"]),
        (&1.into(), &1.into())
    );
    assert_eq!(exposure["thinnable"], 1);
    let blobs = || {
        fs::read_dir(reporter.vault().join("blobs"))
            .unwrap()
            .count()
    };
    // The words, the photograph, and the note that the recovery words lead to.
    assert_eq!(blobs(), 3);

    // Its evidence first: the words are still here, and a file of that name is known of.
    let thinned = reporter.ok(&evidence);
    assert_eq!(thinned["fields"]["narrative"], WORDS);
    assert_eq!(thinned["evidence"][0]["present"], false);
    assert_eq!(thinned["evidence"][0]["sha256"], sha256(&photo));
    assert_eq!(blobs(), 0);
    let object = string(&thinned["evidence"][0]["object"]).to_owned();
    let copy = clear.path().join("copy");
    let save = ["evidence", "save", &report, &object, "--out", text(&copy)];
    reporter.fails(&save, 8, "thinned");

    // Then all of it; the desk's answer comes later, and is shown.
    assert_eq!(reporter.ok(&everything)["thinned"], "everything");
    assert_eq!(reporter.ok(&["report", "search", "heron"])["total"], 0);
    assert_eq!(reporter.ok(&["report", "search", "march"])["total"], 1);
    let exposure = reporter.ok(&["exposure"]);
    assert_eq!(
        (&exposure["reports"], &exposure["receipts_only"]),
        (&0.into(), &1.into())
    );
    desk.ok(&["receive"]);
    desk.ok(&["report", "answer", &report, ANSWER]);
    desk.ok(&["sync"]);
    reporter.ok(&["sync"]);
    let shown = reporter.ok(&["report", "show", &report]);
    assert_eq!(
        (&shown["state"], &shown["thinned"]),
        (&"answered".into(), &"everything".into())
    );
    assert_eq!(shown["notes"][0]["text"], ANSWER);
    assert_eq!(shown["fields"]["narrative"], "");
    assert_eq!(list(&shown["evidence"]).len(), 0);
    assert_eq!(
        list(&reporter.ok(&["report", "receipts", &report])).len(),
        2
    );
    assert_eq!(blobs(), 0, "the desk's letter is not kept either");
    reporter.fails(
        &["report", "edit", &report, "--narrative", "x"],
        8,
        "thinned",
    );

    let at_desk = desk.ok(&["report", "show", &report]);
    assert_eq!(at_desk["fields"]["narrative"], WORDS);
    desk.ok(&["evidence", "save", &report, &object, "--out", text(&copy)]);
    assert_eq!(sha256(&copy), sha256(&photo));

    let words = [
        "heron-narrative-7731",
        "otter-photo-4418",
        "otter-bytes-5523",
        ANSWER,
    ];
    Canaries::new(words).expect_none(&[home.path()]);
}

/// A reporter who wrote the recovery words on paper, and one report with a photograph that the desk
/// has answered.
struct Answered {
    coalition: Coalition,
    home: Home,
    paper: TempDir,
    report: String,
}

impl Answered {
    /// `brings` carries the desk's answer over.
    fn new(brings: impl FnOnce(&Cli<'_>, &Cli<'_>, &Path)) -> Self {
        let (coalition, home) = (Coalition::start("Far Bank"), Home::new());
        let paper = tempfile::tempdir().unwrap();
        let reporter = Cli::new(&home, "vault", PASSPHRASE);
        let made = [
            "vault",
            "create",
            "--kdf-cost",
            "floor",
            "--role",
            "reporter",
        ];
        let made = reporter.ok(&made);
        let words: Vec<&str> = list(&made["words"]).iter().map(string).collect();
        fs::write(paper.path().join("words"), words.join(" ")).unwrap();
        reporter.ok(&["join", text(&coalition.invite())]);
        let photo = paper.path().join("otter.jpg");
        fs::write(&photo, fixtures::jpeg("otter-bytes-9921")).unwrap();
        let report = send_report(&reporter, &photo);
        reporter.ok(&["sync"]);
        let desk = coalition.desk();
        desk.ok(&["receive"]);
        desk.ok(&["report", "read", &report]);
        desk.ok(&["report", "answer", &report, ANSWER]);
        brings(&desk, &reporter, paper.path());
        Self {
            coalition,
            home,
            paper,
            report,
        }
    }

    fn reporter(&self) -> Cli<'_> {
        Cli::new(&self.home, "vault", PASSPHRASE)
    }

    fn on_paper(&self, name: &str) -> PathBuf {
        self.paper.path().join(name)
    }

    fn show(&self) -> Value {
        self.reporter().ok(&["report", "show", &self.report])
    }

    fn remove(&self) {
        let thin = ["report", "thin", &self.report, "--everything"];
        let gone = self.reporter().ok(&thin);
        assert_eq!(gone["thinned"], "everything");
        assert_eq!(gone["fields"]["narrative"], "");
        assert_eq!((list(&gone["notes"]).len(), self.found()), (0, json!(0)));
        let edit = ["report", "edit", &self.report, "--place", "Osh"];
        self.reporter().fails(&edit, 8, "thinned");
    }

    fn fetch_back(&self, which: &str) -> Value {
        let words = self.on_paper("words");
        let fetch = ["report", "fetch-back", "--words-file", text(&words), which];
        self.reporter().ok(&fetch)
    }

    fn found(&self) -> Value {
        self.reporter().ok(&["report", "search", "heron"])["total"].take()
    }
}

#[test]
fn an_answered_report_that_was_removed_comes_back_whole_with_the_words() {
    let answered = Answered::new(|desk, reporter, _| {
        desk.ok(&["sync"]);
        reporter.ok(&["sync"]);
    });
    let (reporter, report) = (answered.reporter(), answered.report.as_str());
    let before = answered.show();
    let notes = list(&before["notes"]);
    assert_eq!((&before["state"], notes.len()), (&json!("answered"), 1));
    let receipts = reporter.ok(&["report", "receipts", report]);
    assert_eq!(list(&receipts).len(), 2);
    answered.remove();

    let whole = json!({ "reports": 1, "evidence": 1, "missing": 0, "fault": null });
    assert_eq!(answered.fetch_back(report), whole);
    assert_eq!(answered.show(), before, "all of it is as it was");
    assert_eq!(answered.found(), 1);
    assert_eq!(reporter.ok(&["report", "receipts", report]), receipts);
    let object = string(&before["evidence"][0]["object"]);
    let copy = answered.on_paper("copy.jpg");
    reporter.ok(&["evidence", "save", report, object, "--out", text(&copy)]);
    assert_eq!(
        fs::read(&copy).unwrap(),
        fs::read(answered.on_paper("otter.jpg")).unwrap()
    );

    // The strictest policy does not take it away again with the next pass.
    let policy = ["settings", "--thin", "everything", "--thin-after-days", "0"];
    reporter.ok(&policy);
    reporter.ok(&["sync"]);
    assert_eq!(answered.show()["thinned"], Value::Null);
    assert_eq!(answered.fetch_back("--all")["missing"], 0);

    // It is gone on with as if it had never been away.
    reporter.ok(&["report", "edit", report, "--place", "Osh"]);
    reporter.ok(&["report", "send", report]);
    reporter.ok(&["sync"]);
    let desk = answered.coalition.desk();
    desk.ok(&["receive"]);
    let at_desk = desk.ok(&["report", "show", report]);
    assert_eq!(at_desk["fields"]["place"]["text"], "Osh");
    assert_eq!(
        (&at_desk["missing_entries"], &at_desk["conflicts"]),
        (&json!(0), &json!([]))
    );
    // By hand it goes as before.
    answered.remove();
}

#[test]
fn what_the_desk_said_and_nobody_kept_is_told_as_missing_and_the_report_lives_on() {
    // Brought by courier, the answer is in no mailbox.
    let answered = Answered::new(|desk, reporter, folder| {
        let carried = folder.join("carried");
        desk.ok(&["courier", "out", text(&carried)]);
        reporter.ok(&["courier", "in", text(&carried)]);
    });
    assert_eq!(answered.show()["state"], "answered");
    answered.remove();
    // That it was read, and the answer.
    let short = json!({ "reports": 1, "evidence": 1, "missing": 2, "fault": null });
    for which in [answered.report.as_str(), "--all"] {
        assert_eq!(answered.fetch_back(which), short);
        let back = answered.show();
        assert_eq!(back["thinned"], Value::Null);
        assert_eq!(back["fields"]["narrative"], WORDS);
        assert_eq!(back["evidence"][0]["present"], true);
        assert_eq!(list(&back["notes"]).len(), 0);
    }
    // The desk's next answer has the earlier ones in it.
    let desk = answered.coalition.desk();
    desk.ok(&["report", "answer", &answered.report, "and a second one"]);
    desk.ok(&["sync"]);
    answered.reporter().ok(&["sync"]);
    assert_eq!(list(&answered.show()["notes"]).len(), 2);
    assert_eq!(answered.fetch_back("--all")["missing"], 0);
}
