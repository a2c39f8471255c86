//! One pass over the outbox: most pressing first, and nothing holds up the rest.

use std::collections::BTreeSet;

use holdfast_wire::{MailboxId, Problem};
use tokio::time::Instant;

use crate::error::Reach;
use crate::fetch::register;
use crate::upload::{PartSize, Sent, Upload};
use crate::{Client, Endpoint, Inbox, Mailbox, Outbox, Outcome, SyncError, Ticket};

/// Delivers what waits. Ends early, between two parts, when `until` is past. A mailbox of `inbox`
/// that something waits for is made where it is not there yet.
pub(crate) async fn deliver(
    client: &Client,
    outbox: &dyn Outbox,
    inbox: Option<&dyn Inbox>,
    until: Option<Instant>,
) -> Outcome {
    let mut outcome = Outcome::default();
    let mut pass = Pass::default();
    let mut part = PartSize::new();
    loop {
        let waiting = match outbox.waiting() {
            Ok(waiting) => waiting,
            Err(fault) => {
                outcome.failed(fault.into());
                return outcome;
            }
        };
        outcome.waiting = waiting.len();
        let Some(ticket) = waiting.into_iter().find(|ticket| pass.is_open(ticket)) else {
            return outcome;
        };
        let late = || until.is_some_and(|until| Instant::now() >= until);
        if late() {
            outcome.cut_short = true;
            return outcome;
        }
        let overtaken = || {
            let waiting = outbox.waiting().unwrap_or_default();
            let first = waiting.iter().find(|ticket| pass.is_open(ticket));
            first.is_some_and(|first| first.object != ticket.object)
        };
        let upload = Upload::new(client, outbox, &ticket, &mut part, &mut outcome.bytes_sent);
        match upload.run(&|| late() || overtaken()).await {
            Ok(Sent::Held) => {
                outcome.delivered += 1;
                outcome.waiting -= 1;
                pass.tried.insert(ticket.object);
            }
            Ok(Sent::GaveWay) => {}
            Err(error) => {
                let error = match (error, pass.mailbox_to_make(inbox, &ticket)) {
                    (SyncError::Refused(Problem::MailboxRefused), Some(mailbox)) => {
                        match register(client, &mailbox).await {
                            Ok(()) => continue,
                            Err(error) => error,
                        }
                    }
                    (error, _) => error,
                };
                let go_on = pass.failed(outbox, &ticket, error, &mut outcome);
                if !go_on {
                    return outcome;
                }
            }
        }
    }
}

/// What this pass has dealt with.
#[derive(Default)]
struct Pass {
    tried: BTreeSet<holdfast_wire::ObjectId>,
    down: Vec<Endpoint>,
    /// Mailboxes of ours that were made, or tried to.
    made: Vec<MailboxId>,
}

impl Pass {
    fn is_open(&self, ticket: &Ticket) -> bool {
        !self.tried.contains(&ticket.object) && !self.down.contains(&ticket.endpoint)
    }

    /// The mailbox that a ticket is for, if it is ours and was not made in this pass.
    fn mailbox_to_make(&mut self, inbox: Option<&dyn Inbox>, ticket: &Ticket) -> Option<Mailbox> {
        if self.made.contains(&ticket.mailbox) {
            return None;
        }
        let ours = inbox?.mailboxes().ok()?.into_iter().find(|mailbox| {
            mailbox.endpoint == ticket.endpoint && MailboxId::of(&mailbox.read) == ticket.mailbox
        })?;
        self.made.push(ticket.mailbox);
        Some(ours)
    }

    /// Sets aside what the failure concerns; says whether the rest can still go.
    fn failed(
        &mut self,
        outbox: &dyn Outbox,
        ticket: &Ticket,
        error: SyncError,
        outcome: &mut Outcome,
    ) -> bool {
        let reach = error.reach();
        let told = match reach {
            Reach::Object => outbox.stuck(&ticket.object, &error),
            Reach::Endpoint | Reach::Everything => Ok(()),
        };
        outcome.failed(error);
        if let Err(fault) = told {
            outcome.failed(fault.into());
            return false;
        }
        self.tried.insert(ticket.object);
        if reach == Reach::Endpoint {
            self.down.push(ticket.endpoint.clone());
        }
        reach != Reach::Everything
    }
}
