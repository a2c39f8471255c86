//! New devices of old authors: what a vault that started again says of those before it, and what a
//! desk makes of it.
//!
//! A desk believes a succession that is signed by the recovery key which the old device itself had
//! named in its bundles; the first key that it named counts. What was learned is kept, so a replay
//! changes nothing and no later word takes a loss back.

use data_encoding::HEXLOWER;
use holdfast_cbor as cbor;
use holdfast_record::{DeviceId, Entry, EntryHash, IncidentId};
use holdfast_recovery::{Keys, Succession, Unverified};
use holdfast_seal::{Bundle, Identity};
use holdfast_sign::VerifyingKey;
use holdfast_vault::Role;
use minicbor::{Decode, Encode, bytes::ByteVec};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::{bundle::Content, lookup::Kept, session::Open, system, view::Fault};

/// More than any list that is kept here ever has.
const LIST_LIMIT: usize = 16 * 1024 * 1024;

const FORMER: &str = "former";
const LEARNED: &str = "successions";
const EARLY: &str = "successions_early";

/// So many statements about devices that were not heard of are kept, the latest ones; a stranger can
/// make up any number. The true ones come again with every bundle.
const MOST_EARLY: usize = 256;

/// A device of this vault's owner before this one.
pub(crate) struct Former {
    pub(crate) author: VerifyingKey,
    pub(crate) identity: Identity,
}

#[derive(Encode, Decode)]
#[cbor(array)]
struct WireFormer<'a> {
    #[n(0)]
    author: VerifyingKey,
    #[cbor(b(1), with = "minicbor::bytes")]
    seed: &'a [u8],
}

/// What this vault says of those before it.
#[derive(Default, Serialize, Deserialize)]
struct Own {
    /// Signed, in hexadecimal.
    statements: Vec<String>,
    /// The desk is being told.
    told: bool,
}

impl Kept for Own {
    const KEY: &'static str = "own_successions";
}

impl Open {
    /// The devices before this one.
    pub(crate) fn former(&self) -> Result<Vec<Former>, Fault> {
        let Some(kept) = self.vault.setting(FORMER)?.map(Zeroizing::new) else {
            return Ok(vec![]);
        };
        let former: Vec<WireFormer<'_>> =
            cbor::decode(&kept, LIST_LIMIT).map_err(|_| Fault::StoreDamaged)?;
        let former = former.into_iter().map(|former| {
            let seed = former.seed.try_into().map_err(|_| Fault::StoreDamaged)?;
            Ok(Former {
                author: former.author,
                identity: Identity::from_seed(seed),
            })
        });
        former.collect()
    }

    /// Keeps more devices before this one; those that are known stay as they are.
    pub(crate) fn keep_former(&self, more: Vec<Former>) -> Result<(), Fault> {
        let mut former = self.former()?;
        let known = former.len();
        let me = self.vault.signing_key().verifying_key();
        for new in more {
            if new.author != me && former.iter().all(|known| known.author != new.author) {
                former.push(new);
            }
        }
        if former.len() == known {
            return Ok(());
        }
        let devices: Vec<_> = (former.iter())
            .map(|former| DeviceId::from_bytes(*former.author.as_bytes()))
            .collect();
        // First, so that a kill in between leaves no device half known.
        self.vault.set_former_devices(&devices)?;
        let seeds: Vec<_> = (former.iter())
            .map(|former| former.identity.expose_seed())
            .collect();
        let former: Vec<WireFormer<'_>> = (former.iter().zip(&seeds))
            .map(|(former, seed)| WireFormer {
                author: former.author,
                seed: &**seed,
            })
            .collect();
        let bytes = cbor::to_wiped(128 * former.len() + 16, former);
        Ok(self.vault.set_setting(FORMER, &bytes)?)
    }

    /// Who this vault's owner is and was: this device and those before it.
    pub(crate) fn mine(&self) -> Result<Vec<DeviceId>, Fault> {
        let former = self.former()?.into_iter();
        let former = former.map(|former| DeviceId::from_bytes(*former.author.as_bytes()));
        Ok(std::iter::once(self.me()).chain(former).collect())
    }

    /// The signed statements that go along with every bundle.
    pub(crate) fn own_successions(&self) -> Result<Vec<Vec<u8>>, Fault> {
        let own = self.kept::<Own>()?.unwrap_or_default();
        let decode = |text: &String| HEXLOWER.decode(text.as_bytes());
        let statements = own.statements.iter().map(decode);
        statements
            .collect::<Result<_, _>>()
            .map_err(|_| Fault::StoreDamaged)
    }

    /// Signs that this device takes the place of those before it. `last` gives the number of the
    /// last bundle of each that is known. Says whether the desk still has to be told.
    pub(crate) fn succeed(
        &self,
        keys: &Keys,
        audience: [u8; 32],
        lost: bool,
        last: impl Fn(&VerifyingKey) -> u64,
    ) -> Result<bool, Fault> {
        let mut own = self.kept::<Own>()?.unwrap_or_default();
        let recovery = keys.signing.verifying_key();
        let said: Vec<Succession> = (self.own_successions()?.iter())
            .filter_map(|bytes| Unverified::from_bytes(bytes).ok())
            .filter_map(|said| said.verify(&recovery, &audience).ok())
            .collect();
        let mut news = false;
        for former in self.former()? {
            let enough = |said: &Succession| said.old == former.author && (said.lost || !lost);
            if said.iter().any(enough) {
                continue;
            }
            let statement = Succession {
                old: former.author,
                new: self.vault.signing_key().verifying_key(),
                audience,
                lost,
                at: system::now().0,
                last: last(&former.author),
            };
            own.statements
                .push(HEXLOWER.encode(&statement.sign(&keys.signing)));
            news = true;
        }
        if news {
            own.told = false;
            self.keep(&own)?;
        }
        Ok(!own.told && !own.statements.is_empty())
    }

    /// Notes that the desk is being told.
    pub(crate) fn told_successions(&self) -> Result<(), Fault> {
        let own = self.kept::<Own>()?.unwrap_or_default();
        self.keep(&Own { told: true, ..own })
    }

    /// At a desk: takes what a bundle says of its sender's recovery key and of successions.
    pub(crate) fn learn(&self, sender: &VerifyingKey, content: &Content) -> Result<(), Fault> {
        if let Some(key) = &content.recovery {
            let name = recovery_name(sender);
            if self.vault.setting(&name)?.is_none() {
                self.vault.set_setting(&name, key.as_bytes())?;
            }
        }
        let me = *self.vault.signing_key().verifying_key().as_bytes();
        let mut learned = self.learned()?;
        let mut news = false;
        // Bundles come in any order: one that succeeds may come before all of the one it succeeds.
        let early = self.early()?;
        let mut still_early = Vec::new();
        for bytes in early.iter().chain(&content.successions) {
            let Ok(said) = Unverified::from_bytes(bytes) else {
                continue;
            };
            let Some(key) = self.declared(said.old())? else {
                if !still_early.contains(bytes) {
                    still_early.push(bytes.clone());
                }
                continue;
            };
            if let Ok(said) = said.verify(&key, &me) {
                news |= learned.add(said);
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

    /// The recovery key that a device named first.
    fn declared(&self, author: &VerifyingKey) -> Result<Option<VerifyingKey>, Fault> {
        let kept = self.vault.setting(&recovery_name(author))?;
        let key = kept.and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
        Ok(key.map(VerifyingKey::from_bytes))
    }

    /// At a desk: the successions that were learned.
    pub(crate) fn learned(&self) -> Result<Learned, Fault> {
        let kept = self.vault.setting(LEARNED)?;
        let kept = kept.map(|bytes| cbor::decode(&bytes, LIST_LIMIT));
        let kept = kept.transpose().map_err(|_| Fault::StoreDamaged)?;
        Ok(Learned(kept.unwrap_or_default()))
    }

    /// At a desk: notes which entries come from a device after that was declared lost, before they
    /// are taken in. Those that its owner's new device passes on do not.
    pub(crate) fn flag_lost(
        &self,
        entries: &[Entry],
        bundle: &Bundle,
        fits: bool,
    ) -> Result<(), Fault> {
        if self.vault.role() != Role::Desk {
            return Ok(());
        }
        let learned = self.learned()?;
        for entry in entries {
            let author = entry.author().verifying_key();
            let Some(last) = learned.lost_after(&author) else {
                continue;
            };
            let before = fits && bundle.sender == author && bundle.sequence <= last;
            if before || learned.after(&author).contains(&bundle.sender) {
                continue;
            }
            let known = self.vault.entries(entry.incident())?;
            let mut flagged = self.flagged_entries(entry.incident())?;
            if known.iter().any(|known| known.hash() == entry.hash())
                || flagged.contains(&entry.hash())
            {
                continue;
            }
            flagged.push(entry.hash());
            let bytes = cbor::to_vec(&flagged);
            self.vault
                .set_setting(&lost_name(entry.incident()), &bytes)?;
        }
        Ok(())
    }

    /// The entries of an incident that came from a device after that was declared lost.
    pub(crate) fn flagged_entries(&self, incident: IncidentId) -> Result<Vec<EntryHash>, Fault> {
        let kept = self.vault.setting(&lost_name(incident))?;
        let kept = kept.map(|bytes| cbor::decode(&bytes, LIST_LIMIT));
        let kept = kept.transpose().map_err(|_| Fault::StoreDamaged)?;
        Ok(kept.unwrap_or_default())
    }
}

fn recovery_name(author: &VerifyingKey) -> String {
    format!("recovery/{author}")
}

fn lost_name(incident: IncidentId) -> String {
    format!("lost/{incident}")
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

    /// Whether a device was declared lost, and the number of its last bundle before.
    fn lost_after(&self, author: &VerifyingKey) -> Option<u64> {
        let lost = self.0.iter().filter(|it| it.lost && it.old == *author);
        lost.map(|it| it.last).min()
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
mod tests {
    use holdfast_record::{Statement, Timestamp};
    use holdfast_seal::BundleHash;
    use holdfast_sign::SigningKey;

    use super::*;
    use crate::{
        testing,
        view::{ListReports, RoleView},
    };

    fn key(byte: u8) -> SigningKey {
        SigningKey::from_seed(&[byte; 32])
    }

    /// The recovery key of whoever has the devices 1, 2 and 3.
    const WORDS: u8 = 9;

    fn says(open: &Open, old: u8, new: u8, lost: bool, by: u8) -> Vec<u8> {
        let said = Succession {
            old: key(old).verifying_key(),
            new: key(new).verifying_key(),
            audience: *open.vault.signing_key().verifying_key().as_bytes(),
            lost,
            at: 1,
            last: 5,
        };
        said.sign(&key(by))
    }

    /// The desk learns what the content of a bundle of `sender` says.
    fn told(open: &Open, sender: u8, recovery: u8, successions: &[Vec<u8>]) -> usize {
        let content = Content {
            entries: vec![],
            reply: None,
            recovery: Some(key(recovery).verifying_key()),
            successions: successions.to_vec(),
        };
        open.learn(&key(sender).verifying_key(), &content).unwrap();
        open.learned().unwrap().0.len()
    }

    #[test]
    fn a_succession_may_come_before_all_of_the_one_it_succeeds() {
        let (_dir, app) = testing::app(RoleView::Desk);
        let open = app.open().unwrap();
        let after = says(&open, 1, 2, true, WORDS);
        assert_eq!(told(&open, 2, WORDS, std::slice::from_ref(&after)), 0);
        // Whatever strangers make up, one that was there before the last of it is not lost.
        let made_up: Vec<_> = (10..200).map(|old| says(&open, old, 3, false, 8)).collect();
        assert_eq!(told(&open, 7, 8, &made_up), 0);
        assert_eq!(told(&open, 1, WORDS, &[]), 1);
        let learned = open.learned().unwrap();
        assert_eq!(
            learned.after(&key(1).verifying_key()),
            [key(2).verifying_key()]
        );
    }

    #[test]
    fn a_stranger_cannot_claim_a_succession() {
        let (_dir, app) = testing::app(RoleView::Desk);
        let open = app.open().unwrap();
        assert_eq!(told(&open, 1, WORDS, &[]), 0);
        // With words of their own, with the old device's own key, and by naming other words for it.
        for by in [8, 1] {
            assert_eq!(told(&open, 7, 8, &[says(&open, 1, 7, true, by)]), 0);
        }
        assert_eq!(told(&open, 1, 8, &[says(&open, 1, 7, true, 8)]), 0);
        // Not even with the right words for somebody whose first word is not known yet.
        assert_eq!(told(&open, 3, WORDS, &[says(&open, 2, 3, false, WORDS)]), 0);
        // As soon as it is, both hold.
        assert_eq!(told(&open, 2, WORDS, &[says(&open, 1, 2, true, WORDS)]), 2);
    }

    #[test]
    fn a_replay_changes_nothing_and_takes_no_loss_back() {
        let (_dir, app) = testing::app(RoleView::Desk);
        let open = app.open().unwrap();
        let (kept, lost) = (
            says(&open, 1, 2, false, WORDS),
            says(&open, 1, 2, true, WORDS),
        );
        told(&open, 1, WORDS, &[]);
        let old = key(1).verifying_key();
        assert_eq!(told(&open, 2, WORDS, std::slice::from_ref(&kept)), 1);
        assert_eq!(open.learned().unwrap().lost_after(&old), None);
        assert_eq!(told(&open, 2, WORDS, &[lost]), 1);
        assert_eq!(open.learned().unwrap().lost_after(&old), Some(5));
        assert_eq!(told(&open, 7, 8, &[kept]), 1);
        assert_eq!(open.learned().unwrap().lost_after(&old), Some(5));
    }

    #[test]
    fn whoever_came_last_speaks_for_the_first() {
        let (_dir, app) = testing::app(RoleView::Desk);
        let open = app.open().unwrap();
        for device in 1..=3 {
            told(&open, device, WORDS, &[]);
        }
        let all = [(2, 3), (1, 3), (1, 2)].map(|(old, new)| says(&open, old, new, false, WORDS));
        assert_eq!(told(&open, 3, WORDS, &all), 3);
        let learned = open.learned().unwrap();
        let keys = |of: &[u8]| {
            of.iter()
                .map(|&it| key(it).verifying_key())
                .collect::<Vec<_>>()
        };
        assert_eq!(learned.now(&key(1).verifying_key()), keys(&[3, 2, 1]));
        assert_eq!(learned.after(&key(3).verifying_key()), keys(&[]));
        assert_eq!(learned.before(&key(2).verifying_key()), keys(&[1]));
    }

    #[test]
    fn the_list_says_which_report_comes_from_a_lost_device() {
        let (_dir, app) = testing::app(RoleView::Desk);
        let open = app.open().unwrap();
        told(&open, 1, WORDS, &[]);
        told(&open, 2, WORDS, &[says(&open, 1, 2, true, WORDS)]);
        let comes = |device: u8, sequence| {
            let (key, mut rng) = (key(device), system::rng());
            let incident = IncidentId::make(&mut rng);
            let at = Timestamp(1);
            let entry = Entry::make(&key, incident, &[], at, &Statement::Created, &mut rng);
            let bundle = Bundle {
                sender: key.verifying_key(),
                audience: *open.vault.signing_key().verifying_key().as_bytes(),
                sequence,
                previous: BundleHash::default(),
                content: Zeroizing::default(),
            };
            let entries = std::slice::from_ref(&entry);
            open.flag_lost(entries, &bundle, true).unwrap();
            open.vault.hear(entries).unwrap();
            incident.to_string()
        };
        // Before the loss, after it, and from the new device.
        let said = [(1, 5), (1, 6), (2, 1)].map(|(device, sequence)| comes(device, sequence));
        let list = app.list_reports(ListReports::default()).unwrap().items;
        let flagged = |report: &String| {
            let row = list.iter().find(|row| row.report == *report);
            row.unwrap().from_lost_device
        };
        assert_eq!(said.each_ref().map(flagged), [false, true, false]);
    }
}
