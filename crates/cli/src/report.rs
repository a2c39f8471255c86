//! Reports: written, listed, sent, read, thinned and fetched back.

use std::path::PathBuf;

use holdfast_app::{
    App,
    view::{
        Answer, Fault, FetchBack, HandOver, ListReports, ReportFields, ReportId, SaveDraft, Thin,
        ThinView,
    },
};

use crate::{
    args::{Fields, ReportCommand},
    failure::{Failure, usage},
    print::Printer,
    run::{at_desk, came_back, expect_files, partly, read_text, read_words},
    values,
};

/// Runs one command about reports.
pub(crate) async fn run(
    app: &App,
    printer: &Printer,
    command: ReportCommand,
) -> Result<(), Failure> {
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
            expect_files(&evidence)?;
            let report = app.new_draft(())?.report;
            let unfinished = |fault| unfinished(app, printer, &report, fault);
            let written = write(app, &report, fields, &evidence);
            if draft {
                written.map_err(unfinished)?;
                return printer.answer(&app.open_draft(id(report))?, |draft| draft.report.clone());
            }
            let finished = written.and_then(|()| app.finish_draft(id(report.clone())));
            let view = finished.map_err(unfinished)?;
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
            let begun = app.open_draft(id(report.clone())).is_ok();
            let draft = match begun {
                true => app.open_draft(id(report.clone()))?,
                false => app.edit_report(id(report.clone()))?,
            };
            let edited = merge(draft.fields, fields).and_then(|fields| {
                write(app, &report, fields, &[])?;
                Ok(app.finish_draft(id(report.clone()))?)
            });
            if edited.is_err() && !begun {
                app.discard_draft(id(report))?;
            }
            printer.answer(&edited?, show)
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
        ReportCommand::Show { report } => match app.report(id(report.clone())) {
            // It may be a draft.
            Err(Fault::NoSuchReport) => {
                printer.answer(&app.open_draft(id(report))?, |draft| printer.draft(draft))
            }
            shown => printer.answer(&shown?, show),
        },
        ReportCommand::Send {
            report,
            dry_run: true,
            ..
        } => {
            let out = app.outgoing(id(report.clone()));
            let out = out.map_err(|fault| not_to_be_sent(app, &report, fault))?;
            let view = app.report(id(report))?;
            printer.answer(&out, |out| printer.outgoing(out, &view))
        }
        ReportCommand::Send {
            report, consent, ..
        } => {
            let handed = app.hand_over(HandOver {
                report: report.clone(),
                consent,
            });
            let handed = handed.map_err(|fault| not_to_be_sent(app, &report, fault))?;
            printer.answer(&handed, show)
        }
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
            let thinned = app.thin(Thin {
                report: report.clone(),
                what,
                label,
            });
            thinned.map_err(|fault| at_desk(app, fault, "told-desk-keeps"))?;
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

/// Puts into a draft what was given.
fn write(app: &App, report: &str, fields: ReportFields, evidence: &[PathBuf]) -> Result<(), Fault> {
    app.save_draft(SaveDraft {
        report: report.to_owned(),
        fields,
        settled: vec![],
    })?;
    for file in evidence {
        app.attach_file(report, file)?;
    }
    Ok(())
}

/// What was written and could not be finished stays as a draft, and it is said which: nobody has to
/// find the words again. Where nothing was written, nothing stays.
fn unfinished(app: &App, printer: &Printer, report: &str, fault: Fault) -> Failure {
    let draft = ReportId {
        report: report.to_owned(),
    };
    if fault != Fault::NothingWritten || app.discard_draft(draft).is_err() {
        printer.remark_kept(report);
    }
    fault.into()
}

/// Why a report cannot be sent: it may be a draft, or the vault a desk's.
fn not_to_be_sent(app: &App, report: &str, fault: Fault) -> Failure {
    let draft = ReportId {
        report: report.to_owned(),
    };
    match fault {
        Fault::NoSuchReport if app.open_draft(draft).is_ok() => Failure::Told(fault, "told-draft"),
        other => at_desk(app, other, "told-desk-sends-nothing"),
    }
}

/// `fields`, changed by what was given.
fn merge(mut fields: ReportFields, given: Fields) -> Result<ReportFields, Failure> {
    if let Some(path) = &given.from_json {
        let given = serde_json::from_str(&read_text(path)?)
            .map_err(|_| usage("the JSON is not that of a report's fields"))?;
        fields = values::checked(given).map_err(usage)?;
    }
    if let Some(narrative) = given.narrative {
        fields.narrative = narrative;
    }
    if given.narrative_language.is_some() {
        fields.language = given.narrative_language;
    }
    fields.when = given.when.or(fields.when);
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
