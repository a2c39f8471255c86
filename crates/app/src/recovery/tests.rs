//! Words that are drawn and typed back; and starting again, at a real endpoint, from a device that
//! somebody has taken and speaks with.

mod stage;
mod taken;

use super::*;
use crate::view::WordTyped;

fn typed(words: &WordsView, but: Option<u32>) -> ConfirmWords {
    let typed = words.asked.iter().map(|&position| WordTyped {
        position,
        word: match but {
            Some(wrong) if wrong == position => "zoo zoo".to_owned(),
            _ => format!(" {} ", words.words[position as usize - 1].to_uppercase()),
        },
    });
    ConfirmWords {
        typed: typed.collect(),
    }
}

#[test]
fn a_vault_is_made_only_with_words_that_were_typed_back() {
    let dir = tempfile::tempdir().unwrap();
    let app = App::new(dir.path().join("vault"), |_| {});
    let create = || CreateVault {
        passphrase: "long enough for a test".to_owned(),
        role: RoleView::Reporter,
        name: None,
        endpoint: None,
        admission: None,
    };
    let refused = Some(Fault::WordsNotConfirmed);
    assert_eq!(app.create_vault(create()).err(), refused);
    assert_eq!(
        app.confirm_words(ConfirmWords { typed: vec![] }).err(),
        refused
    );
    let words = app.new_words(()).unwrap();
    assert_eq!((words.words.len(), words.asked.len()), (WORDS, ASKED));
    assert_eq!(app.create_vault(create()).err(), refused);
    let position = words.asked[2];
    let differs = app.confirm_words(typed(&words, Some(position)));
    assert_eq!(differs, Err(Fault::WordDiffers { position }));
    assert_eq!(app.create_vault(create()).err(), refused);
    app.confirm_words(typed(&words, None)).unwrap();
    assert!(app.confirmed_words().is_ok());
    // Others are drawn: those are to be typed back first.
    app.new_words(()).unwrap();
    assert_eq!(app.create_vault(create()).err(), refused);
    app.lock(()).unwrap();
    assert!(app.drawn().is_none(), "a lock forgets them");
    assert!(!dir.path().join("vault").exists());
}
