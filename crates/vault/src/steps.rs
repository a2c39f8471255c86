//! For tests: every change to the disk is a step, and a test decides what happens before it.

use std::{cell::RefCell, io};

type Before = Box<dyn FnMut(&'static str) -> io::Result<()>>;

thread_local! {
    static BEFORE: RefCell<Option<Before>> = const { RefCell::new(None) };
}

/// Before a change to the disk.
pub(crate) fn step(what: &'static str) -> io::Result<()> {
    BEFORE.with_borrow_mut(|before| before.as_mut().map_or(Ok(()), |before| before(what)))
}

/// Runs `work` on this thread with `before` called before each of its steps.
pub(crate) fn watched<T>(
    before: impl FnMut(&'static str) -> io::Result<()> + 'static,
    work: impl FnOnce() -> T,
) -> T {
    BEFORE.set(Some(Box::new(before)));
    let done = work();
    BEFORE.set(None);
    done
}
