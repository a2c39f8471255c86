//! The desk: its invite, and what it answers. What it opens and answers, it signs.

use std::{io::Write as _, path::Path};

use holdfast_record::{Incident, Statement};
use holdfast_sync::Endpoint;
use holdfast_vault::Role;
use holdfast_wire::{MailboxId, ServerKey};

use crate::{
    App, Notice,
    bundle::ReplyAddress,
    card::Card,
    delivery::Addressee,
    evidence::parse_report,
    lookup::DeskSetup,
    session::Open,
    view::{Answer, Fault, InviteView, ReportId, ReportView},
};

impl App {
    /// The desk's invite. The first time, asks the endpoint for its key and makes the mailbox there;
    /// from then on it needs no network.
    pub async fn invite(&self, (): ()) -> Result<InviteView, Fault> {
        // Nothing keeps the vault open while the network is waited for.
        let desk = || self.open()?.kept::<DeskSetup>()?.ok_or(Fault::NotADesk);
        if desk()?.server_key.is_none() {
            let address = desk()?.endpoint;
            let info = self.client()?.info(&address).await;
            let info = info.map_err(|error| Fault::from(&error))?;
            self.open()?.keep(&DeskSetup {
                server_key: Some(info.server_key.0),
                ..desk()?
            })?;
            self.tell(Notice::Changed);
        }
        if !desk()?.mailbox_made {
            // Looking into the mailbox makes it; before that nobody could leave anything there.
            if let Some(fault) = self.sync_now(()).await?.fault {
                return Err(fault);
            }
            self.open()?.keep(&DeskSetup {
                mailbox_made: true,
                ..desk()?
            })?;
        }
        let open = self.open()?;
        let card = open.card()?.ok_or(Fault::Internal)?;
        Ok(InviteView {
            invite: card.to_invite(open.vault.signing_key()),
            coalition: card.view(),
        })
    }

    /// Writes an invite to a file for its owner only: whoever has it can send to the coalition.
    pub fn save_invite(&self, invite: &InviteView, path: &Path) -> Result<(), Fault> {
        self.write_out(path, |out| {
            writeln!(out, "{}", invite.invite).map_err(|error| Fault::from(&error))
        })
    }

    /// Signs that the report was opened and read; its author gets to know.
    pub fn mark_read(&self, args: ReportId) -> Result<ReportView, Fault> {
        let open = self.open()?;
        let incident = open.incident(parse_report(&args.report)?)?;
        if incident.read {
            open.require_desk()?;
            return open.report_view(incident.id);
        }
        self.say(&incident, Statement::Opened)
    }

    /// Answers a report, in words its author will read.
    pub fn answer(&self, args: Answer) -> Result<ReportView, Fault> {
        let text = args.text.trim();
        if text.is_empty() {
            return Err(Fault::NothingWritten);
        }
        let incident = self.open()?.incident(parse_report(&args.report)?)?;
        self.say(
            &incident,
            Statement::Answered {
                text: text.to_owned(),
            },
        )
    }

    /// Adds a statement of the desk and sends it to whoever reported the incident, if they left an
    /// address.
    fn say(&self, incident: &Incident, statement: Statement) -> Result<ReportView, Fault> {
        let open = self.open()?;
        open.require_desk()?;
        if !statement.fits() {
            return Err(Fault::TooLarge {
                most: holdfast_record::ENVELOPE_LIMIT as u64,
            });
        }
        let new = open.chain(incident.id, &incident.heads, &[statement], self.now());
        let card = open.card()?.ok_or(Fault::NotJoined)?;
        // Kept first: whatever becomes of the letters, what the desk said is said once.
        open.vault.append(&new)?;
        for (reporter, address) in open.reply_addresses(incident)? {
            let to = Addressee {
                audience: reporter,
                recipients: vec![address.recipient.clone()],
                mailbox: address.mailbox,
                send: &address.send,
            };
            open.send(incident, &[], &[], &card, &to)?;
        }
        self.0.wake.notify_one();
        self.tell(Notice::Changed);
        open.report_view(incident.id)
    }
}

impl Open {
    fn require_desk(&self) -> Result<(), Fault> {
        if self.vault.role() == Role::Desk {
            Ok(())
        } else {
            Err(Fault::NotADesk)
        }
    }

    /// The desk's own card; none before its endpoint was asked for its key.
    pub(crate) fn own_card(&self, desk: &DeskSetup) -> Result<Option<Card>, Fault> {
        let Some(server_key) = desk.server_key else {
            return Ok(None);
        };
        let own = self.mailbox()?;
        let me = self.vault.signing_key().verifying_key();
        Ok(Some(Card {
            coalition: me,
            name: desk.name.clone(),
            endpoints: vec![desk.endpoint.clone()],
            server_key: ServerKey(server_key),
            mailbox: MailboxId::of(&own.read()),
            send: own.send(),
            recipients: vec![self.vault.identity().recipient()],
            desks: vec![me],
            admission: desk.admission.clone(),
        }))
    }

    /// Whoever reported an incident, with where to answer. Nobody else is sent what it says.
    fn reply_addresses(&self, incident: &Incident) -> Result<Vec<([u8; 32], ReplyAddress)>, Fault> {
        let entries = self.vault.entries(incident.id)?;
        let created = entries
            .iter()
            .find(|entry| matches!(entry.statement(), Some(Statement::Created)));
        let Some(author) = created.map(|entry| entry.author().verifying_key()) else {
            return Ok(vec![]);
        };
        // Where somebody starts again on a new device, that one is answered.
        for author in self.learned()?.now(&author) {
            if let Some(address) = self.reply_address(author.as_bytes())? {
                return Ok(vec![(*author.as_bytes(), address)]);
            }
        }
        Ok(vec![])
    }
}

impl Card {
    /// The first address; more are for when one is blocked.
    pub(crate) fn endpoint_address(&self) -> &str {
        self.endpoints.first().map_or("", String::as_str)
    }

    /// The endpoint to talk to. Refuses an address that does not protect what it carries.
    pub(crate) fn endpoint(&self) -> Result<Endpoint, Fault> {
        Endpoint::new(self.endpoint_address(), self.server_key).map_err(|error| Fault::from(&error))
    }
}
