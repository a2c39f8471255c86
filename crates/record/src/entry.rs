//! Signed entries: what an incident's history is made of.
//!
//! An entry is signed by the device that made it, names the entries of the same incident that the
//! device had seen, and commits to a *salted* hash of what it says (I-1). The payload can
//! therefore be forgotten: hash, signature and graph stand without it, and the salt keeps anybody
//! from guessing at it. `docs/formats/entry.md` has the bytes.
//!
//! Bytes come in as an [`Envelope`], which has been decoded and nothing more; [`Envelope::verify`]
//! turns it into an [`Entry`]. Whoever holds an [`Entry`] holds one that verifies.

use core::fmt;

use holdfast_sign::{Domain, SignatureError, Signatures, SigningKey};
use minicbor::{Decode, Decoder, Encode, Encoder};
use rand_core::CryptoRng;
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use holdfast_cbor::{self as cbor, DecodeError};

use crate::{DeviceId, EntryHash, IncidentId, Statement, Timestamp};

/// The most bytes an envelope may have: 1 MiB.
pub const ENVELOPE_LIMIT: usize = 1 << 20;

/// The most bytes a body may have when it is written; leaves room for header and signatures.
pub(crate) const BODY_LIMIT: usize = ENVELOPE_LIMIT - 24 * 1024;

const VERSION: u64 = 1;
const ENTRY: Domain = Domain("holdfast entry v1");
const PAYLOAD: &str = "holdfast payload v1";

/// What the signature covers. Keys that a newer version adds stay in the signed bytes.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
struct Header {
    #[n(0)]
    version: u64,
    #[n(1)]
    incident: IncidentId,
    #[n(2)]
    parents: Vec<EntryHash>,
    #[n(3)]
    author: DeviceId,
    #[n(4)]
    made_at: Timestamp,
    #[cbor(n(5), with = "minicbor::bytes")]
    commitment: [u8; 32],
}

impl Header {
    fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        if version_of(bytes)? > VERSION {
            return Err(DecodeError::NewerVersion);
        }
        cbor::check(bytes)?;
        let header: Self = minicbor::decode(bytes)?;
        if header.version != VERSION {
            return Err(DecodeError::Malformed);
        }
        if !header.parents.is_sorted_by(|a, b| a < b) {
            return Err(DecodeError::NotCanonical);
        }
        Ok(header)
    }
}

/// The version comes first and is read alone: what follows may have any shape in a newer one.
fn version_of(header: &[u8]) -> Result<u64, DecodeError> {
    let mut d = Decoder::new(header);
    d.map()?;
    match d.u8()? {
        0 => Ok(d.u64()?),
        _ => Err(DecodeError::Malformed),
    }
}

/// What an entry says, and the salt that hides it from guessing. A body may hold keys: zeroised.
#[derive(Clone, PartialEq, Eq)]
struct Payload {
    salt: [u8; 32],
    body: Zeroizing<Vec<u8>>,
    statement: Statement,
}

impl Payload {
    fn commitment(&self) -> [u8; 32] {
        hash(PAYLOAD, &[&self.salt, &self.body])
    }
}

fn hash(domain: &str, parts: &[&[u8]]) -> [u8; 32] {
    let mut sha256 = Sha256::new();
    sha256.update(domain);
    sha256.update([0]);
    parts.iter().for_each(|part| sha256.update(part));
    sha256.finalize().into()
}

/// An entry that has been decoded but not verified. Believe nothing it says.
#[derive(Clone, PartialEq, Eq)]
pub struct Envelope {
    header: Header,
    header_bytes: Vec<u8>,
    signatures: Signatures,
    payload: Option<Payload>,
}

impl<C> Encode<C> for Envelope {
    fn encode<W: minicbor::encode::Write>(
        &self,
        e: &mut Encoder<W>,
        ctx: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        e.array(4)?.u64(VERSION)?.bytes(&self.header_bytes)?;
        self.signatures.encode(e, ctx)?;
        match &self.payload {
            None => e.null()?.ok(),
            Some(payload) => e.array(2)?.bytes(&payload.salt)?.bytes(&payload.body)?.ok(),
        }
    }
}

/// Why an envelope is not an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum VerifyError {
    /// The author has not signed it, or a signature is wrong.
    #[error("not signed by its author")]
    Signature(#[from] SignatureError),
    /// The payload is not the one the author committed to.
    #[error("the payload is not the signed one")]
    Payload,
}

impl Envelope {
    /// Decodes an envelope. Hostile bytes cost no more than reading them.
    ///
    /// # Errors
    /// Every variant of [`DecodeError`]. Bytes refused as [`DecodeError::NewerVersion`] are to be
    /// kept.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        if bytes.len() > ENVELOPE_LIMIT {
            return Err(DecodeError::TooLarge);
        }
        let mut d = Decoder::new(bytes);
        d.array()?;
        match d.u64()? {
            VERSION => {}
            newer if newer > VERSION => return Err(DecodeError::NewerVersion),
            _ => return Err(DecodeError::Malformed),
        }
        cbor::check(bytes)?;
        let header_bytes = d.bytes()?.to_vec();
        let header = Header::from_bytes(&header_bytes)?;
        let signatures = d.decode()?;
        let payload = if d.datatype()? == minicbor::data::Type::Null {
            None
        } else {
            d.array()?;
            let salt = d.bytes()?.try_into().map_err(|_| DecodeError::Malformed)?;
            let body = Zeroizing::new(d.bytes()?.to_vec());
            let statement = Statement::from_body(&body)?;
            Some(Payload {
                salt,
                body,
                statement,
            })
        };
        let envelope = Self {
            header,
            header_bytes,
            signatures,
            payload,
        };
        // Nothing outside the signature can be added by whoever passes it on.
        if envelope.to_bytes() == bytes {
            Ok(envelope)
        } else {
            Err(DecodeError::NotCanonical)
        }
    }

    /// The bytes it came as. They may hold keys of evidence: for sealing or an encrypted store.
    pub fn to_bytes(&self) -> Vec<u8> {
        cbor::to_vec(self)
    }

    /// Checks that the author signed it and that the payload, if there, is the signed one.
    ///
    /// # Errors
    /// Every variant of [`VerifyError`].
    pub fn verify(self) -> Result<Entry, VerifyError> {
        let author = self.header.author.verifying_key();
        self.signatures.verify(ENTRY, &self.header_bytes, &author)?;
        if self
            .payload
            .as_ref()
            .is_some_and(|p| p.commitment() != self.header.commitment)
        {
            return Err(VerifyError::Payload);
        }
        let hash = EntryHash::from_bytes(hash(ENTRY.0, &[&self.header_bytes]));
        Ok(Entry {
            hash,
            envelope: self,
        })
    }
}

/// An entry that verifies: signed by its author, saying what was signed or saying nothing any
/// more.
#[derive(Clone, PartialEq, Eq)]
pub struct Entry {
    hash: EntryHash,
    envelope: Envelope,
}

impl Entry {
    /// Makes and signs an entry. `parents` are the heads of the incident as the author sees it.
    ///
    /// Ask [`Statement::fits`] first about words a person wrote: an entry above
    /// [`ENVELOPE_LIMIT`] is made, and then refused by every reader.
    pub fn make(
        key: &SigningKey,
        incident: IncidentId,
        parents: &[EntryHash],
        made_at: Timestamp,
        statement: &Statement,
        rng: &mut impl CryptoRng,
    ) -> Self {
        let mut salt = [0; 32];
        rng.fill_bytes(&mut salt);
        let payload = Payload {
            salt,
            body: statement.to_body(),
            statement: statement.clone(),
        };
        let mut parents = parents.to_vec();
        parents.sort_unstable();
        parents.dedup();
        let header = Header {
            version: VERSION,
            incident,
            parents,
            author: DeviceId::of(key),
            made_at,
            commitment: payload.commitment(),
        };
        let header_bytes = cbor::to_vec(&header);
        let hash = EntryHash::from_bytes(hash(ENTRY.0, &[&header_bytes]));
        let signatures = key.sign(ENTRY, &header_bytes);
        let envelope = Envelope {
            header,
            header_bytes,
            signatures,
            payload: Some(payload),
        };
        Self { hash, envelope }
    }

    /// Its name, which its children carry.
    pub const fn hash(&self) -> EntryHash {
        self.hash
    }

    /// The incident it is about.
    pub const fn incident(&self) -> IncidentId {
        self.envelope.header.incident
    }

    /// The entries its author had seen, ascending.
    pub fn parents(&self) -> &[EntryHash] {
        &self.envelope.header.parents
    }

    /// Who made and signed it.
    pub const fn author(&self) -> DeviceId {
        self.envelope.header.author
    }

    /// Its author's clock.
    pub const fn made_at(&self) -> Timestamp {
        self.envelope.header.made_at
    }

    /// What it says; none once forgotten.
    pub fn statement(&self) -> Option<&Statement> {
        self.envelope
            .payload
            .as_ref()
            .map(|payload| &payload.statement)
    }

    /// The envelope's bytes. They may hold keys of evidence: for sealing or an encrypted store.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.envelope.to_bytes()
    }

    /// Drops what it says. It keeps its hash, its place in the history and its signature.
    ///
    /// A merge no longer sees what was forgotten: values it had replaced stand again unless they
    /// are forgotten too, and a forgotten withdrawal of consent withdraws nothing. Withdrawals
    /// name nobody but the recipient; they are not for forgetting.
    #[must_use]
    pub fn forget(mut self) -> Self {
        self.envelope.payload = None;
        self
    }
}

impl fmt::Debug for Envelope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Envelope(unverified)")
    }
}

impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Entry({}, {:?})", self.hash, self.statement())
    }
}
