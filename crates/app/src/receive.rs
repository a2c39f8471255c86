//! What arrives: opened if it is a bundle for us, checked, and taken into the record.
//!
//! Every object is kept as it came, whatever is in it. Evidence stays sealed until an entry with
//! its key arrives, by whichever road comes first. Taking the same thing in twice changes nothing.

use std::{
    collections::BTreeSet,
    io::Read as _,
    sync::{MutexGuard, PoisonError},
};

use holdfast_record::{DecodeError, DeviceId, Entry, Envelope, IncidentId, ObjectId, Statement};
use holdfast_seal::{BUNDLE_LIMIT, Bundle, BundleHash, OpenBundleError, open_bundle};
use holdfast_sign::VerifyingKey;
use holdfast_vault::{Role, StreamHead};

use crate::{App, Notice, bundle::Content, session::Open, system, view::Fault};

/// A bundle is about one incident; thousands of entries are made to slow a desk down.
const MOST_ENTRIES: usize = 2_000;

/// Nobody writes so many bundles that never arrive; a number far ahead is made up.
const MOST_MISSING: u64 = 65_536;

/// The incidents of which something came in.
type News = BTreeSet<IncidentId>;

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
        let news = system::on_washed_stack(|| open.take_in(object))?;
        self.news().extend(news.into_iter().flatten());
        self.tell(Notice::Changed);
        Ok(())
    }

    /// The reports of which something came in.
    pub(crate) fn news(&self) -> MutexGuard<'_, News> {
        self.0.news.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Open {
    /// What the object tells, if it is a bundle for us that was not taken in before. Evidence, and
    /// anything sealed to others, is left as it is.
    fn take_in(&self, object: &ObjectId) -> Result<Option<News>, Fault> {
        let (file, size) = self.vault.open_object(object)?;
        if size > BUNDLE_LIMIT as u64 {
            return Ok(None);
        }
        let mut sealed = Vec::new();
        file.take(size)
            .read_to_end(&mut sealed)
            .map_err(|error| Fault::from(&error))?;
        let former = self.former()?;
        let mut identities = vec![self.vault.identity()];
        identities.extend(former.iter().map(|former| &former.identity));
        match open_bundle(&sealed, &identities) {
            Ok((bundle, hash)) => {
                let taken_in = self.take_in_bundle(&bundle, hash)?;
                if self.vault.role() != Role::Desk {
                    // All that is in it is in the record now. The sealed letter opens with a key
                    // that is in this vault, and would outlast what is removed of the report.
                    self.vault.drop_object(object)?;
                }
                Ok(taken_in)
            }
            Err(OpenBundleError::NewerVersion) => self.set_aside(&sealed, "bundle: newer version"),
            Err(OpenBundleError::BadSignature) => self.set_aside(&sealed, "bundle: bad signature"),
            // Sealed to others: evidence. Damaged: an age file to us that is not a bundle.
            Err(_) => Ok(None),
        }
    }

    /// Takes in what arrived before the program was ended, and was not opened yet.
    pub(crate) fn take_in_unclaimed(&self) -> Result<(), Fault> {
        for object in self.vault.unclaimed_objects()? {
            self.take_in(&object)?;
        }
        Ok(())
    }

    fn take_in_bundle(&self, bundle: &Bundle, hash: BundleHash) -> Result<Option<News>, Fault> {
        if !self.is_expected(bundle)? {
            return self.set_aside(
                &bundle.content,
                "bundle: not for this vault, or not from its desk",
            );
        }
        let fit = self.fits_its_stream(bundle, hash)?;
        let content = Content::from_bytes(&bundle.content);
        let Some(content) = content.ok().filter(|c| c.entries.len() <= MOST_ENTRIES) else {
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
        if self.vault.role() == Role::Desk && fit != Fit::Fork {
            self.learn(&bundle.sender, &content)?;
        }
        self.keep_only_expected(&mut entries, &bundle.sender)?;
        self.flag_doubted(&entries, &bundle.sender)?;
        let told: News = entries.iter().map(Entry::incident).collect();
        let stream = self.stream(bundle);
        if fit == Fit::Fork {
            // The sender's device was copied, restored or tampered with. Each entry is signed and
            // says what it says all the same; only its place in the stream is not to be trusted.
            self.vault.hear(&entries)?;
            let mut thinned = false;
            for entry in &entries {
                thinned |= self.vault.thinned(entry.incident())?.is_some();
            }
            // Set aside, it would bring back what was removed here on purpose.
            if !thinned {
                self.set_aside(&bundle.content, "bundle: does not fit its stream")?;
            }
            return Ok((!told.is_empty()).then_some(told));
        }
        let head = StreamHead {
            sequence: bundle.sequence,
            hash: hash.0,
        };
        self.vault.take_in(&entries, &stream, head)?;
        // An old bundle that comes late must not bring back an old address.
        if let (Some(reply), Some(last)) = (content.reply, self.vault.last_in(&stream)?)
            && last.sequence == bundle.sequence
        {
            self.keep_reply_address(&bundle.sender, &reply)?;
        }
        Ok((fit == Fit::New).then_some(told))
    }

    /// Whether a bundle is the one its neighbours in the stream say it is (I-8).
    fn fits_its_stream(&self, bundle: &Bundle, hash: BundleHash) -> Result<Fit, Fault> {
        let stream = self.stream(bundle);
        match self.vault.taken_in(&stream, bundle.sequence)? {
            Some(known) if known == hash.0 => return Ok(Fit::Known),
            Some(_) => return Ok(Fit::Fork),
            None => {}
        }
        let last = self.vault.last_in(&stream)?.map_or(0, |last| last.sequence);
        if bundle.sequence > last.saturating_add(MOST_MISSING) {
            return Ok(Fit::Fork);
        }
        let before = match bundle.sequence.checked_sub(1) {
            None => return Ok(Fit::Fork),
            Some(0) => Some([0; 32]),
            Some(number) => self.vault.taken_in(&stream, number)?,
        };
        let follows = before.is_none_or(|before| before == bundle.previous.0);
        Ok(if follows { Fit::New } else { Fit::Fork })
    }

    /// Names the stream of a bundle: its sender, and its audience where that is a device of this
    /// vault's owner before this one.
    fn stream(&self, bundle: &Bundle) -> Vec<u8> {
        let mut stream = bundle.sender.as_bytes().to_vec();
        if bundle.audience != *self.vault.signing_key().verifying_key().as_bytes() {
            stream.extend(bundle.audience);
        }
        stream
    }

    /// Whether a bundle is addressed to this vault, and its sender may write to it: a desk hears
    /// everybody who has its invite, everybody else only the desks of their coalition.
    fn is_expected(&self, bundle: &Bundle) -> Result<bool, Fault> {
        let audience = DeviceId::from_bytes(bundle.audience);
        if !self.mine()?.contains(&audience) {
            return Ok(false);
        }
        let card = match self.vault.role() {
            Role::Desk => return Ok(true),
            _ => self.card()?,
        };
        Ok(card.is_some_and(|card| card.desks.contains(&bundle.sender)))
    }

    /// Nobody but this vault and those already heard on an incident writes to it: on a new one the
    /// sender is heard first, and on any a desk of this vault's coalition. Who took the place of
    /// somebody is heard where they were, and brings along what they said. One who has the same words
    /// is heard before as after: nobody else can be learned of as either.
    fn keep_only_expected(
        &self,
        entries: &mut Vec<Entry>,
        sender: &VerifyingKey,
    ) -> Result<(), Fault> {
        let (mine, learned) = (self.mine()?, self.learned()?);
        let device = |key: VerifyingKey| DeviceId::from_bytes(*key.as_bytes());
        let mut heard: Vec<(IncidentId, DeviceId)> = Vec::new();
        for incident in entries.iter().map(Entry::incident) {
            if !heard.iter().any(|(known, _)| *known == incident) {
                let known = self.vault.entries(incident)?;
                let is_known = !known.is_empty() || self.vault.thinned(incident)?.is_some();
                // A desk hears a new incident from whoever sends it; everybody else hears of
                // incidents of their own only, and their desk has been found to be one before.
                if is_known != (self.vault.role() == Role::Desk) {
                    let senders = learned.before(sender).into_iter().chain([*sender]);
                    heard.extend(senders.map(|sender| (incident, device(sender))));
                }
                for author in known.iter().map(Entry::author) {
                    if !heard.contains(&(incident, author)) {
                        heard.push((incident, author));
                        // Bundles come in any order: the device before may be heard after.
                        let author = author.verifying_key();
                        let others = learned.after(&author).into_iter();
                        let others = others.chain(learned.before(&author));
                        heard.extend(others.map(|other| (incident, device(other))));
                    }
                }
                heard.extend(mine.iter().map(|mine| (incident, *mine)));
            }
        }
        let mut refused = Vec::new();
        entries.retain(|entry| {
            let expected = heard.contains(&(entry.incident(), entry.author()))
                && (mine.contains(&entry.author()) || self.may_say(entry.statement()));
            if !expected {
                refused.push(entry.to_bytes());
            }
            expected
        });
        for bytes in refused {
            self.set_aside(&bytes, "entry: not its author's to say")?;
        }
        Ok(())
    }

    /// What others than this vault's owner may say here. Only a desk opens and answers, and a desk says nothing else: it
    /// does not rewrite what it was told, nor consent for anybody (I-5).
    fn may_say(&self, statement: Option<&Statement>) -> bool {
        let desks = matches!(
            statement,
            Some(Statement::Opened | Statement::Answered { .. })
        );
        let note = matches!(statement, Some(Statement::Note { .. }));
        match self.vault.role() {
            Role::Desk => !desks,
            _ => desks || note,
        }
    }

    /// Keeps what cannot be used now: a newer version may understand it.
    fn set_aside(&self, bytes: &[u8], reason: &str) -> Result<Option<News>, Fault> {
        self.vault.quarantine(bytes, reason)?;
        Ok(None)
    }
}

#[cfg(test)]
mod tests;
