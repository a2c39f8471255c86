//! SHA-256 on a thread of its own.
//!
//! Importing a film needs three passes over its bytes, each about as fast as the next: the hash of
//! the original, the seal, the hash of the object. Side by side they cost little more than one.

use std::{
    io,
    sync::mpsc::{Receiver, SyncSender, sync_channel},
    thread::{self, JoinHandle},
};

use sha2::{Digest as _, Sha256};
use zeroize::{Zeroize as _, Zeroizing};

/// Bytes are handed over in pieces of this size.
const PIECE: usize = 256 * 1024;

/// So many pieces may wait: enough to keep both sides busy, little enough for a phone.
const WAITING: usize = 4;

/// Some of the original: it may be somebody's photograph, so it is wiped wherever it is dropped.
type Piece = Zeroizing<Vec<u8>>;

/// Hashes what it is given, while the caller goes on.
pub(crate) struct Hashing {
    piece: Piece,
    full: SyncSender<Piece>,
    empty: Receiver<Piece>,
    thread: JoinHandle<[u8; 32]>,
}

impl Hashing {
    /// Starts the thread. It ends when the value is finished or dropped.
    pub(crate) fn start() -> io::Result<Self> {
        let (full, to_hash) = sync_channel::<Piece>(WAITING);
        let (emptied, empty) = sync_channel(WAITING + 1);
        let thread = thread::Builder::new()
            .name("sha256".to_owned())
            .spawn(move || {
                let mut sha256 = Sha256::new();
                for mut piece in to_hash {
                    sha256.update(&piece);
                    piece.zeroize();
                    // The other side may be gone already; then nobody needs the room.
                    let _ = emptied.try_send(piece);
                }
                sha256.finalize().into()
            })?;
        Ok(Self {
            piece: new_piece(),
            full,
            empty,
            thread,
        })
    }

    /// Takes the next bytes.
    pub(crate) fn update(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        while !bytes.is_empty() {
            let (now, later) = bytes.split_at(bytes.len().min(PIECE - self.piece.len()));
            self.piece.extend_from_slice(now);
            bytes = later;
            if self.piece.len() == PIECE {
                self.hand_over()?;
            }
        }
        Ok(())
    }

    /// The hash of everything.
    pub(crate) fn finish(mut self) -> io::Result<[u8; 32]> {
        self.hand_over()?;
        drop(self.full);
        self.thread.join().map_err(|_| died())
    }

    fn hand_over(&mut self) -> io::Result<()> {
        let next = self.empty.try_recv().unwrap_or_else(|_| new_piece());
        let piece = std::mem::replace(&mut self.piece, next);
        self.full.send(piece).map_err(|_| died())
    }
}

fn new_piece() -> Piece {
    Zeroizing::new(Vec::with_capacity(PIECE))
}

fn died() -> io::Error {
    io::Error::other("the hashing thread died")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_it_holds_is_of_a_kind_that_is_wiped() {
        let mut hashing = Hashing::start().unwrap();
        hashing.update(b"a face").unwrap();
        let held: &Zeroizing<Vec<u8>> = &hashing.piece;
        assert_eq!(held.as_slice(), b"a face");
    }

    #[test]
    fn gives_the_hash_of_all_that_was_given() {
        for size in [0, 1, PIECE - 1, PIECE, PIECE + 1, 7 * PIECE + 13] {
            let bytes: Vec<u8> = (0..size).map(|i| (i % 251) as u8).collect();
            let mut hashing = Hashing::start().unwrap();
            for part in bytes.chunks(65_552) {
                hashing.update(part).unwrap();
            }
            assert_eq!(
                hashing.finish().unwrap(),
                <[u8; 32]>::from(Sha256::digest(&bytes)),
                "{size}"
            );
        }
    }
}
