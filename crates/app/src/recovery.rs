//! The recovery words, starting again with them, and fetching back.

use std::{collections::BTreeSet, sync::PoisonError};

use holdfast_record::IncidentId;
use holdfast_recovery::{Keys, WORDS, Words, WordsError, list};
use holdfast_sync::{holds_anything, sync_once};
use holdfast_vault::{OutboxRow, Presence};
use holdfast_wire::MailboxId;
use rand_core::Rng as _;
use std::sync::Arc;
use zeroize::Zeroizing;

use crate::{
    App, Cost, Notice,
    card::Card,
    delivery::{Addressee, what},
    evidence::parse_report,
    former::device,
    lookup::{Joined, OwnMailbox, Recovering},
    restore::{Restored, Sought},
    session::{Open, StartAgain, Underway, check_length},
    system,
    transport::{Transport, mailbox},
    view::{
        AppState, ConfirmWords, CreateVault, Fault, FetchBack, InviteText, Recover, Recovered,
        ResumeRecovery, RoleView, Unlock, WordList, WordsView,
    },
};

/// So many of the words are asked for: enough that a photograph of the screen is no shortcut, and
/// few enough to be typed.
const ASKED: usize = 4;

/// Words that were drawn and are being written on paper.
pub(crate) struct Drawn {
    words: Arc<Words>,
    /// Which are asked for; 1 is the first.
    asked: Vec<u32>,
    confirmed: bool,
    _underway: Arc<Underway>,
}

impl App {
    /// Draws recovery words. They are shown once.
    pub fn new_words(&self, (): ()) -> Result<WordsView, Fault> {
        let mut rng = system::rng();
        let words = Words::make(&mut rng);
        let mut asked = BTreeSet::new();
        while asked.len() < ASKED {
            // 24 goes into 2³² so nearly that the first words are asked for no more often.
            asked.insert(rng.next_u32() % WORDS as u32 + 1);
        }
        let asked: Vec<u32> = asked.into_iter().collect();
        let shown = words.expose_words();
        *self.drawn() = Some(Drawn {
            words: Arc::new(words),
            asked: asked.clone(),
            confirmed: false,
            _underway: self.underway(),
        });
        Ok(WordsView {
            words: shown.into_iter().map(str::to_owned).collect(),
            asked,
        })
    }

    /// Compares the words that were asked for.
    pub fn confirm_words(&self, args: ConfirmWords) -> Result<(), Fault> {
        let mut drawn = self.drawn();
        let drawn = drawn.as_mut().ok_or(Fault::WordsNotConfirmed)?;
        for &position in &drawn.asked {
            let typed = args.typed.iter().find(|typed| typed.position == position);
            let right =
                typed.is_some_and(|typed| drawn.words.is_at(position as usize, &typed.word));
            if !right {
                return Err(Fault::WordDiffers { position });
            }
        }
        drawn.confirmed = true;
        Ok(())
    }

    /// The list that recovery words come from.
    pub fn word_list(&self, (): ()) -> Result<WordList, Fault> {
        let words = list().iter().map(|&word| word.to_owned()).collect();
        Ok(WordList { words })
    }

    /// Words that were drawn and typed back.
    pub(crate) fn confirmed_words(&self) -> Result<Arc<Words>, Fault> {
        let drawn = self.drawn();
        let confirmed = drawn.as_ref().filter(|drawn| drawn.confirmed);
        let words = confirmed.map(|drawn| Arc::clone(&drawn.words));
        words.ok_or(Fault::WordsNotConfirmed)
    }

    /// Erases words that were drawn.
    pub(crate) fn forget_words(&self) {
        *self.drawn() = None;
    }

    fn drawn(&self) -> std::sync::MutexGuard<'_, Option<Drawn>> {
        self.0.drawn.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Starts again on this device: makes a vault, unless an earlier try has, and fetches back
    /// what was delivered with these words.
    pub async fn recover(&self, args: Recover) -> Result<Recovered, Fault> {
        self.recover_at(args, Cost::Device).await
    }

    /// The same, with a vault whose passphrase costs as much as `cost` says.
    pub async fn recover_at(&self, args: Recover, cost: Cost) -> Result<Recovered, Fault> {
        let _underway = self.underway();
        // A lock or a panic while the endpoint is asked is not got round.
        let asked = self.moment();
        let (lost, invite) = (args.lost, args.invite.clone());
        let keys = read_words(args.words).await?;
        let card = Card::from_invite(&args.invite)?;
        if MailboxId::of(&keys.read) == card.mailbox {
            // The desk's own words: what lies in its mailbox is not sealed to them.
            return Err(Fault::NothingToRecover);
        }
        let made = holdfast_vault::presence(&self.directory()) == Presence::None;
        if made {
            check_length(&args.passphrase)?;
            let own = mailbox(&card, &OwnMailbox::of(&keys))?;
            let there = holds_anything(&self.client()?, &own).await;
            if !there.map_err(|error| Fault::from(&error))? {
                return Err(Fault::NothingToRecover);
            }
        }
        let app = self.clone();
        let (passphrase, recovery) = (args.passphrase, Arc::clone(&keys));
        system::at_work(move || {
            if !made {
                return app.unlock(Unlock { passphrase });
            }
            let create = CreateVault {
                passphrase,
                role: RoleView::Reporter,
                name: None,
                endpoint: None,
                admission: None,
            };
            let start = StartAgain {
                joined: Joined {
                    invite: args.invite,
                },
                recovering: Recovering::begun(lost),
            };
            app.make_vault(create, cost, &recovery, Some(&start), asked)
        })
        .await?;
        self.require_own(&keys)?;
        if !made {
            // A newer invite of the same coalition takes the place of the old one.
            self.join(InviteText { invite })?;
            self.open()?.keep(&Recovering::begun(lost))?;
        }
        self.start_again(&keys, lost).await
    }

    /// Goes on with a recovery that was broken off, in the vault that is open.
    pub async fn resume_recovery(&self, args: ResumeRecovery) -> Result<Recovered, Fault> {
        let keys = read_words(args.words).await?;
        self.require_own(&keys)?;
        let recovering = self.open()?.kept::<Recovering>()?.unwrap_or_default();
        self.start_again(&keys, recovering.lost).await
    }

    /// Leaves a recovery at what came back. The words bring the rest as long as it is held.
    pub fn end_recovery(&self, (): ()) -> Result<AppState, Fault> {
        self.open()?.keep(&Recovering::default())?;
        self.tell(Notice::Changed);
        self.state(())
    }

    /// Refuses words that are not those of the open vault.
    fn require_own(&self, keys: &Keys) -> Result<(), Fault> {
        if self.open()?.recovery()?.verifying_key() == keys.signing.verifying_key() {
            Ok(())
        } else {
            Err(Fault::WordsOfAnother)
        }
    }

    /// Takes everything back that notes name, and says whose place this device takes: that first,
    /// and of evidence only afterwards, which may take weeks.
    async fn start_again(&self, keys: &Arc<Keys>, lost: bool) -> Result<Recovered, Fault> {
        let found = self.gather(keys).await?;
        let card = self.open()?.card()?.ok_or(Fault::NotJoined)?;
        let noted = self.open()?.read_notes(found.notes, &card)?;
        let nothing = noted.bundles.is_empty() && noted.elsewhere == 0;
        let mut authors: Vec<_> = noted.devices.iter().map(|it| device(&it.author)).collect();
        authors.push(self.open()?.me());
        let mut restored = match found.fault {
            Some(fault) => Restored::after(Some(fault)),
            None => self.restore_bundles(keys, &noted.bundles, &authors).await?,
        };
        restored.missing += found.missing + noted.elsewhere;
        let open = self.open()?;
        restored.count_holes(&open.vault.signing_key().verifying_key());
        // Others can leave any number of notes, but hardly a bundle that opens with the words.
        let devices = noted.devices.into_iter();
        open.keep_former(devices.filter(|it| restored.heard(&it.author)).collect())?;
        for object in &found.others {
            // Answers to a device before this one open now.
            self.take_in(&open, object)?;
        }
        drop(open);
        if restored.fault.is_none() {
            self.make_known(keys, lost, &card, found.end)?;
            let transport = Transport {
                app: self.clone(),
                insist: true,
            };
            let outcome = sync_once(&self.client()?, &transport, &transport).await;
            holdfast_sync::Outbox::passed(&transport, &outcome);
            let broken = (outcome.fault.as_ref()).filter(|fault| !fault.is_about_one_object());
            restored.fault = broken.map(Fault::from);
        }
        self.restore_rest(&mut restored).await?;
        if nothing && restored.fault.is_none() {
            restored.fault = Some(Fault::NothingToRecover);
        }
        let recovered = restored.view();
        self.open()?.keep(&Recovering {
            unfinished: recovered.missing > 0 || recovered.fault.is_some(),
            missing: recovered.missing,
            lost,
        })?;
        self.tell(Notice::Changed);
        Ok(recovered)
    }

    /// Tells the desk that this device takes the place of those before it.
    fn make_known(&self, keys: &Keys, lost: bool, card: &Card, end: u64) -> Result<(), Fault> {
        let open = self.open()?;
        let audience = *card.coalition.as_bytes();
        if !open.succeed(keys, audience, lost, end)? {
            return Ok(());
        }
        let to = Addressee {
            audience,
            recipients: card.recipients.clone(),
            mailbox: card.mailbox,
            send: &card.send,
        };
        let nothing = holdfast_record::Incident::from_entries([]);
        open.send(&nothing, &[], &[], card, &to)?;
        open.told_successions()
    }

    /// Fetches back what was thinned.
    pub async fn fetch_back(&self, args: FetchBack) -> Result<Recovered, Fault> {
        let keys = read_words(args.words).await?;
        self.require_own(&keys)?;
        let report = args.report.as_deref().map(parse_report).transpose()?;
        let (bundles, incidents) = self.open()?.thinned_bundles(report)?;
        self.open()?.vault.ask_back(&incidents, self.now())?;
        let mine = self.open()?.mine()?;
        let mut restored = self.restore_bundles(&keys, &bundles, &mine).await?;
        self.restore_rest(&mut restored).await?;
        let mut recovered = restored.view();
        self.fetch_remarks(&incidents, &mut recovered).await?;
        self.tell(Notice::Changed);
        Ok(recovered)
    }
}

impl Open {
    /// The bundles of a report, or of every report of which something is not here any more.
    fn thinned_bundles(
        &self,
        report: Option<IncidentId>,
    ) -> Result<(Vec<Sought>, Vec<IncidentId>), Fault> {
        let rows = match report {
            Some(report) => self.vault.outbox_of(report)?,
            None => self.vault.delivered(u32::MAX)?,
        };
        if rows.is_empty() {
            return Err(Fault::NoSuchReport);
        }
        let mut thinned = BTreeSet::new();
        for row in &rows {
            let of = row.item.incident;
            if report.is_some() || (!thinned.contains(&of) && self.lacks(row)?) {
                thinned.insert(of);
            }
        }
        let bundles = rows
            .into_iter()
            .filter(|row| row.item.what == what::BUNDLE && thinned.contains(&row.item.incident));
        let bundles = bundles.map(|row| Sought {
            object: row.item.object,
            size: row.item.size,
            destination: row.item.destination,
        });
        Ok((bundles.collect(), thinned.into_iter().collect()))
    }

    /// Whether something that a row of the outbox stands for is not here.
    fn lacks(&self, row: &OutboxRow) -> Result<bool, Fault> {
        match &*row.item.what {
            what::EVIDENCE => Ok(!self.vault.has_object(&row.item.object)?),
            what::BUNDLE => Ok(self.vault.lacks(row.item.incident)?),
            _ => Ok(false),
        }
    }
}

/// The keys of words that somebody typed. They open everything that was ever delivered: nothing of
/// them is left on the stack of a thread that goes on with other work.
async fn read_words(typed: String) -> Result<Arc<Keys>, Fault> {
    system::at_work(move || {
        let typed = Zeroizing::new(typed);
        let words = Words::read(&typed).map_err(|error| match error {
            WordsError::Unknown { position } => Fault::WordUnknown {
                position: u32::try_from(position).unwrap_or(u32::MAX),
            },
            WordsError::Wrong => Fault::WordsWrong,
        })?;
        Ok(Arc::new(words.derive_keys()))
    })
    .await
}

#[cfg(test)]
mod tests;
