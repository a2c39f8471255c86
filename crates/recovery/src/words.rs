//! The words: 24 of BIP-39's English list, for 256 random bits and a checksum of 8.
//!
//! Only the list and the checksum are BIP-39's. The words are not stretched into a wallet's seed:
//! 256 bits need no stretching.
//!
//! Source: <https://github.com/bitcoin/bips/blob/master/bip-0039.mediawiki>

use core::fmt;

use bip39::{Language, Mnemonic};
use rand_core::CryptoRng;
use zeroize::Zeroizing;

/// How many words there are.
pub const WORDS: usize = 24;

const ENTROPY_LEN: usize = 32;

/// Each word stands for so many bits.
const BITS: usize = 11;

/// So many letters tell every word of the list from the others.
const ENOUGH: usize = 4;

/// The list that the words come from, in alphabetical order.
pub fn list() -> &'static [&'static str; 2048] {
    Language::English.word_list()
}

/// Recovery words. Erased when dropped; never printed.
pub struct Words(Zeroizing<[u8; ENTROPY_LEN]>);

/// What somebody typed are not recovery words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WordsError {
    /// One of them is not in the list, nor the beginning of one.
    #[error("word {position} is not in the list")]
    Unknown {
        /// Which; 1 is the first.
        position: usize,
    },
    /// Too few, too many, or together not what was drawn.
    #[error("not recovery words")]
    Wrong,
}

impl Words {
    /// Draws new words.
    pub fn make(rng: &mut impl CryptoRng) -> Self {
        let mut entropy = Zeroizing::new([0; ENTROPY_LEN]);
        rng.fill_bytes(&mut *entropy);
        Self(entropy)
    }

    /// Reads what somebody typed: in any case, with any space, commas and numbers between the words,
    /// and of each word no less than its first four letters.
    ///
    /// # Errors
    /// [`WordsError::Unknown`] tells the first word that is not one.
    pub fn read(text: &str) -> Result<Self, WordsError> {
        let typed = text.split(|c: char| c.is_whitespace() || c == ',' || c == ';');
        let typed = typed.map(|word| word.trim_matches(|c: char| !c.is_alphabetic()));
        let typed = typed.filter(|word| !word.is_empty());
        // The bits of all words: entropy, then the checksum.
        let mut bits = Zeroizing::new([0_u8; WORDS * BITS / 8]);
        let mut count = 0;
        for word in typed {
            count += 1;
            let index = find(word).ok_or(WordsError::Unknown { position: count })?;
            if count > WORDS {
                continue;
            }
            for bit in 0..BITS {
                let at = (count - 1) * BITS + bit;
                if index >> (BITS - 1 - bit) & 1 == 1 {
                    bits[at / 8] |= 0x80 >> (at % 8);
                }
            }
        }
        let (entropy, checksum) = bits.split_at(ENTROPY_LEN);
        let mut words = Self(Zeroizing::new([0; ENTROPY_LEN]));
        words.0.copy_from_slice(entropy);
        if count == WORDS && checksum == [words.mnemonic().checksum()] {
            Ok(words)
        } else {
            Err(WordsError::Wrong)
        }
    }

    /// Gives out the words, to be shown this once.
    pub fn expose_words(&self) -> Vec<&'static str> {
        self.mnemonic().words().collect()
    }

    /// Whether somebody typed back the word at this position; 1 is the first.
    pub fn is_at(&self, position: usize, typed: &str) -> bool {
        let word = position.checked_sub(1).map(|at| self.expose_words()[at]);
        word.is_some() && find(typed.trim()).map(|index| list()[index]) == word
    }

    pub(crate) fn entropy(&self) -> &[u8; ENTROPY_LEN] {
        &self.0
    }

    fn mnemonic(&self) -> Mnemonic {
        Mnemonic::from_entropy(&*self.0)
            .unwrap_or_else(|_| unreachable!("32 bytes are the entropy of 24 words"))
    }
}

impl fmt::Debug for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Words(redacted)")
    }
}

/// The place of a word in the list, by its beginning.
fn find(typed: &str) -> Option<usize> {
    let typed = Zeroizing::new(typed.to_lowercase());
    let list = list();
    // What begins with it stands together, the word itself first.
    let at = list.partition_point(|word| *word < typed.as_str());
    let found = list.get(at)?;
    let whole = *found == typed.as_str();
    let enough = typed.len() >= ENOUGH && found.starts_with(typed.as_str());
    (whole || enough).then_some(at)
}

#[cfg(test)]
mod tests {
    use getrandom::SysRng;
    use proptest::prelude::*;
    use rand_core::UnwrapErr;

    use super::*;

    /// The vectors of 256 bits that BIP-39 names.
    const VECTORS: [(u8, &str); 3] = [
        (
            0x00,
            "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon \
             abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon \
             abandon art",
        ),
        (
            0x7f,
            "legal winner thank year wave sausage worth useful legal winner thank year wave sausage \
             worth useful legal winner thank year wave sausage worth title",
        ),
        (
            0xff,
            "zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo zoo \
             zoo vote",
        ),
    ];

    fn words() -> Words {
        Words::make(&mut UnwrapErr(SysRng))
    }

    #[test]
    fn the_words_are_those_of_the_standard() {
        for (byte, text) in VECTORS {
            let read = Words::read(text).unwrap();
            assert_eq!(read.entropy(), &[byte; 32]);
            assert_eq!(read.expose_words().join(" "), text);
        }
    }

    #[test]
    fn case_space_and_numbers_do_not_matter() {
        let text = VECTORS[1].1;
        let numbered: String = (1..)
            .zip(text.split(' '))
            .map(|(number, word)| format!("{number:2}. {}\r\n\t", word.to_uppercase()))
            .collect();
        let short: String = text
            .split(' ')
            .map(|word| format!("\u{a0}{}", &word[..word.len().min(4)]))
            .collect();
        for typed in [numbered, short] {
            assert_eq!(Words::read(&typed).unwrap().entropy(), &[0x7f; 32]);
        }
    }

    #[test]
    fn a_word_that_is_not_one_is_told() {
        let mut typed: Vec<&str> = VECTORS[1].1.split(' ').collect();
        for wrong in ["lega1l", "le", "winnner", "победа", "winners"] {
            typed[7] = wrong;
            let read = Words::read(&typed.join(" "));
            assert_eq!(
                read.err(),
                Some(WordsError::Unknown { position: 8 }),
                "{wrong}"
            );
        }
    }

    #[test]
    fn what_was_not_drawn_is_wrong() {
        let text = VECTORS[0].1;
        let (short, swapped) = (
            text.rsplit_once(' ').unwrap().0,
            text.replace("art", "abandon"),
        );
        for wrong in ["", short, &swapped, &format!("{text} zoo")] {
            assert_eq!(Words::read(wrong).err(), Some(WordsError::Wrong), "{wrong}");
        }
    }

    #[test]
    fn every_word_is_found_by_its_beginning() {
        for (at, word) in list().iter().enumerate() {
            assert_eq!(find(word), Some(at));
            assert_eq!(find(&word[..word.len().min(ENOUGH)]), Some(at));
        }
    }

    #[test]
    fn a_word_typed_back_is_compared_with_the_one_at_its_place() {
        let words = Words::read(VECTORS[1].1).unwrap();
        assert!(words.is_at(1, " LEGAL ") && words.is_at(24, "titl"));
        assert!(!words.is_at(2, "legal") && !words.is_at(1, "") && !words.is_at(0, "legal"));
    }

    #[test]
    fn words_do_not_print() {
        assert_eq!(format!("{:?}", words()), "Words(redacted)");
    }

    proptest! {
        #[test]
        fn what_was_drawn_is_read_back(entropy: [u8; 32]) {
            let text = Words(Zeroizing::new(entropy)).expose_words().join(" ");
            let read = Words::read(&text).unwrap();
            prop_assert_eq!(read.entropy(), &entropy);
        }

        #[test]
        fn no_text_makes_it_panic(text in "([a-z]{1,8}|\\PC{0,3}|zoo|abandon)( ([a-z]{1,8}|zoo)){0,30}") {
            let _ = Words::read(&text);
        }
    }
}
