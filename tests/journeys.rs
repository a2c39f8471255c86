//! Whole journeys at the command line: a defender, an endpoint and a desk, each a real program.

use std::fs;

use holdfast_tests::{Canaries, Cli, Endpoint, Home, fixtures};

const NARRATIVE: &str = "Они пришли в офис ночью (canary-3f81c7)";
const ANSWER: &str = "Адвокат едет к вам (canary-90ab12)";

/// Exit code of a command that could not reach the endpoint.
const NETWORK: Option<i32> = Some(5);

/// A report with a picture goes to the desk over an endpoint that was down when it was sent, the
/// desk's answer comes back, and nobody but the two can read a word of it.
#[test]
fn a_report_reaches_the_desk_and_is_answered() {
    let (desk_home, home, files) = (Home::new(), Home::new(), Home::new());
    let text =
        |path: &std::path::Path| path.to_str().expect("a temporary path is UTF-8").to_owned();
    let mut endpoint = Endpoint::start();

    let desk = Cli::new(&desk_home, "vault", "a desk's long passphrase");
    let called = [
        "--name",
        "Coalition",
        "--endpoint",
        endpoint.url(),
        "--kdf-cost",
        "floor",
    ];
    desk.ok(&[&["vault", "create", "--role", "desk"][..], &called].concat());
    let invite = text(&files.join("invite"));
    desk.ok(&["invite", "--out", &invite]);

    let defender = Cli::new(&home, "vault", "a defender's long passphrase");
    defender.ok(&[
        "vault",
        "create",
        "--role",
        "reporter",
        "--kdf-cost",
        "floor",
    ]);
    defender.ok(&["join", &invite]);

    let picture = files.join("broken-door.png");
    fs::write(&picture, fixtures::png(64, [120, 40, 40])).expect("the picture can be written");
    let sent = ["--evidence", &text(&picture), "--send", "--consent"];
    let report = defender.ok(&[&["report", "add", "--narrative", NARRATIVE][..], &sent].concat());
    let report = report["report"].as_str().expect("it has an identifier");
    assert_eq!(defender.ok(&["report", "show", report])["state"], "waiting");

    endpoint.kill();
    let cut_off = defender
        .command(&["sync"])
        .output()
        .expect("holdfast can be started");
    assert_eq!(cut_off.status.code(), NETWORK);
    assert_eq!(defender.ok(&["report", "show", report])["state"], "waiting");
    endpoint.restart();
    assert_eq!(defender.ok(&["sync"])["waiting"], 0);
    assert_eq!(defender.ok(&["report", "show", report])["state"], "held");

    assert_eq!(desk.ok(&["receive"])["items"][0]["report"], report);
    let received = desk.ok(&["report", "show", report]);
    assert_eq!(received["fields"]["narrative"], NARRATIVE);
    let object = received["evidence"][0]["object"]
        .as_str()
        .expect("it has a picture");
    let saved = files.join("saved.png");
    desk.ok(&["evidence", "save", report, object, "--out", &text(&saved)]);
    let same = fs::read(&saved).expect("it is saved") == fs::read(&picture).expect("it is there");
    assert!(same, "the desk has the very bytes");

    desk.ok(&["report", "read", report]);
    desk.ok(&["report", "answer", report, ANSWER]);
    desk.ok(&["sync"]);
    defender.ok(&["sync"]);
    let answered = defender.ok(&["report", "show", report]);
    assert_eq!(answered["state"], "answered");
    assert!(answered.to_string().contains(ANSWER));

    endpoint.stop();
    let secrets = [
        NARRATIVE,
        ANSWER,
        "canary-3f81c7",
        "canary-90ab12",
        "broken-door.png",
    ];
    let [store, endpoint_home] = endpoint.places();
    Canaries::new(secrets).expect_none(&[&store, &endpoint_home, home.path(), desk_home.path()]);
}
