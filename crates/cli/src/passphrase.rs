//! The passphrase: from a prompt, a file descriptor or a file; never from an argument, which every
//! process of the machine could read.

use std::{
    fs::File,
    io::Read,
    path::{Path, PathBuf},
};

use zeroize::Zeroizing;

use crate::failure::Failure;

/// A longer first line is refused: it is not a passphrase, and cut short it would be another one.
const LIMIT: usize = 4096;

/// Where the passphrase comes from.
#[derive(Clone, Debug)]
pub(crate) enum Source {
    Prompt,
    Descriptor(u32),
    File(PathBuf),
}

impl Source {
    pub(crate) fn of(descriptor: Option<u32>, file: Option<PathBuf>) -> Self {
        match (descriptor, file) {
            (Some(number), _) => Self::Descriptor(number),
            (None, Some(path)) => Self::File(path),
            (None, None) => Self::Prompt,
        }
    }

    /// Reads the passphrase. `twice` asks for it again at a prompt, for a new vault.
    pub(crate) fn read(&self, twice: bool) -> Result<String, Failure> {
        match self {
            Self::Prompt => prompt(twice),
            Self::Descriptor(number) => first_line(Path::new(&format!("/dev/fd/{number}"))),
            Self::File(path) => first_line(path),
        }
    }
}

fn prompt(twice: bool) -> Result<String, Failure> {
    let mut typed = Zeroizing::new(rpassword::prompt_password("Passphrase: ")?);
    if twice && *typed != rpassword::prompt_password("The same again: ")? {
        return Err(Failure::Usage("the two passphrases are not the same"));
    }
    Ok(std::mem::take(&mut *typed))
}

fn first_line(path: &Path) -> Result<String, Failure> {
    let mut text = Zeroizing::new(String::new());
    File::open(path)?
        .take(LIMIT as u64 + 1)
        .read_to_string(&mut text)?;
    let line = text.lines().next().unwrap_or_default();
    if line.len() > LIMIT {
        return Err(Failure::Usage("the passphrase is too long"));
    }
    if line.is_empty() {
        return Err(Failure::Usage("the passphrase is empty"));
    }
    Ok(line.to_owned())
}
