//! A real endpoint, a desk, a defender, and whoever took the defender's device.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, SystemTime},
};

use holdfast_endpoint::{Endpoint as Server, Home, Settings, serve};
use holdfast_record::{Entry, EntryHash, IncidentId, ObjectId, Statement, Timestamp, Value, field};
use holdfast_recovery::{Left, Note, Place};
use holdfast_seal::{Bundle, BundleHash, Identity, Recipient, seal_bundle};
use holdfast_sign::{SigningKey, VerifyingKey};
use holdfast_vault::OutboxItem;
use holdfast_wire::SendCapability;
use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};
use tempfile::TempDir;
use tokio::net::TcpListener;

use super::super::*;
use crate::{
    bundle::Content,
    system::rng,
    testing::PASSPHRASE,
    transport::destination,
    view::{HandOver, ReportFields, ReportId, ReportView, SaveDraft},
};

/// A coalition with its endpoint, and a defender whose device is in two hands.
pub(super) struct Stage {
    pub(super) dir: TempDir,
    pub(super) desk: App,
    pub(super) old: App,
    pub(super) words: String,
    pub(super) invite: String,
    /// Its first report, delivered and received.
    pub(super) report: String,
}

pub(super) fn create(role: RoleView, endpoint: &str) -> CreateVault {
    CreateVault {
        passphrase: PASSPHRASE.to_owned(),
        role,
        name: Some("Desk".to_owned()),
        endpoint: Some(endpoint.to_owned()),
        admission: None,
    }
}

pub(super) fn id(report: &str) -> ReportId {
    ReportId {
        report: report.to_owned(),
    }
}

pub(super) async fn sync(app: &App) {
    assert_eq!(app.sync_now(()).await.unwrap().fault, None);
}

pub(super) fn write(app: &App, report: &str, narrative: &str) {
    let fields = ReportFields {
        narrative: narrative.to_owned(),
        ..ReportFields::default()
    };
    let report = report.to_owned();
    app.save_draft(SaveDraft {
        report: report.clone(),
        fields,
        settled: vec![],
    })
    .unwrap();
    app.finish_draft(id(&report)).unwrap();
    let consent = true;
    app.hand_over(HandOver { report, consent }).unwrap();
}

/// Writes a report and delivers it.
pub(super) async fn send(app: &App, narrative: &str, evidence: Option<&Path>) -> String {
    let report = app.new_draft(()).unwrap().report;
    if let Some(file) = evidence {
        app.attach_file(&report, file).unwrap();
    }
    write(app, &report, narrative);
    sync(app).await;
    report
}

pub(super) async fn edit(app: &App, report: &str, narrative: &str) {
    app.edit_report(id(report)).unwrap();
    write(app, report, narrative);
    sync(app).await;
}

pub(super) fn show(app: &App, report: &str) -> ReportView {
    app.report(id(report)).unwrap()
}

pub(super) fn flags(app: &App, report: &str) -> usize {
    let lines = show(app, report).history;
    lines.iter().filter(|line| line.from_lost_device).count()
}

pub(super) fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).unwrap();
        }
    }
}

impl Stage {
    pub(super) async fn set() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_790_000_000);
        let mut seeded = ChaCha8Rng::seed_from_u64(1);
        let home = Home::open(&dir.path().join("endpoint"), now, &mut seeded).unwrap();
        let (store, clock, log) = (home.store(), Arc::new(move || now), Arc::new(|_| {}));
        let server = Server::new(home, store, Settings::default(), clock, log);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(serve(listener, server, std::future::pending()));

        let app = |name: &str| App::new(dir.path().join(name), |_| {});
        let (desk, old) = (app("desk"), app("old"));
        desk.create_vault_at(create(RoleView::Desk, &url), Cost::Floor)
            .unwrap();
        let invite = desk.invite(()).await.unwrap().invite;
        let made = old.create_vault_at(create(RoleView::Reporter, &url), Cost::Floor);
        old.join(InviteText {
            invite: invite.clone(),
        })
        .unwrap();
        let report = send(&old, "three soldiers", None).await;
        sync(&desk).await;
        Self {
            words: made.unwrap().words.join(" "),
            dir,
            desk,
            old,
            invite,
            report,
        }
    }

    /// The same device in the hands of whoever took it.
    pub(super) fn taken(&self) -> Taken {
        self.old.close();
        let dir = self.dir.path().join("taken");
        copy(&self.dir.path().join("old"), &dir);
        let app = App::new(dir, |_| {});
        let passphrase = PASSPHRASE.to_owned();
        app.unlock(Unlock { passphrase }).unwrap();
        Taken(app)
    }

    pub(super) async fn recover(&self, app: &App) -> Recovered {
        let recover = Recover {
            passphrase: PASSPHRASE.to_owned(),
            words: self.words.clone(),
            invite: self.invite.clone(),
            lost: true,
        };
        app.recover_at(recover, Cost::Floor).await.unwrap()
    }

    /// Starts again on a new device.
    pub(super) async fn again(&self) -> (App, Recovered) {
        let new = App::new(self.dir.path().join("new"), |_| {});
        let recovered = self.recover(&new).await;
        (new, recovered)
    }

    /// The file in which the endpoint keeps an object.
    pub(super) fn held(&self, object: &ObjectId) -> PathBuf {
        let mailboxes = self.dir.path().join("endpoint/store/held");
        let mut mailboxes = fs::read_dir(mailboxes).unwrap();
        let held = mailboxes.find_map(|mailbox| {
            let path = mailbox.unwrap().path().join("objects");
            let path = path.join(object.to_string());
            path.exists().then_some(path)
        });
        held.unwrap()
    }
}

/// A vault with everything in it, and what somebody can make of it.
pub(super) struct Taken(pub(super) App);

impl Taken {
    pub(super) fn key(&self) -> SigningKey {
        let open = self.0.open().unwrap();
        SigningKey::from_seed(open.vault.signing_key().expose_seed())
    }

    pub(super) fn card(&self) -> Card {
        self.0.open().unwrap().card().unwrap().unwrap()
    }

    /// What seals to the words: a device has that, and not what opens it.
    pub(super) fn to_the_words(&self) -> Recipient {
        let open = self.0.open().unwrap();
        open.recovery().unwrap().recipient().unwrap()
    }

    pub(super) fn head(&self, report: &str) -> EntryHash {
        let incident: IncidentId = report.parse().unwrap();
        let open = self.0.open().unwrap();
        open.vault.heads(incident).unwrap()[0]
    }

    /// Leaves something at the endpoint, in the own mailbox or the coalition's.
    pub(super) async fn leave(&self, own: bool, bytes: &[u8]) -> Left {
        let card = self.card();
        {
            let open = self.0.open().unwrap();
            let mailbox = open.mailbox().unwrap();
            let to = match own {
                true => destination(&card, &MailboxId::of(&mailbox.read()), &mailbox.send()),
                false => destination(&card, &card.mailbox, &card.send),
            };
            let object = open.vault.put_object(bytes).unwrap();
            let item = OutboxItem {
                object,
                size: bytes.len() as u64,
                destination: to,
                incident: IncidentId::make(&mut rng()),
                what: "forged".to_owned(),
                rank: 0,
            };
            open.vault.enqueue(&[item]).unwrap();
        }
        sync(&self.0).await;
        Left {
            object: holdfast_wire::ObjectId::of(bytes),
            size: bytes.len() as u64,
        }
    }

    /// Leaves a note of a device in the own mailbox.
    pub(super) async fn note(&self, by: &SigningKey, identity: Identity, left: Vec<Left>) {
        let card = self.card();
        let (own, send) = {
            let mailbox = self.0.open().unwrap().mailbox().unwrap();
            (MailboxId::of(&mailbox.read()), mailbox.send())
        };
        let note = Note {
            author: by.verifying_key(),
            identity,
            place: Place {
                address: card.endpoint_address().to_owned(),
                server_key: card.server_key,
                mailbox: own,
                send: SendCapability::from_bytes(*send.expose_bytes()),
            },
            left,
        };
        let sealed = note.seal(by, &self.to_the_words()).unwrap();
        self.leave(true, &sealed).await;
    }

    pub(super) fn bundle(
        &self,
        by: &SigningKey,
        sequence: u64,
        entries: &[Vec<u8>],
        words: Option<(VerifyingKey, Vec<Vec<u8>>)>,
        to: &[Recipient],
    ) -> Vec<u8> {
        let (recovery, successions) = words.unzip();
        let content = Content {
            entries: entries.iter().cloned().map(Into::into).collect(),
            reply: None,
            recovery,
            successions: successions.unwrap_or_default(),
        };
        let bundle = Bundle {
            sender: by.verifying_key(),
            audience: *self.card().coalition.as_bytes(),
            sequence,
            previous: match sequence {
                1 => BundleHash::default(),
                _ => BundleHash([9; 32]),
            },
            content: content.to_bytes(),
        };
        seal_bundle(&bundle, by, to).unwrap().0
    }

    pub(super) fn entry(&self, by: &SigningKey, report: &str, statement: &Statement) -> Entry {
        let (incident, head) = (report.parse().unwrap(), self.head(report));
        Entry::make(by, incident, &[head], Timestamp(1), statement, &mut rng())
    }

    pub(super) fn narrative(&self, by: &SigningKey, report: &str, text: &str) -> Entry {
        let value = Value::Text {
            text: text.to_owned(),
            lang: None,
        };
        let field = field::NARRATIVE.to_owned();
        self.entry(by, report, &Statement::FieldSet { field, value })
    }
}
