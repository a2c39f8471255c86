//! The vaults of this device, and what can be seen of the app before one is opened.
//!
//! All of it is in clear, since it is needed before any passphrase: the name and icon the app goes
//! by, the language, and the labels people gave their vaults. It lies in one small file beside the
//! vaults; a file that does not decode costs the labels and nothing else.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{self, Write as _},
    path::PathBuf,
    sync::{Mutex, MutexGuard, PoisonError},
};

use holdfast_vault::{Presence, presence, read_at_most};
use serde::{Deserialize, Serialize};

use crate::{
    App, Notice,
    view::{AddVault, AppState, Fault, LookView, NameView, SetName, VaultId, VaultLine},
};

const FILE: &str = "look.json";
const FILE_NEW: &str = "look.json.new";
/// The first vault; the others have a number behind it.
const VAULT: &str = "vault";
/// More is no file of ours.
const MOST_BYTES: usize = 1 << 20;
/// A label is a name, not a letter.
const MOST_LABEL: usize = 40;

/// Where vaults lie.
pub(crate) enum Place {
    /// One folder, as a command names it.
    One(PathBuf),
    /// A folder of several, of which one is chosen.
    Shelf(Shelf),
}

/// A folder with the vaults of one device.
pub(crate) struct Shelf {
    home: PathBuf,
    look: Mutex<Look>,
}

/// What the file holds, and what is in front of somebody now.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default)]
struct Look {
    name: NameView,
    language: String,
    /// The vault that is somebody's own: 0 until one was opened or chosen. Panic takes this one and
    /// never the next that happens to be there.
    chosen: u32,
    labels: BTreeMap<u32, String>,
    /// The one in front: another than is chosen, when that is gone or one more is to be made.
    #[serde(skip)]
    shown: u32,
    /// The label of the one that is to be made.
    #[serde(skip)]
    label: Option<String>,
}

impl Place {
    /// The folder of the vault that is opened or made next.
    pub(crate) fn directory(&self) -> PathBuf {
        match self {
            Self::One(directory) => directory.clone(),
            Self::Shelf(shelf) => shelf.home.join(folder(shelf.look().shown)),
        }
    }

    /// The folder of the vault that a panic takes while none is open.
    pub(crate) fn endangered(&self) -> PathBuf {
        match self {
            Self::One(directory) => directory.clone(),
            Self::Shelf(shelf) => {
                let look = shelf.look();
                let own = if look.chosen == 0 {
                    look.shown
                } else {
                    look.chosen
                };
                shelf.home.join(folder(own))
            }
        }
    }

    /// The folders of every vault there may be.
    pub(crate) fn directories(&self) -> Vec<PathBuf> {
        match self {
            Self::One(directory) => vec![directory.clone()],
            Self::Shelf(shelf) => {
                let vaults = shelf.vaults().into_iter();
                vaults.map(|vault| shelf.home.join(folder(vault))).collect()
            }
        }
    }

    /// Whatever is in front was opened or made: it is the chosen one from now on.
    pub(crate) fn settle(&self) -> Result<(), Fault> {
        match self {
            Self::One(_) => Ok(()),
            Self::Shelf(shelf) => shelf.settle(),
        }
    }

    pub(crate) fn view(&self) -> LookView {
        match self {
            Self::One(_) => LookView::default(),
            Self::Shelf(shelf) => shelf.view(),
        }
    }

    /// Keeps the language to show before a vault is open, where there is a place for it.
    pub(crate) fn speak(&self, language: &str) -> Result<(), Fault> {
        match self {
            Self::Shelf(shelf) if shelf.look().language != language => {
                shelf.change(|look| language.clone_into(&mut look.language))
            }
            _ => Ok(()),
        }
    }

    /// Keeps nothing that tells of a vault when none is left.
    pub(crate) fn forget_what_is_gone(&self) {
        if let Self::Shelf(shelf) = self {
            // It tells little, and a full disk is no reason to hold anything up.
            let _ = shelf.forget_what_is_gone();
        }
    }

    fn shelf(&self) -> Result<&Shelf, Fault> {
        match self {
            Self::One(_) => Err(Fault::BadRequest),
            Self::Shelf(shelf) => Ok(shelf),
        }
    }
}

impl Shelf {
    pub(crate) fn open(home: PathBuf) -> Self {
        let bytes = read_at_most(&home.join(FILE), MOST_BYTES).unwrap_or_default();
        let look: Look = serde_json::from_slice(&bytes).unwrap_or_default();
        let shelf = Self {
            home,
            look: Mutex::new(look),
        };
        // One that was destroyed, or never made, is not what somebody wants to open now.
        let vaults = shelf.vaults();
        let mut look = shelf.look();
        look.shown = match vaults.first() {
            Some(first) if !vaults.contains(&look.chosen) => *first,
            _ => look.chosen.max(1),
        };
        drop(look);
        shelf
    }

    fn look(&self) -> MutexGuard<'_, Look> {
        self.look.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn settle(&self) -> Result<(), Fault> {
        let look = self.look();
        if look.chosen == look.shown && look.label.is_none() {
            return Ok(());
        }
        drop(look);
        self.change(|look| {
            look.chosen = look.shown;
            if let Some(label) = look.label.take() {
                look.labels.insert(look.shown, label);
            }
        })
    }

    fn view(&self) -> LookView {
        let look = self.look();
        let vaults = self.vaults().into_iter().map(|vault| VaultLine {
            vault,
            label: look.labels.get(&vault).cloned().unwrap_or_default(),
        });
        LookView {
            name: look.name,
            language: look.language.clone(),
            vaults: vaults.collect(),
            chosen: look.shown,
        }
    }

    /// The numbers of the vaults that are there, whatever the file says.
    fn vaults(&self) -> Vec<u32> {
        let folders = fs::read_dir(&self.home).into_iter().flatten().flatten();
        let mut numbers: Vec<u32> = folders
            .filter(|entry| presence(&entry.path()) != Presence::None)
            .filter_map(|entry| number(entry.file_name().to_str()?))
            .collect();
        numbers.sort_unstable();
        numbers
    }

    /// While one is left, the chosen one stays chosen: a second panic must not take the next.
    fn forget_what_is_gone(&self) -> io::Result<()> {
        let mut kept = self.look();
        if kept.chosen == 0 && kept.labels.is_empty() {
            return Ok(());
        }
        // Whatever cannot be looked at may be one.
        for entry in fs::read_dir(&self.home)? {
            let entry = entry?;
            let vault = entry.file_name().to_str().and_then(number);
            if vault.is_some() && presence(&entry.path()) != Presence::None {
                return Ok(());
            }
        }
        let look = Look {
            chosen: 0,
            labels: BTreeMap::new(),
            ..kept.clone()
        };
        if look.name == NameView::default() && look.language.is_empty() {
            for file in [FILE_NEW, FILE] {
                match fs::remove_file(self.home.join(file)) {
                    Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                    _ => {}
                }
            }
            *kept = look;
            // Only an empty one goes.
            return fs::remove_dir(&self.home);
        }
        self.write(&look)?;
        *kept = look;
        Ok(())
    }

    /// Changes the look, on the disk first.
    fn change(&self, change: impl FnOnce(&mut Look)) -> Result<(), Fault> {
        let mut kept = self.look();
        let mut look = kept.clone();
        change(&mut look);
        self.write(&look).map_err(|error| Fault::from(&error))?;
        *kept = look;
        Ok(())
    }

    fn write(&self, look: &Look) -> io::Result<()> {
        let bytes = serde_json::to_vec(look)?;
        fs::create_dir_all(&self.home)?;
        let staged = self.home.join(FILE_NEW);
        let mut file = File::create(&staged)?;
        file.write_all(&bytes)?;
        file.sync_all()?;
        fs::rename(staged, self.home.join(FILE))
    }
}

fn folder(number: u32) -> String {
    match number {
        1 => VAULT.to_owned(),
        _ => format!("{VAULT}-{number}"),
    }
}

fn number(name: &str) -> Option<u32> {
    let number = match name.strip_prefix(VAULT)? {
        "" => 1,
        rest => rest.strip_prefix('-')?.parse().ok()?,
    };
    (folder(number) == name).then_some(number)
}

impl App {
    /// Chooses how the app presents itself.
    pub fn set_name(&self, args: SetName) -> Result<LookView, Fault> {
        self.place().shelf()?.change(|look| look.name = args.name)?;
        self.tell(Notice::Look);
        Ok(self.place().view())
    }

    /// Chooses the vault that a passphrase is tried on. An open one is closed.
    pub fn choose_vault(&self, args: VaultId) -> Result<AppState, Fault> {
        let shelf = self.place().shelf()?;
        if !shelf.vaults().contains(&args.vault) {
            return Err(Fault::NoVault);
        }
        self.close();
        shelf.change(|look| {
            look.chosen = args.vault;
            look.shown = args.vault;
            look.label = None;
        })?;
        self.forget_destroyed();
        self.state(())
    }

    /// Makes room for one more vault, which is made next. An open one is closed. Until it is made,
    /// the one that was chosen before stays so.
    pub fn add_vault(&self, args: AddVault) -> Result<AppState, Fault> {
        let shelf = self.place().shelf()?;
        let label: String = args.label.trim().chars().take(MOST_LABEL).collect();
        self.close();
        let free = shelf.vaults().last().map_or(1, |last| last + 1);
        let mut look = shelf.look();
        look.shown = free;
        look.label = Some(label);
        drop(look);
        self.forget_destroyed();
        self.state(())
    }
}

#[cfg(test)]
mod tests {
    use holdfast_recovery::Words;

    use super::*;
    use crate::{
        Cost, system,
        testing::PASSPHRASE,
        view::{CreateVault, Phase, RoleView, Unlock},
    };

    fn request() -> CreateVault {
        CreateVault {
            passphrase: PASSPHRASE.to_owned(),
            role: RoleView::Reporter,
            name: None,
            endpoint: None,
            admission: None,
        }
    }

    fn make_vault(app: &App) {
        app.create_vault_at(request(), Cost::Floor).unwrap();
    }

    fn labels(look: &LookView) -> Vec<(u32, &str)> {
        let vaults = look.vaults.iter();
        vaults
            .map(|line| (line.vault, line.label.as_str()))
            .collect()
    }

    #[test]
    fn several_vaults_lie_side_by_side_and_one_is_chosen() {
        let home = tempfile::tempdir().unwrap();
        let app = App::on_shelf(home.path().to_owned(), |_| {});
        make_vault(&app);
        let label = " Aigul ".to_owned();
        let state = app.add_vault(AddVault { label }).unwrap();
        assert_eq!(state.phase, Phase::NoVault);
        assert_eq!(
            labels(&state.look),
            [(1, "")],
            "one that is not made is not listed"
        );
        make_vault(&app);
        assert_eq!(labels(&app.place().view()), [(1, ""), (2, "Aigul")]);

        // Panic takes the chosen one and leaves a colleague's.
        app.panic(()).unwrap();
        assert_eq!(labels(&app.place().view()), [(1, "")]);
        assert_eq!(
            app.choose_vault(VaultId { vault: 2 }).err(),
            Some(Fault::NoVault)
        );
        let state = app.choose_vault(VaultId { vault: 1 }).unwrap();
        assert_eq!(state.phase, Phase::Locked);
    }

    #[test]
    fn a_panic_takes_what_is_open_or_chosen_and_never_the_next() {
        let home = tempfile::tempdir().unwrap();
        let app = || App::on_shelf(home.path().to_owned(), |_| {});
        let label = || AddVault {
            label: String::new(),
        };
        let first = app();
        make_vault(&first);
        first.add_vault(label()).unwrap();
        make_vault(&first);
        first.close();

        // Twice, by programs that know only the file: the second finds nothing of its owner's.
        app().panic(()).unwrap();
        assert_eq!(app().panic(()).err(), Some(Fault::NoVault));
        let after = app();
        assert_eq!(labels(&after.place().view()), [(1, "")]);
        assert_eq!(after.place().view().chosen, 1, "it can be opened");
        assert_eq!(after.panic(()).err(), Some(Fault::NoVault), "in the window");

        // What was opened is what goes, and it goes while another one is being made.
        let passphrase = PASSPHRASE.to_owned();
        after.unlock(Unlock { passphrase }).unwrap();
        after.add_vault(label()).unwrap();
        assert_eq!(after.state(()).unwrap().phase, Phase::NoVault);
        assert!(after.panic(()).unwrap().all_gone);
        assert_eq!(labels(&after.place().view()), []);
    }

    #[test]
    fn what_was_asked_for_before_a_panic_makes_no_vault_after_it() {
        let home = tempfile::tempdir().unwrap();
        let app = App::on_shelf(home.path().to_owned(), |_| {});
        let asked = app.moment();
        assert_eq!(app.panic(()).err(), Some(Fault::NoVault), "not made yet");
        let keys = Words::make(&mut system::rng()).derive_keys();
        let made = app.make_vault(request(), Cost::Floor, &keys, None, asked);
        assert_eq!(made.err(), Some(Fault::Locked));
        assert_eq!(app.state(()).unwrap().phase, Phase::NoVault);
        make_vault(&app);
    }

    #[test]
    fn a_look_that_does_not_decode_costs_no_vault() {
        let home = tempfile::tempdir().unwrap();
        let app = App::on_shelf(home.path().to_owned(), |_| {});
        make_vault(&app);
        let name = NameView::Notes;
        app.set_name(SetName { name }).unwrap();
        for damage in [&b""[..], b"{", b"\xff\xff", b"{\"chosen\": -1}", b"[]"] {
            fs::write(home.path().join(FILE), damage).unwrap();
            let again = App::on_shelf(home.path().to_owned(), |_| {});
            let state = again.state(()).unwrap();
            assert_eq!(state.phase, Phase::Locked, "{damage:?}");
            assert_eq!(labels(&state.look), [(1, "")]);
        }
    }

    /// What lies in its place is not waited for, nor read without end.
    #[cfg(unix)]
    #[test]
    fn a_look_that_is_no_file_holds_nobody_up() {
        let home = tempfile::tempdir().unwrap();
        let look = home.path().join(FILE);
        let pipe = std::process::Command::new("mkfifo").arg(&look).status();
        assert!(pipe.unwrap().success());
        make_vault(&App::on_shelf(home.path().to_owned(), |_| {}));
        fs::remove_file(&look).unwrap();
        std::os::unix::fs::symlink("/dev/zero", &look).unwrap();
        let app = App::on_shelf(home.path().to_owned(), |_| {});
        assert!(app.panic(()).unwrap().all_gone);
        assert!(look.symlink_metadata().is_ok(), "it is not ours");
    }

    #[test]
    fn the_look_is_there_after_a_start() {
        let home = tempfile::tempdir().unwrap();
        let app = App::on_shelf(home.path().to_owned(), |_| {});
        make_vault(&app);
        let mut settings = app.state(()).unwrap().settings;
        settings.language = "ru".to_owned();
        app.set_settings(settings).unwrap();
        let name = NameView::Recipes;
        app.set_name(SetName { name }).unwrap();
        let look = App::on_shelf(home.path().to_owned(), |_| {}).place().view();
        assert_eq!((look.name, look.language.as_str()), (name, "ru"));
    }

    #[test]
    fn only_our_own_folders_are_vaults() {
        for (name, expected) in [
            ("vault", Some(1)),
            ("vault-2", Some(2)),
            ("vault-12", Some(12)),
            ("vault-1", None),
            ("vault-02", None),
            ("vault-", None),
            ("vaults", None),
            ("Vault-2", None),
        ] {
            assert_eq!(number(name), expected, "{name}");
        }
    }

    #[test]
    fn after_a_panic_nothing_tells_of_a_vault_but_the_name_and_the_language_chosen() {
        let home = tempfile::tempdir().unwrap();
        let shelf = home.path().join("shelf");
        let app = App::on_shelf(shelf.clone(), |_| {});
        make_vault(&app);
        app.panic(()).unwrap();
        assert!(!shelf.exists());

        app.set_name(SetName {
            name: NameView::Notes,
        })
        .unwrap();
        let before = fs::read(shelf.join(FILE)).unwrap();
        make_vault(&app);
        app.panic(()).unwrap();
        assert_eq!(fs::read(shelf.join(FILE)).unwrap(), before);
    }

    #[test]
    fn a_panic_that_is_repeated_takes_no_other_vault() {
        let home = tempfile::tempdir().unwrap();
        let app = App::on_shelf(home.path().to_owned(), |_| {});
        make_vault(&app);
        let label = String::new();
        app.add_vault(AddVault { label }).unwrap();
        make_vault(&app);
        app.panic(()).unwrap();
        for _ in 0..2 {
            app.look_after().unwrap();
            assert_eq!(app.panic(()), Err(Fault::NoVault));
            let again = App::on_shelf(home.path().to_owned(), |_| {});
            assert_eq!(again.panic(()), Err(Fault::NoVault));
        }
        assert_eq!(presence(&home.path().join(VAULT)), Presence::Here);
    }
}
