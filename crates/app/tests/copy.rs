//! Copies sealed to the age key of somebody outside.
#![expect(clippy::unwrap_used, reason = "a test stops at what it cannot do")]

use std::{
    fs,
    io::Read as _,
    path::{Path, PathBuf},
};

use holdfast_app::{
    App, Cost,
    view::{CreateVault, EvidenceId, Fault, KeyRead, KeyText, KeyView, ReportId, RoleView},
};
use holdfast_seal::Identity;
use tempfile::TempDir;

/// Several chunks of age's, and more than one piece of ours.
const ORIGINAL: usize = 600_000;

/// A report with one piece of evidence, in a folder that is gone when the test is.
struct Kept {
    folder: TempDir,
    app: App,
    id: EvidenceId,
    original: Vec<u8>,
}

impl Kept {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let original: Vec<u8> = (0..ORIGINAL).map(|at| (at * at % 251) as u8).collect();
        let file = folder.path().join("gate.jpg");
        fs::write(&file, &original).unwrap();
        let app = App::new(folder.path().join("vault"), |_| {});
        let create = CreateVault {
            passphrase: "long enough for a test".to_owned(),
            role: RoleView::Reporter,
            name: None,
            endpoint: None,
            admission: None,
        };
        app.create_vault_at(create, Cost::Floor).unwrap();
        let report = app.new_draft(()).unwrap().report;
        let object = app.attach_file(&report, &file).unwrap().object;
        app.finish_draft(ReportId {
            report: report.clone(),
        })
        .unwrap();
        fs::create_dir(folder.path().join("out")).unwrap();
        Self {
            id: EvidenceId { report, object },
            folder,
            app,
            original,
        }
    }

    fn out(&self) -> PathBuf {
        self.folder.path().join("out/gate.jpg.age")
    }

    fn export(&self, keys: &[&str]) -> Result<KeyView, Fault> {
        let keys: Vec<String> = keys.iter().map(|&key| key.to_owned()).collect();
        self.app.export_copy(&self.id, &self.out(), &keys)
    }

    /// All files of `out`, which holds the copy and nothing beside it.
    fn written(&self) -> Vec<String> {
        fs::read_dir(self.folder.path().join("out"))
            .unwrap()
            .map(|file| file.unwrap().file_name().into_string().unwrap())
            .collect()
    }
}

/// A key of somebody outside, as age makes them without being asked for more.
fn ordinary() -> (age::x25519::Identity, String) {
    let identity = age::x25519::Identity::generate();
    let key = identity.to_public().to_string();
    (identity, key)
}

fn hybrid() -> (Identity, String) {
    let identity = Identity::make();
    let key = identity.recipient().to_string();
    (identity, key)
}

fn opened(path: &Path, identity: &dyn age::Identity) -> Vec<u8> {
    let sealed = fs::read(path).unwrap();
    let decryptor = age::Decryptor::new(&sealed[..]).unwrap();
    let mut clear = Vec::new();
    decryptor
        .decrypt(std::iter::once(identity))
        .unwrap()
        .read_to_end(&mut clear)
        .unwrap();
    clear
}

#[test]
fn a_copy_opens_with_the_persons_own_key() {
    let kept = Kept::new();
    let ((alone, key), (second, other)) = (ordinary(), ordinary());
    assert_eq!(kept.export(&[&key]), Ok(KeyView { hybrid: false }));
    assert!(opened(&kept.out(), &alone) == kept.original);

    // To two people at once, over the copy that was there.
    assert_eq!(kept.export(&[&key, &other]), Ok(KeyView { hybrid: false }));
    assert!(opened(&kept.out(), &second) == kept.original);

    let (owner, key) = hybrid();
    assert_eq!(kept.export(&[&key]), Ok(KeyView { hybrid: true }));
    assert!(opened(&kept.out(), &owner) == kept.original);
    assert_eq!(kept.written(), ["gate.jpg.age"]);
}

#[cfg(unix)]
#[test]
fn only_its_owner_reads_the_copy() {
    use std::os::unix::fs::PermissionsExt as _;

    let kept = Kept::new();
    kept.export(&[&ordinary().1]).unwrap();
    let mode = fs::metadata(kept.out()).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn keys_of_both_kinds_never_share_a_copy() {
    let kept = Kept::new();
    let (ordinary, hybrid) = (ordinary().1, hybrid().1);
    for keys in [[&ordinary, &hybrid], [&hybrid, &ordinary]] {
        assert_eq!(
            kept.export(&[keys[0], keys[1]]),
            Err(Fault::KeysMixed),
            "{keys:?}"
        );
    }
    assert!(kept.written().is_empty());
}

#[test]
fn what_is_no_key_is_told_by_what_it_is() {
    let kept = Kept::new();
    let (ordinary, hybrid) = (ordinary().1, hybrid().1);
    let secret = age::x25519::Identity::generate().to_string();
    let secret = age::secrecy::ExposeSecret::expose_secret(&secret).to_owned();
    let hybrid_secret = Identity::make().expose_secret_str().to_string();
    let changed = |key: &str| {
        let last = if key.ends_with('q') { "p" } else { "q" };
        format!("{}{last}", &key[..key.len() - 1])
    };
    let cases = [
        (changed(&ordinary), Fault::KeyMistyped),
        (changed(&hybrid), Fault::KeyMistyped),
        (hybrid[..700].to_owned(), Fault::KeyMistyped),
        (ordinary.to_uppercase(), Fault::KeyMistyped),
        (format!("{ordinary}\n{ordinary}"), Fault::KeyMistyped),
        // Right to the last letter, but of 31 and 33 bytes; a hybrid one of 31; one that protects nothing.
        (
            "age1qurswpc8qurswpc8qurswpc8qurswpc8qurswpc8qurswpc8qunndjpz".to_owned(),
            Fault::KeyMistyped,
        ),
        (
            "age1qurswpc8qurswpc8qurswpc8qurswpc8qurswpc8qurswpc8qurswy46q5r".to_owned(),
            Fault::KeyMistyped,
        ),
        (
            "age1pq1qurswpc8qurswpc8qurswpc8qurswpc8qurswpc8qurswpc8quxxtsd4".to_owned(),
            Fault::KeyMistyped,
        ),
        (
            "age1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq5cu47z".to_owned(),
            Fault::KeyMistyped,
        ),
        // Keys of other programs.
        (
            "age1yubikey1qgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqy8rymap".to_owned(),
            Fault::KeyOtherKind,
        ),
        (
            "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJf lawyer".to_owned(),
            Fault::KeyOtherKind,
        ),
        (
            "-----BEGIN PGP PUBLIC KEY BLOCK-----".to_owned(),
            Fault::KeyOtherKind,
        ),
        (String::new(), Fault::KeyOtherKind),
        // Labels with nothing of use behind them, and the keys of two people at once.
        ("Public key:".to_owned(), Fault::KeyOtherKind),
        ("# created: today\n".to_owned(), Fault::KeyOtherKind),
        (
            "Public key: ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJf".to_owned(),
            Fault::KeyOtherKind,
        ),
        (format!("Private key: {ordinary}"), Fault::KeyOtherKind),
        (
            format!("# public key: {ordinary}\n# public key: {ordinary}"),
            Fault::KeyMistyped,
        ),
        // Secrets, whole or not, and the file that age-keygen writes.
        (secret.clone(), Fault::KeySecret),
        (hybrid_secret.to_lowercase(), Fault::KeySecret),
        (hybrid_secret[..30].to_owned(), Fault::KeySecret),
        (
            format!("# created: today\n# public key: {ordinary}\n{secret}\n"),
            Fault::KeySecret,
        ),
        (
            format!("Public key: {ordinary}\n# {secret}\n"),
            Fault::KeySecret,
        ),
        (
            "-----BEGIN OPENSSH PRIVATE KEY-----\nb3Blbn".to_owned(),
            Fault::KeySecret,
        ),
    ];
    for (key, fault) in cases {
        let checked = kept.app.check_key(KeyText { key: key.clone() });
        assert_eq!(checked, Err(fault.clone()), "{key}");
        assert_eq!(kept.export(&[&key]), Err(fault.clone()), "{key}");
        // Beside a good one it is not passed over.
        assert_eq!(kept.export(&[&ordinary, &key]), Err(fault), "{key}");
    }
    assert_eq!(kept.export(&[]), Err(Fault::BadRequest));
    assert!(kept.written().is_empty());
}

#[test]
fn a_key_is_taken_as_people_paste_it() {
    let kept = Kept::new();
    let app = App::new(kept.folder.path().join("none"), |_| {});
    let (ordinary, hybrid) = (ordinary().1, hybrid().1);
    let wrapped: Vec<&str> = hybrid
        .as_bytes()
        .chunks(76)
        .map(|line| std::str::from_utf8(line).unwrap())
        .collect();
    let wrapped = wrapped.join("\r\n");
    for (pasted, is_hybrid) in [
        (format!("  {ordinary}\r\n"), false),
        (format!("\u{a0}{ordinary}"), false),
        (format!("\n{wrapped}\n"), true),
        // As age-keygen shows it, and as it stands in the file that it writes.
        (format!("Public key: {ordinary}"), false),
        (format!("PUBLIC KEY:{wrapped}"), true),
        (format!("Public key:\r\n{ordinary}\r\n"), false),
        (format!("# public key: {ordinary}"), false),
        (
            format!("# created: 2026-03-12T21:40:00Z\n# public key: {wrapped}\n"),
            true,
        ),
    ] {
        // Which it is can be asked without a vault.
        let read = app.check_key(KeyText {
            key: pasted.clone(),
        });
        let key = if is_hybrid { &hybrid } else { &ordinary }.clone();
        let hybrid = is_hybrid;
        assert_eq!(read, Ok(KeyRead { key, hybrid }), "{pasted:?}");
        assert_eq!(
            kept.export(&[&pasted]),
            Ok(KeyView { hybrid }),
            "{pasted:?}"
        );
    }
}

#[test]
fn damaged_evidence_leaves_no_copy_and_takes_none_away() {
    let kept = Kept::new();
    let (owner, key) = ordinary();
    kept.export(&[&key]).unwrap();
    let before = fs::read(kept.out()).unwrap();

    let blob = largest(&kept.folder.path().join("vault/blobs"));
    let mut bytes = fs::read(&blob).unwrap();
    // Towards the end, so that much of it was sealed already.
    bytes[ORIGINAL - 10_000] ^= 1;
    fs::write(&blob, bytes).unwrap();

    assert_eq!(kept.export(&[&key]), Err(Fault::EvidenceDamaged));
    assert_eq!(kept.written(), ["gate.jpg.age"]);
    assert!(fs::read(kept.out()).unwrap() == before);
    assert!(opened(&kept.out(), &owner) == kept.original);

    fs::remove_file(kept.out()).unwrap();
    assert_eq!(kept.export(&[&key]), Err(Fault::EvidenceDamaged));
    assert!(kept.written().is_empty());
}

#[test]
fn a_copy_needs_an_open_vault_and_a_place() {
    let kept = Kept::new();
    let key = ordinary().1;
    let nowhere = kept.folder.path().join("none/gate.age");
    let exported = kept
        .app
        .export_copy(&kept.id, &nowhere, std::slice::from_ref(&key));
    assert_eq!(exported, Err(Fault::FileProblem));
    kept.app.lock(()).unwrap();
    assert_eq!(kept.export(&[&key]), Err(Fault::Locked));
    assert!(kept.written().is_empty());
}

/// The one file of a small vault that holds half a megabyte.
fn largest(folder: &Path) -> PathBuf {
    let mut files = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                files.push(path);
            }
        }
    }
    let size = |path: &PathBuf| fs::metadata(path).unwrap().len();
    files.into_iter().max_by_key(size).unwrap()
}
