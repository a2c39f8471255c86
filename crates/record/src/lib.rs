//! Incidents: signed entries, merge, vocabularies. No I/O.
//!
//! - [`Entry`] is one signed statement about one incident; [`Envelope`] the same before it was
//!   verified. Entries name the entries their author had seen, so an incident is a small
//!   hash-linked graph (I-1, I-2).
//! - [`Incident::from_entries`] merges a set of entries into what they add up to (I-3).
//! - [`Vocabulary`] has the stable codes with their labels (I-4).
//!
//! Randomness and clocks are passed in; Debug output holds no user data.

mod entry;
mod evidence;
mod id;
mod incident;
mod statement;
mod value;
mod vocabulary;

pub use entry::{ENVELOPE_LIMIT, Entry, Envelope, VerifyError};
pub use evidence::{Evidence, EvidenceKey};
pub use holdfast_cbor::{DecodeError, Raw};
pub use holdfast_sign::{self as signature, SigningKey};
pub use id::{DeviceId, EntryHash, IncidentId, ObjectId, ParseIdError, Timestamp};
pub use incident::{Consent, HandedOver, Incident, Opened, Remark, Standing};
pub use statement::{Statement, purpose};
pub use value::{Place, Precision, Value, When, field};
pub use vocabulary::{Family, Kind, Labels, Term, Vocabulary};
