//! What a field can hold.
//!
//! On the wire a value is `[code, content]`, and its code fixes its shape for good: to say more
//! there is a new code or a new field. So a value is either one this version knows *exactly*, or
//! it is [`Value::Unknown`] and kept byte for byte (I-4); settling a conflict in favour of a value
//! from a newer version loses nothing of it.

use core::fmt;
use std::collections::BTreeSet;

use minicbor::{Decode, Decoder, Encode, Encoder};

use holdfast_cbor::{self as cbor, DecodeError, Raw};

/// Codes of the fields this version writes. Any other code may stand beside them.
pub mod field {
    /// What happened: [`Value::Text`](super::Value::Text).
    pub const NARRATIVE: &str = "narrative";
    /// Kinds of incident: [`Value::Codes`](super::Value::Codes).
    pub const KINDS: &str = "kinds";
    /// When: [`Value::When`](super::Value::When).
    pub const WHEN: &str = "when";
    /// Where: [`Value::Place`](super::Value::Place).
    pub const PLACE: &str = "place";
    /// Who is hit: [`Value::Codes`](super::Value::Codes).
    pub const AFFECTED: &str = "affected";
    /// Who does it: [`Value::Codes`](super::Value::Codes).
    pub const SOURCES: &str = "sources";
    /// Help is needed now: [`Value::Flag`](super::Value::Flag).
    pub const URGENT: &str = "urgent";
}

/// What a field holds. Debug output says which kind of value it is, never what it says.
#[derive(Clone, PartialEq, Eq)]
pub enum Value {
    /// A person's words.
    Text {
        /// The words.
        text: String,
        /// Their language, BCP 47.
        lang: Option<String>,
    },
    /// Codes of a vocabulary, in the order they were chosen.
    Codes(Vec<String>),
    /// A moment or a span.
    When(When),
    /// A place.
    Place(Place),
    /// Yes or no.
    Flag(bool),
    /// From a newer version: kept, not understood.
    Unknown(Raw),
}

/// When something happened, as precisely as it is known.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct When {
    /// How exactly it is known.
    #[n(0)]
    pub precision: Precision,
    /// Start, ISO 8601 cut to the precision: `2026-03-12T21:40`, `2026-03-12`, `2026-03`, `2026`.
    #[n(1)]
    pub from: Option<String>,
    /// End, for a range.
    #[n(2)]
    pub to: Option<String>,
    /// Offset from UTC of an exact time, `+05:00`.
    #[n(3)]
    pub zone: Option<String>,
}

/// How exactly a moment is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Precision {
    /// To the minute.
    Exact,
    /// The day.
    Day,
    /// The month.
    Month,
    /// The year.
    Year,
    /// Between two dates.
    Range,
    /// Not known.
    Unknown,
    /// A code of a newer version.
    Other(u64),
}

/// Where something happened.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Place {
    /// In the person's own words.
    #[n(0)]
    pub text: String,
    /// ISO 3166-1 alpha-2, upper case.
    #[n(1)]
    pub country: Option<String>,
}

impl Value {
    /// Whether two values say the same. Codes are a set: their order is not a difference.
    pub fn agrees_with(&self, other: &Self) -> bool {
        self.meaning() == other.meaning()
    }

    /// Bytes that are equal for values that say the same.
    pub(crate) fn meaning(&self) -> Vec<u8> {
        match self {
            Self::Codes(codes) => {
                let set: BTreeSet<&String> = codes.iter().collect();
                cbor::to_vec(Self::Codes(set.into_iter().cloned().collect()))
            }
            _ => cbor::to_vec(self),
        }
    }

    pub(crate) fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        let raw = Raw::from_bytes(bytes)?;
        Ok(match Self::known(bytes) {
            // Shaped otherwise than its code says, it is not the value we take it for.
            Ok(Some(value)) if cbor::to_vec(&value) == bytes => value,
            _ => Self::Unknown(raw),
        })
    }

    fn known(bytes: &[u8]) -> Result<Option<Self>, minicbor::decode::Error> {
        let mut d = Decoder::new(bytes);
        d.array()?;
        Ok(Some(match d.u64()? {
            0 => {
                let Text { text, lang } = d.decode()?;
                Self::Text {
                    text: text.to_owned(),
                    lang: lang.map(str::to_owned),
                }
            }
            1 => Self::Codes(d.decode()?),
            2 => Self::When(d.decode()?),
            3 => Self::Place(d.decode()?),
            4 => Self::Flag(d.bool()?),
            _ => return Ok(None),
        }))
    }
}

#[derive(Encode, Decode)]
#[cbor(map)]
struct Text<'b> {
    #[b(0)]
    text: &'b str,
    #[b(1)]
    lang: Option<&'b str>,
}

impl<C> Encode<C> for Value {
    fn encode<W: minicbor::encode::Write>(
        &self,
        e: &mut Encoder<W>,
        ctx: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        let mut tagged = |code| e.array(2)?.u64(code)?.ok();
        match self {
            Self::Text { text, lang } => {
                tagged(0)?;
                Text {
                    text,
                    lang: lang.as_deref(),
                }
                .encode(e, ctx)
            }
            Self::Codes(codes) => {
                tagged(1)?;
                codes.encode(e, ctx)
            }
            Self::When(when) => {
                tagged(2)?;
                when.encode(e, ctx)
            }
            Self::Place(place) => {
                tagged(3)?;
                place.encode(e, ctx)
            }
            Self::Flag(flag) => {
                tagged(4)?;
                e.bool(*flag)?.ok()
            }
            Self::Unknown(raw) => raw.encode(e, ctx),
        }
    }
}

impl<'b, C> Decode<'b, C> for Value {
    fn decode(d: &mut Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
        let start = d.position();
        d.skip()?;
        Self::from_bytes(&d.input()[start..d.position()])
            .map_err(|error| minicbor::decode::Error::custom(error).at(start))
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Text { .. } => "Value::Text(…)",
            Self::Codes(_) => "Value::Codes(…)",
            Self::When(_) => "Value::When(…)",
            Self::Place(_) => "Value::Place(…)",
            Self::Flag(_) => "Value::Flag(…)",
            Self::Unknown(_) => "Value::Unknown(…)",
        })
    }
}

impl fmt::Debug for When {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "When({:?}, …)", self.precision)
    }
}

impl fmt::Debug for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Place(…)")
    }
}

impl<C> Encode<C> for Precision {
    fn encode<W: minicbor::encode::Write>(
        &self,
        e: &mut Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        e.u64(match *self {
            Self::Exact => 0,
            Self::Day => 1,
            Self::Month => 2,
            Self::Year => 3,
            Self::Range => 4,
            Self::Unknown => 5,
            Self::Other(code) => code,
        })?
        .ok()
    }
}

impl<'b, C> Decode<'b, C> for Precision {
    fn decode(d: &mut Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
        Ok(match d.u64()? {
            0 => Self::Exact,
            1 => Self::Day,
            2 => Self::Month,
            3 => Self::Year,
            4 => Self::Range,
            5 => Self::Unknown,
            code => Self::Other(code),
        })
    }
}
