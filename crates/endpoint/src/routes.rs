//! The routes of `docs/formats/http.md`: each reads its ids, capability and headers, asks the parts below, and answers.
//!
//! Invariant: nothing of a request reaches a path or a key before it was parsed into a type with one spelling.

use std::net::IpAddr;
use std::str::FromStr;
use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Path, Request, State};
use axum::middleware::map_response_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, head, post, put};
use holdfast_wire::http::{
    BEARER, INFO_PATH, MAX_MESSAGE, boolean, header, media, parse_boolean, parse_integer,
    upload_path,
};
use holdfast_wire::{
    AdmissionToken, NewMailbox, ObjectId, Problem, ReadCapability, SendCapability, UploadId,
};
use http::header::{
    ACCEPT_RANGES, AUTHORIZATION, CACHE_CONTROL, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, ETAG,
    FORWARDED, HOST, IF_RANGE, LOCATION, RANGE, VIA,
};
use http::{HeaderMap, HeaderValue, StatusCode, Uri};
use tokio::time::timeout;
use tokio_util::io::ReaderStream;

use crate::failure::{Failure, Fault};
use crate::range::{Asked, parse_range};
use crate::receive::{finish, receive};
use crate::serve::Endpoint;
use crate::staging::About;
use crate::store::{Put, Store};

/// An object is sent in pieces of this many bytes.
const PIECE: usize = 64 * 1024;

type Shared<S> = State<Arc<Endpoint<S>>>;
type Answer = Result<Response, Failure>;

pub(crate) fn router<S: Store>(endpoint: Arc<Endpoint<S>>) -> Router {
    Router::new()
        .route(INFO_PATH, get(info::<S>))
        .route("/v1/mailboxes/{mailbox}", put(make_mailbox::<S>))
        .route("/v1/mailboxes/{mailbox}/uploads", post(begin::<S>))
        .route("/v1/uploads/{upload}", head(offset::<S>).patch(append::<S>))
        .route(
            "/v1/mailboxes/{mailbox}/receipts/{object}",
            get(receipt::<S>),
        )
        .route("/v1/mailboxes/{mailbox}/objects", get(list::<S>))
        .route("/v1/mailboxes/{mailbox}/objects/{object}", get(object::<S>))
        .fallback(async || Failure::from(Problem::UnknownPath))
        .method_not_allowed_fallback(async || Failure::from(Problem::MethodNotAllowed))
        .layer(map_response_with_state(
            Arc::clone(&endpoint),
            sign_off::<S>,
        ))
        .with_state(endpoint)
}

/// The last thing done to every answer.
async fn sign_off<S: Store>(State(endpoint): Shared<S>, mut response: Response) -> Response {
    if let Some(fault) = response.extensions_mut().remove::<Fault>() {
        endpoint.log(fault);
    }
    response
        .headers_mut()
        .insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

async fn info<S: Store>(State(endpoint): Shared<S>, headers: HeaderMap) -> Response {
    cbor(
        StatusCode::OK,
        endpoint.info(came_by_proxy(&headers)).to_bytes(),
    )
}

async fn make_mailbox<S: Store>(
    State(endpoint): Shared<S>,
    Path(id): Path<String>,
    request: Request,
) -> Answer {
    let (parts, body) = request.into_parts();
    let mailbox = parse_id(&id)?;
    let capability = ReadCapability::from_text(bearer(&parts.headers)?)
        .map_err(|_| Problem::CapabilityMissing)?;
    if holdfast_wire::MailboxId::of(&capability) != mailbox {
        return Err(Problem::MailboxRefused.into());
    }
    let body = timeout(
        endpoint.settings().body_patience,
        to_bytes(body, MAX_MESSAGE),
    )
    .await;
    let body = body
        .map_err(|_| Problem::RequestTimeout)?
        .map_err(|_| Problem::MalformedRequest)?;
    let new = NewMailbox::from_bytes(&body).map_err(|_| Problem::MalformedRequest)?;
    if endpoint.mailboxes.find(&mailbox).await?.is_none() {
        let token = text(&parts.headers, header::ADMISSION)
            .and_then(|text| AdmissionToken::from_text(text).ok());
        endpoint.check_admission(came_by_proxy(&parts.headers), token.as_ref())?;
        endpoint.check_room(0)?;
        if endpoint.mailboxes.make(&mailbox, &new).await? == Put::Made {
            return Ok(StatusCode::CREATED.into_response());
        }
    }
    if endpoint.mailboxes.find(&mailbox).await? == Some(new) {
        Ok(StatusCode::OK.into_response())
    } else {
        Err(Problem::MailboxTaken.into())
    }
}

async fn begin<S: Store>(
    State(endpoint): Shared<S>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Answer {
    let mailbox = parse_id(&id)?;
    let capability =
        SendCapability::from_text(bearer(&headers)?).map_err(|_| Problem::CapabilityMissing)?;
    let length = integer(&headers, header::UPLOAD_LENGTH)?;
    let object = text(&headers, header::OBJECT).and_then(|text| text.parse::<ObjectId>().ok());
    let object = object.ok_or(Problem::MalformedRequest)?;
    if flag(&headers, header::UPLOAD_COMPLETE)? {
        // bytes come only by appending
        return Err(Problem::MalformedRequest.into());
    }
    endpoint.mailboxes.check_send(&mailbox, &capability).await?;
    if let Some(receipt) = endpoint.mailboxes.receipt(&mailbox, &object).await? {
        return Ok(complete(receipt));
    }
    if length > endpoint.settings().limits.object_bytes {
        return Err(Problem::ObjectTooLarge.into());
    }
    let room = endpoint.room_in(&mailbox).await?;
    endpoint.check_room(length)?;
    let about = About {
        mailbox,
        object,
        length,
    };
    let (upload, offset) = endpoint.staging.begin(about, room).await?;
    let mut response = (StatusCode::CREATED, [(LOCATION, upload_path(&upload))]).into_response();
    say_progress(&mut response, offset, false);
    Ok(response)
}

async fn offset<S: Store>(State(endpoint): Shared<S>, Path(id): Path<String>) -> Answer {
    let upload = endpoint
        .staging
        .take_over(parse_id::<UploadId>(&id).map_err(|_| Problem::UnknownUpload)?)
        .await?;
    let About {
        mailbox,
        object,
        length,
    } = upload.about();
    let held = endpoint.mailboxes.size(&mailbox, &object).await?.is_some();
    let mut response = StatusCode::NO_CONTENT.into_response();
    say_progress(&mut response, upload.offset(), held);
    response
        .headers_mut()
        .insert(header::UPLOAD_LENGTH, HeaderValue::from(length));
    Ok(response)
}

async fn append<S: Store>(
    State(endpoint): Shared<S>,
    Path(id): Path<String>,
    request: Request,
) -> Answer {
    let (parts, body) = request.into_parts();
    let id = parse_id::<UploadId>(&id).map_err(|_| Problem::UnknownUpload)?;
    if text(&parts.headers, CONTENT_TYPE.as_str()) != Some(media::PARTIAL_UPLOAD) {
        return Err(Problem::UnsupportedMediaType.into());
    }
    let offset = integer(&parts.headers, header::UPLOAD_OFFSET)?;
    let ends = flag(&parts.headers, header::UPLOAD_COMPLETE)?;
    let upload = endpoint.staging.take_over(id).await?;
    let About {
        mailbox,
        object,
        length,
    } = upload.about();
    if let Some(receipt) = endpoint.mailboxes.receipt(&mailbox, &object).await? {
        // the process that took it in died before it could clear up; its file must not be written to any more
        upload.discard()?;
        return Ok(complete(receipt));
    }
    if offset != upload.offset() {
        return Err(Failure::WrongOffset(upload.offset()));
    }
    let announced = text(&parts.headers, CONTENT_LENGTH.as_str())
        .and_then(|text| text.parse().ok())
        .unwrap_or(0);
    if announced > length - offset {
        return Err(Problem::InconsistentUploadLength.into());
    }
    endpoint.check_room(announced)?;
    let upload = receive(&endpoint, upload, body).await?;
    if !ends {
        let mut response = StatusCode::NO_CONTENT.into_response();
        say_progress(&mut response, upload.offset(), false);
        return Ok(response);
    }
    if upload.offset() != length {
        return Err(Problem::InconsistentUploadLength.into());
    }
    Ok(complete(finish(endpoint, upload).await?))
}

async fn receipt<S: Store>(
    State(endpoint): Shared<S>,
    Path((mailbox, object)): Path<(String, String)>,
    headers: HeaderMap,
) -> Answer {
    let (mailbox, object) = (parse_id(&mailbox)?, parse_id(&object)?);
    let capability =
        SendCapability::from_text(bearer(&headers)?).map_err(|_| Problem::CapabilityMissing)?;
    endpoint.mailboxes.check_send(&mailbox, &capability).await?;
    let receipt = endpoint
        .mailboxes
        .receipt(&mailbox, &object)
        .await?
        .ok_or(Problem::UnknownObject)?;
    Ok(cbor(StatusCode::OK, receipt))
}

async fn list<S: Store>(
    State(endpoint): Shared<S>,
    Path(mailbox): Path<String>,
    headers: HeaderMap,
    uri: Uri,
) -> Answer {
    let mailbox = parse_id(&mailbox)?;
    let after = match uri.query() {
        None => 0,
        Some(query) => query
            .strip_prefix("after=")
            .and_then(parse_integer)
            .ok_or(Problem::MalformedRequest)?,
    };
    let capability =
        ReadCapability::from_text(bearer(&headers)?).map_err(|_| Problem::CapabilityMissing)?;
    endpoint.mailboxes.check_read(&mailbox, &capability).await?;
    Ok(cbor(
        StatusCode::OK,
        endpoint.mailboxes.page(&mailbox, after).await?.to_bytes(),
    ))
}

async fn object<S: Store>(
    State(endpoint): Shared<S>,
    Path((mailbox, object)): Path<(String, String)>,
    headers: HeaderMap,
) -> Answer {
    let (mailbox, object) = (parse_id(&mailbox)?, parse_id::<ObjectId>(&object)?);
    endpoint
        .mailboxes
        .check_fetch(&mailbox, bearer(&headers)?)
        .await?;
    let size = endpoint
        .mailboxes
        .size(&mailbox, &object)
        .await?
        .ok_or(Problem::UnknownObject)?;
    let etag = format!("\"{object}\"");
    let asked = match text(&headers, IF_RANGE.as_str()) {
        Some(condition) if condition != etag => Asked::Whole,
        _ => parse_range(text(&headers, RANGE.as_str()), size),
    };
    let (status, range) = match asked {
        Asked::Whole => (StatusCode::OK, 0..size),
        Asked::Part(range) => (StatusCode::PARTIAL_CONTENT, range),
        Asked::Outside => {
            let mut response = Failure::from(Problem::RangeNotSatisfiable).into_response();
            insert(&mut response, CONTENT_RANGE, &format!("bytes */{size}"));
            return Ok(response);
        }
    };
    let reader = endpoint
        .mailboxes
        .read(&mailbox, &object, range.clone())
        .await?
        .ok_or(Problem::UnknownObject)?;
    let mut response =
        Body::from_stream(ReaderStream::with_capacity(reader, PIECE)).into_response();
    *response.status_mut() = status;
    insert(&mut response, CONTENT_TYPE, media::OBJECT);
    insert(
        &mut response,
        CONTENT_LENGTH,
        &(range.end - range.start).to_string(),
    );
    insert(&mut response, ACCEPT_RANGES, "bytes");
    insert(&mut response, ETAG, &etag);
    if status == StatusCode::PARTIAL_CONTENT {
        insert(
            &mut response,
            CONTENT_RANGE,
            &format!("bytes {}-{}/{size}", range.start, range.end - 1),
        );
    }
    Ok(response)
}

fn cbor(status: StatusCode, bytes: Vec<u8>) -> Response {
    (status, [(CONTENT_TYPE, media::CBOR)], bytes).into_response()
}

/// The answer that an upload is complete: its receipt.
fn complete(receipt: Vec<u8>) -> Response {
    let mut response = cbor(StatusCode::OK, receipt);
    insert(
        &mut response,
        http::HeaderName::from_static(header::UPLOAD_COMPLETE),
        boolean(true),
    );
    response
}

fn say_progress(response: &mut Response, offset: u64, complete: bool) {
    response
        .headers_mut()
        .insert(header::UPLOAD_OFFSET, HeaderValue::from(offset));
    response.headers_mut().insert(
        header::UPLOAD_COMPLETE,
        HeaderValue::from_static(boolean(complete)),
    );
}

/// Sets a header whose value was made here, of visible ASCII.
fn insert(response: &mut Response, name: http::HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
}

fn parse_id<T: FromStr>(text: &str) -> Result<T, Problem> {
    text.parse().map_err(|_| Problem::UnknownPath)
}

fn text<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name)?.to_str().ok()
}

fn bearer(headers: &HeaderMap) -> Result<&str, Problem> {
    text(headers, AUTHORIZATION.as_str())
        .and_then(|text| text.strip_prefix(BEARER))
        .ok_or(Problem::CapabilityMissing)
}

fn integer(headers: &HeaderMap, name: &str) -> Result<u64, Problem> {
    text(headers, name)
        .and_then(parse_integer)
        .ok_or(Problem::MalformedRequest)
}

fn flag(headers: &HeaderMap, name: &str) -> Result<bool, Problem> {
    text(headers, name)
        .and_then(parse_boolean)
        .ok_or(Problem::MalformedRequest)
}

/// Whether a request shows that it came from another machine although it reached a loopback address. A proxy that hides
/// this is why there is `--behind-proxy`.
fn came_by_proxy(headers: &HeaderMap) -> bool {
    let forwarded = [
        FORWARDED.as_str(),
        VIA.as_str(),
        "x-forwarded-for",
        "x-forwarded-host",
        "x-real-ip",
    ];
    forwarded.iter().any(|name| headers.contains_key(*name))
        || !text(headers, HOST.as_str()).is_some_and(is_loopback)
}

fn is_loopback(host: &str) -> bool {
    let host = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    let address = host
        .trim_start_matches('[')
        .trim_end_matches(']')
        .parse::<IpAddr>();
    host.eq_ignore_ascii_case("localhost") || address.is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_hosts_are_told_from_others() {
        for host in [
            "localhost",
            "LOCALHOST:8787",
            "127.0.0.1",
            "127.0.0.1:8787",
            "[::1]",
            "[::1]:8787",
            "127.9.9.9:1",
        ] {
            assert!(is_loopback(host), "{host}");
        }
        for host in [
            "example.org",
            "127.0.0.1.example.org",
            "localhost.example.org:80",
            "0.0.0.0:8787",
            "10.0.0.1",
            "",
        ] {
            assert!(!is_loopback(host), "{host}");
        }
    }
}
