//! Sealing and opening together with other age programs, so that a file is a file to both.
//!
//! `age` is what many people have, and before 1.3 it knows X25519 only.

use std::{
    fs::{self, File},
    io::{self, Read},
    path::PathBuf,
};

use getrandom::SysRng;
use rand_core::{Rng as _, UnwrapErr};
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;

use crate::{
    Identity, Sealer,
    evidence::open_with,
    open_evidence,
    other_age::{Kind, Program},
    seal_copy,
};

/// At and around age's chunks of 64 KiB, where a stream goes wrong if anywhere; nothing at all; and
/// a film.
const SIZES: [usize; 6] = [0, 1, 65_535, 65_536, 65_537, 104_857_600];

const PAIRS: [(Program, Kind); 3] = [
    (Program::AgeEncryption, Kind::Hybrid),
    (Program::AgeEncryption, Kind::X25519),
    (Program::Age, Kind::X25519),
];

/// A file of random bytes, and places for what becomes of it.
struct Work {
    folder: TempDir,
    sha256: [u8; 32],
}

impl Work {
    fn of_size(size: usize) -> Self {
        let folder = TempDir::new().unwrap();
        let mut original = vec![0; size];
        UnwrapErr(SysRng).fill_bytes(&mut original);
        fs::write(folder.path().join("original"), &original).unwrap();
        let sha256 = Sha256::digest(&original).into();
        Self { folder, sha256 }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn original(&self) -> File {
        File::open(self.path("original")).unwrap()
    }

    #[track_caller]
    fn expect_opened(&self, program: Program, identity: &str) {
        let (key, plain) = (self.path("key"), self.path("plain"));
        fs::write(&key, identity).unwrap();
        let opened = program.decrypt(&key, &self.path("sealed"), &plain);
        assert!(opened.status.success(), "{program:?}: {opened:?}");
        self.expect_original(File::open(plain).unwrap());
    }

    #[track_caller]
    fn expect_original(&self, mut opened: impl Read) {
        let mut sha256 = Sha256::new();
        let mut piece = vec![0; 64 * 1024];
        loop {
            match opened.read(&mut piece).unwrap() {
                0 => break,
                read => sha256.update(&piece[..read]),
            }
        }
        assert_eq!(<[u8; 32]>::from(sha256.finalize()), self.sha256);
    }
}

#[test]
fn others_open_the_evidence_we_seal() {
    for size in SIZES {
        let work = Work::of_size(size);
        let mut sealer = Sealer::begin(File::create(work.path("sealed")).unwrap()).unwrap();
        io::copy(&mut work.original(), &mut sealer).unwrap();
        let (object, sealed) = sealer.finish(&mut UnwrapErr(SysRng)).unwrap();
        object.set_len(sealed.sealed_size).unwrap();
        work.expect_opened(Program::AgeEncryption, &sealed.key.expose_secret_str());
    }
}

#[test]
fn others_open_the_copies_we_seal() {
    for size in SIZES {
        let work = Work::of_size(size);
        for (program, kind) in PAIRS {
            let (identity, recipient) = program.keygen(kind);
            let sealed = File::create(work.path("sealed")).unwrap();
            let mut sealer = seal_copy(sealed, &[recipient.parse().unwrap()]).unwrap();
            io::copy(&mut work.original(), &mut sealer).unwrap();
            sealer.finish().unwrap();
            work.expect_opened(program, &identity);
        }
    }
}

#[test]
fn we_open_what_others_seal() {
    for size in SIZES {
        let work = Work::of_size(size);
        let (plain, sealed) = (work.path("original"), work.path("sealed"));
        let open = || {
            let file = File::open(&sealed).unwrap();
            let size = file.metadata().unwrap().len();
            (file, size)
        };
        for (program, kind) in PAIRS {
            match kind {
                Kind::Hybrid => {
                    let key = Identity::make();
                    program.encrypt(&key.recipient().to_string(), &plain, &sealed);
                    let (file, size) = open();
                    work.expect_original(open_evidence(file, size, &key).unwrap());
                }
                Kind::X25519 => {
                    let key = age::x25519::Identity::generate();
                    program.encrypt(&key.to_public().to_string(), &plain, &sealed);
                    let (file, size) = open();
                    work.expect_original(open_with(file, size, &[&key]).unwrap());
                }
            }
        }
    }
}

#[test]
fn a_key_of_theirs_is_a_key_of_ours() {
    let (identity, recipient) = Program::AgeEncryption.keygen(Kind::Hybrid);
    let key = Identity::from_secret_str(&identity).unwrap();
    assert_eq!(key.recipient().to_string(), recipient);
    assert_eq!(*key.expose_secret_str(), identity);
}
