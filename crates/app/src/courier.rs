//! Courier files: what waits, in one file for a person to carry; and what somebody carried here.

use std::{
    fs::File,
    io::{BufReader, BufWriter, Write as _},
    path::Path,
    sync::Arc,
};

use holdfast_sync::{CourierItem, Grant, Inbox as _, Outbox, hand_in, read_courier, write_courier};
use holdfast_wire::{MailboxId, ObjectId};

use crate::{
    App, Notice,
    card::Card,
    delivery::what,
    transport::{Transport, mailbox_of},
    view::{CourierOut, Fault, InviteText, SyncReport},
};

impl App {
    /// Writes all that waits into a courier file. It waits on: only a receipt, or an answer, says
    /// that it arrived.
    pub fn courier_out(&self, path: &Path) -> Result<CourierOut, Fault> {
        let open = self.open()?;
        let waiting = open.vault.outbox()?;
        // A note is for this vault's own mailbox: whoever carries the file cannot leave it there.
        let carried = waiting.iter().filter(|row| row.item.what != what::NOTE);
        let items: Vec<CourierItem> = carried
            .map(|row| {
                Ok(CourierItem {
                    mailbox: mailbox_of(&row.item.destination)?,
                    object: ObjectId(*row.item.object.as_bytes()),
                    size: row.item.size,
                })
            })
            .collect::<Result<_, Fault>>()?;
        if items.is_empty() {
            return Err(Fault::NothingToCarry);
        }
        let transport = Transport {
            app: self.clone(),
            insist: true,
        };
        let mut bytes = 0;
        self.write_out(path, |out| {
            let mut out = BufWriter::new(out);
            bytes = write_courier(&mut out, &items, &mut |item| {
                Outbox::open(&transport, &item.object)
            })?;
            out.flush().map_err(|error| Fault::from(&error))
        })?;
        Ok(CourierOut {
            objects: u32::try_from(items.len()).unwrap_or(u32::MAX),
            bytes,
        })
    }

    /// Takes in what a courier file has for this vault's mailbox.
    pub fn courier_in(&self, path: &Path) -> Result<SyncReport, Fault> {
        let open = self.open()?;
        let own = MailboxId::of(&open.mailbox()?.read());
        let file = File::open(path).map_err(|error| Fault::from(&error))?;
        let transport = Transport {
            app: self.clone(),
            insist: true,
        };
        self.news().clear();
        let mut ours = 0_u32;
        let read = read_courier(&mut BufReader::new(file), &mut |item| {
            if item.mailbox != own {
                return Ok(None);
            }
            ours += 1;
            let new = !transport.has(&item.object)?;
            new.then(|| transport.arriving(&item.object, item.size))
                .transpose()
        })?;
        self.tell(Notice::Changed);
        if ours == 0 && read.fault.is_none() {
            return Err(Fault::CourierNotForUs);
        }
        Ok(SyncReport {
            fetched: u32::try_from(read.taken.len()).unwrap_or(u32::MAX),
            reports: u32::try_from(self.news().len()).unwrap_or(u32::MAX),
            fault: read.fault.map(Fault::from),
            ..SyncReport::default()
        })
    }

    /// Uploads a courier file for whoever packed it. Needs no vault, only an invite of the same
    /// coalition.
    pub async fn courier_hand_in(
        &self,
        path: &Path,
        invite: &InviteText,
    ) -> Result<SyncReport, Fault> {
        let card = Card::from_invite(&invite.invite)?;
        let grant = Grant {
            endpoint: card.endpoint()?,
            mailbox: card.mailbox,
            send: card.send,
        };
        let path = path.to_owned();
        let open = Arc::new(move || {
            let file: Box<dyn holdfast_sync::ReadSeek + Send> = Box::new(File::open(&path)?);
            Ok(file)
        });
        let handed = hand_in(&self.client()?, open, &[grant]).await?;
        Ok(SyncReport {
            delivered: u32::try_from(handed.held.len()).unwrap_or(u32::MAX),
            bytes_sent: handed.outcome.bytes_sent,
            fault: match handed.outcome.fault.as_ref() {
                Some(error) => Some(error.into()),
                None if handed.damaged > 0 => Some(Fault::CourierDamaged),
                None => None,
            },
            ..SyncReport::default()
        })
    }
}
