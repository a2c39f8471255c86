//! What an entry says.
//!
//! On the wire a statement is the *body* `[code, content, …]`. Newer versions may add statements
//! (a new code), keys to a content map, or elements behind the content: the entry keeps the body
//! byte for byte, and a reader takes from it what it knows. Statements are few and made for good:
//! a code is never given a second meaning.

use core::fmt;

use holdfast_cbor::{self as cbor, DecodeError, Raw};
use minicbor::{Decode, Decoder, Encode, Encoder};
use zeroize::Zeroizing;

use crate::{Evidence, Value, entry::BODY_LIMIT};

/// Codes of what consent is given for. Any other code may stand beside them.
pub mod purpose {
    /// The recipient, a coalition, may receive the incident and its evidence.
    pub const COALITION: &str = "coalition";
}

/// What an entry says. Debug output names the statement, never its content.
#[derive(Clone, PartialEq, Eq)]
pub enum Statement {
    /// The incident begins.
    Created,
    /// A field holds a value from here on.
    FieldSet {
        /// The field, a code: see [`field`](crate::field).
        field: String,
        /// What it holds.
        value: Value,
    },
    /// A piece of evidence belongs to the incident.
    EvidenceAdded(Evidence),
    /// A remark.
    Note {
        /// The words.
        text: String,
    },
    /// The people the incident names agree.
    ConsentGiven {
        /// What to, a code: see [`purpose`].
        purpose: String,
        /// With whom.
        recipient: String,
    },
    /// They no longer agree.
    ConsentWithdrawn {
        /// What to, a code: see [`purpose`].
        purpose: String,
        /// With whom.
        recipient: String,
    },
    /// The incident was sealed for somebody and put on its way.
    HandedOver {
        /// To whom.
        recipient: String,
        /// How, a code: `endpoint`, `courier`, or one of a newer version.
        mode: String,
    },
    /// A desk opened and read the incident.
    Opened,
    /// A desk answers the person who reported.
    Answered {
        /// The words the defender will read.
        text: String,
    },
    /// From a newer version: kept, not understood.
    Unknown {
        /// The statement's code.
        code: u64,
        /// The whole body.
        raw: Raw,
    },
}

mod code {
    pub(super) const CREATED: u64 = 0;
    pub(super) const FIELD_SET: u64 = 1;
    pub(super) const EVIDENCE_ADDED: u64 = 2;
    pub(super) const NOTE: u64 = 3;
    pub(super) const CONSENT_GIVEN: u64 = 4;
    pub(super) const CONSENT_WITHDRAWN: u64 = 5;
    pub(super) const HANDED_OVER: u64 = 6;
    pub(super) const OPENED: u64 = 7;
    pub(super) const ANSWERED: u64 = 8;
}

/// The content of a statement that is one text.
#[derive(Decode)]
#[cbor(map)]
struct One<'b> {
    #[b(0)]
    text: &'b str,
}

/// The content of a statement that is two texts.
#[derive(Decode)]
#[cbor(map)]
struct Two<'b> {
    #[b(0)]
    first: &'b str,
    #[b(1)]
    second: &'b str,
}

#[derive(Decode)]
#[cbor(map)]
struct FieldSet {
    #[n(0)]
    field: String,
    #[n(1)]
    value: Value,
}

impl Statement {
    /// Whether an entry can hold it: the encoded statement takes at most 1,000 KiB. Text that long
    /// belongs into evidence.
    pub fn fits(&self) -> bool {
        self.to_body().len() <= BODY_LIMIT
    }

    /// The body, which may hold the key of a piece of evidence.
    pub(crate) fn to_body(&self) -> Zeroizing<Vec<u8>> {
        Zeroizing::new(cbor::to_vec(self))
    }

    /// Reads a body. Only what is not a body at all is refused: a statement with a known code
    /// that this version cannot read is kept as unknown.
    pub(crate) fn from_body(body: &[u8]) -> Result<Self, DecodeError> {
        cbor::check(body)?;
        let mut d = Decoder::new(body);
        if d.array()?.is_none_or(|elements| elements < 2) {
            return Err(DecodeError::Malformed);
        }
        let code = d.u64()?;
        Ok(match Self::known(code, &mut d) {
            Ok(Some(statement)) => statement,
            _ => Self::Unknown {
                code,
                raw: Raw::from_bytes(body)?,
            },
        })
    }

    fn known(code: u64, d: &mut Decoder<'_>) -> Result<Option<Self>, minicbor::decode::Error> {
        Ok(Some(match code {
            code::CREATED => d.map().map(|_| Self::Created)?,
            code::FIELD_SET => {
                let FieldSet { field, value } = d.decode()?;
                Self::FieldSet { field, value }
            }
            code::EVIDENCE_ADDED => Self::EvidenceAdded(d.decode()?),
            code::NOTE => {
                let One { text } = d.decode()?;
                Self::Note {
                    text: text.to_owned(),
                }
            }
            code::CONSENT_GIVEN => {
                let Two { first, second } = d.decode()?;
                Self::ConsentGiven {
                    purpose: first.to_owned(),
                    recipient: second.to_owned(),
                }
            }
            code::CONSENT_WITHDRAWN => {
                let Two { first, second } = d.decode()?;
                Self::ConsentWithdrawn {
                    purpose: first.to_owned(),
                    recipient: second.to_owned(),
                }
            }
            code::HANDED_OVER => {
                let Two { first, second } = d.decode()?;
                Self::HandedOver {
                    recipient: first.to_owned(),
                    mode: second.to_owned(),
                }
            }
            code::OPENED => d.map().map(|_| Self::Opened)?,
            code::ANSWERED => {
                let One { text } = d.decode()?;
                Self::Answered {
                    text: text.to_owned(),
                }
            }
            _ => return Ok(None),
        }))
    }
}

impl<C> Encode<C> for Statement {
    fn encode<W: minicbor::encode::Write>(
        &self,
        e: &mut Encoder<W>,
        ctx: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        match self {
            Self::Created => texts(e, code::CREATED, []),
            Self::FieldSet { field, value } => {
                e.array(2)?
                    .u64(code::FIELD_SET)?
                    .map(2)?
                    .u8(0)?
                    .str(field)?
                    .u8(1)?;
                value.encode(e, ctx)
            }
            Self::EvidenceAdded(evidence) => {
                e.array(2)?.u64(code::EVIDENCE_ADDED)?;
                evidence.encode(e, ctx)
            }
            Self::Note { text } => texts(e, code::NOTE, [text]),
            Self::ConsentGiven { purpose, recipient } => {
                texts(e, code::CONSENT_GIVEN, [purpose, recipient])
            }
            Self::ConsentWithdrawn { purpose, recipient } => {
                texts(e, code::CONSENT_WITHDRAWN, [purpose, recipient])
            }
            Self::HandedOver { recipient, mode } => texts(e, code::HANDED_OVER, [recipient, mode]),
            Self::Opened => texts(e, code::OPENED, []),
            Self::Answered { text } => texts(e, code::ANSWERED, [text]),
            Self::Unknown { raw, .. } => raw.encode(e, ctx),
        }
    }
}

/// Encodes a statement whose content is texts, under keys from 0 up.
fn texts<W: minicbor::encode::Write, const N: usize>(
    e: &mut Encoder<W>,
    code: u64,
    texts: [&String; N],
) -> Result<(), minicbor::encode::Error<W::Error>> {
    e.array(2)?.u64(code)?.map(N as u64)?;
    for (key, text) in (0..).zip(texts) {
        e.u8(key)?.str(text)?;
    }
    Ok(())
}

impl fmt::Debug for Statement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Created => f.write_str("Created"),
            Self::FieldSet { value, .. } => write!(f, "FieldSet({value:?})"),
            Self::EvidenceAdded(evidence) => write!(f, "EvidenceAdded({evidence:?})"),
            Self::Note { .. } => f.write_str("Note(…)"),
            Self::ConsentGiven { .. } => f.write_str("ConsentGiven(…)"),
            Self::ConsentWithdrawn { .. } => f.write_str("ConsentWithdrawn(…)"),
            Self::HandedOver { .. } => f.write_str("HandedOver(…)"),
            Self::Opened => f.write_str("Opened"),
            Self::Answered { .. } => f.write_str("Answered(…)"),
            Self::Unknown { code, .. } => write!(f, "Unknown({code})"),
        }
    }
}
