//! Panic, and the watch that calls it: everything goes, the keys first (I-12).

use std::{
    convert::Infallible,
    path::{Path, PathBuf},
    sync::{MutexGuard, PoisonError, atomic::Ordering},
    time::Duration,
};

use holdfast_vault::Presence;

use crate::{
    App, Notice, system,
    view::{Fault, PanicReport, PanicView},
};

/// How often a running program looks whether its vault is still to be there.
const LOOK_AFTER: Duration = Duration::from_millis(500);

impl App {
    /// Destroys the vault that is open, or else the chosen one: the keys first, then everything else
    /// (I-12). Needs no passphrase and asks nothing.
    pub fn panic(&self, (): ()) -> Result<PanicReport, Fault> {
        self.0.panics.fetch_add(1, Ordering::AcqRel);
        let open = self.open_directory();
        let directory = open.unwrap_or_else(|| self.place().endangered());
        // Whatever else is in front of somebody is over, too.
        self.destroy(&directory, true)
    }

    /// Destroys one vault. Whatever is in front of somebody is closed if it is that one, or if it was
    /// `asked` for.
    pub(crate) fn destroy(&self, directory: &Path, asked: bool) -> Result<PanicReport, Fault> {
        let _underway = self.underway();
        // The keys on the disk go first, those in memory next; the rest takes its time.
        let gone = holdfast_vault::destroy_keys(directory);
        let front = self.open_directory().unwrap_or_else(|| self.directory());
        let in_front = asked || front == directory;
        if in_front {
            // Told of here, and not by the next look.
            self.forget_seen();
        }
        // One that cannot be destroyed is tried again and again, and told of once.
        let before = self.destroyed().clone();
        let again = !asked && before.is_some_and(|before| before != PanicView::ALL);
        if in_front && !self.close() && !again {
            // Nothing was open, but the page may know a passphrase, or words.
            self.tell(Notice::Locked);
        }
        let done = match gone {
            Ok(gone) => {
                let report = gone.destroy_rest();
                Ok(PanicReport {
                    keys_gone: report.keys_gone,
                    all_gone: report.all_gone,
                })
            }
            Err(error) => Err(Fault::from(error)),
        };
        if done.is_ok() {
            self.place().forget_what_is_gone();
        }
        let done_or_not = Some(match done.clone() {
            Ok(report) => PanicView::Done(report),
            Err(fault) => PanicView::Failed(fault),
        });
        if std::mem::replace(&mut *self.destroyed(), done_or_not.clone()) != done_or_not {
            self.tell(Notice::Destroyed);
        }
        done
    }

    /// What is not in front any more is not missed.
    pub(crate) fn forget_seen(&self) {
        *self.seen() = None;
    }

    fn seen(&self) -> MutexGuard<'_, Option<PathBuf>> {
        let seen = self.0.seen.lock();
        seen.unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn destroyed(&self) -> MutexGuard<'_, Option<PanicView>> {
        let destroyed = self.0.destroyed.lock();
        destroyed.unwrap_or_else(PoisonError::into_inner)
    }

    /// What was destroyed by too many tries, or by the program before this one.
    pub fn remember_panic(&self, report: Option<PanicView>) {
        *self.destroyed() = report;
    }

    /// What was destroyed is no longer what there is to say.
    pub(crate) fn forget_destroyed(&self) {
        *self.destroyed() = None;
    }

    /// What the last panic did was said for long enough.
    pub fn forget_panic(&self, (): ()) -> Result<(), Fault> {
        self.forget_destroyed();
        Ok(())
    }

    /// Looks after the vaults until the program ends: destroys one whose check-in was missed, and
    /// closes what is open when another program has destroyed it.
    pub async fn keep_watch(&self) -> Infallible {
        loop {
            self.look().await;
            tokio::time::sleep(LOOK_AFTER).await;
        }
    }

    /// The same, for a program that has opened what it is about: ends when that is closed, and what this
    /// look destroyed is gone.
    pub async fn keep_watch_while_open(&self) {
        self.look().await;
        while self.is_open() {
            tokio::time::sleep(LOOK_AFTER).await;
            self.look().await;
        }
    }

    async fn look(&self) {
        let app = self.clone();
        // What could not be destroyed now is tried again at the next look.
        let _ = system::at_work(move || app.look_after()).await;
    }

    pub(crate) fn look_after(&self) -> Result<(), Fault> {
        for directory in self.place().directories() {
            if self.watch(&directory).missed {
                // One that is gone already holds up none of the others.
                let _ = self.destroy(&directory, false);
            }
        }
        // Another program may have destroyed what is in front. The page may know a passphrase though
        // nothing is open.
        let open = self.open_directory();
        let was_open = open.is_some();
        let front = open.unwrap_or_else(|| self.directory());
        let here = holdfast_vault::presence(&front) == Presence::Here;
        let seen = here.then(|| front.clone());
        let before = std::mem::replace(&mut *self.seen(), seen);
        if !here {
            self.place().forget_what_is_gone();
            let was_here = before.is_some_and(|before| before == front);
            if (was_here || was_open) && !self.close() {
                self.tell(Notice::Locked);
            }
        }
        Ok(())
    }
}
