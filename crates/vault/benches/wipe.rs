//! How long until the keys are gone, and whether that depends on how much is stored:
//! `cargo bench -p holdfast-vault --bench wipe`.
//!
//! Vaults of 10 MB and of 20 GB (sparse files) in turn, each timed until
//! [`holdfast_vault::destroy_keys`] is back. To be within 50 ms at the 99th percentile, and not to be
//! told apart at 1 % by a two-sample Kolmogorov-Smirnov test; otherwise the exit code says so.
//! `HOLDFAST_BENCH_RUNS` sets how many of each.

#![expect(clippy::unwrap_used, reason = "a bench stops where it fails")]
#![expect(clippy::print_stdout, reason = "a bench prints its figures")]

#[path = "support/samples.rs"]
mod samples;

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::ExitCode,
    time::Instant,
};

use holdfast_record::Timestamp;
use holdfast_vault::{Create, KdfCost, Passphrase, Role, Vault, destroy_keys};
use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng as _};
use samples::Samples;

const RUNS: usize = 150;
const MOST: f64 = 0.050;

/// Blobs, and the length of each: 10 MB and 20 GB.
const SIZES: [(u64, u64); 2] = [(10, 1_000_000), (2_000, 10_000_000)];

/// A vault with so much in it, copied from one that is small.
fn fill(from: &Path, dir: &Path, (count, length): (u64, u64)) {
    fs::create_dir_all(dir.join("blobs")).unwrap();
    for name in ["keys", "a.db", "b.db", "guard", "lock"] {
        fs::copy(from.join(name), dir.join(name)).unwrap();
        fs::File::open(dir.join(name)).unwrap().sync_all().unwrap();
    }
    for number in 0..count {
        let blob = fs::File::create(dir.join("blobs").join(format!("{number:032x}"))).unwrap();
        blob.set_len(length).unwrap();
    }
    // What was just made is not to be waited for.
    fs::File::open(dir.join("blobs"))
        .unwrap()
        .sync_all()
        .unwrap();
    fs::File::open(dir).unwrap().sync_all().unwrap();
}

fn main() -> ExitCode {
    let runs = env::var("HOLDFAST_BENCH_RUNS").map_or(RUNS, |runs| runs.parse().unwrap());
    let home = tempfile::tempdir().unwrap();
    let from = home.path().join("from");
    let create = Create {
        role: Role::Reporter,
        cost: KdfCost::Floor,
        now: Timestamp(0),
        settings: &[],
    };
    let passphrase = Passphrase::from("kelp".to_owned());
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    drop(Vault::create(&from, &passphrase, create, &mut rng).unwrap());
    let dirs: [PathBuf; 2] = [0, 1].map(|size| home.path().join(size.to_string()));
    for (dir, size) in dirs.iter().zip(SIZES) {
        fill(&from, dir, size);
    }
    let mut taken = [const { Vec::new() }; 2];
    for run in 0..2 * runs {
        let size = (run + run / 2) % 2;
        let dir = &dirs[size];
        let started = Instant::now();
        let gone = destroy_keys(dir).unwrap();
        taken[size].push(started.elapsed().as_secs_f64());
        drop(gone);
        // The rest stays for the next run.
        fs::remove_file(dir.join("wiping")).unwrap();
        fs::copy(from.join("keys"), dir.join("keys")).unwrap();
        fs::File::open(dir.join("keys"))
            .unwrap()
            .sync_all()
            .unwrap();
        fs::File::open(dir).unwrap().sync_all().unwrap();
    }
    let [small, large] = taken.map(Samples::of);
    println!("keys gone, {runs} runs each");
    println!("10 MB  {small}");
    println!("20 GB  {large}");
    let compared = small.compare(&large);
    println!("{compared}");
    let within =
        small.percentile(99.0) <= MOST && large.percentile(99.0) <= MOST && compared.p_value > 0.01;
    if within {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
