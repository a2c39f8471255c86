//! `cargo bench -p holdfast-seal`: sealing and opening a file beside `age` in the same run, and what
//! the hybrid header costs each object. The goal is the speed of `age`.
//!
//! Ours run in this process and read and write the files themselves; `age` and `sha256sum` are the
//! programs of the system. Nobody syncs. `age` seals to an X25519 key: the stock program knows no
//! hybrid one. Ratios are medians of those within a round.
//!
//! `HOLDFAST_BENCH_MIB` and `HOLDFAST_BENCH_ROUNDS` set the size (1024) and the number of rounds (7,
//! after one that does not count); `HOLDFAST_BENCH_DIR` the directory, and so the disk.

#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a bench prints its figures and stops at once"
)]

use std::{
    fs::{self, File},
    io::{self, Cursor, Read, Write},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use age::secrecy::ExposeSecret as _;
use getrandom::SysRng;
use holdfast_seal::{Identity, PersonalKey, Sealed, Sealer, open_evidence, seal_copy};
use rand_core::{Rng as _, UnwrapErr};

/// As the program reads and writes files.
const PIECE: usize = 256 * 1024;

const OBJECTS: usize = 500;

fn main() {
    let (mib, rounds) = (
        setting("HOLDFAST_BENCH_MIB", 1024),
        setting("HOLDFAST_BENCH_ROUNDS", 7),
    );
    let version = Command::new("age").arg("--version").output();
    match version {
        Ok(version) => {
            let version = String::from_utf8_lossy(&version.stdout);
            println!("{mib} MiB beside age {}:", version.trim());
            Files::make(mib).compare(rounds);
        }
        Err(_) => println!("the age program is not installed: nothing to compare with"),
    }
    println!("one object, medians of {OBJECTS}:");
    for size in [0, 100] {
        one_object(size);
    }
}

fn setting(name: &str, otherwise: usize) -> usize {
    std::env::var(name)
        .ok()
        .and_then(|value| value.parse().ok())
        .unwrap_or(otherwise)
}

fn median<T: Copy + PartialOrd>(values: impl IntoIterator<Item = T>) -> T {
    let mut values: Vec<T> = values.into_iter().collect();
    values.sort_by(|one, other| one.partial_cmp(other).unwrap());
    values[values.len() / 2]
}

/// The files that everybody reads, and the place where everybody writes.
struct Files {
    dir: tempfile::TempDir,
    mib: usize,
    age_key: age::x25519::Identity,
    hybrid_key: Identity,
    sealed: Sealed,
}

impl Files {
    fn make(mib: usize) -> Self {
        let base = std::env::var_os("HOLDFAST_BENCH_DIR")
            .map_or(PathBuf::from(env!("CARGO_TARGET_TMPDIR")), PathBuf::from);
        let dir = tempfile::tempdir_in(base).unwrap();
        let mut original = File::create(dir.path().join("original")).unwrap();
        let mut piece = vec![0; 1 << 20];
        for _ in 0..mib {
            UnwrapErr(SysRng).fill_bytes(&mut piece);
            original.write_all(&piece).unwrap();
        }
        let age_key = age::x25519::Identity::generate();
        fs::write(
            dir.path().join("age-key"),
            age_key.to_string().expose_secret(),
        )
        .unwrap();
        let sealed = seal_object(&dir.path().join("original"), &dir.path().join("object"));
        let files = Self {
            dir,
            mib,
            age_key,
            hybrid_key: Identity::make(),
            sealed,
        };
        files.age_seal();
        fs::rename(files.path("out"), files.path("by-age")).unwrap();
        // Or the disk is still busy with these when the clock runs.
        for name in ["original", "object", "by-age"] {
            File::open(files.path(name)).unwrap().sync_all().unwrap();
        }
        files
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn compare(&self, rounds: usize) {
        let jobs: [(&str, &dyn Fn()); 8] = [
            ("a copy to a hybrid key", &|| self.copy()),
            ("an evidence object, two hashes", &|| self.object()),
            ("age -r", &|| self.age_seal()),
            ("age -r, then sha256sum of both", &|| {
                self.age_seal_and_hash()
            }),
            ("open, to nowhere", &|| self.open(&mut io::sink())),
            ("age -d -o /dev/null", &|| self.age_open("/dev/null")),
            ("open, to a file", &|| {
                self.open(&mut File::create(self.path("out")).unwrap())
            }),
            ("age -d -o file", &|| self.age_open("out")),
        ];
        let mut times = vec![[Duration::ZERO; 8]; rounds];
        for round in 0..=rounds {
            for at in 0..jobs.len() {
                // Nobody is always first, overwrites what another left, or waits for its writing.
                let at = (at + round) % jobs.len();
                self.run("sync", &[]);
                let started = Instant::now();
                jobs[at].1();
                let took = started.elapsed();
                let _ = fs::remove_file(self.path("out"));
                if let Some(round) = round.checked_sub(1) {
                    times[round][at] = took;
                }
            }
        }
        for (at, (name, _)) in jobs.iter().enumerate() {
            let seconds = median(times.iter().map(|round| round[at])).as_secs_f64();
            println!(
                "  {name:<45} {seconds:>6.2} s {:>6.0} MiB/s",
                self.mib as f64 / seconds
            );
        }
        for (what, ours, peer) in [
            ("a copy / age -r", 0, 2),
            ("an object / age -r", 1, 2),
            ("an object / age -r, then sha256sum", 1, 3),
            ("open to nowhere / age -d", 4, 5),
            ("open to a file / age -d", 6, 7),
        ] {
            let ratios = times
                .iter()
                .map(|round| round[peer].as_secs_f64() / round[ours].as_secs_f64());
            println!("  speed of {what:<36} {:>6.2}", median(ratios));
        }
    }

    fn copy(&self) {
        let key = PersonalKey::Hybrid(Box::new(self.hybrid_key.recipient()));
        let out = File::create(self.path("out")).unwrap();
        let mut copy = seal_copy(out, &[key]).unwrap();
        pour(File::open(self.path("original")).unwrap(), &mut copy);
        copy.finish().unwrap();
    }

    fn object(&self) {
        seal_object(&self.path("original"), &self.path("out"));
    }

    fn open(&self, out: &mut dyn Write) {
        let object = File::open(self.path("object")).unwrap();
        pour(
            open_evidence(object, self.sealed.sealed_size, &self.sealed.key).unwrap(),
            out,
        );
    }

    fn age_seal(&self) {
        let to = self.age_key.to_public().to_string();
        self.run("age", &["-r", &to, "-o", "out", "original"]);
    }

    fn age_seal_and_hash(&self) {
        self.age_seal();
        self.run("sha256sum", &["original", "out"]);
    }

    fn age_open(&self, out: &str) {
        self.run("age", &["-d", "-i", "age-key", "-o", out, "by-age"]);
    }

    fn run(&self, program: &str, args: &[&str]) {
        let mut command = Command::new(program);
        command.args(args).current_dir(self.dir.path());
        let status = command.stdout(Stdio::null()).status().unwrap();
        assert!(status.success(), "{program} failed");
    }
}

fn seal_object(original: &Path, object: &Path) -> Sealed {
    let mut sealer = Sealer::begin(File::create(object).unwrap()).unwrap();
    pour(File::open(original).unwrap(), &mut sealer);
    sealer.finish(&mut UnwrapErr(SysRng)).unwrap().1
}

fn pour(mut from: impl Read, to: &mut dyn Write) {
    let mut piece = vec![0; PIECE];
    loop {
        match from.read(&mut piece).unwrap() {
            0 => return,
            read => to.write_all(&piece[..read]).unwrap(),
        }
    }
}

/// What an object costs however small it is, its key included: with an X25519 header, with a hybrid
/// one, and as evidence, which is also hashed and padded.
fn one_object(size: usize) {
    let original = vec![7; size];
    let mut costs = [const { Vec::new() }; 3];
    for _ in 0..OBJECTS {
        let ordinary = || {
            let key = age::x25519::Identity::generate();
            (seal_bare(&original, &key.to_public()), key)
        };
        let hybrid = || {
            let key = Identity::make();
            (seal_bare(&original, &key.recipient()), key)
        };
        let evidence = || {
            let mut sealer = Sealer::begin(Vec::new()).unwrap();
            sealer.write_all(&original).unwrap();
            sealer.finish(&mut UnwrapErr(SysRng)).unwrap()
        };
        costs[0].push(cost(ordinary, |(file, key)| open_bare(file, key)));
        costs[1].push(cost(hybrid, |(file, key)| open_bare(file, key)));
        costs[2].push(cost(evidence, |(object, sealed)| {
            let mut plain = Vec::new();
            open_evidence(Cursor::new(object), sealed.sealed_size, &sealed.key)
                .and_then(|mut reader| Ok(reader.read_to_end(&mut plain)?))
                .unwrap();
        }));
    }
    let [ordinary, hybrid, evidence] = costs.map(|costs| {
        [0, 1, 2].map(|column| median(costs.iter().map(|cost: &[f64; 3]| cost[column])))
    });
    let added = [0, 1, 2].map(|column| hybrid[column] - ordinary[column]);
    for (name, [seal, open, bytes]) in [
        ("X25519 header", ordinary),
        ("hybrid header", hybrid),
        ("added by the hybrid header", added),
        ("evidence object", evidence),
    ] {
        let name = format!("{size} bytes, {name}");
        println!("  {name:<40} seal {seal:>4.0} µs, open {open:>4.0} µs, {bytes:>5.0} bytes");
    }
}

/// Microseconds to seal and to open, and the length of what was sealed.
fn cost<K>(seal: impl Fn() -> (Vec<u8>, K), open: impl Fn(&(Vec<u8>, K))) -> [f64; 3] {
    let started = Instant::now();
    let sealed = seal();
    let sealing = started.elapsed();
    open(&sealed);
    let opening = started.elapsed() - sealing;
    let micros = |time: Duration| time.as_secs_f64() * 1e6;
    [micros(sealing), micros(opening), sealed.0.len() as f64]
}

fn seal_bare(original: &[u8], to: &dyn age::Recipient) -> Vec<u8> {
    let encryptor = age::Encryptor::with_recipients(std::iter::once(to)).unwrap();
    let mut stream = encryptor.wrap_output(Vec::new()).unwrap();
    stream.write_all(original).unwrap();
    stream.finish().unwrap()
}

fn open_bare(file: &[u8], key: &dyn age::Identity) {
    let decryptor = age::Decryptor::new_buffered(file).unwrap();
    let mut stream = decryptor.decrypt(std::iter::once(key)).unwrap();
    stream.read_to_end(&mut Vec::new()).unwrap();
}
