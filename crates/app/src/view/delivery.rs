//! Handing over, what is on its way, receipts, and invites.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{AtRisk, CoalitionView, DeliveryState, EvidenceView, Fault};

/// Hands a report to the coalition: seals it and puts it on its way.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct HandOver {
    /// The report.
    pub report: String,
    /// The people it names agree that the coalition receives it. Recorded as a signed entry;
    /// without consent on record nothing is sealed.
    pub consent: bool,
}

/// What goes out before it goes: for a last look.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Outgoing {
    /// To whom.
    pub coalition: CoalitionView,
    /// The evidence that goes along.
    pub evidence: Vec<EvidenceView>,
    /// Bytes on the wire.
    pub bytes: u64,
}

/// Something on its way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct DeliveryItem {
    /// The sealed object.
    pub object: String,
    /// The report it belongs to.
    pub report: String,
    /// The report's title.
    pub title: String,
    /// The evidence's name; none for the report's text.
    pub evidence: Option<String>,
    /// Bytes on the wire.
    pub size: u64,
    /// Bytes the endpoint has.
    pub sent: u64,
    /// `Waiting`, `Held` or `Read`.
    pub state: DeliveryState,
    /// Why it has not gone, if something stands in its way.
    pub reason: Option<Fault>,
    /// Whether the endpoint's signed receipt is kept here.
    pub receipt: bool,
}

/// The delivery screen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct DeliveryView {
    /// To whom; none before joining.
    pub coalition: Option<CoalitionView>,
    /// What is waiting first, then the newest.
    pub items: Vec<DeliveryItem>,
    /// Bytes still to go.
    pub waiting_bytes: u64,
    /// How many bundles somebody sent before others that did come in, and that did not.
    pub bundles_missing: u32,
    /// A sync is running.
    pub running: bool,
    /// When the endpoint last answered.
    pub last_contact: Option<i64>,
    /// Why the last attempt failed.
    pub last_fault: Option<Fault>,
    /// What would be lost if the vault were destroyed now.
    pub at_risk: AtRisk,
}

/// What a sync did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SyncReport {
    /// Objects now held by the endpoint, with verified receipts.
    pub delivered: u32,
    /// Objects fetched.
    pub fetched: u32,
    /// Reports that are new or changed here.
    pub reports: u32,
    /// Objects still waiting.
    pub waiting: u32,
    /// Bytes sent.
    pub bytes_sent: u64,
    /// Why it stopped short, if it did.
    pub fault: Option<Fault>,
}

/// A receipt that is kept here and was verified again just now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ReceiptView {
    /// The object it is for.
    pub object: String,
    /// The object's length.
    pub size: u64,
    /// The day on which the endpoint signed, ISO 8601.
    pub day: String,
    /// The receipt's bytes, hexadecimal, for whoever wants to check it elsewhere.
    pub receipt: String,
}

/// What was written into a courier file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CourierOut {
    /// How many sealed objects.
    pub objects: u32,
    /// Length of the file.
    pub bytes: u64,
}

/// An invite as text.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct InviteText {
    /// The invite: one line that begins `holdfast-invite-1:`.
    pub invite: String,
}

/// The desk's own invite.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct InviteView {
    /// The invite: one line that begins `holdfast-invite-1:`.
    pub invite: String,
    /// What it says.
    pub coalition: CoalitionView,
}
