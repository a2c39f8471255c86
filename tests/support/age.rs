//! Age programs that are not ours: age-encryption, by age's author, which shares no code with what is
//! used here, and the `age` of the system, which may be too old for hybrid keys.
//!
//! The crate that seals has this file as a module of its own, since it cannot depend on its testers.

use std::fs::File;
use std::path::Path;
use std::process::{Command, Output};

/// Another program that seals and opens.
#[derive(Clone, Copy, Debug)]
pub enum Program {
    /// npm's `age-encryption`, through `tests/age/age.mjs`.
    AgeEncryption,
    /// The program `age`.
    Age,
}

/// A kind of key.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// `age1pq1…`
    Hybrid,
    /// `age1…`
    X25519,
}

impl Program {
    /// Makes a key: the identity, and its recipient.
    ///
    /// # Panics
    /// When the program is missing or has no such keys.
    pub fn keygen(self, kind: Kind) -> (String, String) {
        let output = match (self, kind) {
            (Self::AgeEncryption, Kind::Hybrid) => age_encryption(&["keygen", "hybrid"]),
            (Self::AgeEncryption, Kind::X25519) => age_encryption(&["keygen", "x25519"]),
            (Self::Age, Kind::X25519) => run(&mut Command::new("age-keygen")),
            (Self::Age, Kind::Hybrid) => panic!("an `age` before 1.3 has no hybrid keys"),
        };
        assert!(output.status.success(), "{output:?}");
        let printed = String::from_utf8(output.stdout).expect("keys are text");
        let word = |start| {
            let mut words = printed.split_whitespace();
            let word = words.find(|word| word.starts_with(start));
            word.expect("a key was printed").to_owned()
        };
        (word("AGE-SECRET-KEY-"), word("age1"))
    }

    /// Seals `plain`.
    ///
    /// # Panics
    /// When it cannot.
    pub fn encrypt(self, recipient: &str, plain: &Path, sealed: &Path) {
        let (plain, sealed) = (text(plain), text(sealed));
        let output = match self {
            Self::AgeEncryption => age_encryption(&["encrypt", recipient, plain, sealed]),
            Self::Age => run(Command::new("age").args(["-r", recipient, "-o", sealed, plain])),
        };
        assert!(output.status.success(), "{output:?}");
    }

    /// Opens `sealed` with the identity in a file, or says how it failed.
    ///
    /// # Panics
    /// When the program is missing.
    pub fn decrypt(self, identity: &Path, sealed: &Path, plain: &Path) -> Output {
        let (identity, sealed) = (text(identity), text(sealed));
        match self {
            Self::AgeEncryption => age_encryption(&["decrypt", identity, sealed, text(plain)]),
            // Not with `-o`, which makes no file for an empty one.
            Self::Age => run(Command::new("age")
                .args(["-d", "-i", identity, sealed])
                .stdout(File::create(plain).expect("a file can be made"))),
        }
    }
}

/// Runs a command of `tests/age/age.mjs`.
///
/// # Panics
/// When Node or the package is missing.
pub fn age_encryption(args: &[&str]) -> Output {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors();
    let folder = tests.map(|folder| folder.join("tests/age"));
    let folder = { folder }.find(|folder| folder.join("age.mjs").is_file());
    let folder = folder.expect("the tests are there");
    assert!(
        folder.join("node_modules/age-encryption").exists(),
        "age-encryption is missing: run `make tests/age/node_modules/.installed`"
    );
    run(Command::new("node").arg(folder.join("age.mjs")).args(args))
}

fn run(command: &mut Command) -> Output {
    let name = command.get_program().to_owned();
    let output = command.output();
    output.unwrap_or_else(|error| panic!("{name:?} cannot be started ({error}): run `make setup`"))
}

fn text(path: &Path) -> &str {
    path.to_str().expect("the paths of tests are UTF-8")
}
