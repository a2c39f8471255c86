//! Names on the HTTP level: paths, headers, media types, limits. Specified in `docs/formats/http.md`.
//!
//! Uploads follow draft-ietf-httpbis-resumable-upload: created empty, appended from an offset, newest request wins.

use crate::id::{MailboxId, ObjectId, UploadId};

/// The longest receipt, in bytes: room for several signatures, post-quantum ones included.
pub const MAX_RECEIPT: usize = 32 * 1024;
/// The longest of the other messages, in bytes.
pub const MAX_MESSAGE: usize = 128 * 1024;
/// The longest problem document, in bytes.
pub const MAX_PROBLEM: usize = 4 * 1024;
/// The most entries in one page of a mailbox.
pub const MAX_LISTED: usize = 1000;
/// The largest value of an integer header (RFC 9651 §3.3.1).
pub const MAX_INTEGER: u64 = 999_999_999_999_999;

/// Header names, in lower case.
pub mod header {
    /// `Bearer ` and a capability's text.
    pub const AUTHORIZATION: &str = "authorization";
    /// How many bytes of the upload the endpoint has; decimal.
    pub const UPLOAD_OFFSET: &str = "upload-offset";
    /// The object's length; decimal.
    pub const UPLOAD_LENGTH: &str = "upload-length";
    /// `?1` when the request, or the upload, is complete, else `?0`.
    pub const UPLOAD_COMPLETE: &str = "upload-complete";
    /// The object's id, in hexadecimal.
    pub const OBJECT: &str = "holdfast-object";
    /// An admission token's text.
    pub const ADMISSION: &str = "holdfast-admission";
}

/// Media types.
pub mod media {
    /// The body of an append.
    pub const PARTIAL_UPLOAD: &str = "application/partial-upload";
    /// Receipts, listings, info.
    pub const CBOR: &str = "application/cbor";
    /// An object's bytes.
    pub const OBJECT: &str = "application/octet-stream";
    /// A [`Problem`](crate::Problem) (RFC 9457).
    pub const PROBLEM: &str = "application/problem+json";
}

/// What stands before a capability in the `Authorization` header.
pub const BEARER: &str = "Bearer ";

/// `GET`: what the endpoint says about itself.
pub const INFO_PATH: &str = "/v1/";

/// `PUT`: makes the mailbox.
#[must_use]
pub fn mailbox_path(mailbox: &MailboxId) -> String {
    format!("/v1/mailboxes/{mailbox}")
}

/// `POST`: begins an upload, or takes up the one already begun for the same object.
#[must_use]
pub fn uploads_path(mailbox: &MailboxId) -> String {
    format!("/v1/mailboxes/{mailbox}/uploads")
}

/// `HEAD`: how far the upload is. `PATCH`: appends to it.
#[must_use]
pub fn upload_path(upload: &UploadId) -> String {
    format!("/v1/uploads/{upload}")
}

/// The upload that a `Location` header names; relative or absolute, only the path's end counts.
#[must_use]
pub fn upload_in_location(location: &str) -> Option<UploadId> {
    location
        .rsplit_once("/v1/uploads/")
        .and_then(|(_, id)| id.parse().ok())
}

/// `GET`: the receipt for a held object.
#[must_use]
pub fn receipt_path(mailbox: &MailboxId, object: &ObjectId) -> String {
    format!("/v1/mailboxes/{mailbox}/receipts/{object}")
}

/// `GET`: the objects that arrived after place `after`; 0 for all.
#[must_use]
pub fn objects_path(mailbox: &MailboxId, after: u64) -> String {
    format!("/v1/mailboxes/{mailbox}/objects?after={after}")
}

/// `GET`: an object, whole or a range.
#[must_use]
pub fn object_path(mailbox: &MailboxId, object: &ObjectId) -> String {
    format!("/v1/mailboxes/{mailbox}/objects/{object}")
}

/// Writes a boolean header value (RFC 9651 §3.3.6).
#[must_use]
pub fn boolean(value: bool) -> &'static str {
    if value { "?1" } else { "?0" }
}

/// Reads a boolean header value.
#[must_use]
pub fn parse_boolean(text: &str) -> Option<bool> {
    match text.trim() {
        "?1" => Some(true),
        "?0" => Some(false),
        _ => None,
    }
}

/// Reads a header value that is an integer and not negative (RFC 9651 §3.3.1: at most 15 digits).
#[must_use]
pub fn parse_integer(text: &str) -> Option<u64> {
    let digits = text.trim();
    let plain =
        (1..=15).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    if plain { digits.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_fixed() {
        let (mailbox, object, upload) = (MailboxId([1; 16]), ObjectId([2; 32]), UploadId([3; 16]));
        insta::assert_snapshot!(
            [
                INFO_PATH.to_owned(),
                mailbox_path(&mailbox),
                uploads_path(&mailbox),
                upload_path(&upload),
                receipt_path(&mailbox, &object),
                objects_path(&mailbox, 17),
                object_path(&mailbox, &object),
            ]
            .join("\n")
        );
        assert_eq!(upload_in_location(&upload_path(&upload)), Some(upload));
        assert_eq!(
            upload_in_location(&format!("https://example.org/x{}", upload_path(&upload))),
            Some(upload)
        );
        assert_eq!(upload_in_location("/v1/uploads/../mailboxes"), None);
    }

    #[test]
    fn header_values_are_read_strictly() {
        assert_eq!(parse_integer("0"), Some(0));
        assert_eq!(parse_integer("999999999999999"), Some(MAX_INTEGER));
        for bad in ["", "-1", "+1", "1.0", "0x1", "1000000000000000", "1 2"] {
            assert_eq!(parse_integer(bad), None, "{bad}");
        }
        assert_eq!(parse_boolean(boolean(true)), Some(true));
        assert_eq!(parse_boolean(boolean(false)), Some(false));
        assert_eq!(parse_boolean("true"), None);
    }
}
