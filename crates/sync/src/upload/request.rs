//! The four requests an upload is made of: draft-ietf-httpbis-resumable-upload, and receipts.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use holdfast_wire::http::{
    MAX_RECEIPT, boolean, header, media, parse_boolean, receipt_path, upload_in_location,
    upload_path, uploads_path,
};
use holdfast_wire::{Problem, UploadId};
use reqwest::header::{AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, LOCATION};
use reqwest::{Body, Method, StatusCode};
use tokio::time::{Instant, interval};

use super::source::Source;
use crate::client::{STALL, body, exchange, not_understood, refusal, send_bearer, upload_offset};
use crate::{Client, SyncError, Ticket};

/// How often a transfer under way is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// How an upload began.
pub(super) enum Begun {
    /// The endpoint holds the object; here is the receipt.
    Held(Vec<u8>),
    /// With so much there already.
    At(UploadId, u64),
    /// How much is there was not said.
    Somewhere(UploadId),
}

/// How a part ended.
pub(super) enum Appended {
    /// The endpoint holds the object; here is the receipt.
    Complete(Vec<u8>),
    /// The endpoint has this much.
    At(u64),
    /// How much it has was not said.
    Somewhere,
}

/// One part of an object.
pub(super) struct Part {
    pub(super) upload: UploadId,
    pub(super) offset: u64,
    pub(super) length: u64,
    /// Whether the object ends with it.
    pub(super) last: bool,
}

/// Begins an upload, empty.
pub(super) async fn begin(client: &Client, ticket: &Ticket) -> Result<Begun, SyncError> {
    let request = client
        .request(
            Method::POST,
            &ticket.endpoint,
            &uploads_path(&ticket.mailbox),
        )?
        .header(AUTHORIZATION, send_bearer(&ticket.send)?)
        .header(header::UPLOAD_LENGTH, ticket.size)
        .header(header::UPLOAD_COMPLETE, boolean(false))
        .header(header::OBJECT, ticket.object.to_string());
    let answer = exchange(request).await?;
    match answer.status() {
        StatusCode::OK => Ok(Begun::Held(body(answer, MAX_RECEIPT).await?)),
        StatusCode::CREATED => {
            let upload = answer
                .headers()
                .get(LOCATION)
                .and_then(|location| location.to_str().ok())
                .and_then(upload_in_location)
                .ok_or_else(|| not_understood(answer.status()))?;
            Ok(match upload_offset(answer.headers()) {
                Some(offset) => Begun::At(upload, offset),
                None => Begun::Somewhere(upload),
            })
        }
        _ => Err(refusal(answer).await),
    }
}

/// Asks how much of an upload the endpoint has, and whether that is all.
pub(super) async fn ask(
    client: &Client,
    ticket: &Ticket,
    upload: &UploadId,
) -> Result<(u64, bool), SyncError> {
    let request = client.request(Method::HEAD, &ticket.endpoint, &upload_path(upload))?;
    let answer = exchange(request).await?;
    let complete = answer
        .headers()
        .get(header::UPLOAD_COMPLETE)
        .and_then(|value| value.to_str().ok())
        .and_then(parse_boolean);
    match (answer.status(), upload_offset(answer.headers()), complete) {
        (status, Some(offset), Some(complete)) if status.is_success() => Ok((offset, complete)),
        // An answer to HEAD has no body that could say so.
        (StatusCode::NOT_FOUND, ..) => Err(SyncError::Refused(Problem::UnknownUpload)),
        (StatusCode::SERVICE_UNAVAILABLE, ..) => Err(SyncError::Refused(Problem::Busy)),
        (status, ..) => Err(not_understood(status)),
    }
}

/// Sends a part. `note` is told from time to time how far into the object it is.
pub(super) async fn append(
    client: &Client,
    ticket: &Ticket,
    part: &Part,
    source: &Arc<Source>,
    note: &mut (dyn FnMut(u64) + Send),
) -> Result<Appended, SyncError> {
    let handed = Arc::new(AtomicU64::new(0));
    let counter = Arc::clone(&handed);
    let bytes = source.stream(part.offset, part.length, client.upload_rate(), counter);
    let request = client
        .request(Method::PATCH, &ticket.endpoint, &upload_path(&part.upload))?
        .header(header::UPLOAD_OFFSET, part.offset)
        .header(header::UPLOAD_COMPLETE, boolean(part.last))
        .header(CONTENT_TYPE, media::PARTIAL_UPLOAD)
        .header(CONTENT_LENGTH, part.length)
        .body(Body::wrap_stream(bytes));
    let mut note = |count| note(part.offset + count);
    let answer = match watch(request.send(), &handed, &mut note).await {
        Ok(answer) => answer,
        Err(error) => return Err(source.take_fault().unwrap_or(error)),
    };
    let offset = upload_offset(answer.headers());
    match answer.status() {
        StatusCode::OK if part.last => Ok(Appended::Complete(body(answer, MAX_RECEIPT).await?)),
        status if status.is_success() => Ok(offset.map_or(Appended::Somewhere, Appended::At)),
        _ => match (refusal(answer).await, offset) {
            (SyncError::Refused(Problem::MismatchingUploadOffset), Some(offset)) => {
                Ok(Appended::At(offset))
            }
            (error, _) => Err(error),
        },
    }
}

/// Fetches the receipt of an object that the endpoint holds.
pub(super) async fn receipt(client: &Client, ticket: &Ticket) -> Result<Vec<u8>, SyncError> {
    let path = receipt_path(&ticket.mailbox, &ticket.object);
    let request = client
        .request(Method::GET, &ticket.endpoint, &path)?
        .header(AUTHORIZATION, send_bearer(&ticket.send)?);
    let answer = exchange(request).await?;
    match answer.status() {
        StatusCode::OK => body(answer, MAX_RECEIPT).await,
        _ => Err(refusal(answer).await),
    }
}

/// Waits for the answer to a request with a long body, as long as something moves.
async fn watch<T>(
    sending: impl Future<Output = reqwest::Result<T>>,
    handed: &AtomicU64,
    note: &mut (dyn FnMut(u64) + Send),
) -> Result<T, SyncError> {
    let mut sending = std::pin::pin!(sending);
    let mut look = interval(LOOK_EVERY);
    let (mut seen, mut moved) = (0, Instant::now());
    loop {
        tokio::select! {
            answer = &mut sending => return answer.map_err(SyncError::from_http),
            _ = look.tick() => {}
        }
        let count = handed.load(Ordering::Relaxed);
        if count > seen {
            (seen, moved) = (count, Instant::now());
            note(count);
        } else if moved.elapsed() > STALL {
            return Err(SyncError::Stalled);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::time::sleep;

    #[tokio::test(start_paused = true)]
    async fn a_line_on_which_nothing_moves_is_given_up() {
        let begun = Instant::now();
        let handed = AtomicU64::new(0);
        let error = watch::<()>(std::future::pending(), &handed, &mut |_| {}).await;
        assert!(matches!(error, Err(SyncError::Stalled)));
        assert!(begun.elapsed() < STALL + 2 * LOOK_EVERY);
    }

    #[tokio::test(start_paused = true)]
    async fn a_slow_line_is_not_given_up() {
        let handed = AtomicU64::new(0);
        let mut told = Vec::new();
        let sending = async {
            for _ in 0..40 {
                sleep(STALL / 2).await;
                handed.fetch_add(1_000, Ordering::Relaxed);
            }
            Ok("an answer")
        };
        let answer = watch(sending, &handed, &mut |count| told.push(count)).await;
        assert!(answer.is_ok());
        assert!(told.len() >= 39 && told.is_sorted());
    }
}
