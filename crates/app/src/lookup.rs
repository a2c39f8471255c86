//! Small things the vault keeps beside the reports, each under its own key, as JSON or CBOR.

use data_encoding::HEXLOWER;
use holdfast_record::Timestamp;
use holdfast_recovery::Keys;
use holdfast_seal::Recipient;
use holdfast_sign::VerifyingKey;
use holdfast_sync::{Endpoint, Outcome, SyncError};
use holdfast_wire::{ReadCapability, SendCapability, ServerKey};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use crate::{
    bundle::ReplyAddress,
    card::Card,
    session::Open,
    view::{CoverView, CreateVault, Fault, Settings, ThinPolicy},
};

/// A thing of which there is one in a vault.
pub(crate) trait Kept: Serialize + DeserializeOwned {
    const KEY: &'static str;

    /// As the vault keeps it.
    fn to_setting(&self) -> Result<(&'static str, Vec<u8>), Fault> {
        let bytes = serde_json::to_vec(self).map_err(|_| Fault::Internal)?;
        Ok((Self::KEY, bytes))
    }
}

impl Kept for Settings {
    const KEY: &'static str = "settings";
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            language: String::new(),
            auto_lock_minutes: 5,
            cover: CoverView::default(),
            hide_on_blur: true,
            slow_tries: false,
            wipe_after_tries: 0,
            check_in_hours: 0,
            thin: ThinPolicy::default(),
        }
    }
}

/// What a desk was told when its vault was made.
#[derive(Serialize, Deserialize)]
pub(crate) struct DeskSetup {
    pub(crate) name: String,
    pub(crate) endpoint: String,
    pub(crate) admission: Option<String>,
    /// The endpoint's receipt key, once it has been asked.
    pub(crate) server_key: Option<[u8; 32]>,
    /// The endpoint has the desk's mailbox.
    pub(crate) mailbox_made: bool,
}

impl Kept for DeskSetup {
    const KEY: &'static str = "desk";
}

impl DeskSetup {
    pub(crate) fn from_request(args: &CreateVault) -> Result<Self, Fault> {
        let given = |text: &Option<String>| text.clone().filter(|text| !text.trim().is_empty());
        let endpoint = given(&args.endpoint).ok_or(Fault::BadRequest)?;
        // Refuses an address that is neither HTTPS nor on this device, before a vault is made.
        Endpoint::new(&endpoint, ServerKey([0; 32])).map_err(|error| Fault::from(&error))?;
        Ok(Self {
            name: given(&args.name).ok_or(Fault::BadRequest)?,
            endpoint,
            admission: given(&args.admission),
            server_key: None,
            mailbox_made: false,
        })
    }
}

/// The mailbox this vault reads: a desk's for reports, a reporter's for replies.
#[derive(Serialize, Deserialize)]
pub(crate) struct OwnMailbox {
    read: [u8; 32],
    send: [u8; 32],
    /// How far it has been read.
    pub(crate) after: u64,
}

impl Kept for OwnMailbox {
    const KEY: &'static str = "mailbox";
}

impl OwnMailbox {
    /// The one that belongs to these words.
    pub(crate) fn of(keys: &Keys) -> Self {
        Self {
            read: *keys.read.expose_bytes(),
            send: *keys.send.expose_bytes(),
            after: 0,
        }
    }

    pub(crate) fn read(&self) -> ReadCapability {
        ReadCapability::from_bytes(self.read)
    }

    pub(crate) fn send(&self) -> SendCapability {
        SendCapability::from_bytes(self.send)
    }
}

/// The public halves of what the recovery words stand for. The words are nowhere but on paper.
#[derive(Serialize, Deserialize)]
pub(crate) struct OwnRecovery {
    recipient: String,
    verifying_key: [u8; 32],
}

impl Kept for OwnRecovery {
    const KEY: &'static str = "recovery";
}

impl OwnRecovery {
    pub(crate) fn of(keys: &Keys) -> Self {
        Self {
            recipient: keys.identity.recipient().to_string(),
            verifying_key: *keys.signing.verifying_key().as_bytes(),
        }
    }

    /// To whom everything that leaves is sealed as well, so that it can come back (I-14).
    pub(crate) fn recipient(&self) -> Result<Recipient, Fault> {
        self.recipient.parse().map_err(|_| Fault::StoreDamaged)
    }

    /// What verifies that one device takes the place of another.
    pub(crate) fn verifying_key(&self) -> VerifyingKey {
        VerifyingKey::from_bytes(self.verifying_key)
    }
}

/// The invite this vault joined by.
#[derive(Serialize, Deserialize)]
pub(crate) struct Joined {
    pub(crate) invite: String,
}

impl Kept for Joined {
    const KEY: &'static str = "joined";
}

/// A recovery that was begun in this vault.
#[derive(Default, Serialize, Deserialize)]
pub(crate) struct Recovering {
    /// It has not brought everything back yet.
    pub(crate) unfinished: bool,
    /// What did not come at the last try.
    pub(crate) missing: u32,
    /// What its owner said of the old device.
    pub(crate) lost: bool,
}

impl Kept for Recovering {
    const KEY: &'static str = "recovering";
}

impl Recovering {
    pub(crate) fn begun(lost: bool) -> Self {
        Self {
            unfinished: true,
            missing: 0,
            lost,
        }
    }
}

/// When the endpoint last answered, and why it last did not.
#[derive(Default, Serialize, Deserialize)]
pub(crate) struct LastContact {
    pub(crate) answered_at: Option<i64>,
    pub(crate) fault: Option<Fault>,
}

impl Kept for LastContact {
    const KEY: &'static str = "last_contact";
}

impl LastContact {
    /// `before`, moved on by what a pass did.
    pub(crate) fn after(before: Option<Self>, outcome: &Outcome, now: Timestamp) -> Self {
        // Anything but these is an answer of the endpoint itself.
        let answered = matches!(
            outcome.fault,
            None | Some(
                SyncError::Refused(_) | SyncError::ReceiptDamaged | SyncError::ObjectDamaged
            )
        );
        let before = before.and_then(|before| before.answered_at);
        Self {
            answered_at: if answered { Some(now.0) } else { before },
            fault: outcome.fault.as_ref().map(Fault::from),
        }
    }
}

impl Open {
    pub(crate) fn kept<T: Kept>(&self) -> Result<Option<T>, Fault> {
        let bytes = self.vault.setting(T::KEY)?;
        bytes
            .map(|bytes| serde_json::from_slice(&bytes).map_err(|_| Fault::StoreDamaged))
            .transpose()
    }

    pub(crate) fn keep<T: Kept>(&self, value: &T) -> Result<(), Fault> {
        let (name, bytes) = value.to_setting()?;
        Ok(self.vault.set_setting(name, &bytes)?)
    }

    pub(crate) fn settings(&self) -> Result<Settings, Fault> {
        let guard = self.vault.guard()?;
        Ok(Settings {
            slow_tries: guard.growing_delay,
            wipe_after_tries: guard.wipe_after,
            check_in_hours: guard.check_in_hours,
            ..self.kept()?.unwrap_or_default()
        })
    }

    /// This vault's mailbox.
    pub(crate) fn mailbox(&self) -> Result<OwnMailbox, Fault> {
        self.kept()?.ok_or(Fault::StoreDamaged)
    }

    /// The public halves of this vault's recovery keys.
    pub(crate) fn recovery(&self) -> Result<OwnRecovery, Fault> {
        self.kept()?.ok_or(Fault::StoreDamaged)
    }

    /// Keeps where a sender wants to be answered; the latest word counts.
    pub(crate) fn keep_reply_address(
        &self,
        sender: &VerifyingKey,
        address: &ReplyAddress,
    ) -> Result<(), Fault> {
        Ok(self
            .vault
            .set_setting(&reply_key(sender.as_bytes()), &address.to_bytes())?)
    }

    /// Where a sender wants to be answered.
    pub(crate) fn reply_address(&self, sender: &[u8; 32]) -> Result<Option<ReplyAddress>, Fault> {
        let kept = self.vault.setting(&reply_key(sender))?;
        Ok(kept.as_deref().and_then(ReplyAddress::from_bytes))
    }

    /// The coalition this vault joined, or, at a desk that has been to its endpoint, is.
    pub(crate) fn card(&self) -> Result<Option<Card>, Fault> {
        if let Some(joined) = self.kept::<Joined>()? {
            return Card::from_invite(&joined.invite)
                .map(Some)
                .map_err(|_| Fault::StoreDamaged);
        }
        self.kept::<DeskSetup>()?
            .map_or(Ok(None), |desk| self.own_card(&desk))
    }
}

fn reply_key(sender: &[u8; 32]) -> String {
    format!("reply/{}", HEXLOWER.encode(sender))
}
