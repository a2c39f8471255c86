//! Evidence: attached, listed, saved out, sealed for others.

use std::path::Path;

use holdfast_app::{
    App,
    view::{EvidenceId, Fault, KeyText, KeyView, ReportId},
};

use crate::{
    args::EvidenceCommand,
    failure::{Failure, usage},
    print::{Printer, evidence_line},
    run::{expect_files, read_text},
};

/// Runs one command about evidence.
pub(crate) fn run(app: &App, printer: &Printer, command: EvidenceCommand) -> Result<(), Failure> {
    match command {
        EvidenceCommand::Add { report, files } => {
            let id = || ReportId {
                report: report.clone(),
            };
            expect_files(&files)?;
            let draft = app.open_draft(id()).is_ok();
            if !draft {
                app.edit_report(id())?;
            }
            let added = files.iter().map(|file| app.attach_file(&report, file));
            let added = added.collect::<Result<Vec<_>, _>>();
            if !draft {
                let done = added.as_ref().map_err(Fault::clone);
                let done = done.and_then(|_| app.finish_draft(id()));
                if done.is_err() {
                    // What was begun for these files goes with them.
                    app.discard_draft(id())?;
                }
                done?;
            }
            printer.answer(&added?, |added| added.iter().map(evidence_line).collect())
        }
        EvidenceCommand::List { report } => {
            let id = || ReportId {
                report: report.clone(),
            };
            let evidence = match app.report(id()) {
                Ok(report) => report.evidence,
                // It may be a draft.
                Err(Fault::NoSuchReport) => app.open_draft(id())?.evidence,
                Err(other) => return Err(other.into()),
            };
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
                return Err(usage("the sealed file and its key need a name each"));
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
        return Err(usage(
            "here the name of a file is wanted; somebody's key goes with --to",
        ));
    }
    Ok(())
}
