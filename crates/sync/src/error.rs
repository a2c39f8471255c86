//! What can go wrong in delivery, and whether trying again helps.
//!
//! No message names an address, an object or a mailbox: a screenshot of an error must not tell
//! whom the owner of the device reports to.

use std::error::Error as StdError;

use holdfast_wire::{Problem, Retry};

/// A failure on this side of the network: the outbox or the inbox could not do its part.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LocalFault {
    /// The vault is locked. What is under way goes on; nothing new can be read.
    #[error("the vault is locked")]
    Locked,
    /// The outbox does not have the object any more.
    #[error("the object is gone")]
    Gone,
    /// What arrived is not the object it was said to be. The partial file has been dropped.
    #[error("what arrived is not the object that was announced")]
    Damaged,
    /// No space is left, or a quota the owner set is reached.
    #[error("there is no room for the object")]
    Full,
    /// Anything else; the source tells.
    #[error("the local store failed")]
    Other(#[source] Box<dyn StdError + Send + Sync>),
}

impl LocalFault {
    /// Wraps a failure of the local store.
    pub fn other(source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        Self::Other(source.into())
    }
}

impl From<std::io::Error> for LocalFault {
    fn from(source: std::io::Error) -> Self {
        if source.kind() == std::io::ErrorKind::StorageFull {
            Self::Full
        } else {
            Self::other(source)
        }
    }
}

/// Why something was not delivered, or not fetched.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SyncError {
    /// The address is neither HTTPS, nor an onion service, nor this machine.
    #[error("the address is not safe to send to")]
    AddressNotSafe,
    /// The proxy is not `socks5h://`: only there does the proxy look up the names.
    #[error("the proxy is not one that keeps name look-ups inside (socks5h)")]
    ProxyNotSafe,
    /// An onion service was named, and there is no proxy that could reach it. Its name is never
    /// given to an ordinary resolver (RFC 7686).
    #[error("an onion service needs a proxy")]
    ProxyNeeded,
    /// The HTTP client could not be set up.
    #[error("the client could not be set up")]
    Setup(#[source] Box<dyn StdError + Send + Sync>),
    /// No connection: no network, the proxy is down, or the endpoint is.
    #[error("the endpoint cannot be reached")]
    Unreachable(#[source] Cause),
    /// The connection broke under way.
    #[error("the connection broke")]
    Interrupted(#[source] Cause),
    /// The connection stands and nothing moves.
    #[error("the connection stalled")]
    Stalled,
    /// The endpoint said no.
    #[error("the endpoint refused")]
    Refused(#[source] Problem),
    /// The endpoint answered something outside the protocol: another server, a captive portal,
    /// or a newer version.
    #[error("the endpoint's answer is not understood (HTTP status {status})")]
    NotUnderstood {
        /// The HTTP status of the answer.
        status: u16,
    },
    /// The receipt is not signed by the endpoint's key, or speaks of something else (I-22).
    #[error("the receipt does not prove that the object is held")]
    ReceiptDamaged,
    /// The bytes in the outbox are not the object that the ticket names. They are never sent twice.
    #[error("the object is not what it should be")]
    ObjectDamaged,
    /// This device could not do its part.
    #[error("the local store could not do its part")]
    Local(#[from] LocalFault),
}

impl SyncError {
    /// Says when trying again can help.
    pub fn retry(&self) -> Retry {
        match self {
            Self::Interrupted(_) | Self::Stalled => Retry::Now,
            Self::Unreachable(_) | Self::NotUnderstood { .. } | Self::ReceiptDamaged => {
                Retry::Later
            }
            Self::Refused(problem) => problem.retry(),
            Self::Local(LocalFault::Gone) => Retry::Never,
            Self::Local(_) => Retry::Later,
            Self::AddressNotSafe
            | Self::ProxyNotSafe
            | Self::ProxyNeeded
            | Self::Setup(_)
            | Self::ObjectDamaged => Retry::Never,
        }
    }

    /// Whether it is about one object, and everything else went on.
    pub fn is_about_one_object(&self) -> bool {
        self.reach() == Reach::Object
    }

    /// How much else the failure concerns. What is about one object must not hold up the others.
    pub(crate) fn reach(&self) -> Reach {
        match self {
            Self::Refused(Problem::Busy)
            | Self::Unreachable(_)
            | Self::Interrupted(_)
            | Self::Stalled
            | Self::NotUnderstood { .. }
            | Self::ProxyNeeded => Reach::Endpoint,
            Self::Local(LocalFault::Gone | LocalFault::Damaged)
            | Self::Refused(_)
            | Self::ReceiptDamaged
            | Self::ObjectDamaged => Reach::Object,
            Self::AddressNotSafe | Self::ProxyNotSafe | Self::Setup(_) | Self::Local(_) => {
                Reach::Everything
            }
        }
    }

    /// Tells a connection that never was from one that broke.
    pub(crate) fn from_http(error: reqwest::Error) -> Self {
        let cause = Cause::of(&error);
        if error.is_connect() {
            Self::Unreachable(cause)
        } else {
            Self::Interrupted(cause)
        }
    }
}

/// Why a connection failed. Takes the place of the HTTP library's own errors, which name hosts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Cause {
    /// Whoever answered has no certificate for the address: perhaps somebody in between.
    #[error("the certificate is not valid for the address")]
    Certificate,
    /// What the operating system said.
    #[error("{0}")]
    System(std::io::ErrorKind),
    /// Anything else: a name that is not known, a proxy that refuses, an answer cut off.
    #[error("the connection failed")]
    Other,
}

impl Cause {
    fn of(error: &(dyn StdError + 'static)) -> Self {
        let mut next = Some(error);
        while let Some(error) = next {
            if let Some(io) = error.downcast_ref::<std::io::Error>() {
                let tls = io.get_ref().and_then(|inner| inner.downcast_ref());
                if let Some(rustls::Error::InvalidCertificate(_)) = tls {
                    return Self::Certificate;
                }
                if io.kind() != std::io::ErrorKind::Other {
                    return Self::System(io.kind());
                }
            }
            next = error.source();
        }
        Self::Other
    }
}

/// What a failure keeps from being delivered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reach {
    Object,
    Endpoint,
    Everything,
}
