//! The examiner: a vault's medium, byte by byte, after the worst day.
//!
//! The vault lies on a file system of its own, whose image is read raw: freed blocks and the journal
//! included. Every key is learnt beforehand from a copy with the passphrase, as `vault.md` says
//! anybody could ([`Secrets`]); afterwards none of them, nor the passphrase, nor anything that was
//! written, may be found in any spelling.
#![expect(clippy::unwrap_used, reason = "a test stops at what it cannot do")]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use holdfast_tests::{
    Canaries, Cli, Coalition, Home, Image, Secrets, contents, fixtures, string, text,
};

const PASSPHRASE: &str = "examiner: eleven buoys off the point";
const NEXT: &str = "examiner: twelve buoys, and one adrift";
const DURESS: &str = "examiner: just the weather today";
const WORDS: &str = "Свидетель назвал имя: canary-avocet-7718";
const CONTENT: &[u8] = b"canary-mussel-4402";
/// Words that may be found nowhere.
const CANARIES: [&str; 3] = [WORDS, "canary-mussel-4402", "улика-canary-godwit"];

/// A vault that has been worked with, on a medium of its own.
struct Scene {
    image: Image,
    home: Home,
    _coalition: Coalition,
    vault: PathBuf,
    secrets: Secrets,
    report: String,
    canaries: Canaries,
}

impl Scene {
    fn set() -> Option<Self> {
        let image = Image::mount()?;
        let (home, clear) = (Home::new(), tempfile::tempdir().unwrap());
        let coalition = Coalition::start("Eleven Buoys");
        let vault = image.path().join("vault");
        let cli = Cli::new(&home, text(&vault), PASSPHRASE);
        cli.create(&["--role", "reporter"]);
        cli.ok(&["join", text(&coalition.invite())]);
        let piece = clear.path().join("улика-canary-godwit.jpg");
        let mut bytes = fixtures::noise(200_000, 5);
        for page in bytes.chunks_exact_mut(4096) {
            page[..CONTENT.len()].copy_from_slice(CONTENT);
        }
        fs::write(&piece, bytes).unwrap();
        let add = [
            "report",
            "add",
            "--narrative",
            WORDS,
            "--evidence",
            text(&piece),
        ];
        let view = cli.ok(&[&add[..], &["--send", "--consent"]].concat());
        let report = string(&view["report"]).to_owned();
        cli.ok(&["report", "add", "--narrative", WORDS, "--draft"]);
        assert_eq!(cli.ok(&["sync"])["waiting"], 0);
        let secrets = Secrets::learn(&vault, PASSPHRASE);
        let blobs = secrets.names().filter(|name| name.starts_with("blob key"));
        assert_eq!(blobs.count(), 2, "a seed and its text");
        let canaries = secrets.canaries(&CANARIES);
        Some(Self {
            image,
            home,
            _coalition: coalition,
            vault,
            secrets,
            report,
            canaries,
        })
    }

    fn cli(&self) -> Cli<'_> {
        Cli::new(&self.home, text(&self.vault), PASSPHRASE)
    }

    fn cli_with(&self, passphrase: &str) -> Cli<'_> {
        Cli::new(&self.home, text(&self.vault), passphrase)
    }

    /// Runs a command that asks for another passphrase.
    fn give(&self, command: &str, passphrase: &str) {
        let file = tempfile::NamedTempFile::new().unwrap();
        fs::write(file.path(), passphrase).unwrap();
        let file = text(file.path());
        self.cli()
            .ok(&["vault", command, "--new-passphrase-file", file]);
    }

    /// Every file of the vault by its name, with its size.
    fn files(&self) -> Vec<(PathBuf, u64)> {
        let names = contents(&self.vault).into_keys();
        let sizes = names.map(|name| {
            let meta = self.vault.join(&name).metadata().unwrap();
            let size = if meta.is_dir() { 0 } else { meta.len() };
            (name, size)
        });
        sizes.collect()
    }

    /// Nothing secret is on the medium nor in the home.
    fn expect_nothing(&self, medium: &[u8]) {
        let sightings = self.canaries.look_into(medium, Path::new("the medium"), 0);
        assert!(sightings.is_empty(), "on the medium: {sightings:?}");
        self.canaries.expect_none(&[self.home.path()]);
    }
}

/// Where some bytes are on a medium.
fn find(medium: &[u8], bytes: &[u8]) -> Option<usize> {
    let mut places = medium.windows(bytes.len());
    places.position(|place| place == bytes)
}

#[test]
fn a_medium_shows_what_was_deleted_from_it() {
    let Some(mut scene) = Scene::set() else {
        return;
    };
    // A clumsy program's temporary file, synced and deleted.
    let file = scene.image.path().join("clumsy");
    fs::write(&file, WORDS.repeat(300)).unwrap();
    fs::File::open(&file).unwrap().sync_all().unwrap();
    fs::remove_file(&file).unwrap();
    let medium = scene.image.bytes();
    let seen = scene.canaries.look_into(&medium, Path::new(""), 0);
    assert!(seen.iter().any(|sighting| sighting.canary == WORDS));
    assert!(find(&medium, scene.secrets.used_slot()).is_some());
}

#[test]
fn a_locked_vault_shows_nothing_on_the_medium() {
    let Some(mut scene) = Scene::set() else {
        return;
    };
    let medium = scene.image.bytes();
    scene.expect_nothing(&medium);
}

#[test]
fn after_a_panic_the_medium_has_neither_secrets_nor_slots() {
    let Some(mut scene) = Scene::set() else {
        return;
    };
    scene.cli().ok(&["panic", "--yes"]);
    let medium = scene.image.bytes();
    scene.expect_nothing(&medium);
    for slot in scene.secrets.slots() {
        assert_eq!(find(&medium, slot), None, "a slot is still there");
    }
}

/// As a restored backup leaves it, or a click on "read only".
#[test]
fn after_a_panic_the_slots_of_a_protected_key_file_are_nowhere_either() {
    let Some(mut scene) = Scene::set() else {
        return;
    };
    let keys = scene.vault.join("keys");
    fs::set_permissions(keys, fs::Permissions::from_mode(0o400)).unwrap();
    let answer = scene.cli().run_bound(&["panic", "--yes"]);
    assert_eq!(answer.json["keys_gone"], true, "{answer:?}");
    let medium = scene.image.bytes();
    scene.expect_nothing(&medium);
    for slot in scene.secrets.slots() {
        assert_eq!(find(&medium, slot), None, "a slot is still there");
    }
}

/// What the file system notes of a database beside its bytes: how many changes it counted, and in how
/// many pieces it lies.
fn noted(scene: &mut Scene, name: &str) -> (u64, usize) {
    let file = format!("stat /vault/{name}");
    let image = scene.image.unmounted();
    let told = Command::new("debugfs")
        .args(["-R", &file])
        .arg(image)
        .output();
    let told = String::from_utf8(told.unwrap().stdout).unwrap();
    scene.image.mount_again();
    let (_, version) = told.split_once("Version: 0x").unwrap();
    let version = version.lines().next().unwrap().replace(':', "");
    let (_, extents) = told.split_once("EXTENTS:").unwrap();
    let version = u64::from_str_radix(version.trim(), 16).unwrap();
    (version, extents.trim().split(", ").count())
}

/// Setting a second passphrase changes a file once more, which a fixed number would show.
#[test]
fn the_file_system_notes_no_difference_between_used_and_unused() {
    let Some(mut scene) = Scene::set() else {
        return;
    };
    let mut counts = std::collections::BTreeSet::new();
    let mut before = [0; 2];
    for round in 0..8 {
        for (name, before) in ["a.db", "b.db"].iter().zip(&mut before) {
            let (version, pieces) = noted(&mut scene, name);
            assert_eq!(pieces, 1, "{name}");
            if round > 0 {
                counts.insert(version - *before);
            }
            *before = version;
        }
        scene.cli().ok(&["vault", "open"]);
    }
    assert!(counts.len() > 2, "{counts:?}");
}

#[test]
fn after_the_second_passphrase_the_medium_has_neither_secrets_nor_slots() {
    let Some(mut scene) = Scene::set() else {
        return;
    };
    scene.give("second-passphrase", DURESS);
    // Setting it filled all slots but one anew.
    let before = Secrets::learn(&scene.vault, PASSPHRASE);
    let opened = scene.cli_with(DURESS).ok(&["vault", "open"]);
    assert_eq!(opened["phase"], "notebook");
    scene
        .cli_with(DURESS)
        .ok(&["notebook", "add", "Rain again."]);
    scene.cli().fails(&["vault", "open"], 3, "wrong_passphrase");
    let kept = fs::read(scene.vault.join("keys")).unwrap();
    let medium = scene.image.bytes();
    scene.expect_nothing(&medium);
    let gone = |slot: &&Vec<u8>| find(&kept, slot).is_none();
    let gone: Vec<_> = before.slots().iter().filter(gone).collect();
    assert_eq!(
        gone.len(),
        7,
        "all slots but the notebook's are filled anew"
    );
    assert!(gone.iter().all(|slot| find(&medium, slot).is_none()));
    assert_eq!(find(&kept, before.used_slot()), None);
}

#[test]
fn after_a_change_of_passphrase_the_old_slot_is_nowhere_on_the_medium() {
    let Some(mut scene) = Scene::set() else {
        return;
    };
    scene.give("passphrase", NEXT);
    scene.cli().fails(&["vault", "open"], 3, "wrong_passphrase");
    scene.cli_with(NEXT).ok(&["vault", "open"]);
    let after = Secrets::learn(&scene.vault, NEXT);
    let medium = scene.image.bytes();
    scene.expect_nothing(&medium);
    assert_eq!(find(&medium, scene.secrets.used_slot()), None);
    assert!(find(&medium, after.used_slot()).is_some());
    let seen = after.canaries(&[]).look_into(&medium, Path::new(""), 0);
    assert!(seen.is_empty(), "on the medium: {seen:?}");
}

#[test]
fn setting_a_second_passphrase_changes_neither_names_nor_sizes() {
    let Some(scene) = Scene::set() else {
        return;
    };
    let before = scene.files();
    scene.give("second-passphrase", DURESS);
    assert_eq!(scene.files(), before);
}

#[test]
fn after_thinning_not_even_the_passphrase_leads_to_the_evidence() {
    let Some(mut scene) = Scene::set() else {
        return;
    };
    let blobs = || fs::read_dir(scene.vault.join("blobs")).unwrap().count();
    let before = blobs();
    let thin = ["report", "thin", &scene.report, "--evidence"];
    scene.cli().ok(&thin);
    assert!(blobs() < before);
    let left = Secrets::learn(&scene.vault, PASSPHRASE);
    assert_eq!(left.names().find(|name| name.starts_with("blob key")), None);
    let medium = scene.image.bytes();
    scene.expect_nothing(&medium);
}
