//! The life of a vault that the power is cut in: what was done, and what was promised when.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use holdfast_tests::{
    CREATE, Cli, Coalition, Home, fixtures, list, string,
    tape::{Recording, Tape},
    text,
};
use serde_json::Value;
use tempfile::TempDir;

use crate::{CONTENT, DRAFT, DURESS, NAME, NEXT, PASSPHRASE, WORDS};

/// Something that was acknowledged.
#[derive(Clone, Debug)]
pub(crate) enum Claim {
    /// A report with these words and this evidence: its hash by object.
    Report(String, &'static str, BTreeMap<String, String>),
    /// A draft.
    Draft(String, &'static str, BTreeMap<String, String>),
    /// These pieces of evidence belong to the report besides.
    More(String, BTreeMap<String, String>),
    /// The endpoint signed for the report.
    Held(String),
    /// Nothing of its evidence is here, and nothing of its words if that was everything.
    Thinned(String, bool),
    /// It was thrown away.
    Gone(String),
}

impl Claim {
    pub(crate) fn report(&self) -> &str {
        match self {
            Self::Report(report, ..)
            | Self::Draft(report, ..)
            | Self::More(report, _)
            | Self::Held(report)
            | Self::Thinned(report, _)
            | Self::Gone(report) => report,
        }
    }
}

/// A span on the tape: true of all cuts from its start on and before its end.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Span {
    pub(crate) start: usize,
    pub(crate) end: usize,
}

impl Span {
    fn from(start: usize) -> Self {
        let end = usize::MAX;
        Self { start, end }
    }

    pub(crate) fn has(self, cut: usize) -> bool {
        (self.start..self.end).contains(&cut)
    }
}

/// A recorded life of a vault.
pub(crate) struct Life {
    pub(crate) recording: Recording,
    pub(crate) claims: Vec<(Span, Claim)>,
    /// With which passphrases to try when, in this order.
    pub(crate) passphrases: Vec<(Span, &'static str)>,
    /// Which passphrase opens nothing any more.
    pub(crate) dead: Option<(Span, &'static str)>,
    /// While its making was not acknowledged, there may be none.
    pub(crate) making: Span,
    /// How it ended: from where on it may be destroyed, and from where on it must be.
    pub(crate) destroying: (usize, usize),
    /// Whether a notebook is in its place then.
    pub(crate) notebook: bool,
    /// Where something was acknowledged.
    pub(crate) said: Vec<usize>,
}

/// Where a command began, and where its answer was printed.
#[derive(Clone, Copy, Debug)]
struct Step {
    begun: usize,
    said: usize,
}

/// A person at the command line, on a disk that remembers.
struct Writer<'a> {
    tape: &'a Tape,
    cli: Cli<'a>,
    claims: Vec<(Span, Claim)>,
    said: Vec<usize>,
}

impl Writer<'_> {
    /// Runs a command whose answer goes to the same disk.
    fn run(&mut self, args: &[&str]) -> (Step, Value) {
        let begun = self.tape.position();
        let name = self.said.len().to_string();
        let answer = self.tape.join("said").join(&name);
        let mut command = self.cli.command(args);
        command.stdout(File::create(&answer).unwrap());
        let output = command.output().unwrap();
        let json = fs::read_to_string(&answer).unwrap();
        assert!(output.status.success(), "{args:?}: {json} {output:?}");
        let said = self.tape.written("said", &name);
        self.said.push(said);
        (Step { begun, said }, serde_json::from_str(&json).unwrap())
    }

    /// What was claimed of a report before is no longer, as soon as this step begins.
    fn claim(&mut self, step: Step, claim: Claim) {
        for (span, earlier) in &mut self.claims {
            let replaced = matches!(earlier, Claim::Report(..) | Claim::Draft(..));
            if replaced && earlier.report() == claim.report() && span.end == usize::MAX {
                span.end = step.begun + 1;
            }
        }
        self.claims.push((Span::from(step.said), claim));
    }

    /// Runs a command that answers with a report, whose words are `words` then.
    fn report(&mut self, words: &'static str, args: &[&str]) -> String {
        let (step, view) = self.run(args);
        let report = string(&view["report"]).to_owned();
        let claim = Claim::Report(report.clone(), words, pieces(&view["evidence"]));
        self.claim(step, claim);
        report
    }

    /// Runs a command that adds evidence to a report.
    fn add(&mut self, report: &str, files: &[&str]) {
        let (step, added) = self.run(&[&["evidence", "add", report], files].concat());
        let claim = Claim::More(report.to_owned(), pieces(&added));
        self.claims.push((Span::from(step.said), claim));
    }

    /// Delivers all that waits, `sent` among it.
    fn sync(&mut self, sent: &str) {
        let (step, synced) = self.run(&["sync"]);
        assert_eq!(synced["waiting"], 0, "{synced}");
        let claim = Claim::Held(sent.to_owned());
        self.claims.push((Span::from(step.said), claim));
    }
}

/// A disk with a folder for what is said and one for the vault.
fn disk() -> (Tape, PathBuf) {
    let tape = Tape::mount();
    fs::create_dir(tape.join("said")).unwrap();
    fs::create_dir(tape.join("home")).unwrap();
    File::open(tape.path()).unwrap().sync_all().unwrap();
    let vault = tape.join("home/vault");
    (tape, vault)
}

/// A file with a passphrase in it.
fn passphrase_file(folder: &TempDir, passphrase: &str) -> PathBuf {
    let file = folder.path().join("passphrase");
    fs::write(&file, passphrase).unwrap();
    file
}

const SEND: [&str; 2] = ["--send", "--consent"];

/// Records a vault that is opened with the second passphrase in the end.
pub(crate) fn live_under_duress() -> Life {
    let (home, clear) = (Home::new(), tempfile::tempdir().unwrap());
    let (tape, vault) = disk();
    let mut writer = Writer {
        tape: &tape,
        cli: Cli::new(&home, text(&vault), PASSPHRASE),
        claims: Vec::new(),
        said: Vec::new(),
    };
    let piece = evidence(clear.path(), 150_000, 3);
    let (made, _) = writer.run(&CREATE);
    let add = [
        "report",
        "add",
        "--narrative",
        WORDS,
        "--evidence",
        text(&piece),
    ];
    writer.report(WORDS, &add);
    let second = passphrase_file(&clear, DURESS);
    let set = [
        "vault",
        "second-passphrase",
        "--new-passphrase-file",
        text(&second),
    ];
    writer.run(&set);
    writer.report(WORDS, &add);
    writer.cli = Cli::new(&home, text(&vault), DURESS);
    let (opened, _) = writer.run(&["vault", "open"]);
    writer.run(&["notebook", "add", "Bread, lamp oil."]);
    let Writer { claims, said, .. } = writer;
    Life {
        recording: tape.stop(),
        claims,
        passphrases: vec![
            (Span::from(0), PASSPHRASE),
            (Span::from(opened.begun + 1), DURESS),
        ],
        dead: None,
        making: Span {
            start: 0,
            end: made.said,
        },
        destroying: (opened.begun + 1, opened.said),
        notebook: true,
        said,
    }
}

/// Records a vault from its making to its destruction, with a bit of everything between.
pub(crate) fn live() -> Life {
    let (home, clear) = (Home::new(), tempfile::tempdir().unwrap());
    let coalition = Coalition::start("Mole Lamp");
    let (tape, vault) = disk();
    let mut writer = Writer {
        tape: &tape,
        cli: Cli::new(&home, text(&vault), PASSPHRASE),
        claims: Vec::new(),
        said: Vec::new(),
    };
    let small = evidence(clear.path(), 20_000, 1);
    let large = evidence(clear.path(), 150_000, 2);
    let (small, large) = (text(&small), text(&large));
    let add = |words, more: &[&'static str]| {
        let add = ["report", "add", "--narrative", words];
        [&add[..], more].concat()
    };

    let (made, _) = writer.run(&CREATE);
    writer.run(&["join", text(&coalition.invite())]);
    let both = ["--evidence", small, "--evidence", large];
    let first = writer.report(WORDS, &[&add(WORDS, &[])[..], &both].concat());

    // A draft is kept, gets evidence, and becomes a report; another is thrown away.
    for thrown_away in [false, true] {
        let (step, view) = writer.run(&add(DRAFT, &["--draft"]));
        let report = string(&view["report"]).to_owned();
        writer.claim(step, Claim::Draft(report.clone(), DRAFT, BTreeMap::new()));
        let (step, added) = writer.run(&["evidence", "add", &report, small]);
        writer.claim(step, Claim::Draft(report.clone(), DRAFT, pieces(&added)));
        if thrown_away {
            let (step, _) = writer.run(&["report", "discard", &report]);
            writer.claim(step, Claim::Gone(report));
        } else {
            writer.report(WORDS, &["report", "edit", &report, "--narrative", WORDS]);
        }
    }

    // Handing over, delivering, and more evidence for what was delivered.
    writer.run(&["report", "send", &first, "--consent"]);
    writer.report(WORDS, &add(WORDS, &["--place", "Ош"]));
    writer.sync(&first);
    writer.add(&first, &[small]);
    writer.run(&["settings", "--auto-lock-minutes", "7"]);
    for day in [
        "2026-03-01",
        "2026-03-02",
        "2026-03-03",
        "2026-03-04",
        "2026-03-05",
    ] {
        let report = writer.report(DRAFT, &[&add(DRAFT, &["--when", day])[..], &both].concat());
        writer.report(WORDS, &["report", "edit", &report, "--narrative", WORDS]);
        writer.run(&["report", "send", &report, "--consent"]);
        writer.add(&report, &[small, large]);
        writer.sync(&report);
    }
    let sent = writer.report(WORDS, &add(WORDS, &SEND));
    writer.sync(&sent);

    // What is delivered goes from here, with its evidence or wholly.
    for what in ["--evidence", "--everything"] {
        let report = writer.report(WORDS, &[&add(WORDS, &[])[..], &both, &SEND].concat());
        writer.sync(&report);
        let (step, _) = writer.run(&["report", "thin", &report, what]);
        writer.claim(step, Claim::Thinned(report, what == "--everything"));
    }

    // Another passphrase, and a second one.
    let next = passphrase_file(&clear, NEXT);
    let (changed, _) = writer.run(&["vault", "passphrase", "--new-passphrase-file", text(&next)]);
    writer.cli = Cli::new(&home, text(&vault), NEXT);
    writer.report(WORDS, &add(WORDS, &[]));
    let second = passphrase_file(&clear, DURESS);
    let set = [
        "vault",
        "second-passphrase",
        "--new-passphrase-file",
        text(&second),
    ];
    writer.run(&set);
    writer.report(WORDS, &add(WORDS, &[]));

    let (panic, _) = writer.run(&["panic", "--yes"]);
    let Writer { claims, said, .. } = writer;
    Life {
        recording: tape.stop(),
        claims,
        passphrases: vec![
            (
                Span {
                    start: 0,
                    end: changed.said,
                },
                PASSPHRASE,
            ),
            (Span::from(changed.begun + 1), NEXT),
        ],
        dead: Some((
            Span {
                start: changed.said,
                end: panic.begun,
            },
            PASSPHRASE,
        )),
        making: Span {
            start: 0,
            end: made.said,
        },
        destroying: (panic.begun + 1, panic.said),
        notebook: false,
        said,
    }
}

fn pieces(evidence: &Value) -> BTreeMap<String, String> {
    let piece = |piece: &Value| {
        let (object, hash) = (string(&piece["object"]), string(&piece["sha256"]));
        (object.to_owned(), hash.to_owned())
    };
    list(evidence).iter().map(piece).collect()
}

/// Evidence with its canary in every page of it.
fn evidence(folder: &Path, size: usize, seed: u64) -> PathBuf {
    let mut bytes = fixtures::noise(size, seed);
    for page in bytes.chunks_exact_mut(4096) {
        page[..CONTENT.len()].copy_from_slice(CONTENT);
    }
    let path = folder.join(format!("{NAME}-{seed}.jpg"));
    fs::write(&path, bytes).unwrap();
    path
}
