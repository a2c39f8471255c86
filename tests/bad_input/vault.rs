//! A vault that does not open.

use std::fs;

use holdfast_tests::{CREATE, Cli, Coalition, Dice, contents, text};
use serde_json::json;

use crate::{Kept, PASSPHRASE, bytes, cut, expect_refused, flip};

#[test]
fn a_wrong_passphrase_opens_nothing_and_changes_nothing() {
    let kept = Kept::new();
    let before = contents(kept.cli().vault());
    let almost = [
        format!("{PASSPHRASE} "),
        PASSPHRASE.to_uppercase(),
        "x".repeat(4000),
    ];
    for wrong in almost
        .iter()
        .map(String::as_str)
        .chain(["something else", "пароль 密码 🔑"])
    {
        let cli = Cli::new(&kept.home, "vault", wrong);
        expect_refused(&cli, &[(3, "wrong_passphrase")]);
    }
    assert_eq!(
        Cli::new(&kept.home, "vault", "")
            .run(&["vault", "open"])
            .code,
        Some(2)
    );
    assert_eq!(contents(kept.cli().vault()), before);
    kept.expect_whole(&kept.cli());
}

#[test]
fn a_damaged_key_file_is_told_and_kept() {
    let kept = Kept::new();
    let size = fs::metadata(kept.cli().vault().join("keys")).unwrap().len() as usize;
    for length in [0, 1, 8, 55, 87, size / 2, size - 1] {
        let cli = kept.copy(&format!("cut-{length}"));
        cut(&cli.vault().join("keys"), length);
        expect_refused(&cli, &[(6, "keys_damaged")]);
    }
    let cli = kept.copy("missing");
    fs::remove_file(cli.vault().join("keys")).unwrap();
    expect_refused(&cli, &[(6, "keys_missing")]);

    // Behind the header lie eight slots. Rot in one that is not needed locks nobody out.
    let mut dice = Dice::new(4);
    let header = (0..88).step_by(9).chain([8, 11, 12, 87]);
    let slots: Vec<usize> = (0..12).map(|_| 88 + dice.below(size - 88)).collect();
    for byte in header.chain(slots) {
        let cli = kept.copy(&format!("flip-{byte}"));
        flip(&cli.vault().join("keys"), byte, dice.below(8));
        if byte >= 88 && cli.run(&["vault", "open"]).code == Some(0) {
            kept.expect_whole(&cli);
        } else if (8..12).contains(&byte) {
            expect_refused(&cli, &[(6, "newer_version"), (6, "keys_damaged")]);
        } else {
            expect_refused(&cli, &[(6, "keys_damaged")]);
        }
        fs::remove_dir_all(cli.vault()).unwrap();
    }
}

#[test]
fn a_damaged_store_is_told_and_kept() {
    let kept = Kept::new();
    // Nothing outside tells which of the two is in use, and what is wrong with the other is no matter.
    const STORES: [&str; 2] = ["a.db", "b.db"];
    let size = fs::metadata(kept.cli().vault().join("a.db")).unwrap().len() as usize;
    for length in [0, 1, 100, 4096, 5000, size / 2] {
        let cli = kept.copy(&format!("cut-{length}"));
        for name in STORES {
            cut(&cli.vault().join(name), length);
        }
        expect_refused(&cli, &[(6, "store_damaged")]);
    }
    let cli = kept.copy("missing");
    for name in STORES {
        fs::remove_file(cli.vault().join(name)).unwrap();
    }
    expect_refused(&cli, &[(6, "store_damaged")]);

    // Wherever a bit is wrong, what is read is right or is not read.
    let mut dice = Dice::new(5);
    for kind in 0..24 {
        let cli = kept.copy(&format!("flip-{kind}"));
        let byte = if kind < 4 {
            kind * 30
        } else {
            dice.below(size)
        };
        let bit = dice.below(8);
        for name in STORES {
            flip(&cli.vault().join(name), byte, bit);
        }
        let before = bytes(cli.vault());
        let answer = cli.run(&["report", "show", &kept.report]);
        match answer.code {
            Some(0) => assert_eq!(answer.json, kept.shown, "bit of byte {byte}"),
            code => assert_eq!((code, answer.fault()), (Some(6), Some("store_damaged"))),
        }
        assert_eq!(bytes(cli.vault()), before, "bit of byte {byte}");
    }
}

#[test]
fn a_vault_from_the_future_is_kept_for_it() {
    let kept = Kept::new();
    for (byte, to) in [(8, 2), (8, 255), (11, 1)] {
        let cli = kept.copy(&format!("{byte}-{to}"));
        let keys = cli.vault().join("keys");
        let mut bytes = fs::read(&keys).unwrap();
        bytes[byte] = to;
        fs::write(&keys, bytes).unwrap();
        expect_refused(&cli, &[(6, "newer_version")]);
    }
}

#[test]
fn a_second_process_is_told_and_the_first_goes_on() {
    let kept = Kept::new();
    let cli = kept.cli();
    let coalition = Coalition::start("Far Bank");
    cli.ok(&["join", text(&coalition.invite())]);
    let watch = cli.watch();
    cli.fails(&["vault", "open"], 3, "vault_in_use");
    cli.fails(&["report", "list"], 3, "vault_in_use");
    cli.fails(&["report", "add", "--narrative", "x"], 3, "vault_in_use");
    cli.fails(&CREATE, 3, "vault_in_use");
    assert_eq!(watch.interrupt().code, Some(0));
    kept.expect_whole(&cli);

    // Panic asks nobody, and what the first still writes brings nothing back.
    let watch = cli.watch();
    assert_eq!(
        cli.ok(&["panic", "--yes"]),
        json!({ "keys_gone": true, "all_gone": true })
    );
    assert_eq!(watch.end().code, Some(3));
    assert!(!cli.vault().exists());
    assert_eq!(cli.ok(&["vault", "status"])["phase"], "no_vault");
}
