//! Evidence: a file sealed once, to a key of its own, and read from any position (I-7).
//!
//! The *object* that is kept and sent is the age file followed by random bytes up to the next
//! Padmé size: what lies behind the header of an age file looks random anyway, so whoever sees the
//! object learns a size class and no more. The length of the age file travels in the sealed entry;
//! cut there, the object opens with an age program that knows hybrid keys and gives back the original, byte for byte.

use std::io::{self, BufReader, Read, Seek, SeekFrom, Write};

use age::stream::{StreamReader, StreamWriter};
use rand_core::CryptoRng;

use crate::{
    Identity,
    hashing::Hashing,
    header::{self, HeaderError},
    padme,
    piped::Piped,
};

/// A header with one hybrid recipient takes 1.6 KiB, and what age adds.
const HEADER_LIMIT: u64 = 8 * 1024;

/// Padding is written in pieces of this size.
const PADDING_PIECE: usize = 64 * 1024;

/// A file could not be sealed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SealError {
    /// The object could not be written.
    #[error("the sealed file could not be written")]
    Io(#[from] io::Error),
    /// age refused.
    #[error("age refused to seal")]
    Age(#[source] age::EncryptError),
}

/// What a sealed file is known by. `object`, `object_size` and `sealed_size` describe what
/// travels; `sha256` and `size` the original; `key` opens it.
#[derive(Debug)]
pub struct Sealed {
    /// SHA-256 of the object.
    pub object: [u8; 32],
    /// Length of the object, padding included.
    pub object_size: u64,
    /// Length of the age file at its front.
    pub sealed_size: u64,
    /// SHA-256 of the original.
    pub sha256: [u8; 32],
    /// Length of the original.
    pub size: u64,
    /// The key that opens this file and no other.
    pub key: Identity,
}

/// Seals what is written to it. Call [`Sealer::finish`]; what is dropped before that is worthless.
///
/// Four things are done to every byte: the original is hashed and encrypted on one thread, the object
/// hashed and written on another. So an error of `W` may come some calls later.
pub struct Sealer<W: Write + Send + 'static> {
    original: Piped<Hashing<StreamWriter<Piped<Hashing<W>>>>>,
    key: Identity,
}

impl<W: Write + Send + 'static> Sealer<W> {
    /// Begins an object on `out`, sealed to a fresh key.
    pub fn begin(out: W) -> Result<Self, SealError> {
        let key = Identity::make();
        let recipient = key.recipient();
        let encryptor =
            age::Encryptor::with_recipients(core::iter::once(&recipient as &dyn age::Recipient))
                .map_err(SealError::Age)?;
        let object = Piped::start(Hashing::new(out))?;
        Ok(Self {
            original: Piped::start(Hashing::new(encryptor.wrap_output(object)?))?,
            key,
        })
    }

    /// Ends the age file, pads the object, and gives back what it was written to.
    pub fn finish(self, rng: &mut impl CryptoRng) -> Result<(W, Sealed), SealError> {
        let size = self.original.size();
        let (stream, sha256) = self.original.finish()?.finish();
        let mut object = stream.finish()?;
        let sealed_size = object.size();
        let object_size = padme(sealed_size);
        let mut piece = vec![0; PADDING_PIECE];
        while object.size() < object_size {
            let left = usize::try_from(object_size - object.size()).unwrap_or(usize::MAX);
            let piece = &mut piece[..left.min(PADDING_PIECE)];
            rng.fill_bytes(piece);
            object.write_all(piece)?;
        }
        let (out, object) = object.finish()?.finish();
        let sealed = Sealed {
            object,
            object_size,
            sealed_size,
            sha256,
            size,
            key: self.key,
        };
        Ok((out, sealed))
    }
}

impl<W: Write + Send + 'static> Write for Sealer<W> {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        self.original.write(buf)
    }

    /// Does nothing: a chunk that is not full cannot be sealed before the end.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A piece of evidence could not be opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenEvidenceError {
    /// The object could not be read.
    #[error("the sealed file could not be read")]
    Io(#[from] io::Error),
    /// The key does not open this object.
    #[error("the key does not open this file")]
    WrongKey,
    /// Not an age file, or altered or cut short.
    #[error("the sealed file is damaged")]
    Damaged,
    /// An age file of a newer version.
    #[error("sealed by a newer version")]
    NewerVersion,
}

/// Opens the age file of `sealed_size` bytes at the front of `object`.
///
/// The whole length is authenticated before a byte is given out. Reading an altered part fails
/// with [`io::ErrorKind::InvalidData`]; the rest stays readable.
pub fn open_evidence<R: Read + Seek>(
    object: R,
    sealed_size: u64,
    key: &Identity,
) -> Result<EvidenceReader<R>, OpenEvidenceError> {
    open_with(object, sealed_size, &[key])
}

/// Opens with any of age's identities, as the tests against other programs need.
pub(crate) fn open_with<R: Read + Seek>(
    object: R,
    sealed_size: u64,
    identities: &[&dyn age::Identity],
) -> Result<EvidenceReader<R>, OpenEvidenceError> {
    let mut front = Front::new(object, sealed_size)?;
    check_header(&mut front)?;
    let mut plain = age::Decryptor::new_buffered(BufReader::new(front))
        .and_then(|decryptor| decryptor.decrypt(identities.iter().copied()))
        .map_err(|error| match error {
            age::DecryptError::Io(error) => from_io(error),
            age::DecryptError::NoMatchingKeys => OpenEvidenceError::WrongKey,
            _ => OpenEvidenceError::Damaged,
        })?;
    let size = plain.seek(SeekFrom::End(0)).map_err(from_io)?;
    plain.seek(SeekFrom::Start(0)).map_err(from_io)?;
    Ok(EvidenceReader {
        plain,
        position: 0,
        size,
    })
}

fn from_io(error: io::Error) -> OpenEvidenceError {
    match error.kind() {
        io::ErrorKind::UnexpectedEof | io::ErrorKind::InvalidData => OpenEvidenceError::Damaged,
        _ => OpenEvidenceError::Io(error),
    }
}

fn check_header<R: Read + Seek>(front: &mut Front<R>) -> Result<(), OpenEvidenceError> {
    let mut head = Vec::new();
    front.by_ref().take(HEADER_LIMIT).read_to_end(&mut head)?;
    front.seek(SeekFrom::Start(0))?;
    header::check(&head, front.size).map_err(|error| match error {
        HeaderError::OtherVersion => OpenEvidenceError::NewerVersion,
        HeaderError::NotAge | HeaderError::Malformed => OpenEvidenceError::Damaged,
    })
}

/// Reads a piece of evidence in clear, from any position.
pub struct EvidenceReader<R> {
    plain: StreamReader<BufReader<Front<R>>>,
    position: u64,
    size: u64,
}

impl<R> EvidenceReader<R> {
    /// Length of the original.
    pub fn size(&self) -> u64 {
        self.size
    }
}

impl<R: Read + Seek> Read for EvidenceReader<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        if self.position >= self.size {
            return Ok(0);
        }
        let read = self.plain.read(buf)?;
        self.position += read as u64;
        Ok(read)
    }
}

impl<R: Read + Seek> Seek for EvidenceReader<R> {
    /// Seeks as in a file, except that nothing lies behind the end: a position there is the end.
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let target = match to {
            SeekFrom::Start(offset) => Some(offset),
            SeekFrom::End(offset) => self.size.checked_add_signed(offset),
            SeekFrom::Current(offset) => self.position.checked_add_signed(offset),
        }
        .ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?
        .min(self.size);
        if target < self.size && target != self.position {
            self.plain.seek(SeekFrom::Start(target))?;
        }
        self.position = target;
        Ok(target)
    }
}

/// The first `size` bytes of an object, as if there were no more.
struct Front<R> {
    object: R,
    position: u64,
    size: u64,
}

impl<R: Read + Seek> Front<R> {
    fn new(mut object: R, size: u64) -> Result<Self, OpenEvidenceError> {
        if object.seek(SeekFrom::End(0))? < size {
            return Err(OpenEvidenceError::Damaged);
        }
        object.seek(SeekFrom::Start(0))?;
        Ok(Self {
            object,
            position: 0,
            size,
        })
    }
}

impl<R: Read> Read for Front<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let left = self.size.saturating_sub(self.position);
        let most = usize::try_from(left).unwrap_or(usize::MAX).min(buf.len());
        let read = self.object.read(&mut buf[..most])?;
        self.position += read as u64;
        Ok(read)
    }
}

impl<R: Seek> Seek for Front<R> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let target = match to {
            SeekFrom::Start(offset) => Some(offset),
            SeekFrom::End(offset) => self.size.checked_add_signed(offset),
            SeekFrom::Current(offset) => self.position.checked_add_signed(offset),
        }
        .ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        self.position = self.object.seek(SeekFrom::Start(target))?;
        Ok(self.position)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use getrandom::SysRng;
    use proptest::prelude::*;
    use rand_core::UnwrapErr;
    use sha2::{Digest as _, Sha256};

    use super::*;
    use crate::header::VERSION_LINE;
    use crate::piped::tests::Full;

    fn seal(original: &[u8]) -> (Vec<u8>, Sealed) {
        let mut sealer = Sealer::begin(Vec::new()).unwrap();
        sealer.write_all(original).unwrap();
        sealer.finish(&mut UnwrapErr(SysRng)).unwrap()
    }

    fn original(size: usize) -> Vec<u8> {
        (0..size).map(|i| (i * 31 + i / 257) as u8).collect()
    }

    fn read_all(object: &[u8], sealed: &Sealed) -> io::Result<Vec<u8>> {
        let mut reader = open_evidence(Cursor::new(object), sealed.sealed_size, &sealed.key)
            .map_err(io::Error::other)?;
        let mut back = Vec::new();
        reader.read_to_end(&mut back).map(|_| back)
    }

    /// Sizes at and around the 64 KiB chunks, where a stream goes wrong if anywhere.
    const EDGES: [usize; 8] = [0, 1, 65_535, 65_536, 65_537, 131_071, 131_072, 200_000];

    #[test]
    fn what_was_sealed_comes_back_and_is_told_truly() {
        for size in EDGES {
            let original = original(size);
            let (object, sealed) = seal(&original);
            assert_eq!(read_all(&object, &sealed).unwrap(), original);
            assert_eq!(object.len() as u64, sealed.object_size);
            assert_eq!(sealed.object_size, padme(sealed.sealed_size));
            assert_eq!(sealed.object, <[u8; 32]>::from(Sha256::digest(&object)));
            assert_eq!(sealed.sha256, <[u8; 32]>::from(Sha256::digest(&original)));
            assert_eq!(sealed.size, size as u64);
        }
    }

    #[test]
    fn the_same_file_never_looks_the_same() {
        assert_ne!(seal(b"twice").1.object, seal(b"twice").1.object);
    }

    #[test]
    fn a_full_disk_is_told_as_such() {
        for size in [0, 100, 5 << 20] {
            let sealed = Sealer::begin(Full(1_000)).and_then(|mut sealer| {
                sealer.write_all(&original(size))?;
                sealer.finish(&mut UnwrapErr(SysRng))
            });
            let Err(SealError::Io(error)) = sealed else {
                panic!("{size}");
            };
            assert_eq!(error.kind(), io::ErrorKind::StorageFull, "{size}");
        }
    }

    #[test]
    fn another_key_opens_nothing() {
        let (object, sealed) = seal(b"mine");
        let other = Identity::make();
        let opened = open_evidence(Cursor::new(object), sealed.sealed_size, &other);
        assert!(matches!(opened, Err(OpenEvidenceError::WrongKey)));
    }

    #[test]
    fn a_file_cut_anywhere_does_not_open() {
        let (object, sealed) = seal(&original(70_000));
        for cut in (0..sealed.sealed_size as usize).step_by(997) {
            assert!(read_all(&object[..cut], &sealed).is_err(), "cut at {cut}");
            let shorter = Sealed {
                sealed_size: cut as u64,
                key: sealed.key.clone(),
                ..sealed
            };
            assert!(read_all(&object, &shorter).is_err(), "told {cut}");
        }
    }

    #[test]
    fn a_flipped_bit_is_never_given_out() {
        let (object, sealed) = seal(&original(140_000));
        for at in (0..sealed.sealed_size as usize).step_by(1_009) {
            let mut altered = object.clone();
            altered[at] ^= 1;
            assert!(read_all(&altered, &sealed).is_err(), "flipped {at}");
        }
    }

    #[test]
    fn a_damaged_header_is_not_taken_for_a_newer_version() {
        let (object, sealed) = seal(b"mine");
        let opened_with = |altered: Vec<u8>| {
            let opened = open_evidence(Cursor::new(altered), sealed.sealed_size, &sealed.key);
            opened.err()
        };
        for at in VERSION_LINE.len()..1_640 {
            let mut altered = object.clone();
            altered[at] ^= 1 << (at % 8);
            let error = opened_with(altered);
            let newer = matches!(error, None | Some(OpenEvidenceError::NewerVersion));
            assert!(!newer, "{at}: {error:?}");
        }
        let mut newer = object.clone();
        newer[VERSION_LINE.len() - 2] = b'2';
        assert!(matches!(
            opened_with(newer),
            Some(OpenEvidenceError::NewerVersion)
        ));
    }

    #[test]
    fn a_header_cut_anywhere_is_damaged() {
        let (object, sealed) = seal(b"mine");
        for cut in 0..1_640 {
            let opened = open_evidence(Cursor::new(&object[..cut]), cut as u64, &sealed.key);
            let damaged = matches!(opened, Err(OpenEvidenceError::Damaged));
            assert!(damaged, "cut at {cut}");
        }
    }

    #[test]
    fn a_stanza_of_another_file_is_found() {
        let recipient = Identity::make();
        // Two files to one key, as an age program would write them.
        let file = |original: &[u8]| {
            let to = recipient.recipient();
            let to = core::iter::once(&to as &dyn age::Recipient);
            let mut stream = (age::Encryptor::with_recipients(to).unwrap())
                .wrap_output(Vec::new())
                .unwrap();
            stream.write_all(original).unwrap();
            stream.finish().unwrap()
        };
        let (one, other) = (file(b"one"), file(b"other"));
        let stanzas = |file: &[u8]| file.windows(5).position(|w| w == b"\n--- ").unwrap();
        let mut swapped = one[..stanzas(&one)].to_vec();
        swapped.extend_from_slice(&other[stanzas(&other)..]);
        let size = swapped.len() as u64;
        let opened = open_evidence(Cursor::new(swapped), size, &recipient);
        assert!(matches!(opened, Err(OpenEvidenceError::Damaged)));
    }

    #[test]
    fn a_header_without_end_is_refused() {
        let mut object = b"age-encryption.org/v1\n".to_vec();
        object.extend(core::iter::repeat_n(b"-> X25519 AAAA\nAAAA\n", 100_000).flatten());
        let size = object.len() as u64;
        let opened = open_evidence(Cursor::new(object), size, &Identity::make());
        assert!(matches!(opened, Err(OpenEvidenceError::Damaged)));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn reads_from_any_position(
            edge in 0..EDGES.len(),
            jumps in prop::collection::vec((0u64..210_000, 0usize..70_000), 1..12),
        ) {
            let original = original(EDGES[edge]);
            let (object, sealed) = seal(&original);
            let mut reader =
                open_evidence(Cursor::new(object), sealed.sealed_size, &sealed.key).unwrap();
            for (at, count) in jumps {
                let from = reader.seek(SeekFrom::Start(at)).unwrap() as usize;
                prop_assert_eq!(from, original.len().min(at as usize));
                let mut piece = Vec::new();
                reader.by_ref().take(count as u64).read_to_end(&mut piece).unwrap();
                prop_assert_eq!(&piece[..], &original[from..original.len().min(from + count)]);
            }
        }
    }
}
