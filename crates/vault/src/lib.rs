//! The encrypted store on disk: key slots, database, sealed evidence, panic.
//!
//! A vault is a directory: `keys` (slots that a passphrase opens), `store.db` (SQLCipher),
//! `blobs/` (sealed objects) and `lock`. `docs/formats/vault.md` has the formats.
//!
//! - [`presence`] says whether there is one; [`Vault::create`] makes and [`Vault::open`] opens it;
//!   dropping the [`Vault`] locks it; [`panic()`] destroys it.
//! - Entries and drafts: [`Vault::append`], [`Vault::incident`], [`Vault::list`],
//!   [`Vault::save_draft`], [`Vault::finish_draft`].
//! - Evidence: [`Vault::begin_import`], [`Vault::commit_import`], [`Vault::open_evidence`].
//! - Objects on their way: [`Vault::hand_over`], [`Vault::outbox`], [`Vault::hold`],
//!   [`Vault::begin_object`], [`Vault::take_in`].
//! - Keeping less of what is delivered: [`Vault::thin_evidence`], [`Vault::thin_incident`],
//!   [`Vault::exposure`], [`Vault::unsaved`].
//!
//! What a method acknowledges is synced to the disk. Nothing is ever made anew because something
//! did not decode (I-15), and nothing leaves process memory in clear (I-16). Randomness and wall
//! clocks are passed in.

mod blobs;
mod disk;
mod error;
mod kdf;
mod keys;
mod lock;
mod panic;
mod passphrase;
mod presence;
mod slots;
mod store;
mod vault;

pub use blobs::{Arriving, EvidenceReader, Import};
pub use error::{BlobError, CreateError, OpenError, PanicError, StoreError};
pub use kdf::KdfCost;
pub use panic::{PanicReport, panic};
pub use passphrase::Passphrase;
pub use presence::{Presence, presence};
pub use store::{
    DraftRow, Due, Exposure, FileMeta, HandOver, IncidentRow, Keep, ListQuery, NextOut, OutboxItem,
    OutboxRow, Page, Quarantined, Receipt, StreamHead, Stub, Thinned, Unsaved,
};
pub use vault::{Create, Role, Vault};
