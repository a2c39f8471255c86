//! Whether the time of an answer tells what the passphrase was:
//! `cargo bench -p holdfast-vault --bench unlock`.
//!
//! A right, a wrong and a duress passphrase in turn, each timed from the call to the answer, at the
//! cost that this device gets. The means are to be within 2 % of each other, and a two-sample
//! Kolmogorov-Smirnov test is not to tell any two of them apart at 1 %; otherwise the exit code says
//! so. `HOLDFAST_BENCH_RUNS` sets how many of each.

#![expect(clippy::unwrap_used, reason = "a bench stops where it fails")]
#![expect(clippy::print_stdout, reason = "a bench prints its figures")]

#[path = "support/samples.rs"]
mod samples;

use std::{env, fs, path::Path, process::ExitCode, time::Instant};

use holdfast_record::Timestamp;
use holdfast_vault::{Create, KdfCost, OpenError, Opened, Passphrase, Role, Vault};
use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng as _};
use samples::Samples;

const NOW: Timestamp = Timestamp(1_780_000_000_000);
const RUNS: usize = 60;
const RIGHT: &str = "kelp and bladderwrack";
const DURESS: &str = "sea lettuce and dulse";
const WRONG: &str = "kelp and bladderwreck";

fn passphrase(text: &str) -> Passphrase {
    Passphrase::from(text.to_owned())
}

/// Seconds until the answer. Every run has the vault as it was before the first.
fn answer(from: &Path, dir: &Path, text: &str) -> f64 {
    let mut rng = ChaCha20Rng::seed_from_u64(2);
    for name in ["keys", "a.db", "b.db", "guard"] {
        fs::copy(from.join(name), dir.join(name)).unwrap();
        fs::File::open(dir.join(name)).unwrap().sync_all().unwrap();
    }
    let typed = passphrase(text);
    let started = Instant::now();
    let opened = Vault::open(dir, &typed, NOW, &mut rng);
    let taken = started.elapsed().as_secs_f64();
    match (text, opened) {
        (RIGHT, Ok(Opened::Vault(_)))
        | (DURESS, Ok(Opened::Decoy(_)))
        | (WRONG, Err(OpenError::WrongPassphrase)) => taken,
        (_, other) => panic!("{other:?}"),
    }
}

fn main() -> ExitCode {
    let runs = env::var("HOLDFAST_BENCH_RUNS").map_or(RUNS, |runs| runs.parse().unwrap());
    let home = tempfile::tempdir().unwrap();
    let (from, dir) = (home.path().join("from"), home.path().join("vault"));
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    let create = Create {
        role: Role::Reporter,
        cost: KdfCost::Device,
        now: NOW,
        settings: &[],
    };
    let vault = Vault::create(&from, &passphrase(RIGHT), create, &mut rng).unwrap();
    let notes = [("Buy thread".to_owned(), NOW)];
    vault
        .set_duress(&passphrase(DURESS), &notes, &mut rng)
        .unwrap();
    drop(vault);
    fs::create_dir_all(dir.join("blobs")).unwrap();
    let header = fs::read(from.join("keys")).unwrap();
    let number = |at: usize| u32::from_le_bytes(header[at..at + 4].try_into().unwrap());
    println!(
        "{} KiB, {} passes; {runs} runs each",
        number(12),
        number(16)
    );

    let kinds = [RIGHT, WRONG, DURESS];
    for text in kinds {
        answer(&from, &dir, text);
    }
    let mut taken = [const { Vec::new() }; 3];
    for run in 0..runs {
        // Nobody is always the first after another.
        for place in 0..3 {
            let kind = (place * (1 + run % 2) + run) % 3;
            taken[kind].push(answer(&from, &dir, kinds[kind]));
        }
    }
    let [right, wrong, duress] = taken.map(Samples::of);
    for (name, samples) in [("right", &right), ("wrong", &wrong), ("duress", &duress)] {
        println!("{name:7} {samples}");
    }
    let mut within = true;
    for (name, one, other) in [
        ("right, wrong", &right, &wrong),
        ("right, duress", &right, &duress),
        ("wrong, duress", &wrong, &duress),
    ] {
        let compared = one.compare(other);
        println!("{name:14} {compared}");
        within &= compared.difference.abs() < 0.02 && compared.p_value > 0.01;
    }
    println!(
        "{}",
        if within {
            "nothing tells them apart"
        } else {
            "they can be told apart"
        }
    );
    if within {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
