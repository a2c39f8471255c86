//! The vault as its users see it: directories, files and the public functions.

mod common;
mod delivery;
mod evidence;
mod in_clear;
mod opening;
mod panicking;
mod reports;
