//! A look at the header of an age file before age reads it.
//!
//! age reads a header of any length and tries every stanza of it, so a hostile one would cost memory and time without end.

/// The first line of the version we know.
pub(crate) const VERSION_LINE: &[u8] = b"age-encryption.org/v1\n";

/// Whether a header ends in `front`, the first bytes of a file, as many as a header may be long.
pub(crate) fn ends_in(front: &[u8]) -> bool {
    front.windows(5).any(|window| window == b"\n--- ")
}
