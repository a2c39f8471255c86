//! Reading a courier file, from front to back.

use std::io::Read;

use sha2::{Digest, Sha256};

use super::format::{CHECKSUM, INDEX_MOST, MAGIC, PREFIX, VERSION};
use super::{CourierError, CourierItem, Index};
use crate::{Arriving, LocalFault};

const CHUNK: usize = 64 * 1024;

/// Says where an object goes, or that it is not wanted.
pub type Accept<'a> = dyn FnMut(&CourierItem) -> Result<Option<Box<dyn Arriving>>, LocalFault> + 'a;

/// What came of reading a courier file.
#[derive(Debug)]
pub struct CourierRead {
    /// The objects taken in, verified.
    pub taken: Vec<CourierItem>,
    /// How many were not wanted.
    pub passed_over: usize,
    /// What was wrong with the file behind its index, if anything: the first of
    /// [`ObjectDamaged`](CourierError::ObjectDamaged) (the other objects were still read),
    /// [`Truncated`](CourierError::Truncated), [`TrailingBytes`](CourierError::TrailingBytes), a
    /// failure to read, or one of the local store.
    pub fault: Option<CourierError>,
}

/// Reads a courier file. For each object `accept` says where it goes, or that it is not wanted.
///
/// # Errors
/// When the head is not that of a courier file this version reads; nothing has been taken in
/// then. What goes wrong later is in [`CourierRead::fault`], next to what was taken in.
pub fn read_courier(
    input: &mut dyn Read,
    accept: &mut Accept<'_>,
) -> Result<CourierRead, CourierError> {
    let index = read_index(input)?;
    let mut read = CourierRead {
        taken: Vec::new(),
        passed_over: 0,
        fault: None,
    };
    for item in index.items() {
        match take(input, item, accept) {
            Ok(true) => read.taken.push(*item),
            Ok(false) => read.passed_over += 1,
            // All its bytes have been read, so the next object can be found.
            Err(damaged @ CourierError::ObjectDamaged) => {
                read.fault.get_or_insert(damaged);
            }
            Err(fault) => {
                read.fault.get_or_insert(fault);
                return Ok(read);
            }
        }
    }
    match input.read(&mut [0]) {
        Ok(0) => {}
        Ok(_) => {
            read.fault.get_or_insert(CourierError::TrailingBytes);
        }
        Err(error) => {
            read.fault.get_or_insert(error.into());
        }
    }
    Ok(read)
}

/// Reads and checks all that precedes the first object.
pub(crate) fn read_index(input: &mut dyn Read) -> Result<Index, CourierError> {
    let mut head = vec![0; PREFIX];
    let magic = MAGIC.len();
    input.read_exact(&mut head[..magic])?;
    if head[..magic] != MAGIC[..] {
        return Err(CourierError::NotCourier);
    }
    input.read_exact(&mut head[magic..])?;
    let version = u16::from_be_bytes([head[magic], head[magic + 1]]);
    if version > VERSION {
        return Err(CourierError::NewerVersion(version));
    }
    if version != VERSION {
        return Err(CourierError::NotCourier);
    }
    let length = head[magic + 2..]
        .iter()
        .fold(0, |length, byte| length << 8 | usize::from(*byte));
    if length > INDEX_MOST {
        return Err(CourierError::TooLarge);
    }
    // Grows with what is really there, not with what the file claims.
    let wanted = (length + CHECKSUM) as u64;
    let got = input.take(wanted).read_to_end(&mut head)? as u64;
    if got != wanted {
        return Err(CourierError::Truncated);
    }
    let checksum = head.split_off(PREFIX + length);
    if Sha256::digest(&head)[..] != checksum[..] {
        return Err(CourierError::IndexDamaged);
    }
    Index::decode(&head[PREFIX..])
}

/// Takes in one object, or passes over it. All its bytes are hashed, also those that are here
/// already from an earlier road.
fn take(
    input: &mut dyn Read,
    item: &CourierItem,
    accept: &mut Accept<'_>,
) -> Result<bool, CourierError> {
    let Some(mut arriving) = accept(item)? else {
        copy_object(input, item, &mut |_| Ok(()))?;
        return Ok(false);
    };
    let mut here = arriving.offset();
    let intact = copy_object(input, item, &mut |bytes| {
        let skip = here.min(bytes.len() as u64);
        here -= skip;
        Ok(arriving.append(&bytes[skip as usize..])?)
    })?;
    if !intact {
        arriving.discard()?;
        return Err(CourierError::ObjectDamaged);
    }
    match arriving.finish() {
        Err(LocalFault::Damaged) => Err(CourierError::ObjectDamaged),
        other => Ok(other.map(|()| true)?),
    }
}

/// Copies the bytes of one object and says whether they are those its id names.
pub(crate) fn copy_object(
    input: &mut dyn Read,
    item: &CourierItem,
    sink: &mut dyn FnMut(&[u8]) -> Result<(), CourierError>,
) -> Result<bool, CourierError> {
    let mut hash = Sha256::new();
    let mut chunk = vec![0; CHUNK];
    let mut left = item.size;
    while left > 0 {
        let length = left.min(CHUNK as u64) as usize;
        let bytes = &mut chunk[..length];
        input.read_exact(bytes)?;
        hash.update(&*bytes);
        sink(bytes)?;
        left -= length as u64;
    }
    Ok(hash.finalize()[..] == item.object.0[..])
}
