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
        DeliveryState, DeliveryView, DraftView, EvidenceView, ExposureView, KeyView, Outgoing,
        ReportFields, ReportList, ReportView, Settings, ThinView,
    },
    words::Words,
};
use serde::Serialize;

use crate::failure::Failure;

/// What the command line says in words of its own.
const OWN_WORDS: [(&str, &str); 2] = [
    ("en", include_str!("../locales/en.ftl")),
    ("ru", include_str!("../locales/ru.ftl")),
];

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
            words: Words::with(language, &OWN_WORDS),
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

    /// Says which draft has what was written.
    pub(crate) fn remark_kept(&self, report: &str) {
        eprintln!(
            "what was written is kept as the draft {report}; go on with: holdfast report edit {report}"
        );
    }

    /// Words of the command line's own.
    pub(crate) fn said(&self, key: &str) -> String {
        let (what, next) = self.words.said(key);
        format!("{what} {next}").trim_end().to_owned()
    }

    /// Says why a command failed, and gives its exit code.
    pub(crate) fn failure(&self, failure: &Failure) -> ExitCode {
        // Where the reason cannot be told, the exit code still is.
        let tell = |json: &str| print(json).unwrap_or_default();
        match failure {
            Failure::Fault(fault) | Failure::Told(fault, _) if self.json => {
                tell(&serde_json::to_string(fault).unwrap_or_default());
            }
            Failure::Partly(_) if self.json => {}
            Failure::Fault(fault) | Failure::Partly(fault) => {
                let (what, next) = self.words.fault(fault);
                eprintln!("{what} {next}");
            }
            Failure::Told(_, words) => eprintln!("{}", self.said(words)),
            other if self.json => {
                let code = match other {
                    Failure::Usage(_) => "usage",
                    _ => "file",
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

    /// A draft, and how to go on with it.
    pub(crate) fn draft(&self, draft: &DraftView) -> String {
        let state = self.words.state(DeliveryState::Draft);
        let mut text = format!("{}  {state}\n\n", draft.report);
        text.push_str(&said(&draft.fields));
        text.push_str(&draft.fields.narrative);
        text.push('\n');
        text.extend(draft.evidence.iter().map(evidence_line));
        text.push_str(&format!(
            "\nfinish it with: holdfast report edit {}\n",
            draft.report
        ));
        text
    }

    /// What would go out, and to whom.
    pub(crate) fn outgoing(&self, out: &Outgoing, report: &ReportView) -> String {
        let to = &out.coalition;
        let consent = match report.consent_given {
            true => "that the people in it agree is on record",
            false => "that the people in it agree is not on record: ask them, then say --consent",
        };
        let mut text = format!("to: {} ({})\n\n", one_line(&to.name), to.fingerprint);
        text.push_str(&said(&report.fields));
        text.push_str(&report.fields.narrative);
        text.push('\n');
        text.extend(out.evidence.iter().map(evidence_line));
        text.push_str(&format!(
            "\nwith its history and notes, sealed: {}, {} bytes\n{consent}\nnothing was sent\n",
            count(out.evidence.len(), "file", "files"),
            out.bytes
        ));
        text
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
    let mut parts = Vec::new();
    if risk.drafts > 0 {
        parts.push(count(risk.drafts, "draft", "drafts"));
    }
    if risk.unsent > 0 {
        let reports = count(risk.unsent, "report", "reports");
        parts.push(format!("{reports} not sent, or changed since"));
    }
    if risk.waiting > 0 {
        let bytes = risk.waiting_bytes;
        parts.push(format!("{} on the way ({bytes} bytes)", risk.waiting));
    }
    let lost = match parts.is_empty() {
        true => "nothing".to_owned(),
        false => parts.join(", "),
    };
    format!("{lines}\nlost if this vault were destroyed now: {lost}")
}

/// What a seizure would show, in a few lines.
pub(crate) fn exposure(exposure: &ExposureView) -> String {
    let evidence = count(exposure.evidence, "piece of evidence", "pieces of evidence");
    let mut seen = vec![
        count(exposure.reports, "report", "reports"),
        count(exposure.drafts, "draft", "drafts"),
        format!("{evidence} ({} bytes)", exposure.evidence_bytes),
    ];
    if exposure.receipts_only > 0 {
        let removed = count(exposure.receipts_only, "removed report", "removed reports");
        let answers = match exposure.answers_kept {
            0 => String::new(),
            kept => format!(", with the answers to {kept} of them"),
        };
        seen.push(format!("the receipts of {removed}{answers}"));
    }
    seen.push(match exposure.coalition.as_deref() {
        Some(name) => format!("the name of {}", one_line(name)),
        None => "no coalition".to_owned(),
    });
    format!(
        "whoever opens this vault sees {}\n{} could be thinned, with {} bytes of evidence",
        seen.join("; "),
        count(exposure.thinnable, "report", "reports"),
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
                days => format!(
                    "{what} removed {} after the last receipt",
                    count(days, "day", "days")
                ),
            }
        }
    };
    let language = match settings.language.as_str() {
        "" => "that of the device",
        chosen => chosen,
    };
    let or_never = |number, text: String| match number {
        0 => "never".to_owned(),
        _ => text,
    };
    let (minutes, tries) = (settings.auto_lock_minutes, settings.wipe_after_tries);
    let hours = settings.check_in_hours;
    format!(
        "language of the screens: {language}\nthe window locks itself: {}\n{thin}\n\
         wrong passphrases: {}; destroyed after so many in a row: {}\n\
         destroyed unless opened: {}",
        or_never(minutes, format!("after {minutes} min")),
        match settings.slow_tries {
            true => "each makes the next wait longer",
            false => "none makes the next wait",
        },
        or_never(tries, tries.to_string()),
        or_never(hours, format!("within {hours} h"))
    )
}

/// A number of things.
pub(crate) fn count(number: impl TryInto<u64>, one: &str, several: &str) -> String {
    match number.try_into().unwrap_or(u64::MAX) {
        1 => format!("1 {one}"),
        number => format!("{number} {several}"),
    }
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
    if report.has_draft {
        let id = &report.report;
        lines.push(format!(
            "! changes are begun and not finished: holdfast report edit {id}"
        ));
    }
    if report.new_device {
        lines.push("! its author writes from a new device".to_owned());
    }
    if report.missing_entries > 0 {
        let steps = count(report.missing_entries, "earlier step", "earlier steps");
        lines.push(format!("! not arrived: {steps}"));
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

#[cfg(test)]
mod tests {
    use super::*;

    /// The names of the messages in a catalogue.
    fn names(catalogue: &str) -> Vec<&str> {
        let lines = catalogue
            .lines()
            .filter(|line| !line.starts_with(['#', ' ']));
        lines
            .filter_map(|line| Some(line.split_once(" = ")?.0))
            .collect()
    }

    #[test]
    fn both_languages_say_the_same_things() {
        let [(_, english), (_, russian)] = OWN_WORDS;
        assert_eq!(names(english), names(russian));
        for name in names(english) {
            let said = ["en", "ru"].map(|language| Printer::new(false, Some(language)).said(name));
            assert!(said.iter().all(|said| !said.is_empty()), "{name}: {said:?}");
            assert_ne!(said[0], said[1], "{name}");
        }
    }

    #[test]
    fn what_the_window_says_in_its_own_way_is_said_here_in_another() {
        use holdfast_app::view::Fault;
        let own = Words::with("en", &OWN_WORDS).fault(&Fault::NothingWritten);
        assert_ne!(own, Words::of("en").fault(&Fault::NothingWritten));
        assert!(own.1.contains("--narrative"), "{own:?}");
    }

    #[test]
    fn one_is_not_several() {
        assert_eq!(count(1_u32, "report", "reports"), "1 report");
        assert_eq!(count(0_u32, "report", "reports"), "0 reports");
    }
}
