//! The coalition's blind receiving server: takes in sealed objects, keeps them, gives them to whoever may read.
//!
//! It cannot link the code that decrypts (I-18), knows ciphertext, size, day and a random mailbox (I-24), and keeps
//! everything in an object store with conditional puts, so any number of processes can serve one store (I-25). What it says
//! over HTTP is specified in `docs/formats/http.md`; how to run it, in `docs/operations.md`.
//!
//! From the bottom up: [`store`](Store) and its [disk](DiskStore), `staging` (uploads under way), `mailboxes` (what is held),
//! `receive` (an append), `routes`, and [`serve`].

mod disk;
mod failure;
mod guard;
mod home;
mod mailboxes;
mod range;
mod receive;
mod routes;
mod serve;
mod settings;
mod staging;
mod store;

pub use disk::DiskStore;
pub use failure::Fault;
pub use home::{Home, OpenError};
pub use mailboxes::Clock;
pub use serve::{Endpoint, Log, serve};
pub use settings::{Admission, Settings};
pub use store::{Key, Put, Store};
