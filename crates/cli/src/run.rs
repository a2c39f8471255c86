//! Each command as one or a few calls of the app.

use std::{
    fs,
    io::{self, Read as _},
    path::Path,
};

use holdfast_app::{
    App, Cost,
    view::{
        Answer, CreateVault, EvidenceId, Fault, FetchBack, HandOver, InviteText, KeyText, KeyView,
        Language, ListReports, Phase, PrecisionView, Recover, Recovered, ReportFields, ReportId,
        ReportList, RoleView, SaveDraft, SyncReport, Thin, ThinPolicy, ThinView, Unlock, WhenView,
    },
};

use serde::Serialize;

use crate::{
    args::{
        self, Args, Command, CourierCommand, EvidenceCommand, Fields, ReportCommand, VaultCommand,
        WordsFrom,
    },
    failure::Failure,
    passphrase::Source,
    print::{Printer, delivery, evidence_line, exposure, one_line, settings_line},
    safety,
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
            let new = Source::of(None, new_passphrase_file);
            safety::change_passphrase(&app, printer, &passphrase, &new)
        }
        Command::Vault(VaultCommand::Status) => {
            printer.answer(&app.state(())?, |state| match state.phase {
                Phase::NoVault => "no vault here".to_owned(),
                _ => "a vault is here".to_owned(),
            })
        }
        Command::Panic { yes: false } => Err(Failure::Usage(
            "panic destroys the vault and cannot be undone; say --yes",
        )),
        Command::Panic { yes: true } => printer.answer(&app.panic(())?, |report| {
            let rest = if report.all_gone {
                "everything is deleted"
            } else {
                "the rest will be deleted at the next start"
            };
            format!("the keys are gone; {rest}")
        }),
        Command::Recover {
            words,
            invite,
            old_device_lost,
            kdf_cost,
        } => {
            let fresh = app.state(())?.phase == Phase::NoVault;
            let recover = Recover {
                words: read_words(&words)?,
                invite: read_invite(&invite)?,
                passphrase: passphrase.read(fresh)?,
                lost: old_device_lost,
            };
            let recovered = app.recover_at(recover, cost_of(kdf_cost)).await?;
            printer.answer(&recovered, came_back)?;
            partly(recovered.fault)
        }
        Command::Courier(CourierCommand::HandIn { file, invite }) => {
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
            app.unlock(Unlock {
                passphrase: passphrase.read(false)?,
            })?;
            with_vault(&app, printer, command).await
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
        Command::Report(command) => report(app, printer, command).await,
        Command::Evidence(command) => evidence(app, printer, command),
        Command::Sync { watch: false } => {
            let report = app.sync_now(()).await?;
            printer.answer(&report, synced)?;
            partly(report.fault)
        }
        Command::Sync { watch: true } => {
            tokio::select! {
                () = app.keep_syncing() => {}
                () = app.keep_watch() => {}
                () = interrupted() => {}
            }
            printer.answer(&app.delivery(())?, |_| String::new())
        }
        Command::Receive => {
            let report = app.sync_now(()).await?;
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
        Command::Courier(CourierCommand::Out { file }) => printer
            .answer(&app.courier_out(&file)?, |out| {
                format!("{} sealed objects, {} bytes", out.objects, out.bytes)
            }),
        Command::Courier(CourierCommand::In { file }) => {
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
            let mut settings = app.state(())?.settings;
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
            let new = Source::of(None, new_passphrase_file);
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
    let create = CreateVault {
        passphrase: passphrase.read(true)?,
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
        format!("made\n\n{words}")
    })
}

fn cost_of(cost: args::Cost) -> Cost {
    match cost {
        args::Cost::Device => Cost::Device,
        args::Cost::Floor => Cost::Floor,
    }
}

async fn report(app: &App, printer: &Printer, command: ReportCommand) -> Result<(), Failure> {
    let id = |report: String| ReportId { report };
    let show = |report: &_| printer.report(report);
    match command {
        ReportCommand::Add {
            fields,
            evidence,
            draft,
            send,
            consent,
        } => {
            let fields = merge(ReportFields::default(), fields)?;
            let report = app.new_draft(())?.report;
            app.save_draft(SaveDraft {
                report: report.clone(),
                fields,
                settled: vec![],
            })?;
            for file in &evidence {
                app.attach_file(&report, file)?;
            }
            if draft {
                return printer.answer(&app.open_draft(id(report))?, |draft| draft.report.clone());
            }
            let view = app.finish_draft(id(report))?;
            // What is written is kept, and said, even when it cannot be handed over.
            let handed = match send {
                true => app
                    .hand_over(HandOver {
                        report: view.report.clone(),
                        consent,
                    })
                    .map(Some),
                false => Ok(None),
            };
            let (view, fault) = match handed {
                Ok(handed) => (handed.unwrap_or(view), None),
                Err(fault) => (view, Some(fault)),
            };
            printer.answer(&view, |view| view.report.clone())?;
            partly(fault)
        }
        ReportCommand::Edit { report, fields } => {
            let draft = app
                .edit_report(id(report.clone()))
                .or_else(|fault| match fault {
                    Fault::NoSuchReport => app.open_draft(id(report.clone())),
                    other => Err(other),
                })?;
            let fields = merge(draft.fields, fields)?;
            app.save_draft(SaveDraft {
                report: report.clone(),
                fields,
                settled: vec![],
            })?;
            printer.answer(&app.finish_draft(id(report))?, show)
        }
        ReportCommand::Discard { report } => {
            app.discard_draft(id(report))?;
            printer.answer(&(), |()| String::new())
        }
        ReportCommand::List { limit, offset } => {
            let list = app.list_reports(ListReports {
                query: String::new(),
                limit,
                offset,
            })?;
            printer.answer(&list, |list| printer.list(list))
        }
        ReportCommand::Search { words } => {
            let list = app.list_reports(ListReports {
                query: words.join(" "),
                ..ListReports::default()
            })?;
            printer.answer(&list, |list| printer.list(list))
        }
        ReportCommand::Show { report } => printer.answer(&app.report(id(report))?, show),
        ReportCommand::Send {
            report,
            dry_run: true,
            ..
        } => printer.answer(&app.outgoing(id(report))?, |out| {
            format!(
                "{} files, {} bytes, to {}",
                out.evidence.len(),
                out.bytes,
                out.coalition.name
            )
        }),
        ReportCommand::Send {
            report, consent, ..
        } => printer.answer(&app.hand_over(HandOver { report, consent })?, show),
        ReportCommand::Receipts { report } => {
            printer.answer(&app.receipts(id(report))?, |receipts| {
                receipts
                    .iter()
                    .map(|r| format!("{}  {}  {} bytes\n", r.object, r.day, r.size))
                    .collect()
            })
        }
        ReportCommand::Thin {
            report,
            everything,
            label,
            ..
        } => {
            let what = match everything {
                true => ThinView::Everything,
                false => ThinView::Evidence,
            };
            app.thin(Thin {
                report: report.clone(),
                what,
                label,
            })?;
            printer.answer(&app.report(id(report))?, show)
        }
        ReportCommand::FetchBack { report, words, .. } => {
            let words = read_words(&words)?;
            let recovered = app.fetch_back(FetchBack { words, report }).await?;
            printer.answer(&recovered, came_back)?;
            partly(recovered.fault)
        }
        ReportCommand::Read { report } => printer.answer(&app.mark_read(id(report))?, show),
        ReportCommand::Answer { report, text } => {
            printer.answer(&app.answer(Answer { report, text })?, show)
        }
    }
}

fn evidence(app: &App, printer: &Printer, command: EvidenceCommand) -> Result<(), Failure> {
    match command {
        EvidenceCommand::Add { report, files } => {
            let id = || ReportId {
                report: report.clone(),
            };
            let draft = app.open_draft(id()).is_ok();
            if !draft {
                app.edit_report(id())?;
            }
            let mut added = Vec::new();
            for file in &files {
                added.push(app.attach_file(&report, file)?);
            }
            if !draft {
                app.finish_draft(id())?;
            }
            printer.answer(&added, |added| added.iter().map(evidence_line).collect())
        }
        EvidenceCommand::List { report } => {
            let evidence = app.report(ReportId { report })?.evidence;
            printer.answer(&evidence, |list| list.iter().map(evidence_line).collect())
        }
        EvidenceCommand::Save {
            report,
            object,
            out,
        } => {
            expect_file_name(&out)?;
            app.save_evidence(&EvidenceId { report, object }, &out)?;
            printer.answer(&(), |()| String::new())
        }
        EvidenceCommand::Export {
            report,
            object,
            out,
            key_out: Some(key_out),
            ..
        } => {
            expect_file_name(&out)?;
            expect_file_name(&key_out)?;
            if out == key_out {
                return Err(Failure::Usage(
                    "the sealed file and its key need a name each",
                ));
            }
            app.export_sealed(&EvidenceId { report, object }, &out, &key_out)?;
            printer.answer(&(), |()| String::new())
        }
        EvidenceCommand::Export {
            report,
            object,
            out,
            mut to,
            to_file,
            ..
        } => {
            expect_file_name(&out)?;
            for file in &to_file {
                to.push(read_text(file)?);
            }
            // What it means is said before there is a copy.
            let mut hybrid = true;
            for key in to.iter().cloned() {
                hybrid &= app.check_key(KeyText { key })?.hybrid;
            }
            printer.remark(&KeyView { hybrid });
            let kind = app.export_copy(&EvidenceId { report, object }, &out, &to)?;
            printer.answer(&kind, |_| String::new())
        }
    }
}

/// A key that is given where the name of a file is wanted would become that name.
fn expect_file_name(path: &Path) -> Result<(), Failure> {
    let name = path.file_name().unwrap_or_default();
    let name = name.to_string_lossy().to_ascii_uppercase();
    if name.contains("AGE-SECRET-") {
        return Err(Fault::KeySecret.into());
    }
    if name == "-" || name.starts_with("AGE1") {
        return Err(Failure::Usage(
            "here the name of a file is wanted; somebody's key goes with --to",
        ));
    }
    Ok(())
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

/// `fields`, changed by what was given.
fn merge(mut fields: ReportFields, given: Fields) -> Result<ReportFields, Failure> {
    if let Some(path) = &given.from_json {
        fields = serde_json::from_str(&read_text(path)?)
            .map_err(|_| Failure::Usage("the JSON is not that of a report's fields"))?;
    }
    if let Some(narrative) = given.narrative {
        fields.narrative = narrative;
    }
    if given.narrative_language.is_some() {
        fields.language = given.narrative_language;
    }
    if let Some(when) = given.when {
        fields.when = Some(when_given(when)?);
    }
    if given.place.is_some() || given.country.is_some() {
        let mut place = fields.place.unwrap_or_default();
        place.text = given.place.unwrap_or(place.text);
        place.country = given.country.or(place.country);
        fields.place = Some(place);
    }
    for (codes, given) in [
        (&mut fields.kinds, given.kinds),
        (&mut fields.affected, given.affected),
        (&mut fields.sources, given.sources),
    ] {
        if !given.is_empty() {
            *codes = given;
        }
    }
    fields.urgent |= given.urgent;
    Ok(fields)
}

/// The precision shows in the length of what was given.
fn when_given(from: String) -> Result<WhenView, Failure> {
    let precision = match from.len() {
        4 => PrecisionView::Year,
        7 => PrecisionView::Month,
        10 => PrecisionView::Day,
        16 => PrecisionView::Exact,
        _ => {
            return Err(Failure::Usage(
                "--when takes 2026-03-12T21:40, 2026-03-12, 2026-03 or 2026",
            ));
        }
    };
    Ok(WhenView {
        precision,
        from: Some(from),
        to: None,
        zone: None,
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
fn partly(fault: Option<Fault>) -> Result<(), Failure> {
    fault.map_or(Ok(()), |fault| Err(Failure::Partly(fault)))
}

fn came_back(recovered: &Recovered) -> String {
    format!(
        "{} reports and {} pieces of evidence are here, {} are missing",
        recovered.reports, recovered.evidence, recovered.missing
    )
}

fn synced(report: &SyncReport) -> String {
    format!(
        "{} delivered, {} waiting, {} fetched, {} reports new or changed",
        report.delivered, report.waiting, report.fetched, report.reports
    )
}

pub(crate) fn read_text(path: &Path) -> Result<String, Failure> {
    let text = String::from_utf8(read(path)?);
    text.map_err(|_| io::Error::from(io::ErrorKind::InvalidData).into())
}

/// Recovery words, from a file or a descriptor.
fn read_words(from: &WordsFrom) -> Result<String, Failure> {
    let descriptor = from
        .words_fd
        .map(|number| format!("/dev/fd/{number}").into());
    match descriptor.or_else(|| from.words_file.clone()) {
        Some(path) => read_text(&path),
        None => Err(Failure::Usage("the recovery words are needed")),
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
        fs::File::open(path)?.read_to_end(&mut bytes)?;
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
