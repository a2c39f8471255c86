//! Opportunistic resumable delivery, and courier files.
//!
//! Moves opaque bytes and nothing else (I-18): what is sent and fetched has been sealed before and
//! is opened after, by code this crate does not know. What it needs from the rest of the program
//! is in the traits [`Outbox`] and [`Inbox`].
//!
//! * [`sync_once`] makes one pass; [`keep_syncing`] goes on until told to stop (I-20).
//! * [`write_courier`] and [`read_courier`] carry the same objects in a file (I-23), and
//!   [`hand_in`] delivers such a file from any device.
//! * [`fetch_objects`] fetches what is known by name, and [`receipt_for`] asks for its receipt again,
//!   for whoever starts again with recovery words.
//! * Nothing is delivered before its receipt has been verified (I-22), and nothing that an
//!   endpoint has is sent to it again (I-19).

mod client;
mod courier;
mod deliver;
mod endpoint;
mod error;
mod fetch;
mod hand_in;
mod keep;
mod seams;
mod upload;

pub use client::{Client, Routes};
pub use courier::{
    Accept, CourierError, CourierItem, CourierRead, OpenObject, read_courier, write_courier,
};
pub use endpoint::Endpoint;
pub use error::{Cause, LocalFault, SyncError};
pub use fetch::{fetch_objects, holds_anything};
pub use hand_in::{Grant, HandedIn, OpenCourier, hand_in};
pub use holdfast_wire::Retry;
pub use keep::{Outcome, Pace, fetch_once, keep_syncing, sync_once};
pub use seams::{Arriving, Inbox, Mailbox, Outbox, ReadSeek, Ticket};
pub use upload::receipt_for;
