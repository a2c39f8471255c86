//! The small messages that are not receipts: what an endpoint says about itself, how a mailbox is made, what lies in it.

use minicbor::{Decode, Encode};

use crate::capability::SendHash;
use crate::http::{MAX_LISTED, MAX_MESSAGE};
use crate::id::ObjectId;
use crate::key::ServerKey;
use holdfast_cbor::{self as cbor, DecodeError};

const VERSION: u32 = 1;

/// What an endpoint accepts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Limits {
    /// The largest object, in bytes.
    #[n(0)]
    pub object_bytes: u64,
    /// The most that one mailbox holds, in bytes.
    #[n(1)]
    pub mailbox_bytes: u64,
}

/// What an endpoint says about itself: `{0: 1, 1: server key, 2: limits, 3: admission needed}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Info {
    /// The key that signs its receipts. It proves nothing here: compare it with the invite's.
    pub server_key: ServerKey,
    /// What it accepts.
    pub limits: Limits,
    /// Whether making a mailbox needs an admission token.
    pub admission: bool,
}

#[derive(Encode, Decode)]
#[cbor(map)]
struct InfoBody {
    #[n(0)]
    version: u32,
    #[n(1)]
    server_key: ServerKey,
    #[n(2)]
    limits: Limits,
    #[n(3)]
    admission: bool,
}

#[derive(Decode)]
#[cbor(map)]
struct VersionOnly {
    #[n(0)]
    version: u32,
}

impl Info {
    /// Encodes it.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let Self {
            server_key,
            limits,
            admission,
        } = *self;
        cbor::to_vec(&InfoBody {
            version: VERSION,
            server_key,
            limits,
            admission,
        })
    }

    /// Decodes it.
    ///
    /// # Errors
    /// [`DecodeError`] when the bytes are something else or of a newer version.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        if cbor::decode::<VersionOnly>(bytes, MAX_MESSAGE)?.version != VERSION {
            return Err(DecodeError::NewerVersion);
        }
        let InfoBody {
            server_key,
            limits,
            admission,
            ..
        } = cbor::decode(bytes, MAX_MESSAGE)?;
        Ok(Self {
            server_key,
            limits,
            admission,
        })
    }
}

/// The body that makes a mailbox: `{0: send hash}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct NewMailbox {
    /// The hash of the capability that sends to it.
    #[n(0)]
    pub send_hash: SendHash,
}

impl NewMailbox {
    /// Encodes it.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        cbor::to_vec(self)
    }

    /// Decodes it.
    ///
    /// # Errors
    /// [`DecodeError`] when the bytes are something else.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        cbor::decode(bytes, MAX_MESSAGE)
    }
}

/// One object in a mailbox: `{0: place, 1: object, 2: size}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Listed {
    /// Its place in the order of arrival, counted from 1.
    #[n(0)]
    pub seq: u64,
    /// The object.
    #[n(1)]
    pub object: ObjectId,
    /// Its length in bytes.
    #[n(2)]
    pub size: u64,
}

/// A page of a mailbox, in order of arrival: an array of at most [`MAX_LISTED`] entries. An empty page is the end.
///
/// Rarely an object is listed at two places (two endpoint processes finished it at the same moment); readers skip what
/// they have.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Listing(pub Vec<Listed>);

impl Listing {
    /// Encodes it.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        cbor::to_vec(&self.0)
    }

    /// Decodes it.
    ///
    /// # Errors
    /// [`DecodeError`] when the bytes are something else, or the entries are too many or out of order.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, DecodeError> {
        let entries: Vec<Listed> = cbor::decode(bytes, MAX_MESSAGE)?;
        if entries.len() > MAX_LISTED {
            return Err(DecodeError::TooLarge);
        }
        if entries.is_sorted_by(|one, next| one.seq < next.seq) {
            Ok(Self(entries))
        } else {
            Err(DecodeError::Malformed)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use data_encoding::HEXLOWER;
    use proptest::prelude::*;

    fn info() -> Info {
        let limits = Limits {
            object_bytes: 1 << 34,
            mailbox_bytes: 1 << 40,
        };
        Info {
            server_key: ServerKey([7; 32]),
            limits,
            admission: true,
        }
    }

    #[test]
    fn the_bytes_are_fixed() {
        insta::assert_snapshot!("info", HEXLOWER.encode(&info().to_bytes()));
        let new = NewMailbox {
            send_hash: SendHash([9; 32]),
        };
        insta::assert_snapshot!("new_mailbox", HEXLOWER.encode(&new.to_bytes()));
        let listed = |seq| Listed {
            seq,
            object: ObjectId([u8::try_from(seq).unwrap(); 32]),
            size: seq * 1000,
        };
        insta::assert_snapshot!(
            "listing",
            HEXLOWER.encode(&Listing(vec![listed(1), listed(3)]).to_bytes())
        );
    }

    #[test]
    fn a_newer_info_is_said_and_a_newer_field_ignored() {
        let mut bytes = info().to_bytes();
        bytes[0] += 1;
        bytes.extend([0x04, 0xf5]);
        assert_eq!(Info::from_bytes(&bytes), Ok(info()));
        bytes[2] = 2;
        assert_eq!(Info::from_bytes(&bytes), Err(DecodeError::NewerVersion));
    }

    #[test]
    fn a_listing_is_in_order_and_not_too_long() {
        let listed = |seq| Listed {
            seq,
            object: ObjectId([1; 32]),
            size: 0,
        };
        assert_eq!(
            Listing::from_bytes(&Listing(vec![listed(2), listed(2)]).to_bytes()),
            Err(DecodeError::Malformed)
        );
        assert_eq!(
            Listing::from_bytes(&Listing(vec![listed(2), listed(1)]).to_bytes()),
            Err(DecodeError::Malformed)
        );
        let full = Listing(
            (0..MAX_LISTED as u64)
                .map(|n| listed(u64::MAX - MAX_LISTED as u64 + n))
                .collect(),
        );
        assert_eq!(Listing::from_bytes(&full.to_bytes()), Ok(full));
        let over = Listing((0..=MAX_LISTED as u64).map(listed).collect());
        assert_eq!(
            Listing::from_bytes(&over.to_bytes()),
            Err(DecodeError::TooLarge)
        );
    }

    proptest! {
        #[test]
        fn listings_round_trip(entries: Vec<([u8; 32], u64)>) {
            let listed = |(seq, (object, size))| Listed { seq, object: ObjectId(object), size };
            let listing = Listing((1..).zip(entries).map(listed).collect());
            prop_assert_eq!(Listing::from_bytes(&listing.to_bytes()), Ok(listing));
        }

        #[test]
        fn infos_and_mailboxes_round_trip(key: [u8; 32], object_bytes: u64, mailbox_bytes: u64, admission: bool) {
            let info = Info { server_key: ServerKey(key), limits: Limits { object_bytes, mailbox_bytes }, admission };
            prop_assert_eq!(Info::from_bytes(&info.to_bytes()), Ok(info));
            let new = NewMailbox { send_hash: SendHash(key) };
            prop_assert_eq!(NewMailbox::from_bytes(&new.to_bytes()), Ok(new));
        }

        #[test]
        fn hostile_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..256)) {
            let _ = (Info::from_bytes(&bytes), NewMailbox::from_bytes(&bytes), Listing::from_bytes(&bytes));
        }
    }
}
