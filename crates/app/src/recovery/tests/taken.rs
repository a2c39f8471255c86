use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, SystemTime},
};

use holdfast_endpoint::{Endpoint as Server, Home, Settings, serve};
use holdfast_record::{
    Entry, EntryHash, Envelope, IncidentId, ObjectId, Statement, Timestamp, Value, field,
};
use holdfast_recovery::{Left, Note, Place, Succession};
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
    view::{Answer, HandOver, ListReports, ReportFields, ReportId, ReportView, SaveDraft},
};

/// A coalition with its endpoint, and a defender whose device is in two hands.
struct Stage {
    dir: TempDir,
    desk: App,
    old: App,
    words: String,
    invite: String,
    /// Its first report, delivered and received.
    report: String,
}

fn create(role: RoleView, endpoint: &str) -> CreateVault {
    CreateVault {
        passphrase: PASSPHRASE.to_owned(),
        role,
        name: Some("Desk".to_owned()),
        endpoint: Some(endpoint.to_owned()),
        admission: None,
    }
}

fn id(report: &str) -> ReportId {
    ReportId {
        report: report.to_owned(),
    }
}

async fn sync(app: &App) {
    assert_eq!(app.sync_now(()).await.unwrap().fault, None);
}

fn write(app: &App, report: &str, narrative: &str) {
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
async fn send(app: &App, narrative: &str, evidence: Option<&Path>) -> String {
    let report = app.new_draft(()).unwrap().report;
    if let Some(file) = evidence {
        app.attach_file(&report, file).unwrap();
    }
    write(app, &report, narrative);
    sync(app).await;
    report
}

async fn edit(app: &App, report: &str, narrative: &str) {
    app.edit_report(id(report)).unwrap();
    write(app, report, narrative);
    sync(app).await;
}

fn show(app: &App, report: &str) -> ReportView {
    app.report(id(report)).unwrap()
}

fn flags(app: &App, report: &str) -> usize {
    let lines = show(app, report).history;
    lines.iter().filter(|line| line.from_lost_device).count()
}

fn copy(from: &Path, to: &Path) {
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
    async fn set() -> Self {
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
    fn taken(&self) -> Taken {
        self.old.close();
        let dir = self.dir.path().join("taken");
        copy(&self.dir.path().join("old"), &dir);
        let app = App::new(dir, |_| {});
        let passphrase = PASSPHRASE.to_owned();
        app.unlock(Unlock { passphrase }).unwrap();
        Taken(app)
    }

    async fn recover(&self, app: &App) -> Recovered {
        let recover = Recover {
            passphrase: PASSPHRASE.to_owned(),
            words: self.words.clone(),
            invite: self.invite.clone(),
            lost: true,
        };
        app.recover_at(recover, Cost::Floor).await.unwrap()
    }

    /// Starts again on a new device.
    async fn again(&self) -> (App, Recovered) {
        let new = App::new(self.dir.path().join("new"), |_| {});
        let recovered = self.recover(&new).await;
        (new, recovered)
    }

    /// The file in which the endpoint keeps an object.
    fn held(&self, object: &ObjectId) -> PathBuf {
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
struct Taken(App);

impl Taken {
    fn key(&self) -> SigningKey {
        let open = self.0.open().unwrap();
        SigningKey::from_seed(open.vault.signing_key().expose_seed())
    }

    fn card(&self) -> Card {
        self.0.open().unwrap().card().unwrap().unwrap()
    }

    /// What seals to the words: a device has that, and not what opens it.
    fn to_the_words(&self) -> Recipient {
        let open = self.0.open().unwrap();
        open.recovery().unwrap().recipient().unwrap()
    }

    fn head(&self, report: &str) -> EntryHash {
        let incident: IncidentId = report.parse().unwrap();
        let open = self.0.open().unwrap();
        open.vault.heads(incident).unwrap()[0]
    }

    /// Leaves something at the endpoint, in the own mailbox or the coalition's.
    async fn leave(&self, own: bool, bytes: &[u8]) -> Left {
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
    async fn note(&self, by: &SigningKey, identity: Identity, left: Vec<Left>) {
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

    fn bundle(
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

    fn entry(&self, by: &SigningKey, report: &str, statement: &Statement) -> Entry {
        let (incident, head) = (report.parse().unwrap(), self.head(report));
        Entry::make(by, incident, &[head], Timestamp(1), statement, &mut rng())
    }

    fn narrative(&self, by: &SigningKey, report: &str, text: &str) -> Entry {
        let value = Value::Text {
            text: text.to_owned(),
            lang: None,
        };
        let field = field::NARRATIVE.to_owned();
        self.entry(by, report, &Statement::FieldSet { field, value })
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_smaller_does_not_overtake_the_word_that_a_device_is_lost() {
    let stage = Stage::set().await;
    let taken = stage.taken();
    let (new, _) = stage.again().await;
    // The desk was not there meanwhile. A bundle to the desk alone is smaller than any true one.
    let key = taken.key();
    let forged = taken
        .narrative(&key, &stage.report, "nothing happened")
        .to_bytes();
    let bundle = taken.bundle(&key, 40, &[forged], None, &taken.card().recipients);
    taken.leave(false, &bundle).await;
    sync(&stage.desk).await;
    assert_eq!(flags(&stage.desk, &stage.report), 1);
    assert!(show(&stage.desk, &stage.report).new_device);
    drop(new);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_took_a_device_cannot_name_other_words_for_it() {
    let stage = Stage::set().await;
    let second = send(&stage.old, "and a fourth", None).await;
    let taken = stage.taken();
    // Left before the desk has looked, and smaller than what is there.
    let (theirs, heir, key) = (
        SigningKey::make(&mut rng()),
        SigningKey::make(&mut rng()),
        taken.key(),
    );
    let card = taken.card();
    let said = Succession {
        old: key.verifying_key(),
        new: heir.verifying_key(),
        audience: *card.coalition.as_bytes(),
        lost: true,
        at: 1,
    };
    let words = || Some((theirs.verifying_key(), vec![said.sign(&theirs)]));
    let named = taken.bundle(&key, 9, &[], words(), &card.recipients);
    taken.leave(false, &named).await;
    let forged = taken.narrative(&heir, &second, "forged").to_bytes();
    let followed = taken.bundle(&heir, 1, &[forged], words(), &card.recipients);
    taken.leave(false, &followed).await;

    let (new, _) = stage.again().await;
    edit(&new, &second, "and a fifth").await;
    sync(&stage.desk).await;
    let shown = show(&stage.desk, &second);
    assert_eq!(shown.fields.narrative, "and a fifth");
    assert!(shown.new_device && shown.conflicts.is_empty());
    // Two keys were named: nothing that follows is believed in silence.
    assert!(flags(&stage.desk, &second) > 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn junk_in_the_own_mailbox_keeps_the_desk_from_nothing() {
    let stage = Stage::set().await;
    let answer = |text: &str| Answer {
        report: stage.report.clone(),
        text: text.to_owned(),
    };
    stage.desk.answer(answer("the true answer")).unwrap();
    sync(&stage.desk).await;
    let taken = stage.taken();
    for _ in 0..101 {
        let by = SigningKey::make(&mut rng());
        taken.note(&by, Identity::make(), vec![]).await;
    }
    // Others identities for the device itself.
    for _ in 0..3 {
        taken.note(&taken.key(), Identity::make(), vec![]).await;
    }
    let (new, recovered) = stage.again().await;
    assert_eq!((recovered.reports, recovered.missing), (1, 0));
    assert_eq!(show(&new, &stage.report).notes.len(), 1);
    assert_eq!(new.open().unwrap().mine().unwrap().len(), 2);
    edit(&new, &stage.report, "four soldiers").await;
    sync(&stage.desk).await;
    let shown = show(&stage.desk, &stage.report);
    assert_eq!(shown.fields.narrative, "four soldiers");
    assert_eq!(flags(&stage.desk, &stage.report), 0);
    edit(&taken.0, &stage.report, "nobody").await;
    sync(&stage.desk).await;
    assert!(flags(&stage.desk, &stage.report) > 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_somebody_planted_does_not_speak_for_the_desk() {
    let stage = Stage::set().await;
    let taken = stage.taken();
    let (key, nobody) = (taken.key(), SigningKey::make(&mut rng()));
    let text = "Come to the old bridge tonight, alone.".to_owned();
    let answered = Statement::Answered { text: text.clone() };
    let forged: Vec<Vec<u8>> = [
        taken.entry(&nobody, &stage.report, &answered),
        taken.entry(&key, &stage.report, &answered),
        taken.entry(&nobody, &stage.report, &Statement::Opened),
        taken.entry(&nobody, &stage.report, &Statement::Note { text }),
    ]
    .iter()
    .map(Entry::to_bytes)
    .collect();
    let bundle = taken.bundle(&key, 2, &forged, None, &[taken.to_the_words()]);
    let left = taken.leave(true, &bundle).await;
    taken.note(&key, Identity::make(), vec![left]).await;
    let (new, recovered) = stage.again().await;
    assert_eq!(recovered.missing, 0);
    let shown = show(&new, &stage.report);
    assert!(shown.notes.is_empty());
    assert_eq!(shown.state, crate::view::DeliveryState::Held);
    assert_eq!(new.open().unwrap().vault.quarantined().unwrap().len(), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_one_object_keeps_nothing_else_and_is_told_until_it_comes() {
    let stage = Stage::set().await;
    let mut objects = Vec::new();
    for number in 0..2 {
        let file = stage.dir.path().join(format!("{number}.bin"));
        fs::write(&file, vec![number; 3_000]).unwrap();
        let report = send(&stage.old, "with a picture", Some(&file)).await;
        objects.push(
            show(&stage.old, &report).evidence[0]
                .object
                .parse()
                .unwrap(),
        );
    }
    sync(&stage.desk).await;
    let taken = stage.taken();
    let damaged = stage.held(&objects[0]);
    let whole = fs::read(&damaged).unwrap();
    let mut bytes = whole.clone();
    bytes[1_000] ^= 1;
    fs::write(&damaged, bytes).unwrap();
    let (new, recovered) = stage.again().await;
    let told = Recovered {
        reports: 2,
        evidence: 1,
        missing: 1,
        fault: None,
    };
    assert_eq!(recovered, told);
    // The desk knows of the loss all the same.
    edit(&taken.0, &stage.report, "nobody").await;
    sync(&stage.desk).await;
    assert!(show(&stage.desk, &stage.report).new_device);
    assert!(flags(&stage.desk, &stage.report) > 0);

    // The app is closed and opened again: it says what is not here, and goes on with the words alone.
    new.close();
    let passphrase = PASSPHRASE.to_owned();
    let state = new.unlock(Unlock { passphrase }).unwrap();
    assert_eq!(state.recovering.map(|it| it.missing), Some(1));
    fs::write(&damaged, whole).unwrap();
    let resume = || ResumeRecovery {
        words: stage.words.clone(),
    };
    let recovered = new.resume_recovery(resume()).await.unwrap();
    let all = Recovered {
        reports: 3,
        evidence: 2,
        missing: 0,
        fault: None,
    };
    assert_eq!(recovered, all);
    assert_eq!(new.state(()).unwrap().recovering, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_note_that_is_kept_back_leaves_a_hole_that_is_told() {
    let stage = Stage::set().await;
    let report = stage.old.new_draft(()).unwrap().report;
    write(&stage.old, &report, "the second");
    {
        // It never comes to the mailbox; whoever holds that back can do the same.
        let open = stage.old.open().unwrap();
        let rows = open.vault.outbox_of(report.parse().unwrap()).unwrap();
        let note = rows.iter().find(|row| row.item.what == what::NOTE).unwrap();
        open.vault
            .hold(&note.item.object, &[], Timestamp(1))
            .unwrap();
    }
    send(&stage.old, "the third", None).await;
    let (_new, recovered) = stage.again().await;
    assert_eq!((recovered.reports, recovered.missing), (2, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_entry_of_a_newer_version_is_set_aside_and_counted() {
    let stage = Stage::set().await;
    let taken = stage.taken();
    let key = taken.key();
    let entry = taken.narrative(&key, &stage.report, "from tomorrow");
    let mut newer = entry.to_bytes();
    newer[1] = 9;
    assert!(Envelope::from_bytes(&newer).is_err());
    let old = taken.entry(&key, &stage.report, &Statement::Note { text: "n".into() });
    let entries = [old.to_bytes(), newer];
    let bundle = taken.bundle(&key, 2, &entries, None, &[taken.to_the_words()]);
    let left = taken.leave(true, &bundle).await;
    let identity = taken.0.open().unwrap().vault.identity().clone();
    taken.note(&key, identity, vec![left]).await;
    let (new, recovered) = stage.again().await;
    assert_eq!((recovered.reports, recovered.missing), (0, 1));
    assert_eq!(new.open().unwrap().vault.quarantined().unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_device_leaves_after_it_was_declared_lost_brings_nothing_back() {
    let stage = Stage::set().await;
    let taken = stage.taken();
    let (new, recovered) = stage.again().await;
    assert_eq!((recovered.reports, recovered.missing), (1, 0));
    send(&taken.0, "in your name", None).await;
    // Under another name neither.
    let (other, report) = (SigningKey::make(&mut rng()), &stage.report);
    let forged = taken.narrative(&other, report, "in another").to_bytes();
    let bundle = taken.bundle(&other, 1, &[forged], None, &[taken.to_the_words()]);
    let left = taken.leave(true, &bundle).await;
    taken.note(&other, Identity::make(), vec![left]).await;
    let second = send(&new, "truly", None).await;
    let again = stage.recover(&new).await;
    assert_eq!((again.reports, again.missing), (2, 0));
    assert_eq!(show(&new, report).fields.narrative, "three soldiers");
    assert_eq!(show(&new, &second).fields.narrative, "truly");
    let list = ListReports {
        query: String::new(),
        limit: 10,
        offset: 0,
    };
    assert_eq!(new.list_reports(list).unwrap().total, 2);
}
