//! Reading keys and ids from text.

use core::{fmt::Display, str::FromStr};

use bech32::{Bech32, Fe32, Hrp, primitives::iter::Fe32IterExt as _};
use holdfast_record::{DeviceId, EntryHash, IncidentId};
use holdfast_seal::{Identity, PersonalKey, Recipient, seal_copy};
use holdfast_wire::{
    AdmissionToken, MailboxId, ObjectId, ReadCapability, SendCapability, ServerKey, UploadId,
};

/// What an input to [`key`] was read as.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Read {
    /// The two halves of a hybrid key.
    pub recipient: bool,
    /// See [`Identity`].
    pub identity: bool,
    /// A person's ordinary key.
    pub x25519: bool,
    /// An id or a capability.
    pub plain: bool,
}

/// Reads `data` as every kind of key and id there is. In a text that ends in `*`, that character
/// stands for the right checksum.
///
/// # Panics
/// When something was read that prints otherwise, or a key that cannot be sealed to.
pub fn key(data: &[u8]) -> Read {
    if let Ok(recipient) = Recipient::from_bytes(data) {
        assert_eq!(recipient.to_bytes(), data);
        assert_eq!(recipient.to_string().parse(), Ok(recipient));
    }
    let Ok(text) = core::str::from_utf8(data) else {
        return Read::default();
    };
    match with_checksum(text) {
        Some(whole) => sealing(&whole),
        None => Read {
            plain: plain(text),
            ..sealing(text)
        },
    }
}

fn sealing(text: &str) -> Read {
    let recipient = same::<Recipient>(text);
    let identity = Identity::from_secret_str(text).is_ok_and(|identity| {
        assert_eq!(*identity.expose_secret_str(), text);
        true
    });
    let mut x25519 = false;
    if let Ok(key) = text.parse::<PersonalKey>() {
        let printed = match &key {
            PersonalKey::Hybrid(recipient) => recipient.to_string(),
            PersonalKey::X25519(recipient) => recipient.to_string(),
        };
        assert_eq!(printed, text);
        assert_eq!(key.is_hybrid(), recipient);
        x25519 = !recipient;
        let sealed = seal_copy(Vec::new(), &[key]).map(|copy| copy.finish());
        assert!(
            matches!(sealed, Ok(Ok(_))),
            "a key that cannot be sealed to"
        );
    } else {
        assert!(!recipient, "a recipient is a personal key too");
    }
    Read {
        recipient,
        identity,
        x25519,
        plain: false,
    }
}

fn plain(text: &str) -> bool {
    let ids = [
        same::<IncidentId>(text),
        same::<EntryHash>(text),
        same::<DeviceId>(text),
        same::<MailboxId>(text),
        same::<ObjectId>(text),
        same::<UploadId>(text),
        same::<ServerKey>(text),
    ];
    let exposed = [
        ReadCapability::from_text(text).map(|it| it.expose_text()),
        SendCapability::from_text(text).map(|it| it.expose_text()),
        AdmissionToken::from_text(text).map(|it| it.expose_text()),
    ];
    for printed in exposed.iter().flatten() {
        assert_eq!(printed.as_str(), text);
    }
    ids.contains(&true) || exposed.iter().any(Result::is_ok)
}

/// Whether it is one, and then printed as the same text.
fn same<T: FromStr + Display>(text: &str) -> bool {
    text.parse::<T>().is_ok_and(|read| {
        assert_eq!(read.to_string(), text);
        true
    })
}

/// Bech32 with the checksum that belongs to it, in the case of its first part.
fn with_checksum(text: &str) -> Option<String> {
    let (front, data) = text.strip_suffix('*')?.rsplit_once('1')?;
    let hrp = Hrp::parse(front).ok()?;
    let data: Vec<Fe32> = data
        .chars()
        .map(Fe32::from_char)
        .collect::<Result<_, _>>()
        .ok()?;
    let whole: String = data
        .into_iter()
        .with_checksum::<Bech32>(&hrp)
        .chars()
        .collect();
    Some(if front.contains(char::is_uppercase) {
        whole.to_uppercase()
    } else {
        whole
    })
}
