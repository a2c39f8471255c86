//! Use cases: the only thing the shells call.
//!
//! [`App`] is the whole of Holdfast without a screen: a vault that is closed or open, and what a
//! person can do with it. The window calls it by name through [`App::call`]; the command line
//! calls the same functions directly. What they show is in [`view`], why something did not happen
//! is a [`view::Fault`], and the words for both are in the Fluent catalogues ([`words`]).
//!
//! Here the pieces meet: entries from `record`, seals from `seal`, the store of `vault`, and the
//! delivery of `sync`. Here is also the one place that asks the system for the time and for
//! randomness ([`system`]); everything below is given them.

mod bundle;
mod card;
mod copy;
mod courier;
mod delivery;
mod desk;
mod evidence;
mod fault;
mod former;
mod inbox;
mod lookup;
mod notebook;
mod out;
mod panic;
mod receive;
mod recovery;
mod remarks;
mod reports;
mod restore;
mod safety;
mod session;
mod shelf;
mod succession;
mod summary;
mod surface;
pub mod system;
#[cfg(test)]
mod testing;
mod thinning;
mod transport;
pub mod view;
pub mod words;

pub use copy::copy_file_name;
pub use evidence::safe_file_name;
pub use session::{App, Cost, Notice};
pub use surface::typescript;
