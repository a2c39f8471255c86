//! No room on the disk.

use std::fs::{self, OpenOptions};
use std::io::{ErrorKind, Write as _};
use std::os::unix::fs::symlink;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use holdfast_tests::{
    CREATE, Cli, Coalition, Home, contents, copy_folder, fixtures, sha256, string, text,
};
use serde_json::json;
use tempfile::TempDir;

use crate::{Kept, PASSPHRASE, WORDS, folder};

/// A small disk of its own; unmounted when dropped.
struct SmallDisk(TempDir);

impl SmallDisk {
    /// None where mounting is not permitted.
    fn mount(size: &str) -> Option<Self> {
        let disk = folder();
        let options = format!("size={size},mode=700");
        let mut mount = Command::new("mount");
        mount
            .args(["-t", "tmpfs", "-o", &options, "none"])
            .arg(disk.path());
        let mounted = mount
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success());
        if !mounted {
            println!("not tested: mounting a small disk is not permitted here");
        }
        mounted.then_some(Self(disk))
    }

    fn grow(&self, size: &str) {
        let options = format!("remount,size={size}");
        let status = Command::new("mount")
            .args(["-o", &options])
            .arg(self.0.path())
            .status();
        assert!(status.unwrap().success());
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Takes all that is free.
    fn fill(&self) {
        let mut filler = OpenOptions::new()
            .create(true)
            .append(true)
            .open(self.path("filler"))
            .unwrap();
        for size in [1 << 20, 4096, 1] {
            loop {
                match filler.write_all(&vec![1; size]) {
                    Ok(()) => {}
                    Err(error) if error.kind() == ErrorKind::StorageFull => break,
                    Err(error) => panic!("{error}"),
                }
            }
        }
    }

    fn free(&self) {
        fs::remove_file(self.path("filler")).unwrap();
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // A disk left behind is gone with the machine.
        let _ = Command::new("umount").arg("-l").arg(self.0.path()).status();
    }
}

#[test]
fn a_full_disk_loses_nothing_and_is_got_over() {
    let Some(disk) = SmallDisk::mount("24m") else {
        return;
    };
    let kept = Kept::new();
    let at = disk.path("vault");
    let cli = Cli::new(&kept.home, text(&at), PASSPHRASE);
    copy_folder(kept.cli().vault(), cli.vault());
    let large = kept.clear.path().join("film.mp4");
    fs::write(&large, fixtures::noise(40_000_000, 1)).unwrap();

    // Too large for what is free: given up without a trace.
    let blobs = contents(&at.join("blobs"));
    cli.fails(
        &["evidence", "add", &kept.report, text(&large)],
        7,
        "disk_full",
    );
    assert_eq!(contents(&at.join("blobs")), blobs);
    cli.ok(&["report", "edit", &kept.report]);
    kept.expect_whole(&cli);
    let add = [
        "report",
        "add",
        "--narrative",
        "Второй",
        "--evidence",
        text(&large),
    ];
    cli.fails(&add, 7, "disk_full");
    assert_eq!(contents(&at.join("blobs")), blobs);
    // What was written about it is kept as a draft.
    let list = cli.ok(&["report", "list"]);
    assert_eq!(
        (&list["total"], &list["items"][0]["state"]),
        (&json!(2), &json!("draft"))
    );

    // Nothing is free at all: what is there can still be read, and saved out elsewhere.
    disk.fill();
    kept.expect_whole(&cli);
    for _ in 0..2 {
        cli.fails(
            &["report", "add", "--narrative", &"Третий ".repeat(5_000)],
            7,
            "disk_full",
        );
        kept.expect_whole(&cli);
    }
    let out = disk.path("out");
    let answer = kept.save(&cli, &out);
    assert_eq!((answer.code, answer.fault()), (Some(7), Some("disk_full")));
    let names: Vec<_> = fs::read_dir(disk.0.path())
        .unwrap()
        .map(|f| f.unwrap().file_name())
        .collect();
    assert_eq!(names.len(), 2, "{names:?}");
    let other = Cli::new(&kept.home, text(&disk.path("other")), PASSPHRASE);
    other.fails(&CREATE, 7, "disk_full");
    assert_eq!(other.ok(&["vault", "status"])["phase"], "no_vault");

    // There is room again.
    disk.free();
    kept.expect_whole(&cli);
    cli.ok(&["report", "add", "--narrative", "Третий"]);
    assert_eq!(cli.ok(&["report", "list"])["total"], 3);
    other.ok(&CREATE);

    // Panic needs no room.
    disk.fill();
    assert_eq!(
        cli.ok(&["panic", "--yes"]),
        json!({ "keys_gone": true, "all_gone": true })
    );
    assert!(!at.exists());
}

/// A vault on a small disk, with a second passphrase.
fn with_second<'a>(kept: &'a Kept, disk: &SmallDisk, second: &str) -> (Cli<'a>, Cli<'a>) {
    let at = disk.path("vault");
    let cli = Cli::new(&kept.home, text(&at), PASSPHRASE);
    copy_folder(kept.cli().vault(), cli.vault());
    let file = kept.clear.path().join("second");
    fs::write(&file, second).unwrap();
    let template = ["--template", "household"];
    let set = [
        "vault",
        "second-passphrase",
        "--new-passphrase-file",
        text(&file),
    ];
    cli.ok(&[&set[..], &template].concat());
    let second = Cli::new(&kept.home, text(&at), second);
    (cli, second)
}

#[test]
fn on_a_full_disk_the_second_passphrase_opens_its_notebook() {
    let Some(disk) = SmallDisk::mount("8m") else {
        return;
    };
    let kept = Kept::new();
    // There is something to delete that makes room; and there is nothing.
    for evidence in [true, false] {
        let (cli, second) = with_second(&kept, &disk, "second: ten grey geese");
        if !evidence {
            for (name, _) in contents(&cli.vault().join("blobs")) {
                fs::remove_file(cli.vault().join("blobs").join(name)).unwrap();
            }
        }
        disk.fill();
        cli.fails(
            &["report", "add", "--narrative", &"x".repeat(9_000)],
            7,
            "disk_full",
        );
        assert_eq!(cli.ok(&["vault", "open"])["phase"], "open");
        for _ in 0..2 {
            assert_eq!(second.ok(&["vault", "open"])["phase"], "notebook");
            assert!(second.ok(&["notebook", "list"]).as_array().unwrap().len() >= 9);
            cli.fails(&["vault", "open"], 3, "wrong_passphrase");
            assert_eq!(fs::read_dir(cli.vault().join("blobs")).unwrap().count(), 0);
            disk.fill();
        }
        fs::remove_dir_all(cli.vault()).unwrap();
        disk.free();
    }
}

#[test]
fn a_change_that_failed_on_a_full_disk_keeps_nobody_out() {
    let Some(disk) = SmallDisk::mount("8m") else {
        return;
    };
    let kept = Kept::new();
    let (cli, second) = with_second(&kept, &disk, "second: ten grey geese");
    let third = kept.clear.path().join("third");
    fs::write(&third, "third: eleven grey geese").unwrap();
    disk.fill();
    for command in ["passphrase", "second-passphrase"] {
        let change = ["vault", command, "--new-passphrase-file", text(&third)];
        cli.fails(&change, 7, "disk_full");
        kept.expect_whole(&cli);
        assert!(!cli.vault().join("keys.new").exists());
    }
    let wrong = Cli::new(&kept.home, text(cli.vault()), "third: eleven grey geese");
    wrong.fails(&["vault", "open"], 3, "wrong_passphrase");
    assert_eq!(second.ok(&["vault", "open"])["phase"], "notebook");
}

#[test]
fn a_desk_whose_disk_is_full_goes_on_when_it_is_not() {
    let Some(disk) = SmallDisk::mount("16m") else {
        return;
    };
    let coalition = Coalition::start("Quiet Shore");
    let (home, clear) = (Home::new(), folder());
    let desk = coalition.desk();
    let at = disk.path("vault");
    fs::rename(desk.vault(), home.join("moved")).unwrap();
    copy_folder(&home.join("moved"), &at);
    symlink(&at, desk.vault()).unwrap();

    let reporter = coalition.reporter(&home, PASSPHRASE);
    let large = clear.path().join("film.mp4");
    fs::write(&large, fixtures::noise(30_000_000, 1)).unwrap();
    let add = [
        "report",
        "add",
        "--narrative",
        WORDS,
        "--evidence",
        text(&large),
    ];
    let report = reporter.ok(&[&add[..], &["--send", "--consent"]].concat());
    reporter.ok(&["sync"]);
    for _ in 0..2 {
        assert_eq!(desk.run(&["receive"]).code, Some(7));
        let list = desk.ok(&["report", "list"]);
        assert_eq!(
            (&list["total"], &list["items"][0]["title"]),
            (&json!(1), &json!(WORDS))
        );
    }
    disk.grow("64m");
    desk.ok(&["receive"]);
    let (report, out) = (string(&report["report"]), clear.path().join("copy"));
    let evidence = desk.ok(&["evidence", "list", report]);
    let object = string(&evidence[0]["object"]);
    desk.ok(&["evidence", "save", report, object, "--out", text(&out)]);
    assert_eq!(sha256(&out), sha256(&large));
}
