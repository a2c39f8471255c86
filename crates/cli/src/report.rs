//! Reports: written, listed, sent, read, thinned and fetched back.

use holdfast_app::{
    App,
    view::{
        Answer, Fault, FetchBack, HandOver, ListReports, PrecisionView, ReportFields, ReportId,
        SaveDraft, Thin, ThinView, WhenView,
    },
};

use crate::{
    args::{Fields, ReportCommand},
    failure::Failure,
    print::Printer,
    run::{came_back, partly, read_text, read_words},
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
