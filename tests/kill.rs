//! Processes killed at moments nobody chose, as a flat battery or a pulled plug would.
//!
//! What a command acknowledged is there afterwards and verifies; what it did not acknowledge is
//! there whole or not at all; nothing lies about in clear, and the next command simply goes on.
//! `HOLDFAST_KILLS` says how many times (40 if unset).
#![expect(clippy::unwrap_used, reason = "a test stops at what it cannot do")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant};

use holdfast_tests::{
    Canaries, Cli, Coalition, Dice, Home, Running, bytes_in, copy_folder, fixtures, list, number,
    sha256, string, text,
};
use serde_json::{Value, json};
use tempfile::TempDir;

const PASSPHRASE: &str = "kill: seven herrings under ice";
const WORDS: &str = "Ночью пришли трое: canary-gannet-6604";
const CONTENT: &[u8] = b"canary-limpet-1187";

/// How many kills a test is to survive.
fn kills() -> usize {
    let set = std::env::var("HOLDFAST_KILLS").ok();
    set.map_or(40, |kills| {
        kills.parse().expect("HOLDFAST_KILLS is a number")
    })
}

/// Evidence of so many bytes, its canary in every chunk of it, outside of any home.
fn evidence(folder: &Path, name: &str, size: usize, seed: u64) -> PathBuf {
    let mut bytes = fixtures::noise(size, seed);
    for chunk in bytes.chunks_exact_mut(4096) {
        chunk[..CONTENT.len()].copy_from_slice(CONTENT);
    }
    let path = folder.join(name);
    fs::write(&path, bytes).unwrap();
    path
}

/// Saves a piece of evidence out, which verifies it, and compares it with its original's hash.
fn expect_saved(cli: &Cli<'_>, report: &str, object: &str, hash: &str, out: &TempDir) {
    let copy = out.path().join("copy");
    cli.ok(&["evidence", "save", report, object, "--out", text(&copy)]);
    assert_eq!(sha256(&copy), hash);
}

/// Picks moments in the span that a command takes, however slow the machine just is.
struct Killer {
    dice: Dice,
    /// What every command does first: it tries the passphrase.
    opening: Duration,
    whole: Duration,
    /// How many times longer it all takes now than when it was measured.
    slowness: f64,
}

impl Killer {
    fn new(seed: u64, opening: Duration, whole: Duration) -> Self {
        Self {
            dice: Dice::new(seed),
            opening,
            whole,
            slowness: 1.0,
        }
    }

    /// Some moment; three times of four after the opening, where things are written.
    fn moment(&mut self) -> Duration {
        let latest = self.whole.mul_f64(1.3);
        let earliest = match self.dice.below(4) {
            0 => Duration::ZERO,
            _ => self.opening.mul_f64(0.8).min(latest),
        };
        let moment = self.dice.moment(earliest, latest);
        moment.mul_f64(self.slowness)
    }

    /// Kills a command. Gives its answer, if it came so far.
    fn kill(&mut self, running: Running) -> Option<Value> {
        let (answer, ran) = running.kill(self.moment());
        if answer.code.is_some() {
            assert_eq!(answer.code, Some(0), "{answer:?}");
            let took = ran.as_secs_f64() / self.whole.as_secs_f64();
            self.slowness = f64::midpoint(self.slowness, took);
        } else {
            // A little: else a machine that became slow would never get to the end of anything.
            self.slowness *= 1.04;
        }
        (!answer.json.is_null()).then_some(answer.json)
    }
}

/// How long a command runs when nobody kills it.
fn span(cli: &Cli<'_>, args: &[&str]) -> Duration {
    let (answer, ran) = cli.start(args).kill(Duration::MAX);
    assert_eq!(answer.code, Some(0), "{answer:?}");
    ran
}

/// Fails on anything in the vault's directory that a closed vault does not have, and gives the
/// number of sealed files.
fn expect_tidy(vault: &Path) -> usize {
    let names = |folder: &Path| -> Vec<String> {
        let files = fs::read_dir(folder)
            .unwrap()
            .map(|file| file.unwrap().file_name());
        files.map(|name| name.into_string().unwrap()).collect()
    };
    let mut top = names(vault);
    top.sort();
    assert_eq!(top, ["a.db", "b.db", "blobs", "guard", "keys", "lock"]);
    let blobs = names(&vault.join("blobs"));
    for name in &blobs {
        let random = name.len() == 32 && name.bytes().all(|c| c.is_ascii_hexdigit());
        assert!(random, "{name} is left over");
    }
    blobs.len()
}

/// A reporter who keeps writing, and what was acknowledged: the evidence of each report, by object.
struct Writer<'a> {
    cli: Cli<'a>,
    acknowledged: BTreeMap<String, BTreeMap<String, String>>,
}

impl Writer<'_> {
    fn acknowledge(&mut self, report: &str, evidence: &Value, originals: &[&Path]) {
        let kept = self.acknowledged.entry(report.to_owned()).or_default();
        for original in originals {
            let hash = sha256(original);
            let mut pieces = list(evidence).iter();
            let piece = pieces
                .find(|piece| piece["sha256"] == hash)
                .expect("it names its files");
            kept.insert(string(&piece["object"]).to_owned(), hash);
        }
    }

    /// Opens the vault again: everything acknowledged is listed, and every file is accounted for.
    fn expect_everything(&self) -> Value {
        let page = self.cli.ok(&["report", "list", "--limit", "100000"]);
        let items = list(&page["items"]);
        for (report, kept) in &self.acknowledged {
            let item = items.iter().find(|item| item["report"] == *report);
            let item = item.unwrap_or_else(|| panic!("{report} was acknowledged and is lost"));
            assert!(number(&item["evidence"]) >= kept.len() as u64);
        }
        let named: u64 = items.iter().map(|item| number(&item["evidence"])).sum();
        assert_eq!(expect_tidy(self.cli.vault()) as u64, named);
        page
    }
}

#[test]
fn what_was_acknowledged_survives_a_kill_at_any_moment() {
    let (home, clear) = (Home::new(), tempfile::tempdir().unwrap());
    let mut writer = Writer {
        cli: Cli::new(&home, "vault", PASSPHRASE),
        acknowledged: BTreeMap::new(),
    };
    writer.cli.create(&["--role", "reporter"]);
    let canaries = Canaries::new([WORDS, "canary-limpet-1187", "улика-canary", PASSPHRASE]);
    let small = evidence(clear.path(), "улика-canary.jpg", 20_000, 0);
    let large = evidence(clear.path(), "улика-canary.mp4", 3_000_000, 1);
    let add = ["report", "add", "--narrative", WORDS, "--place", "Ош"];
    let add = [
        &add[..],
        &["--evidence", text(&small), "--evidence", text(&large)],
    ]
    .concat();
    let opening = span(&writer.cli, &["vault", "open"]);
    let mut killer = Killer::new(7, opening, span(&writer.cli, &add));

    for kill in 0..kills() {
        // Every third time it is one more piece for a report that is there.
        let more = writer
            .acknowledged
            .keys()
            .next_back()
            .filter(|_| kill % 3 == 2)
            .cloned();
        let answer = match &more {
            None => killer.kill(writer.cli.start(&add)),
            Some(report) => {
                let add = ["evidence", "add", report, text(&large)];
                killer.kill(writer.cli.start(&add))
            }
        };
        canaries.expect_none(&[home.path()]);
        match (more, answer) {
            (_, None) => {}
            (None, Some(view)) => {
                let report = string(&view["report"]).to_owned();
                writer.acknowledge(&report, &view["evidence"], &[&small, &large]);
            }
            (Some(report), Some(added)) => writer.acknowledge(&report, &added, &[&large]),
        }
        writer.expect_everything();
    }

    let pieces: usize = writer.acknowledged.values().map(BTreeMap::len).sum();
    let reports = writer.acknowledged.len();
    println!(
        "{} kills: {reports} reports with {pieces} pieces acknowledged",
        kills()
    );

    // What was begun and not acknowledged can be ended or thrown away; nothing else is left then.
    let page = writer.expect_everything();
    for item in list(&page["items"]) {
        let report = string(&item["report"]);
        match writer.acknowledged.contains_key(report) {
            true if writer.cli.ok(&["report", "show", report])["has_draft"] == true => {
                writer.cli.ok(&["report", "edit", report]);
            }
            false if item["state"] == "draft" => {
                writer.cli.ok(&["report", "discard", report]);
            }
            _ => {}
        }
    }
    writer.expect_everything();
    for (report, kept) in &writer.acknowledged {
        let shown = writer.cli.ok(&["report", "show", report]);
        assert_eq!(shown["fields"]["narrative"], WORDS);
        assert_eq!(
            (&shown["missing_entries"], &shown["has_draft"]),
            (&json!(0), &json!(false))
        );
        for (object, hash) in kept {
            expect_saved(&writer.cli, report, object, hash, &clear);
        }
    }
    canaries.expect_none(&[home.path()]);
}

#[test]
fn a_vault_killed_while_it_is_made_is_whole_or_not_there() {
    let home = Home::new();
    let create = [
        "vault",
        "create",
        "--kdf-cost",
        "floor",
        "--role",
        "reporter",
    ];
    let whole = span(&Cli::new(&home, "first", PASSPHRASE), &create);
    let mut killer = Killer::new(8, Duration::ZERO, whole);
    for kill in 0..kills() / 2 {
        let cli = Cli::new(&home, &format!("vault-{kill}"), PASSPHRASE);
        let made = killer.kill(cli.start(&create)).is_some();
        if cli.ok(&["vault", "status"])["phase"] == "no_vault" {
            assert!(!made, "acknowledged and not there");
            cli.ok(&create);
        }
        cli.ok(&["report", "add", "--narrative", WORDS]);
        assert_eq!(expect_tidy(cli.vault()), 0);
    }
}

/// Bytes of the film that is on its way.
const FILM: usize = 12_000_000;

/// Whom the battery leaves.
#[derive(Clone, Copy, Debug)]
enum Victim {
    Endpoint,
    Reporter,
    Desk,
}

#[test]
fn a_delivery_killed_on_either_side_goes_on() {
    let (home, clear) = (Home::new(), tempfile::tempdir().unwrap());
    let mut coalition = Coalition::start("Quiet Shore");
    let reporter = coalition.reporter(&home, PASSPHRASE);
    let large = evidence(clear.path(), "улика-canary.mp4", FILM, 2);
    let hash = sha256(&large);
    let add = [
        "report",
        "add",
        "--narrative",
        WORDS,
        "--evidence",
        text(&large),
    ];
    let add = [&add[..], &["--send", "--consent"]].concat();
    let opening = span(&reporter, &["vault", "open"]);
    reporter.ok(&add);
    let sending = span(&reporter, &["sync"]);
    let fetching = span(&coalition.desk(), &["receive"]);
    let mut killer = Killer::new(9, opening, sending.max(fetching));
    // A dead endpoint holds what it signed for: the desk gets it, killed or not.
    let mut delivered = Vec::new();
    let mut cut_off = 0;

    for kill in 0..kills().div_ceil(4) {
        let report = string(&reporter.ok(&add)["report"]).to_owned();
        let victim = [Victim::Endpoint, Victim::Reporter, Victim::Desk][kill % 3];
        let mut arrived = 0;
        match victim {
            Victim::Endpoint => {
                let before = bytes_in(coalition.endpoint.data());
                arrived = killer.dice.below(FILM) as u64;
                let sync = reporter.start(&["sync"]);
                let started = Instant::now();
                while bytes_in(coalition.endpoint.data()) < before + arrived {
                    assert!(
                        started.elapsed() < Duration::from_secs(60),
                        "nothing arrives"
                    );
                    sleep(Duration::from_micros(200));
                }
                coalition.endpoint.kill();
                let answer = sync.end();
                assert!(matches!(answer.code, Some(0 | 5)), "{answer:?}");
                cut_off += usize::from(answer.code == Some(5));
                coalition.endpoint.restart();
            }
            Victim::Reporter => {
                killer.kill(reporter.start(&["sync"]));
            }
            Victim::Desk => {
                reporter.ok(&["sync"]);
                killer.kill(coalition.desk().start(&["receive"]));
            }
        }
        let rest = reporter.ok(&["sync"]);
        assert_eq!(rest["waiting"], 0, "after killing the {victim:?}");
        assert_eq!(reporter.ok(&["report", "show", &report])["state"], "held");
        let receipts = reporter.ok(&["report", "receipts", &report]);
        let sizes: Vec<u64> = list(&receipts)
            .iter()
            .map(|held| number(&held["size"]))
            .collect();
        assert_eq!(sizes.len(), 2);
        // What had arrived is not sent again, but for what was in the air.
        assert!(
            number(&rest["bytes_sent"]) + arrived <= sizes.iter().sum::<u64>() + 512 * 1024,
            "{rest}"
        );
        delivered.push(report);
    }

    println!(
        "{cut_off} times the endpoint died over an upload, of {}",
        delivered.len()
    );

    coalition.endpoint.kill();
    coalition.endpoint.restart();
    let desk = coalition.desk();
    desk.ok(&["receive"]);
    for report in &delivered {
        let shown = desk.ok(&["report", "show", report]);
        assert_eq!(shown["fields"]["narrative"], WORDS);
        assert_eq!(list(&shown["evidence"]).len(), 1);
        let object = string(&shown["evidence"][0]["object"]);
        expect_saved(&desk, report, object, &hash, &clear);
    }
    // Objects: a bundle and a piece for each, and for the first, which nobody killed.
    assert_eq!(expect_tidy(desk.vault()), 2 * (delivered.len() + 1));
    expect_tidy(reporter.vault());
    let mut places = coalition.endpoint.places().to_vec();
    places.extend([coalition.home().to_owned(), home.path().to_owned()]);
    let places: Vec<_> = places.iter().map(PathBuf::as_path).collect();
    Canaries::new([WORDS, "canary-limpet-1187", "улика-canary", PASSPHRASE]).expect_none(&places);
}

#[test]
fn a_panic_killed_at_any_moment_is_finished_by_the_next_command() {
    let (home, clear) = (Home::new(), tempfile::tempdir().unwrap());
    let whole = Cli::new(&home, "whole", PASSPHRASE);
    whole.create(&["--role", "reporter"]);
    let piece = evidence(clear.path(), "улика-canary.jpg", 10_000, 3);
    let mut add = vec!["report", "add", "--narrative", WORDS];
    add.extend(["--evidence", text(&piece)].repeat(100));
    let report = string(&whole.ok(&add)["report"]).to_owned();
    let keys = fs::read(whole.vault().join("keys")).unwrap();

    let practice = Cli::new(&home, "practice", PASSPHRASE);
    copy_folder(whole.vault(), practice.vault());
    let mut killer = Killer::new(10, Duration::ZERO, span(&practice, &["panic", "--yes"]));

    let (mut untouched, mut unfinished) = (0, 0);
    for kill in 0..kills() {
        let cli = Cli::new(&home, &format!("vault-{kill}"), PASSPHRASE);
        copy_folder(whole.vault(), cli.vault());
        let done = killer.kill(cli.start(&["panic", "--yes"])).is_some();
        let left = fs::read(cli.vault().join("keys")).ok();
        if left.as_ref() == Some(&keys) {
            // Killed before it did anything: then it is all there.
            assert!(!done);
            untouched += 1;
            cli.ok(&["report", "show", &report]);
            cli.ok(&["panic", "--yes"]);
        } else {
            let left = left.unwrap_or_default();
            let kept = |part: &[u8]| left.windows(part.len()).any(|window| window == part);
            assert!(!keys.chunks(16).any(kept), "some of the keys are left");
            unfinished += u32::from(cli.vault().exists());
            let answer = cli.run(&["report", "list"]);
            let over = matches!(answer.fault(), Some("wiped" | "no_vault"));
            assert!(answer.code == Some(3) && over, "{answer:?}");
        }
        // Of one that was killed at its very end, the empty folder may be left.
        let left = fs::read_dir(cli.vault()).map_or(0, Iterator::count);
        assert_eq!(left, 0, "the {kill}th wipe was not finished");
        assert_eq!(cli.ok(&["vault", "status"])["phase"], "no_vault");
        cli.fails(&["vault", "open"], 3, "no_vault");
    }
    println!(
        "of {} wipes {untouched} not begun, {unfinished} not finished",
        kills()
    );
    assert_eq!(expect_tidy(whole.vault()), 100);
}
