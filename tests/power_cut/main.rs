//! Power cuts: the disk keeps what was synced, and of the rest whatever it likes.
//!
//! The real command line works on a disk that remembers every change ([`tape`]); what it printed as
//! done is written to that same disk, so that its place among the changes is known exactly. Then the
//! power is cut at as many of these moments as `HOLDFAST_CUTS` says (150 if unset; `make power-cut`
//! takes 2,500), and each time the vault is opened, twice: everything acknowledged by then is there
//! and verifies, and nothing that was written lies about in clear.
#![expect(clippy::unwrap_used, reason = "a test stops at what it cannot do")]

mod life;
mod look;

use std::collections::{BTreeMap, HashMap};
use std::sync::{LazyLock, Mutex, mpsc};
use std::thread;

use holdfast_app::view::Fault;
use holdfast_tests::{
    Dice,
    tape::{Disk, Faith, Left, Loss, Tape},
};

use crate::life::{Claim, Life, live, live_under_duress};
use crate::look::{Found, examine};

const PASSPHRASE: &str = "power cut: nine lanterns on the mole";
/// What opens it after a change.
const NEXT: &str = "power cut: ten lanterns, one of them out";
/// What destroys it and opens a notebook.
const DURESS: &str = "power cut: no lanterns to speak of";
const WORDS: &str = "Свет погас в восемь: canary-turnstone-4471";
const DRAFT: &str = "Ещё не дописано: canary-dunlin-9035";
const CONTENT: &[u8] = b"canary-whelk-6120";
const NAME: &str = "улика-canary-knot";

/// How often the power is cut.
fn cuts() -> usize {
    let set = std::env::var("HOLDFAST_CUTS").ok();
    set.map_or(150, |cuts| cuts.parse().expect("HOLDFAST_CUTS is a number"))
}

/// Where the power is cut, and what is lost.
#[derive(Clone, Copy, Debug)]
struct Cut {
    at: usize,
    loss: Loss,
}

/// As many moments as asked for, spread over the whole life, and the moments right after each
/// acknowledgement, when nothing of it may be lost any more.
fn plan(life: &Life, count: usize, dice: &mut Dice) -> Vec<Cut> {
    let acknowledged = life.said.iter().map(|&at| Cut {
        at,
        loss: Loss::Everything,
    });
    let mut plan: Vec<Cut> = acknowledged.take(count).collect();
    let length = life.recording.len();
    let rest = count - plan.len();
    for number in 0..rest {
        plan.push(Cut {
            at: 1 + (number * length + dice.below(length)) / rest % length,
            loss: Loss::ALL[dice.below(Loss::ALL.len())],
        });
    }
    plan.sort_by_key(|cut| cut.at);
    plan
}

/// A state of the disk in which the power may have been cut, and how it is to be opened.
type State = ([u8; 32], Vec<&'static str>, Option<&'static str>);

/// What the test found out.
#[derive(Default)]
struct Outcome {
    cuts: usize,
    moments: usize,
    states: usize,
    opened: usize,
    wrong: Vec<String>,
}

/// Cuts the power again and again, and looks at what is left.
fn cut(life: &Life, faith: Faith, count: usize) -> Outcome {
    let mut dice = Dice::new(11);
    let plan = plan(life, count, &mut dice);
    let mut disk = Disk::new(faith);
    let mut states: HashMap<State, usize> = HashMap::new();
    let mut cuts = Vec::new();
    let (send, receive) = mpsc::sync_channel::<(Left, State, usize)>(4);
    let receive = Mutex::new(receive);
    let found = Mutex::new(BTreeMap::new());
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(2, usize::from) {
            scope.spawn(|| {
                loop {
                    let next = receive.lock().unwrap().recv();
                    let Ok((left, (_, passphrases, dead), number)) = next else {
                        return;
                    };
                    let seen = examine(&left, &passphrases, dead);
                    found.lock().unwrap().insert(number, seen);
                }
            });
        }
        for cut in plan {
            disk.play(&life.recording, cut.at);
            let left = disk.cut(cut.loss, &mut dice, "home");
            let spans = life.passphrases.iter();
            let passphrases: Vec<_> = spans
                .filter(|(span, _)| span.has(cut.at))
                .map(|(_, passphrase)| *passphrase)
                .collect();
            let dead = life.dead.filter(|(span, _)| span.has(cut.at));
            let dead = dead.map(|(_, passphrase)| passphrase);
            let number = states.len();
            let key = (left.digest(), passphrases, dead);
            let state = *states.entry(key.clone()).or_insert(number);
            if state == number {
                send.send((left, key, number)).unwrap();
            }
            cuts.push((cut, state));
        }
        drop(send);
    });
    let found = found.into_inner().unwrap();
    let mut outcome = Outcome {
        cuts: cuts.len(),
        states: states.len(),
        ..Outcome::default()
    };
    let mut last = 0;
    for (cut, state) in cuts {
        outcome.moments += usize::from(cut.at != last);
        last = cut.at;
        match &found[&state] {
            Ok(found) => {
                outcome.opened += usize::from(matches!(found, Found::Open(_)));
                if let Err(wrong) = check(life, cut, found) {
                    outcome.wrong.push(format!("{cut:?}: {wrong}"));
                }
            }
            Err(wrong) => outcome.wrong.push(format!("{cut:?}: {wrong}")),
        }
    }
    outcome
}

/// Holds what was found against what had been promised by then.
fn check(life: &Life, cut: Cut, found: &Found) -> Result<(), String> {
    let (begun, done) = life.destroying;
    let known = match found {
        Found::Open(_) if cut.at >= done => return Err("destroyed, and it opens".to_owned()),
        Found::Open(known) => known,
        Found::Notebook if life.notebook && cut.at >= begun => return Ok(()),
        Found::Notebook => return Err("a notebook opens".to_owned()),
        Found::Shut(Fault::NoVault) if life.making.has(cut.at) => return Ok(()),
        Found::Shut(Fault::NoVault | Fault::Wiped) if cut.at >= begun && !life.notebook => {
            return Ok(());
        }
        // Overwritten in part: whatever it is, it opens no more.
        Found::Shut(Fault::KeysDamaged) if (begun..done).contains(&cut.at) && !life.notebook => {
            return Ok(());
        }
        Found::Shut(fault) => return Err(format!("does not open: {fault:?}")),
    };
    let claims = life.claims.iter().filter(|(span, _)| span.has(cut.at));
    for (_, claim) in claims {
        let there = known.get(claim.report());
        let kept = match (claim, there) {
            (Claim::Gone(_), there) => there.is_none(),
            (_, None) => false,
            (Claim::Held(_), Some(known)) => known.held,
            (Claim::Thinned(_, wholly), Some(known)) => {
                known.evidence.is_empty() && *wholly != (known.narrative == WORDS)
            }
            (Claim::More(_, pieces), Some(known)) => known.has(pieces),
            (Claim::Report(_, words, pieces) | Claim::Draft(_, words, pieces), Some(known)) => {
                known.draft == matches!(claim, Claim::Draft(..))
                    && known.narrative == *words
                    && known.has(pieces)
            }
        };
        if !kept {
            return Err(format!("{claim:?} was acknowledged; found {there:?}"));
        }
    }
    Ok(())
}

/// Shows a few of many.
fn few(wrong: &[String]) -> String {
    wrong
        .iter()
        .take(12)
        .cloned()
        .collect::<Vec<_>>()
        .join("\n")
}

fn life() -> &'static Life {
    static LIFE: LazyLock<Life> = LazyLock::new(live);
    &LIFE
}

/// Cuts the power in a life, and fails if anything was lost.
#[expect(clippy::print_stdout, reason = "`make power-cut` shows what it did")]
fn expect_nothing_lost(life: &Life, count: usize) {
    let outcome = cut(life, Faith::All, count);
    println!(
        "{} changes and syncs recorded; {} power cuts at {} different moments left {} different \
         disks; {} times the vault opened",
        life.recording.len(),
        outcome.cuts,
        outcome.moments,
        outcome.states,
        outcome.opened,
    );
    let wrong = &outcome.wrong;
    assert!(
        wrong.is_empty(),
        "{} cuts lost something:\n{}",
        wrong.len(),
        few(wrong)
    );
    assert!(outcome.opened * 3 > outcome.cuts, "enough of them open");
}

#[test]
fn what_was_acknowledged_survives_a_power_cut_at_any_moment() {
    if !Tape::can_be_mounted() {
        return;
    }
    expect_nothing_lost(life(), cuts());
}

/// Until the second passphrase is typed the vault is there; from then on it or the notebook; and once
/// the notebook was seen to open, nothing but the notebook.
#[test]
fn a_power_cut_under_duress_leaves_the_vault_or_the_notebook() {
    if !Tape::can_be_mounted() {
        return;
    }
    expect_nothing_lost(&live_under_duress(), cuts() / 3);
}

/// A disk that lies about syncing loses what was acknowledged; a test that did not see that would
/// see nothing.
#[test]
fn a_disk_that_does_not_sync_is_found_out() {
    if !Tape::can_be_mounted() {
        return;
    }
    for faith in [Faith::FoldersOnly, Faith::FilesOnly] {
        let outcome = cut(life(), faith, 40);
        println!(
            "{faith:?}: {} of {} cuts lost something",
            outcome.wrong.len(),
            outcome.cuts
        );
        assert!(
            outcome.wrong.len() > 10,
            "{faith:?}: {}",
            few(&outcome.wrong)
        );
    }
}
