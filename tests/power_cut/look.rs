//! What is found on a disk that lost its power.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Read as _;
use std::path::Path;

use data_encoding::HEXLOWER;
use holdfast_app::{
    App, Cost,
    view::{
        AppState, CreateVault, DeliveryState, EvidenceId, Fault, ListReports, Phase, ReportId,
        RoleView, Unlock,
    },
};
use holdfast_tests::{Canaries, tape::Left, wait_for};
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;

use crate::{DURESS, NAME, NEXT, PASSPHRASE};

/// Opens what is left, twice, and looks for anything in clear.
pub(crate) fn examine(
    left: &Left,
    passphrases: &[&str],
    dead: Option<&str>,
) -> Result<Found, String> {
    let home = tempfile::tempdir().unwrap();
    left.write_out(home.path());
    let vault = home.path().join("vault");
    expect_no_clear_text(&home)?;
    if let Some(dead) = dead
        && look(&vault, &[dead])? != Found::Shut(Fault::WrongPassphrase)
    {
        return Err("the passphrase of before still opens it".to_owned());
    }
    let first = look(&vault, passphrases)?;
    let second = match &first {
        Found::Shut(Fault::NoVault) => {
            // As good as never begun: it can be made.
            let app = App::new(vault, |_| {});
            let create = CreateVault {
                passphrase: passphrases[0].to_owned(),
                role: RoleView::Reporter,
                name: None,
                endpoint: None,
                admission: None,
            };
            let made = app.create_vault_at(create, Cost::Floor);
            app.close();
            return made
                .map(|_| first)
                .map_err(|fault| format!("no vault, and none can be made: {fault:?}"));
        }
        _ => look(&vault, passphrases)?,
    };
    expect_no_clear_text(&home)?;
    let finished = matches!(
        (&first, &second),
        (Found::Shut(Fault::Wiped), Found::Shut(Fault::NoVault))
    );
    if first == second || finished {
        Ok(first)
    } else {
        Err(format!(
            "the first look found {first:?}, the second {second:?}"
        ))
    }
}

fn expect_no_clear_text(home: &TempDir) -> Result<(), String> {
    thread_local! {
        static CANARIES: Canaries = Canaries::new([
            "canary-turnstone-4471", "canary-dunlin-9035", "canary-whelk-6120", NAME, PASSPHRASE, NEXT, DURESS,
        ]);
    }
    let sightings = CANARIES.with(|canaries| canaries.look(&[home.path()]));
    let mut list = String::new();
    for sighting in &sightings {
        writeln!(list, "{sighting}").unwrap();
    }
    if list.is_empty() { Ok(()) } else { Err(list) }
}

/// What is known of a report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Known {
    pub(crate) narrative: String,
    pub(crate) draft: bool,
    pub(crate) held: bool,
    /// Verified, by object.
    pub(crate) evidence: BTreeMap<String, String>,
}

impl Known {
    /// Whether these pieces belong to it.
    pub(crate) fn has(&self, pieces: &BTreeMap<String, String>) -> bool {
        let mut pieces = pieces.iter();
        pieces.all(|(object, hash)| self.evidence.get(object) == Some(hash))
    }
}

/// What was found where the power was cut.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Found {
    /// It opens, and everything listed verifies.
    Open(BTreeMap<String, Known>),
    /// A notebook opens in its place.
    Notebook,
    /// It does not, for this reason.
    Shut(Fault),
}

/// Opens the vault and reads all of it.
fn look(vault: &Path, passphrases: &[&str]) -> Result<Found, String> {
    let mut shut = Fault::WrongPassphrase;
    for passphrase in passphrases {
        let app = App::new(vault.to_owned(), |_| {});
        match unlock(&app, passphrase) {
            Ok(state) if state.phase == Phase::Notebook => {
                let notes = app.notes(());
                app.close();
                return match notes {
                    Ok(_) => Ok(Found::Notebook),
                    Err(fault) => Err(format!("a notebook opens, but: {fault:?}")),
                };
            }
            Ok(_) => {
                let all = read_all(&app);
                app.close();
                return all
                    .map(Found::Open)
                    .map_err(|fault| format!("opens, but: {fault:?}"));
            }
            Err(fault) => shut = fault,
        }
    }
    Ok(Found::Shut(shut))
}

/// Opens the vault. Another test of this process may be starting a program, which has our locks from
/// its fork until it is another program.
fn unlock(app: &App, passphrase: &str) -> Result<AppState, Fault> {
    wait_for("the lock", || {
        let passphrase = passphrase.to_owned();
        match app.unlock(Unlock { passphrase }) {
            Err(Fault::VaultInUse) => None,
            other => Some(other),
        }
    })
}

fn read_all(app: &App) -> Result<BTreeMap<String, Known>, Fault> {
    let mut all = BTreeMap::new();
    let limit = u32::MAX;
    let page = app.list_reports(ListReports {
        limit,
        ..ListReports::default()
    })?;
    for item in page.items {
        let id = || ReportId {
            report: item.report.clone(),
        };
        let draft = item.state == DeliveryState::Draft;
        let (narrative, pieces) = if draft {
            let draft = app.open_draft(id())?;
            (draft.fields.narrative, draft.evidence)
        } else {
            let report = app.report(id())?;
            if report.missing_entries > 0 {
                return Err(Fault::Internal);
            }
            (report.fields.narrative, report.evidence)
        };
        let mut evidence = BTreeMap::new();
        for piece in pieces.into_iter().filter(|piece| piece.present) {
            let id = EvidenceId {
                report: item.report.clone(),
                object: piece.object.clone(),
            };
            let (_, mut reader) = app.open_evidence(&id)?;
            let mut bytes = Vec::new();
            reader
                .read_to_end(&mut bytes)
                .map_err(|_| Fault::EvidenceDamaged)?;
            if HEXLOWER.encode(&Sha256::digest(&bytes)) != piece.sha256 {
                return Err(Fault::EvidenceDamaged);
            }
            evidence.insert(piece.object, piece.sha256);
        }
        let held = matches!(
            item.state,
            DeliveryState::Held | DeliveryState::Read | DeliveryState::Answered
        );
        let known = Known {
            narrative,
            draft,
            held,
            evidence,
        };
        all.insert(item.report, known);
    }
    Ok(all)
}
