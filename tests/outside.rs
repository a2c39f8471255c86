//! What somebody sees who has no key: of the sealed bytes on the endpoint's disk or on a recorded
//! line, and of what lies and runs on the device.
//!
//! To whom things are sealed shows in the headers of the age files (I-9); how much a report costs on
//! a slow line, in their lengths.
#![expect(clippy::unwrap_used, reason = "a test stops at what it cannot do")]

use std::fs;
use std::io::{self, Write as _};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use holdfast_tests::{
    Cli, Coalition, Home, binary, contents, fixtures, list, listens, number, string, text, wait_for,
};
use tempfile::TempDir;

const PASSPHRASE: &str = "outside: fourteen dry barrels";

/// A report without evidence has to travel in one piece on a line of a few kilobits.
const MOST_ON_THE_WIRE: u64 = 8 * 1024;

/// What goes behind it, so that the recovery words bring it back.
const MOST_OF_A_NOTE: u64 = 2_600;

/// Russian of so many letters, two bytes each.
fn narrative(letters: usize) -> String {
    let sentence =
        "Утром двое в штатском ждали у подъезда и назвали меня по имени; машина без номеров. ";
    sentence.chars().cycle().take(letters).collect()
}

/// The stanzas of the age file at the front of an object, by their types. None where there is no
/// age file.
fn stanzas(object: &Path) -> Option<Vec<String>> {
    let bytes = fs::read(object).unwrap();
    let end = bytes.windows(5).position(|window| window == b"\n--- ")?;
    let header = std::str::from_utf8(&bytes[..end]).ok()?;
    let stanzas = header.strip_prefix("age-encryption.org/v1\n")?.lines();
    let types = stanzas.filter_map(|line| line.strip_prefix("-> "));
    let types = types.map(|line| line.split(' ').next().unwrap().to_owned());
    // age adds one that is for nobody, so that programs keep ignoring what they do not know.
    Some(types.filter(|tag| !tag.ends_with("-grease")).collect())
}

/// The age files under `folder`, with how many recipients each has. Fails if any is not hybrid.
fn sealed_under(folder: &Path) -> Vec<(PathBuf, usize)> {
    let mut found = Vec::new();
    for (path, hash) in contents(folder) {
        let Some(stanzas) = hash.and_then(|_| stanzas(&folder.join(&path))) else {
            continue;
        };
        assert!(
            stanzas.iter().all(|tag| tag == "mlkem768x25519"),
            "{path:?}: {stanzas:?}"
        );
        found.push((path, stanzas.len()));
    }
    found
}

fn sync(cli: &Cli<'_>) {
    assert_eq!(cli.ok(&["sync"])["fault"], serde_json::Value::Null);
}

/// Reports a search and hands it over; a photograph goes with it. Gives the report's id.
fn search_with_photograph(cli: &Cli<'_>, clear: &Path) -> String {
    let photograph = clear.join("photograph.jpg");
    fs::write(&photograph, fixtures::jpeg("road")).unwrap();
    let add = [
        "report",
        "add",
        "--narrative",
        "Обыск",
        "--send",
        "--consent",
    ];
    let add = [&add[..], &["--evidence", text(&photograph)]].concat();
    string(&cli.ok(&add)["report"]).to_owned()
}

#[test]
fn all_that_travels_is_sealed_to_hybrid_recipients_only() {
    let coalition = Coalition::start("Far Bank");
    let (home, clear) = (Home::new(), TempDir::new().unwrap());
    let reporter = coalition.reporter(&home, PASSPHRASE);
    let report = search_with_photograph(&reporter, clear.path());
    let carried = clear.path().join("carried");
    reporter.ok(&["courier", "out", text(&carried)]);
    sync(&reporter);
    let desk = coalition.desk();
    desk.ok(&["receive"]);
    desk.ok(&["report", "answer", &report, "Получили"]);
    sync(&desk);

    // The report and the answer, each to its reader and its writer's recovery; one piece of evidence,
    // and one note to the words.
    let mut recipients: Vec<_> = (sealed_under(coalition.endpoint.data()).into_iter())
        .map(|(_, recipients)| recipients)
        .collect();
    recipients.sort_unstable();
    assert_eq!(recipients, [1, 1, 2, 2]);
    for vault in [reporter.vault(), desk.vault()] {
        assert!(!sealed_under(vault).is_empty(), "{vault:?}");
    }
    let carried = fs::read(&carried).unwrap();
    for (tag, times) in [(&b"\n-> mlkem768x25519 "[..], 3), (b"\n-> X25519 ", 0)] {
        let found = carried
            .windows(tag.len())
            .filter(|&window| window == tag)
            .count();
        assert_eq!(found, times);
    }
}

#[test]
fn a_report_without_evidence_is_small_on_the_wire() {
    let coalition = Coalition::start("Far Bank");
    let home = Home::new();
    let reporter = coalition.reporter(&home, PASSPHRASE);
    let fields = [
        "--kind",
        "threat.in_person",
        "--when",
        "2026-03-12T21:40",
        "--place",
        "Ош, рынок",
        "--country",
        "KG",
    ];
    // What somebody writes who has a minute; a page; two pages.
    for (letters, most) in [
        (400, MOST_ON_THE_WIRE),
        (1_400, 10 * 1024),
        (3_000, 13 * 1024),
    ] {
        let words = narrative(letters);
        let add = [
            "report",
            "add",
            "--send",
            "--consent",
            "--narrative",
            &words,
        ];
        reporter.ok(&[&add[..], &fields].concat());
        let all = number(&reporter.ok(&["sync"])["bytes_sent"]);
        let items = reporter.ok(&["delivery"])["items"].take();
        let sent = number(&list(&items)[0]["size"]);
        // Past the capture of tests: the bytes are to be seen when it passes.
        writeln!(
            io::stdout(),
            "{letters} letters, {} bytes of text: {sent} bytes sealed and sent, and a note of {}",
            words.len(),
            all - sent
        )
        .unwrap();
        assert!(sent <= most, "{sent}");
        assert!((1..=MOST_OF_A_NOTE).contains(&(all - sent)), "{all}");
    }
    // As many notes to the words as bundles.
    let objects = sealed_under(coalition.endpoint.data());
    let to = |many| objects.iter().filter(|(_, it)| *it == many).count();
    assert_eq!((to(1), to(2)), (3, 3), "{objects:?}");
}

#[test]
fn what_is_written_out_can_be_read_by_its_owner_only() {
    let coalition = Coalition::start("Far Bank");
    let (home, clear) = (Home::new(), TempDir::new().unwrap());
    let reporter = coalition.reporter(&home, PASSPHRASE);
    let report = &search_with_photograph(&reporter, clear.path());
    let pieces = reporter.ok(&["evidence", "list", report]);
    let piece = string(&list(&pieces)[0]["object"]);
    let path = |name: &str| clear.path().join(name);
    let (copy, sealed, key, carried) = (path("copy"), path("sealed"), path("key"), path("carried"));
    let evidence = |what: &[&str], out: &Path| {
        let from = ["evidence", what[0], report, piece, "--out", text(out)];
        reporter.ok(&[&from[..], &what[1..]].concat());
    };
    evidence(&["save"], &copy);
    evidence(&["export", "--key-out", text(&key)], &sealed);
    reporter.ok(&["courier", "out", text(&carried)]);
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    for file in [&copy, &sealed, &key, &carried, &coalition.invite()] {
        assert_eq!(mode(file), 0o600, "{file:?}");
    }
    assert_eq!(mode(reporter.vault()), 0o700);
}

#[test]
fn a_program_with_an_open_vault_leaves_no_dump() {
    let (coalition, home) = (Coalition::start("Far Bank"), Home::new());
    let watch = coalition.reporter(&home, PASSPHRASE).watch();
    let limits = fs::read_to_string(format!("/proc/{}/limits", watch.id())).unwrap();
    let core = limits
        .lines()
        .find_map(|line| line.strip_prefix("Max core file size"))
        .unwrap();
    let core: Vec<_> = core.split_whitespace().take(2).collect();
    // Less than any dump, and the one limit at which Linux hands none to a crash handler.
    assert_eq!(core, ["1", "1"]);
    watch.interrupt();
}

/// As root, which may look into everything, it takes somebody else to be refused.
#[test]
fn another_program_of_the_same_user_is_refused_a_look_into_the_memory() {
    const NOBODY: u32 = 65_534;
    let (coalition, home) = (Coalition::start("Far Bank"), Home::new());
    let reporter = coalition.reporter(&home, PASSPHRASE);
    let as_user = |command: &Command| {
        let mut line = vec![command.get_program()];
        line.extend(command.get_args());
        let mut as_user = Command::new("setpriv");
        as_user.args(["--no-new-privs", "--"]);
        if is_root() {
            as_user = Command::new("setpriv");
            let user = format!("--reuid={NOBODY}");
            as_user.args([&user, "--clear-groups", "--inh-caps=-all", "--"]);
        }
        as_user.args(line).current_dir("/").stdin(Stdio::null());
        as_user
    };

    // The program, a vault and the passphrase, where that user can get at them.
    let (program, passphrase) = (home.join("holdfast"), home.join("passphrase"));
    fs::copy(binary("holdfast"), &program).unwrap();
    fs::write(&passphrase, PASSPHRASE).unwrap();
    if is_root() {
        own(home.path(), NOBODY);
    }
    let mut watch = Command::new(&program);
    watch.arg("--vault").arg(reporter.vault());
    watch.arg("--passphrase-file").arg(&passphrase);
    watch.args(["sync", "--watch"]);
    let mut watched = as_user(&watch);
    let mut watched = watched.stdout(Stdio::null()).spawn().unwrap();
    let mut plain = Command::new("sleep");
    plain.arg("1000");
    let mut plain = as_user(&plain).spawn().unwrap();

    let sees = |process: u32, file: &str| {
        let mut look = Command::new("head");
        look.args(["-c", "1", &format!("/proc/{process}/{file}")]);
        let output = as_user(&look).env("LC_ALL", "C").output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        (output.status.success(), said)
    };
    // That the look works at all shows on a program that does not mind.
    wait_for("a program that can be looked into", || {
        (comm(plain.id()) == "sleep" && sees(plain.id(), "environ").0).then_some(())
    });
    wait_for("an open vault", || listens(watched.id()).then_some(()));
    for file in ["environ", "mem", "maps"] {
        let (seen, said) = sees(watched.id(), file);
        assert!(
            !seen && said.contains("Permission denied"),
            "{file}: {said}"
        );
    }
    for process in [&mut watched, &mut plain] {
        process.kill().unwrap();
        process.wait().unwrap();
    }
}

fn comm(process: u32) -> String {
    let comm = fs::read_to_string(format!("/proc/{process}/comm"));
    comm.unwrap_or_default().trim().to_owned()
}

fn is_root() -> bool {
    fs::metadata("/proc/self").unwrap().uid() == 0
}

fn own(path: &Path, user: u32) {
    std::os::unix::fs::chown(path, Some(user), Some(user)).unwrap();
    for entry in fs::read_dir(path).into_iter().flatten() {
        own(&entry.unwrap().path(), user);
    }
}
