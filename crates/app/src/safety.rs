//! Passphrases: how strong, drawn at random, changed; and the device beneath.

use holdfast_vault::Passphrase;
use zeroize::Zeroizing;

use crate::{
    App,
    session::check_length,
    system,
    view::{ChangePassphrase, DeviceView, Fault, Judge, Language, StrengthView, Suggestion},
};

/// Six words of a list of 1,296 are 62 bits: at the guesses below, seven million years.
const WORDS_DRAWN: usize = 6;
const WORDS_RU: &str = include_str!("../data/words-ru.txt");

/// Guesses a second against the least hashing any vault has, by somebody with a room of machines.
const GUESSES_PER_SECOND: f64 = 10_000.0;
const SECONDS_PER_YEAR: f64 = 365.25 * 24.0 * 3600.0;

/// The estimator knows no Russian: a Cyrillic word counts as one of ten thousand, however long.
const CYRILLIC_WORD_LOG10: f64 = 4.0;

impl App {
    /// Changes the passphrase. The old one opens nothing from then on.
    pub fn change_passphrase(&self, args: ChangePassphrase) -> Result<(), Fault> {
        let old = Passphrase::new(args.old);
        let new = Zeroizing::new(args.new);
        check_length(&new)?;
        let open = self.open()?;
        let changed = open
            .vault
            .change_passphrase(&old, &Passphrase::new(new), &mut system::rng());
        Ok(changed?)
    }

    /// How long a passphrase stands against guessing.
    pub fn judge_passphrase(&self, args: Judge) -> Result<StrengthView, Fault> {
        let passphrase = Zeroizing::new(args.passphrase);
        Ok(judge(&passphrase))
    }

    /// Draws a passphrase.
    pub fn suggest_passphrase(&self, args: Language) -> Result<Suggestion, Fault> {
        let words = word_list(&args.language);
        let mut rng = system::rng();
        let drawn: Vec<&str> = (0..WORDS_DRAWN)
            .map(|_| words[below(words.len(), &mut rng)])
            .collect();
        Ok(Suggestion {
            passphrase: drawn.join(" "),
        })
    }

    /// What this device does for the vault.
    pub fn device(&self, (): ()) -> Result<DeviceView, Fault> {
        Ok(DeviceView {
            swap: system::swap(),
            keys_locked: self.keys_locked(),
            memory_private: system::memory_is_private(),
        })
    }
}

/// The words to draw from: those of recovery words, or our own where that standard has no list.
fn word_list(language: &str) -> Vec<&'static str> {
    match language.get(..2) {
        Some("ru") => WORDS_RU.lines().collect(),
        _ => holdfast_recovery::list().to_vec(),
    }
}

/// A number below `most`, each as likely as the others.
pub(crate) fn below(most: usize, rng: &mut impl rand_core::CryptoRng) -> usize {
    let most = most as u64;
    let fair = u64::MAX - u64::MAX % most;
    loop {
        let number = rng.next_u64();
        if number < fair {
            return (number % most) as usize;
        }
    }
}

fn judge(passphrase: &str) -> StrengthView {
    let estimate = zxcvbn::zxcvbn(passphrase, &[]).guesses_log10();
    let log10 = estimate.min(cyrillic(passphrase)).max(0.0);
    let years = 10_f64.powf(log10) / GUESSES_PER_SECOND / SECONDS_PER_YEAR;
    StrengthView {
        score: match log10 {
            ..6.0 => 0,
            ..9.0 => 1,
            ..12.0 => 2,
            ..15.0 => 3,
            _ => 4,
        },
        guesses_log10: log10 as u32,
        years: years as u64,
    }
}

/// What a phrase of Cyrillic words is worth at the most; no limit for anything else.
fn cyrillic(passphrase: &str) -> f64 {
    let letter = |c: char| ('\u{400}'..='\u{52f}').contains(&c);
    let words = passphrase
        .split(|c: char| !letter(c))
        .filter(|word| !word.is_empty());
    let (count, letters) = words.fold((0.0, 0), |(count, letters), word| {
        (count + 1.0, letters + word.chars().count())
    });
    if letters == 0 {
        return f64::INFINITY;
    }
    let beside = |&c: &char| !letter(c) && !c.is_whitespace();
    let others = passphrase.chars().filter(beside).count();
    count * CYRILLIC_WORD_LOG10 + others as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;
    use crate::view::RoleView;

    #[test]
    fn what_people_think_up_is_told_from_what_is_hard_to_guess() {
        for weak in [
            "",
            "password",
            "Passw0rd!",
            "qwertyuiop",
            "11111111111111",
            "пароль",
            "привет мир",
            "qwerty123456",
            "любовьлюбовьлюбовь",
        ] {
            assert!(judge(weak).score < 2, "{weak}: {:?}", judge(weak));
        }
        for strong in [
            "correct horse battery staple ladder moss",
            "арбуз вокзал гитара дерево ёлка журнал",
            "vK8#pLw2!zQx97Tb",
        ] {
            assert_eq!(judge(strong).score, 4, "{strong}: {:?}", judge(strong));
        }
        assert!(judge("арбуз вокзал гитара").score < 4);
    }

    #[test]
    fn a_suggestion_is_drawn_from_all_of_its_list_and_is_strong() {
        let (_dir, app) = testing::app(RoleView::Reporter);
        for language in ["en", "ru"] {
            let language = Language {
                language: language.to_owned(),
            };
            let drawn = app.suggest_passphrase(language.clone()).unwrap().passphrase;
            assert_eq!(drawn.split(' ').count(), WORDS_DRAWN);
            assert_eq!(judge(&drawn).score, 4, "{drawn}");
            assert_ne!(drawn, app.suggest_passphrase(language).unwrap().passphrase);
        }
    }

    #[test]
    fn no_word_is_twice_in_a_list() {
        for language in ["en", "ru"] {
            let words = word_list(language);
            assert!(words.len() >= 1_296, "{language}");
            assert!(words.is_sorted_by(|one, next| one < next), "{language}");
            assert!((words.iter()).all(|word| word.chars().all(char::is_alphabetic)));
        }
    }
}
