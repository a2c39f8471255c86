//! Copies of evidence for a person outside: sealed to the key of their own age program.
//!
//! This is the one place where an ordinary X25519 key is taken (I-9). Whoever asks is told which
//! kind of key it is, so that the screen and the command line can say what that means.

use std::path::Path;

use holdfast_seal::{KeyError, PersonalKey, SealCopyError, seal_copy};
use zeroize::Zeroizing;

use crate::{
    App,
    evidence::safe_file_name,
    view::{EvidenceId, Fault, KeyRead, KeyText, KeyView},
};

impl App {
    /// Which key this is and of what kind, before anything is sealed to it. Needs no vault.
    pub fn check_key(&self, args: KeyText) -> Result<KeyRead, Fault> {
        // It may be a secret, pasted by mistake.
        let text = Zeroizing::new(args.key);
        let bare = bare_key(&text)?;
        parse_key(&bare).map(|key| KeyRead {
            key: bare.to_string(),
            hybrid: key.is_hybrid(),
        })
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
            .map(|key| parse_key(&bare_key(key)?))
            .collect::<Result<_, Fault>>()?;
        let hybrid = keys.first().ok_or(Fault::BadRequest)?.is_hybrid();
        let mut original = self.open()?.original(id)?;
        self.write_out(path, |out| {
            let out = out.try_clone().map_err(|error| Fault::from(&error))?;
            let mut sealer = seal_copy(out, &keys)?;
            original.copy_to(&mut sealer)?;
            sealer.finish().map_err(|error| Fault::from(&error))?;
            Ok(())
        })?;
        Ok(KeyView { hybrid })
    }
}

/// A name to offer for a sealed copy: it says what kind of file lies in it, and not what its owner
/// called it, which whoever finds the copy would read.
pub fn copy_file_name(name: &str) -> String {
    let name = safe_file_name(name);
    match name.rsplit_once('.') {
        Some((_, kind)) if is_extension(kind) => format!("copy.{kind}.age"),
        _ => "copy.age".to_owned(),
    }
}

/// Longer or odder ends of a name may be words of it.
fn is_extension(end: &str) -> bool {
    (1..=5).contains(&end.len()) && end.bytes().all(|b| b.is_ascii_alphanumeric())
}

/// The key in what people paste: with spaces around it, broken into lines by a mail program, or
/// with the label and the comments that age-keygen writes. Secrets are refused wherever they stand.
fn bare_key(given: &str) -> Result<Zeroizing<String>, Fault> {
    let without_space = |text: &mut Zeroizing<String>, line: &str| {
        text.extend(line.split_whitespace());
    };
    let mut all = Zeroizing::new(String::with_capacity(given.len()));
    without_space(&mut all, given);
    if holds_secret(&all) {
        return Err(Fault::KeySecret);
    }
    let mut key = Zeroizing::new(String::with_capacity(given.len()));
    for line in given.lines().filter_map(without_label) {
        without_space(&mut key, line);
    }
    Ok(key)
}

/// The line without age-keygen's label for a public key; `None` for its other comments.
fn without_label(line: &str) -> Option<&str> {
    const LABEL: &str = "public key:";
    let line = line.trim();
    let comment = line.strip_prefix('#');
    let said = comment.unwrap_or(line).trim_start();
    match said.split_at_checked(LABEL.len()) {
        Some((label, key)) if label.eq_ignore_ascii_case(LABEL) => Some(key),
        _ => comment.is_none().then_some(line),
    }
}

fn parse_key(bare: &str) -> Result<PersonalKey, Fault> {
    if !bare.to_ascii_lowercase().starts_with("age1") {
        return Err(Fault::KeyOtherKind);
    }
    bare.parse().map_err(|error| match error {
        KeyError::OtherKind => Fault::KeyOtherKind,
        _ => Fault::KeyMistyped,
    })
}

/// Whether it is, or holds, the key that its owner keeps: age's, or SSH's and others' between their
/// lines of dashes.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_is_not_called_what_its_owner_called_the_file() {
        for (name, offered) in [
            ("Ivanova, arrest.jpg", "copy.jpg.age"),
            ("C:\\Users\\anna\\film.WEBM", "copy.WEBM.age"),
            ("notes.tar.gz", "copy.gz.age"),
            ("statement", "copy.age"),
            ("statement.", "copy.age"),
            (".jpg", "copy.age"),
            ("statement of A. Ivanova", "copy.age"),
            ("statement.Ivanova", "copy.age"),
            ("statement.Анна", "copy.age"),
            ("photo.\u{202e}gpj", "copy.gpj.age"),
            ("", "copy.age"),
        ] {
            assert_eq!(copy_file_name(name), offered, "{name:?}");
        }
    }
}
