//! Where an endpoint is, and which addresses are safe to send to at all.

use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};

use holdfast_wire::ServerKey;
use url::{Host, Url};

use crate::SyncError;

/// An endpoint as an invite names it: where it is, and the key its receipts are signed with.
///
/// Only an address that protects what it carries can be made into one: HTTPS, an onion service
/// (its name is its key), or this machine.
#[derive(Clone, PartialEq, Eq)]
pub struct Endpoint {
    base: Url,
    key: ServerKey,
}

impl Endpoint {
    /// Checks an address and joins it with the server's key.
    ///
    /// # Errors
    /// [`SyncError::AddressNotSafe`] for anything else than the above, and for an address with a
    /// password, a query or a fragment in it.
    pub fn new(address: &str, key: ServerKey) -> Result<Self, SyncError> {
        let mut base = Url::parse(address).map_err(|_| SyncError::AddressNotSafe)?;
        let bare = base.username().is_empty()
            && base.password().is_none()
            && base.query().is_none()
            && base.fragment().is_none();
        if !bare || !is_safe(&base) {
            return Err(SyncError::AddressNotSafe);
        }
        if !base.path().ends_with('/') {
            let path = format!("{}/", base.path());
            base.set_path(&path);
        }
        Ok(Self { base, key })
    }

    /// The address, ending in a slash.
    pub fn address(&self) -> &str {
        self.base.as_str()
    }

    /// The key its receipts are signed with.
    pub fn key(&self) -> &ServerKey {
        &self.key
    }

    /// Whether only an anonymising proxy can reach it.
    pub(crate) fn is_onion(&self) -> bool {
        is_onion(&self.base)
    }

    /// The address of something at the endpoint; `path` starts with a slash.
    pub(crate) fn at(&self, path: &str) -> String {
        format!("{}{path}", self.base.as_str().trim_end_matches('/'))
    }
}

/// Does not tell the address: it says whom somebody reports to.
impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Endpoint(…)")
    }
}

fn is_safe(url: &Url) -> bool {
    match url.scheme() {
        "https" => true,
        "http" => is_loopback(url) || is_onion(url),
        _ => false,
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => Ipv4Addr::is_loopback(&address),
        Some(Host::Ipv6(address)) => Ipv6Addr::is_loopback(&address),
        // `localhost` is not among them: a resolver may be asked for it.
        Some(Host::Domain(_)) | None => false,
    }
}

fn is_onion(url: &Url) -> bool {
    url.domain()
        .is_some_and(|name| name.trim_end_matches('.').ends_with(".onion"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_that_protect_what_they_carry() {
        for safe in [
            "https://intake.example.org",
            "https://intake.example.org:8443/holdfast",
            "http://127.0.0.1:8080",
            "http://[::1]:8080/",
            "http://abcdefghijklmnop.onion",
            "https://abcdefghijklmnop.onion/",
        ] {
            assert!(Url::parse(safe).is_ok_and(|url| is_safe(&url)), "{safe}");
        }
        for unsafe_address in [
            "http://intake.example.org",
            "http://localhost:8080",
            "http://127.0.0.1.example.org",
            "http://10.0.0.1",
            "http://0.0.0.0",
            "http://onion",
            "http://onion.example.org",
            "ftp://127.0.0.1",
            "file:///etc/passwd",
        ] {
            assert!(
                !Url::parse(unsafe_address).is_ok_and(|url| is_safe(&url)),
                "{unsafe_address}"
            );
        }
    }
}
