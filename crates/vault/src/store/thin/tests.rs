//! What is removed is nowhere: in no page of the database, used or free, in no word of the search,
//! in no frame of the log, in no file. Looked for under the encryption.

use std::{collections::HashSet, fs, io::Write as _, path::PathBuf};

use holdfast_record::{Entry, Evidence, Place, Statement, Value, field};
use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng as _};

use super::{remove::remove_incidents, *};
use crate::{
    Create, DraftRow, FileMeta, HandOver, KdfCost, Opened, OutboxItem, Passphrase, Role, StreamHead,
};

const PAGE: usize = 4096;
/// What the log has before its first frame, and each frame before its page.
const LOG_HEADER: usize = 32;
const FRAME_HEADER: usize = 24;

/// In each of these is a word that comes nowhere else.
const WORDS: [&str; 8] = [
    "narrativecanary",
    "draftcanary",
    "placecanary",
    "notecanary",
    "photocanary",
    "originalcanary",
    "answercanary",
    "quarantinecanary",
];

fn rng() -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(3)
}

struct Home {
    _temp: tempfile::TempDir,
    dir: PathBuf,
    vault: Option<Vault>,
}

impl Home {
    fn new() -> Self {
        let temp = tempfile::tempdir().unwrap();
        let dir = temp.path().join("vault");
        let create = Create {
            role: Role::Reporter,
            cost: KdfCost::Floor,
            now: Timestamp(0),
            settings: &[],
        };
        let vault = Vault::create(&dir, &Self::passphrase(), create, &mut rng()).unwrap();
        Self {
            _temp: temp,
            dir,
            vault: Some(vault),
        }
    }

    fn passphrase() -> Passphrase {
        Passphrase::from("kelp".to_owned())
    }

    fn vault(&self) -> &Vault {
        self.vault.as_ref().unwrap()
    }

    fn reopen(&mut self) {
        self.vault = None;
        let now = Timestamp(1_780_000_000_000);
        let opened = Vault::open(&self.dir, &Self::passphrase(), now, &mut rng()).unwrap();
        let Opened::Vault(vault) = opened else {
            panic!("a decoy");
        };
        self.vault = Some(*vault);
    }

    fn say(&self, statement: &Statement) -> Entry {
        let heads = self.vault().heads(ID).unwrap();
        let key = self.vault().signing_key();
        Entry::make(
            key,
            ID,
            &heads,
            Timestamp(Timestamp::DAY_MS * 20_000 + 5),
            statement,
            &mut rng(),
        )
    }

    fn add(&self, statement: &Statement) {
        self.vault().append(&[self.say(statement)]).unwrap();
    }

    /// Every page of the database as it is under the encryption, free ones too.
    fn pages(&self) -> Vec<u8> {
        let mut connection = self.vault().store().lock();
        connection.serialize("main").unwrap().to_vec()
    }

    fn log(&self) -> Vec<u8> {
        ["a.db-wal", "b.db-wal"]
            .iter()
            .flat_map(|name| fs::read(self.dir.join(name)).unwrap_or_default())
            .collect()
    }

    /// The pages that stand in the log, sealed.
    fn logged(&self) -> HashSet<Vec<u8>> {
        let log = self.log();
        let frames = log.get(LOG_HEADER..).unwrap_or_default();
        let pages = frames.chunks_exact(FRAME_HEADER + PAGE);
        pages.map(|frame| frame[FRAME_HEADER..].to_vec()).collect()
    }

    fn blobs(&self) -> usize {
        fs::read_dir(self.dir.join("blobs")).unwrap().count()
    }
}

const ID: IncidentId = IncidentId::from_bytes([0xa5; 16]);

fn contains(bytes: &[u8], word: &[u8]) -> bool {
    bytes
        .windows(word.len())
        .any(|window| window.eq_ignore_ascii_case(word))
}

/// Other reports, so that the words to be removed lie among many in pages of their own.
fn others(home: &Home) {
    let entries: Vec<_> = (0..300_u32)
        .map(|number| {
            let mut id = [0; 16];
            id[..4].copy_from_slice(&number.to_be_bytes());
            let text = (0..60)
                .map(|at| format!("word{} ", number * 31 + at * 7))
                .collect();
            let said = Statement::FieldSet {
                field: field::NARRATIVE.to_owned(),
                value: Value::Text { text, lang: None },
            };
            let key = home.vault().signing_key();
            Entry::make(
                key,
                IncidentId::from_bytes(id),
                &[],
                Timestamp(1),
                &said,
                &mut rng(),
            )
        })
        .collect();
    home.vault().append(&entries).unwrap();
}

/// A report with everything in it, handed over, held, answered. Gives its evidence.
fn delivered(home: &Home) -> Evidence {
    let vault = home.vault();
    let draft = DraftRow {
        body: b"draftcanary".repeat(900),
        title: "draftcanary title".into(),
        search_text: "draftcanary".into(),
        saved_at: Timestamp(1),
    };
    vault.save_draft(ID, &draft).unwrap();
    let mut import = vault.begin_import().unwrap();
    import.write_all(&b"originalcanary".repeat(5_000)).unwrap();
    let meta = FileMeta {
        name: "photocanary.jpg".into(),
        media_type: "image/jpeg".into(),
        imported_at: Timestamp(1),
    };
    let evidence = vault.commit_import(ID, import, meta, &mut rng()).unwrap();
    vault
        .finish_draft(ID, &[home.say(&Statement::Created)])
        .unwrap();
    // Words enough for pages of the search that begin with them.
    let text: String = (0..2_000).map(|n| format!("narrativecanary{n} ")).collect();
    let set = |field: &str, value| Statement::FieldSet {
        field: field.to_owned(),
        value,
    };
    home.add(&set(field::NARRATIVE, Value::Text { text, lang: None }));
    let place = Place {
        text: "placecanary".into(),
        country: None,
    };
    home.add(&set(field::PLACE, Value::Place(place)));
    home.add(&Statement::Note {
        text: "notecanary".into(),
    });
    home.add(&Statement::EvidenceAdded(evidence.clone()));
    hand_over(home, 1, &[&evidence]);
    home.add(&Statement::Opened);
    home.add(&Statement::Answered {
        text: "answercanary".into(),
    });

    let mut copy = b"quarantinecanary ".to_vec();
    copy.extend(ID.as_bytes());
    copy.extend(evidence.key.expose_secret_str().as_bytes());
    vault.quarantine(&copy, "bundle").unwrap();
    vault.quarantine(b"of another report", "bundle").unwrap();
    evidence
}

fn hand_over(home: &Home, sequence: u64, evidence: &[&Evidence]) {
    let vault = home.vault();
    let bundle = vec![sequence as u8; 3_000];
    let object = vault.put_object(&bundle).unwrap();
    let item = |object, size, what: &str| OutboxItem {
        object,
        size,
        destination: b"to".to_vec(),
        incident: ID,
        what: what.to_owned(),
        rank: 1,
    };
    let mut items = vec![item(object, 3_000, "bundle")];
    items.extend(
        evidence
            .iter()
            .map(|e| item(e.object, e.object_size, "evidence")),
    );
    let handed = HandOver {
        destination: b"to".to_vec(),
        head: StreamHead {
            sequence,
            hash: [1; 32],
        },
    };
    let over = home.say(&Statement::HandedOver {
        recipient: "c".into(),
        mode: "sealed".into(),
    });
    vault
        .hand_over(&[over], &[&bundle], &items, &handed)
        .unwrap();
    for item in items {
        vault.hold(&item.object, b"receipt", Timestamp(9)).unwrap();
    }
}

fn removal(home: &Home, label: &str) -> Removal {
    Removal {
        incident: ID,
        label: label.to_owned(),
        seen: seen(home),
    }
}

fn seen(home: &Home) -> u64 {
    home.vault().row(ID).unwrap().unwrap().entries
}

#[test]
fn of_a_report_that_is_gone_nothing_is_in_any_page_or_file() {
    let mut home = Home::new();
    others(&home);
    let evidence = delivered(&home);
    let key = evidence.key.expose_secret_str().to_owned();
    let before = home.pages();
    for word in WORDS
        .iter()
        .filter(|word| !["originalcanary", "draftcanary"].contains(word))
    {
        assert!(contains(&before, word.as_bytes()), "{word} was never there");
    }
    assert!(contains(&before, key.as_bytes()));
    let old_log = home.logged();
    assert!(old_log.len() > 10);

    let removals = [removal(&home, "the march")];
    let left = home
        .vault()
        .thin_incidents(&removals, Keep::Nothing)
        .unwrap();
    assert!(left.is_empty());
    let new_log = home.logged();
    assert!(
        old_log.is_disjoint(&new_log),
        "the log still has an older page"
    );
    assert!(new_log.len() < 10);
    for opened_again in [false, true] {
        if opened_again {
            home.reopen();
        }
        let pages = home.pages();
        assert!(contains(&pages, b"the march"));
        for word in WORDS {
            assert!(
                !contains(&pages, word.as_bytes()),
                "{word} is in the database"
            );
        }
        assert!(
            !contains(&pages, key.as_bytes()),
            "the key is in the database"
        );
        assert_eq!(home.blobs(), 0);
        sound(&home);
    }
    assert_eq!(home.vault().quarantined().unwrap().len(), 1);
}

#[test]
fn of_evidence_that_is_gone_no_key_is_in_any_page() {
    let mut home = Home::new();
    others(&home);
    let evidence = delivered(&home);
    let key = evidence.key.expose_secret_str().to_owned();
    let old_log = home.logged();
    home.vault().thin_evidence(ID, seen(&home)).unwrap();
    assert!(old_log.is_disjoint(&home.logged()));
    for opened_again in [false, true] {
        if opened_again {
            home.reopen();
        }
        let pages = home.pages();
        assert!(
            !contains(&pages, key.as_bytes()),
            "the key is in the database"
        );
        assert!(!contains(&pages, b"quarantinecanary"));
        assert!(contains(&pages, b"photocanary"), "its name stays");
        assert_eq!(home.blobs(), 0);
        sound(&home);
    }
}

/// The database is whole after its log was overwritten under it.
fn sound(home: &Home) {
    let vault = home.vault();
    let check: String = vault
        .store()
        .read(
            |connection| Ok(connection.query_row("PRAGMA integrity_check", (), |row| row.get(0))?),
        )
        .unwrap();
    assert_eq!(check, "ok");
    vault.set_setting("after", b"it takes more").unwrap();
    assert_eq!(
        vault.setting("after").unwrap().as_deref(),
        Some(&b"it takes more"[..])
    );
}

/// Killed after the transaction and before anything else: the next open does the rest.
#[test]
fn what_a_kill_left_in_files_and_log_is_gone_after_the_next_open() {
    let home = Home::new();
    let evidence = delivered(&home);
    let removals = [removal(&home, "")];
    let mut cut = Home::new();
    cut.vault = None;
    home.vault()
        .store()
        .write(|transaction| remove_incidents(transaction, &removals, Keep::Nothing))
        .unwrap();
    fs::remove_dir_all(&cut.dir).unwrap();
    for path in ["", "blobs"] {
        fs::create_dir_all(cut.dir.join(path)).unwrap();
        for file in fs::read_dir(home.dir.join(path)).unwrap() {
            let file = file.unwrap();
            if file.path().is_file() {
                fs::copy(file.path(), cut.dir.join(path).join(file.file_name())).unwrap();
            }
        }
    }
    assert_eq!(cut.blobs(), 2);
    let old_log = cut.logged();
    assert!(!old_log.is_empty());
    cut.reopen();
    assert_eq!(cut.blobs(), 0);
    assert!(old_log.is_disjoint(&cut.logged()));
    assert!(!contains(
        &cut.pages(),
        evidence.key.expose_secret_str().as_bytes()
    ));
}
