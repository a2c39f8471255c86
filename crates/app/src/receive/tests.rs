//! Bundles as they come in: from whom, in which order, and what of them is believed.

use holdfast_record::{EntryHash, Incident, Timestamp, Value, field};
use holdfast_recovery::Succession;
use holdfast_seal::{Identity, seal_bundle};
use holdfast_sign::SigningKey;
use holdfast_wire::{MailboxId, ReadCapability, SendCapability};
use rand_core::Rng as _;
use std::sync::Arc;
use tempfile::TempDir;

use super::*;
use crate::{
    bundle::ReplyAddress,
    system::rng,
    testing,
    view::{ReportFields, ReportId, RoleView, SaveDraft},
};

/// An app with an open vault, which is gone when the test is.
fn app(role: RoleView) -> (TempDir, App, Arc<Open>) {
    let (dir, app) = testing::app(role);
    let open = app.open().unwrap();
    (dir, app, open)
}

/// Somebody who writes to a vault.
struct Sender {
    key: SigningKey,
    audience: [u8; 32],
    to: Identity,
    incident: IncidentId,
    last: (u64, BundleHash),
    /// Its recovery key, and whose place it took.
    words: [u8; 32],
    successions: Vec<Vec<u8>>,
}

impl Sender {
    fn to(open: &Open) -> Self {
        Self {
            key: SigningKey::make(&mut rng()),
            audience: *open.vault.signing_key().verifying_key().as_bytes(),
            to: open.vault.identity().clone(),
            incident: IncidentId::make(&mut rng()),
            last: (0, BundleHash::default()),
            words: {
                let mut seed = [0; 32];
                rng().fill_bytes(&mut seed);
                seed
            },
            successions: vec![],
        }
    }

    fn recovery(&self) -> SigningKey {
        SigningKey::from_seed(&self.words)
    }

    /// A new device of the same owner, who says that this one was lost, or not.
    fn next(&self, lost: bool) -> Self {
        let key = SigningKey::make(&mut rng());
        let said = Succession {
            old: self.key.verifying_key(),
            new: key.verifying_key(),
            audience: self.audience,
            lost,
            at: 1,
        };
        Self {
            successions: vec![said.sign(&self.recovery())],
            key,
            to: self.to.clone(),
            last: (0, BundleHash::default()),
            ..*self
        }
    }

    /// Something said of the report, with nothing before it.
    fn note(&self, text: &str) -> Entry {
        let text = text.to_owned();
        self.entry(&[], &Statement::Note { text })
    }

    fn entry(&self, parents: &[EntryHash], statement: &Statement) -> Entry {
        Entry::make(
            &self.key,
            self.incident,
            parents,
            Timestamp(1),
            statement,
            &mut rng(),
        )
    }

    /// The next bundle of the stream, as it comes out of its seal.
    fn bundle(&mut self, entries: &[Entry], reply: Option<u8>) -> (Bundle, BundleHash) {
        self.last.0 += 1;
        let sent = self.sealed(self.last.0, self.last.1, entries, reply);
        self.last.1 = sent.1;
        sent
    }

    fn sealed(
        &self,
        sequence: u64,
        previous: BundleHash,
        entries: &[Entry],
        reply: Option<u8>,
    ) -> (Bundle, BundleHash) {
        let content = Content {
            entries: entries
                .iter()
                .map(|entry| entry.to_bytes().into())
                .collect(),
            reply: reply.map(|byte| ReplyAddress {
                mailbox: MailboxId::of(&ReadCapability::from_bytes([byte; 32])),
                send: SendCapability::from_bytes([byte; 32]),
                recipient: self.to.recipient(),
            }),
            recovery: Some(self.recovery().verifying_key()),
            successions: self.successions.clone(),
        };
        let bundle = Bundle {
            sender: self.key.verifying_key(),
            audience: self.audience,
            sequence,
            previous,
            content: content.to_bytes(),
        };
        let (sealed, _) = seal_bundle(&bundle, &self.key, &[self.to.recipient()]).unwrap();
        open_bundle(&sealed, &[&self.to]).unwrap()
    }
}

fn take(open: &Open, (bundle, hash): &(Bundle, BundleHash)) -> bool {
    open.take_in_bundle(bundle, *hash).unwrap().is_some()
}

#[test]
fn a_bundle_is_taken_in_once() {
    let (_dir, _app, open) = app(RoleView::Desk);
    let mut sender = Sender::to(&open);
    let entries = [sender.entry(&[], &Statement::Created)];
    let sent = sender.bundle(&entries, None);
    assert!(take(&open, &sent));
    assert!(!take(&open, &sent), "the same again is nothing new");
    assert_eq!(open.vault.entries(sender.incident).unwrap().len(), 1);
}

#[test]
fn a_bundle_that_does_not_fit_its_stream_is_heard_and_changes_no_place() {
    let (_dir, _app, open) = app(RoleView::Desk);
    let mut sender = Sender::to(&open);
    assert!(take(&open, &sender.bundle(&[], None)));
    let created = sender.entry(&[], &Statement::Created);
    assert!(take(
        &open,
        &sender.bundle(std::slice::from_ref(&created), None)
    ));
    let note = || [sender.entry(&[created.hash()], &Statement::Note { text: "n".into() })];
    let odd = [
        (1, BundleHash::default()),
        (3, BundleHash([7; 32])),
        (0, BundleHash::default()),
        (i64::MAX as u64, BundleHash::default()),
    ];
    for (number, previous) in odd {
        take(&open, &sender.sealed(number, previous, &note(), Some(9)));
    }
    // What a device restored from a copy says is heard; its numbers and address are not.
    assert_eq!(open.vault.entries(sender.incident).unwrap().len(), 5);
    assert_eq!(open.vault.quarantined().unwrap().len(), 4);
    let by = sender.key.verifying_key();
    let last = open.vault.last_in(by.as_bytes()).unwrap().unwrap();
    assert_eq!(last.sequence, 2);
    assert!(open.reply_address(by.as_bytes()).unwrap().is_none());
}

#[test]
fn what_is_missing_is_counted_until_it_comes() {
    let (_dir, app, open) = app(RoleView::Desk);
    let mut sender = Sender::to(&open);
    let (first, second, third) = (
        sender.bundle(&[], None),
        sender.bundle(&[], None),
        sender.bundle(&[], None),
    );
    assert!(take(&open, &third));
    assert_eq!(app.delivery(()).unwrap().bundles_missing, 2);
    assert!(take(&open, &first));
    assert!(take(&open, &second));
    assert_eq!(app.delivery(()).unwrap().bundles_missing, 0);
}

#[test]
fn an_old_bundle_that_comes_late_brings_back_no_old_address() {
    let (_dir, _app, open) = app(RoleView::Desk);
    let mut sender = Sender::to(&open);
    let (old, new) = (sender.bundle(&[], Some(1)), sender.bundle(&[], Some(2)));
    assert!(take(&open, &new));
    assert!(take(&open, &old));
    let kept = open
        .reply_address(sender.key.verifying_key().as_bytes())
        .unwrap()
        .unwrap();
    assert_eq!(kept.send.expose_bytes(), &[2; 32]);
}

#[test]
fn a_stranger_writes_to_nobodys_incident() {
    let (_dir, _app, open) = app(RoleView::Desk);
    let (mut author, mut stranger) = (Sender::to(&open), Sender::to(&open));
    let created = author.entry(&[], &Statement::Created);
    assert!(take(
        &open,
        &author.bundle(std::slice::from_ref(&created), None)
    ));
    stranger.incident = author.incident;
    let forged = stranger.entry(
        &[created.hash()],
        &Statement::Note {
            text: "forged".into(),
        },
    );
    take(&open, &stranger.bundle(&[forged], None));
    assert_eq!(
        open.vault.entries(author.incident).unwrap(),
        std::slice::from_ref(&created)
    );

    // Not even its author opens or answers in the desk's name.
    let text = "forged".to_owned();
    let answered = author.entry(&[created.hash()], &Statement::Answered { text });
    take(&open, &author.bundle(&[answered], None));
    assert_eq!(open.vault.entries(author.incident).unwrap(), [created]);
}

#[test]
fn a_reporter_hears_nobody_but_the_desk_of_their_coalition() {
    let (_dir, _app, open) = app(RoleView::Reporter);
    let mut stranger = Sender::to(&open);
    let opened = stranger.entry(&[], &Statement::Opened);
    assert!(!take(&open, &stranger.bundle(&[opened], None)));
    assert!(open.vault.entries(stranger.incident).unwrap().is_empty());
}

#[test]
fn what_comes_in_while_somebody_edits_is_not_replaced_unseen() {
    let (_dir, app, open) = app(RoleView::Reporter);
    let told = |text: &str| ReportFields {
        narrative: text.to_owned(),
        ..ReportFields::default()
    };
    let report = app.new_draft(()).unwrap().report;
    let save = |fields| SaveDraft {
        report: report.clone(),
        fields,
        settled: vec![],
    };
    let id = || ReportId {
        report: report.clone(),
    };
    app.save_draft(save(told("first"))).unwrap();
    app.finish_draft(id()).unwrap();

    app.edit_report(id()).unwrap();
    let incident: IncidentId = report.parse().unwrap();
    let seen: Incident = open.incident(incident).unwrap();
    let elsewhere = Statement::FieldSet {
        field: field::NARRATIVE.to_owned(),
        value: Value::Text {
            text: "from elsewhere".to_owned(),
            lang: None,
        },
    };
    let arrived = open.chain(incident, &seen.heads, &[elsewhere], Timestamp(2));
    open.vault.append(&arrived).unwrap();
    app.save_draft(save(told("second"))).unwrap();
    let finished = app.finish_draft(id()).unwrap();
    assert_eq!(
        finished.conflicts.len(),
        1,
        "both values stand until a person settles it"
    );

    // Choosing the value that is shown first settles it too.
    let shown = app.edit_report(id()).unwrap().fields;
    let settled = vec![field::NARRATIVE.to_owned()];
    app.save_draft(SaveDraft {
        settled,
        ..save(shown.clone())
    })
    .unwrap();
    let finished = app.finish_draft(id()).unwrap();
    assert!(finished.conflicts.is_empty());
    assert_eq!(finished.fields, shown);
}

/// How many entries of the sender's incident are here, and how many of them are flagged.
fn here(open: &Open, incident: IncidentId) -> (usize, usize) {
    let flagged = open.vault.doubted(incident).unwrap().len();
    (open.vault.entries(incident).unwrap().len(), flagged)
}

#[test]
fn a_stranger_who_names_itself_the_one_before_writes_nothing() {
    let (_dir, _app, open) = app(RoleView::Desk);
    let (mut author, mut stranger) = (Sender::to(&open), Sender::to(&open));
    take(
        &open,
        &author.bundle(&[author.entry(&[], &Statement::Created)], None),
    );
    stranger.incident = author.incident;
    let said = Succession {
        old: stranger.key.verifying_key(),
        new: author.key.verifying_key(),
        audience: author.audience,
        lost: false,
        at: 1,
    };
    stranger.successions = vec![said.sign(&stranger.recovery())];
    let forged = stranger.note("I withdraw everything");
    take(&open, &stranger.bundle(&[forged], None));
    assert_eq!(here(&open, author.incident), (1, 0));
}

#[test]
fn whatever_number_a_lost_device_gives_its_bundle_it_is_flagged() {
    let (_dir, _app, open) = app(RoleView::Desk);
    let mut old = Sender::to(&open);
    let created = old.entry(&[], &Statement::Created);
    take(&open, &old.bundle(std::slice::from_ref(&created), None));
    // A number ahead, so that those between are free.
    take(&open, &old.sealed(40, BundleHash([9; 32]), &[], None));
    let mut new = old.next(true);
    take(&open, &new.bundle(&[], None));
    for number in [20, 41] {
        let forged = old.note(&number.to_string());
        take(
            &open,
            &old.sealed(number, BundleHash([9; 32]), &[forged], None),
        );
    }
    assert_eq!(here(&open, old.incident), (3, 2));
    // What its owner passes on is the owner's, and what was here before stays as it was.
    let late = old.note("found again");
    take(&open, &new.bundle(&[created, late, new.note("mine")], None));
    assert_eq!(here(&open, old.incident), (5, 2));
}

#[test]
fn the_third_device_brings_what_the_first_and_the_second_said() {
    let (_dir, _app, open) = app(RoleView::Desk);
    let mut first = Sender::to(&open);
    take(&open, &first.bundle(&[], None));
    let mut second = first.next(false);
    take(&open, &second.bundle(&[], None));
    let mut third = second.next(true);
    let said = [
        first.entry(&[], &Statement::Created),
        second.note("second"),
        third.note("third"),
    ];
    take(&open, &third.bundle(&said, None));
    assert_eq!(here(&open, first.incident), (3, 0));
    // The lost one goes on, and is flagged; the one before it was never lost, and may have been late.
    take(&open, &second.bundle(&[second.note("forged")], None));
    take(&open, &first.bundle(&[first.note("late")], None));
    assert_eq!(here(&open, first.incident), (5, 1));
}

#[test]
fn what_follows_a_device_that_named_two_keys_is_heard_and_flagged() {
    let (_dir, _app, open) = app(RoleView::Desk);
    let mut old = Sender::to(&open);
    take(
        &open,
        &old.bundle(&[old.entry(&[], &Statement::Created)], None),
    );
    let mut new = old.next(true);
    // Before its owner has said that it was lost, somebody names other words with it.
    old.words = [5; 32];
    let mut theirs = old.next(false);
    take(&open, &old.bundle(&[], None));
    take(&open, &theirs.bundle(&[theirs.note("theirs")], None));
    assert_eq!(here(&open, old.incident), (1, 0), "not heard at all");
    take(&open, &new.bundle(&[new.note("mine")], None));
    assert_eq!(here(&open, old.incident), (2, 1));
}
