//! Vocabularies: stable codes with labels in every language, and the law they rest on (I-4).
//!
//! The data is in `vocabularies/*.json`, one versioned file each. A code is never renamed, reused
//! or removed; files only grow, and their `version` with them. Records hold codes, never labels: a
//! code that is not in here comes from a newer version and is shown as it is.

use std::{collections::BTreeMap, sync::LazyLock};

use serde::{Deserialize, de::DeserializeOwned};

/// Labels by language (BCP 47 primary subtag). English is always there.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Labels(BTreeMap<String, String>);

impl Labels {
    /// The label in a language, `ru` or `ru-KZ`; in English where that language has none.
    pub fn label(&self, lang: &str) -> &str {
        let primary = lang
            .split(['-', '_'])
            .next()
            .unwrap_or(lang)
            .to_ascii_lowercase();
        self.0
            .get(&primary)
            .or_else(|| self.0.get("en"))
            .map_or("", String::as_str)
    }

    /// The languages there are labels in.
    pub fn languages(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}

/// A code with its labels.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Term {
    /// Stable code, `snake_case`.
    pub code: String,
    /// Its labels.
    pub labels: Labels,
}

/// A kind of incident.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kind {
    /// Stable code, `snake_case`.
    pub code: String,
    /// Its labels.
    pub labels: Labels,
    /// The rights it touches: codes of [`Vocabulary::basis`]. Empty where the sources name none.
    pub basis: Vec<String>,
}

/// A family of kinds.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Family {
    /// Stable code, `snake_case`.
    pub code: String,
    /// Its labels.
    pub labels: Labels,
    /// Its kinds.
    pub kinds: Vec<Kind>,
}

/// Every vocabulary this version has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vocabulary {
    /// Kinds of incident by family: the field [`KINDS`](crate::field::KINDS).
    pub families: Vec<Family>,
    /// Who is hit: the field [`AFFECTED`](crate::field::AFFECTED).
    pub affected: Vec<Term>,
    /// Who does it: the field [`SOURCES`](crate::field::SOURCES).
    pub sources: Vec<Term>,
    /// Help that can be asked for.
    pub help: Vec<Term>,
    /// Provisions of law that kinds rest on.
    pub basis: Vec<Term>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KindsFile {
    #[expect(
        dead_code,
        reason = "for whoever reads the file; this version reads what it ships"
    )]
    version: u32,
    families: Vec<Family>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TermsFile {
    #[expect(
        dead_code,
        reason = "for whoever reads the file; this version reads what it ships"
    )]
    version: u32,
    terms: Vec<Term>,
}

static SHARED: LazyLock<Vocabulary> = LazyLock::new(|| Vocabulary {
    families: read::<KindsFile>(include_str!("../vocabularies/kinds.json")).families,
    affected: read::<TermsFile>(include_str!("../vocabularies/affected.json")).terms,
    sources: read::<TermsFile>(include_str!("../vocabularies/sources.json")).terms,
    help: read::<TermsFile>(include_str!("../vocabularies/help.json")).terms,
    basis: read::<TermsFile>(include_str!("../vocabularies/basis.json")).terms,
});

fn read<T: DeserializeOwned>(json: &str) -> T {
    serde_json::from_str(json).expect("the files are built in, and every test reads them")
}

impl Vocabulary {
    /// The vocabularies, parsed once.
    pub fn shared() -> &'static Self {
        &SHARED
    }

    /// Every kind of every family.
    pub fn kinds(&self) -> impl Iterator<Item = &Kind> {
        self.families.iter().flat_map(|family| &family.kinds)
    }

    /// The kind with this code; none for a code of a newer version.
    pub fn kind(&self, code: &str) -> Option<&Kind> {
        self.kinds().find(|kind| kind.code == code)
    }

    /// The law a kind rests on, in the order it is cited.
    pub fn legal_basis(&self, kind: &str) -> impl Iterator<Item = &Term> {
        let codes = self.kind(kind).map_or(&[][..], |kind| &kind.basis);
        codes
            .iter()
            .filter_map(|code| self.basis.iter().find(|term| term.code == *code))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn lists() -> [(&'static str, Vec<(&'static str, &'static Labels)>); 6] {
        let all = Vocabulary::shared();
        let terms = |terms: &'static [Term]| {
            terms
                .iter()
                .map(|term| (term.code.as_str(), &term.labels))
                .collect()
        };
        [
            (
                "families",
                all.families
                    .iter()
                    .map(|f| (f.code.as_str(), &f.labels))
                    .collect(),
            ),
            (
                "kinds",
                all.kinds()
                    .map(|kind| (kind.code.as_str(), &kind.labels))
                    .collect(),
            ),
            ("affected", terms(&all.affected)),
            ("sources", terms(&all.sources)),
            ("help", terms(&all.help)),
            ("basis", terms(&all.basis)),
        ]
    }

    #[test]
    fn codes_are_snake_case_and_unique() {
        for (list, terms) in lists() {
            let mut seen = BTreeSet::new();
            for (code, _) in terms {
                assert!(seen.insert(code), "{list}: {code} is there twice");
                assert!(
                    code.starts_with(|c: char| c.is_ascii_lowercase())
                        && code
                            .chars()
                            .all(|c| matches!(c, 'a'..='z' | '0'..='9' | '_')),
                    "{list}: {code}"
                );
            }
        }
    }

    #[test]
    fn every_code_has_its_own_label_in_every_language() {
        for (list, terms) in lists() {
            for lang in ["en", "ru"] {
                let mut seen = BTreeSet::new();
                for (code, labels) in &terms {
                    let label = labels.0.get(lang).map_or("", |label| label.trim());
                    assert!(!label.is_empty(), "{list}: {code} has no label in {lang}");
                    assert!(
                        seen.insert(label),
                        "{list}: {code} shares its label in {lang}"
                    );
                    let cyrillic = label.chars().any(|c| matches!(c, 'А'..='я' | 'ё' | 'Ё'));
                    assert_eq!(cyrillic, lang == "ru", "{list}: {code} in {lang}: {label}");
                }
            }
            assert!(
                terms
                    .iter()
                    .all(|(_, labels)| labels.languages().eq(["en", "ru"]))
            );
        }
    }

    #[test]
    fn every_basis_is_known_and_cited() {
        let all = Vocabulary::shared();
        let known: BTreeSet<&str> = all.basis.iter().map(|term| term.code.as_str()).collect();
        let cited: BTreeSet<&str> = all
            .kinds()
            .flat_map(|kind| &kind.basis)
            .map(String::as_str)
            .collect();
        assert_eq!(known, cited);
    }

    /// Records hold these codes for good. A new one is added here; none is ever taken away.
    #[test]
    fn the_codes_are_those_that_records_hold() {
        let codes = lists()
            .map(|(list, terms)| {
                let codes: Vec<_> = terms.into_iter().map(|(code, _)| code).collect();
                format!("{list}: {}", codes.join(" "))
            })
            .join("\n");
        insta::assert_snapshot!(codes);
    }

    #[test]
    fn a_kind_is_found_with_its_labels_and_its_law() {
        let all = Vocabulary::shared();
        let labels = &all.kind("wiretapping").expect("a kind").labels;
        assert_eq!(labels.label("en"), "Phone tapping or bugging");
        assert_eq!(
            labels.label("ru-KZ"),
            "Прослушивание телефона или помещения"
        );
        assert_eq!(labels.label("RU"), labels.label("ru"));
        assert_eq!(labels.label("ka"), labels.label("en"));
        let law: Vec<_> = all
            .legal_basis("wiretapping")
            .map(|term| &*term.code)
            .collect();
        assert_eq!(law, ["iccpr_17"]);
        assert!(all.kind("from_a_newer_version").is_none());
        assert_eq!(all.legal_basis("from_a_newer_version").count(), 0);
    }
}
