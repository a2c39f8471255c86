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
    lookup::{Joined, OwnMailbox},
    restore::{Restored, Sought},
    session::{Open, check_length},
    system,
    transport::{Transport, mailbox},
    view::{
        ConfirmWords, CreateVault, Fault, FetchBack, InviteText, Recover, Recovered, RoleView,
        Unlock, WordList, WordsView,
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
        let (lost, invite) = (args.lost, args.invite.clone());
        let keys = Arc::new(read_words(args.words)?);
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
            let joined = Joined {
                invite: args.invite,
            };
            app.make_vault(create, cost, &recovery, Some(&joined))
        })
        .await?;
        self.require_own(&keys)?;
        if self.open()?.card()?.is_none() {
            self.join(InviteText { invite })?;
        }
        self.start_again(&keys, lost).await
    }

    /// Refuses words that are not those of the open vault.
    fn require_own(&self, keys: &Keys) -> Result<(), Fault> {
        if self.open()?.recovery()?.verifying_key() == keys.signing.verifying_key() {
            Ok(())
        } else {
            Err(Fault::WordsOfAnother)
        }
    }

    /// Takes everything back that notes name, and says whose place this device takes.
    async fn start_again(&self, keys: &Arc<Keys>, lost: bool) -> Result<Recovered, Fault> {
        let found = self.gather(keys).await?;
        let card = self.open()?.card()?.ok_or(Fault::NotJoined)?;
        let (bundles, elsewhere) = self.open()?.take_notes(found.notes, &card)?;
        for object in &found.others {
            // Answers to a device before this one open now.
            let open = self.open()?;
            self.take_in(&open, object)?;
        }
        let nothing = bundles.is_empty() && elsewhere == 0;
        let mut restored = Restored::after(found.fault);
        if restored.fault.is_none() {
            restored = self.restore(keys, bundles).await?;
        }
        if restored.fault.is_none() {
            self.make_known(keys, lost, &card, &restored)?;
            let transport = Transport {
                app: self.clone(),
                insist: true,
            };
            let outcome = sync_once(&self.client()?, &transport, &transport).await;
            holdfast_sync::Outbox::passed(&transport, &outcome);
            restored.fault = outcome.fault.as_ref().map(Fault::from);
        }
        if nothing && restored.fault.is_none() {
            restored.fault = Some(Fault::NothingToRecover);
        }
        self.tell(Notice::Changed);
        let mut recovered = restored.view();
        recovered.missing += elsewhere;
        Ok(recovered)
    }

    /// Tells the desk that this device takes the place of those before it.
    fn make_known(
        &self,
        keys: &Keys,
        lost: bool,
        card: &Card,
        restored: &Restored,
    ) -> Result<(), Fault> {
        let open = self.open()?;
        let audience = *card.coalition.as_bytes();
        let last = |author: &_| restored.last_bundle(author, &audience);
        if !open.succeed(keys, audience, lost, last)? {
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
        let keys = read_words(args.words)?;
        self.require_own(&keys)?;
        let report = args.report.as_deref().map(parse_report).transpose()?;
        let (bundles, incidents) = self.open()?.thinned_bundles(report)?;
        self.open()?.vault.ask_back(&incidents, self.now())?;
        let mut recovered = self.restore(&keys, bundles).await?.view();
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

/// The keys of words that somebody typed.
fn read_words(typed: String) -> Result<Keys, Fault> {
    let typed = Zeroizing::new(typed);
    let words = Words::read(&typed).map_err(|error| match error {
        WordsError::Unknown { position } => Fault::WordUnknown {
            position: u32::try_from(position).unwrap_or(u32::MAX),
        },
        WordsError::Wrong => Fault::WordsWrong,
    })?;
    Ok(words.derive_keys())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::WordTyped;

    fn typed(words: &WordsView, but: Option<u32>) -> ConfirmWords {
        let typed = words.asked.iter().map(|&position| WordTyped {
            position,
            word: match but {
                Some(wrong) if wrong == position => "zoo zoo".to_owned(),
                _ => format!(" {} ", words.words[position as usize - 1].to_uppercase()),
            },
        });
        ConfirmWords {
            typed: typed.collect(),
        }
    }

    #[test]
    fn a_vault_is_made_only_with_words_that_were_typed_back() {
        let dir = tempfile::tempdir().unwrap();
        let app = App::new(dir.path().join("vault"), |_| {});
        let create = || CreateVault {
            passphrase: "long enough for a test".to_owned(),
            role: RoleView::Reporter,
            name: None,
            endpoint: None,
            admission: None,
        };
        let refused = Some(Fault::WordsNotConfirmed);
        assert_eq!(app.create_vault(create()).err(), refused);
        assert_eq!(
            app.confirm_words(ConfirmWords { typed: vec![] }).err(),
            refused
        );
        let words = app.new_words(()).unwrap();
        assert_eq!((words.words.len(), words.asked.len()), (WORDS, ASKED));
        assert_eq!(app.create_vault(create()).err(), refused);
        let position = words.asked[2];
        let differs = app.confirm_words(typed(&words, Some(position)));
        assert_eq!(differs, Err(Fault::WordDiffers { position }));
        assert_eq!(app.create_vault(create()).err(), refused);
        app.confirm_words(typed(&words, None)).unwrap();
        assert!(app.confirmed_words().is_ok());
        // Others are drawn: those are to be typed back first.
        app.new_words(()).unwrap();
        assert_eq!(app.create_vault(create()).err(), refused);
        app.lock(()).unwrap();
        assert!(app.drawn().is_none(), "a lock forgets them");
        assert!(!dir.path().join("vault").exists());
    }
}
