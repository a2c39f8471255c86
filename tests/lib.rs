//! What the tests across crates stand on: the built programs, run as a person would run them.
//!
//! Nothing here reaches into a crate: a [`Cli`], an [`Endpoint`] and a [`Window`] are processes with
//! a [`Home`] of their own, and [`Canaries`] are looked for in everything they leave on the disk.
//! Every helper panics with what it saw, since a test has nobody to hand an error to.

mod support;

pub use support::age::{Kind, Program, age_encryption};
pub use support::binary::binary;
pub use support::canary::{Canaries, Sighting};
pub use support::cli::{Answer, CREATE, Cli, Running, listens, text};
pub use support::coalition::Coalition;
pub use support::desktop::{Desktop, windows, x};
pub use support::dice::Dice;
pub use support::endpoint::Endpoint;
pub use support::files::{bytes_in, contents, copy_folder, sha256};
pub use support::fixtures;
pub use support::home::Home;
pub use support::image::{Image, skipped};
pub use support::json::{list, number, string};
pub use support::memory::{Process, Scan};
pub use support::patience::wait_for;
pub use support::secrets::Secrets;
pub use support::signal::signal;
pub use support::tape;
pub use support::window::{Size, Window};
pub use support::workspace::workspace;
