//! Evidence: files taken in as they stream, looked at in pieces, saved out on demand.

use std::{
    collections::HashMap,
    fs::File,
    io::{self, Read as _, Write as _},
    path::Path,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, Weak,
        atomic::{AtomicU32, Ordering},
    },
};

use holdfast_record::{Entry, Evidence, IncidentId, ObjectId, Timestamp};
use holdfast_seal::{Identity, OpenEvidenceError, open_evidence};
use holdfast_vault::{EvidenceReader, FileMeta, Import, Stub};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use crate::{
    App, Notice,
    session::Open,
    system,
    view::{AttachBegin, DraftView, EvidenceId, EvidenceView, Fault, ImportId},
};

/// Files are copied in pieces of this size.
const PIECE: usize = 256 * 1024;

/// A file on its way into the vault.
struct OpenImport {
    incident: IncidentId,
    name: String,
    media_type: String,
    import: Import,
}

/// The files on their way in. Each has a number that is never given again, and a lock of its own,
/// so that several can come in side by side.
#[derive(Default)]
pub(crate) struct Imports {
    last: AtomicU32,
    under_way: Mutex<HashMap<u32, Arc<Mutex<Option<OpenImport>>>>>,
}

impl Imports {
    fn begin(&self, import: OpenImport) -> ImportId {
        let number = self.last.fetch_add(1, Ordering::Relaxed).wrapping_add(1);
        lock(&self.under_way).insert(number, Arc::new(Mutex::new(Some(import))));
        ImportId { import: number }
    }

    fn write(&self, id: &ImportId, bytes: &[u8]) -> Result<(), Fault> {
        let import = lock(&self.under_way)
            .get(&id.import)
            .cloned()
            .ok_or(Fault::NoSuchImport)?;
        let mut import = lock(&import);
        let open = import.as_mut().ok_or(Fault::NoSuchImport)?;
        let written = open.import.write_all(bytes);
        if written.is_err() {
            // A file with a hole in it is worse than none.
            *import = None;
        }
        written.map_err(|error| Fault::from(&error))
    }

    /// Takes an import out, once nothing is being written to it.
    fn end(&self, id: &ImportId) -> Option<OpenImport> {
        let import = lock(&self.under_way).remove(&id.import)?;
        lock(&import).take()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl App {
    /// Begins to import a file; its bytes follow by [`App::attach_bytes`].
    pub fn attach_begin(&self, args: AttachBegin) -> Result<ImportId, Fault> {
        let open = self.open()?;
        let incident = parse_report(&args.report)?;
        open.require_report(incident)?;
        Ok(open.imports.begin(OpenImport {
            incident,
            media_type: media_type(&args.media_type, &args.name).to_owned(),
            name: args.name,
            import: open.vault.begin_import()?,
        }))
    }

    /// Takes the next bytes of an import. One that could not be written is given up.
    pub fn attach_bytes(&self, import: ImportId, bytes: &[u8]) -> Result<(), Fault> {
        self.open()?.imports.write(&import, bytes)
    }

    /// Ends an import: when this answers, the evidence is sealed and synced to the disk.
    pub fn attach_finish(&self, import: ImportId) -> Result<EvidenceView, Fault> {
        let open = self.open()?;
        let taken = open.imports.end(&import).ok_or(Fault::NoSuchImport)?;
        // The report may have been removed while the file came in.
        open.refuse_gone(taken.incident)?;
        let evidence = open.vault.commit_import(
            taken.incident,
            taken.import,
            FileMeta {
                name: taken.name,
                media_type: taken.media_type,
                imported_at: self.now(),
            },
            &mut system::rng(),
        )?;
        self.tell(Notice::Changed);
        Ok(evidence_view(&evidence, true))
    }

    /// Gives an import up; what came in is deleted.
    pub fn attach_abort(&self, import: ImportId) -> Result<(), Fault> {
        drop(self.open()?.imports.end(&import));
        Ok(())
    }

    /// Imports a file from the disk.
    pub fn attach_file(&self, report: &str, path: &Path) -> Result<EvidenceView, Fault> {
        let mut file = File::open(path).map_err(|error| Fault::from(&error))?;
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let import = self.attach_begin(AttachBegin {
            report: report.to_owned(),
            name,
            media_type: String::new(),
        })?;
        let mut piece = Zeroizing::new(vec![0; PIECE]);
        loop {
            let read = match file.read(&mut piece) {
                Ok(0) => return self.attach_finish(import),
                Ok(read) => read,
                Err(error) => {
                    self.attach_abort(import)?;
                    return Err(Fault::from(&error));
                }
            };
            self.attach_bytes(
                ImportId {
                    import: import.import,
                },
                &piece[..read],
            )?;
        }
    }

    /// Takes evidence out of a draft again, while no entry names it.
    pub fn remove_evidence(&self, id: EvidenceId) -> Result<DraftView, Fault> {
        let open = self.open()?;
        let incident = parse_report(&id.report)?;
        open.vault
            .discard_evidence(incident, &parse_object(&id.object)?)?;
        self.tell(Notice::Changed);
        open.draft_view(incident)
    }

    /// What is known of a piece of evidence.
    pub fn evidence(&self, id: &EvidenceId) -> Result<EvidenceView, Fault> {
        let open = self.open()?;
        let evidence = open.find_evidence(id)?;
        let present = open.vault.has_object(&evidence.object)?;
        Ok(evidence_view(&evidence, present))
    }

    /// Opens a piece of evidence to read in clear, from any position.
    pub fn open_evidence(&self, id: &EvidenceId) -> Result<(EvidenceView, EvidenceReader), Fault> {
        let open = self.open()?;
        let evidence = open.find_evidence(id)?;
        let reader = open.unseal(&evidence)?;
        Ok((evidence_view(&evidence, true), reader))
    }

    /// Saves a copy of the original to `path`, and checks on the way that not a byte changed.
    ///
    /// A copy that does not verify is not left behind. An existing file is not overwritten in place:
    /// it is replaced when the copy is whole.
    pub fn save_evidence(&self, id: &EvidenceId, path: &Path) -> Result<(), Fault> {
        let mut original = self.open()?.original(id)?;
        self.write_out(path, |out| original.copy_to(out))
    }

    /// Saves the sealed file as it is, and beside it the key that opens it with an age program that
    /// knows hybrid keys.
    pub fn export_sealed(&self, id: &EvidenceId, path: &Path, key: &Path) -> Result<(), Fault> {
        let open = self.open()?;
        let evidence = open.find_evidence(id)?;
        let (object, _) = open.vault.open_object(&evidence.object)?;
        let mut front = object.take(evidence.sealed_size);
        self.write_out(path, |out| {
            let copied = io::copy(&mut front, out).map_err(|error| Fault::from(&error))?;
            if copied == evidence.sealed_size {
                Ok(())
            } else {
                Err(Fault::EvidenceDamaged)
            }
        })?;
        self.write_out(key, |out| {
            writeln!(out, "{}", evidence.key.expose_secret_str())
                .map_err(|error| Fault::from(&error))
        })
    }
}

/// A piece of evidence in clear, and what it must hash to. It keeps no vault open.
pub(crate) struct Original {
    open: Weak<Open>,
    reader: EvidenceReader,
    sha256: [u8; 32],
}

impl Original {
    /// Copies all of it, unless the vault is closed meanwhile. A fault says that the copy is not the
    /// whole original.
    pub(crate) fn copy_to(&mut self, out: &mut impl io::Write) -> Result<(), Fault> {
        let mut sha256 = Sha256::new();
        let mut piece = Zeroizing::new(vec![0; PIECE]);
        loop {
            if self.open.strong_count() == 0 {
                return Err(Fault::Locked);
            }
            match self.reader.read(&mut piece).map_err(reading)? {
                0 => break,
                read => {
                    sha256.update(&piece[..read]);
                    out.write_all(&piece[..read])
                        .map_err(|error| Fault::from(&error))?;
                }
            }
        }
        if sha256.finalize().as_slice() == self.sha256 {
            Ok(())
        } else {
            Err(Fault::EvidenceDamaged)
        }
    }
}

impl Open {
    pub(crate) fn original(self: &Arc<Self>, id: &EvidenceId) -> Result<Original, Fault> {
        let evidence = self.find_evidence(id)?;
        Ok(Original {
            open: Arc::downgrade(self),
            reader: self.unseal(&evidence)?,
            sha256: evidence.sha256,
        })
    }

    /// Opens evidence with the key that this report's own entry has, and no other's.
    fn unseal(&self, evidence: &Evidence) -> Result<EvidenceReader, Fault> {
        let (object, _) = self.vault.open_object(&evidence.object)?;
        let key = Identity::from_secret_str(evidence.key.expose_secret_str())
            .map_err(|_| Fault::EvidenceDamaged)?;
        open_evidence(object, evidence.sealed_size, &key).map_err(|error| match error {
            OpenEvidenceError::NewerVersion => Fault::NewerVersion,
            OpenEvidenceError::Io(error) => Fault::from(&error),
            _ => Fault::EvidenceDamaged,
        })
    }

    fn find_evidence(&self, id: &EvidenceId) -> Result<Evidence, Fault> {
        let incident = parse_report(&id.report)?;
        let object = parse_object(&id.object)?;
        let mut known = self.all_evidence(incident)?;
        let at = known
            .iter()
            .position(|(evidence, _)| evidence.object == object);
        match at {
            Some(at) => Ok(known.swap_remove(at).0),
            None if self.was_removed(incident, &object)? => Err(Fault::Thinned),
            None => Err(Fault::NoSuchEvidence),
        }
    }

    fn was_removed(&self, incident: IncidentId, object: &ObjectId) -> Result<bool, Fault> {
        let stubs = self.vault.stubs(incident)?;
        Ok(stubs.iter().any(|stub| stub.object == *object))
    }
}

/// A file that does not decrypt is damaged; one that cannot be read is another matter.
fn reading(error: io::Error) -> Fault {
    match error.kind() {
        io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof => Fault::EvidenceDamaged,
        _ => Fault::from(&error),
    }
}

pub(crate) fn parse_report(text: &str) -> Result<IncidentId, Fault> {
    text.parse().map_err(|_| Fault::NoSuchReport)
}

fn parse_object(text: &str) -> Result<ObjectId, Fault> {
    text.parse().map_err(|_| Fault::NoSuchEvidence)
}

/// A name somebody gave a file, made fit to be offered for saving: no folders, nothing hidden,
/// nothing that turns the writing round.
pub fn safe_file_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let odd = |c: char| c.is_control() || turns_writing(c) || "<>:\"|?*".contains(c);
    let clean: String = last.chars().filter(|&c| !odd(c)).take(120).collect();
    let clean = clean.trim().trim_start_matches('.').trim();
    match clean {
        "" => "evidence".to_owned(),
        clean => clean.to_owned(),
    }
}

/// The marks of Unicode that change the direction of what follows.
pub(crate) fn turns_writing(c: char) -> bool {
    matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Somebody's clock, within what a calendar can show: 100 million days either side of 1970.
pub(crate) fn shown(at: Timestamp) -> i64 {
    const MOST: i64 = 8_640_000_000_000_000;
    at.0.clamp(-MOST, MOST)
}

pub(crate) fn evidence_view(evidence: &Evidence, present: bool) -> EvidenceView {
    EvidenceView {
        object: evidence.object.to_string(),
        name: evidence.name.clone(),
        media_type: evidence.media_type.clone(),
        size: evidence.size,
        sha256: data_encoding::HEXLOWER.encode(&evidence.sha256),
        imported_at: shown(evidence.imported_at),
        present,
    }
}

/// What was removed here. Its entry is still here, and tells when it was added.
pub(crate) fn stub_view(stub: &Stub, entry: Option<&Entry>) -> EvidenceView {
    EvidenceView {
        object: stub.object.to_string(),
        name: stub.name.clone(),
        media_type: stub.media_type.clone(),
        size: stub.size,
        sha256: data_encoding::HEXLOWER.encode(&stub.sha256),
        imported_at: entry.map_or(0, |entry| shown(entry.made_at())),
        present: false,
    }
}

/// The type the screen goes by when choosing how to show a file. Told by the window or, failing
/// that, by the name; the bytes are never guessed at.
fn media_type<'a>(told: &'a str, name: &str) -> &'a str {
    if !told.is_empty() {
        return told;
    }
    let extension = name
        .rsplit_once('.')
        .map(|(_, extension)| extension.to_lowercase());
    match extension.as_deref().unwrap_or_default() {
        "jpg" | "jpeg" => "image/jpeg",
        "png" => "image/png",
        "gif" => "image/gif",
        "webp" => "image/webp",
        "heic" => "image/heic",
        "mp4" | "m4v" => "video/mp4",
        "mov" => "video/quicktime",
        "webm" => "video/webm",
        "3gp" => "video/3gpp",
        "mp3" => "audio/mpeg",
        "m4a" => "audio/mp4",
        "ogg" | "opus" => "audio/ogg",
        "wav" => "audio/wav",
        "pdf" => "application/pdf",
        "txt" | "log" | "md" => "text/plain",
        "csv" => "text/csv",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        testing,
        view::{RoleView, Unlock},
    };

    /// An app with an open vault and a draft in it.
    fn app_with_draft() -> (tempfile::TempDir, App, String) {
        let (dir, app) = testing::app(RoleView::Reporter);
        let report = app.new_draft(()).unwrap().report;
        (dir, app, report)
    }

    fn begin(app: &App, report: &str) -> ImportId {
        let begin = AttachBegin {
            report: report.to_owned(),
            name: "film.mp4".to_owned(),
            media_type: String::new(),
        };
        let import = app.attach_begin(begin).unwrap();
        let id = ImportId {
            import: import.import,
        };
        app.attach_bytes(import, &vec![7; 3 * PIECE]).unwrap();
        id
    }

    #[test]
    fn a_lock_gives_up_the_imports_under_way() {
        let (dir, app, report) = app_with_draft();
        let import = begin(&app, &report);
        let blobs = || std::fs::read_dir(dir.path().join("vault/blobs")).unwrap();
        assert_eq!(blobs().count(), 1);
        app.lock(()).unwrap();
        assert_eq!(blobs().count(), 0, "nothing of it is left");
        let passphrase = testing::PASSPHRASE.to_owned();
        app.unlock(Unlock { passphrase }).unwrap();
        assert_eq!(app.attach_finish(import).err(), Some(Fault::NoSuchImport));
    }

    #[test]
    fn a_lock_gives_up_a_copy_being_saved() {
        let (dir, app, report) = app_with_draft();
        let import = begin(&app, &report);
        let object = app.attach_finish(import).unwrap().object;
        let id = EvidenceId { report, object };
        let mut original = app.open().unwrap().original(&id).unwrap();
        let mut copy = Vec::new();
        original.copy_to(&mut copy).unwrap();
        assert_eq!(copy, vec![7; 3 * PIECE]);

        let mut original = app.open().unwrap().original(&id).unwrap();
        app.lock(()).unwrap();
        assert_eq!(original.copy_to(&mut copy), Err(Fault::Locked));
        drop(dir);
    }

    #[test]
    fn a_name_leads_nowhere() {
        for (name, safe) in [
            ("ворота.jpg", "ворота.jpg"),
            ("../../.config/autostart/x.desktop", "x.desktop"),
            ("C:\\Windows\\evil.exe", "evil.exe"),
            (".bashrc", "bashrc"),
            ("..", "evidence"),
            ("a/", "evidence"),
            ("photo\u{202e}gpj.exe", "photogpj.exe"),
            ("line\nbreak", "linebreak"),
        ] {
            assert_eq!(safe_file_name(name), safe, "{name:?}");
        }
        assert!(safe_file_name(&"я".repeat(300)).len() <= 255);
    }
}
