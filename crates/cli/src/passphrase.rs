//! The passphrase: from a prompt, a file descriptor or a file; never from an argument, which every
//! process of the machine could read.

use std::{
    fs::File,
    io::Read,
    path::{Path, PathBuf},
};

use zeroize::Zeroizing;

use crate::{
    failure::{Failure, usage},
    print::Printer,
};

/// A longer first line is refused: it is not a passphrase, and cut short it would be another one.
const LIMIT: usize = 4096;

/// Where a passphrase comes from.
#[derive(Clone, Debug)]
pub(crate) enum Source {
    /// Asked for; where there is nobody to ask, these options would give it.
    Prompt(&'static str),
    Descriptor(u32),
    File(PathBuf),
}

/// What is asked for at a prompt.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Ask {
    /// That of the vault.
    Vault,
    /// One for a vault that is being made.
    NewVault,
    /// The one that is to be changed.
    Now,
    /// The one that takes its place.
    New,
    /// The one that destroys the vault.
    Second,
}

impl Ask {
    fn words(self) -> &'static str {
        match self {
            Self::Vault => "prompt-passphrase",
            Self::NewVault => "prompt-new-vault",
            Self::Now => "prompt-now",
            Self::New => "prompt-new",
            Self::Second => "prompt-second",
        }
    }

    /// What is chosen now is typed twice.
    fn twice(self) -> bool {
        matches!(self, Self::NewVault | Self::New | Self::Second)
    }
}

impl Source {
    /// Where the vault's passphrase comes from.
    pub(crate) fn of(descriptor: Option<u32>, file: Option<PathBuf>) -> Self {
        match (descriptor, file) {
            (Some(number), _) => Self::Descriptor(number),
            (None, Some(path)) => Self::File(path),
            (None, None) => Self::Prompt("--passphrase-file FILE or --passphrase-fd N"),
        }
    }

    /// Where a passphrase comes from that is chosen now.
    pub(crate) fn of_new(file: Option<PathBuf>) -> Self {
        file.map_or(Self::Prompt("--new-passphrase-file FILE"), Self::File)
    }

    /// Reads the passphrase.
    pub(crate) fn read(&self, ask: Ask, printer: &Printer) -> Result<String, Failure> {
        match self {
            Self::Prompt(instead) => prompt(ask, printer, instead),
            Self::Descriptor(number) => first_line(Path::new(&format!("/dev/fd/{number}"))),
            Self::File(path) => first_line(path),
        }
    }
}

fn prompt(ask: Ask, printer: &Printer, instead: &'static str) -> Result<String, Failure> {
    let typed = |words| {
        let prompt = format!("{} ", printer.said(words));
        rpassword::prompt_password(prompt).map_err(|_| Failure::NoTerminal(instead))
    };
    let mut first = Zeroizing::new(typed(ask.words())?);
    if ask.twice() && *first != *Zeroizing::new(typed("prompt-again")?) {
        return Err(usage("the two passphrases are not the same"));
    }
    Ok(std::mem::take(&mut *first))
}

fn first_line(path: &Path) -> Result<String, Failure> {
    let mut text = Zeroizing::new(String::new());
    File::open(path)
        .and_then(|file| file.take(LIMIT as u64 + 1).read_to_string(&mut text))
        .map_err(|error| Failure::File(path.to_owned(), error))?;
    let line = text.lines().next().unwrap_or_default();
    if line.len() > LIMIT {
        return Err(usage("the passphrase is too long"));
    }
    if line.is_empty() {
        return Err(usage("the passphrase is empty"));
    }
    Ok(line.to_owned())
}
