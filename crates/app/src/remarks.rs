//! What the desk said of reports that somebody fetches back: that it opened them, and its answers.
//!
//! It is in no bundle of this vault's owner. The sealed letters lie in the vault's own mailbox, and
//! were deleted here when they were taken in.

use holdfast_record::IncidentId;
use holdfast_sync::{Arriving, Inbox, LocalFault, Mailbox, fetch_once};
use holdfast_wire::{MailboxId, ObjectId};

use crate::{
    App,
    session::Open,
    transport::Transport,
    view::{Fault, Recovered},
};

impl App {
    /// Takes the desk's letters in again, all of them, if something in them was removed of these
    /// reports. What is not in the mailbox any more is counted as missing.
    pub(crate) async fn fetch_remarks(
        &self,
        incidents: &[IncidentId],
        recovered: &mut Recovered,
    ) -> Result<(), Fault> {
        if self.open()?.remarks_away(incidents)? == 0 {
            return Ok(());
        }
        let letters = Letters(Transport {
            app: self.clone(),
            insist: true,
        });
        let outcome = fetch_once(&self.client()?, &letters).await;
        let away = self.open()?.remarks_away(incidents)?;
        recovered.missing = recovered.missing.saturating_add(away);
        if recovered.fault.is_none() {
            let broken = (outcome.fault.as_ref()).filter(|fault| !fault.is_about_one_object());
            recovered.fault = broken.map(Fault::from);
        }
        Ok(())
    }
}

impl Open {
    fn remarks_away(&self, incidents: &[IncidentId]) -> Result<u32, Fault> {
        let mut away = 0;
        for incident in incidents {
            away += self.vault.remarks_away(*incident)?.len();
        }
        Ok(u32::try_from(away).unwrap_or(u32::MAX))
    }
}

/// The vault's own mailbox from its first place. The ordinary pass goes on from its own.
struct Letters(Transport);

impl Inbox for Letters {
    fn mailboxes(&self) -> Result<Vec<Mailbox>, LocalFault> {
        let mut mailboxes = self.0.mailboxes()?;
        for mailbox in &mut mailboxes {
            mailbox.after = 0;
        }
        Ok(mailboxes)
    }

    fn has(&self, object: &ObjectId) -> Result<bool, LocalFault> {
        self.0.has(object)
    }

    fn arriving(&self, object: &ObjectId, size: u64) -> Result<Box<dyn Arriving>, LocalFault> {
        self.0.arriving(object, size)
    }

    fn advanced(&self, _: &MailboxId, _: u64) -> Result<(), LocalFault> {
        Ok(())
    }
}
