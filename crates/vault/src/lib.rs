//! The encrypted store on disk: key slots, database, sealed evidence, panic.
//!
//! A vault is a directory: `keys` (slots that a passphrase opens), `a.db` and `b.db` (SQLCipher, or
//! random bytes), `blobs/` (sealed objects), `guard` and `lock`. `docs/formats/vault.md` has the
//! formats.
//!
//! - [`presence`] says whether there is one and [`watch`] what stands before it; [`Vault::create`]
//!   makes it; [`Vault::open`] opens it or, with the second passphrase, a [`Decoy`]; dropping what
//!   was opened locks it.
//! - [`destroy_keys`], then closing, then [`Destroying::destroy_rest`] destroy it; [`panic()`] does
//!   for who has nothing open.
//! - Passphrases: [`Vault::change_passphrase`], [`Vault::set_duress`]; the guard:
//!   [`Vault::set_guard`], [`Vault::check_in`]; notes: [`Notebook`].
//! - Entries and drafts: [`Vault::append`], [`Vault::incident`], [`Vault::list`],
//!   [`Vault::save_draft`], [`Vault::finish_draft`].
//! - Evidence: [`Vault::begin_import`], [`Vault::commit_import`], [`Vault::open_evidence`].
//! - Objects on their way: [`Vault::hand_over`], [`Vault::outbox`], [`Vault::hold`],
//!   [`Vault::begin_object`], [`Vault::take_in`].
//! - Keeping less of what is delivered: [`Vault::thin_evidence`], [`Vault::thin_incidents`],
//!   [`Vault::ask_back`], [`Vault::exposure`], [`Vault::unsaved`].
//!
//! What a method acknowledges is synced to the disk. Nothing is ever made anew because something
//! did not decode (I-15), and nothing leaves process memory in clear (I-16). Randomness and wall
//! clocks are passed in.

mod blobs;
mod decoy;
mod disk;
mod error;
mod guard;
mod held;
mod journal;
mod kdf;
mod keys;
mod lock;
mod opening;
mod panic;
mod passphrase;
mod passphrases;
mod presence;
mod secret;
mod slots;
#[cfg(test)]
mod steps;
mod store;
#[cfg(test)]
mod tests;
mod vault;

pub use blobs::{Arriving, EvidenceReader, Import};
pub use decoy::Decoy;
pub use disk::read_at_most;
pub use error::{BlobError, ChangeError, CreateError, OpenError, PanicError, StoreError};
pub use guard::{GuardSettings, Watch, watch};
pub use kdf::KdfCost;
pub use opening::Opened;
pub use panic::{Destroying, PanicReport, destroy_keys, panic};
pub use passphrase::Passphrase;
pub use passphrases::MOST_NOTES;
pub use presence::{Presence, presence};
pub use store::{
    DraftRow, Due, Exposure, FileMeta, HandOver, IncidentRow, Keep, ListQuery, NextOut, Note,
    Notebook, OutboxItem, OutboxRow, Page, Quarantined, Receipt, Removal, StreamHead, Stub,
    Thinned, Unsaved,
};
pub use vault::{Create, Role, Vault};
