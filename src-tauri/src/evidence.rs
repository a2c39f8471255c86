//! Evidence in the window: `evidence://localhost/{report}/{object}`, straight from the vault.
//!
//! Pieces are unsealed as they are asked for (HTTP ranges, RFC 9110 § 14) and never touch the
//! disk (I-16). `no-store` keeps the web view from keeping them.

use std::io::{Read as _, Seek as _, SeekFrom};

use holdfast_app::{
    App,
    system::at_work,
    view::{EvidenceId, Fault},
};
use tauri::{
    Manager as _, Runtime, UriSchemeContext, UriSchemeResponder,
    http::{Request, Response, StatusCode, header},
};

/// A request without a range gets at most this much; the window asks on from there.
const MOST_AT_ONCE: u64 = 4 * 1024 * 1024;

/// Answers one request, away from the window's thread.
pub(crate) fn answer<R: Runtime>(
    context: UriSchemeContext<'_, R>,
    request: Request<Vec<u8>>,
    responder: UriSchemeResponder,
) {
    let app = context.app_handle().state::<App>().inner().clone();
    tauri::async_runtime::spawn(at_work(move || {
        responder.respond(read(&app, &request).unwrap_or_else(plain));
        Ok(())
    }));
}

fn read(app: &App, request: &Request<Vec<u8>>) -> Result<Response<Vec<u8>>, StatusCode> {
    let id = evidence_id(request.uri().path()).ok_or(StatusCode::BAD_REQUEST)?;
    let (view, mut reader) = app.open_evidence(&id).map_err(|fault| match fault {
        Fault::Locked => StatusCode::FORBIDDEN,
        Fault::EvidenceDamaged => StatusCode::UNPROCESSABLE_ENTITY,
        _ => StatusCode::NOT_FOUND,
    })?;
    let size = reader.size();
    let range = request
        .headers()
        .get(header::RANGE)
        .and_then(|range| range.to_str().ok());
    let (from, to) = match range {
        Some(range) => parse_range(range, size).ok_or(StatusCode::RANGE_NOT_SATISFIABLE)?,
        None => (0, size),
    };
    let to = to.min(from + MOST_AT_ONCE);

    let mut bytes = Vec::new();
    reader
        .seek(SeekFrom::Start(from))
        .and_then(|_| reader.by_ref().take(to - from).read_to_end(&mut bytes))
        .map_err(|_| StatusCode::UNPROCESSABLE_ENTITY)?;

    let whole = from == 0 && to == size;
    let mut response = Response::builder()
        .status(if whole {
            StatusCode::OK
        } else {
            StatusCode::PARTIAL_CONTENT
        })
        .header(header::CONTENT_TYPE, shown_as(&view.media_type))
        .header(
            header::CONTENT_SECURITY_POLICY,
            "sandbox; default-src 'none'",
        )
        .header(header::CACHE_CONTROL, "no-store")
        .header(header::ACCEPT_RANGES, "bytes")
        .header(header::X_CONTENT_TYPE_OPTIONS, "nosniff")
        .header(header::ACCESS_CONTROL_ALLOW_ORIGIN, own_origin(request))
        .header(header::ACCESS_CONTROL_EXPOSE_HEADERS, "Content-Range");
    if !whole {
        let last = to.saturating_sub(1);
        response = response.header(header::CONTENT_RANGE, format!("bytes {from}-{last}/{size}"));
    }
    response
        .body(bytes)
        .map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)
}

/// Evidence comes from strangers: only what is looked at or listened to keeps its type, and
/// nothing that a web view would run.
fn shown_as(media_type: &str) -> &str {
    let looked_at = ["image/", "audio/", "video/"]
        .iter()
        .any(|kind| media_type.starts_with(kind));
    let plain = media_type
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || b"/.+-".contains(&b));
    match media_type {
        "image/svg+xml" => "application/octet-stream",
        "application/pdf" | "text/plain" => media_type,
        _ if looked_at && plain => media_type,
        _ => "application/octet-stream",
    }
}

/// The window's own page may read evidence; no other origin is told that it may.
fn own_origin(request: &Request<Vec<u8>>) -> &'static str {
    let asking = request.headers().get(header::ORIGIN);
    match asking.and_then(|origin| origin.to_str().ok()) {
        Some("http://tauri.localhost") => "http://tauri.localhost",
        Some("https://tauri.localhost") => "https://tauri.localhost",
        _ => "tauri://localhost",
    }
}

/// `/report/object`, or the same with its slash encoded.
fn evidence_id(path: &str) -> Option<EvidenceId> {
    let path = path.trim_start_matches('/').replace("%2F", "/");
    let (report, object) = path.split_once('/')?;
    Some(EvidenceId {
        report: report.to_owned(),
        object: object.to_owned(),
    })
}

/// One range of bytes, as `from..to`. Lists of ranges are not served.
fn parse_range(range: &str, size: u64) -> Option<(u64, u64)> {
    let (first, last) = range.strip_prefix("bytes=")?.split_once('-')?;
    let (from, to) = match (first, last) {
        ("", last) => (size.saturating_sub(last.parse().ok()?), size),
        (first, "") => (first.parse().ok()?, size),
        (first, last) => (
            first.parse().ok()?,
            last.parse::<u64>().ok()?.checked_add(1)?.min(size),
        ),
    };
    (from < to).then_some((from, to))
}

fn plain(status: StatusCode) -> Response<Vec<u8>> {
    let mut response = Response::new(Vec::new());
    *response.status_mut() = status;
    response
}

#[cfg(test)]
mod tests {
    use super::{parse_range, shown_as};

    #[test]
    fn nothing_that_runs_keeps_its_type() {
        for kept in [
            "image/jpeg",
            "video/mp4",
            "audio/ogg",
            "application/pdf",
            "text/plain",
        ] {
            assert_eq!(shown_as(kept), kept);
        }
        for changed in [
            "text/html",
            "image/svg+xml",
            "application/xhtml+xml",
            "image/x\r\na: b",
            "",
        ] {
            assert_eq!(shown_as(changed), "application/octet-stream", "{changed:?}");
        }
    }

    #[test]
    fn ranges_are_read_as_rfc_9110_has_them() {
        assert_eq!(parse_range("bytes=0-499", 10_000), Some((0, 500)));
        assert_eq!(parse_range("bytes=9500-", 10_000), Some((9_500, 10_000)));
        assert_eq!(parse_range("bytes=-500", 10_000), Some((9_500, 10_000)));
        assert_eq!(
            parse_range("bytes=9999-20000", 10_000),
            Some((9_999, 10_000))
        );
        for refused in [
            "bytes=10000-",
            "bytes=5-4",
            "bytes=1-2,4-5",
            "chunks=0-1",
            "bytes=-",
            "bytes=a-b",
        ] {
            assert_eq!(parse_range(refused, 10_000), None, "{refused}");
        }
    }
}
