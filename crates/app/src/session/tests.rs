//! When the program may end, and what is told of it.

use std::{fs, sync::OnceLock};

use super::*;
use crate::testing::{app, app_that_tells};

#[test]
fn it_rests_when_nothing_works_on_what_was_open() {
    let (_dir, app) = app(RoleView::Reporter);
    assert!(!app.is_at_rest());
    let call = app.open().unwrap();
    app.close();
    assert!(!app.is_at_rest());
    drop(call);
    assert!(app.is_at_rest());
}

#[test]
fn it_does_not_rest_while_a_file_is_written_or_words_are() {
    let (dir, app) = app(RoleView::Reporter);
    app.close();
    let out = dir.path().join("out");
    app.write_out(&out, |_| {
        assert!(!app.is_at_rest());
        Ok(())
    })
    .unwrap();
    assert!(app.is_at_rest());
    drop(app.new_words(()));
    assert!(!app.is_at_rest());
    app.close();
    assert!(app.is_at_rest());
}

#[test]
fn it_does_not_rest_while_everything_goes() {
    static APP: OnceLock<App> = OnceLock::new();
    let (_dir, app) = app_that_tells(RoleView::Reporter, |notice| {
        if let (Notice::Destroyed, Some(app)) = (notice, APP.get()) {
            assert!(!app.is_at_rest());
        }
    });
    let app = APP.get_or_init(|| app);
    app.panic(()).unwrap();
    assert!(app.is_at_rest());
}

/// An app with a locked vault that was looked after, and what it tells from then on.
fn locked_app_that_tells() -> (tempfile::TempDir, App, Arc<Mutex<Vec<Notice>>>) {
    let told = Arc::new(Mutex::new(Vec::new()));
    let (dir, app) = app_that_tells(RoleView::Reporter, {
        let told = Arc::clone(&told);
        move |notice| told.lock().unwrap().push(notice)
    });
    app.close();
    app.look_after().unwrap();
    told.lock().unwrap().clear();
    (dir, app, told)
}

#[test]
fn what_cannot_be_destroyed_is_told_of_once() {
    let (dir, app, told) = locked_app_that_tells();
    let nowhere = dir.path().join("vault");
    fs::remove_dir_all(&nowhere).unwrap();
    for _ in 0..3 {
        assert_eq!(app.destroy(&nowhere, false), Err(Fault::NoVault));
    }
    assert_eq!(*told.lock().unwrap(), [Notice::Locked, Notice::Destroyed]);
}

#[test]
fn what_this_program_destroys_is_told_of_once() {
    let (_dir, app, told) = locked_app_that_tells();
    app.panic(()).unwrap();
    for _ in 0..3 {
        app.look_after().unwrap();
    }
    assert_eq!(*told.lock().unwrap(), [Notice::Locked, Notice::Destroyed]);
}

#[test]
fn a_limit_that_a_slip_of_the_fingers_reaches_is_refused() {
    let (_dir, app) = app(RoleView::Reporter);
    let limit = |tries| Settings {
        wipe_after_tries: tries,
        ..Settings::default()
    };
    for tries in [1, LEAST_TRIES - 1] {
        let refused = app.set_settings(limit(tries));
        assert_eq!(refused.unwrap_err(), Fault::BadRequest);
    }
    for tries in [0, LEAST_TRIES] {
        assert_eq!(app.set_settings(limit(tries)).unwrap(), limit(tries));
    }
}

#[test]
fn a_page_that_asks_for_a_passphrase_is_told_that_another_program_has_destroyed_the_vault() {
    let (dir, app, told) = locked_app_that_tells();
    let other = App::new(dir.path().join("vault"), |_| ());
    other.panic(()).unwrap();
    for _ in 0..3 {
        app.look_after().unwrap();
    }
    assert_eq!(*told.lock().unwrap(), [Notice::Locked]);
}

#[test]
fn looking_after_what_is_not_there_disturbs_nobody_who_writes_words_down() {
    let dir = tempfile::tempdir().unwrap();
    let app = App::on_shelf(dir.path().to_owned(), |notice| panic!("{notice:?}"));
    drop(app.new_words(()));
    for _ in 0..3 {
        app.look_after().unwrap();
    }
    assert!(!app.is_at_rest(), "the words are gone");
}
