//! A vault that is closed or open, and who is told when something changes.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, OnceLock, PoisonError, RwLock,
        atomic::{AtomicU64, Ordering},
    },
    thread::{self, JoinHandle},
};

use holdfast_record::{IncidentId, Timestamp};
use holdfast_recovery::{Keys, Words};
use holdfast_sync::Client;
use holdfast_vault::{
    Create, Decoy, GuardSettings, KdfCost, Notebook, OpenError, Opened, Passphrase, Presence, Role,
    StoreError, Vault, Watch,
};
use tokio::sync::Notify;

use crate::{
    evidence::Imports,
    lookup::{DeskSetup, Joined, Kept as _, OwnMailbox, OwnRecovery, Recovering},
    recovery::Drawn,
    shelf::{Place, Shelf},
    system,
    view::{
        AppState, CreateVault, Fault, LEAST_TRIES, PanicView, Phase, RecoveringView, RoleView,
        Settings, Unlock, VaultMade,
    },
};

/// Shorter passphrases are refused when they are chosen.
const LEAST_PASSPHRASE: u32 = 10;

/// How much work a passphrase costs, for whoever has to guess it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Cost {
    /// About one second on this device.
    #[default]
    Device,
    /// The least that is allowed anywhere: 64 MiB, three passes.
    Floor,
}

/// What the shell tells its window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notice {
    /// Something in the vault changed.
    Changed,
    /// Delivery went on.
    Delivery,
    /// The vault was closed, or is not there: whatever is still known of it is to go.
    Locked,
    /// A panic has done what it could.
    Destroyed,
    /// The app presents itself in another way.
    Look,
}

/// All of Holdfast without a screen. Cheap to clone; clones are the same app.
#[derive(Clone)]
pub struct App(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    place: Place,
    open: RwLock<Option<Current>>,
    tell: Box<dyn Fn(Notice) + Send + Sync>,
    /// Wakes delivery when something was handed over or the vault opened.
    pub(crate) wake: Arc<Notify>,
    pub(crate) client: OnceLock<Client>,
    /// Counts lockings, so that an opening under way notices one.
    generation: AtomicU64,
    /// Counts panics, so that a vault being made notices one: there was nothing to destroy yet.
    pub(crate) panics: AtomicU64,
    /// Recovery words that are being written on paper, before there is a vault.
    pub(crate) drawn: Mutex<Option<Drawn>>,
    /// The reports of which bundles told something since somebody asked for what is new.
    pub(crate) news: Mutex<BTreeSet<IncidentId>>,
    /// The folder of the vault in front, if one was there at the last look.
    pub(crate) seen: Mutex<Option<PathBuf>>,
    /// What the last panic did, until something is opened.
    pub(crate) destroyed: Mutex<Option<PanicView>>,
    /// Held by whatever must not be cut off: what is open, the calls that still work on it, an opening, a
    /// wipe, a file that is written.
    underway: Arc<Underway>,
}

/// As long as one is held, something goes on.
pub(crate) struct Underway;

/// When something was asked for that opens a vault: what comes between counts.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Moment {
    generation: u64,
    panics: u64,
}

/// What is open, and where it lies.
struct Current {
    session: Session,
    directory: PathBuf,
}

#[derive(Clone)]
enum Session {
    Vault(Arc<Open>),
    Notebook(Arc<Instead>),
}

/// The notebook that a second passphrase opened instead of the vault.
struct Instead {
    decoy: Arc<Decoy>,
    _sweeping: Sweeping,
    _underway: Arc<Underway>,
}

/// Deletes what a second passphrase left of the vault, while the notebook is looked at. Nothing opens
/// it any more; what could not be deleted goes after the next opening.
struct Sweeping(Option<JoinHandle<()>>);

impl Sweeping {
    fn begin(decoy: &Arc<Decoy>) -> Self {
        let decoy = Arc::clone(decoy);
        Self(Some(thread::spawn(move || {
            let _ = system::on_washed_stack(|| decoy.sweep(&mut system::rng()));
        })))
    }
}

impl Drop for Sweeping {
    /// The notebook closes when nothing works on it any more.
    fn drop(&mut self) {
        if let Some(thread) = self.0.take() {
            let _ = thread.join();
        }
    }
}

/// What a vault that starts again has from its first moment.
pub(crate) struct StartAgain {
    pub(crate) joined: Joined,
    pub(crate) recovering: Recovering,
}

/// What exists only while the vault is open.
pub(crate) struct Open {
    pub(crate) vault: Vault,
    pub(crate) imports: Imports,
    _underway: Arc<Underway>,
}

impl App {
    /// An app whose vault lies, or will lie, in `directory`. `tell` is called from any thread.
    pub fn new(directory: PathBuf, tell: impl Fn(Notice) + Send + Sync + 'static) -> Self {
        Self::at(Place::One(directory), tell)
    }

    /// An app that keeps the vaults of a device in `home`, of which one is chosen.
    pub fn on_shelf(home: PathBuf, tell: impl Fn(Notice) + Send + Sync + 'static) -> Self {
        Self::at(Place::Shelf(Shelf::open(home)), tell)
    }

    fn at(place: Place, tell: impl Fn(Notice) + Send + Sync + 'static) -> Self {
        Self(Arc::new(Inner {
            place,
            open: RwLock::new(None),
            tell: Box::new(tell),
            wake: Arc::new(Notify::new()),
            client: OnceLock::new(),
            generation: AtomicU64::new(0),
            panics: AtomicU64::new(0),
            drawn: Mutex::default(),
            news: Mutex::default(),
            seen: Mutex::default(),
            destroyed: Mutex::default(),
            underway: Arc::new(Underway),
        }))
    }

    /// Something begins that must not be cut off.
    pub(crate) fn underway(&self) -> Arc<Underway> {
        Arc::clone(&self.0.underway)
    }

    /// Whether nothing is open and nothing goes on that was begun: no call on what was open, no opening, no
    /// wipe, no file that is written, no words on their way to paper, and no pass of delivery, whose upload
    /// a lock lets end (I-17). The program may end then and nothing is lost.
    pub fn is_at_rest(&self) -> bool {
        Arc::strong_count(&self.0.underway) == 1 && !self.is_passing()
    }

    /// Whether a pass of delivery is under way.
    pub(crate) fn is_passing(&self) -> bool {
        self.0.client.get().is_some_and(Client::is_busy)
    }

    pub(crate) fn tell(&self, notice: Notice) {
        (self.0.tell)(notice);
    }

    pub(crate) fn place(&self) -> &Place {
        &self.0.place
    }

    pub(crate) fn directory(&self) -> PathBuf {
        self.0.place.directory()
    }

    fn session(&self) -> Option<Session> {
        let open = self.0.open.read().unwrap_or_else(PoisonError::into_inner);
        open.as_ref().map(|current| current.session.clone())
    }

    /// Whether a vault, or the notebook there instead of it, is open.
    pub fn is_open(&self) -> bool {
        self.session().is_some()
    }

    /// Where what is open lies, whatever is in front of somebody now.
    pub(crate) fn open_directory(&self) -> Option<PathBuf> {
        let open = self.0.open.read().unwrap_or_else(PoisonError::into_inner);
        open.as_ref().map(|current| current.directory.clone())
    }

    /// The open vault.
    pub(crate) fn open(&self) -> Result<Arc<Open>, Fault> {
        match self.session() {
            Some(Session::Vault(open)) => Ok(open),
            _ => Err(Fault::Locked),
        }
    }

    /// Works on the notebook that is open: the vault's own, or the one that is there instead of it.
    pub(crate) fn with_notebook<T>(
        &self,
        work: impl FnOnce(Notebook<'_>) -> Result<T, StoreError>,
    ) -> Result<T, Fault> {
        let done = match self.session() {
            Some(Session::Vault(open)) => work(open.vault.notebook()),
            Some(Session::Notebook(instead)) => work(instead.decoy.notebook()),
            None => return Err(Fault::Locked),
        };
        done.map_err(|error| match error {
            StoreError::NotFound => Fault::NoSuchNote,
            other => other.into(),
        })
    }

    /// Where the app stands.
    pub fn state(&self, (): ()) -> Result<AppState, Fault> {
        let look = self.place().view();
        let Watch {
            wait, check_in_by, ..
        } = self.watch(&self.directory());
        let mut state = AppState {
            phase: Phase::Locked,
            role: None,
            coalition: None,
            settings: Settings {
                language: look.language.clone(),
                ..Settings::default()
            },
            look,
            wait_seconds: u32::try_from(wait.as_secs()).unwrap_or(u32::MAX),
            check_in_by: check_in_by.map(|by| by.0),
            recovering: None,
            destroyed: self.destroyed().clone(),
            spare_mended: false,
        };
        match self.session() {
            Some(Session::Vault(open)) => {
                state.phase = Phase::Open;
                state.role = Some(role_view(open.vault.role()));
                state.coalition = open.card()?.map(|card| card.view());
                state.settings = open.settings()?;
                let recovering = open.kept::<Recovering>()?.filter(|it| it.unfinished);
                state.recovering = recovering.map(|it| RecoveringView {
                    missing: it.missing,
                });
                state.spare_mended = open.vault.spare_was_mended();
            }
            Some(Session::Notebook(..)) => state.phase = Phase::Notebook,
            // A wipe that was cut short is finished by the next try to open.
            None if holdfast_vault::presence(&self.directory()) == Presence::None => {
                state.phase = Phase::NoVault;
            }
            None => {}
        }
        Ok(state)
    }

    pub(crate) fn moment(&self) -> Moment {
        Moment {
            generation: self.0.generation.load(Ordering::Acquire),
            panics: self.0.panics.load(Ordering::Acquire),
        }
    }

    pub(crate) fn watch(&self, directory: &Path) -> Watch {
        holdfast_vault::watch(directory, self.now())
    }

    /// Makes a vault and opens it. A passphrase costs about a second on this device. Its recovery
    /// words were drawn, and typed back, before.
    pub fn create_vault(&self, args: CreateVault) -> Result<AppState, Fault> {
        let asked = self.moment();
        let words = self.confirmed_words()?;
        let state = self.make_vault(args, Cost::Device, &words.derive_keys(), None, asked)?;
        self.forget_words();
        Ok(state)
    }

    /// Makes a vault whose passphrase costs as much as `cost` says, and draws the recovery words,
    /// which it gives out this once.
    pub fn create_vault_at(&self, args: CreateVault, cost: Cost) -> Result<VaultMade, Fault> {
        let asked = self.moment();
        let words = Words::make(&mut system::rng());
        let state = self.make_vault(args, cost, &words.derive_keys(), None, asked)?;
        let words = words.expose_words();
        Ok(VaultMade {
            state,
            words: words.into_iter().map(str::to_owned).collect(),
        })
    }

    /// Makes a vault with these recovery keys; one that starts again has its coalition at once.
    pub(crate) fn make_vault(
        &self,
        args: CreateVault,
        cost: Cost,
        keys: &Keys,
        again: Option<&StartAgain>,
        asked: Moment,
    ) -> Result<AppState, Fault> {
        check_length(&args.passphrase)?;
        let _underway = self.underway();
        let mut settings = vec![
            OwnMailbox::of(keys).to_setting()?,
            OwnRecovery::of(keys).to_setting()?,
        ];
        if args.role == RoleView::Desk {
            settings.push(DeskSetup::from_request(&args)?.to_setting()?);
        }
        if let Some(again) = again {
            settings.push(again.joined.to_setting()?);
            settings.push(again.recovering.to_setting()?);
        }
        let create = Create {
            role: match args.role {
                RoleView::Reporter => Role::Reporter,
                RoleView::Lawyer => Role::Lawyer,
                RoleView::Desk => Role::Desk,
            },
            cost: match cost {
                Cost::Device => KdfCost::Device,
                Cost::Floor => KdfCost::Floor,
            },
            now: system::now(),
            settings: &settings,
        };
        if self.moment() != asked {
            return Err(Fault::Locked);
        }
        let passphrase = Passphrase::new(args.passphrase);
        let directory = self.directory();
        let vault = Vault::create(&directory, &passphrase, create, &mut system::rng())?;
        if self.moment().panics != asked.panics {
            // The panic found nothing here, and was meant for this.
            drop(vault);
            self.destroy(&directory, false)?;
            return Err(Fault::Wiped);
        }
        self.opened(Opened::Vault(Box::new(vault)), directory, asked)
    }

    /// Opens what the passphrase opens. The answer takes as long for a wrong passphrase as for a
    /// right one. If its owner has missed a check-in, the vault is destroyed instead. A lock gives it
    /// up: what the wait was for is then neither tried nor counted.
    pub fn unlock(&self, args: Unlock) -> Result<AppState, Fault> {
        if self.is_open() {
            return self.state(());
        }
        let _underway = self.underway();
        let passphrase = Passphrase::new(args.passphrase);
        let asked = self.moment();
        let (directory, now) = (self.directory(), self.now());
        if self.watch(&directory).missed {
            self.destroy(&directory, false)?;
            return Err(Fault::Wiped);
        }
        // A lock ends the wait as well: a passphrase typed wrongly need not be waited for.
        let wanted = || self.moment() == asked;
        let opened = Vault::open_while(&directory, &passphrase, now, &mut system::rng(), wanted);
        if let Err(OpenError::Wiped) = opened {
            self.forget_seen();
            self.remember_panic(Some(PanicView::ALL));
            self.tell(Notice::Locked);
        }
        self.opened(opened?, directory, asked)
    }

    /// Takes up what was made or opened, unless the app was locked, or everything destroyed, in the
    /// second that the passphrase took.
    fn opened(&self, opened: Opened, directory: PathBuf, asked: Moment) -> Result<AppState, Fault> {
        let session = match opened {
            Opened::Vault(vault) => Session::Vault(Arc::new(Open {
                vault: *vault,
                imports: Imports::default(),
                _underway: self.underway(),
            })),
            Opened::Decoy(decoy) => {
                let decoy = Arc::new(decoy);
                Session::Notebook(Arc::new(Instead {
                    _sweeping: Sweeping::begin(&decoy),
                    _underway: self.underway(),
                    decoy,
                }))
            }
        };
        {
            let mut open = self.0.open.write().unwrap_or_else(PoisonError::into_inner);
            if self.moment() != asked {
                drop(open);
                drop(session);
                // The page that typed the passphrase is to go, too.
                self.tell(Notice::Locked);
                return Err(Fault::Locked);
            }
            *open = Some(Current { session, directory });
        }
        // It is open all the same; the next time it is not in front by itself.
        let _ = self.place().settle();
        self.forget_destroyed();
        self.0.wake.notify_one();
        self.tell(Notice::Changed);
        let state = self.state(())?;
        if state.settings.thin.what.is_some() {
            // Nobody waits for it before the first screen; killed on the way, it does no harm.
            let app = self.clone();
            thread::spawn(move || system::on_washed_stack(|| app.thin_what_is_due()));
        }
        Ok(state)
    }

    /// Closes the vault. Imports under way are given up; drafts are kept.
    pub fn lock(&self, (): ()) -> Result<AppState, Fault> {
        self.close();
        self.state(())
    }

    /// Closes the vault if it is open; says whether it was.
    pub fn close(&self) -> bool {
        let closed = {
            let mut open = self.0.open.write().unwrap_or_else(PoisonError::into_inner);
            self.0.generation.fetch_add(1, Ordering::AcqRel);
            open.take()
        };
        self.forget_words();
        self.news().clear();
        let was_open = closed.is_some();
        if was_open {
            // Nobody waits for the lock while imports under way are given up.
            drop(closed);
            self.tell(Notice::Locked);
        }
        was_open
    }

    /// Keeps what the person has chosen. A notebook has a language and nothing else to choose.
    pub fn set_settings(&self, mut settings: Settings) -> Result<Settings, Fault> {
        match self.session().ok_or(Fault::Locked)? {
            Session::Vault(open) => {
                let tries = settings.wipe_after_tries;
                if (1..LEAST_TRIES).contains(&tries) {
                    return Err(Fault::BadRequest);
                }
                open.keep(&settings)?;
                let guard = GuardSettings {
                    growing_delay: settings.slow_tries,
                    wipe_after: tries,
                    check_in_hours: settings.check_in_hours,
                };
                if open.vault.guard()? != guard {
                    open.vault.set_guard(guard, self.now())?;
                }
            }
            Session::Notebook(..) => {
                settings = Settings {
                    language: settings.language,
                    ..Settings::default()
                };
            }
        }
        self.place().speak(&settings.language)?;
        Ok(settings)
    }

    /// Says that its owner is well: the time to the next check-in begins anew.
    pub fn check_in(&self, (): ()) -> Result<AppState, Fault> {
        match self.session().ok_or(Fault::Locked)? {
            Session::Vault(open) => open.vault.check_in(self.now())?,
            Session::Notebook(instead) => instead.decoy.check_in(self.now())?,
        }
        self.state(())
    }

    /// Whether every key that is in memory now is kept out of swap. With nothing open there is none.
    pub(crate) fn keys_locked(&self) -> bool {
        match self.session() {
            Some(Session::Vault(open)) => open.vault.keys_locked(),
            Some(Session::Notebook(instead)) => instead.decoy.keys_locked(),
            None => true,
        }
    }

    /// The time, as this device has it.
    pub(crate) fn now(&self) -> Timestamp {
        system::now()
    }
}

/// Refuses a passphrase that is too short to be chosen.
pub(crate) fn check_length(passphrase: &str) -> Result<(), Fault> {
    if passphrase.chars().count() < LEAST_PASSPHRASE as usize {
        return Err(Fault::PassphraseTooShort {
            least: LEAST_PASSPHRASE,
        });
    }
    Ok(())
}

fn role_view(role: Role) -> RoleView {
    match role {
        Role::Reporter => RoleView::Reporter,
        Role::Lawyer => RoleView::Lawyer,
        Role::Desk => RoleView::Desk,
    }
}

#[cfg(test)]
mod tests;
