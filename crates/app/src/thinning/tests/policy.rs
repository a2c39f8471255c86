//! What goes by itself, when, and what is in nobody's way.

use super::*;

#[test]
fn the_policy_waits_for_its_day_and_for_a_clock_that_can_be_right() {
    let now = Timestamp(Timestamp::CLOCK_IS_SET.0 + 40 * Timestamp::DAY_MS);
    let due = |opened, days_ago: i64| Due {
        incident: IncidentId::from_bytes([1; 16]),
        opened,
        since: Timestamp(now.0 - days_ago * Timestamp::DAY_MS),
        fetched_back: false,
    };
    let after = |after_days| ThinPolicy {
        what: Some(ThinView::Evidence),
        after_days,
    };
    assert!(!is_due(&due(false, 30), after(0), now));
    assert!(is_due(&due(true, 0), after(0), now));
    assert!(!is_due(&due(true, 6), after(7), now));
    assert!(is_due(&due(false, 7), after(7), now));
    assert!(
        !is_due(&due(true, -1), after(0), now),
        "a receipt of tomorrow"
    );
    // What was fetched back is counted from then on, and stays a day whatever was chosen.
    let back = |days_ago| Due {
        fetched_back: true,
        ..due(true, days_ago)
    };
    assert!(!is_due(&back(0), after(0), now));
    assert!(is_due(&back(1), after(0), now));
    assert!(!is_due(&back(6), after(7), now));
    assert!(is_due(&back(7), after(7), now));
    let early = Timestamp(Timestamp::CLOCK_IS_SET.0 - 1);
    let long_ago = Due {
        since: Timestamp(0),
        ..due(true, 0)
    };
    assert!(!is_due(&long_ago, after(0), early));
    assert!(!is_due(&long_ago, after(1), early));
}

#[test]
fn the_policy_thins_what_was_read_and_keeps_the_answer() {
    let mut scene = Scene::new();
    let read = scene.delivered("read");
    let unread = scene.delivered("not read");
    scene.set_policy(ThinView::Everything, 0);
    scene.app.thin_what_is_due().unwrap();
    assert_eq!(scene.show(&read).thinned, None);
    let known = scene.open.vault.entries(read.parse().unwrap()).unwrap();
    let text = "thank you".to_owned();
    let letter = scene.desk_says(&known, &Statement::Answered { text });
    scene.app.take_in(&scene.open, &letter).unwrap();
    for _ in 0..2 {
        scene.app.thin_what_is_due().unwrap();
        let thinned = scene.show(&read);
        assert_eq!(thinned.thinned, Some(ThinView::Everything));
        assert_eq!(thinned.notes[0].text, "thank you");
        assert_eq!(scene.show(&unread).thinned, None);
    }
    // Of one there are its words, of the other only an answer.
    let exposure = scene.app.exposure(()).unwrap();
    assert_eq!((exposure.reports, exposure.receipts_only), (1, 1));
    assert_eq!(exposure.answers_kept, 1);
    assert_eq!((exposure.thinnable, exposure.evidence), (1, 1));
    let oldest = scene.open.vault.entries(unread.parse().unwrap()).unwrap()[0].made_at();
    assert_eq!(exposure.oldest, Some(oldest.0));
    // Removed by hand, the answer goes too.
    assert!(scene.show(&read).can_thin);
    scene.thin(&read, ThinView::Everything, None).unwrap();
    assert!(scene.show(&read).notes.is_empty());
}

#[test]
fn what_was_fetched_back_is_not_taken_away_again_by_the_next_pass() {
    let mut scene = Scene::new();
    let report = scene.delivered("shown to a lawyer today");
    let known = scene.open.vault.entries(report.parse().unwrap()).unwrap();
    let opened = scene.desk_says(&known, &Statement::Opened);
    scene.app.take_in(&scene.open, &opened).unwrap();
    scene.set_policy(ThinView::Everything, 0);
    scene.app.thin_what_is_due().unwrap();
    assert_eq!(scene.show(&report).thinned, Some(ThinView::Everything));

    scene.ask_back(&report);
    scene.open.vault.append(&known).unwrap();
    for what in [ThinView::Everything, ThinView::Evidence] {
        scene.set_policy(what, 0);
        scene.app.thin_what_is_due().unwrap();
        assert_eq!(scene.show(&report).thinned, None);
    }
    // By hand it goes at once; and it is not spared for having been fetched back before.
    scene.thin(&report, ThinView::Everything, None).unwrap();
    assert_eq!(scene.show(&report).thinned, Some(ThinView::Everything));
}

#[test]
fn what_cannot_go_is_in_the_way_of_nothing_else() {
    let scene = Scene::new();
    let mut stuck = Vec::new();
    for number in 0..AT_ONCE {
        let report = scene.report(&format!("its receipt does not verify {number}"));
        scene.hand_over(&report);
        scene.hold(1);
        stuck.push(report);
    }
    let sound: Vec<String> = (0..2).map(|_| scene.delivered("delivered")).collect();
    scene.set_policy(ThinView::Evidence, 1);
    let soon = Timestamp(scene.app.now().0 + Timestamp::DAY_MS);
    let due = scene.open.vault.due(Thinned::Evidence).unwrap();
    assert_eq!(due.len(), AT_ONCE + 2);
    scene.app.thin_what_is_due_at(soon).unwrap();
    for report in &sound {
        assert_eq!(scene.show(report).thinned, Some(ThinView::Evidence));
    }
    assert!(
        stuck
            .iter()
            .all(|report| scene.show(report).thinned.is_none())
    );
}

#[test]
fn a_lock_ends_what_thins_by_itself() {
    let locked: Arc<std::sync::OnceLock<App>> = Arc::default();
    let app = Arc::clone(&locked);
    // As somebody who closes the lid as soon as the first report has gone.
    let scene = Scene::that_tells(move |notice| {
        if let (Notice::Changed, Some(app)) = (notice, app.get()) {
            app.close();
        }
    });
    for _ in 0..3 {
        scene.delivered("delivered");
    }
    scene.set_policy(ThinView::Evidence, 1);
    let soon = Timestamp(scene.app.now().0 + Timestamp::DAY_MS);
    assert!(locked.set(scene.app.clone()).is_ok());
    assert_eq!(scene.app.thin_what_is_due_at(soon), Err(Fault::Locked));
    assert_eq!(scene.open.vault.due(Thinned::Evidence).unwrap().len(), 2);
}
