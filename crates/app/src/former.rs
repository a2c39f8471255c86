//! The devices of this vault's owner before this one, and what it says of them to its desk.

use std::collections::BTreeSet;

use data_encoding::HEXLOWER;
use holdfast_cbor as cbor;
use holdfast_record::DeviceId;
use holdfast_recovery::{Keys, Succession, Unverified};
use holdfast_seal::Identity;
use holdfast_sign::VerifyingKey;
use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::{bundle::MOST_SUCCESSIONS, lookup::Kept, session::Open, system, view::Fault};

/// More than any list that is kept here ever has.
const LIST_LIMIT: usize = 16 * 1024 * 1024;

const FORMER: &str = "former";

/// A device has one identity; whoever has it open can leave notes that name others for it, later
/// ones. Every one is tried on what comes.
const MOST_IDENTITIES: usize = 8;

/// A device of this vault's owner before this one, and what opens things sealed to it.
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
    /// The last place of the own mailbox when a device was first declared lost.
    lost_at: Option<u64>,
}

impl Kept for Own {
    const KEY: &'static str = "own_successions";
}

impl Open {
    /// The devices before this one; one may have several identities.
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

    /// Keeps more devices before this one, and more identities of those that are known.
    pub(crate) fn keep_former(&self, more: Vec<Former>) -> Result<(), Fault> {
        let mut former = self.former()?;
        let known = former.len();
        let me = self.vault.signing_key().verifying_key();
        for new in more {
            let same = || former.iter().filter(|known| known.author == new.author);
            let seed = new.identity.expose_seed();
            let here = same().any(|known| known.identity.expose_seed() == seed);
            if new.author != me && !here && same().count() < MOST_IDENTITIES {
                former.push(new);
            }
        }
        if former.len() == known {
            return Ok(());
        }
        let devices: BTreeSet<_> = (former.iter())
            .map(|former| device(&former.author))
            .collect();
        // First, so that a kill in between leaves no device half known.
        (self.vault).set_former_devices(&devices.into_iter().collect::<Vec<_>>())?;
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
        let mut mine = vec![self.me()];
        for former in self.former()? {
            let former = device(&former.author);
            if !mine.contains(&former) {
                mine.push(former);
            }
        }
        Ok(mine)
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

    /// Signs that this device takes the place of those before it. `end` is the last place of the own
    /// mailbox. Says whether the desk still has to be told.
    pub(crate) fn succeed(
        &self,
        keys: &Keys,
        audience: [u8; 32],
        lost: bool,
        end: u64,
    ) -> Result<bool, Fault> {
        let mut own = self.kept::<Own>()?.unwrap_or_default();
        let recovery = keys.signing.verifying_key();
        let mut said: Vec<(Succession, Vec<u8>)> = (self.own_successions()?.into_iter())
            .filter_map(|bytes| {
                let said = Unverified::from_bytes(&bytes).ok()?;
                Some((said.verify(&recovery, &audience).ok()?, bytes))
            })
            .collect();
        let mut news = false;
        for former in self.former()? {
            let same = said.iter().position(|(said, _)| said.old == former.author);
            let known = same.and_then(|at| said.get(at));
            if known.is_some_and(|(said, _)| said.lost || !lost) {
                continue;
            }
            let statement = Succession {
                old: former.author,
                new: self.vault.signing_key().verifying_key(),
                audience,
                lost,
                at: system::now().0,
            };
            let signed = statement.sign(&keys.signing);
            match same {
                Some(at) => said[at] = (statement, signed),
                // The first in the mailbox are the true ones; a reader hears of no more.
                None if said.len() < MOST_SUCCESSIONS => said.push((statement, signed)),
                None => break,
            }
            if lost {
                own.lost_at.get_or_insert(end);
            }
            news = true;
        }
        if news {
            own.statements = said.iter().map(|(_, it)| HEXLOWER.encode(it)).collect();
            own.told = false;
            self.keep(&own)?;
        }
        Ok(!own.told && !own.statements.is_empty())
    }

    /// How far the own mailbox counts. A lost device can leave notes there, in its own name or in one that
    /// it makes up: what others than this device leave after the loss was declared is not the owner's.
    pub(crate) fn notes_count_up_to(&self) -> Result<u64, Fault> {
        let own = self.kept::<Own>()?.unwrap_or_default();
        Ok(own.lost_at.unwrap_or(u64::MAX))
    }

    /// Notes that the desk is being told.
    pub(crate) fn told_successions(&self) -> Result<(), Fault> {
        let own = self.kept::<Own>()?.unwrap_or_default();
        self.keep(&Own { told: true, ..own })
    }
}

pub(crate) fn device(key: &VerifyingKey) -> DeviceId {
    DeviceId::from_bytes(*key.as_bytes())
}
