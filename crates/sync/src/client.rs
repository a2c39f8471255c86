//! The HTTP client: which roads a request may take, and what every answer is checked for.
//!
//! Keeps I-21: with a proxy set, every connection goes through it and it looks up the names; no
//! setting of the environment adds or removes one. Nothing is sent along that tells devices
//! apart: no user agent, no cookies, no referer, and the trusted roots are the same everywhere.
//! There is no limit on how long a transfer takes, only on how long nothing moves.

use std::num::NonZeroU64;
use std::sync::Arc;
use std::time::Duration;

use holdfast_wire::http::{BEARER, INFO_PATH, MAX_MESSAGE, MAX_PROBLEM, header, parse_integer};
use holdfast_wire::{Info, Problem, SendCapability, ServerKey};
use reqwest::header::{HeaderMap, HeaderValue};
use reqwest::{Method, Proxy, RequestBuilder, Response, StatusCode, redirect};
use tokio::sync::{Mutex, MutexGuard};
use tokio::time::timeout;
use url::Url;

use crate::{Endpoint, SyncError};

/// Time for a connection to stand, TLS included. Building a circuit takes Tor longer.
const CONNECT: Duration = Duration::from_secs(20);
const CONNECT_PROXIED: Duration = Duration::from_secs(75);
/// Time for an answer to begin, connecting included.
const ANSWER: Duration = Duration::from_secs(120);
/// Time in which nothing moves before a transfer is given up. At 30 kbit/s a part of the least
/// size, all of it already in the buffers of the system, takes 35 s.
pub(crate) const STALL: Duration = Duration::from_secs(90);
/// Idle connections are not kept long: they show that somebody is there, and after a change of
/// network they are dead without our knowing.
const IDLE_CONNECTION: Duration = Duration::from_secs(20);

/// The roads delivery may take.
#[derive(Clone, Default)]
pub struct Routes {
    /// A proxy, `socks5h://host:port`. When set, nothing goes around it (I-21).
    pub proxy: Option<Url>,
}

/// Talks to endpoints. Cheap to clone; clones share their connections.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    proxied: bool,
    upload_rate: Option<NonZeroU64>,
    /// Held during a pass: two at a time would send the same object twice, and each would end the
    /// other's uploads.
    turn: Arc<Mutex<()>>,
}

impl Client {
    /// Makes a client that uses these routes and no others.
    ///
    /// # Errors
    /// [`SyncError::ProxyNotSafe`] when the proxy is not `socks5h`; [`SyncError::Setup`].
    pub fn new(routes: Routes) -> Result<Self, SyncError> {
        let proxied = routes.proxy.is_some();
        let mut builder = reqwest::Client::builder()
            // Before any proxy of ours: those of the environment are not asked.
            .no_proxy()
            .tls_backend_preconfigured(tls()?)
            .http1_only()
            .redirect(redirect::Policy::none())
            .referer(false)
            .pool_idle_timeout(IDLE_CONNECTION)
            .tcp_keepalive(Duration::from_secs(30))
            .connect_timeout(if proxied { CONNECT_PROXIED } else { CONNECT });
        #[cfg(any(target_os = "android", target_os = "linux"))]
        {
            builder = builder.tcp_user_timeout(STALL);
        }
        if let Some(proxy) = routes.proxy {
            if proxy.scheme() != "socks5h" || proxy.host().is_none() {
                return Err(SyncError::ProxyNotSafe);
            }
            builder = builder.proxy(Proxy::all(proxy).map_err(|_| SyncError::ProxyNotSafe)?);
        }
        let http = builder
            .build()
            .map_err(|error| SyncError::Setup(error.into()))?;
        Ok(Self {
            http,
            proxied,
            upload_rate: None,
            turn: Arc::default(),
        })
    }

    /// Sends at most this many bytes of objects a second.
    #[must_use]
    pub fn with_upload_rate(self, bytes_per_second: Option<NonZeroU64>) -> Self {
        Self {
            upload_rate: bytes_per_second,
            ..self
        }
    }

    /// Waits until no other pass is under way with this client or a clone of it.
    pub(crate) async fn turn(&self) -> MutexGuard<'_, ()> {
        self.turn.lock().await
    }

    /// Whether a pass is under way with this client or a clone of it.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        self.turn.try_lock().is_err()
    }

    /// Asks an endpoint who it is. The key it gives is only as good as the road it came by: a desk
    /// asks its own endpoint, everybody else has the key from an invite.
    ///
    /// # Errors
    /// [`SyncError::AddressNotSafe`], or those of the connection.
    pub async fn info(&self, address: &str) -> Result<Info, SyncError> {
        let endpoint = Endpoint::new(address, ServerKey([0; 32]))?;
        let answer = exchange(self.request(Method::GET, &endpoint, INFO_PATH)?).await?;
        let status = answer.status();
        if !status.is_success() {
            return Err(refusal(answer).await);
        }
        Info::from_bytes(&body(answer, MAX_MESSAGE).await?).map_err(|_| not_understood(status))
    }

    pub(crate) fn upload_rate(&self) -> Option<NonZeroU64> {
        self.upload_rate
    }

    /// Begins a request.
    pub(crate) fn request(
        &self,
        method: Method,
        endpoint: &Endpoint,
        path: &str,
    ) -> Result<RequestBuilder, SyncError> {
        if endpoint.is_onion() && !self.proxied {
            return Err(SyncError::ProxyNeeded);
        }
        Ok(self.http.request(method, endpoint.at(path)))
    }
}

/// TLS by rustls and ring, with Mozilla's roots compiled in.
fn tls() -> Result<rustls::ClientConfig, SyncError> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let roots = rustls::RootCertStore {
        roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
    };
    let config = rustls::ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| SyncError::Setup(error.into()))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(config)
}

/// The header that a capability's text travels in.
pub(crate) fn bearer(text: &str) -> Result<HeaderValue, SyncError> {
    let mut value = HeaderValue::try_from(format!("{BEARER}{text}"))
        .map_err(|error| SyncError::Setup(error.into()))?;
    value.set_sensitive(true);
    Ok(value)
}

/// The header that lets us send.
pub(crate) fn send_bearer(send: &SendCapability) -> Result<HeaderValue, SyncError> {
    bearer(&send.expose_text())
}

/// Sends a request without a long body, and gives the answer whatever its status.
pub(crate) async fn exchange(request: RequestBuilder) -> Result<Response, SyncError> {
    match timeout(ANSWER, request.send()).await {
        Ok(answer) => answer.map_err(SyncError::from_http),
        Err(_) => Err(SyncError::Stalled),
    }
}

/// Reads a body of at most `most` bytes.
pub(crate) async fn body(mut response: Response, most: usize) -> Result<Vec<u8>, SyncError> {
    let status = response.status().as_u16();
    let mut bytes = Vec::new();
    while let Some(chunk) = next_chunk(&mut response).await? {
        if bytes.len() + chunk.len() > most {
            return Err(SyncError::NotUnderstood { status });
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

/// The next bytes of a body.
pub(crate) async fn next_chunk(response: &mut Response) -> Result<Option<bytes::Bytes>, SyncError> {
    match timeout(STALL, response.chunk()).await {
        Ok(chunk) => chunk.map_err(SyncError::from_http),
        Err(_) => Err(SyncError::Stalled),
    }
}

/// Reads what an answer that is not the hoped-for one says.
pub(crate) async fn refusal(response: Response) -> SyncError {
    let status = response.status().as_u16();
    match body(response, MAX_PROBLEM).await {
        Ok(bytes) => Problem::from_json(status, &bytes)
            .map_or(SyncError::NotUnderstood { status }, SyncError::Refused),
        Err(error) => error,
    }
}

/// An answer outside the protocol.
pub(crate) fn not_understood(status: StatusCode) -> SyncError {
    SyncError::NotUnderstood {
        status: status.as_u16(),
    }
}

/// A header that holds a whole number.
pub(crate) fn number(headers: &HeaderMap, name: &str) -> Option<u64> {
    headers.get(name)?.to_str().ok().and_then(parse_integer)
}

/// How much of an upload the endpoint has.
pub(crate) fn upload_offset(headers: &HeaderMap) -> Option<u64> {
    number(headers, header::UPLOAD_OFFSET)
}
