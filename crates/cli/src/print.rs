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
    view::{
        DeliveryView, EvidenceView, ExposureView, KeyView, ReportFields, ReportList, ReportView,
        Settings, ThinView,
    },
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

    /// Says that a second passphrase, if there was one, is to be set again.
    pub(crate) fn remark_mended(&self) {
        eprintln!("{}", self.words.spare_mended());
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
            let lost = match item.from_lost_device {
                true => "(from a lost device) ",
                false => "",
            };
            let urgent = if item.urgent { "URGENT " } else { "" };
            format!(
                "{mark} {}  {:<10} {lost}{urgent}{}\n",
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
        match report.thinned {
            None => {}
            Some(ThinView::Evidence) => text.push_str("its evidence was removed from here\n\n"),
            Some(ThinView::Everything) => {
                text.push_str("removed from here; its receipts are kept\n\n");
            }
        }
        text.push_str(&to_know(report));
        text.push_str(&said(&report.fields));
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
    let absent = if evidence.present { "" } else { "  (not here)" };
    format!(
        "{}  {:>12}  {}{absent}\n",
        evidence.object,
        evidence.size,
        one_line(&evidence.name)
    )
}

/// What is on its way, a line each, and what would be lost with the vault.
pub(crate) fn delivery(delivery: &DeliveryView) -> String {
    let lines = delivery.items.iter().map(|item| {
        let name = item.evidence.as_deref().unwrap_or(&item.title);
        let name = one_line(name);
        format!("{:?}  {}/{}  {name}\n", item.state, item.sent, item.size)
    });
    let lines: String = lines.collect();
    let risk = &delivery.at_risk;
    format!(
        "{lines}\nlost if this vault were destroyed now: {} drafts, {} reports not sent or changed \
         since, {} on their way ({} bytes)",
        risk.drafts, risk.unsent, risk.waiting, risk.waiting_bytes
    )
}

/// What a seizure would show, in a few lines.
pub(crate) fn exposure(exposure: &ExposureView) -> String {
    let coalition = exposure.coalition.as_deref().map_or_else(
        || "no coalition".to_owned(),
        |name| format!("the name of {}", one_line(name)),
    );
    format!(
        "whoever opens this vault sees {} reports, {} drafts, {} pieces of evidence ({} bytes), \
         the receipts of {} removed reports, answers to {} of these, and {coalition}\n\
         {} reports could be thinned, with {} bytes of evidence",
        exposure.reports,
        exposure.drafts,
        exposure.evidence,
        exposure.evidence_bytes,
        exposure.receipts_only,
        exposure.answers_kept,
        exposure.thinnable,
        exposure.thinnable_bytes
    )
}

/// What is set.
pub(crate) fn settings_line(settings: &Settings) -> String {
    let thin = match (settings.thin.what, settings.thin.after_days) {
        (None, _) => "nothing is removed by itself".to_owned(),
        (Some(what), days) => {
            let what = match what {
                ThinView::Evidence => "evidence is",
                ThinView::Everything => "reports are",
            };
            match days {
                0 => format!("{what} removed once the desk has read them"),
                days => format!("{what} removed {days} days after the last receipt"),
            }
        }
    };
    format!(
        "language {:?}, locks after {} min, {thin}\n\
         slow tries {}, destroyed after {} wrong tries, or {} h without being opened (0 is never)",
        settings.language,
        settings.auto_lock_minutes,
        settings.slow_tries,
        settings.wipe_after_tries,
        settings.check_in_hours
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

/// What somebody has to know before reading on: each on a line of its own, before anything that others
/// wrote.
fn to_know(report: &ReportView) -> String {
    let mut lines = Vec::new();
    if report.history.iter().any(|line| line.from_lost_device) {
        lines.push("! some of this was sent from a device that was declared lost".to_owned());
    }
    if report.new_device {
        lines.push("! its author writes from a new device".to_owned());
    }
    if report.missing_entries > 0 {
        lines.push(format!(
            "! {} earlier steps have not arrived",
            report.missing_entries
        ));
    }
    for conflict in &report.conflicts {
        lines.push(format!(
            "! {}: these stand side by side until somebody chooses",
            one_line(&conflict.field)
        ));
        for value in &conflict.values {
            let narrative = one_line(&value.narrative);
            let fields = said(value).replace('\n', "; ");
            lines.push(format!("    - {fields}{narrative}"));
        }
    }
    if lines.is_empty() {
        return String::new();
    }
    lines.join("\n") + "\n\n"
}

/// The fields that say something, one on a line, but for the narrative.
fn said(fields: &ReportFields) -> String {
    let mut text = String::new();
    let mut line = |name: &str, value: String| {
        if !value.is_empty() {
            text.push_str(&format!("{name}: {}\n", one_line(&value)));
        }
    };
    line("urgent", if fields.urgent { "yes" } else { "" }.to_owned());
    line("kind", fields.kinds.join(", "));
    if let Some(when) = &fields.when {
        let parts = [&when.from, &when.to, &when.zone];
        let parts = parts.into_iter().flatten().map(String::as_str);
        line("when", parts.collect::<Vec<_>>().join(" "));
    }
    if let Some(place) = &fields.place {
        let parts = [Some(place.text.as_str()), place.country.as_deref()];
        let parts = parts.into_iter().flatten().filter(|part| !part.is_empty());
        line("where", parts.collect::<Vec<_>>().join(", "));
    }
    line("affected", fields.affected.join(", "));
    line("by", fields.sources.join(", "));
    text
}
