//! Fuzz targets: one function each, which takes any bytes and panics when a promise is broken.
//!
//! - [`header`] opens sealed files that were tampered with.
//! - [`key`] reads keys and ids from text.
//! - [`wire`] reads receipts, entries and other CBOR.
//!
//! `make fuzz` feeds them what the fuzzer makes up, guided by coverage. `tests/replay.rs` feeds them
//! the seeds in `corpus/` on every test run, and shows that the seeds get as far as they should.
//! `cargo run -p holdfast-fuzz --example corpus` writes the seeds again.

mod header;
mod key;
mod original;
mod shorthand;
mod wire;

pub use header::{Opened, header};
pub use key::{Read, key};
pub use original::signed_inner;
pub use shorthand::token;
pub use wire::{Decoded, entry_of, wire};
