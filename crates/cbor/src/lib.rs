//! Deterministic CBOR, and nothing looser.
//!
//! Entries, bundles, invites and receipts are hashed and signed as bytes, so one meaning must have
//! one spelling. [`check`] admits the core deterministic encoding of RFC 8949 §4.2.1, less what no
//! format here needs: floats, tags, `undefined` and the other simple values. It runs over foreign
//! bytes before anything is decoded from them: it reads no further than the bytes given, allocates
//! nothing, and goes only so deep. Map keys that a reader does not know are passed over, so that
//! fields can be added.
//!
//! - [`to_vec`] writes; [`decode`] reads one value; [`Raw`] keeps an item that only a newer version
//!   understands.

use core::{convert::Infallible, fmt};

use minicbor::{Decode, Encode, Encoder};
use zeroize::Zeroizing;

/// Arrays and maps may nest so deep; the deepest this version writes is 5.
const DEPTH_LIMIT: usize = 16;

/// Bytes are not what this version reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DecodeError {
    /// Written by a newer version. Keep the bytes; a newer version will read them.
    #[error("written by a newer version")]
    NewerVersion,
    /// Not the CBOR that was expected, or cut short, or with something behind its end.
    #[error("malformed")]
    Malformed,
    /// Well-formed, but not spelled the one way that hashes and signatures are made over.
    #[error("not in the canonical encoding")]
    NotCanonical,
    /// Longer than its kind may be.
    #[error("too large")]
    TooLarge,
}

impl From<minicbor::decode::Error> for DecodeError {
    // The source is dropped: it may quote what it could not decode.
    fn from(_: minicbor::decode::Error) -> Self {
        Self::Malformed
    }
}

/// Any CBOR item in the canonical encoding, kept byte for byte: what a newer version wrote.
#[derive(Clone, PartialEq, Eq)]
pub struct Raw(Vec<u8>);

impl Raw {
    /// Takes exactly one item.
    ///
    /// # Errors
    /// [`DecodeError::Malformed`] or [`DecodeError::NotCanonical`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        check(bytes)?;
        Ok(Self(bytes.to_vec()))
    }

    /// The encoded item.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Raw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Raw({} bytes)", self.0.len())
    }
}

impl<C> Encode<C> for Raw {
    fn encode<W: minicbor::encode::Write>(
        &self,
        e: &mut Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        e.writer_mut()
            .write_all(&self.0)
            .map_err(minicbor::encode::Error::write)
    }
}

/// Encodes to memory.
pub fn to_vec(value: impl Encode<()>) -> Vec<u8> {
    let encoded: Result<_, minicbor::encode::Error<Infallible>> = minicbor::to_vec(value);
    encoded.expect("memory takes every byte, and no `Encode` here refuses a value")
}

/// Encodes to memory that is wiped when it is dropped. `room` bytes must be enough, so that nothing
/// is left behind by growing.
pub fn to_wiped(room: usize, value: impl Encode<()>) -> Zeroizing<Vec<u8>> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(room));
    minicbor::encode(value, &mut *bytes)
        .expect("memory takes every byte, and no `Encode` here refuses a value");
    debug_assert!(bytes.len() <= room, "{} bytes, not {room}", bytes.len());
    bytes
}

/// Decodes exactly one canonically encoded value of at most `limit` bytes.
///
/// # Errors
/// Any [`DecodeError`] but [`DecodeError::NewerVersion`], which is for the caller to tell.
pub fn decode<'b, T: Decode<'b, ()>>(bytes: &'b [u8], limit: usize) -> Result<T, DecodeError> {
    if bytes.len() > limit {
        return Err(DecodeError::TooLarge);
    }
    check(bytes)?;
    Ok(minicbor::decode(bytes)?)
}

/// Checks that `bytes` are one item in the canonical encoding, and nothing behind it.
///
/// # Errors
/// [`DecodeError::Malformed`] or [`DecodeError::NotCanonical`].
pub fn check(bytes: &[u8]) -> Result<(), DecodeError> {
    let mut walk = Walk { rest: bytes };
    walk.item(DEPTH_LIMIT)?;
    if walk.rest.is_empty() {
        Ok(())
    } else {
        Err(DecodeError::Malformed)
    }
}

struct Walk<'b> {
    rest: &'b [u8],
}

impl<'b> Walk<'b> {
    fn item(&mut self, depth: usize) -> Result<(), DecodeError> {
        let (major, argument) = self.head()?;
        match major {
            0 | 1 => Ok(()),
            2 => self.take(argument).map(drop),
            3 => core::str::from_utf8(self.take(argument)?)
                .map(drop)
                .map_err(|_| DecodeError::Malformed),
            4 => {
                let depth = depth.checked_sub(1).ok_or(DecodeError::Malformed)?;
                (0..argument).try_for_each(|_| self.item(depth))
            }
            5 => self.map(
                argument,
                depth.checked_sub(1).ok_or(DecodeError::Malformed)?,
            ),
            // `false`, `true`, `null`; the head has been read as one byte.
            7 if (20..=22).contains(&argument) => Ok(()),
            _ => Err(DecodeError::NotCanonical),
        }
    }

    /// Keys ascend as encoded bytes, so that none stands twice.
    fn map(&mut self, pairs: u64, depth: usize) -> Result<(), DecodeError> {
        let mut last: &[u8] = &[];
        for _ in 0..pairs {
            let before = self.rest;
            self.item(depth)?;
            let key = &before[..before.len() - self.rest.len()];
            if key <= last {
                return Err(DecodeError::NotCanonical);
            }
            last = key;
            self.item(depth)?;
        }
        Ok(())
    }

    /// An item's major type and its argument, which must be written in the fewest bytes.
    fn head(&mut self) -> Result<(u8, u64), DecodeError> {
        let first = self.take(1)?[0];
        let (major, short) = (first >> 5, first & 0x1f);
        let width = match short {
            0..24 => return Ok((major, short.into())),
            24..=27 => 1 << (short - 24),
            28..=30 => return Err(DecodeError::Malformed),
            _ => return Err(DecodeError::NotCanonical),
        };
        let argument = self
            .take(width)?
            .iter()
            .fold(0, |argument, &byte| argument << 8 | u64::from(byte));
        let least = if width == 1 { 24 } else { 1 << (width * 4) };
        // Major type 7 with an argument is a float, or a simple value that a record never uses.
        if argument < least || major == 7 {
            return Err(DecodeError::NotCanonical);
        }
        Ok((major, argument))
    }

    fn take(&mut self, count: u64) -> Result<&'b [u8], DecodeError> {
        let count = usize::try_from(count).map_err(|_| DecodeError::Malformed)?;
        let (taken, rest) = self
            .rest
            .split_at_checked(count)
            .ok_or(DecodeError::Malformed)?;
        self.rest = rest;
        Ok(taken)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn one_spelling_passes() {
        for bytes in [
            &[0x00][..],
            &[0x18, 24],
            &[0x19, 1, 0],
            &[0x1b, 0, 0, 0, 1, 0, 0, 0, 0],
            &[0x3b, 255, 255, 255, 255, 255, 255, 255, 255],
            &[0x62, 0xc3, 0xa9],
            &[0x83, 0xf4, 0xf5, 0xf6],
            &[0xa2, 0x00, 0x80, 0x01, 0xa0],
        ] {
            assert_eq!(check(bytes), Ok(()), "{bytes:02x?}");
        }
    }

    #[test]
    fn every_other_spelling_is_refused() {
        for bytes in [
            &[0x18, 23][..],                         // a byte where none is needed
            &[0x19, 0, 255],                         // two where one would do
            &[0x1a, 0, 0, 255, 255],                 // four where two would do
            &[0x1b, 0, 0, 0, 0, 255, 255, 255, 255], // eight where four would do
            &[0x9f, 0xff],                           // indefinite array
            &[0x5f, 0xff],                           // indefinite bytes
            &[0xa2, 0x01, 0x00, 0x00, 0x00],         // keys descend
            &[0xa2, 0x00, 0x00, 0x00, 0x00],         // a key twice
            &[0xf9, 0x3c, 0x00],                     // float
            &[0xc1, 0x00],                           // tag
            &[0xf7],                                 // undefined
            &[0xf8, 0xff],                           // another simple value
        ] {
            assert_eq!(check(bytes), Err(DecodeError::NotCanonical), "{bytes:02x?}");
        }
    }

    #[test]
    fn what_is_not_one_item_is_refused() {
        for bytes in [
            &[][..],
            &[0x00, 0x00],                                   // something behind the end
            &[0x42, 0x00],                                   // cut short
            &[0x1c],                                         // reserved
            &[0x62, 0xc3, 0x28],                             // not UTF-8
            &[0x9b, 255, 255, 255, 255, 255, 255, 255, 255], // an array longer than memory
            &[0xbb, 255, 255, 255, 255, 255, 255, 255, 255], // a map longer than memory
            &[0x5b, 255, 255, 255, 255, 255, 255, 255, 255], // bytes longer than memory
        ] {
            assert_eq!(check(bytes), Err(DecodeError::Malformed), "{bytes:02x?}");
        }
    }

    #[test]
    fn nesting_ends_somewhere() {
        let nested = |depth| [vec![0x81; depth], vec![0x00]].concat();
        assert_eq!(check(&nested(DEPTH_LIMIT)), Ok(()));
        assert_eq!(check(&nested(DEPTH_LIMIT + 1)), Err(DecodeError::Malformed));
        assert_eq!(check(&vec![0x81; 1 << 20]), Err(DecodeError::Malformed));
        assert_eq!(check(&vec![0xa1; 1 << 20]), Err(DecodeError::Malformed));
    }

    #[test]
    fn a_value_longer_than_its_kind_is_not_read() {
        assert_eq!(decode::<u8>(&[0x18, 24], 2), Ok(24));
        assert_eq!(decode::<u8>(&[0x18, 24], 1), Err(DecodeError::TooLarge));
    }

    proptest! {
        #[test]
        fn hostile_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..256)) {
            let _ = check(&bytes);
        }
    }
}
