//! The vault as its users see it: directories, files and the public functions.

#![expect(clippy::unwrap_used, reason = "a test stops where it fails")]

mod common;
mod delivery;
mod duress;
mod evidence;
mod guarded;
mod in_clear;
mod opening;
mod panicking;
mod reports;
