//! SHA-256 of what passes through.

use std::io::{self, Write};

use sha2::{Digest as _, Sha256};

/// Hashes what is written to `out`.
pub(crate) struct Hashing<W> {
    out: W,
    sha256: Sha256,
}

impl<W: Write> Hashing<W> {
    pub(crate) fn new(out: W) -> Self {
        Self {
            out,
            sha256: Sha256::new(),
        }
    }

    /// What was written to, and the hash of everything.
    pub(crate) fn finish(self) -> (W, [u8; 32]) {
        (self.out, self.sha256.finalize().into())
    }
}

impl<W: Write> Write for Hashing<W> {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        let written = self.out.write(buf)?;
        self.sha256.update(&buf[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Takes a byte at a time.
    struct Slow(Vec<u8>);

    impl Write for Slow {
        fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
            self.0.extend(buf.first());
            Ok(buf.len().min(1))
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn hashes_what_was_written_and_no_more() {
        let mut hashing = Hashing::new(Slow(Vec::new()));
        hashing.write_all(b"a face").unwrap();
        let (out, sha256) = hashing.finish();
        assert_eq!(out.0, b"a face");
        assert_eq!(sha256, <[u8; 32]>::from(Sha256::digest(b"a face")));
    }
}
