//! The vault beside its peers, in one run: `cargo bench -p holdfast-vault`.
//!
//! Ratios are what counts; the figures to reach are in the design. Peers do the same work with
//! nothing of ours around it: bare Argon2id, the same query in plain SQLite, age and a sync, a
//! plain file.

#![expect(clippy::unwrap_used, reason = "a bench stops where it fails")]

use std::{
    fs::File,
    io::{Read as _, Seek as _, SeekFrom, Write as _},
    path::{Path, PathBuf},
    sync::LazyLock,
};

use divan::{Bencher, counter::BytesCount};
use holdfast_record::{Entry, Evidence, IncidentId, Statement, Timestamp, Value, field};
use holdfast_vault::{Create, FileMeta, KdfCost, ListQuery, Passphrase, Role, Vault};
use rand_chacha::{
    ChaCha20Rng,
    rand_core::{Rng as _, SeedableRng as _},
};
use rusqlite::{Connection, params};

const INCIDENTS: u32 = 10_000;
const WORDS: usize = 128;
const VOCABULARY: u32 = 20_000;
const EVIDENCE: usize = 64 << 20;
const PIECE: usize = 1 << 20;

const INCIDENT: IncidentId = IncidentId::from_bytes([1; 16]);

fn main() {
    divan::main();
}

fn rng() -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(1)
}

fn passphrase() -> Passphrase {
    Passphrase::from("kelp and bladderwrack".to_owned())
}

struct Home {
    _temp: tempfile::TempDir,
    dir: PathBuf,
}

fn make_vault() -> (Home, Vault) {
    let temp = tempfile::tempdir().unwrap();
    let home = Home {
        dir: temp.path().join("vault"),
        _temp: temp,
    };
    let create = Create {
        role: Role::Desk,
        cost: KdfCost::Floor,
        now: Timestamp(0),
        settings: &[],
    };
    let vault = Vault::create(&home.dir, &passphrase(), create, &mut rng()).unwrap();
    (home, vault)
}

/// Few words are frequent and most are rare, as in a language.
fn narratives() -> impl Iterator<Item = String> {
    let mut rng = rng();
    (0..INCIDENTS).map(move |_| {
        let mut text = "everywhere".to_owned();
        for _ in 0..WORDS {
            let even = f64::from(rng.next_u32()) / f64::from(u32::MAX);
            let word = (f64::from(VOCABULARY) * even.powi(4)) as u32;
            text.push(' ');
            text.push_str(&word_of(word));
        }
        text
    })
}

/// A word of two to five syllables for a number, so that beginnings are shared as in a language.
fn word_of(number: u32) -> String {
    const SYLLABLES: [&str; 16] = [
        "ка", "ро", "ми", "те", "ну", "са", "по", "ви", "де", "лу", "ба", "го", "ти", "ше", "зу",
        "ня",
    ];
    let mut word = String::from(SYLLABLES[number as usize % 16]);
    let mut rest = number.wrapping_mul(2_654_435_761) >> 12;
    for _ in 0..4 {
        word.push_str(SYLLABLES[rest as usize % 16]);
        rest /= 16;
    }
    word
}

fn fill(vault: &Vault) {
    let entries: Vec<_> = narratives()
        .zip(0_u128..)
        .map(|(text, number)| {
            let id = IncidentId::from_bytes(number.to_be_bytes());
            let value = Value::Text { text, lang: None };
            let said = Statement::FieldSet {
                field: field::NARRATIVE.to_owned(),
                value,
            };
            Entry::make(
                vault.signing_key(),
                id,
                &[],
                Timestamp(0),
                &said,
                &mut rng(),
            )
        })
        .collect();
    vault.append(&entries).unwrap();
}

/// Removing delivered reports from among 10,000, of 128 words each: the search index is made anew
/// each time, once for as many as go at one go.
mod removal {
    use holdfast_vault::{Keep, Removal};

    use super::*;

    /// Removes so many, so many at one go.
    fn remove(bencher: Bencher<'_, '_>, many: usize, at_one_go: usize) {
        let (_home, vault) = make_vault();
        fill(&vault);
        let over = Statement::HandedOver {
            recipient: "coalition".to_owned(),
            mode: "sealed".to_owned(),
        };
        let mut ids = (0_u128..).map(|number| IncidentId::from_bytes(number.to_be_bytes()));
        let delivered = || {
            let ids: Vec<_> = ids.by_ref().take(many).collect();
            let sent = ids.iter().map(|&id| {
                let (heads, key) = (vault.heads(id).unwrap(), vault.signing_key());
                Entry::make(key, id, &heads, Timestamp(1), &over, &mut rng())
            });
            vault.append(&sent.collect::<Vec<_>>()).unwrap();
            let removal = |incident| Removal {
                incident,
                label: String::new(),
                seen: 2,
            };
            ids.into_iter().map(removal).collect::<Vec<_>>()
        };
        let bencher = bencher.with_inputs(delivered);
        bencher.bench_local_values(|removals| {
            for step in removals.chunks(at_one_go) {
                let left = vault.thin_incidents(step, Keep::Nothing).unwrap();
                assert!(left.is_empty());
            }
        });
    }

    #[divan::bench(sample_count = 5, sample_size = 1)]
    fn one(bencher: Bencher<'_, '_>) {
        remove(bencher, 1, 1);
    }

    #[divan::bench(sample_count = 5, sample_size = 1)]
    fn fifty_at_one_go(bencher: Bencher<'_, '_>) {
        remove(bencher, 50, 50);
    }

    #[divan::bench(sample_count = 1, sample_size = 1)]
    fn fifty_one_by_one(bencher: Bencher<'_, '_>) {
        remove(bencher, 50, 1);
    }
}

/// What the home screen asks, of a vault with far more in it than a reporter's.
mod counts {
    use super::*;

    const MANY: u32 = 100_000;

    static FULL: LazyLock<(Home, Vault)> = LazyLock::new(|| {
        let (home, vault) = make_vault();
        let key = vault.signing_key();
        let make = |id, parents: &[_], statement: &Statement| {
            Entry::make(key, id, parents, Timestamp(0), statement, &mut rng())
        };
        for from in (0..MANY).step_by(5_000) {
            let entries: Vec<_> = (from..from + 5_000)
                .flat_map(|number| {
                    let id = IncidentId::from_bytes(u128::from(number).to_be_bytes());
                    let created = make(id, &[], &Statement::Created);
                    let over = Statement::HandedOver {
                        recipient: "coalition".to_owned(),
                        mode: "sealed".to_owned(),
                    };
                    let over = make(id, &[created.hash()], &over);
                    [created, over]
                })
                .collect();
            vault.append(&entries).unwrap();
        }
        (home, vault)
    });

    #[divan::bench(sample_count = 20)]
    fn exposure_of_100_000(bencher: Bencher<'_, '_>) {
        let vault = &FULL.1;
        bencher.bench_local(|| vault.exposure().unwrap());
    }

    #[divan::bench(sample_count = 20)]
    fn unsaved_of_100_000(bencher: Bencher<'_, '_>) {
        let vault = &FULL.1;
        bencher.bench_local(|| vault.unsaved().unwrap());
    }
}

mod unlock {
    use super::*;

    #[divan::bench(sample_count = 20)]
    fn vault(bencher: Bencher<'_, '_>) {
        let (home, vault) = make_vault();
        fill(&vault);
        drop(vault);
        bencher.bench_local(|| {
            Vault::open(&home.dir, &passphrase(), Timestamp(0), &mut rng()).unwrap()
        });
    }

    #[divan::bench(sample_count = 20)]
    fn wrong_passphrase(bencher: Bencher<'_, '_>) {
        let (home, vault) = make_vault();
        drop(vault);
        let wrong = Passphrase::from("kelp and bladderwreck".to_owned());
        bencher
            .bench_local(|| Vault::open(&home.dir, &wrong, Timestamp(0), &mut rng()).unwrap_err());
    }

    #[divan::bench(sample_count = 20)]
    fn peer_bare_argon2id(bencher: Bencher<'_, '_>) {
        let params = argon2::Params::new(64 * 1024, 3, 1, Some(32)).unwrap();
        let argon2 =
            argon2::Argon2::new(argon2::Algorithm::Argon2id, argon2::Version::V0x13, params);
        bencher.bench_local(|| {
            let mut out = [0; 32];
            argon2
                .hash_password_into(b"kelp and bladderwrack", &[7; 32], &mut out)
                .unwrap();
            out
        });
    }
}

mod search {
    use super::*;

    /// A word as it is being typed, a beginning that many words share, a word that all have.
    const QUERIES: [&str; 4] = ["тироми", "каро", "к", "everywhere"];

    static FULL: LazyLock<(Home, Vault)> = LazyLock::new(|| {
        let (home, vault) = make_vault();
        fill(&vault);
        (home, vault)
    });

    #[divan::bench(args = QUERIES)]
    fn vault(bencher: Bencher<'_, '_>, text: &str) {
        let query = ListQuery {
            text: text.to_owned(),
            limit: 50,
            offset: 0,
        };
        let vault = &FULL.1;
        bencher.bench_local(|| vault.list(&query).unwrap());
    }

    /// The same schema and the same questions, unencrypted.
    static PLAIN: LazyLock<(tempfile::TempDir, PathBuf)> = LazyLock::new(|| {
        let temp = tempfile::tempdir().unwrap();
        let path = temp.path().join("plain.db");
        let mut plain = Connection::open(&path).unwrap();
        plain
            .execute_batch(include_str!("../migrations/0001_initial.sql"))
            .unwrap();
        let filling = plain.transaction().unwrap();
        for (text, position) in narratives().zip(1_u32..) {
            filling
                .execute(
                    "INSERT INTO incidents VALUES (?1, ?2, ?3, x'a0', 1, 0, 0, 0, 0, 0, 0)",
                    params![
                        position,
                        u128::from(position).to_be_bytes(),
                        text.chars().take(60).collect::<String>()
                    ],
                )
                .unwrap();
            filling
                .execute(
                    "INSERT INTO search (rowid, text) VALUES (?1, ?2)",
                    params![position, text],
                )
                .unwrap();
        }
        filling.commit().unwrap();
        (temp, path)
    });

    #[divan::bench(args = QUERIES)]
    fn peer_plain_sqlite(bencher: Bencher<'_, '_>, text: &str) {
        let plain = Connection::open(&PLAIN.1).unwrap();
        let words = format!("\"{text}\"*");
        bencher.bench_local(|| {
            let total: u32 = plain
                .prepare_cached("SELECT count(*) FROM search WHERE search MATCH ?1")
                .unwrap()
                .query_row([&words], |row| row.get(0))
                .unwrap();
            let titles: Vec<String> = plain
                .prepare_cached(
                    "SELECT title FROM (SELECT rowid FROM search WHERE search MATCH ?1
                                        ORDER BY rowid DESC LIMIT 50) AS found
                     CROSS JOIN incidents ON incidents.position = found.rowid",
                )
                .unwrap()
                .query_map([&words], |row| row.get(0))
                .unwrap()
                .collect::<Result<_, _>>()
                .unwrap();
            (total, titles)
        });
    }
}

fn evidence_bytes() -> Vec<u8> {
    let mut bytes = vec![0; EVIDENCE];
    rng().fill_bytes(&mut bytes);
    bytes
}

fn import(vault: &Vault, bytes: &[u8]) -> Evidence {
    let mut import = vault.begin_import().unwrap();
    bytes
        .chunks(256 * 1024)
        .for_each(|piece| import.write_all(piece).unwrap());
    let meta = FileMeta {
        name: "video.mp4".to_owned(),
        media_type: "video/mp4".to_owned(),
        imported_at: Timestamp(0),
    };
    vault
        .commit_import(INCIDENT, import, meta, &mut rng())
        .unwrap()
}

mod import_64_mib {
    use super::*;

    /// Runs when it is dropped, which is not timed.
    struct Cleanup<F: FnMut()>(F);

    impl<F: FnMut()> Drop for Cleanup<F> {
        fn drop(&mut self) {
            (self.0)();
        }
    }

    #[divan::bench(sample_count = 10)]
    fn vault(bencher: Bencher<'_, '_>) {
        let (_home, vault) = make_vault();
        let bytes = evidence_bytes();
        bencher.counter(BytesCount::new(EVIDENCE)).bench_local(|| {
            let (vault, evidence) = (&vault, super::import(&vault, &bytes));
            Cleanup(move || vault.discard_evidence(INCIDENT, &evidence.object).unwrap())
        });
    }

    /// Neither hashed nor padded nor entered anywhere.
    #[divan::bench(sample_count = 10)]
    fn peer_bare_age_and_sync(bencher: Bencher<'_, '_>) {
        let temp = tempfile::tempdir().unwrap();
        let bytes = evidence_bytes();
        let recipient = age::x25519::Identity::generate().to_public();
        bencher.counter(BytesCount::new(EVIDENCE)).bench_local(|| {
            let path = temp.path().join("sealed.age");
            let file = File::create(&path).unwrap();
            let recipients = std::iter::once(&recipient as &dyn age::Recipient);
            let encryptor = age::Encryptor::with_recipients(recipients).unwrap();
            let mut stream = encryptor.wrap_output(file).unwrap();
            bytes
                .chunks(256 * 1024)
                .for_each(|piece| stream.write_all(piece).unwrap());
            stream.finish().unwrap().sync_all().unwrap();
            Cleanup(move || std::fs::remove_file(&path).unwrap())
        });
    }
}

mod read_1_mib_anywhere {
    use super::*;

    fn position(rng: &mut ChaCha20Rng) -> SeekFrom {
        SeekFrom::Start(rng.next_u64() % (EVIDENCE - PIECE) as u64)
    }

    #[divan::bench]
    fn vault(bencher: Bencher<'_, '_>) {
        let (_home, vault) = make_vault();
        let evidence = super::import(&vault, &evidence_bytes());
        let mut reader = vault.open_evidence(&evidence.object).unwrap();
        let (mut rng, mut piece) = (rng(), vec![0; PIECE]);
        bencher.counter(BytesCount::new(PIECE)).bench_local(|| {
            reader.seek(position(&mut rng)).unwrap();
            reader.read_exact(&mut piece).unwrap();
        });
    }

    #[divan::bench]
    fn peer_plain_file(bencher: Bencher<'_, '_>) {
        let temp = tempfile::tempdir().unwrap();
        let mut file = plain_file(temp.path());
        let (mut rng, mut piece) = (rng(), vec![0; PIECE]);
        bencher.counter(BytesCount::new(PIECE)).bench_local(|| {
            file.seek(position(&mut rng)).unwrap();
            file.read_exact(&mut piece).unwrap();
        });
    }

    fn plain_file(dir: &Path) -> File {
        let path = dir.join("plain");
        std::fs::write(&path, evidence_bytes()).unwrap();
        File::open(path).unwrap()
    }
}
