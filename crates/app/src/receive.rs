//! What arrives: opened if it is a bundle for us, checked, and taken into the record.
//!
//! Every object is kept as it came, whatever is in it. Evidence stays sealed until an entry with
//! its key arrives, by whichever road comes first. Taking the same thing in twice changes nothing.

use std::{io::Read as _, sync::atomic::Ordering};

use holdfast_record::{DecodeError, DeviceId, Entry, Envelope, IncidentId, ObjectId};
use holdfast_seal::{BUNDLE_LIMIT, Bundle, BundleHash, OpenBundleError, open_bundle};
use holdfast_sign::VerifyingKey;
use holdfast_vault::{Role, StoreError, StreamHead};

use crate::{App, Notice, bundle::Content, session::Open, view::Fault};

/// How a bundle stands to those of its sender that came in before.
#[derive(PartialEq)]
enum Fit {
    New,
    /// Taken in before.
    Known,
    /// Its number belongs to another one, or its predecessor is not the one it names.
    Fork,
}

impl App {
    /// Opens an object that is here, and takes in what it says.
    pub(crate) fn take_in(&self, open: &Open, object: &ObjectId) -> Result<(), Fault> {
        if open.take_in(object)? {
            self.0.bundles.fetch_add(1, Ordering::Relaxed);
        }
        self.tell(Notice::Changed);
        Ok(())
    }
}

impl Open {
    /// Whether the object was a bundle for us, now taken in. Evidence, and anything sealed to
    /// others, is left as it is.
    fn take_in(&self, object: &ObjectId) -> Result<bool, Fault> {
        let (file, size) = self.vault.open_object(object)?;
        if size > BUNDLE_LIMIT as u64 {
            return Ok(false);
        }
        let mut sealed = Vec::new();
        file.take(size)
            .read_to_end(&mut sealed)
            .map_err(|error| Fault::from(&error))?;
        match open_bundle(&sealed, &[self.vault.identity()]) {
            Ok((bundle, hash)) => self.take_in_bundle(&bundle, hash),
            Err(OpenBundleError::NewerVersion) => self.set_aside(&sealed, "bundle: newer version"),
            Err(OpenBundleError::BadSignature) => self.set_aside(&sealed, "bundle: bad signature"),
            // Sealed to others: evidence. Damaged: an age file to us that is not a bundle.
            Err(_) => Ok(false),
        }
    }

    fn take_in_bundle(&self, bundle: &Bundle, hash: BundleHash) -> Result<bool, Fault> {
        let (audience, known_sender) = self.expected(bundle)?;
        if bundle.audience != audience || !known_sender {
            return self.set_aside(
                &bundle.content,
                "bundle: not for this vault, or not from its desk",
            );
        }
        let fit = self.fits_its_stream(bundle, hash)?;
        if fit == Fit::Fork {
            return self.set_aside(&bundle.content, "bundle: does not fit its stream");
        }
        let Ok(content) = Content::from_bytes(&bundle.content) else {
            return self.set_aside(&bundle.content, "bundle: content");
        };
        let mut entries = Vec::with_capacity(content.entries.len());
        for bytes in &content.entries {
            match Envelope::from_bytes(bytes).map(Envelope::verify) {
                Ok(Ok(entry)) => entries.push(entry),
                Err(DecodeError::NewerVersion) => {
                    self.set_aside(bytes, "entry: newer version")?;
                }
                _ => {
                    self.set_aside(bytes, "entry: does not verify")?;
                }
            }
        }
        self.keep_only_expected(&mut entries, &bundle.sender)?;
        let head = StreamHead {
            sequence: bundle.sequence,
            hash: hash.0,
        };
        let sender = bundle.sender.as_bytes();
        match self.vault.take_in(&entries, sender, head) {
            Ok(()) => {}
            // Two different bundles under one number: the sender's device was copied or tampered with.
            Err(StoreError::Overtaken) => {
                return self.set_aside(&bundle.content, "bundle: number taken");
            }
            Err(error) => return Err(error.into()),
        }
        // An old bundle that comes late must not bring back an old address.
        if let (Some(reply), Some(last)) = (content.reply, self.vault.last_in(sender)?)
            && last.sequence == bundle.sequence
        {
            self.keep_reply_address(&bundle.sender, &reply)?;
        }
        Ok(fit == Fit::New)
    }

    /// Whether a bundle is the one its neighbours in the stream say it is (I-8).
    fn fits_its_stream(&self, bundle: &Bundle, hash: BundleHash) -> Result<Fit, Fault> {
        let sender = bundle.sender.as_bytes();
        match self.vault.taken_in(sender, bundle.sequence)? {
            Some(known) if known == hash.0 => return Ok(Fit::Known),
            Some(_) => return Ok(Fit::Fork),
            None => {}
        }
        let before = match bundle.sequence.checked_sub(1) {
            None => return Ok(Fit::Fork),
            Some(0) => Some([0; 32]),
            Some(number) => self.vault.taken_in(sender, number)?,
        };
        let follows = before.is_none_or(|before| before == bundle.previous.0);
        Ok(if follows { Fit::New } else { Fit::Fork })
    }

    /// To whom a bundle for this vault is addressed, and whether its sender may write to it: a desk
    /// hears everybody who has its invite, everybody else only the desks of their coalition.
    fn expected(&self, bundle: &Bundle) -> Result<([u8; 32], bool), Fault> {
        let me = *self.vault.signing_key().verifying_key().as_bytes();
        if self.vault.role() == Role::Desk {
            return Ok((me, true));
        }
        let desk = self
            .card()?
            .is_some_and(|card| card.desks.contains(&bundle.sender));
        Ok((me, desk))
    }

    /// Nobody but its sender, this vault and those already heard on an incident writes to it.
    fn keep_only_expected(
        &self,
        entries: &mut Vec<Entry>,
        sender: &VerifyingKey,
    ) -> Result<(), Fault> {
        let mut heard: Vec<(IncidentId, DeviceId)> = Vec::new();
        for incident in entries.iter().map(Entry::incident) {
            if !heard.iter().any(|(known, _)| *known == incident) {
                let authors = self
                    .vault
                    .entries(incident)?
                    .into_iter()
                    .map(|entry| entry.author());
                heard.extend(authors.map(|author| (incident, author)));
                heard.push((incident, self.me()));
                heard.push((incident, DeviceId::from_bytes(*sender.as_bytes())));
            }
        }
        let mut refused = Vec::new();
        entries.retain(|entry| {
            let expected = heard.contains(&(entry.incident(), entry.author()));
            if !expected {
                refused.push(entry.to_bytes());
            }
            expected
        });
        for bytes in refused {
            self.set_aside(&bytes, "entry: unexpected author")?;
        }
        Ok(())
    }

    /// Keeps what cannot be used now: a newer version may understand it.
    fn set_aside(&self, bytes: &[u8], reason: &str) -> Result<bool, Fault> {
        self.vault.quarantine(bytes, reason)?;
        Ok(false)
    }
}
