//! Keeping less: what a seizure would reveal, and taking away what is delivered (I-22).
//!
//! Nothing goes unless every object that was handed over has a receipt that verifies again, here and
//! now, and nothing was written since. A desk thins nothing: the receipts for what it holds are
//! its reporters', and it may be the last to have it.

use holdfast_record::{IncidentId, Timestamp};
use holdfast_vault::{Due, Exposure, Keep, OutboxRow, Role, StoreError, Thinned, Unsaved};
use holdfast_wire::{Held, Receipt};

use crate::{
    App, Notice,
    evidence::{parse_report, shown},
    session::Open,
    transport::server_key_of,
    view::{AtRisk, ExposureView, Fault, Thin, ThinPolicy, ThinView},
};

/// A device whose clock is before 2026-01-01 does not know what day it is.
const CLOCK_WRONG_BEFORE: Timestamp = Timestamp(1_767_225_600_000);

const DAY_MS: i64 = 86_400_000;

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
        open.thin(id, args.what, args.label.as_deref(), Keep::Nothing)?;
        self.tell(Notice::Changed);
        Ok(())
    }

    /// Thins what the person's policy says, a few reports at a time. What cannot be thinned now is
    /// looked at again after the next pass.
    pub(crate) fn thin_what_is_due(&self) -> Result<(), Fault> {
        let open = self.open()?;
        let policy = open.settings()?.thin;
        let Some(what) = policy.what else {
            return Ok(());
        };
        let now = self.now();
        let due = open.vault.due(thinned(what))?;
        let due = due.into_iter().filter(|due| is_due(due, policy, now));
        let mut thinned = false;
        for due in due.take(AT_ONCE) {
            // The desk's answers stay: the person may not have seen them.
            thinned |= open.thin(due.incident, what, None, Keep::Answers).is_ok();
        }
        if thinned {
            self.tell(Notice::Changed);
        }
        Ok(())
    }
}

impl Open {
    fn thin(
        &self,
        id: IncidentId,
        what: ThinView,
        label: Option<&str>,
        keep: Keep,
    ) -> Result<(), Fault> {
        // What is taken in just now may have all of the report in it.
        self.take_in_unclaimed()?;
        // Something may come in between looking and removing; then it is looked at again.
        for _ in 0..3 {
            let seen = self.delivered_entries(id)?;
            let thinned = match what {
                ThinView::Evidence => self.vault.thin_evidence(id, seen),
                ThinView::Everything => {
                    let label = self.label(id, label)?;
                    self.vault.thin_incident(id, &label, keep, seen)
                }
            };
            match thinned {
                Err(StoreError::Overtaken) => {}
                other => return Ok(other?),
            }
        }
        Err(Fault::Internal)
    }

    /// How many entries a report has, all that is ours of them delivered: handed over, held by
    /// receipts that verify, and nothing written since.
    pub(crate) fn delivered_entries(&self, id: IncidentId) -> Result<u64, Fault> {
        let row = self.vault.row(id)?.ok_or(Fault::NoSuchReport)?;
        if row.has_draft {
            return Err(Fault::HasDraft);
        }
        if self.vault.role() == Role::Desk || row.sent == 0 || row.unsent > 0 {
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
    if held.object.0 == *row.item.object.as_bytes() && held.size == row.item.size {
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

/// Whether the policy's time has come, by a clock that can be right.
fn is_due(due: &Due, policy: ThinPolicy, now: Timestamp) -> bool {
    let waited = now.0.saturating_sub(due.last_receipt.0);
    let clock_can_be_right = now >= CLOCK_WRONG_BEFORE && waited >= 0;
    let time_has_come = match policy.after_days {
        0 => due.opened,
        days => waited >= i64::from(days).saturating_mul(DAY_MS),
    };
    clock_can_be_right && time_has_come
}

fn exposure_view(exposure: &Exposure, coalition: Option<String>, may_thin: bool) -> ExposureView {
    let thinnable = if may_thin { exposure.thinnable } else { 0 };
    ExposureView {
        reports: count(exposure.reports),
        drafts: count(exposure.drafts),
        receipts_only: count(exposure.receipts_only),
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
