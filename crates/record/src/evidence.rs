//! Evidence as an entry names it: where the sealed bytes are, what opens them, and what the
//! original was when it was imported. The bytes themselves are elsewhere and never change (I-7).

use core::fmt;

use minicbor::{Decode, Decoder, Encode, Encoder};
use zeroize::Zeroizing;

use crate::{ObjectId, Timestamp};

/// The key that opens one piece of evidence and no other, in age's text form
/// (`AGE-SECRET-KEY-…`). Zeroised when dropped, never printed.
///
/// It can be cloned because a merged incident holds the evidence of its entries.
#[derive(Clone, PartialEq, Eq)]
pub struct EvidenceKey(Zeroizing<String>);

impl EvidenceKey {
    /// Takes age's text form.
    pub fn from_secret_str(text: &str) -> Self {
        Self(Zeroizing::new(text.to_owned()))
    }

    /// The text form, to open the evidence with.
    pub fn expose_secret_str(&self) -> &str {
        &self.0
    }
}

impl From<String> for EvidenceKey {
    fn from(text: String) -> Self {
        Self(Zeroizing::new(text))
    }
}

impl From<Zeroizing<String>> for EvidenceKey {
    fn from(text: Zeroizing<String>) -> Self {
        Self(text)
    }
}

impl fmt::Debug for EvidenceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("EvidenceKey(redacted)")
    }
}

impl<C> Encode<C> for EvidenceKey {
    fn encode<W: minicbor::encode::Write>(
        &self,
        e: &mut Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        e.str(&self.0)?.ok()
    }
}

impl<'b, C> Decode<'b, C> for EvidenceKey {
    fn decode(d: &mut Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
        d.str().map(Self::from_secret_str)
    }
}

/// A piece of evidence.
///
/// A CBOR map with integer keys, so that a newer version can add to it; keys that this version
/// does not know are passed over here and kept in the entry.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Evidence {
    /// The sealed object.
    #[n(0)]
    pub object: ObjectId,
    /// Length of the object in bytes.
    #[n(1)]
    pub object_size: u64,
    /// Length of the age file at the front of the object; the rest is padding.
    #[n(2)]
    pub sealed_size: u64,
    /// What opens it.
    #[n(3)]
    pub key: EvidenceKey,
    /// The file's name as it was.
    #[n(4)]
    pub name: String,
    /// Media type, as told at import.
    #[n(5)]
    pub media_type: String,
    /// Length of the original in bytes.
    #[n(6)]
    pub size: u64,
    /// SHA-256 of the original.
    #[cbor(n(7), with = "minicbor::bytes")]
    pub sha256: [u8; 32],
    /// When it was imported.
    #[n(8)]
    pub imported_at: Timestamp,
    /// When it was captured, if that is known.
    #[n(9)]
    pub captured_at: Option<Timestamp>,
    /// Where it is from, in the person's own words.
    #[n(10)]
    pub origin: Option<String>,
    /// How far the importing device's clock was ahead of the right time, in milliseconds, if that
    /// is known.
    #[n(11)]
    pub clock_error_ms: Option<i64>,
}

impl fmt::Debug for Evidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Evidence({})", self.object)
    }
}
