//! Keeping less: what a seizure would reveal, and taking away what is delivered (I-22).
//!
//! Nothing goes unless every object that was handed over has a receipt that verifies again, here and
//! now, and nothing was written since. A desk thins nothing: the receipts for what it holds are
//! its reporters', and it may be the last to have it.

use holdfast_record::{IncidentId, Timestamp};
use holdfast_vault::{Due, Exposure, Keep, OutboxRow, Removal, Role, StoreError, Thinned, Unsaved};
use holdfast_wire::{Held, Receipt};

use crate::{
    App, Notice,
    evidence::{parse_report, shown},
    session::Open,
    transport::{mailbox_of, server_key_of},
    view::{AtRisk, ExposureView, Fault, Removed, Thin, ThinMany, ThinPolicy, ThinView},
};

/// At most so many reports are thinned after one pass; the next one goes on.
const AT_ONCE: usize = 16;

impl App {
    /// What somebody who opens this vault today would see.
    pub fn exposure(&self, (): ()) -> Result<ExposureView, Fault> {
        let open = self.open()?;
        let exposure = open.vault.exposure()?;
        let coalition = open.card()?.map(|card| card.name.clone());
        let may_thin = open.vault.role() != Role::Desk;
        Ok(exposure_view(&exposure, coalition, may_thin))
    }

    /// Removes a delivered report, or its evidence, from this device.
    pub fn thin(&self, args: Thin) -> Result<(), Fault> {
        let open = self.open()?;
        let id = parse_report(&args.report)?;
        let thinned = open.thin(&[(id, args.label.as_deref())], args.what, Keep::Nothing);
        // What was removed stays so, also when what lay around it could not be cleared away.
        self.tell(Notice::Changed);
        match thinned?.into_iter().next() {
            Some((_, why)) => Err(why),
            None => Ok(()),
        }
    }

    /// Removes delivered reports, or their evidence, at one go: of whole reports many take little
    /// longer than one. What may not go yet stays, and is counted.
    pub fn thin_many(&self, args: ThinMany) -> Result<Removed, Fault> {
        let reports: Vec<_> = (args.reports.iter())
            .map(|report| Ok((parse_report(report)?, None)))
            .collect::<Result<_, Fault>>()?;
        let thinned = self.open()?.thin(&reports, args.what, Keep::Nothing);
        self.tell(Notice::Changed);
        let refused = thinned?;
        Ok(Removed {
            done: count((reports.len() - refused.len()) as u64),
            left: count(refused.len() as u64),
        })
    }

    /// Thins what the person's policy says, a few reports at a time, those that were here the
    /// longest first. What cannot be thinned now is in nobody's way, and is looked at again after the
    /// next pass. The vault is opened for each step anew: a lock or a panic ends it.
    pub(crate) fn thin_what_is_due(&self) -> Result<(), Fault> {
        self.thin_what_is_due_at(self.now())
    }

    fn thin_what_is_due_at(&self, now: Timestamp) -> Result<(), Fault> {
        let policy = self.open()?.settings()?.thin;
        let Some(what) = policy.what else {
            return Ok(());
        };
        let mut due = self.open()?.vault.due(thinned(what))?;
        due.retain(|due| is_due(due, policy, now));
        let mut going = Vec::new();
        for due in due {
            if going.len() == AT_ONCE {
                break;
            }
            if self.open()?.delivered_entries(due.incident).is_ok() {
                going.push((due.incident, None));
            }
        }
        let at_one_go = match what {
            ThinView::Evidence => 1,
            ThinView::Everything => AT_ONCE,
        };
        for step in going.chunks(at_one_go) {
            // The desk's answers stay: the person may not have seen them.
            let refused = self.open()?.thin(step, what, Keep::Answers);
            if refused.is_ok_and(|refused| refused.len() < step.len()) {
                self.tell(Notice::Changed);
            }
        }
        Ok(())
    }
}

impl Open {
    /// Removes delivered reports, or their evidence: each with the name it is listed by afterwards,
    /// if it gets one. Gives those that stay, and why.
    fn thin(
        &self,
        reports: &[(IncidentId, Option<&str>)],
        what: ThinView,
        keep: Keep,
    ) -> Result<Vec<(IncidentId, Fault)>, Fault> {
        // What is taken in just now may have all of a report in it.
        self.take_in_unclaimed()?;
        let (mut left, mut refused) = (reports.to_vec(), Vec::new());
        // Something may come in between looking and removing; then it is looked at again.
        for _ in 0..3 {
            let mut removals = Vec::new();
            for &(id, label) in &left {
                match self.delivered_entries(id) {
                    Ok(seen) => removals.push(Removal {
                        incident: id,
                        label: self.label(id, label)?,
                        seen,
                    }),
                    Err(why) => refused.push((id, why)),
                }
            }
            let overtaken = match what {
                ThinView::Evidence => self.thin_evidence(&removals)?,
                ThinView::Everything => self.vault.thin_incidents(&removals, keep)?,
            };
            left.retain(|(id, _)| overtaken.contains(id));
            if left.is_empty() {
                break;
            }
        }
        refused.extend(left.into_iter().map(|(id, _)| (id, Fault::Internal)));
        Ok(refused)
    }

    fn thin_evidence(&self, removals: &[Removal]) -> Result<Vec<IncidentId>, Fault> {
        let mut overtaken = Vec::new();
        for removal in removals {
            match self.vault.thin_evidence(removal.incident, removal.seen) {
                Err(StoreError::Overtaken) => overtaken.push(removal.incident),
                other => other?,
            }
        }
        Ok(overtaken)
    }

    /// How many entries a report has, all that is ours of them delivered: handed over, held by
    /// receipts that verify, and nothing written since.
    pub(crate) fn delivered_entries(&self, id: IncidentId) -> Result<u64, Fault> {
        let row = self.vault.row(id)?.ok_or(Fault::NoSuchReport)?;
        if row.has_draft {
            return Err(Fault::HasDraft);
        }
        if self.vault.role() == Role::Desk || row.hand_overs == 0 || row.unsent > 0 {
            return Err(Fault::NotDelivered);
        }
        let sent = self.vault.outbox_of(id)?;
        let named = self.all_evidence(id)?;
        let all_sent = named
            .iter()
            .all(|(evidence, _)| sent.iter().any(|row| row.item.object == evidence.object));
        let mut held = true;
        for row in &sent {
            held &= row.held_at.is_some() && self.is_held(row)?;
        }
        if sent.is_empty() || !all_sent || !held {
            return Err(Fault::NotDelivered);
        }
        Ok(row.entries)
    }

    fn is_held(&self, row: &OutboxRow) -> Result<bool, Fault> {
        let receipts = self.vault.receipts(&row.item.object)?;
        Ok(receipts
            .iter()
            .any(|kept| verify_receipt(row, &kept.receipt).is_ok()))
    }

    /// The name that a report is listed by when it is gone: a new one, or the one it has.
    fn label(&self, id: IncidentId, given: Option<&str>) -> Result<String, Fault> {
        if let Some(given) = given {
            return Ok(given.trim().to_owned());
        }
        let row = self.vault.row(id)?;
        let gone = row.filter(|row| row.thinned == Some(Thinned::Everything));
        Ok(gone.map(|row| row.title).unwrap_or_default())
    }

    /// What would be lost if the vault were destroyed now.
    pub(crate) fn at_risk(&self) -> Result<AtRisk, Fault> {
        let Unsaved {
            drafts,
            unsent,
            waiting,
            waiting_bytes,
        } = self.vault.unsaved()?;
        Ok(AtRisk {
            drafts: count(drafts),
            unsent: count(unsent),
            waiting: count(waiting),
            waiting_bytes,
        })
    }
}

/// Verifies a receipt against the key of the endpoint that its object went to.
pub(crate) fn verify_receipt(row: &OutboxRow, receipt: &[u8]) -> Result<Held, Fault> {
    let server_key = server_key_of(&row.item.destination)?;
    let held = Receipt::from_bytes(receipt)
        .map_err(|_| Fault::ReceiptDamaged)?
        .verify(&server_key)
        .map_err(|_| Fault::ReceiptDamaged)?;
    let mailbox = mailbox_of(&row.item.destination)?;
    let is_its_own = held.object.0 == *row.item.object.as_bytes()
        && held.size == row.item.size
        && held.mailbox == mailbox;
    if is_its_own {
        Ok(held)
    } else {
        Err(Fault::ReceiptDamaged)
    }
}

/// What was removed, as a screen says it.
pub(crate) fn thin_view(thinned: Thinned) -> ThinView {
    match thinned {
        Thinned::Evidence => ThinView::Evidence,
        Thinned::Everything => ThinView::Everything,
    }
}

fn thinned(what: ThinView) -> Thinned {
    match what {
        ThinView::Evidence => Thinned::Evidence,
        ThinView::Everything => Thinned::Everything,
    }
}

/// Whether the policy's time has come, by a clock that can be right. What was fetched back stays a day
/// at the least, however soon the rest goes: somebody wants to see it.
fn is_due(due: &Due, policy: ThinPolicy, now: Timestamp) -> bool {
    let waited = now.0.saturating_sub(due.since.0);
    let clock_can_be_right = now >= Timestamp::CLOCK_IS_SET && waited >= 0;
    let days = match policy.after_days {
        0 if due.fetched_back => 1,
        days => i64::from(days),
    };
    let read = policy.after_days > 0 || due.opened;
    clock_can_be_right && read && waited >= days.saturating_mul(Timestamp::DAY_MS)
}

fn exposure_view(exposure: &Exposure, coalition: Option<String>, may_thin: bool) -> ExposureView {
    let thinnable = if may_thin { exposure.thinnable } else { 0 };
    ExposureView {
        reports: count(exposure.reports),
        drafts: count(exposure.drafts),
        receipts_only: count(exposure.receipts_only),
        answers_kept: count(exposure.answers_kept),
        evidence: count(exposure.evidence),
        evidence_bytes: exposure.evidence_bytes,
        oldest: exposure.oldest.map(shown),
        coalition,
        thinnable: count(thinnable),
        thinnable_bytes: if may_thin {
            exposure.thinnable_bytes
        } else {
            0
        },
    }
}

fn count(count: u64) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests;
