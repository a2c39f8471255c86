//! What a client and an endpoint say to each other over HTTP: ids, capabilities, receipts, listings, problems, and the
//! names of paths and headers. Both sides are built on this one table, so they cannot drift apart.
//!
//! Nothing here does I/O, asks for the time or makes up randomness; those are parameters. Invariants kept: a receipt's
//! contents can be read only after its signature was checked (I-22); what the endpoint learns is a random mailbox, an
//! object's hash and size, and a day (I-24). The format is specified in `docs/formats/http.md`.

mod capability;
mod codec;
mod day;
pub mod http;
mod id;
mod key;
mod message;
mod problem;
mod receipt;

pub use capability::{AdmissionToken, CapabilityError, ReadCapability, SendCapability, SendHash};
pub use codec::DecodeError;
pub use day::{Day, DayError};
pub use id::{IdError, MailboxId, ObjectId, UploadId};
pub use key::{ServerKey, ServerSigningKey};
pub use message::{Info, Limits, Listed, Listing, NewMailbox};
pub use problem::{Problem, Retry};
pub use receipt::{Held, Receipt, VerifyError};
