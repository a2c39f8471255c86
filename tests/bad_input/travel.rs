//! What travels, damaged: evidence, invites, courier files.

use std::fs;
use std::path::Path;

use data_encoding::BASE64URL_NOPAD;
use holdfast_tests::{Answer, Coalition, Dice, contents, sha256, text};
use serde_json::json;

use crate::{Kept, WORDS, bytes, cut, flip, folder};

#[test]
fn damaged_evidence_is_never_saved_out() {
    let kept = Kept::new();
    let damaged = |name: &str, damage: &dyn Fn(&Path)| {
        let cli = kept.copy(name);
        let mut blobs = fs::read_dir(cli.vault().join("blobs")).unwrap();
        damage(&blobs.next().unwrap().unwrap().path());
        let (before, out) = (bytes(cli.vault()), folder());
        let answer = kept.save(&cli, &out.path().join("out"));
        let left = contents(out.path()).len();
        assert_eq!(left, usize::from(answer.code == Some(0)), "of {name}");
        assert_eq!(bytes(cli.vault()), before);
        // The words are there all the same.
        let shown = cli.ok(&["report", "show", &kept.report]);
        assert_eq!(shown["fields"], kept.shown["fields"]);
        answer
    };
    let fault = |answer: Answer| (answer.code, answer.fault().unwrap_or_default().to_owned());
    let is_damaged = (Some(6), "evidence_damaged".to_owned());
    for length in [0, 1, 100, 65_536, 200_000] {
        let answer = damaged(&format!("cut-{length}"), &|blob| cut(blob, length));
        assert_eq!(fault(answer), is_damaged, "cut to {length}");
    }
    for byte in [0, 30, 100, 300, 70_000, 200_000, 300_000] {
        let answer = damaged(&format!("flip-{byte}"), &|blob| flip(blob, byte, 2));
        assert_eq!(fault(answer), is_damaged, "bit of byte {byte}");
    }
    let answer = damaged("missing", &|blob| fs::remove_file(blob).unwrap());
    assert_eq!(fault(answer), (Some(4), "evidence_not_here".to_owned()));
    kept.expect_whole(&kept.cli());
}

#[test]
fn damaged_evidence_is_not_sent_and_holds_up_nothing_else() {
    let coalition = Coalition::start("Quiet Shore");
    let kept = Kept::new();
    let cli = kept.cli();
    cli.ok(&["join", text(&coalition.invite())]);
    let mut blobs = fs::read_dir(cli.vault().join("blobs")).unwrap();
    flip(&blobs.next().unwrap().unwrap().path(), 150_000, 0);
    cli.ok(&["report", "send", &kept.report, "--consent"]);
    let answer = cli.run(&["sync"]);
    assert_eq!(
        (answer.code, answer.fault()),
        (Some(6), Some("evidence_damaged")),
        "{answer:?}"
    );
    // The words, and the note that the recovery words lead to.
    assert_eq!(answer.json["delivered"], 2);
    let items = cli.ok(&["delivery"])["items"].take();
    assert_eq!(items[0]["reason"]["code"], "evidence_damaged");
    assert_eq!(
        (&items[0]["state"], &items[1]["state"]),
        (&json!("waiting"), &json!("held"))
    );
    assert_eq!(
        cli.ok(&["report", "show", &kept.report])["state"],
        "waiting"
    );
    assert_eq!(
        coalition.desk().ok(&["receive"])["items"][0]["title"],
        WORDS
    );
}

#[test]
fn a_damaged_invite_is_not_joined() {
    let coalition = Coalition::start("Quiet Shore");
    let kept = Kept::new();
    let cli = kept.cli();
    let before = bytes(cli.vault());
    let invite = fs::read_to_string(coalition.invite()).unwrap();
    let changed = kept.clear.path().join("invite");
    let refuse = |bytes: &[u8], fault: &str| {
        fs::write(&changed, bytes).unwrap();
        cli.fails(&["join", text(&changed), "--preview"], 6, fault);
        cli.fails(&["join", text(&changed)], 6, fault);
    };
    for length in [0, 10, 18, 19, 100, invite.trim().len() - 1] {
        refuse(&invite.as_bytes()[..length], "invite_damaged");
    }
    let mut dice = Dice::new(6);
    let prefix = "holdfast-invite-1:".len();
    for _ in 0..10 {
        let mut bytes = invite.trim().as_bytes().to_vec();
        let place = prefix + dice.below(bytes.len() - prefix - 1);
        bytes[place] = if bytes[place] == b'A' { b'B' } else { b'A' };
        refuse(&bytes, "invite_damaged");
        bytes[place] = 0xff;
        refuse(&bytes, "invite_damaged");
    }
    refuse(b"hello", "invite_damaged");
    refuse(invite.repeat(200).as_bytes(), "invite_damaged");
    assert_eq!(bytes(cli.vault()), before);

    // From the future: by its first words, or inside.
    let newer = invite.replace("holdfast-invite-1:", "holdfast-invite-2:");
    refuse(newer.as_bytes(), "newer_version");
    let mut body = BASE64URL_NOPAD
        .decode(&invite.trim().as_bytes()[prefix..])
        .unwrap();
    assert_eq!(body[1], 1);
    body[1] = 2;
    let newer = format!("holdfast-invite-1:{}", BASE64URL_NOPAD.encode(&body));
    refuse(newer.as_bytes(), "newer_version");
    assert_eq!(bytes(cli.vault()), before);

    // As it was, with what mail programs do to it, it is joined.
    let folded: Vec<_> = invite.trim().as_bytes().chunks(60).collect();
    fs::write(&changed, folded.join(&b"\r\n"[..])).unwrap();
    assert_eq!(
        cli.ok(&["join", text(&changed)])["coalition"]["name"],
        "Quiet Shore"
    );
}

#[test]
fn a_damaged_courier_file_brings_what_is_whole_in_it() {
    let coalition = Coalition::start("Quiet Shore");
    let kept = Kept::new();
    let (cli, desk) = (kept.cli(), coalition.desk());
    cli.ok(&["join", text(&coalition.invite())]);
    cli.ok(&["report", "send", &kept.report, "--consent"]);
    let courier = kept.clear.path().join("courier");
    cli.ok(&["courier", "out", text(&courier)]);
    let whole = fs::read(&courier).unwrap();
    let changed = kept.clear.path().join("changed");
    let take = |bytes: &[u8]| {
        fs::write(&changed, bytes).unwrap();
        desk.run(&["courier", "in", text(&changed)])
    };

    // The head: nothing is taken in.
    let before = bytes(desk.vault());
    let mut newer = whole.clone();
    newer[17] = 2;
    let answer = take(&newer);
    assert_eq!(
        (answer.code, answer.fault()),
        (Some(6), Some("newer_version"))
    );
    for length in [0, 1, 16, 21, 50, 150] {
        let answer = take(&whole[..length]);
        assert_eq!(
            (answer.code, answer.fault()),
            (Some(6), Some("courier_damaged")),
            "{length}"
        );
    }
    for byte in [0, 15, 18, 21, 22, 40, 100, 150] {
        let mut bytes = whole.clone();
        bytes[byte] ^= 4;
        let answer = take(&bytes);
        assert_eq!(
            (answer.code, answer.fault()),
            (Some(6), Some("courier_damaged")),
            "{byte}"
        );
    }
    assert_eq!(bytes(desk.vault()), before);

    // The evidence, which comes last: the words are taken in, and the rest the next time.
    let mut flipped = whole.clone();
    flipped[whole.len() - 1000] ^= 1;
    let invite = coalition.invite();
    fs::write(&changed, &flipped).unwrap();
    cli.fails(
        &[
            "courier",
            "hand-in",
            text(&changed),
            "--invite",
            text(&invite),
        ],
        6,
        "courier_damaged",
    );
    for bytes in [
        &flipped[..],
        &whole[..whole.len() - 1],
        &[&whole[..], b"x"].concat(),
    ] {
        let answer = take(bytes);
        assert_eq!(
            (answer.code, answer.fault()),
            (Some(6), Some("courier_damaged"))
        );
        let list = desk.ok(&["report", "list"]);
        assert_eq!(
            (&list["total"], &list["items"][0]["title"]),
            (&json!(1), &json!(WORDS))
        );
    }
    assert_eq!(take(&whole).code, Some(0));
    let out = kept.clear.path().join("copy");
    assert_eq!(kept.save(&desk, &out).code, Some(0));
    assert_eq!(kept.shown["evidence"][0]["sha256"], sha256(&out));
    cli.fails(&["courier", "in", text(&courier)], 8, "courier_not_for_us");
    let missing = kept.clear.path().join("nowhere");
    desk.fails(&["courier", "in", text(&missing)], 7, "file");
}
