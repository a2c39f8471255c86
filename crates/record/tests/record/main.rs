//! Entries and their merge, seen from outside the crate.

mod entry;
mod given;
mod hostile;
mod merge;
mod snapshots;
