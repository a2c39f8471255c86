//! What a person can start again with: 24 words on paper, and what is sealed and signed for them.
//!
//! - [`Words`] are drawn, shown once and read back; [`Words::derive_keys`] gives the [`Keys`] that
//!   follow from them: what opens, what signs, and a mailbox (I-14).
//! - A [`Note`] is left in that mailbox at every hand-over. It says where the bundle went and what
//!   opens the answers, and only the words open it.
//! - A [`Succession`] says that one device takes the place of another. Only the words sign it.
//!
//! No I/O; randomness is passed in. The formats are in `docs/formats/recovery.md`.

mod keys;
mod note;
mod succession;
mod words;

pub use keys::Keys;
pub use note::{Left, NOTE_LIMIT, Note, NoteError, Place};
pub use succession::{Succession, SuccessionError, Unverified};
pub use words::{WORDS, Words, WordsError, list};
