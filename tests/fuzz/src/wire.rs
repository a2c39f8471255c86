//! Reading what others send: CBOR, receipts, entries, and what an endpoint says.

use core::fmt::Debug;

use holdfast_cbor::{self as cbor, DecodeError, Raw};
use holdfast_record::{
    DeviceId, Entry, Envelope, Incident, IncidentId, SigningKey, Timestamp, signature::Domain,
};
use holdfast_wire::{Day, Info, Listing, NewMailbox, Problem, Receipt, ServerSigningKey, http};
use minicbor::{Decoder, Encoder, data::Type};
use rand_chacha::{ChaCha20Rng, rand_core::SeedableRng as _};
use sha2::{Digest as _, Sha256};

/// What an input to [`wire`] was read as.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Decoded {
    /// Canonical CBOR.
    pub cbor: bool,
    /// A receipt, by the endpoint of the seeds.
    pub receipt: bool,
    /// An entry that verifies.
    pub entry: bool,
    /// What an entry can say.
    pub statement: bool,
    /// What an endpoint says besides.
    pub message: bool,
}

/// Reads `data` as everything that comes over the wire.
///
/// # Panics
/// When something was read that is written otherwise.
pub fn wire(data: &[u8]) -> Decoded {
    if let Ok(text) = core::str::from_utf8(data) {
        header_values(text);
    }
    if let Some((status, body)) = data.split_first_chunk() {
        let _ = Problem::from_json(u16::from_be_bytes(*status), body);
    }
    Decoded {
        cbor: item(data),
        receipt: receipt(data),
        entry: envelope(data),
        statement: statement(data),
        message: messages(data),
    }
}

/// What passes the check is read by the decoder to its end, and has no second spelling.
fn item(data: &[u8]) -> bool {
    let canonical = cbor::check(data).is_ok();
    if canonical {
        let mut again = Vec::with_capacity(data.len());
        copy(&mut Decoder::new(data), &mut Encoder::new(&mut again));
        assert_eq!(again, data);
    }
    let raw = Raw::from_bytes(data);
    assert_eq!(raw.is_ok(), canonical);
    if let Ok(raw) = raw {
        assert_eq!(cbor::to_vec(&raw), data);
    }
    canonical
}

/// Reads an item and writes it as its meaning alone says.
fn copy(from: &mut Decoder<'_>, to: &mut Encoder<&mut Vec<u8>>) {
    try_copy(from, to).expect("the decoder reads what passed the check");
}

fn try_copy(
    from: &mut Decoder<'_>,
    to: &mut Encoder<&mut Vec<u8>>,
) -> Result<(), minicbor::decode::Error> {
    const MEMORY: &str = "memory takes every byte";
    match from.datatype()? {
        Type::Array => {
            let length = from.array()?.expect("definite");
            to.array(length).expect(MEMORY);
            (0..length).try_for_each(|_| try_copy(from, to))?;
        }
        Type::Map => {
            let length = from.map()?.expect("definite");
            to.map(length).expect(MEMORY);
            (0..2 * length).try_for_each(|_| try_copy(from, to))?;
        }
        Type::Bytes => drop(to.bytes(from.bytes()?).expect(MEMORY)),
        Type::String => drop(to.str(from.str()?).expect(MEMORY)),
        Type::Bool => drop(to.bool(from.bool()?).expect(MEMORY)),
        Type::Null => {
            from.null()?;
            to.null().expect(MEMORY);
        }
        _ => drop(to.int(from.int()?).expect(MEMORY)),
    }
    Ok(())
}

fn receipt(data: &[u8]) -> bool {
    let Ok(receipt) = Receipt::from_bytes(data) else {
        return false;
    };
    assert_eq!(receipt.to_bytes(), data);
    let key = ServerSigningKey::from_seed(&[7; 32]).server_key();
    receipt.verify(&key).is_ok()
}

fn envelope(data: &[u8]) -> bool {
    let Ok(envelope) = Envelope::from_bytes(data) else {
        return false;
    };
    assert_eq!(envelope.to_bytes(), data);
    let Ok(entry) = envelope.verify() else {
        return false;
    };
    assert_eq!(entry.to_bytes(), data);
    let forgotten = entry.clone().forget();
    assert_eq!(forgotten.hash(), entry.hash());
    assert_eq!(read(&forgotten.to_bytes()), Ok(forgotten));
    true
}

fn read(bytes: &[u8]) -> Result<Entry, DecodeError> {
    let envelope = Envelope::from_bytes(bytes)?;
    Ok(envelope.verify().expect("signed here"))
}

/// Whatever a member's device may sign is read, merged, and said again.
fn statement(body: &[u8]) -> bool {
    let bytes = entry_of(body);
    let Ok(entry) = read(&bytes) else {
        return false;
    };
    assert_eq!(entry.to_bytes(), bytes);
    let statement = entry.statement().expect("not forgotten");
    let again = Entry::make(
        &signer(),
        entry.incident(),
        &[entry.hash()],
        entry.made_at(),
        statement,
        &mut ChaCha20Rng::from_seed([9; 32]),
    );
    let again = read(&again.to_bytes()).expect("it was read before");
    assert_eq!(again.statement(), Some(statement));
    let incident = Incident::from_entries([&again, &entry]);
    assert_eq!(incident.history, [entry.hash(), again.hash()]);
    true
}

fn signer() -> SigningKey {
    SigningKey::from_seed(&[1; 32])
}

/// An entry with `body` in it, signed, whatever that is (`docs/formats/entry.md`).
pub fn entry_of(body: &[u8]) -> Vec<u8> {
    let (signer, salt) = (signer(), [2; 32]);
    let mut commitment = Sha256::new();
    commitment.update(b"holdfast payload v1\0");
    commitment.update(salt);
    commitment.update(body);
    let mut header = Vec::new();
    (|| {
        let mut e = Encoder::new(&mut header);
        e.map(6)?.u8(0)?.u8(1)?;
        e.u8(1)?.encode(IncidentId::from_bytes([3; 16]))?;
        e.u8(2)?.array(0)?;
        e.u8(3)?.encode(DeviceId::of(&signer))?;
        e.u8(4)?.encode(Timestamp(1_773_351_600_000))?;
        e.u8(5)?.bytes(&commitment.finalize())?.ok()
    })()
    .expect("memory takes every byte");
    let signatures = signer.sign(Domain("holdfast entry v1"), &header);
    let mut bytes = Vec::new();
    (|| {
        let mut e = Encoder::new(&mut bytes);
        e.array(4)?.u8(1)?.bytes(&header)?.encode(signatures)?;
        e.array(2)?.bytes(&salt)?.bytes(body)?.ok()
    })()
    .expect("memory takes every byte");
    bytes
}

/// These may carry more than this version knows, so only what was understood comes back.
fn messages(data: &[u8]) -> bool {
    let info = again(data, Info::from_bytes, Info::to_bytes);
    let new = again(data, NewMailbox::from_bytes, NewMailbox::to_bytes);
    let listing = again(data, Listing::from_bytes, Listing::to_bytes);
    info || new || listing
}

fn again<T: Debug + PartialEq>(
    data: &[u8],
    from: impl Fn(&[u8]) -> Result<T, DecodeError>,
    to: impl Fn(&T) -> Vec<u8>,
) -> bool {
    from(data).is_ok_and(|read| {
        assert_eq!(from(&to(&read)), Ok(read));
        true
    })
}

fn header_values(text: &str) {
    if let Ok(day) = text.parse::<Day>() {
        assert_eq!(day.to_string(), text);
    }
    if let Some(yes) = http::parse_boolean(text) {
        assert_eq!(http::boolean(yes), text.trim());
    }
    if let Some(upload) = http::upload_in_location(text) {
        assert!(text.ends_with(&http::upload_path(&upload)));
    }
    if let Some(number) = http::parse_integer(text) {
        assert!(number < 1_000_000_000_000_000);
    }
}
