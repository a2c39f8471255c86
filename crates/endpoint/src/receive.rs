//! An append: bytes from a request's body to an upload's file, and, when the upload is complete, into the store.
//!
//! Invariants: what arrives is written at once, and nothing more is read until it was, so at most 64 KiB wait in memory
//! (I-19); the upload is let go before a newer request starts; bytes that are not the object are never kept; a receipt is
//! given only for what the store says it holds.

use std::sync::Arc;

use axum::body::Body;
use futures_util::StreamExt;
use holdfast_wire::Problem;
use tokio::time::{Duration, Instant, MissedTickBehavior, interval, sleep_until};

use crate::disk::blocking;
use crate::failure::Failure;
use crate::serve::Endpoint;
use crate::staging::Upload;
use crate::store::Store;

/// The most bytes of a body that wait in memory to be written (I-19).
pub(crate) const MOST_UNWRITTEN: usize = 64 * 1024;
/// How often a writer looks whether a newer request wants its upload.
const LOOK_INTERVAL: Duration = Duration::from_millis(200);
/// How often, in bytes, the room on the disk is looked at.
const ROOM_INTERVAL: u64 = 16 << 20;

/// Writes the body to the upload until it ends.
pub(crate) async fn receive<S: Store>(
    endpoint: &Endpoint<S>,
    mut upload: Upload,
    body: Body,
) -> Result<Upload, Failure> {
    let settings = endpoint.settings();
    let length = upload.about().length;
    let mut body = body.into_data_stream();
    let mut stopping = endpoint.stopping();
    let mut look = interval(LOOK_INTERVAL);
    look.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut window = Box::pin(sleep_until(Instant::now() + settings.body_patience));
    let (mut in_window, mut since_room) = (0, 0);
    loop {
        let bytes = tokio::select! {
            biased;
            _ = stopping.wait_for(|stopping| *stopping) => return Err(Problem::Busy.into()),
            _ = look.tick() => {
                if upload.is_superseded()? {
                    return Err(Problem::UploadSuperseded.into());
                }
                continue;
            }
            () = &mut window => return Err(Problem::RequestTimeout.into()),
            chunk = body.next() => match chunk {
                Some(Ok(bytes)) => bytes,
                // the connection broke: nobody reads the answer
                Some(Err(_)) => return Err(Problem::MalformedRequest.into()),
                None => return Ok(upload),
            },
        };
        debug_assert!(bytes.len() <= MOST_UNWRITTEN);
        let count = bytes.len() as u64;
        if count > length - upload.offset() {
            return Err(Problem::InconsistentUploadLength.into());
        }
        since_room += count;
        if since_room >= ROOM_INTERVAL {
            endpoint.check_room(0)?;
            since_room = 0;
        }
        upload.append(&bytes)?;
        in_window += count;
        if in_window >= settings.body_least {
            in_window = 0;
            window
                .as_mut()
                .reset(Instant::now() + settings.body_patience);
        }
    }
}

/// Takes a complete upload into the store; gives the receipt. Goes on when the client has left.
pub(crate) async fn finish<S: Store>(
    endpoint: Arc<Endpoint<S>>,
    mut upload: Upload,
) -> Result<Vec<u8>, Failure> {
    let finishing = async move {
        let about = upload.about();
        if upload.digest().await? != about.object {
            blocking(move || upload.discard()).await?;
            return Err(Problem::DigestMismatch.into());
        }
        // that of all uploads under way was looked at when they were begun
        if endpoint.room_in(&about.mailbox).await? < about.length {
            return Err(Problem::MailboxFull.into());
        }
        let receipt = endpoint
            .mailboxes
            .keep(&about.mailbox, &about.object, &upload.data_path())
            .await?;
        blocking(move || upload.discard()).await?;
        Ok(receipt)
    };
    tokio::spawn(finishing)
        .await
        .map_err(std::io::Error::other)?
}
