//! How a request can fail, and what is said about it: to the client a problem document, to the log a code.
//!
//! Invariant: neither holds anything about the request, no id, address or path (I-24).

use std::fmt;
use std::io;

use axum::response::{IntoResponse, Response};
use holdfast_wire::Problem;
use holdfast_wire::http::{header, media};
use http::{HeaderValue, StatusCode};

/// Something that the person who runs the endpoint should know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// A request was refused for a reason that lies with the endpoint.
    Refused(Problem),
    /// The store or the directory of uploads failed.
    Storage(io::ErrorKind),
    /// Something in the store cannot be read.
    Damaged(&'static str),
    /// A connection could not be accepted.
    Accept(io::ErrorKind),
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(problem) => write!(f, "{problem}"),
            Self::Storage(kind) => write!(f, "storage: {kind}"),
            Self::Damaged(what) => write!(f, "damaged: {what}"),
            Self::Accept(kind) => write!(f, "accept: {kind}"),
        }
    }
}

/// Why a request is not answered with what it asked for.
#[derive(Debug)]
pub(crate) enum Failure {
    Problem(Problem),
    /// The append began elsewhere than at this offset.
    WrongOffset(u64),
    Fault(Fault),
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
                Self::Problem(Problem::StorageFull)
            }
            kind => Self::Fault(Fault::Storage(kind)),
        }
    }
}

impl Failure {
    pub(crate) fn damaged(what: &'static str) -> Self {
        Self::Fault(Fault::Damaged(what))
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let (problem, fault) = match &self {
            Self::Problem(problem) => (*problem, Fault::Refused(*problem)),
            Self::WrongOffset(_) => (
                Problem::MismatchingUploadOffset,
                Fault::Refused(Problem::MismatchingUploadOffset),
            ),
            Self::Fault(fault) => (Problem::Internal, *fault),
        };
        let mut response = (
            StatusCode::from_u16(problem.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
            [(http::header::CONTENT_TYPE, media::PROBLEM)],
            problem.to_json(),
        )
            .into_response();
        if let Self::WrongOffset(offset) = self {
            response
                .headers_mut()
                .insert(header::UPLOAD_OFFSET, HeaderValue::from(offset));
        }
        if problem.status() >= 500 {
            // the layer that answers hands it to the log
            response.extensions_mut().insert(fault);
        }
        response
    }
}
