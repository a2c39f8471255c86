//! Keeping less, by processes: a report with evidence is delivered, thinned, and neither its words
//! nor its files are left with the reporter, while the desk still has all of it.

use std::fs;

use holdfast_tests::{Canaries, Cli, Coalition, Home, fixtures, list, sha256, string, text};

const PASSPHRASE: &str = "reporter: lantern by the pier";
const WORDS: &str = "heron-narrative-7731 they came at night";
const ANSWER: &str = "plover-answer-2290 a lawyer is on the way";

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

    let add = [
        "report",
        "add",
        "--narrative",
        WORDS,
        "--evidence",
        text(&photo),
    ];
    let report = reporter.ok(&[&add[..], &["--send", "--consent"]].concat());
    let report = string(&report["report"]).to_owned();
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
