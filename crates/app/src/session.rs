//! A vault that is closed or open, and who is told when something changes.

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, OnceLock, PoisonError, RwLock,
        atomic::{AtomicU32, AtomicU64, Ordering},
    },
};

use holdfast_record::Timestamp;
use holdfast_recovery::{Keys, Words};
use holdfast_sync::Client;
use holdfast_vault::{Create, KdfCost, Passphrase, Presence, Role, Vault};
use tokio::sync::Notify;

use crate::{
    evidence::Imports,
    lookup::{DeskSetup, Joined, Kept as _, OwnMailbox, OwnRecovery},
    recovery::Drawn,
    system,
    view::{
        AppState, CreateVault, Fault, LookView, PanicReport, Phase, RoleView, Settings, Unlock,
        VaultMade,
    },
};

/// Shorter passphrases are refused when a vault is made.
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
    /// The vault was closed.
    Locked,
}

/// All of Holdfast without a screen. Cheap to clone; clones are the same app.
#[derive(Clone)]
pub struct App(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    directory: PathBuf,
    open: RwLock<Option<Arc<Open>>>,
    tell: Box<dyn Fn(Notice) + Send + Sync>,
    /// Wakes delivery when something was handed over or the vault opened.
    pub(crate) wake: Arc<Notify>,
    pub(crate) client: OnceLock<Client>,
    /// Counts lockings, so that an opening under way notices one.
    generation: AtomicU64,
    /// Recovery words that are being written on paper, before there is a vault.
    pub(crate) drawn: Mutex<Option<Drawn>>,
    /// How many bundles were taken in since the program began.
    pub(crate) bundles: AtomicU32,
}

/// What exists only while the vault is open.
pub(crate) struct Open {
    pub(crate) vault: Vault,
    pub(crate) imports: Imports,
}

impl App {
    /// An app whose vault lies, or will lie, in `directory`. `tell` is called from any thread.
    pub fn new(directory: PathBuf, tell: impl Fn(Notice) + Send + Sync + 'static) -> Self {
        Self(Arc::new(Inner {
            directory,
            open: RwLock::new(None),
            tell: Box::new(tell),
            wake: Arc::new(Notify::new()),
            client: OnceLock::new(),
            generation: AtomicU64::new(0),
            drawn: Mutex::default(),
            bundles: AtomicU32::new(0),
        }))
    }

    pub(crate) fn tell(&self, notice: Notice) {
        (self.0.tell)(notice);
    }

    pub(crate) fn directory(&self) -> &Path {
        &self.0.directory
    }

    /// The open vault.
    pub(crate) fn open(&self) -> Result<Arc<Open>, Fault> {
        let open = self.0.open.read().unwrap_or_else(PoisonError::into_inner);
        open.clone().ok_or(Fault::Locked)
    }

    /// Where the app stands.
    pub fn state(&self, (): ()) -> Result<AppState, Fault> {
        let Ok(open) = self.open() else {
            let phase = match holdfast_vault::presence(self.directory()) {
                Presence::None => Phase::NoVault,
                // A wipe that was cut short is finished by the next try to open.
                _ => Phase::Locked,
            };
            return Ok(AppState {
                phase,
                role: None,
                coalition: None,
                settings: Settings::default(),
                look: LookView::default(),
                wait_seconds: 0,
                check_in_by: None,
            });
        };
        Ok(AppState {
            phase: Phase::Open,
            role: Some(role_view(open.vault.role())),
            coalition: open.card()?.map(|card| card.view()),
            settings: open.settings()?,
            look: LookView::default(),
            wait_seconds: 0,
            check_in_by: None,
        })
    }

    /// Makes a vault and opens it. A passphrase costs about a second on this device. Its recovery
    /// words were drawn, and typed back, before.
    pub fn create_vault(&self, args: CreateVault) -> Result<AppState, Fault> {
        let words = self.confirmed_words()?;
        let state = self.make_vault(args, Cost::Device, &words.derive_keys(), None)?;
        self.forget_words();
        Ok(state)
    }

    /// Makes a vault whose passphrase costs as much as `cost` says, and draws the recovery words,
    /// which it gives out this once.
    pub fn create_vault_at(&self, args: CreateVault, cost: Cost) -> Result<VaultMade, Fault> {
        let words = Words::make(&mut system::rng());
        let state = self.make_vault(args, cost, &words.derive_keys(), None)?;
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
        joined: Option<&Joined>,
    ) -> Result<AppState, Fault> {
        check_passphrase(&args.passphrase)?;
        let mut settings = vec![
            OwnMailbox::of(keys).to_setting()?,
            OwnRecovery::of(keys).to_setting()?,
        ];
        if args.role == RoleView::Desk {
            settings.push(DeskSetup::from_request(&args)?.to_setting()?);
        }
        if let Some(joined) = joined {
            settings.push(joined.to_setting()?);
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
        let generation = self.0.generation.load(Ordering::Acquire);
        let passphrase = Passphrase::new(args.passphrase);
        let vault = Vault::create(self.directory(), &passphrase, create, &mut system::rng())?;
        self.opened(vault, generation)
    }

    /// Opens the vault. The answer takes as long for a wrong passphrase as for the right one.
    pub fn unlock(&self, args: Unlock) -> Result<AppState, Fault> {
        if self.open().is_ok() {
            return self.state(());
        }
        let generation = self.0.generation.load(Ordering::Acquire);
        let passphrase = Passphrase::new(args.passphrase);
        let vault = Vault::open(self.directory(), &passphrase)?;
        self.opened(vault, generation)
    }

    /// Takes up a vault that was made or opened, unless the app was locked, or everything
    /// destroyed, in the second that the passphrase took.
    fn opened(&self, vault: Vault, generation: u64) -> Result<AppState, Fault> {
        {
            let mut open = self.0.open.write().unwrap_or_else(PoisonError::into_inner);
            if self.0.generation.load(Ordering::Acquire) != generation {
                return Err(Fault::Locked);
            }
            *open = Some(Arc::new(Open {
                vault,
                imports: Imports::default(),
            }));
        }
        self.0.wake.notify_one();
        self.tell(Notice::Changed);
        self.state(())
    }

    /// Closes the vault. Imports under way are given up; drafts are kept.
    pub fn lock(&self, (): ()) -> Result<AppState, Fault> {
        self.close();
        self.state(())
    }

    /// Closes the vault if it is open, when the program ends.
    pub fn close(&self) {
        let closed = {
            let mut open = self.0.open.write().unwrap_or_else(PoisonError::into_inner);
            self.0.generation.fetch_add(1, Ordering::AcqRel);
            open.take()
        };
        self.forget_words();
        if let Some(closed) = closed {
            // Nobody waits for the lock while imports under way are given up.
            drop(closed);
            self.tell(Notice::Locked);
        }
    }

    /// Destroys the keys first, then everything else (I-12). Needs no passphrase and asks nothing.
    pub fn panic(&self, (): ()) -> Result<PanicReport, Fault> {
        // The files go first; closing takes its time.
        let report = holdfast_vault::panic(self.directory());
        self.close();
        let report = report?;
        Ok(PanicReport {
            keys_gone: report.keys_gone,
            all_gone: report.all_gone,
        })
    }

    /// Keeps what the person has chosen.
    pub fn set_settings(&self, settings: Settings) -> Result<Settings, Fault> {
        self.open()?.keep(&settings)?;
        Ok(settings)
    }

    /// The time, as this device has it.
    pub(crate) fn now(&self) -> Timestamp {
        system::now()
    }
}

/// Refuses a passphrase that is too short for a new vault.
pub(crate) fn check_passphrase(passphrase: &str) -> Result<(), Fault> {
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
