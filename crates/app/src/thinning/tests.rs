//! What may be thinned, and that what is said to be at risk is what would be lost. Receipts are
//! signed here as an endpoint would.

mod policy;

use std::sync::Arc;

use holdfast_record::{Entry, ObjectId, Statement};
use holdfast_seal::{Bundle, BundleHash, Identity, seal_bundle};
use holdfast_sign::SigningKey;
use holdfast_wire::{MailboxId, ReadCapability, SendCapability, ServerSigningKey};
use tempfile::TempDir;

use super::*;
use crate::{
    bundle::Content,
    card::Card,
    system::rng,
    testing,
    view::{
        AttachBegin, DeliveryState, EvidenceId, HandOver, InviteText, ListReports, ReportFields,
        ReportId, ReportView, RoleView, SaveDraft, Settings,
    },
};

/// A reporter's app and what stands for endpoint and desk.
struct Scene {
    _dir: TempDir,
    app: App,
    open: Arc<Open>,
    server: ServerSigningKey,
    desk: SigningKey,
    /// Answers that were sent.
    sent: u64,
}

impl Scene {
    fn new() -> Self {
        Self::that_tells(|_| {})
    }

    fn that_tells(tell: impl Fn(Notice) + Send + Sync + 'static) -> Self {
        let (dir, app) = testing::app_that_tells(RoleView::Reporter, tell);
        let (server, desk) = (
            ServerSigningKey::from_seed(&[7; 32]),
            SigningKey::from_seed(&[8; 32]),
        );
        let card = Card {
            coalition: desk.verifying_key(),
            name: "Quiet Shore".to_owned(),
            endpoints: vec!["http://127.0.0.1:1".to_owned()],
            server_key: server.server_key(),
            mailbox: MailboxId::of(&ReadCapability::from_bytes([1; 32])),
            send: SendCapability::from_bytes([2; 32]),
            recipients: vec![Identity::make().recipient()],
            desks: vec![desk.verifying_key()],
            admission: None,
        };
        let invite = card.to_invite(&desk);
        app.join(InviteText { invite }).unwrap();
        let open = app.open().unwrap();
        Self {
            _dir: dir,
            app,
            open,
            server,
            desk,
            sent: 0,
        }
    }

    fn fields(text: &str) -> ReportFields {
        ReportFields {
            narrative: text.to_owned(),
            ..ReportFields::default()
        }
    }

    /// A finished report with a photograph.
    fn report(&self, text: &str) -> String {
        let report = self.app.new_draft(()).unwrap().report;
        self.save(&report, text);
        let file = self._dir.path().join("photo.jpg");
        std::fs::write(&file, [7; 5_000]).unwrap();
        self.app.attach_file(&report, &file).unwrap();
        self.app.finish_draft(id(&report)).unwrap();
        report
    }

    fn save(&self, report: &str, text: &str) {
        let save = SaveDraft {
            report: report.to_owned(),
            fields: Self::fields(text),
            settled: vec![],
        };
        self.app.save_draft(save).unwrap();
    }

    fn edit(&self, report: &str, text: &str) {
        self.app.edit_report(id(report)).unwrap();
        self.save(report, text);
        self.app.finish_draft(id(report)).unwrap();
    }

    fn hand_over(&self, report: &str) {
        let report = report.to_owned();
        let over = HandOver {
            report,
            consent: true,
        };
        self.app.hand_over(over).unwrap();
    }

    /// Everything that waits gets its receipt, `size` longer than it is.
    fn hold(&self, longer: u64) {
        for row in self.open.vault.outbox().unwrap() {
            let held = Held {
                object: holdfast_wire::ObjectId(*row.item.object.as_bytes()),
                mailbox: mailbox_of(&row.item.destination).unwrap(),
                size: row.item.size + longer,
                day: "2026-11-22".parse().unwrap(),
            };
            let receipt = Receipt::sign(&self.server, &held).to_bytes();
            let now = self.app.now();
            self.open
                .vault
                .hold(&row.item.object, &receipt, now)
                .unwrap();
        }
    }

    fn delivered(&self, text: &str) -> String {
        let report = self.report(text);
        self.hand_over(&report);
        self.hold(0);
        report
    }

    fn thin(&self, report: &str, what: ThinView, label: Option<&str>) -> Result<(), Fault> {
        self.app.thin(Thin {
            report: report.to_owned(),
            what,
            label: label.map(str::to_owned),
        })
    }

    /// What fetching back does before anything comes.
    fn ask_back(&self, report: &str) {
        let (incident, now) = (report.parse().unwrap(), self.app.now());
        self.open.vault.ask_back(&[incident], now).unwrap();
    }

    fn set_policy(&self, what: ThinView, after_days: u32) {
        let settings = Settings {
            thin: ThinPolicy {
                what: Some(what),
                after_days,
            },
            ..Settings::default()
        };
        self.app.set_settings(settings).unwrap();
    }

    fn show(&self, report: &str) -> ReportView {
        self.app.report(id(report)).unwrap()
    }

    fn at_risk(&self) -> AtRisk {
        self.app.delivery(()).unwrap().at_risk
    }

    /// The desk says something of a report, and sends all it knows of it along.
    fn desk_says(&mut self, known: &[Entry], statement: &Statement) -> ObjectId {
        let (incident, heads) = (known[0].incident(), vec![known[known.len() - 1].hash()]);
        let now = self.app.now();
        let said = Entry::make(&self.desk, incident, &heads, now, statement, &mut rng());
        let mut entries = known.to_vec();
        entries.push(said);
        let entries = entries.iter().map(|entry| entry.to_bytes().into());
        let content = Content {
            entries: entries.collect(),
            reply: None,
            recovery: None,
            successions: vec![],
        };
        self.sent += 1;
        let bundle = Bundle {
            sender: self.desk.verifying_key(),
            audience: *self.open.vault.signing_key().verifying_key().as_bytes(),
            sequence: self.sent,
            previous: BundleHash::default(),
            content: content.to_bytes(),
        };
        let to = self.open.vault.identity().recipient();
        let (sealed, _) = seal_bundle(&bundle, &self.desk, &[to]).unwrap();
        self.open.vault.put_object(&sealed).unwrap()
    }
}

fn id(report: &str) -> ReportId {
    ReportId {
        report: report.to_owned(),
    }
}

#[test]
fn nothing_goes_before_all_of_it_is_held_and_nothing_changed_since() {
    let scene = Scene::new();
    let report = scene.report("first words");
    let refused = |why: Fault| {
        for what in [ThinView::Evidence, ThinView::Everything] {
            assert_eq!(scene.thin(&report, what, None), Err(why.clone()));
        }
        assert!(!scene.show(&report).can_thin);
        assert_eq!(scene.app.exposure(()).unwrap().thinnable, 0);
        assert!(scene.show(&report).evidence[0].present);
    };
    refused(Fault::NotDelivered);
    scene.hand_over(&report);
    refused(Fault::NotDelivered);

    // All of it has its receipt, but it was changed since.
    scene.hold(0);
    assert!(scene.show(&report).can_thin);
    scene.edit(&report, "second words");
    refused(Fault::NotDelivered);
    scene.hand_over(&report);
    scene.hold(0);
    assert!(scene.show(&report).can_thin);
    // A change has been begun.
    scene.app.edit_report(id(&report)).unwrap();
    refused(Fault::HasDraft);
    scene.app.discard_draft(id(&report)).unwrap();
    assert!(scene.show(&report).can_thin);
}

#[test]
fn a_receipt_that_does_not_verify_again_holds_nothing() {
    let scene = Scene::new();
    let report = scene.report("words");
    scene.hand_over(&report);
    scene.hold(1);
    let refused = scene.thin(&report, ThinView::Everything, None);
    assert_eq!(refused, Err(Fault::NotDelivered));
    assert!(!scene.show(&report).can_thin);
}

#[test]
fn what_is_at_risk_is_what_nobody_else_has() {
    let scene = Scene::new();
    assert_eq!(scene.at_risk(), AtRisk::default());
    let risk = |drafts, unsent, waiting| {
        let now = scene.at_risk();
        assert_eq!(
            (now.drafts, now.unsent, now.waiting),
            (drafts, unsent, waiting)
        );
        assert_eq!(now.waiting_bytes > 0, waiting > 0);
    };
    let report = scene.report("one");
    risk(0, 1, 0);
    scene.hand_over(&report);
    risk(0, 0, 1);
    let waiting = scene.open.vault.outbox().unwrap();
    let bytes: u64 = waiting.iter().map(|row| row.item.size).sum();
    assert_eq!(scene.at_risk().waiting_bytes, bytes);
    scene.hold(0);
    risk(0, 0, 0);
    scene.app.edit_report(id(&report)).unwrap();
    risk(1, 0, 0);
    // Handed over while the change was being written: the change is not in it.
    scene.hand_over(&report);
    scene.save(&report, "two");
    scene.app.finish_draft(id(&report)).unwrap();
    risk(0, 1, 1);
    scene.hold(0);
    risk(0, 1, 0);
    assert!(!scene.show(&report).can_thin);
    scene.hand_over(&report);
    scene.hold(0);
    risk(0, 0, 0);
    scene.thin(&report, ThinView::Everything, None).unwrap();
    risk(0, 0, 0);
}

#[test]
fn evidence_goes_and_the_report_lives_on() {
    let scene = Scene::new();
    let report = scene.delivered("seen at the gate");
    let before = scene.show(&report);
    scene.thin(&report, ThinView::Evidence, None).unwrap();
    let after = scene.show(&report);
    assert_eq!(after.thinned, Some(ThinView::Evidence));
    assert_eq!(after.fields, before.fields);
    let (was, is) = (&before.evidence[0], &after.evidence[0]);
    assert_eq!(
        (&is.name, is.size, &is.sha256),
        (&was.name, was.size, &was.sha256)
    );
    assert!(was.present && !is.present);
    assert_eq!(after.missing_entries, 0);
    let gone = EvidenceId {
        report: report.clone(),
        object: is.object.clone(),
    };
    assert_eq!(scene.app.open_evidence(&gone).err(), Some(Fault::Thinned));
    assert_eq!(scene.app.receipts(id(&report)).unwrap().len(), 2);
    let list = scene.app.list_reports(ListReports::default()).unwrap();
    assert_eq!(list.items[0].thinned, Some(ThinView::Evidence));
    assert_eq!(list.items[0].evidence, 1);

    scene.edit(&report, "seen at the gate, twice");
    scene.hand_over(&report);
    scene.hold(0);
    assert_eq!(scene.show(&report).state, DeliveryState::Held);
    assert_eq!(scene.app.receipts(id(&report)).unwrap().len(), 3);
    scene.thin(&report, ThinView::Everything, None).unwrap();
    assert_eq!(scene.app.receipts(id(&report)).unwrap().len(), 3);
}

#[test]
fn an_answer_to_a_report_that_is_gone_is_shown_and_brings_nothing_back() {
    let mut scene = Scene::new();
    let report = scene.delivered("words that go");
    let incident: IncidentId = report.parse().unwrap();
    let known = scene.open.vault.entries(incident).unwrap();
    // The first answer is here and not yet taken in: it goes too.
    scene.desk_says(&known, &Statement::Opened);
    scene
        .thin(&report, ThinView::Everything, Some(" the march "))
        .unwrap();
    assert!(scene.open.vault.unclaimed_objects().unwrap().is_empty());
    let gone = scene.show(&report);
    assert_eq!(gone.fields, ReportFields::default());
    assert_eq!(
        (gone.thinned, gone.can_thin),
        (Some(ThinView::Everything), false)
    );
    assert_eq!(gone.state, DeliveryState::Read);
    assert_eq!(scene.app.receipts(id(&report)).unwrap().len(), 2);
    let exposure = scene.app.exposure(()).unwrap();
    assert_eq!((exposure.reports, exposure.receipts_only), (0, 1));
    assert_eq!(exposure.answers_kept, 0);
    assert_eq!((exposure.evidence, exposure.evidence_bytes), (0, 0));
    assert_eq!(exposure.coalition.as_deref(), Some("Quiet Shore"));

    let text = "a lawyer is on the way".to_owned();
    let letter = scene.desk_says(&known, &Statement::Answered { text: text.clone() });
    scene.app.take_in(&scene.open, &letter).unwrap();
    assert!(
        !scene.open.vault.has_object(&letter).unwrap(),
        "the letter opens with a key that is here"
    );
    let answered = scene.show(&report);
    assert_eq!(answered.fields, ReportFields::default());
    assert_eq!(answered.notes[0].text, text);
    assert_eq!(answered.state, DeliveryState::Answered);
    assert_eq!(
        (answered.thinned, answered.missing_entries),
        (Some(ThinView::Everything), 0)
    );
    let list = scene.app.list_reports(ListReports::default()).unwrap();
    assert_eq!(list.items[0].title, "the march");
    assert!(scene.open.vault.quarantined().unwrap().is_empty());

    let refused = scene.app.edit_report(id(&report)).map(drop);
    assert_eq!(refused, Err(Fault::Thinned));
    let over = HandOver {
        report: report.clone(),
        consent: true,
    };
    assert_eq!(scene.app.hand_over(over).map(drop), Err(Fault::Thinned));

    // Whoever asks for it brings it back: all that is theirs, and it can be gone on with.
    scene.ask_back(&report);
    scene.open.vault.append(&known).unwrap();
    let back = scene.show(&report);
    assert_eq!(back.fields.narrative, "words that go");
    assert_eq!((back.thinned, back.notes.len()), (None, 1));
    assert_eq!(scene.open.vault.remarks_away(incident).unwrap().len(), 1);
    scene.edit(&report, "words that came back");
    scene.hand_over(&report);
    // That the desk had opened it comes by itself now, with whatever it says next.
    let known = scene.open.vault.entries(incident).unwrap();
    let opened = scene.desk_says(&known, &Statement::Opened);
    scene.app.take_in(&scene.open, &opened).unwrap();
    let read = scene.show(&report);
    assert_eq!((read.state, read.thinned), (DeliveryState::Read, None));
}

#[test]
fn a_desk_thins_nothing() {
    let (_dir, app) = testing::app(RoleView::Desk);
    let report = app.new_draft(()).unwrap().report;
    let save = SaveDraft {
        report: report.clone(),
        fields: Scene::fields("ours"),
        settled: vec![],
    };
    app.save_draft(save).unwrap();
    app.finish_draft(id(&report)).unwrap();
    let thin = Thin {
        report,
        what: ThinView::Evidence,
        label: None,
    };
    assert_eq!(app.thin(thin), Err(Fault::NotDelivered));
}

#[test]
fn many_go_at_one_go_and_what_may_not_stays() {
    let scene = Scene::new();
    let delivered: Vec<String> = (0..3).map(|_| scene.delivered("delivered")).collect();
    let unsent = scene.report("not sent");
    for (what, left) in [(ThinView::Evidence, 1), (ThinView::Everything, 1)] {
        let reports = delivered.iter().chain([&unsent]).cloned().collect();
        let removed = scene.app.thin_many(ThinMany { reports, what }).unwrap();
        assert_eq!((removed.done, removed.left), (3, left));
        for report in &delivered {
            assert_eq!(scene.show(report).thinned, Some(what));
        }
    }
    assert_eq!(scene.show(&unsent).fields.narrative, "not sent");
}

#[test]
fn nothing_is_begun_on_a_report_that_is_gone() {
    let scene = Scene::new();
    let report = scene.delivered("gone");
    // Read before it went, as a screen may have.
    let incident: IncidentId = report.parse().unwrap();
    let known = scene.open.vault.incident(incident).unwrap().unwrap();
    let import = scene.app.attach_begin(AttachBegin {
        report: report.clone(),
        name: "late.jpg".to_owned(),
        media_type: String::new(),
    });
    scene.thin(&report, ThinView::Everything, None).unwrap();
    let card = scene.open.card().unwrap().unwrap();
    let nothing = [holdfast_record::Statement::Note {
        text: "late".to_owned(),
    }];
    let late = scene
        .open
        .chain(incident, &known.heads, &nothing, scene.app.now());
    let to = crate::delivery::Addressee {
        audience: *card.coalition.as_bytes(),
        recipients: card.recipients.clone(),
        mailbox: card.mailbox,
        send: &card.send,
    };
    let sent = scene.open.send(&known, &late, &[], &card, &to);
    assert_eq!(sent, Err(Fault::Thinned));
    let attached = scene.app.attach_finish(import.unwrap()).map(drop);
    assert_eq!(attached, Err(Fault::Thinned));
    let row = scene.open.vault.row(incident).unwrap().unwrap();
    assert!(!row.has_draft && row.entries == 0);
}
