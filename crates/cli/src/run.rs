//! Each command as one or a few calls of the app.

use std::{
    fs,
    io::{self, Read as _},
    path::{Path, PathBuf},
    slice,
};

use holdfast_app::{
    App, Cost,
    view::{
        CreateVault, Fault, InviteText, Language, ListReports, PanicReport, Phase, Recover,
        Recovered, ReportList, RoleView, SyncReport, ThinPolicy, ThinView, Unlock,
    },
};

use serde::Serialize;

use crate::{
    args::{self, Args, Command, CourierCommand, VaultCommand, WordsFrom},
    evidence,
    failure::{Failure, usage},
    passphrase::{Ask, Source},
    print::{Printer, count, delivery, exposure, one_line, settings_line},
    report, safety,
};

/// Runs one command.
pub(crate) async fn run(args: Args, printer: &Printer) -> Result<(), Failure> {
    let app = App::new(args.vault.clone(), |_| {});
    let passphrase = Source::of(args.passphrase_fd, args.passphrase_file);
    let done = match args.command {
        // These need no open vault.
        Command::Vault(VaultCommand::Create {
            role,
            name,
            endpoint,
            admission_file,
            kdf_cost,
        }) => {
            let admission = admission_file.map(|path| read_text(&path)).transpose()?;
            create(
                &app,
                printer,
                &passphrase,
                (role, kdf_cost),
                (name, endpoint, admission),
            )
        }
        Command::Vault(VaultCommand::Passphrase {
            new_passphrase_file,
        }) => {
            let new = Source::of_new(new_passphrase_file);
            safety::change_passphrase(&app, printer, &passphrase, &new)
        }
        Command::Vault(VaultCommand::Status) => {
            printer.answer(&app.state(())?, |state| match state.phase {
                Phase::NoVault => "no vault here".to_owned(),
                _ => "a vault is here".to_owned(),
            })
        }
        Command::Panic { yes: false } => Err(usage(
            "panic destroys the vault and cannot be undone; say --yes",
        )),
        Command::Panic { yes: true } => {
            let report = app.panic(())?;
            printer.answer(&report, |report| {
                format!("{}\n{}", destroyed(report), printer.said("panic-after"))
            })?;
            let done = report.keys_gone && report.all_gone;
            partly((!done).then_some(Fault::FileProblem))
        }
        Command::Recover {
            words,
            invite,
            old_device_lost,
            kdf_cost,
        } => {
            let asked = match app.state(())?.phase {
                Phase::NoVault => Ask::NewVault,
                _ => Ask::Vault,
            };
            let recover = Recover {
                words: read_words(&words)?,
                invite: read_invite(&invite)?,
                passphrase: passphrase.read(asked, printer)?,
                lost: old_device_lost,
            };
            let recovered = app.recover_at(recover, cost_of(kdf_cost)).await;
            let recovered = recovered.map_err(|fault| match fault {
                Fault::EndpointUnreachable => Failure::Told(fault, "told-recover-unreachable"),
                other => other.into(),
            })?;
            printer.answer(&recovered, came_back)?;
            partly(recovered.fault)
        }
        Command::Courier(CourierCommand::HandIn { file, invite }) => {
            expect_files(slice::from_ref(&file))?;
            let invite = InviteText {
                invite: read_invite(&invite)?,
            };
            let report = app.courier_hand_in(&file, &invite).await?;
            printer.answer(&report, synced)?;
            partly(report.fault)
        }
        Command::Join {
            invite,
            preview: true,
        } => {
            let invite = InviteText {
                invite: read_invite(&invite)?,
            };
            printer.answer(&app.preview_invite(invite)?, |coalition| {
                format!("{}\n{}", one_line(&coalition.name), coalition.fingerprint)
            })
        }
        Command::Vocabulary => {
            let language = args.language.unwrap_or_default();
            vocabulary(&app, printer, &language)
        }
        // All others do.
        command => {
            let state = app.unlock(Unlock {
                passphrase: passphrase.read(Ask::Vault, printer)?,
            })?;
            if state.spare_mended {
                printer.remark_mended();
            }
            let done = tokio::select! {
                done = with_vault(&app, printer, command) => done,
                // Nothing closes it before the end but its destruction, or the loss of its folder.
                () = app.keep_watch_while_open() => Err(Fault::Wiped.into()),
            };
            // The command may have found it closed before the watch told.
            match done {
                Err(_) if !app.is_open() => Err(Fault::Wiped.into()),
                done => done,
            }
        }
    };
    app.close();
    done
}

async fn with_vault(app: &App, printer: &Printer, command: Command) -> Result<(), Failure> {
    match command {
        Command::Invite { out } => {
            let invite = app.invite(()).await?;
            if let Some(out) = &out {
                app.save_invite(&invite, out)?;
            }
            printer.answer(&invite, |invite| match out {
                Some(_) => invite.coalition.fingerprint.clone(),
                None => format!("{}\n\n{}", invite.invite, invite.coalition.fingerprint),
            })
        }
        Command::Join { invite, .. } => {
            let invite = InviteText {
                invite: read_invite(&invite)?,
            };
            printer.answer(&app.join(invite)?, |state| {
                state
                    .coalition
                    .as_ref()
                    .map(|c| format!("{}\n{}", one_line(&c.name), c.fingerprint))
                    .unwrap_or_default()
            })
        }
        Command::Report(command) => report::run(app, printer, command).await,
        Command::Evidence(command) => evidence::run(app, printer, command),
        Command::Sync { watch: false } => {
            let report = app.sync_now(()).await;
            let report = report.map_err(|fault| at_desk(app, fault, "told-desk-alone"))?;
            printer.answer(&report, synced)?;
            partly(report.fault)
        }
        Command::Sync { watch: true } => {
            if app.delivery(())?.coalition.is_none() {
                return Err(at_desk(app, Fault::NotJoined, "told-desk-alone"));
            }
            tokio::select! {
                () = app.keep_syncing() => {}
                () = interrupted() => {}
            }
            printer.answer(&app.delivery(())?, |_| String::new())
        }
        Command::Receive => {
            let report = app.sync_now(()).await;
            let report = report.map_err(|fault| at_desk(app, fault, "told-desk-alone"))?;
            let mut list = app.list_reports(ListReports {
                limit: u32::MAX,
                ..ListReports::default()
            })?;
            list.items.retain(|item| item.unread);
            list.total = u32::try_from(list.items.len()).unwrap_or(u32::MAX);
            let received = Received { sync: report, list };
            printer.answer(&received, |received| printer.list(&received.list))?;
            partly(received.sync.fault)
        }
        Command::Delivery => printer.answer(&app.delivery(())?, delivery),
        Command::Exposure => printer.answer(&app.exposure(())?, exposure),
        Command::Courier(CourierCommand::Out { file }) => {
            printer.answer(&app.courier_out(&file)?, |out| {
                let objects = count(out.objects, "sealed object", "sealed objects");
                format!("{objects}, {} bytes", out.bytes)
            })
        }
        Command::Courier(CourierCommand::In { file }) => {
            expect_files(slice::from_ref(&file))?;
            let report = app.courier_in(&file)?;
            printer.answer(&report, synced)?;
            partly(report.fault)
        }
        Command::Settings {
            screen_language,
            auto_lock_minutes,
            slow_tries,
            wipe_after_tries,
            check_in_hours,
            thin,
            thin_after_days,
        } => {
            let state = app.state(())?;
            if state.phase != Phase::Open {
                return Err(Fault::Locked.into());
            }
            let mut settings = state.settings;
            settings.language = screen_language.unwrap_or(settings.language);
            settings.auto_lock_minutes = auto_lock_minutes.unwrap_or(settings.auto_lock_minutes);
            settings.slow_tries = slow_tries.unwrap_or(settings.slow_tries);
            settings.wipe_after_tries = wipe_after_tries.unwrap_or(settings.wipe_after_tries);
            settings.check_in_hours = check_in_hours.unwrap_or(settings.check_in_hours);
            settings.thin = ThinPolicy {
                what: thin.map_or(settings.thin.what, |thin| match thin {
                    args::ThinPolicy::Evidence => Some(ThinView::Evidence),
                    args::ThinPolicy::Everything => Some(ThinView::Everything),
                    args::ThinPolicy::Off => None,
                }),
                after_days: thin_after_days.unwrap_or(settings.thin.after_days),
            };
            printer.answer(&app.set_settings(settings)?, settings_line)
        }
        Command::Notebook(command) => safety::notebook(app, printer, command),
        Command::Vault(VaultCommand::SecondPassphrase {
            new_passphrase_file,
            template,
            notes,
        }) => {
            let new = Source::of_new(new_passphrase_file);
            let template = (template.as_str(), printer.language());
            safety::second_passphrase(app, printer, &new, template, notes.as_deref())
        }
        // `vault open`; the rest was answered without opening it.
        _ => printer.answer(&app.state(())?, |_| "the vault opens".to_owned()),
    }
}

fn create(
    app: &App,
    printer: &Printer,
    passphrase: &Source,
    (role, cost): (args::Role, args::Cost),
    (name, endpoint, admission): (Option<String>, Option<String>, Option<String>),
) -> Result<(), Failure> {
    if role == args::Role::Desk && (name.is_none() || endpoint.is_none()) {
        return Err(usage("a desk needs --name NAME and --endpoint URL"));
    }
    let create = CreateVault {
        passphrase: passphrase.read(Ask::NewVault, printer)?,
        role: match role {
            args::Role::Reporter => RoleView::Reporter,
            args::Role::Lawyer => RoleView::Lawyer,
            args::Role::Desk => RoleView::Desk,
        },
        name,
        endpoint,
        admission,
    };
    printer.answer(&app.create_vault_at(create, cost_of(cost))?, |made| {
        let words = (1..).zip(&made.words);
        let words: String = words
            .map(|(at, word)| format!("{at:2}. {word}\n"))
            .collect();
        let told = match role {
            args::Role::Desk => printer.said("made-words-desk"),
            _ => printer.said("made-words"),
        };
        format!("{told}\n\n{words}")
    })
}

fn cost_of(cost: args::Cost) -> Cost {
    match cost {
        args::Cost::Device => Cost::Device,
        args::Cost::Floor => Cost::Floor,
    }
}

fn vocabulary(app: &App, printer: &Printer, language: &str) -> Result<(), Failure> {
    let language = language
        .split(['_', '.'])
        .next()
        .unwrap_or_default()
        .to_owned();
    printer.answer(&app.vocabulary(Language { language })?, |vocabulary| {
        let kinds = vocabulary.families.iter().flat_map(|family| &family.kinds);
        let terms = kinds.chain(&vocabulary.affected).chain(&vocabulary.sources);
        terms
            .map(|term| format!("{:<40} {}\n", term.code, term.label))
            .collect()
    })
}

/// What a desk fetched, and all that nobody there has read.
#[derive(Serialize)]
struct Received {
    sync: SyncReport,
    #[serde(flatten)]
    list: ReportList,
}

/// What was done has been printed; what stopped it decides the exit code.
pub(crate) fn partly(fault: Option<Fault>) -> Result<(), Failure> {
    fault.map_or(Ok(()), |fault| Err(Failure::Partly(fault)))
}

fn destroyed(report: &PanicReport) -> String {
    let keys = if report.keys_gone {
        "the keys are gone"
    } else {
        "the keys could not be written over and may still be on the disk"
    };
    let rest = if report.all_gone {
        "everything is deleted"
    } else {
        "some of the rest could not be deleted; the next start tries again"
    };
    format!("{keys}; {rest}")
}

pub(crate) fn came_back(recovered: &Recovered) -> String {
    let missing = match recovered.missing {
        0 => "nothing is missing".to_owned(),
        missing => format!("missing: {missing}"),
    };
    format!(
        "here: {} and {}; {missing}",
        count(recovered.reports, "report", "reports"),
        count(
            recovered.evidence,
            "piece of evidence",
            "pieces of evidence"
        )
    )
}

fn synced(report: &SyncReport) -> String {
    format!(
        "sealed objects: {} delivered, {} waiting, {} fetched; new or changed: {}",
        report.delivered,
        report.waiting,
        report.fetched,
        count(report.reports, "report", "reports")
    )
}

pub(crate) fn read_text(path: &Path) -> Result<String, Failure> {
    let text = String::from_utf8(read(path)?);
    text.map_err(|_| Failure::File(path.to_owned(), io::ErrorKind::InvalidData.into()))
}

/// Says which of the files that the app is to read is not there, before anything is begun.
pub(crate) fn expect_files(files: &[PathBuf]) -> Result<(), Failure> {
    for file in files {
        let looked = fs::File::open(file).and_then(|open| open.metadata());
        let looked = looked.and_then(|meta| match meta.is_dir() {
            true => Err(io::ErrorKind::IsADirectory.into()),
            false => Ok(()),
        });
        looked.map_err(|error| Failure::File(file.clone(), error))?;
    }
    Ok(())
}

/// A fault which at a desk means something else.
pub(crate) fn at_desk(app: &App, fault: Fault, words: &'static str) -> Failure {
    let desk = app
        .state(())
        .is_ok_and(|state| state.role == Some(RoleView::Desk));
    match fault {
        Fault::NotJoined | Fault::NotDelivered if desk => Failure::Told(fault, words),
        other => other.into(),
    }
}

/// Recovery words, from a file or a descriptor.
pub(crate) fn read_words(from: &WordsFrom) -> Result<String, Failure> {
    let descriptor = from
        .words_fd
        .map(|number| format!("/dev/fd/{number}").into());
    match descriptor.or_else(|| from.words_file.clone()) {
        Some(path) => read_text(&path),
        None => Err(usage("the recovery words are needed")),
    }
}

/// An invite that is not text is a damaged one, as whoever reads it will find.
fn read_invite(path: &Path) -> Result<String, Failure> {
    Ok(String::from_utf8_lossy(&read(path)?).into_owned())
}

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    if path.as_os_str() == "-" {
        io::stdin().read_to_end(&mut bytes)?;
    } else {
        fs::File::open(path)
            .and_then(|mut file| file.read_to_end(&mut bytes))
            .map_err(|error| Failure::File(path.to_owned(), error))?;
    }
    Ok(bytes)
}

/// Resolves when the process is asked to end.
async fn interrupted() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let Ok(mut terminate) = signal(SignalKind::terminate()) else {
            return;
        };
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = terminate.recv() => {}
        }
    }
    #[cfg(not(unix))]
    {
        // An interrupt that cannot be waited for ends the wait.
        let _ = tokio::signal::ctrl_c().await;
    }
}
