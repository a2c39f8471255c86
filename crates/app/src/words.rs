//! Words for people, from the same Fluent catalogues that the window uses.

use fluent_bundle::{FluentBundle, FluentResource};

use crate::view::{DeliveryState, Fault, KeyView, NameView};

/// The catalogues of each language, embedded. English is the fallback.
const CATALOGUES: [(&str, &[&str]); 2] = [
    (
        "en",
        &[
            include_str!("../../../ui/locales/en/common.ftl"),
            include_str!("../../../ui/locales/en/evidence.ftl"),
            include_str!("../../../ui/locales/en/faults.ftl"),
            include_str!("../../../ui/locales/en/shell.ftl"),
        ],
    ),
    (
        "ru",
        &[
            include_str!("../../../ui/locales/ru/common.ftl"),
            include_str!("../../../ui/locales/ru/evidence.ftl"),
            include_str!("../../../ui/locales/ru/faults.ftl"),
            include_str!("../../../ui/locales/ru/shell.ftl"),
        ],
    ),
];

/// What stands around the page: in the title, and in the menu of the tray.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShellWords {
    /// The name that the app goes by.
    pub title: String,
    /// Shows the window.
    pub open: String,
    /// Covers the page.
    pub cover: String,
    /// Closes the vault.
    pub lock: String,
    /// Leads to the next, so that a slip of the hand destroys nothing.
    pub destroy: String,
    /// Destroys the vault at once.
    pub destroy_now: String,
    /// Ends the program.
    pub quit: String,
}

/// One language.
pub struct Words(FluentBundle<FluentResource>);

impl Words {
    /// The words of a language; English for one that there are no words of.
    pub fn of(language: &str) -> Self {
        Self::with(language, &[])
    }

    /// The same, with more catalogues by language, whose messages take the place of others of their
    /// name.
    pub fn with(language: &str, more: &[(&str, &str)]) -> Self {
        let short = language.split(['-', '_', '.']).next().unwrap_or_default();
        let known = CATALOGUES
            .iter()
            .find(|(code, _)| *code == short)
            .unwrap_or(&CATALOGUES[0]);
        let mut bundle = FluentBundle::new(known.0.parse().into_iter().collect());
        // A terminal shows the marks that keep directions of writing apart as boxes.
        bundle.set_use_isolating(false);
        let more = more.iter().filter(|(code, _)| *code == known.0);
        for catalogue in known.1.iter().chain(more.map(|(_, catalogue)| catalogue)) {
            // A line that does not parse is left out; a test reads every catalogue.
            let resource = FluentResource::try_new((*catalogue).to_owned())
                .unwrap_or_else(|(resource, _)| resource);
            bundle.add_resource_overriding(resource);
        }
        Self(bundle)
    }

    /// What happened, and what to do about it.
    pub fn fault(&self, fault: &Fault) -> (String, String) {
        let key = format!("fault-{}", fault.code().replace('_', "-"));
        let mut args = fluent_bundle::FluentArgs::new();
        if let Some(params) = serde_json::to_value(fault)
            .ok()
            .as_ref()
            .and_then(|f| f["params"].as_object())
        {
            for (name, value) in params {
                let number = value.as_u64().unwrap_or_default();
                match name.as_str() {
                    // A size, in the decimal units that disks and networks are told in.
                    "most" => args.set("most", format!("{} MB", number / 1_000_000)),
                    _ => args.set(name.clone(), number as f64),
                }
            }
        }
        let text = |attribute| self.text(&key, attribute, Some(&args)).unwrap_or_default();
        (text(None), text(Some("next")))
    }

    /// What is said under a name, and what follows from it.
    pub fn said(&self, key: &str) -> (String, String) {
        let text = |attribute| self.text(key, attribute, None).unwrap_or_default();
        (text(None), text(Some("next")))
    }

    /// The word for a state.
    pub fn state(&self, state: DeliveryState) -> String {
        let code = serde_json::to_value(state).unwrap_or_default();
        self.text(
            &format!("state-{}", code.as_str().unwrap_or_default()),
            None,
            None,
        )
        .unwrap_or_default()
    }

    /// What it means that a copy is sealed to keys of this kind, and that it leaves the vault.
    pub fn sealed_copy(&self, kind: &KeyView) -> String {
        let key = if kind.hybrid {
            "copy-hybrid"
        } else {
            "copy-ordinary"
        };
        [(key, None), (key, Some("next")), ("copy-outside", None)]
            .into_iter()
            .filter_map(|(key, attribute)| self.text(key, attribute, None))
            .collect::<Vec<_>>()
            .join(" ")
    }

    /// What it means that the part of the vault that is not in use was damaged.
    pub fn spare_mended(&self) -> String {
        self.text("spare-mended", None, None).unwrap_or_default()
    }

    /// The words around the page. Under another name they say nothing that tells of a vault.
    pub fn shell(&self, name: NameView) -> ShellWords {
        let plain = match name {
            NameView::Holdfast => None,
            NameView::Notes | NameView::Calculator | NameView::Recipes => Some("disguised"),
        };
        let word = |key, attribute| self.text(key, attribute, None).unwrap_or_default();
        let title = match name {
            NameView::Holdfast => "app-name",
            NameView::Notes => "shell-name-notes",
            NameView::Calculator => "shell-name-calculator",
            NameView::Recipes => "shell-name-recipes",
        };
        ShellWords {
            title: word(title, None),
            open: word("shell-open", None),
            cover: word("shell-cover", None),
            lock: word("shell-lock", plain),
            destroy: word("shell-destroy", plain),
            destroy_now: word("shell-destroy-now", plain),
            quit: word("shell-quit", None),
        }
    }

    fn text(
        &self,
        key: &str,
        attribute: Option<&str>,
        args: Option<&fluent_bundle::FluentArgs<'_>>,
    ) -> Option<String> {
        let message = self.0.get_message(key)?;
        let pattern = match attribute {
            None => message.value()?,
            Some(attribute) => message.get_attribute(attribute)?.value(),
        };
        Some(
            self.0
                .format_pattern(pattern, args, &mut vec![])
                .into_owned(),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_catalogue_parses() {
        for (language, catalogues) in CATALOGUES {
            for catalogue in catalogues {
                assert!(
                    FluentResource::try_new((*catalogue).to_owned()).is_ok(),
                    "{language}"
                );
            }
        }
    }

    #[test]
    fn faults_and_states_have_words_in_both_languages() {
        for language in ["en", "ru_RU.UTF-8"] {
            let words = Words::of(language);
            let (what, next) = words.fault(&Fault::PassphraseTooShort { least: 10 });
            assert!(
                !what.is_empty() && next.contains("10"),
                "{language}: {what} {next}"
            );
            assert!(!words.state(DeliveryState::Held).is_empty());
            for hybrid in [true, false] {
                let told = words.sealed_copy(&KeyView { hybrid });
                assert_eq!(told.contains("age1pq1"), !hybrid, "{language}: {told}");
            }
        }
        for name in NAMES {
            let (english, russian) = (Words::of("en").shell(name), Words::of("ru").shell(name));
            for ((_, here), (key, there)) in listed(&english).zip(listed(&russian)) {
                assert!(!here.is_empty() && !there.is_empty(), "{name:?} {key}");
                assert!(here != there || here == "Holdfast", "{name:?} {key}");
            }
        }
        assert_ne!(
            Words::of("ru").state(DeliveryState::Held),
            Words::of("en").state(DeliveryState::Held)
        );
    }

    #[test]
    fn under_another_name_nothing_around_the_page_tells_of_a_vault() {
        for language in ["en", "ru"] {
            let words = Words::of(language);
            let own = words.shell(NameView::Holdfast);
            for name in &NAMES[1..] {
                let shown = words.shell(*name);
                for (key, text) in listed(&shown) {
                    let text = text.to_lowercase();
                    for telling in [
                        "holdfast",
                        "vault",
                        "lock",
                        "destroy",
                        "хранилищ",
                        "запер",
                        "уничтож",
                    ] {
                        assert!(!text.contains(telling), "{language} {name:?} {key}: {text}");
                    }
                }
                assert_ne!(shown.destroy_now, own.destroy_now);
            }
        }
    }

    const NAMES: [NameView; 4] = [
        NameView::Holdfast,
        NameView::Notes,
        NameView::Calculator,
        NameView::Recipes,
    ];

    fn listed(words: &ShellWords) -> impl Iterator<Item = (&'static str, &str)> {
        [
            ("title", &words.title),
            ("open", &words.open),
            ("cover", &words.cover),
            ("lock", &words.lock),
            ("destroy", &words.destroy),
            ("destroy_now", &words.destroy_now),
            ("quit", &words.quit),
        ]
        .into_iter()
        .map(|(key, text)| (key, text.as_str()))
    }
}
