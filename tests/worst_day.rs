//! A second passphrase, wrong passphrases, missed check-ins and panic, by the real programs.
#![expect(clippy::unwrap_used, reason = "a test stops at what it cannot do")]

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use holdfast_tests::{CREATE, Cli, Coalition, Home, copy_folder, list, listens, text, wait_for};
use serde_json::Value;

const FIRST: &str = "first: seven herrings under ice";
const SECOND: &str = "second: nine gulls over tin";
const THIRD: &str = "third: no such passphrase";
const WORDS: &str = "canary-fulmar-2291 asked for my name";

/// A vault with one report in it.
fn make(home: &Home) -> Cli<'_> {
    let cli = Cli::new(home, "vault", FIRST);
    cli.ok(&CREATE);
    cli.ok(&["report", "add", "--narrative", WORDS]);
    cli
}

/// The passphrase in a file, as the commands that set one want it.
fn file(home: &Home, passphrase: &str) -> PathBuf {
    let path = home.join("new-passphrase");
    fs::write(&path, passphrase).unwrap();
    path
}

fn set_second(home: &Home, cli: &Cli<'_>) {
    let second = file(home, SECOND);
    let args = [
        "--new-passphrase-file",
        text(&second),
        "--template",
        "household",
    ];
    cli.ok(&[&["vault", "second-passphrase"], &args[..]].concat());
}

/// Name, length and time of every file of a vault.
fn files(vault: &Path) -> Vec<(PathBuf, u64, i64, i64)> {
    let mut files = Vec::new();
    let mut folders = vec![vault.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let entry = entry.unwrap();
            let meta = entry.metadata().unwrap();
            if meta.is_dir() {
                folders.push(entry.path());
            } else {
                // Times within one vault, and not the moment of the last command.
                let time = (meta.mtime(), meta.mtime_nsec());
                files.push((entry.path(), meta.len(), time.0, time.1));
            }
        }
    }
    files.sort();
    files
}

/// What can be told of a vault's files beside their bytes: names, lengths, and which were changed
/// at the same moment as the key file.
fn looks(vault: &Path) -> Vec<(PathBuf, u64, bool)> {
    let files = files(vault);
    let keys = files.iter().find(|file| file.0.ends_with("keys")).unwrap();
    let moment = (keys.2, keys.3);
    let looks = files.iter().map(|(path, length, seconds, nanos)| {
        (path.clone(), *length, (*seconds, *nanos) == moment)
    });
    looks.collect()
}

#[test]
fn a_second_passphrase_opens_a_notebook_and_nothing_is_left_of_the_vault() {
    let home = Home::new();
    let cli = make(&home);
    set_second(&home, &cli);
    assert_eq!(list(&cli.ok(&["report", "list"])["items"]).len(), 1);

    let forced = Cli::new(&home, "vault", SECOND);
    let state = forced.ok(&["vault", "open"]);
    assert_eq!(state["phase"], "notebook");
    assert_eq!(state["role"], Value::Null);
    assert!(list(&forced.ok(&["notebook", "list"])).len() >= 9);
    // Nothing else is there to be asked for.
    let limit = ["settings", "--wipe-after-tries", "10"];
    for command in [
        &["report", "list"][..],
        &["delivery"],
        &["exposure"],
        &limit,
    ] {
        let answer = forced.run(command);
        assert_eq!(answer.code, Some(3), "{command:?}: {answer:?}");
    }
    // The first passphrase is a wrong one from now on.
    cli.fails(&["vault", "open"], 3, "wrong_passphrase");

    // It goes on as a notebook.
    let added = forced.ok(&["notebook", "add", "candles, string, lamp oil"]);
    let note = added["note"].to_string();
    forced.ok(&["notebook", "change", &note, "candles and string"]);
    let notes = forced.ok(&["notebook", "list"]);
    assert_eq!(notes[0]["text"], "candles and string");
    forced.ok(&["notebook", "delete", &note]);
    forced.fails(&["notebook", "delete", &note], 4, "no_such_note");
    assert!(
        fs::read_dir(cli.vault().join("blobs"))
            .unwrap()
            .next()
            .is_none()
    );
}

fn protect(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

/// By a restored backup, or by somebody who wants to know what a passphrase does.
#[test]
fn a_protected_key_file_tells_of_no_second_passphrase_and_protects_nothing() {
    let home = Home::new();
    let cli = make(&home);
    set_second(&home, &cli);
    let keys = cli.vault().join("keys");
    let before = fs::read(&keys).unwrap();
    let second = Cli::new(&home, "vault", SECOND);
    // Nobody but an administrator can forbid its owner this.
    let held = |held: &str| {
        let done = Command::new("chattr").arg(held).arg(&keys).status();
        done.is_ok_and(|status| status.success())
    };
    if held("+i") {
        for wrong in [&second, &Cli::new(&home, "vault", THIRD)] {
            wrong.fails(&["vault", "open"], 3, "wrong_passphrase");
        }
        assert_eq!(cli.ok(&["vault", "open"])["phase"], "open");
        assert!(held("-i") && fs::read(&keys).unwrap() == before);
    } else {
        println!("not tested: nobody here can make a file immutable");
    }
    protect(&keys, 0o400);
    protect(cli.vault(), 0o500);
    let answer = cli.run_bound(&["vault", "open"]);
    assert_eq!(answer.json["phase"], "open", "{answer:?}");
    protect(&keys, 0o400);
    protect(cli.vault(), 0o500);
    let answer = second.run_bound(&["vault", "open"]);
    assert_eq!(answer.json["phase"], "notebook", "{answer:?}");
    cli.fails(&["vault", "open"], 3, "wrong_passphrase");
}

#[test]
fn panic_says_what_it_could_not_do() {
    let home = Home::new();
    let cli = make(&home);
    // Its own rights keep nobody from destroying a vault, nor make it look like none.
    protect(&cli.vault().join("keys"), 0o400);
    protect(&cli.vault().join("blobs"), 0);
    cli.run_bound(&["vault", "status"]);
    protect(cli.vault(), 0);
    assert_eq!(cli.run_bound(&["vault", "status"]).json["phase"], "locked");
    let answer = cli.run_bound(&["panic", "--yes"]);
    let all = serde_json::json!({ "keys_gone": true, "all_gone": true });
    assert_eq!((answer.code, &answer.json), (Some(0), &all), "{answer:?}");

    let home = Home::new();
    let cli = make(&home);
    let keys = cli.vault().join("keys");
    fs::rename(&keys, home.join("taken")).unwrap();
    fs::create_dir(&keys).unwrap();
    let answer = cli.run(&["panic", "--yes"]);
    let rest = serde_json::json!({ "keys_gone": false, "all_gone": true });
    assert_eq!((answer.code, &answer.json), (Some(7), &rest), "{answer:?}");
}

#[test]
fn a_copy_of_the_keys_made_before_is_all_that_opens_after_a_second_passphrase() {
    let home = Home::new();
    let cli = make(&home);
    set_second(&home, &cli);
    let before = home.join("before");
    copy_folder(cli.vault(), &before);
    Cli::new(&home, "vault", SECOND).ok(&["vault", "open"]);

    // The test can fail: the copy opens.
    let copied = Cli::new(&home, "before", FIRST);
    assert_eq!(list(&copied.ok(&["report", "list"])["items"]).len(), 1);
    // The old keys put back open no store any more.
    fs::copy(before.join("keys"), cli.vault().join("keys")).unwrap();
    let answer = cli.run(&["report", "list"]);
    assert_eq!(
        (answer.code, answer.fault()),
        (Some(6), Some("store_damaged"))
    );
}

#[test]
fn setting_a_second_passphrase_shows_in_no_file() {
    let home = Home::new();
    let cli = make(&home);
    cli.ok(&["vault", "open"]);
    let before = looks(cli.vault());
    set_second(&home, &cli);
    assert_eq!(looks(cli.vault()), before);
    cli.ok(&["vault", "open"]);
    assert_eq!(looks(cli.vault()), before);
}

#[test]
fn the_passphrase_of_the_vault_cannot_be_the_second_too() {
    let home = Home::new();
    let cli = make(&home);
    let same = file(&home, FIRST);
    let args = [
        "vault",
        "second-passphrase",
        "--new-passphrase-file",
        text(&same),
    ];
    cli.fails(&args, 2, "passphrase_taken");
    cli.ok(&["report", "list"]);
}

#[test]
fn a_changed_passphrase_opens_and_the_old_one_does_not() {
    let home = Home::new();
    let cli = make(&home);
    set_second(&home, &cli);
    let old_keys = fs::read(cli.vault().join("keys")).unwrap();
    let third = file(&home, THIRD);
    cli.ok(&["vault", "passphrase", "--new-passphrase-file", text(&third)]);
    cli.fails(&["vault", "open"], 3, "wrong_passphrase");
    let changed = Cli::new(&home, "vault", THIRD);
    assert_eq!(list(&changed.ok(&["report", "list"])["items"]).len(), 1);

    // Of the eight slots one is another: that of the old passphrase.
    let keys = fs::read(cli.vault().join("keys")).unwrap();
    let slots = |bytes: &[u8]| {
        bytes[88..920]
            .chunks(104)
            .map(<[u8]>::to_vec)
            .collect::<Vec<_>>()
    };
    let differ = slots(&keys)
        .into_iter()
        .zip(slots(&old_keys))
        .filter(|(new, old)| new != old);
    assert_eq!(differ.count(), 1);
    // The second passphrase works as before.
    let state = Cli::new(&home, "vault", SECOND).ok(&["vault", "open"]);
    assert_eq!(state["phase"], "notebook");
}

#[test]
fn so_many_wrong_passphrases_destroy_the_vault_and_a_right_one_counts_anew() {
    let home = Home::new();
    let cli = make(&home);
    let wrong = Cli::new(&home, "vault", THIRD);
    for _ in 0..6 {
        // Off unless it was asked for.
        wrong.fails(&["vault", "open"], 3, "wrong_passphrase");
    }
    // A limit at which a slip of the fingers destroys it is refused.
    let refused = cli
        .command(&["settings", "--wipe-after-tries", "9"])
        .output();
    assert_eq!(refused.unwrap().status.code(), Some(2));
    cli.ok(&["settings", "--wipe-after-tries", "10"]);
    for _ in 0..9 {
        wrong.fails(&["vault", "open"], 3, "wrong_passphrase");
    }
    cli.ok(&["vault", "open"]);
    for _ in 0..9 {
        wrong.fails(&["vault", "open"], 3, "wrong_passphrase");
    }
    wrong.fails(&["vault", "open"], 3, "wiped");
    cli.fails(&["vault", "open"], 3, "no_vault");
    assert!(!cli.vault().exists());
}

/// Runs a command with the device's clock at another time.
fn at(cli: &Cli<'_>, when: &str, args: &[&str]) -> (Option<i32>, Value) {
    let output = by_clock(cli, &[when], args).output();
    let output = output.expect("faketime is installed");
    let json = serde_json::from_slice(&output.stdout).unwrap_or_default();
    (output.status.code(), json)
}

/// The command, on a device whose clock goes as `faketime` is told.
fn by_clock(cli: &Cli<'_>, clock: &[&str], args: &[&str]) -> Command {
    let command = cli.command(args);
    let mut faked = Command::new("faketime");
    faked
        .args(clock)
        .arg(command.get_program())
        .args(command.get_args());
    let set = command
        .get_envs()
        .filter_map(|(name, value)| Some((name, value?)));
    faked.envs(set);
    faked
}

#[test]
fn a_missed_check_in_destroys_the_vault_and_a_clock_that_was_never_set_does_not() {
    let home = Home::new();
    let cli = Cli::new(&home, "vault", FIRST);
    let done = |when, args: &[&str]| {
        let (code, json) = at(&cli, when, args);
        assert_eq!(code, Some(0), "{when}: {json}");
        json
    };
    let opens = |when| done(when, &["vault", "open"]);
    done("2027-03-01 12:00:00", &CREATE);
    let state = opens("2027-03-01 12:00:00");
    assert_eq!(
        state["check_in_by"],
        Value::Null,
        "off unless it was asked for"
    );
    opens("2029-01-01 12:00:00");
    done(
        "2029-01-01 12:00:00",
        &["settings", "--check-in-hours", "48"],
    );
    // Each opening is a check-in.
    opens("2029-01-03 11:00:00");
    opens("2029-01-05 10:00:00");
    // The battery was empty: the clock begins in 1970, and is set again a week later.
    opens("1970-01-01 00:05:00");
    opens("2029-01-14 10:00:00");
    opens("2029-01-16 09:00:00");
    let (code, fault) = at(&cli, "2029-01-18 09:30:00", &["vault", "open"]);
    assert_eq!((code, fault["code"].as_str()), (Some(3), Some("wiped")));
    assert!(!cli.vault().exists());
}

#[test]
fn a_command_that_has_the_vault_open_ends_when_another_destroys_it() {
    let (coalition, home) = (Coalition::start("Far Bank"), Home::new());
    let cli = coalition.reporter(&home, FIRST);
    let watching = cli.watch();
    let report = Cli::new(&home, "vault", THIRD).ok(&["panic", "--yes"]);
    assert_eq!(report["keys_gone"], true);
    let answer = watching.end();
    assert_eq!((answer.code, answer.fault()), (Some(3), Some("wiped")));
    assert!(!cli.vault().exists());
    // It says so to people as well, and what comes back.
    let cli = Cli::new(&home, "second", FIRST);
    cli.ok(&CREATE);
    cli.ok(&["join", text(&coalition.invite())]);
    let mut watching = cli.plain(&["sync", "--watch"]);
    let watching = watching.stderr(Stdio::piped()).spawn().unwrap();
    wait_for("the vault open", || listens(watching.id()).then_some(()));
    cli.ok(&["panic", "--yes"]);
    let output = watching.wait_with_output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(
        said.contains("was destroyed") && said.contains("24 words"),
        "{said}"
    );
}

#[test]
fn a_vault_without_a_coalition_is_not_kept_in_sync_for_ever() {
    let home = Home::new();
    let cli = make(&home);
    for args in [&["sync"][..], &["sync", "--watch"]] {
        cli.fails(args, 8, "not_joined");
    }
    set_second(&home, &cli);
    Cli::new(&home, "vault", SECOND).fails(&["sync", "--watch"], 3, "locked");
}

#[test]
fn a_check_in_that_is_missed_while_a_program_runs_destroys_the_vault() {
    let (coalition, home) = (Coalition::start("Far Bank"), Home::new());
    let cli = Cli::new(&home, "vault", FIRST);
    let invite = coalition.invite();
    let limit = ["settings", "--check-in-hours", "1"];
    for args in [&CREATE[..], &["join", text(&invite)], &limit] {
        assert_eq!(at(&cli, "2029-01-01 12:00:00", args).0, Some(0));
    }
    // Ten seconds to the hour; what measures waiting goes as ever.
    let clock = ["-f", "@2029-01-01 12:00:00 x360"];
    let mut watching = by_clock(&cli, &clock, &["sync", "--watch"]);
    watching.env("FAKETIME_DONT_FAKE_MONOTONIC", "1");
    let watching = watching.stdout(Stdio::piped()).spawn().unwrap();
    let keys = cli.vault().join("keys");
    let log = ["a.db-wal", "b.db-wal"].map(|name| cli.vault().join(name));
    wait_for("the vault open", || log.iter().find(|log| log.exists()));
    assert!(keys.exists());
    // It ends by itself, and has left nothing to the next start.
    let output = watching.wait_with_output().unwrap();
    assert!(!cli.vault().exists());
    let said: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(
        (output.status.code(), &said["code"]),
        (Some(3), &"wiped".into())
    );
}
