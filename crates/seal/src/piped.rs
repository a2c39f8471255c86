//! Writing on a thread of its own.
//!
//! Importing a film hashes the original, encrypts it, hashes the object and writes it: each takes about
//! as long as the next. Side by side they take little more than the longest.

use std::{
    io::{self, Write},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc::{Receiver, SyncSender, sync_channel},
    },
    thread::{self, JoinHandle},
};

use zeroize::Zeroizing;

/// Bytes are handed over in pieces of this size.
const PIECE: usize = 256 * 1024;

/// So many pieces may wait: enough to keep both sides busy, little enough for a phone.
const WAITING: usize = 4;

/// Some of the original: it may be somebody's photograph, so it is wiped wherever it is dropped. A
/// piece that is filled anew need not be wiped before.
type Piece = Zeroizing<Vec<u8>>;

/// Writes what it is given to `W`, while the caller goes on.
///
/// An error of `W` comes back from the first call that finds the thread ended. When the value is
/// dropped, what waits is not written any more, and the thread has ended too.
pub(crate) struct Piped<W> {
    piece: Piece,
    size: u64,
    given_up: Arc<AtomicBool>,
    full: Option<SyncSender<Piece>>,
    empty: Receiver<Piece>,
    thread: Option<JoinHandle<io::Result<W>>>,
}

impl<W: Write + Send + 'static> Piped<W> {
    /// Starts the thread.
    pub(crate) fn start(mut out: W) -> io::Result<Self> {
        let (full, to_write) = sync_channel::<Piece>(WAITING);
        let (emptied, empty) = sync_channel(WAITING + 1);
        let given_up = Arc::new(AtomicBool::new(false));
        let is_given_up = Arc::clone(&given_up);
        let thread = thread::Builder::new()
            .name("seal".to_owned())
            .spawn(move || {
                for mut piece in to_write {
                    if is_given_up.load(Ordering::Relaxed) {
                        break;
                    }
                    out.write_all(&piece)?;
                    piece.clear();
                    // The other side may be gone already; then nobody needs the room.
                    let _ = emptied.try_send(piece);
                }
                Ok(out)
            })?;
        Ok(Self {
            piece: new_piece(),
            size: 0,
            given_up,
            full: Some(full),
            empty,
            thread: Some(thread),
        })
    }

    /// How many bytes were given.
    pub(crate) fn size(&self) -> u64 {
        self.size
    }

    /// Waits until all is written, and gives back what it was written to.
    pub(crate) fn finish(mut self) -> io::Result<W> {
        let last = std::mem::take(&mut self.piece);
        self.hand_over(last)?;
        self.end()
    }

    fn hand_over(&mut self, piece: Piece) -> io::Result<()> {
        let sent = self.full.as_ref().map(|full| full.send(piece));
        match sent {
            Some(Ok(())) => Ok(()),
            // The thread stops early for an error only.
            _ => self.end().and(Err(ended())),
        }
    }
}

impl<W> Piped<W> {
    /// Lets the thread come to its end and says how that was.
    fn end(&mut self) -> io::Result<W> {
        self.full = None;
        let thread = self.thread.take().ok_or_else(ended)?;
        thread.join().map_err(|_| ended())?
    }
}

impl<W: Write + Send + 'static> Write for Piped<W> {
    fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
        let now = buf.len().min(PIECE - self.piece.len());
        self.piece.extend_from_slice(&buf[..now]);
        if self.piece.len() == PIECE {
            let next = self.empty.try_recv().unwrap_or_else(|_| new_piece());
            let piece = std::mem::replace(&mut self.piece, next);
            self.hand_over(piece)?;
        }
        self.size += now as u64;
        Ok(now)
    }

    /// Does nothing: a piece is written when it is full or the last.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<W> Drop for Piped<W> {
    fn drop(&mut self) {
        self.given_up.store(true, Ordering::Relaxed);
        // Who finishes hears of errors; who drops does not want to know.
        let _ = self.end();
    }
}

fn new_piece() -> Piece {
    Zeroizing::new(Vec::with_capacity(PIECE))
}

fn ended() -> io::Error {
    io::Error::other("the writing thread has ended")
}

#[cfg(test)]
pub(crate) mod tests {
    use std::sync::atomic::AtomicUsize;

    use super::*;

    /// A disk with so much room.
    pub(crate) struct Full(pub(crate) usize);

    impl Write for Full {
        fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
            self.0 = (self.0.checked_sub(buf.len())).ok_or(io::ErrorKind::StorageFull)?;
            Ok(buf.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// Takes one piece and then waits to be told that it may go on.
    struct Slow {
        taken: Arc<AtomicUsize>,
        go_on: Receiver<()>,
    }

    impl Write for Slow {
        fn write(&mut self, buf: &[u8]) -> io::Result<usize> {
            self.taken.fetch_add(buf.len(), Ordering::Relaxed);
            self.go_on.recv().map_err(io::Error::other)?;
            Ok(buf.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn what_it_holds_is_of_a_kind_that_is_wiped() {
        let mut piped = Piped::start(io::sink()).unwrap();
        piped.write_all(b"a face").unwrap();
        let held: &Zeroizing<Vec<u8>> = &piped.piece;
        assert_eq!(held.as_slice(), b"a face");
    }

    #[test]
    fn all_that_was_given_is_written_in_order() {
        for size in [0, 1, PIECE - 1, PIECE, PIECE + 1, 17 * PIECE + 13] {
            let bytes: Vec<u8> = (0..size).map(|i| (i % 251) as u8).collect();
            let mut piped = Piped::start(Vec::new()).unwrap();
            for part in bytes.chunks(65_552) {
                piped.write_all(part).unwrap();
            }
            assert_eq!(piped.size(), size as u64);
            assert!(piped.finish().unwrap() == bytes, "{size}");
        }
    }

    #[test]
    fn an_error_of_the_writer_comes_back_as_it_was() {
        for room in [0, PIECE, 3 * PIECE] {
            let mut piped = Piped::start(Full(room)).unwrap();
            // More than can wait, so that the error comes before the end.
            let error = (0..room / PIECE + WAITING + 3)
                .find_map(|_| piped.write_all(&[7; PIECE]).err())
                .unwrap();
            assert_eq!(error.kind(), io::ErrorKind::StorageFull, "{room}");
            assert!(piped.write_all(&[7; PIECE]).is_err(), "{room}");
            assert!(piped.finish().is_err(), "{room}");
        }
    }

    #[test]
    fn an_error_at_the_end_comes_back_from_finish() {
        let mut piped = Piped::start(Full(0)).unwrap();
        piped.write_all(b"a face").unwrap();
        let error = piped.finish().err().map(|error| error.kind());
        assert_eq!(error, Some(io::ErrorKind::StorageFull));
    }

    #[test]
    fn nothing_runs_on_when_it_is_dropped() {
        let taken = Arc::new(AtomicUsize::new(0));
        let (tell, go_on) = sync_channel(1);
        let slow = Slow {
            taken: Arc::clone(&taken),
            go_on,
        };
        let mut piped = Piped::start(slow).unwrap();
        piped.write_all(&[7; 3 * PIECE + 1]).unwrap();
        // The first piece is being written; the others wait. It ends once the drop has begun.
        let given_up = Arc::clone(&piped.given_up);
        let disk = thread::spawn(move || {
            while !given_up.load(Ordering::Relaxed) {
                thread::yield_now();
            }
            tell.send(()).unwrap();
        });
        while taken.load(Ordering::Relaxed) == 0 {
            thread::yield_now();
        }
        drop(piped);
        disk.join().unwrap();
        assert_eq!(taken.load(Ordering::Relaxed), PIECE);
        assert_eq!(Arc::strong_count(&taken), 1);
    }
}
