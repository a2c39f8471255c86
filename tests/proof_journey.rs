//! Whole journeys at the command line: a defender, an endpoint and a desk, each a real program.

use std::fs;

use holdfast_tests::{Canaries, Cli, Endpoint, Home, fixtures};

const NARRATIVE: &str = "Они пришли в офис ночью canary-3f81c7";

/// A report with a picture goes from a defender to the desk over an endpoint that dies on the way,
/// the desk's receipt and answer come back, and nobody but the two can read a word of it.
#[test]
fn a_report_reaches_the_desk_and_is_answered() {
    let (desk_home, home, files) = (Home::new(), Home::new(), Home::new());
    let mut endpoint = Endpoint::start();
    let desk = Cli::new(&desk_home, "vault", "desk passphrase of some length");
    desk.ok(&[
        "vault", "create", "--role", "desk", "--name", "Coalition", "--endpoint", endpoint.url(),
        "--kdf-cost", "floor",
    ]);
    let invite = files.join("invite");
    let invite = invite.to_str().expect("a temporary path is UTF-8");
    desk.ok(&["invite", "--out", invite]);

    let reporter = Cli::new(&home, "vault", "reporter passphrase of some length");
    reporter.ok(&["vault", "create", "--role", "reporter", "--kdf-cost", "floor"]);
    reporter.ok(&["join", invite]);
    let picture = files.join("door.png");
    fs::write(&picture, fixtures::png(64, [120, 40, 40])).expect("the picture can be written");
    let picture = picture.to_str().expect("a temporary path is UTF-8");
    let added = reporter.ok(&[
        "report", "add", "--narrative", NARRATIVE, "--evidence", picture, "--send", "--consent",
    ]);
    println!("{added:#}");
    endpoint.kill();
    let answer = reporter.run(&["sync"]);
    println!("{answer:?}");
    endpoint.restart();
    println!("{:#}", reporter.ok(&["sync"]));
    println!("{:#}", desk.ok(&["receive"]));
    endpoint.stop();
    Canaries::new([NARRATIVE, "canary-3f81c7", "door.png"]).expect_none(&[
        endpoint.data(), home.path(), desk_home.path(),
    ]);
}
