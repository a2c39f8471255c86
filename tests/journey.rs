//! Whole journeys of a report, by every road there is: from a defender's vault to the desk and back.
//!
//! Each person is a process with a home of its own. On every road the desk gets what was written,
//! field by field and byte by byte, and at the end of each nothing that was written is found
//! anywhere outside the vaults' ciphertext: not at home, not at the endpoint, not in what is
//! carried, neither before a panic nor after it.
#![expect(clippy::unwrap_used, reason = "a test stops at what it cannot do")]

use std::collections::BTreeSet;
use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};

use holdfast_tests::{
    Canaries, Cli, Coalition, Home, fixtures, list, number, sha256, string, text, wait_for,
};
use serde_json::{Value, json};
use tempfile::TempDir;

const DESK: &str = "Коалиция «Тихий берег»";
const PASSPHRASE: &str = "reporter: медный фонарь у причала";
const ANSWER: &str = "Сообщение получено, адвокат выезжает первым поездом.";

/// Words that may be found nowhere: of the fields, the files, their names and whoever sends them.
const CANARIES: [&str; 11] = [
    "взломали дверь редакции",
    "списки свидетелей",
    "у старой водонапорной башни",
    "дверь-после-взлома",
    "Видео с балкона напротив",
    "протокол изъятия",
    "jpeg-canary-otter-7741",
    "film-canary-heron-2093",
    "pdf-canary-plover-5518",
    PASSPHRASE,
    ANSWER,
];

fn fields() -> Value {
    json!({
        "narrative": "Ночью двое в штатском взломали дверь редакции.\n\nОни искали списки свидетелей 🗂 и забрали «всё».",
        "language": "ru",
        "kinds": ["illegal_search", "equipment_seizure", "a_kind_of_some_later_version"],
        "when": { "precision": "exact", "from": "2026-03-12T03:40", "to": null, "zone": "+06:00" },
        "place": { "text": "Ош, двор у старой водонапорной башни", "country": "KG" },
        "affected": ["organisation", "colleague"],
        "sources": ["security_service", "unknown"],
        "urgent": true,
    })
}

/// A reporter and a carrier beside a coalition, and folders for what is theirs and what is not.
struct Journey {
    coalition: Coalition,
    home: Home,
    carrier: Home,
    /// Sealed files on their way in somebody's pocket.
    pocket: TempDir,
    /// The originals, and copies saved out on purpose: in clear, and nowhere near the homes.
    clear: TempDir,
}

impl Journey {
    fn begin() -> Self {
        let folder = || tempfile::tempdir().unwrap();
        let journey = Self {
            coalition: Coalition::start(DESK),
            home: Home::new(),
            carrier: Home::new(),
            pocket: folder(),
            clear: folder(),
        };
        journey.coalition.reporter(&journey.home, PASSPHRASE);
        journey
    }

    fn reporter(&self) -> Cli<'_> {
        Cli::new(&self.home, "vault", PASSPHRASE)
    }

    fn desk(&self) -> Cli<'_> {
        self.coalition.desk()
    }

    fn clear(&self, name: &str) -> PathBuf {
        self.clear.path().join(name)
    }

    fn pocket(&self, name: &str) -> PathBuf {
        self.pocket.path().join(name)
    }

    /// A picture, a film of so many bytes and a paper.
    fn originals(&self, film: usize) -> [PathBuf; 3] {
        let mut bytes = fixtures::noise(film, 12);
        for part in [0, film / 2, film - 100] {
            bytes[part..][..22].copy_from_slice(b"film-canary-heron-2093");
        }
        let put = |name: &str, bytes: &[u8]| {
            let path = self.clear(name);
            fs::write(&path, bytes).unwrap();
            path
        };
        [
            put(
                "дверь-после-взлома.jpg",
                &fixtures::jpeg("jpeg-canary-otter-7741"),
            ),
            put("Видео с балкона напротив (12 марта).mp4", &bytes),
            put(
                "протокол изъятия.pdf",
                &fixtures::pdf("pdf-canary-plover-5518"),
            ),
        ]
    }

    /// Writes a report with all fields and these files; it is not handed over.
    fn write(&self, originals: &[PathBuf]) -> String {
        let json = self.clear("fields.json");
        fs::write(&json, fields().to_string()).unwrap();
        let mut args = vec!["report", "add", "--from-json", text(&json)];
        for original in originals {
            args.extend(["--evidence", text(original)]);
        }
        let report = self.reporter().ok(&args);
        assert_eq!(report["state"], "saved");
        string(&report["report"]).to_owned()
    }

    /// Checks that a report says what was written, and that every original can be saved out again.
    fn expect_whole(&self, cli: &Cli<'_>, report: &str, originals: &[PathBuf]) {
        let shown = cli.ok(&["report", "show", report]);
        assert_eq!(shown["fields"], fields());
        assert_eq!(shown["conflicts"], json!([]));
        assert_eq!(shown["missing_entries"], 0);
        let evidence = list(&shown["evidence"]);
        assert_eq!(evidence.len(), originals.len());
        for original in originals {
            let name = original.file_name().unwrap().to_str().unwrap();
            let kept = evidence.iter().find(|kept| kept["name"] == name);
            let kept = kept.unwrap_or_else(|| panic!("{name} is not in {evidence:?}"));
            let hash = sha256(original);
            assert_eq!(kept["size"], fs::metadata(original).unwrap().len());
            assert_eq!(kept["sha256"], hash);
            assert_eq!(kept["present"], true);
            let copy = self.clear("copy");
            let object = string(&kept["object"]);
            cli.ok(&["evidence", "save", report, object, "--out", text(&copy)]);
            assert_eq!(sha256(&copy), hash, "{name} came out changed");
        }
    }

    /// Checks that the desk has just this report, unread, as the reporter wrote it.
    fn expect_at_desk(&self, report: &str, originals: &[PathBuf]) {
        let list = self.desk().ok(&["report", "list"]);
        assert_eq!(list["total"], 1);
        let item = &list["items"][0];
        assert_eq!(item["report"], report);
        assert_eq!(
            item["title"],
            "Ночью двое в штатском взломали дверь редакции."
        );
        assert_eq!(item["evidence"], originals.len());
        assert_eq!(
            (&item["unread"], &item["urgent"]),
            (&json!(true), &json!(true))
        );
        self.expect_whole(&self.desk(), report, originals);
        let show = |cli: Cli<'_>| cli.ok(&["report", "show", report])["evidence"].take();
        assert_eq!(show(self.desk()), show(self.reporter()));
    }

    /// Checks the receipts: one for each thing that was sent, and no two for the same.
    fn expect_receipts(&self, report: &str) {
        let objects = |items: &Value| -> BTreeSet<String> {
            let objects = list(items).iter().map(|item| string(&item["object"]));
            objects.map(str::to_owned).collect()
        };
        let receipts = self.reporter().ok(&["report", "receipts", report]);
        let delivery = self.reporter().ok(&["delivery"]);
        assert_eq!(list(&receipts).len(), 4);
        assert_eq!(objects(&receipts), objects(&delivery["items"]));
        assert_eq!(delivery["waiting_bytes"], 0);
        for item in list(&delivery["items"]) {
            assert_eq!(item["receipt"], true);
            assert_eq!(item["sent"], item["size"]);
        }
    }

    fn expect_state(&self, report: &str, state: &str) {
        assert_eq!(
            self.reporter().ok(&["report", "show", report])["state"],
            state
        );
    }

    /// The desk reads and answers, each told to the reporter by `bring`.
    fn read_and_answer(&self, report: &str, bring: impl Fn(&str)) {
        let desk = self.desk();
        assert_eq!(desk.ok(&["report", "read", report])["state"], "read");
        assert_eq!(desk.ok(&["report", "list"])["items"][0]["unread"], false);
        bring("read");
        self.expect_state(report, "read");
        assert_eq!(
            desk.ok(&["report", "answer", report, ANSWER])["state"],
            "answered"
        );
        bring("answer");
        self.expect_state(report, "answered");
        let notes = self.reporter().ok(&["report", "show", report])["notes"].take();
        assert_eq!(list(&notes).len(), 1);
        assert_eq!(notes[0]["text"], ANSWER);
        assert_eq!(
            (&notes[0]["answer"], &notes[0]["mine"]),
            (&json!(true), &json!(false))
        );
    }

    /// The reporter panics: nothing opens any more, and nothing is left to open.
    fn panic(&self) {
        let reporter = self.reporter();
        let done = reporter.ok(&["panic", "--yes"]);
        assert_eq!(done, json!({ "keys_gone": true, "all_gone": true }));
        assert_eq!(reporter.ok(&["vault", "status"])["phase"], "no_vault");
        assert!(!reporter.vault().exists());
        for args in [
            &["vault", "open"][..],
            &["report", "list"],
            &["sync"],
            &["panic", "--yes"],
        ] {
            reporter.fails(args, 3, "no_vault");
        }
    }

    /// Looks through every place any of the processes could write to.
    fn expect_nothing_in_clear(&self) {
        let mut places = self.coalition.endpoint.places().to_vec();
        places.extend([self.coalition.home(), self.home.path()].map(Path::to_owned));
        places.extend([self.carrier.path(), self.pocket.path()].map(Path::to_owned));
        let places: Vec<_> = places.iter().map(PathBuf::as_path).collect();
        let words = CANARIES.into_iter().chain([DESK, Coalition::PASSPHRASE]);
        Canaries::new(words).expect_none(&places);
        for line in self.coalition.endpoint.printed() {
            let said = line.contains(" on http://") || line.ends_with(": stopped");
            assert!(said, "the endpoint talks: {line}");
        }
    }
}

#[test]
fn over_a_line_that_was_down_to_the_desk_and_back_and_then_panic() {
    let mut journey = Journey::begin();
    let originals = journey.originals(50_000_000);
    let report = journey.write(&originals);
    journey.coalition.endpoint.stop();

    let sealed = journey
        .reporter()
        .ok(&["report", "send", &report, "--consent"]);
    assert_eq!(
        (&sealed["state"], &sealed["consent_given"]),
        (&json!("waiting"), &json!(true))
    );
    for _ in 0..2 {
        journey
            .reporter()
            .fails(&["sync"], 5, "endpoint_unreachable");
        journey.expect_state(&report, "waiting");
    }
    journey.expect_whole(&journey.reporter(), &report, &originals);

    // It tries while there is nobody, and delivers by itself once there is.
    let address = journey.coalition.endpoint.url().replace("http://", "");
    let nobody = TcpListener::bind(address).unwrap();
    nobody.set_nonblocking(true).unwrap();
    let watch = journey.reporter().watch();
    drop(wait_for("a try", || nobody.accept().ok()));
    drop(nobody);
    journey.coalition.endpoint.restart();
    wait_for("the report at the desk", || {
        let list = journey.desk().ok(&["receive"]);
        let evidence = journey.desk().run(&["evidence", "list", &report]).json;
        let whole = (0..3).all(|piece| evidence[piece]["present"] == true);
        (list["items"][0]["unread"] == true && whole).then_some(())
    });
    assert_eq!(watch.interrupt().code, Some(0));
    // At most the last receipt was cut off; not one byte goes out again.
    let rest = journey.reporter().ok(&["sync"]);
    assert_eq!(
        (&rest["bytes_sent"], &rest["waiting"]),
        (&json!(0), &json!(0))
    );
    journey.expect_state(&report, "held");
    journey.expect_receipts(&report);
    journey.expect_at_desk(&report, &originals);

    journey.read_and_answer(&report, |_| {
        assert_eq!(journey.desk().ok(&["sync"])["waiting"], 0);
        assert_eq!(journey.reporter().ok(&["sync"])["fetched"], 1);
    });
    journey.expect_nothing_in_clear();

    journey.panic();
    journey.expect_nothing_in_clear();
    journey.expect_whole(&journey.desk(), &report, &originals);
    assert_eq!(
        journey.desk().ok(&["report", "show", &report])["state"],
        "answered"
    );
}

#[test]
fn by_courier_there_and_back_without_any_line() {
    let mut journey = Journey::begin();
    journey.coalition.endpoint.stop();
    let originals = journey.originals(5_000_000);
    let report = journey.write(&originals);
    journey
        .reporter()
        .ok(&["report", "send", &report, "--consent"]);

    let carried = journey.pocket("holiday.bin");
    let packed = journey.reporter().ok(&["courier", "out", text(&carried)]);
    assert_eq!(packed["objects"], 4);
    assert_eq!(packed["bytes"], fs::metadata(&carried).unwrap().len());
    journey.expect_state(&report, "waiting");
    journey
        .reporter()
        .fails(&["courier", "in", text(&carried)], 8, "courier_not_for_us");

    let taken = journey.desk().ok(&["courier", "in", text(&carried)]);
    assert_eq!(
        (&taken["fetched"], &taken["reports"]),
        (&json!(4), &json!(1))
    );
    journey.expect_at_desk(&report, &originals);
    // Brought twice, it is there once.
    assert_eq!(
        journey.desk().ok(&["courier", "in", text(&carried)])["fetched"],
        0
    );
    journey.expect_at_desk(&report, &originals);

    journey.read_and_answer(&report, |what| {
        let back = journey.pocket(what);
        journey.desk().ok(&["courier", "out", text(&back)]);
        let taken = journey.reporter().ok(&["courier", "in", text(&back)]);
        assert_eq!(taken["reports"], 1);
    });

    // The line comes back: what went by hand goes again, and nothing is there twice.
    journey.coalition.endpoint.restart();
    // A note for the recovery words waited for the line.
    assert_eq!(journey.reporter().ok(&["sync"])["delivered"], 5);
    assert_eq!(journey.desk().ok(&["sync"])["fetched"], 0);
    assert_eq!(journey.reporter().ok(&["sync"])["reports"], 0);
    journey.expect_receipts(&report);
    journey.expect_state(&report, "answered");
    assert_eq!(journey.desk().ok(&["report", "list"])["total"], 1);
    journey.expect_nothing_in_clear();

    journey.panic();
    journey.expect_nothing_in_clear();
    journey.expect_whole(&journey.desk(), &report, &originals);
}

#[test]
fn handed_in_by_a_carrier_without_a_vault() {
    let journey = Journey::begin();
    let originals = journey.originals(5_000_000);
    let report = journey.write(&originals);
    journey
        .reporter()
        .ok(&["report", "send", &report, "--consent"]);
    let carried = journey.pocket("holiday.bin");
    let packed = journey.reporter().ok(&["courier", "out", text(&carried)]);

    let carrier = Cli::new(&journey.carrier, "vault", "the carrier has none");
    let invite = journey.coalition.invite();
    let hand_in = [
        "courier",
        "hand-in",
        text(&carried),
        "--invite",
        text(&invite),
    ];
    let handed = carrier.ok(&hand_in);
    assert_eq!(handed["delivered"], 4);
    let sent = number(&handed["bytes_sent"]);
    assert!(sent > 5_000_000 && sent < number(&packed["bytes"]));
    // Handed in twice, it is sent once.
    let again = carrier.ok(&hand_in);
    assert_eq!(
        (&again["delivered"], &again["bytes_sent"]),
        (&json!(4), &json!(0))
    );
    assert_eq!(carrier.ok(&["vault", "status"])["phase"], "no_vault");

    journey.expect_state(&report, "waiting");
    // Nothing goes again; only the note for the recovery words waited for the line.
    let found = journey.reporter().ok(&["sync"]);
    assert_eq!(found["delivered"], 5);
    assert!(number(&found["bytes_sent"]) < 3_000, "{found}");
    journey.expect_state(&report, "held");
    journey.expect_receipts(&report);
    assert_eq!(
        journey.desk().ok(&["receive"])["items"][0]["report"],
        report
    );
    journey.expect_at_desk(&report, &originals);
    journey.expect_nothing_in_clear();
}

#[test]
fn without_consent_nothing_is_sealed() {
    let journey = Journey::begin();
    let originals = journey.originals(100_000);
    let report = journey.write(&originals);
    let before = journey.reporter().ok(&["report", "show", &report]);
    let reporter = journey.reporter();
    reporter.fails(&["report", "send", &report], 8, "consent_missing");
    let other = reporter.run(&["report", "add", "--narrative", "ещё", "--send"]);
    assert_eq!(
        (other.code, &other.json["state"]),
        (Some(8), &json!("saved"))
    );

    // Nothing is on its way by any road, and the record does not say otherwise.
    assert_eq!(reporter.ok(&["delivery"])["items"], json!([]));
    let file = journey.pocket("nothing");
    reporter.fails(&["courier", "out", text(&file)], 8, "nothing_to_carry");
    assert!(!file.exists());
    assert_eq!(reporter.ok(&["sync"])["bytes_sent"], 0);
    assert_eq!(journey.desk().ok(&["receive"])["total"], 0);
    assert_eq!(reporter.ok(&["report", "show", &report]), before);

    // Consent once on record holds for what is added later.
    reporter.ok(&["report", "send", &report, "--consent"]);
    assert_eq!(reporter.ok(&["sync"])["delivered"], 5);
    reporter.ok(&["report", "edit", &report, "--place", "Джалал-Абад"]);
    reporter.ok(&["report", "send", &report]);
    assert_eq!(reporter.ok(&["sync"])["delivered"], 2);
    journey.desk().ok(&["receive"]);
    let place = journey.desk().ok(&["report", "show", &report])["fields"]["place"].take();
    assert_eq!(place, json!({ "text": "Джалал-Абад", "country": "KG" }));
    journey.expect_nothing_in_clear();
}
