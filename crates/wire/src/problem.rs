//! Problems: everything that an endpoint can refuse with, in one table that both sides read (RFC 9457).
//!
//! The document is `{"type", "title", "status", "code"}`; `code` is the stable name, and no document says anything about
//! the request that it answers, so that a log of them holds no user data.

use std::fmt;

use serde_json::{Value, json};

/// Whether, and when, sending the same again is worth it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Retry {
    /// At once, after taking up what the answer said (another offset, a fresh upload).
    Now,
    /// After a pause: the cause can pass by itself.
    Later,
    /// Only after somebody has changed something.
    Never,
}

macro_rules! problems {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $status:literal, $retry:ident;)*) => {
        /// Why an endpoint refused.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Problem {
            $($(#[$doc])* $name,)*
        }

        impl Problem {
            /// Every problem there is, in the order of the table.
            pub const ALL: &'static [Problem] = &[$(Problem::$name,)*];

            /// The stable name in the document.
            #[must_use]
            pub fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }

            /// The HTTP status it travels with.
            #[must_use]
            pub fn status(self) -> u16 {
                match self { $(Self::$name => $status,)* }
            }

            /// Whether, and when, to try again.
            #[must_use]
            pub fn retry(self) -> Retry {
                match self { $(Self::$name => Retry::$retry,)* }
            }
        }
    };
}

problems! {
    /// A header, the body or the query is missing or cannot be read.
    MalformedRequest = "malformed-request", 400, Never;
    /// The request carries no capability that can be read.
    CapabilityMissing = "capability-missing", 401, Never;
    /// The mailbox does not exist, or this capability does not open it; which of the two is not said.
    MailboxRefused = "mailbox-refused", 403, Later;
    /// Making a mailbox here needs the admission token.
    AdmissionRequired = "admission-required", 403, Never;
    /// The mailbox exists with another send capability.
    MailboxTaken = "mailbox-taken", 409, Never;
    /// There is no such path.
    UnknownPath = "unknown-path", 404, Never;
    /// The path does not know this method.
    MethodNotAllowed = "method-not-allowed", 405, Never;
    /// There is no such upload (any more): begin it again.
    UnknownUpload = "unknown-upload", 404, Now;
    /// The object is not held in this mailbox.
    UnknownObject = "unknown-object", 404, Later;
    /// The append began at a wrong offset; the right one is in the `Upload-Offset` header.
    MismatchingUploadOffset = "mismatching-upload-offset", 409, Now;
    /// A newer request has taken the upload over.
    UploadSuperseded = "upload-superseded", 409, Later;
    /// The append goes beyond the length that the upload was begun with, or ends it short of that length.
    InconsistentUploadLength = "inconsistent-upload-length", 400, Never;
    /// The bytes received do not have the object's hash; they were dropped: begin the upload again, after a pause, so that a
    /// sender whose own copy is damaged does not send it for ever.
    DigestMismatch = "digest-mismatch", 422, Later;
    /// The body is not of the media type that the path takes.
    UnsupportedMediaType = "unsupported-media-type", 415, Never;
    /// The object is larger than this endpoint takes.
    ObjectTooLarge = "object-too-large", 413, Never;
    /// The range lies outside the object.
    RangeNotSatisfiable = "range-not-satisfiable", 416, Never;
    /// The body came too slowly; what arrived was kept.
    RequestTimeout = "request-timeout", 408, Later;
    /// The mailbox has no room for the object.
    MailboxFull = "mailbox-full", 507, Later;
    /// The endpoint's disk has no room for the object.
    StorageFull = "storage-full", 507, Later;
    /// The endpoint is stopping, or has more to do than it can.
    Busy = "busy", 503, Later;
    /// Something failed at the endpoint.
    Internal = "internal", 500, Later;
}

impl Problem {
    /// The document that says it.
    #[must_use]
    pub fn to_json(self) -> String {
        let kind = match self {
            Self::MismatchingUploadOffset => {
                "https://iana.org/assignments/http-problem-types#mismatching-upload-offset"
            }
            Self::InconsistentUploadLength => {
                "https://iana.org/assignments/http-problem-types#inconsistent-upload-length"
            }
            _ => "about:blank",
        };
        json!({ "type": kind, "title": self.code(), "status": self.status(), "code": self.code() })
            .to_string()
    }

    /// The problem that an answer with this status and body says; `None` when it was not an endpoint that spoke (a proxy,
    /// a captive portal) or the problem is unknown to this version.
    #[must_use]
    pub fn from_json(status: u16, body: &[u8]) -> Option<Self> {
        let document: Value = serde_json::from_slice(body).ok()?;
        let code = document.get("code")?.as_str()?;
        Self::ALL
            .iter()
            .copied()
            .find(|problem| problem.code() == code && problem.status() == status)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl std::error::Error for Problem {}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn the_table_is_fixed() {
        let table: Vec<_> = Problem::ALL
            .iter()
            .map(|problem| {
                format!(
                    "{} {:?} {}",
                    problem.status(),
                    problem.retry(),
                    problem.code()
                )
            })
            .collect();
        insta::assert_snapshot!(table.join("\n"));
    }

    #[test]
    fn every_problem_round_trips_and_has_its_own_code() {
        let codes: BTreeSet<_> = Problem::ALL.iter().map(|problem| problem.code()).collect();
        assert_eq!(codes.len(), Problem::ALL.len());
        for problem in Problem::ALL.iter().copied() {
            assert!(problem.to_json().len() <= crate::http::MAX_PROBLEM);
            assert_eq!(
                Problem::from_json(problem.status(), problem.to_json().as_bytes()),
                Some(problem)
            );
        }
        insta::assert_snapshot!(Problem::MismatchingUploadOffset.to_json());
    }

    #[test]
    fn an_answer_from_somebody_else_is_not_a_problem() {
        for body in [
            "",
            "<html>",
            "[]",
            "{}",
            r#"{"code":7}"#,
            r#"{"code":"no-such-code"}"#,
        ] {
            assert_eq!(Problem::from_json(404, body.as_bytes()), None, "{body}");
        }
        assert_eq!(
            Problem::from_json(200, Problem::Internal.to_json().as_bytes()),
            None
        );
    }
}
