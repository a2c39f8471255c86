//! Starting again while somebody has the old device, or while something is not there.

use std::fs;

use holdfast_record::{Entry, Envelope, Statement, Timestamp};
use holdfast_recovery::Succession;
use holdfast_seal::Identity;
use holdfast_sign::SigningKey;

use super::{
    super::*,
    stage::{Stage, edit, flags, send, show, sync, write},
};
use crate::{
    system::rng,
    testing::PASSPHRASE,
    view::{Answer, FetchBack, ListReports, Thin, ThinView},
};

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
    // Two keys were named: nothing that follows is believed in silence, nor does it take the place of
    // what stood there before; what was forged is not taken in at all.
    assert!(shown.new_device && flags(&stage.desk, &second) > 0);
    let values = shown.conflicts[0].values.iter();
    let values: Vec<_> = values.map(|value| &*value.narrative).collect();
    assert_eq!(values, ["and a fourth", "and a fifth"]);
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

#[tokio::test(flavor = "multi_thread")]
async fn what_a_lost_device_left_after_the_word_of_its_loss_is_flagged_for_its_owner_too() {
    let stage = Stage::set().await;
    let taken = stage.taken();
    let (new, _) = stage.again().await;
    edit(&new, &stage.report, "three soldiers and a dog").await;
    let forged = send(&taken.0, "nothing happened", None).await;
    // The third device does not know how far the mailbox counts.
    let third = App::new(stage.dir.path().join("third"), |_| {});
    stage.recover(&third).await;
    assert_eq!(flags(&third, &stage.report), 0);
    let shown = show(&third, &forged).history;
    assert!(shown.iter().all(|line| line.from_lost_device), "{shown:?}");
    let list = third.list_reports(ListReports::default()).unwrap().items;
    let row = list.iter().find(|row| row.report == forged);
    assert!(row.unwrap().from_lost_device);

    // What was its owner's stays so, removed and fetched back too.
    new.thin(Thin {
        report: stage.report.clone(),
        what: ThinView::Everything,
        label: None,
    })
    .unwrap();
    let back = new.fetch_back(FetchBack {
        words: stage.words.clone(),
        report: Some(stage.report.clone()),
    });
    assert_eq!(back.await.unwrap().fault, None);
    assert_eq!(flags(&new, &stage.report), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_doubts_is_shown_before_what_a_lost_device_says() {
    let stage = Stage::set().await;
    let taken = stage.taken();
    let (new, _) = stage.again().await;
    edit(&new, &stage.report, "three soldiers and a dog").await;
    // By its clock it said so first.
    let forged = taken.narrative(&taken.key(), &stage.report, "nothing happened");
    let bundle = taken.bundle(
        &taken.key(),
        40,
        &[forged.to_bytes()],
        None,
        &taken.card().recipients,
    );
    taken.leave(false, &bundle).await;
    sync(&stage.desk).await;
    let shown = show(&stage.desk, &stage.report);
    assert_eq!(shown.fields.narrative, "three soldiers and a dog");
    let values = &shown.conflicts[0].values;
    let values: Vec<_> = values.iter().map(|value| &*value.narrative).collect();
    assert_eq!(values, ["three soldiers and a dog", "nothing happened"]);
    let list = stage.desk.list_reports(ListReports::default()).unwrap();
    assert_eq!(list.items[0].title, "three soldiers and a dog");
    assert!(list.items[0].from_lost_device);
}
