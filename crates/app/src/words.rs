//! Words for people, from the same Fluent catalogues that the window uses.

use fluent_bundle::{FluentBundle, FluentResource};

use crate::view::{DeliveryState, Fault, KeyView};

/// The catalogues of each language, embedded. English is the fallback.
const CATALOGUES: [(&str, &[&str]); 2] = [
    (
        "en",
        &[
            include_str!("../../../ui/locales/en/common.ftl"),
            include_str!("../../../ui/locales/en/evidence.ftl"),
            include_str!("../../../ui/locales/en/faults.ftl"),
        ],
    ),
    (
        "ru",
        &[
            include_str!("../../../ui/locales/ru/common.ftl"),
            include_str!("../../../ui/locales/ru/evidence.ftl"),
            include_str!("../../../ui/locales/ru/faults.ftl"),
        ],
    ),
];

/// One language.
pub struct Words(FluentBundle<FluentResource>);

impl Words {
    /// The words of a language; English for one that there are no words of.
    pub fn of(language: &str) -> Self {
        let short = language.split(['-', '_', '.']).next().unwrap_or_default();
        let known = CATALOGUES
            .iter()
            .find(|(code, _)| *code == short)
            .unwrap_or(&CATALOGUES[0]);
        let mut bundle = FluentBundle::new(known.0.parse().into_iter().collect());
        // A terminal shows the marks that keep directions of writing apart as boxes.
        bundle.set_use_isolating(false);
        for catalogue in known.1 {
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
        assert_ne!(
            Words::of("ru").state(DeliveryState::Held),
            Words::of("en").state(DeliveryState::Held)
        );
    }
}
