//! Writing a courier file.

use std::io::{Read, Write};

use super::{CourierError, CourierItem, Index, copy_object};
use crate::{LocalFault, ReadSeek};

/// Opens an object to be packed.
pub type OpenObject<'a> =
    dyn FnMut(&CourierItem) -> Result<Box<dyn ReadSeek + Send>, LocalFault> + 'a;

/// Writes `items`, in the order given, to `out`, and gives the number of bytes written.
///
/// Put the most pressing first: of a file that was cut off, what lies before the cut can be used.
///
/// # Errors
/// [`CourierError::ObjectDamaged`] when an object is not what its id says: nobody should carry
/// that. The file is incomplete after any error, and readers refuse what it lacks. The caller
/// makes it durable.
pub fn write_courier(
    out: &mut dyn Write,
    items: &[CourierItem],
    open: &mut OpenObject<'_>,
) -> Result<u64, CourierError> {
    let index = Index::new(items.to_vec())?;
    let head = index.head();
    out.write_all(&head)?;
    let mut written = head.len() as u64;
    for item in index.items() {
        let mut object = open(item)?;
        let intact = match copy_object(&mut object, item, &mut |bytes| Ok(out.write_all(bytes)?)) {
            // It is the object that is too short here, not a file somebody gave us.
            Err(CourierError::Truncated) => false,
            other => other?,
        };
        if !intact || object.read(&mut [0])? != 0 {
            return Err(CourierError::ObjectDamaged);
        }
        written += item.size;
    }
    out.flush()?;
    Ok(written)
}
