//! Opening what was tampered with.

use std::io::{self, Cursor, Read as _, Seek as _, SeekFrom};

use holdfast_seal::{EvidenceReader, open_bundle, open_evidence};

use crate::{
    original::ORIGINAL,
    shorthand::{Written, write_out},
};

/// What an input to [`header`] got to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Opened {
    /// It opened as evidence, and all of it could be read.
    pub as_evidence: bool,
    /// It opened as a bundle.
    pub as_bundle: bool,
}

/// Opens the file that `data` is a shorthand of (see [`token`](crate::token)), as evidence and as a bundle.
///
/// # Panics
/// When it opens to anything but what was sealed in it.
pub fn header(data: &[u8]) -> Opened {
    let written = write_out(data);
    Opened {
        as_evidence: evidence(&written),
        as_bundle: bundle(&written),
    }
}

fn evidence(written: &Written) -> bool {
    let Written {
        object,
        sealed_size,
        plain,
    } = written;
    let open = |size: usize| {
        open_evidence(
            Cursor::new(object.as_slice()),
            size as u64,
            &ORIGINAL.identity,
        )
    };
    assert!(
        open(object.len() + 1).is_err(),
        "opened beyond the object's end"
    );
    let Ok(mut reader) = open(*sealed_size) else {
        return false;
    };
    // The last chunk was authenticated, so the length is right and the end is readable, whatever lies before.
    assert_eq!(reader.size(), plain.len() as u64, "another length");
    let near_the_end = plain.len().saturating_sub(100);
    assert!(
        read_from(&mut reader, near_the_end, plain),
        "the end is gone"
    );
    read_from(&mut reader, 0, plain)
}

/// Reads from there to the end, if nothing on the way was altered.
fn read_from(reader: &mut EvidenceReader<Cursor<&[u8]>>, start: usize, plain: &[u8]) -> bool {
    let mut back = Vec::new();
    let read = reader
        .seek(SeekFrom::Start(start as u64))
        .and_then(|_| reader.read_to_end(&mut back));
    match read {
        Ok(_) => {
            assert!(back == plain[start..], "opened to another content");
            true
        }
        Err(error) => {
            assert_eq!(error.kind(), io::ErrorKind::InvalidData, "{error}");
            assert!(
                plain[start..].starts_with(&back),
                "gave out another content"
            );
            false
        }
    }
}

fn bundle(written: &Written) -> bool {
    let Some(sealed) = written.object.get(..written.sealed_size) else {
        return false;
    };
    let Ok(opened) = open_bundle(sealed, &[&ORIGINAL.identity]) else {
        return false;
    };
    assert!(ORIGINAL.bundles.contains(&opened), "nobody signed this");
    true
}
