//! Looking into our mailboxes and taking in what is new.
//!
//! An object is here when [`Arriving::finish`](crate::Arriving::finish) found that its SHA-256 is
//! the one that names it. A break costs nothing: the rest is asked for with a `Range`. The place
//! noted with [`Inbox::advanced`] never passes an object that is not here.

use holdfast_wire::http::{MAX_MESSAGE, header, mailbox_path, media, object_path, objects_path};
use holdfast_wire::{Listed, Listing, MailboxId, NewMailbox, Problem, Retry};
use reqwest::header::{AUTHORIZATION, CONTENT_RANGE, CONTENT_TYPE, HeaderMap, HeaderValue, RANGE};
use reqwest::{Method, Response, StatusCode};
use tokio::task::spawn_blocking;

use crate::client::{bearer, body, exchange, next_chunk, not_understood, refusal, send_bearer};
use crate::error::Reach;
use crate::{Arriving, Client, Endpoint, Inbox, LocalFault, Mailbox, Outcome, SyncError, Ticket};

/// Breaks in a row, with nothing gained between them, before an object is left for another pass.
const BREAKS_IN_VAIN: u32 = 3;
/// Objects up to this size come in the order of the mailbox, so that nobody gets ahead of what was left
/// before by being smaller. A bundle that makes a new device known is always below.
const IN_ORDER: u64 = 256 * 1024;
/// How much is gathered before it is written.
const WRITE_AT_ONCE: usize = 64 * 1024;

/// Fetches what is new in every mailbox.
pub(crate) async fn fetch(client: &Client, inbox: &dyn Inbox) -> Outcome {
    let mut outcome = Outcome::default();
    let mailboxes = match inbox.mailboxes() {
        Ok(mailboxes) => mailboxes,
        Err(fault) => {
            outcome.failed(fault.into());
            return outcome;
        }
    };
    for mailbox in &mailboxes {
        let looked = match Source::of_mailbox(client, mailbox) {
            Ok(source) => {
                let visit = Visit {
                    source,
                    inbox,
                    mailbox,
                };
                visit.run(&mut outcome).await
            }
            Err(error) => Err(error),
        };
        if let Err(error) = looked {
            let reach = error.reach();
            outcome.failed(error);
            if reach == Reach::Everything {
                break;
            }
        }
    }
    outcome
}

/// Fetches objects by name, with the capability to send. What an endpoint has not got, or gives out
/// damaged, is passed over: afterwards the inbox says what is here.
///
/// # Errors
/// What broke it off: the connection, or the inbox.
pub async fn fetch_objects(
    client: &Client,
    wanted: &[Ticket],
    inbox: &dyn Inbox,
) -> Result<(), SyncError> {
    let _turn = client.turn().await;
    for ticket in wanted {
        if inbox.has(&ticket.object)? {
            continue;
        }
        let source = Source {
            client,
            endpoint: &ticket.endpoint,
            mailbox: ticket.mailbox,
            bearer: send_bearer(&ticket.send)?,
        };
        let listed = Listed {
            seq: 0,
            object: ticket.object,
            size: ticket.size,
        };
        match source.take(&listed, inbox).await {
            Err(error) if error.reach() != Reach::Object => return Err(error),
            _ => {}
        }
    }
    Ok(())
}

/// Whether anything was ever left in a mailbox. Does not make it.
///
/// # Errors
/// Those of the connection.
pub async fn holds_anything(client: &Client, mailbox: &Mailbox) -> Result<bool, SyncError> {
    match Source::of_mailbox(client, mailbox)?.try_list(0).await {
        Ok(page) => Ok(!page.is_empty()),
        Err(SyncError::Refused(Problem::MailboxRefused)) => Ok(false),
        Err(error) => Err(error),
    }
}

/// Makes a mailbox of ours at its endpoint; one that is there stays as it is.
pub(crate) async fn register(client: &Client, mailbox: &Mailbox) -> Result<(), SyncError> {
    let id = MailboxId::of(&mailbox.read);
    let body = NewMailbox {
        send_hash: mailbox.send_hash,
    };
    let mut request = client
        .request(Method::PUT, &mailbox.endpoint, &mailbox_path(&id))?
        .header(AUTHORIZATION, bearer(&mailbox.read.expose_text())?)
        .header(CONTENT_TYPE, media::CBOR)
        .body(body.to_bytes());
    if let Some(admission) = &mailbox.admission {
        request = request.header(header::ADMISSION, admission.expose_text().as_str());
    }
    let answer = exchange(request).await?;
    if answer.status().is_success() {
        Ok(())
    } else {
        Err(refusal(answer).await)
    }
}

/// One look into one mailbox.
struct Visit<'a> {
    source: Source<'a>,
    inbox: &'a dyn Inbox,
    mailbox: &'a Mailbox,
}

/// Where objects are fetched from, and what lets us.
struct Source<'a> {
    client: &'a Client,
    endpoint: &'a Endpoint,
    mailbox: MailboxId,
    bearer: HeaderValue,
}

impl Visit<'_> {
    async fn run(&self, outcome: &mut Outcome) -> Result<(), SyncError> {
        let mut after = self.mailbox.after;
        let mut gapless = true;
        loop {
            let page = self.list(after).await?;
            let Some(last) = page.last() else {
                return Ok(());
            };
            after = last.seq;
            self.inbox.listed(&page)?;
            gapless = self.page(&page, gapless, outcome).await?;
        }
    }

    /// Takes in one page, what is small in its order and then the large by size, and says whether
    /// nothing is missing up to its end.
    async fn page(
        &self,
        page: &[Listed],
        gapless: bool,
        outcome: &mut Outcome,
    ) -> Result<bool, SyncError> {
        let mut here = vec![false; page.len()];
        let mut noted = 0;
        let mut by_size: Vec<usize> = (0..page.len()).collect();
        by_size.sort_by_key(|&at| page[at].size.max(IN_ORDER));
        for at in by_size {
            let listed = &page[at];
            let known = self.inbox.has(&listed.object)?;
            if !known && let Err(error) = self.source.take(listed, self.inbox).await {
                if error.reach() != Reach::Object {
                    return Err(error);
                }
                outcome.failed(error);
                continue;
            }
            outcome.fetched += usize::from(!known);
            here[at] = true;
            let front = here.iter().take_while(|here| **here).count();
            if gapless && front > noted {
                noted = front;
                self.inbox
                    .advanced(&self.source.mailbox, page[front - 1].seq)?;
            }
        }
        Ok(gapless && noted == page.len())
    }

    /// Lists a page; makes the mailbox first where there is none yet.
    async fn list(&self, after: u64) -> Result<Vec<Listed>, SyncError> {
        match self.source.try_list(after).await {
            Err(SyncError::Refused(Problem::MailboxRefused)) => {
                register(self.source.client, self.mailbox).await?;
                self.source.try_list(after).await
            }
            other => other,
        }
    }
}

impl<'a> Source<'a> {
    /// A mailbox of ours.
    fn of_mailbox(client: &'a Client, mailbox: &'a Mailbox) -> Result<Self, SyncError> {
        Ok(Self {
            client,
            endpoint: &mailbox.endpoint,
            mailbox: MailboxId::of(&mailbox.read),
            bearer: bearer(&mailbox.read.expose_text())?,
        })
    }

    async fn try_list(&self, after: u64) -> Result<Vec<Listed>, SyncError> {
        let answer = self.get(&objects_path(&self.mailbox, after), None).await?;
        let status = answer.status();
        if status != StatusCode::OK {
            return Err(refusal(answer).await);
        }
        let Listing(page) = Listing::from_bytes(&body(answer, MAX_MESSAGE).await?)
            .map_err(|_| not_understood(status))?;
        // An endpoint that does not move on would keep us here for ever.
        if page.first().is_some_and(|first| first.seq <= after) {
            return Err(not_understood(status));
        }
        Ok(page)
    }

    /// Takes in one object, over as many connections as it takes.
    async fn take(&self, listed: &Listed, inbox: &dyn Inbox) -> Result<(), SyncError> {
        let mut arriving = inbox.arriving(&listed.object, listed.size)?;
        let mut in_vain = 0;
        while arriving.offset() < listed.size {
            let before = arriving.offset();
            let (back, result) = self.continue_with(listed, arriving).await?;
            arriving = back;
            in_vain = if arriving.offset() > before {
                0
            } else {
                in_vain + 1
            };
            match result {
                Err(error) if error.retry() != Retry::Now || in_vain >= BREAKS_IN_VAIN => {
                    return Err(error);
                }
                Ok(()) if in_vain >= BREAKS_IN_VAIN => return Err(SyncError::Stalled),
                _ => {}
            }
        }
        blocking(move || arriving.finish()).await??;
        Ok(())
    }

    /// Fetches from where we are, as far as one connection carries.
    async fn continue_with(
        &self,
        listed: &Listed,
        arriving: Box<dyn Arriving>,
    ) -> Result<(Box<dyn Arriving>, Result<(), SyncError>), LocalFault> {
        let from = arriving.offset();
        let mut answer = match self.request_rest(listed, from).await {
            Ok(answer) => answer,
            Err(error) => return Ok((arriving, Err(error))),
        };
        let mut arriving = arriving;
        let mut gathered = Vec::with_capacity(2 * WRITE_AT_ONCE);
        let mut left = listed.size - from;
        loop {
            let next = next_chunk(&mut answer).await;
            let over = !matches!(next, Ok(Some(_)));
            if let Ok(Some(chunk)) = &next {
                let length = left.min(chunk.len() as u64) as usize;
                gathered.extend_from_slice(&chunk[..length]);
                left -= length as u64;
            }
            if over || left == 0 || gathered.len() >= WRITE_AT_ONCE {
                let bytes = std::mem::take(&mut gathered);
                let mut writing = arriving;
                let (back, written) = blocking(move || {
                    let written = writing.append(&bytes);
                    (writing, written)
                })
                .await?;
                arriving = back;
                written?;
            }
            if over || left == 0 {
                return Ok((arriving, next.map(|_| ())));
            }
        }
    }

    async fn request_rest(&self, listed: &Listed, from: u64) -> Result<Response, SyncError> {
        let path = object_path(&self.mailbox, &listed.object);
        let range = (from > 0).then(|| format!("bytes={from}-"));
        let answer = self.get(&path, range).await?;
        match answer.status() {
            StatusCode::OK if from == 0 => Ok(answer),
            StatusCode::PARTIAL_CONTENT if starts_at(answer.headers(), from) => Ok(answer),
            status if status.is_success() => Err(not_understood(status)),
            _ => Err(refusal(answer).await),
        }
    }

    async fn get(&self, path: &str, range: Option<String>) -> Result<Response, SyncError> {
        let mut request = self
            .client
            .request(Method::GET, self.endpoint, path)?
            .header(AUTHORIZATION, self.bearer.clone());
        if let Some(range) = range {
            request = request.header(RANGE, range);
        }
        exchange(request).await
    }
}

/// Whether a partial answer begins where it was asked to.
fn starts_at(headers: &HeaderMap, from: u64) -> bool {
    headers
        .get(CONTENT_RANGE)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("bytes "))
        .and_then(|range| range.split_once('-'))
        .is_some_and(|(first, _)| first.parse() == Ok(from))
}

/// Runs work on object bytes where blocking is allowed.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, LocalFault> {
    spawn_blocking(work).await.map_err(LocalFault::other)
}
