//! Copies of evidence for a person outside: sealed to the key of their own age program.
//!
//! This is the one place where an ordinary X25519 key is taken (I-9). Whoever asks is told which
//! kind of key it is, so that the screen and the command line can say what that means.

use std::path::Path;

use holdfast_seal::{KeyError, PersonalKey, SealCopyError, seal_copy};
use zeroize::Zeroizing;

use crate::{
    App,
    evidence::replace_file,
    view::{EvidenceId, Fault, KeyText, KeyView},
};

impl App {
    /// What kind of key this is, before anything is sealed to it. Needs no vault.
    pub fn check_key(&self, args: KeyText) -> Result<KeyView, Fault> {
        // It may be a secret, pasted by mistake.
        let text = Zeroizing::new(args.key);
        read_key(&text).map(|key| view(&key))
    }

    /// Saves a copy of the original to `path`, sealed to these keys, which are all of one kind.
    ///
    /// As with [`App::save_evidence`], a copy that does not verify is not left behind, and an
    /// existing file is replaced when the copy is whole.
    pub fn export_copy(
        &self,
        id: &EvidenceId,
        path: &Path,
        keys: &[String],
    ) -> Result<KeyView, Fault> {
        let keys: Vec<PersonalKey> = keys
            .iter()
            .map(|key| read_key(key))
            .collect::<Result<_, Fault>>()?;
        let kind = keys.first().map(view).ok_or(Fault::BadRequest)?;
        let mut original = self.open()?.original(id)?;
        replace_file(path, |out| {
            let out = out.try_clone().map_err(|error| Fault::from(&error))?;
            let mut sealer = seal_copy(out, &keys)?;
            original.copy_to(&mut sealer)?;
            sealer.finish().map_err(|error| Fault::from(&error))?;
            Ok(())
        })?;
        Ok(kind)
    }
}

fn view(key: &PersonalKey) -> KeyView {
    KeyView {
        hybrid: key.is_hybrid(),
    }
}

/// Reads a key as people paste it: with spaces around it, or broken into lines by a mail program.
fn read_key(given: &str) -> Result<PersonalKey, Fault> {
    let mut text = Zeroizing::new(String::with_capacity(given.len()));
    text.extend(given.split_whitespace());
    if holds_secret(&text) {
        return Err(Fault::KeySecret);
    }
    if !text.to_ascii_lowercase().starts_with("age1") {
        return Err(Fault::KeyOtherKind);
    }
    text.parse().map_err(|error| match error {
        KeyError::OtherKind => Fault::KeyOtherKind,
        _ => Fault::KeyMistyped,
    })
}

/// Whether it is, or holds, the half of a key that its owner keeps: age's, or SSH's and others'
/// between their lines of dashes.
fn holds_secret(text: &str) -> bool {
    let text = Zeroizing::new(text.to_ascii_uppercase());
    ["AGE-SECRET-", "PRIVATEKEY-----", "PRIVATEKEYBLOCK-----"]
        .iter()
        .any(|mark| text.contains(mark))
}

impl From<SealCopyError> for Fault {
    fn from(error: SealCopyError) -> Self {
        match error {
            SealCopyError::Nobody => Self::BadRequest,
            SealCopyError::Mixed => Self::KeysMixed,
            SealCopyError::Io(error) => Self::from(&error),
            _ => Self::Internal,
        }
    }
}
