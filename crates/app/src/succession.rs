//! At a desk: new devices of old authors.
//!
//! A desk believes a succession that the new device itself brings, signed by the recovery key which
//! both devices had named in their bundles; the first key that a device named counts. What was
//! learned is kept, so a replay changes nothing and no later word takes a loss back. A device that names
//! a second key was in somebody else's hands: what comes from it, or from whoever follows it, is
//! flagged.

use holdfast_cbor as cbor;
use holdfast_record::Entry;
use holdfast_recovery::{Succession, Unverified};
use holdfast_sign::VerifyingKey;
use holdfast_vault::Role;
use minicbor::{Decode, Encode, bytes::ByteVec};

use crate::{bundle::Content, session::Open, view::Fault};

/// More than any list that is kept here ever has.
const LIST_LIMIT: usize = 16 * 1024 * 1024;

const LEARNED: &str = "successions";
const EARLY: &str = "successions_early";

/// So many statements about devices that were not heard of are kept, the latest ones; a stranger can
/// make up any number. The true ones come again with every bundle.
const MOST_EARLY: usize = 256;

/// The recovery key that a device named first.
#[derive(Encode, Decode)]
#[cbor(array)]
struct Named {
    #[n(0)]
    key: VerifyingKey,
    /// It named another one later.
    #[n(1)]
    disputed: bool,
}

impl Open {
    /// Takes what a bundle says of its sender's recovery key and of successions.
    pub(crate) fn learn(&self, sender: &VerifyingKey, content: &Content) -> Result<(), Fault> {
        let mut learned = self.learned()?;
        if let Some(key) = content.recovery {
            self.hear_key(sender, key, &learned)?;
        }
        let me = *self.vault.signing_key().verifying_key().as_bytes();
        let mut news = false;
        // Bundles come in any order: one that succeeds may come before all of the one it succeeds.
        let early = self.early()?;
        let mut still_early = Vec::new();
        // A statement is the new device's own to bring: anybody could name a stranger as the device
        // that they followed.
        let brought = content.successions.iter().filter(|bytes| {
            Unverified::from_bytes(bytes).is_ok_and(|said| said.successor() == sender)
        });
        for bytes in early.iter().chain(brought) {
            let Ok(said) = Unverified::from_bytes(bytes) else {
                continue;
            };
            // Both have the words, so both name the key that follows from them.
            let Some(key) = self.named(said.successor())?.map(|named| named.key) else {
                continue;
            };
            let Ok(said) = said.verify(&key, &me) else {
                continue;
            };
            match self.named(&said.old)? {
                Some(named) if named.key == key => news |= learned.add(said),
                Some(_) => {}
                None if still_early.contains(bytes) => {}
                None => still_early.push(bytes.clone()),
            }
        }
        if news {
            let bytes = cbor::to_vec(&learned.0);
            self.vault.set_setting(LEARNED, &bytes)?;
        }
        still_early.drain(..still_early.len().saturating_sub(MOST_EARLY));
        if still_early != early {
            let statements: Vec<ByteVec> = still_early.into_iter().map(ByteVec::from).collect();
            self.vault.set_setting(EARLY, &cbor::to_vec(statements))?;
        }
        Ok(())
    }

    /// Statements about devices that have not been heard of yet.
    fn early(&self) -> Result<Vec<Vec<u8>>, Fault> {
        let kept = self.vault.setting(EARLY)?;
        let kept: Option<Vec<ByteVec>> = kept
            .map(|bytes| cbor::decode(&bytes, LIST_LIMIT))
            .transpose()
            .map_err(|_| Fault::StoreDamaged)?;
        Ok(kept.into_iter().flatten().map(Vec::from).collect())
    }

    /// Keeps the first recovery key that a device names. One that names another is disputed, unless
    /// it is known to be lost: then it changes nothing any more.
    fn hear_key(
        &self,
        author: &VerifyingKey,
        key: VerifyingKey,
        learned: &Learned,
    ) -> Result<(), Fault> {
        let named = match self.named(author)? {
            None => Named {
                key,
                disputed: false,
            },
            Some(named) if named.key != key && !named.disputed && !learned.is_lost(author) => {
                Named {
                    disputed: true,
                    ..named
                }
            }
            Some(_) => return Ok(()),
        };
        let bytes = cbor::to_vec(named);
        Ok(self.vault.set_setting(&recovery_name(author), &bytes)?)
    }

    fn named(&self, author: &VerifyingKey) -> Result<Option<Named>, Fault> {
        let kept = self.vault.setting(&recovery_name(author))?;
        let named = kept.map(|bytes| cbor::decode(&bytes, LIST_LIMIT));
        named.transpose().map_err(|_| Fault::StoreDamaged)
    }

    /// The successions that were learned.
    pub(crate) fn learned(&self) -> Result<Learned, Fault> {
        let kept = self.vault.setting(LEARNED)?;
        let kept = kept.map(|bytes| cbor::decode(&bytes, LIST_LIMIT));
        let kept = kept.transpose().map_err(|_| Fault::StoreDamaged)?;
        Ok(Learned(kept.unwrap_or_default()))
    }

    /// Whether somebody else may speak with a device's key: it was declared lost, or it, or one whose
    /// place it took, named two recovery keys.
    fn is_doubted(&self, device: &VerifyingKey, learned: &Learned) -> Result<bool, Fault> {
        if learned.is_lost(device) {
            return Ok(true);
        }
        for one in learned.before(device).iter().chain([device]) {
            if self.named(one)?.is_some_and(|named| named.disputed) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// At a desk: notes which entries come from a doubted device, before they are taken in. What is
    /// here already was said before the doubt; what its owner's new device passes on is its owner's.
    pub(crate) fn flag_doubted(
        &self,
        entries: &[Entry],
        sender: &VerifyingKey,
    ) -> Result<(), Fault> {
        if self.vault.role() != Role::Desk {
            return Ok(());
        }
        let learned = self.learned()?;
        let by_doubted = self.is_doubted(sender, &learned)?;
        for entry in entries {
            let author = entry.author().verifying_key();
            let passed_on = learned.after(&author).contains(sender);
            if !by_doubted && (passed_on || !self.is_doubted(&author, &learned)?) {
                continue;
            }
            self.flag_news(entry)?;
        }
        Ok(())
    }

    /// Flags an entry that was never here.
    pub(crate) fn flag_news(&self, entry: &Entry) -> Result<(), Fault> {
        let known = self.vault.entries(entry.incident())?;
        let removed = self.vault.removed_entries(entry.incident())?;
        if known.iter().all(|known| known.hash() != entry.hash())
            && !removed.contains(&entry.hash())
        {
            self.vault.doubt(entry.incident(), entry.hash())?;
        }
        Ok(())
    }
}

fn recovery_name(author: &VerifyingKey) -> String {
    format!("recovery/{author}")
}

/// Successions a desk believes, in the order in which it learned of them.
pub(crate) struct Learned(Vec<Succession>);

impl Learned {
    /// Takes one more; says whether it is news.
    fn add(&mut self, said: Succession) -> bool {
        let same = |known: &&mut Succession| (known.old, known.new) == (said.old, said.new);
        match self.0.iter_mut().find(same) {
            None => self.0.push(said),
            Some(known) if said.lost && !known.lost => *known = said,
            Some(_) => return false,
        }
        true
    }

    /// Everybody who took a device's place, or the place of one who did.
    pub(crate) fn after(&self, author: &VerifyingKey) -> Vec<VerifyingKey> {
        follow(author, |from| {
            self.0
                .iter()
                .filter(move |it| it.old == from)
                .map(|it| it.new)
        })
    }

    /// Everybody whose place a device took.
    pub(crate) fn before(&self, author: &VerifyingKey) -> Vec<VerifyingKey> {
        follow(author, |from| {
            self.0
                .iter()
                .filter(move |it| it.new == from)
                .map(|it| it.old)
        })
    }

    /// Who speaks for a device now, the most recent first, and the device itself at the end.
    pub(crate) fn now(&self, author: &VerifyingKey) -> Vec<VerifyingKey> {
        let after = self.after(author);
        let learned = |new: &VerifyingKey| self.0.iter().rposition(|it| it.new == *new);
        let mut now = after;
        now.sort_by_key(|new| (self.after(new).is_empty(), learned(new)));
        now.reverse();
        now.push(*author);
        now
    }

    fn is_lost(&self, device: &VerifyingKey) -> bool {
        self.0.iter().any(|it| it.lost && it.old == *device)
    }
}

/// All that is reached from `start`, without it.
fn follow<I: Iterator<Item = VerifyingKey>>(
    start: &VerifyingKey,
    next: impl Fn(VerifyingKey) -> I,
) -> Vec<VerifyingKey> {
    let mut reached = vec![*start];
    let mut at = 0;
    while let Some(from) = reached.get(at).copied() {
        for to in next(from) {
            if !reached.contains(&to) {
                reached.push(to);
            }
        }
        at += 1;
    }
    reached.remove(0);
    reached
}

#[cfg(test)]
mod tests;
