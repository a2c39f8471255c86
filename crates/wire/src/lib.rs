//! What a client and an endpoint say to each other over HTTP: ids, capabilities, receipts, listings, problems, and the
//! names of paths and headers. Both sides are built on this one table, so they cannot drift apart.
//!
//! Nothing here does I/O, asks for the time or makes up randomness; those are parameters. Invariants kept: a receipt's
//! contents can be read only after its signature was checked (I-22); what the endpoint learns is a random mailbox, an
//! object's hash and size, and a day (I-24). The format is specified in `docs/formats/http.md`.

mod capability;
mod day;
pub mod http;
mod id;
mod key;
mod message;
mod problem;
mod receipt;

pub use capability::{AdmissionToken, CapabilityError, ReadCapability, SendCapability, SendHash};
pub use day::{Day, DayError};
pub use holdfast_cbor::DecodeError;
pub use id::{IdError, MailboxId, ObjectId, UploadId};
pub use key::{ServerKey, ServerSigningKey};
pub use message::{Info, Limits, Listed, Listing, NewMailbox};
pub use problem::{Problem, Retry};
pub use receipt::{Held, Receipt, VerifyError};

#[cfg(test)]
mod tests {
    use super::*;

    const DOCUMENT: &str = include_str!("../../../docs/formats/http.md");

    #[test]
    fn the_document_has_every_problem_of_the_table() {
        let row = |problem: &Problem| {
            let again = match problem.retry() {
                Retry::Now => "now",
                Retry::Later => "later",
                Retry::Never => "no ",
            };
            format!("| {} | `{}` | {again}", problem.status(), problem.code())
        };
        for problem in Problem::ALL {
            assert!(DOCUMENT.contains(&row(problem)), "{}", row(problem));
        }
    }

    #[test]
    fn the_document_has_a_receipt_that_verifies() {
        let vector: String = DOCUMENT
            .split("```")
            .nth(1)
            .unwrap()
            .split_whitespace()
            .collect();
        let bytes = data_encoding::HEXLOWER.decode(vector.as_bytes()).unwrap();
        let key = ServerSigningKey::from_seed(&[7; 32]).server_key();
        let held = Receipt::from_bytes(&bytes).unwrap().verify(&key).unwrap();
        let day = "2026-11-22".parse().unwrap();
        assert_eq!(
            held,
            Held {
                object: ObjectId([0xaa; 32]),
                mailbox: MailboxId([0xbb; 16]),
                size: 65_536,
                day
            }
        );
    }
}
