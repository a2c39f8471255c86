//! Output: JSON for programs, short lines for people. The only place that prints.
//!
//! What other people wrote reaches a terminal as text only: no control character in a name or a
//! narrative moves the cursor, and none begins a line that looks like ours.
#![expect(clippy::print_stderr, reason = "a command line prints")]

use std::{
    io::{self, Write as _},
    process::ExitCode,
};

use holdfast_app::{
    view::{EvidenceView, KeyView, ReportList, ReportView},
    words::Words,
};
use serde::Serialize;

use crate::failure::Failure;

/// Prints what commands answer.
pub(crate) struct Printer {
    json: bool,
    language: String,
    words: Words,
}

impl Printer {
    pub(crate) fn new(json: bool, language: Option<&str>) -> Self {
        let language = language.unwrap_or("en");
        Self {
            json,
            language: language.to_owned(),
            words: Words::of(language),
        }
    }

    /// The language of messages, as it was asked for.
    pub(crate) fn language(&self) -> &str {
        &self.language
    }

    /// Prints an answer: as JSON, or by `show`.
    pub(crate) fn answer<T: Serialize>(
        &self,
        answer: &T,
        show: impl FnOnce(&T) -> String,
    ) -> Result<(), Failure> {
        if self.json {
            print(&serde_json::to_string(answer).map_err(io::Error::from)?)?;
        } else {
            let text = show(answer);
            if !text.is_empty() {
                let hidden = |c: char| c.is_control() && c != '\n';
                print(&text.trim_end().replace(hidden, "\u{fffd}"))?;
            }
        }
        Ok(())
    }

    /// Says what it means that a copy is sealed to keys of this kind; beside the answer, so that a
    /// script that keeps only the answer still shows it to a person.
    pub(crate) fn remark(&self, kind: &KeyView) {
        eprintln!("{}", self.words.sealed_copy(kind));
    }

    /// Says why a command failed, and gives its exit code.
    pub(crate) fn failure(&self, failure: &Failure) -> ExitCode {
        // Where the reason cannot be told, the exit code still is.
        let tell = |json: &str| print(json).unwrap_or_default();
        match failure {
            Failure::Fault(fault) if self.json => {
                tell(&serde_json::to_string(fault).unwrap_or_default());
            }
            Failure::Partly(_) if self.json => {}
            Failure::Fault(fault) | Failure::Partly(fault) => {
                let (what, next) = self.words.fault(fault);
                eprintln!("{what} {next}");
            }
            other if self.json => {
                let code = if matches!(other, Failure::Io(_)) {
                    "file"
                } else {
                    "usage"
                };
                let params = serde_json::json!({ "message": other.to_string() });
                tell(&serde_json::json!({ "code": code, "params": params }).to_string());
            }
            other => eprintln!("{other}"),
        }
        ExitCode::from(failure.exit_code())
    }

    /// One line a report.
    pub(crate) fn list(&self, list: &ReportList) -> String {
        let lines = list.items.iter().map(|item| {
            let mark = if item.unread { "*" } else { " " };
            format!(
                "{mark} {}  {:<10} {}\n",
                item.report,
                self.words.state(item.state),
                one_line(&item.title)
            )
        });
        lines.collect()
    }

    /// A report in full.
    pub(crate) fn report(&self, report: &ReportView) -> String {
        let mut text = format!("{}  {}\n\n", report.report, self.words.state(report.state));
        text.push_str(&report.fields.narrative);
        text.push('\n');
        for evidence in &report.evidence {
            text.push_str(&evidence_line(evidence));
        }
        for note in &report.notes {
            text.push_str(&format!("> {}\n", note.text));
        }
        text
    }
}

/// One line a piece of evidence.
pub(crate) fn evidence_line(evidence: &EvidenceView) -> String {
    format!(
        "{}  {:>12}  {}\n",
        evidence.object,
        evidence.size,
        one_line(&evidence.name)
    )
}

/// What somebody wrote, where it must not become several lines.
pub(crate) fn one_line(text: &str) -> String {
    text.replace('\n', "\u{fffd}")
}

fn print(line: &str) -> io::Result<()> {
    match writeln!(io::stdout(), "{line}") {
        // What was asked for is done; whoever was to read about it has gone.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}
