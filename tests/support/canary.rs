//! Searches files for words that must not be there in the clear.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use aho_corasick::{AhoCorasick, AhoCorasickKind};
use data_encoding::{BASE64_NOPAD, BASE64URL_NOPAD, HEXLOWER, HEXUPPER};

/// Words a test wrote into a program, and wants to find nowhere outside it.
///
/// Each is looked for in every spelling in which software leaves text lying about: as it is, in
/// lower case, UTF-16, percent-encoded, JSON-escaped, hexadecimal and base64 at any alignment.
#[derive(Debug)]
pub struct Canaries {
    forms: Vec<Form>,
    /// Looks for all forms in one go; pattern numbers are places in `forms`.
    finder: AhoCorasick,
}

#[derive(Debug)]
struct Form {
    canary: String,
    spelling: &'static str,
}

/// Where a canary was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sighting {
    /// The file; its contents or its name hold the canary.
    pub file: PathBuf,
    /// Which canary; of a key, its name.
    pub canary: String,
    /// In which spelling.
    pub spelling: &'static str,
    /// At which byte of the contents; `None` when it is the name.
    pub offset: Option<usize>,
}

impl Canaries {
    /// Takes the words to look for. Each should be rare: eight bytes or more.
    ///
    /// # Panics
    /// When a word is so short that it would be found by chance.
    pub fn new<'a>(words: impl IntoIterator<Item = &'a str>) -> Self {
        Self::with_keys(words, [])
    }

    /// Takes words as [`new`](Self::new) does, and keys by name, which are bytes and not text: they
    /// are looked for as they are, in hexadecimal and in base64.
    ///
    /// # Panics
    /// When one is so short that it would be found by chance.
    pub fn with_keys<'a>(
        words: impl IntoIterator<Item = &'a str>,
        keys: impl IntoIterator<Item = (&'a str, &'a [u8])>,
    ) -> Self {
        let words = words
            .into_iter()
            .map(|word| (word, word.len(), spellings(word)));
        let keys = keys
            .into_iter()
            .map(|(name, key)| (name, key.len(), encodings(key)));
        let (mut forms, mut patterns) = (Vec::new(), Vec::new());
        for (name, length, spellings) in words.chain(keys) {
            assert!(
                length >= 8,
                "a canary of {length} bytes would be found by chance"
            );
            let mut seen = BTreeSet::new();
            for (spelling, bytes) in spellings {
                if seen.insert(bytes.clone()) {
                    patterns.push(bytes);
                    let canary = name.to_owned();
                    forms.push(Form { canary, spelling });
                }
            }
        }
        let mut builder = AhoCorasick::builder();
        let finder = builder.kind(Some(AhoCorasickKind::DFA)).build(patterns);
        let finder = finder.expect("so few words fit into a table");
        Self { forms, finder }
    }

    /// Every place under these folders (or files) where a canary is seen. Links are not followed.
    pub fn look(&self, places: &[&Path]) -> Vec<Sighting> {
        let mut sightings = Vec::new();
        for place in places {
            self.visit(place, &mut sightings);
        }
        sightings
    }

    /// Every form that is seen in these bytes, which are called `file` and begin at `start` in it.
    pub fn look_into(&self, bytes: &[u8], file: &Path, start: usize) -> Vec<Sighting> {
        let mut sightings = Vec::new();
        self.search(bytes, file, true, &mut sightings);
        for sighting in &mut sightings {
            sighting.offset = sighting.offset.map(|offset| start + offset);
        }
        sightings
    }

    /// Checks that no canary is seen under these folders.
    ///
    /// # Panics
    /// When one is, with the list of all.
    pub fn expect_none(&self, places: &[&Path]) {
        let sightings = self.look(places);
        let list: Vec<_> = sightings.iter().map(ToString::to_string).collect();
        assert!(
            sightings.is_empty(),
            "plaintext on the disk:\n  {}",
            list.join("\n  ")
        );
    }

    fn visit(&self, path: &Path, sightings: &mut Vec<Sighting>) {
        // A file that goes away while we look is not lying there.
        let Ok(meta) = fs::symlink_metadata(path) else {
            return;
        };
        if let Some(name) = path.file_name() {
            self.search(name.as_bytes(), path, false, sightings);
        }
        if meta.is_dir() {
            for entry in fs::read_dir(path).into_iter().flatten().flatten() {
                self.visit(&entry.path(), sightings);
            }
        } else if meta.is_file()
            && let Ok(bytes) = fs::read(path)
        {
            self.search(&bytes, path, true, sightings);
        }
    }

    /// Notes where each form is first seen.
    fn search(&self, bytes: &[u8], file: &Path, contents: bool, sightings: &mut Vec<Sighting>) {
        let mut first = BTreeMap::new();
        for found in self.finder.find_overlapping_iter(bytes) {
            first.entry(found.pattern()).or_insert(found.start());
        }
        sightings.extend(first.into_iter().map(|(pattern, offset)| {
            let form = &self.forms[pattern];
            Sighting {
                file: file.to_owned(),
                canary: form.canary.clone(),
                spelling: form.spelling,
                offset: contents.then_some(offset),
            }
        }));
    }
}

impl std::fmt::Display for Sighting {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            file,
            canary,
            spelling,
            offset,
        } = self;
        match offset {
            Some(offset) => write!(
                f,
                "{}: {canary:?} ({spelling}) at byte {offset}",
                file.display()
            ),
            None => write!(f, "{}: {canary:?} ({spelling}) in its name", file.display()),
        }
    }
}

fn spellings(word: &str) -> Vec<(&'static str, Vec<u8>)> {
    let utf16: Vec<u16> = word.encode_utf16().collect();
    let percent = |upper: bool| -> Vec<u8> {
        let byte = |b: u8| match b {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                (b as char).into()
            }
            _ if upper => format!("%{b:02X}"),
            _ => format!("%{b:02x}"),
        };
        word.bytes().map(byte).collect::<String>().into_bytes()
    };
    let escaped: String = utf16
        .iter()
        .map(|&unit| match u8::try_from(unit) {
            Ok(ascii) if ascii.is_ascii() => char::from(ascii).to_string(),
            _ => format!("\\u{unit:04x}"),
        })
        .collect();
    let mut all = vec![
        ("lower case", word.to_lowercase().into_bytes()),
        (
            "UTF-16LE",
            utf16.iter().flat_map(|unit| unit.to_le_bytes()).collect(),
        ),
        (
            "UTF-16BE",
            utf16.iter().flat_map(|unit| unit.to_be_bytes()).collect(),
        ),
        ("percent", percent(true)),
        ("percent", percent(false)),
        ("JSON escapes", escaped.into_bytes()),
    ];
    // First, so that what is the same in lower case counts as it is.
    all.splice(0..0, encodings(word.as_bytes()));
    all
}

/// The forms that any bytes take, text or not.
fn encodings(bytes: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    let mut all = vec![
        ("as it is", bytes.to_vec()),
        ("hexadecimal", HEXLOWER.encode(bytes).into_bytes()),
        ("hexadecimal", HEXUPPER.encode(bytes).into_bytes()),
    ];
    for alignment in 0..3 {
        let inner = |base: &data_encoding::Encoding| base64_inside(base, bytes, alignment);
        all.push(("base64", inner(&BASE64_NOPAD)));
        all.push(("base64url", inner(&BASE64URL_NOPAD)));
    }
    all
}

/// The characters of base64 that depend on `word` alone when `before` bytes precede it.
fn base64_inside(base: &data_encoding::Encoding, word: &[u8], before: usize) -> Vec<u8> {
    let mut bytes = vec![0; before];
    bytes.extend_from_slice(word);
    let text = base.encode(&bytes).into_bytes();
    let first = (before * 8).div_ceil(6);
    let whole = bytes.len() * 8 / 6;
    text[first..whole].to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORD: &str = "Тайна canary/7?";

    fn seen(contents: &[u8]) -> Vec<&'static str> {
        let home = tempfile::tempdir().unwrap();
        fs::create_dir(home.path().join("deep")).unwrap();
        fs::write(home.path().join("deep/file"), contents).unwrap();
        let sightings = Canaries::new([WORD]).look(&[home.path()]);
        sightings.iter().map(|sighting| sighting.spelling).collect()
    }

    #[test]
    fn finds_every_spelling() {
        assert_eq!(seen(format!("x{WORD}y").as_bytes()), ["as it is"]);
        assert_eq!(seen("…тайна canary/7?".as_bytes()), ["lower case"]);
        let wide: Vec<u8> = WORD.encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(seen(&wide), ["UTF-16LE"]);
        assert_eq!(
            seen(b"?q=%D0%A2%D0%B0%D0%B9%D0%BD%D0%B0%20canary%2F7%3F"),
            ["percent"]
        );
        assert_eq!(
            seen(br#""\u0422\u0430\u0439\u043d\u0430 canary/7?""#),
            ["JSON escapes"]
        );
        for before in ["", "a", "ab", "abc"] {
            let text = BASE64_NOPAD.encode(format!("{before}{WORD} and more").as_bytes());
            assert_eq!(seen(text.as_bytes()), ["base64"], "after {before:?}");
        }
    }

    #[test]
    fn finds_names_and_not_other_words() {
        let home = tempfile::tempdir().unwrap();
        fs::write(home.path().join("canary-name"), b"canary nam").unwrap();
        let sightings = Canaries::new(["canary-name"]).look(&[home.path()]);
        assert_eq!(sightings.len(), 1);
        assert_eq!(sightings[0].offset, None);
    }
}
