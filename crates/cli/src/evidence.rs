//! Evidence: attached, listed, saved out, sealed for others.

use std::path::Path;

use holdfast_app::{
    App,
    view::{EvidenceId, Fault, KeyText, KeyView, ReportId},
};

use crate::{
    args::EvidenceCommand,
    failure::Failure,
    print::{Printer, evidence_line},
    run::read_text,
};

/// Runs one command about evidence.
pub(crate) fn run(app: &App, printer: &Printer, command: EvidenceCommand) -> Result<(), Failure> {
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
