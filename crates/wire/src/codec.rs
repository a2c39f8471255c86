//! Strict reading of deterministic CBOR (RFC 8949 §4.2.1).
//!
//! Invariant: bytes that decode here have exactly one spelling, so two programs never disagree about what was signed.
//! Map keys that this version does not know are allowed and ignored, so fields can be added.

use minicbor::{Decode, Encode};
use thiserror::Error;

/// Nothing of ours nests deeper; a limit keeps hostile input from exhausting the stack.
const MAX_DEPTH: u8 = 8;

/// Why bytes are not one of our messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum DecodeError {
    /// Longer than this kind of message can be.
    #[error("the message is longer than its kind allows")]
    TooLarge,
    /// Not CBOR, not of the expected shape, or with bytes left over.
    #[error("the message is malformed")]
    Malformed,
    /// The right shape, but not in the one deterministic encoding.
    #[error("the message is not in its deterministic encoding")]
    NotCanonical,
    /// Made by a newer version of the format.
    #[error("the message is of a newer version")]
    NewerVersion,
}

/// Encodes into memory, which cannot fail: no type of ours has an encoder that returns an error.
pub(crate) fn encode<T: Encode<()>>(value: &T) -> Vec<u8> {
    minicbor::to_vec(value).expect("encoding into memory does not fail")
}

/// Decodes exactly one deterministically encoded item of at most `limit` bytes.
pub(crate) fn decode<'b, T: Decode<'b, ()>>(
    bytes: &'b [u8],
    limit: usize,
) -> Result<T, DecodeError> {
    if bytes.len() > limit {
        return Err(DecodeError::TooLarge);
    }
    let mut walk = Walk { rest: bytes };
    walk.item(0)?;
    if !walk.rest.is_empty() {
        return Err(DecodeError::Malformed);
    }
    minicbor::decode(bytes).map_err(|_| DecodeError::Malformed)
}

/// A walk over one item that accepts only the deterministic spelling.
struct Walk<'b> {
    rest: &'b [u8],
}

impl<'b> Walk<'b> {
    fn take(&mut self, count: u64) -> Result<&'b [u8], DecodeError> {
        let count = usize::try_from(count).map_err(|_| DecodeError::Malformed)?;
        let (taken, rest) = self
            .rest
            .split_at_checked(count)
            .ok_or(DecodeError::Malformed)?;
        self.rest = rest;
        Ok(taken)
    }

    /// Reads an item's head: its major type and argument, which must be spelled as short as possible.
    fn head(&mut self) -> Result<(u8, u64), DecodeError> {
        let first = self.take(1)?[0];
        let (major, info) = (first >> 5, first & 0x1f);
        let (width, least) = match info {
            0..=23 => return Ok((major, u64::from(info))),
            // floats and unassigned simple values: nothing of ours holds one
            _ if major == 7 => return Err(DecodeError::Malformed),
            24 => (1, 24),
            25 => (2, 1 << 8),
            26 => (4, 1 << 16),
            27 => (8, 1 << 32),
            31 => return Err(DecodeError::NotCanonical),
            _ => return Err(DecodeError::Malformed),
        };
        let argument = self
            .take(width)?
            .iter()
            .fold(0, |sum, byte| sum << 8 | u64::from(*byte));
        if argument < least {
            Err(DecodeError::NotCanonical)
        } else {
            Ok((major, argument))
        }
    }

    fn item(&mut self, depth: u8) -> Result<(), DecodeError> {
        if depth == MAX_DEPTH {
            return Err(DecodeError::Malformed);
        }
        let (major, argument) = self.head()?;
        match major {
            0 | 1 => {}
            2 => drop(self.take(argument)?),
            3 => drop(
                std::str::from_utf8(self.take(argument)?).map_err(|_| DecodeError::Malformed)?,
            ),
            4 => {
                for _ in 0..argument {
                    self.item(depth + 1)?;
                }
            }
            5 => {
                let mut last: Option<&[u8]> = None;
                for _ in 0..argument {
                    let before = self.rest;
                    self.item(depth + 1)?;
                    let key = &before[..before.len() - self.rest.len()];
                    if last.is_some_and(|last| last >= key) {
                        return Err(DecodeError::NotCanonical);
                    }
                    last = Some(key);
                    self.item(depth + 1)?;
                }
            }
            6 => self.item(depth + 1)?,
            // false, true, null
            _ if (20..=22).contains(&argument) => {}
            _ => return Err(DecodeError::Malformed),
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn walk(bytes: &[u8]) -> Result<(), DecodeError> {
        let mut walk = Walk { rest: bytes };
        walk.item(0)?;
        if walk.rest.is_empty() {
            Ok(())
        } else {
            Err(DecodeError::Malformed)
        }
    }

    #[test]
    fn only_the_deterministic_spelling_is_read() {
        use DecodeError::{Malformed, NotCanonical};
        let cases: &[(&[u8], Result<(), DecodeError>)] = &[
            (&[0x17], Ok(())),
            (&[0x18, 0x18], Ok(())),
            (&[0x18, 0x17], Err(NotCanonical)),
            (&[0x19, 0x00, 0xff], Err(NotCanonical)),
            (&[0x1a, 0, 0, 0xff, 0xff], Err(NotCanonical)),
            (
                &[0x1b, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff],
                Err(NotCanonical),
            ),
            (&[0x5f, 0x41, 0x00, 0xff], Err(NotCanonical)),
            (&[0xa2, 0x00, 0x00, 0x01, 0x00], Ok(())),
            (&[0xa2, 0x01, 0x00, 0x00, 0x00], Err(NotCanonical)),
            (&[0xa2, 0x00, 0x00, 0x00, 0x00], Err(NotCanonical)),
            (&[0x1c], Err(Malformed)),
            (&[0x42, 0x00], Err(Malformed)),
            (&[0x61, 0xff], Err(Malformed)),
            (&[0x00, 0x00], Err(Malformed)),
            (&[0xf9, 0x00, 0x00], Err(Malformed)),
            (&[], Err(Malformed)),
            (&[0x81; 9], Err(Malformed)),
        ];
        for (bytes, expected) in cases {
            assert_eq!(walk(bytes), *expected, "{bytes:02x?}");
        }
    }

    #[test]
    fn a_claimed_length_is_not_believed() {
        assert_eq!(
            walk(&[0x5b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]),
            Err(DecodeError::Malformed)
        );
        assert_eq!(
            walk(&[0x9b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]),
            Err(DecodeError::Malformed)
        );
    }

    proptest! {
        #[test]
        fn hostile_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..256)) {
            let _ = walk(&bytes);
        }
    }
}
