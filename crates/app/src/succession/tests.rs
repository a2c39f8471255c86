//! Which device a desk takes for the successor of which, and whom it doubts.

use holdfast_record::{IncidentId, Statement, Timestamp};
use holdfast_sign::SigningKey;

use super::*;
use crate::{
    system, testing,
    view::{ListReports, RoleView},
};

fn key(byte: u8) -> SigningKey {
    SigningKey::from_seed(&[byte; 32])
}

/// The recovery key of whoever has the devices 1, 2 and 3.
const WORDS: u8 = 9;

fn says(open: &Open, old: u8, new: u8, lost: bool, by: u8) -> Vec<u8> {
    let said = Succession {
        old: key(old).verifying_key(),
        new: key(new).verifying_key(),
        audience: *open.vault.signing_key().verifying_key().as_bytes(),
        lost,
        at: 1,
    };
    said.sign(&key(by))
}

/// The desk learns what the content of a bundle of `sender` says.
fn told(open: &Open, sender: u8, recovery: u8, successions: &[Vec<u8>]) -> usize {
    let content = Content {
        entries: vec![],
        reply: None,
        recovery: Some(key(recovery).verifying_key()),
        successions: successions.to_vec(),
    };
    open.learn(&key(sender).verifying_key(), &content).unwrap();
    open.learned().unwrap().0.len()
}

#[test]
fn a_succession_may_come_before_all_of_the_one_it_succeeds() {
    let (_dir, app) = testing::app(RoleView::Desk);
    let open = app.open().unwrap();
    let after = says(&open, 1, 2, true, WORDS);
    assert_eq!(told(&open, 2, WORDS, std::slice::from_ref(&after)), 0);
    // Whatever strangers make up, one that was there before the last of it is not lost.
    let made_up: Vec<_> = (10..110).map(|old| says(&open, old, 7, false, 8)).collect();
    assert_eq!(told(&open, 7, 8, &made_up), 0);
    assert_eq!(told(&open, 1, WORDS, &[]), 1);
    let learned = open.learned().unwrap();
    assert_eq!(
        learned.after(&key(1).verifying_key()),
        [key(2).verifying_key()]
    );
}

#[test]
fn a_stranger_cannot_claim_a_succession() {
    let (_dir, app) = testing::app(RoleView::Desk);
    let open = app.open().unwrap();
    assert_eq!(told(&open, 1, WORDS, &[]), 0);
    // With words of their own, with the old device's own key, and by naming other words for it.
    for by in [8, 1] {
        assert_eq!(told(&open, 7, 8, &[says(&open, 1, 7, true, by)]), 0);
    }
    assert_eq!(told(&open, 1, 8, &[says(&open, 1, 7, true, 8)]), 0);
    // Not even with the right words for somebody whose first word is not known yet.
    assert_eq!(told(&open, 3, WORDS, &[says(&open, 2, 3, false, WORDS)]), 0);
    // As soon as it is, both hold.
    assert_eq!(told(&open, 2, WORDS, &[says(&open, 1, 2, true, WORDS)]), 2);
}

#[test]
fn a_replay_changes_nothing_and_takes_no_loss_back() {
    let (_dir, app) = testing::app(RoleView::Desk);
    let open = app.open().unwrap();
    let (kept, lost) = (
        says(&open, 1, 2, false, WORDS),
        says(&open, 1, 2, true, WORDS),
    );
    told(&open, 1, WORDS, &[]);
    let old = key(1).verifying_key();
    assert_eq!(told(&open, 2, WORDS, std::slice::from_ref(&kept)), 1);
    assert!(!open.learned().unwrap().is_lost(&old));
    assert_eq!(told(&open, 2, WORDS, &[lost]), 1);
    assert!(open.learned().unwrap().is_lost(&old));
    assert_eq!(told(&open, 7, 8, &[kept]), 1);
    assert!(open.learned().unwrap().is_lost(&old));
}

#[test]
fn whoever_came_last_speaks_for_the_first() {
    let (_dir, app) = testing::app(RoleView::Desk);
    let open = app.open().unwrap();
    for device in 1..=3 {
        told(&open, device, WORDS, &[]);
    }
    let third = [(2, 3), (1, 3)].map(|(old, new)| says(&open, old, new, false, WORDS));
    assert_eq!(told(&open, 3, WORDS, &third), 2);
    assert_eq!(told(&open, 2, WORDS, &[says(&open, 1, 2, false, WORDS)]), 3);
    let learned = open.learned().unwrap();
    let keys = |of: &[u8]| {
        of.iter()
            .map(|&it| key(it).verifying_key())
            .collect::<Vec<_>>()
    };
    assert_eq!(learned.now(&key(1).verifying_key()), keys(&[3, 2, 1]));
    assert_eq!(learned.after(&key(3).verifying_key()), keys(&[]));
    assert_eq!(learned.before(&key(2).verifying_key()), keys(&[1]));
}

#[test]
fn a_stranger_cannot_name_itself_the_one_before_somebody() {
    let (_dir, app) = testing::app(RoleView::Desk);
    let open = app.open().unwrap();
    let before = says(&open, 7, 1, false, 8);
    // Before the desk heard of the one it names, and after; not even if that one carried it.
    assert_eq!(told(&open, 7, 8, std::slice::from_ref(&before)), 0);
    assert_eq!(told(&open, 1, WORDS, &[]), 0);
    assert_eq!(told(&open, 7, 8, std::slice::from_ref(&before)), 0);
    assert_eq!(told(&open, 1, WORDS, &[before]), 0);
    // Nor with the statement of one who has the same words, said for another.
    assert_eq!(told(&open, 7, WORDS, &[says(&open, 2, 1, false, WORDS)]), 0);
    let learned = open.learned().unwrap();
    assert!(learned.before(&key(1).verifying_key()).is_empty());
}

#[test]
fn a_device_that_names_two_keys_is_doubted_with_all_that_follow_it() {
    let (_dir, app) = testing::app(RoleView::Desk);
    let open = app.open().unwrap();
    let doubted = |device: u8| {
        let learned = open.learned().unwrap();
        open.is_doubted(&key(device).verifying_key(), &learned)
            .unwrap()
    };
    told(&open, 1, WORDS, &[]);
    told(&open, 4, 8, &[]);
    // Whoever has it open names words of their own, and a device that follows by them.
    assert_eq!(told(&open, 1, 8, &[]), 0);
    assert_eq!(told(&open, 4, 8, &[says(&open, 1, 4, false, 8)]), 0);
    assert!(doubted(1) && !doubted(4));
    // The first key counts, but not in silence.
    assert_eq!(told(&open, 2, WORDS, &[says(&open, 1, 2, true, WORDS)]), 1);
    assert!(doubted(1) && doubted(2) && !doubted(4));
}

#[test]
fn a_lost_device_makes_nobody_doubted() {
    let (_dir, app) = testing::app(RoleView::Desk);
    let open = app.open().unwrap();
    told(&open, 1, WORDS, &[]);
    assert_eq!(told(&open, 2, WORDS, &[says(&open, 1, 2, true, WORDS)]), 1);
    told(&open, 1, 8, &[]);
    let learned = open.learned().unwrap();
    let doubted = |device: u8| open.is_doubted(&key(device).verifying_key(), &learned);
    assert_eq!((doubted(1), doubted(2)), (Ok(true), Ok(false)));
}

#[test]
fn the_list_says_which_report_comes_from_a_lost_device() {
    let (_dir, app) = testing::app(RoleView::Desk);
    let open = app.open().unwrap();
    told(&open, 1, WORDS, &[]);
    let comes = |device: u8| {
        let (key, mut rng) = (key(device), system::rng());
        let incident = IncidentId::make(&mut rng);
        let entry = Entry::make(
            &key,
            incident,
            &[],
            Timestamp(1),
            &Statement::Created,
            &mut rng,
        );
        let entries = std::slice::from_ref(&entry);
        open.flag_doubted(entries, &key.verifying_key()).unwrap();
        open.vault.hear(entries).unwrap();
        incident.to_string()
    };
    // Before the loss, after it, and from the new device.
    let before = comes(1);
    told(&open, 2, WORDS, &[says(&open, 1, 2, true, WORDS)]);
    let said = [before, comes(1), comes(2)];
    let list = app.list_reports(ListReports::default()).unwrap().items;
    let flagged = |report: &String| {
        let row = list.iter().find(|row| row.report == *report);
        row.unwrap().from_lost_device
    };
    assert_eq!(said.each_ref().map(flagged), [false, true, false]);
}
