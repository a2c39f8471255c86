//! The ordinary notebook, and the passphrase that opens nothing else.
//!
//! Every vault has a notebook, which a cover can show. A second passphrase opens another one, and by
//! the time it does nothing else is left (I-13).

use chrono::{DateTime, Days, Local, NaiveTime, TimeDelta, TimeZone as _, Utc};
use holdfast_record::Timestamp;
use holdfast_vault::{Note, Passphrase};
use rand_core::CryptoRng;

use crate::{
    App,
    evidence::shown,
    safety::below,
    session::check_length,
    system,
    view::{Fault, Language, NoteId, NoteText, PageView, SaveNote, SetDuress, TemplateView},
};

/// When people write notes: from eight in the morning on, for so many minutes.
const MORNING: NaiveTime = NaiveTime::from_hms_opt(8, 0, 0).unwrap();
const WAKING_MINUTES: usize = 14 * 60;
/// What is written has the millisecond at which it was kept; so has what is made up.
const MINUTE_MS: usize = 60_000;

macro_rules! templates {
    ($language:literal) => {
        [
            (
                "diary",
                include_str!(concat!("../data/templates/", $language, "/diary.txt")),
            ),
            (
                "field_notes",
                include_str!(concat!("../data/templates/", $language, "/field-notes.txt")),
            ),
            (
                "household",
                include_str!(concat!("../data/templates/", $language, "/household.txt")),
            ),
            (
                "recipes",
                include_str!(concat!("../data/templates/", $language, "/recipes.txt")),
            ),
        ]
    };
}

/// Notebooks to begin from: a code, and notes, each after a line `@ N` that dates it N days ago.
const EN: [(&str, &str); 4] = templates!("en");
const RU: [(&str, &str); 4] = templates!("ru");

impl App {
    /// Sets the second passphrase, and the notebook that it opens.
    pub fn set_duress(&self, args: SetDuress) -> Result<(), Fault> {
        check_length(&args.passphrase)?;
        let passphrase = Passphrase::new(args.passphrase);
        let mut notes = dated(args.notes, self.now(), &mut system::rng());
        // As they would have been written: the oldest first.
        notes.reverse();
        let open = self.open()?;
        Ok(open
            .vault
            .set_duress(&passphrase, &notes, &mut system::rng())?)
    }

    /// Notebooks to begin from.
    pub fn templates(&self, args: Language) -> Result<Vec<TemplateView>, Fault> {
        let templates = match args.language.get(..2) {
            Some("ru") => RU,
            _ => EN,
        };
        let views = templates.iter().map(|(code, text)| TemplateView {
            code: (*code).to_owned(),
            notes: notes(text),
        });
        Ok(views.collect())
    }

    /// The notes of the notebook that is open.
    pub fn notes(&self, (): ()) -> Result<Vec<PageView>, Fault> {
        let notes = self.with_notebook(|notebook| notebook.list())?;
        Ok(notes.into_iter().map(page).collect())
    }

    /// Keeps a note.
    pub fn save_note(&self, args: SaveNote) -> Result<PageView, Fault> {
        let now = self.now();
        let saved = self.with_notebook(|notebook| notebook.save(args.note, &args.text, now))?;
        Ok(page(saved))
    }

    /// Deletes a note.
    pub fn delete_note(&self, args: NoteId) -> Result<(), Fault> {
        self.with_notebook(|notebook| notebook.delete(args.note))
    }
}

fn page(note: Note) -> PageView {
    PageView {
        note: note.id,
        text: note.text,
        changed_at: shown(note.changed_at),
    }
}

fn notes(template: &str) -> Vec<NoteText> {
    let mut notes: Vec<NoteText> = Vec::new();
    for line in template.lines() {
        if let Some(days) = line.strip_prefix("@ ").and_then(|days| days.parse().ok()) {
            notes.push(NoteText {
                text: String::new(),
                days_ago: days,
            });
        } else if let Some(note) = notes.last_mut() {
            if !note.text.is_empty() {
                note.text.push('\n');
            }
            note.text.push_str(line);
        }
    }
    notes
}

/// Gives each note a moment of its day at which people are awake, in the order they are given in.
fn dated(
    notes: Vec<NoteText>,
    now: Timestamp,
    rng: &mut impl CryptoRng,
) -> Vec<(String, Timestamp)> {
    let now = DateTime::<Utc>::from_timestamp_millis(now.0).unwrap_or_default();
    let today = now.with_timezone(&Local).date_naive();
    let mut before = now;
    let dated = notes.into_iter().map(|note| {
        let day = today.checked_sub_days(Days::new(u64::from(note.days_ago)));
        let since = TimeDelta::milliseconds(below(WAKING_MINUTES * MINUTE_MS, rng) as i64);
        let morning = day.unwrap_or(today).and_time(MORNING);
        // A clock that jumps in spring or autumn has no such moment, or two.
        let at = Local.from_local_datetime(&(morning + since)).earliest();
        let at = at.map_or(before, |at| at.to_utc());
        let gap = 3 * MINUTE_MS + below(40 * MINUTE_MS, rng);
        let a_little_before = before - TimeDelta::milliseconds(gap as i64);
        before = at.min(a_little_before);
        (note.text, Timestamp(before.timestamp_millis()))
    });
    dated.collect()
}

#[cfg(test)]
mod tests {
    use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng as _};

    use super::*;

    #[test]
    fn every_template_is_a_notebook() {
        for templates in [EN, RU] {
            for (code, text) in templates {
                let notes = notes(text);
                assert!(notes.len() >= 9, "{code}");
                assert!(notes.is_sorted_by_key(|note| note.days_ago), "{code}");
                for note in &notes {
                    assert!(
                        !note.text.trim().is_empty() && !note.text.contains('@'),
                        "{code}"
                    );
                }
            }
        }
    }

    #[test]
    fn notes_are_dated_in_their_order_and_never_after_now() {
        let mut rng = ChaCha20Rng::seed_from_u64(4);
        for now in [0, 1_700_000_000_000, 1_795_000_000_000] {
            let notes = notes(EN[0].1).into_iter().map(|mut note| {
                note.days_ago /= 20;
                note
            });
            let dated = dated(notes.collect(), Timestamp(now), &mut rng);
            assert!(dated.iter().all(|(_, at)| at.0 < now), "{now}");
            assert!(dated.is_sorted_by(|one, next| one.1.0 > next.1.0), "{now}");
        }
    }

    #[test]
    fn no_note_is_dated_at_a_round_moment_more_often_than_chance() {
        let mut rng = ChaCha20Rng::seed_from_u64(5);
        let mut ends = std::collections::BTreeSet::new();
        let mut all = 0;
        for _ in 0..20 {
            for (_, at) in dated(notes(EN[0].1), Timestamp(1_795_000_000_000), &mut rng) {
                ends.insert(at.0.rem_euclid(60_000));
                all += 1;
            }
        }
        // Of some hundreds in 60,000 a few fall together.
        assert!(ends.len() > all - 10, "{} of {all}", ends.len());
    }
}
