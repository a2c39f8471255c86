//! The server: connections in, answers out, until the shutdown signal.
//!
//! Invariant: no client, however slow, large or many, holds more than one connection's worth of memory and time; there is
//! no limit per address, since a whole coalition may come from one (I-24).

use std::convert::Infallible;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use holdfast_wire::{AdmissionToken, Info, MailboxId, Problem, ServerKey};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval, sleep, timeout};

use crate::failure::{Failure, Fault};
use crate::guard::Guarded;
use crate::home::Home;
use crate::mailboxes::{Clock, Mailboxes};
use crate::receive::MOST_UNWRITTEN;
use crate::routes::router;
use crate::settings::{Admission, Settings};
use crate::staging::Staging;
use crate::store::Store;

/// Told what the person who runs the endpoint should know.
pub type Log = Arc<dyn Fn(Fault) + Send + Sync>;

/// The buffer of a connection. It may grow to twice this; what is in it is written before more is read.
const BUFFER: usize = MOST_UNWRITTEN / 2;
const MAX_HEADERS: usize = 64;
const SWEEP_INTERVAL: Duration = Duration::from_hours(24);

/// Everything that answers requests.
pub struct Endpoint<S> {
    pub(crate) mailboxes: Mailboxes<S>,
    pub(crate) staging: Staging,
    admission: AdmissionToken,
    settings: Settings,
    clock: Clock,
    log: Log,
    stop: watch::Sender<bool>,
}

impl<S: Store> Endpoint<S> {
    /// An endpoint that keeps what it receives in `store`: [`Home::store`], or one that is shared by several machines.
    #[must_use]
    pub fn new(home: Home, store: S, settings: Settings, clock: Clock, log: Log) -> Self {
        let Home {
            key,
            admission,
            staging,
            ..
        } = home;
        let mailboxes = Mailboxes::new(store, key, Arc::clone(&clock));
        Self {
            mailboxes,
            staging,
            admission,
            settings,
            clock,
            log,
            stop: watch::Sender::new(false),
        }
    }

    /// The key that signs its receipts.
    #[must_use]
    pub fn server_key(&self) -> ServerKey {
        self.mailboxes.server_key()
    }

    pub(crate) fn settings(&self) -> &Settings {
        &self.settings
    }

    pub(crate) fn info(&self, by_proxy: bool) -> Info {
        let admission = self.needs_admission(by_proxy);
        Info {
            server_key: self.server_key(),
            limits: self.settings.limits,
            admission,
        }
    }

    /// Lets pass who may make mailboxes.
    pub(crate) fn check_admission(
        &self,
        by_proxy: bool,
        token: Option<&AdmissionToken>,
    ) -> Result<(), Problem> {
        if !self.needs_admission(by_proxy) || token == Some(&self.admission) {
            Ok(())
        } else {
            Err(Problem::AdmissionRequired)
        }
    }

    fn needs_admission(&self, by_proxy: bool) -> bool {
        by_proxy || self.settings.admission == Admission::Token
    }

    /// Refuses when the disk has no room for `more` bytes.
    pub(crate) fn check_room(&self, more: u64) -> Result<(), Failure> {
        let needed = self.settings.keep_free.saturating_add(more);
        if self.staging.free()? < needed {
            Err(Problem::StorageFull.into())
        } else {
            Ok(())
        }
    }

    /// How many bytes the mailbox has room for besides what it holds.
    pub(crate) async fn room_in(&self, mailbox: &MailboxId) -> Result<u64, Failure> {
        let held = self.mailboxes.bytes(mailbox).await?;
        Ok(self.settings.limits.mailbox_bytes.saturating_sub(held))
    }

    /// Becomes true when the server stops.
    pub(crate) fn stopping(&self) -> watch::Receiver<bool> {
        self.stop.subscribe()
    }

    pub(crate) fn log(&self, fault: Fault) {
        (self.log)(fault);
    }

    /// Drops idle uploads now and then, for ever.
    async fn sweep(&self) -> Infallible {
        let mut due = interval(SWEEP_INTERVAL);
        due.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            due.tick().await;
            if let Err(error) = self
                .staging
                .sweep((self.clock)(), self.settings.idle_upload)
                .await
            {
                self.log(Fault::Storage(error.kind()));
            }
        }
    }
}

/// Serves `listener` until `shutdown` is ready, then lets requests under way come to an end.
pub async fn serve<S: Store>(
    listener: TcpListener,
    endpoint: Endpoint<S>,
    shutdown: impl Future<Output = ()>,
) {
    let endpoint = Arc::new(endpoint);
    let mut connections = JoinSet::new();
    tokio::select! {
        () = shutdown => {}
        never = accept(&listener, &endpoint, &mut connections) => match never {},
        never = endpoint.sweep() => match never {},
    }
    drop(listener);
    endpoint.stop.send_replace(true);
    let ending = async { while connections.join_next().await.is_some() {} };
    // what is still there after that is cut off; what arrived is on the disk
    let _ = timeout(endpoint.settings.stop_patience, ending).await;
}

async fn accept<S: Store>(
    listener: &TcpListener,
    endpoint: &Arc<Endpoint<S>>,
    connections: &mut JoinSet<()>,
) -> Infallible {
    let service = TowerToHyperService::new(router(Arc::clone(endpoint)));
    let places = Arc::new(Semaphore::new(endpoint.settings.connections));
    loop {
        let place = Arc::clone(&places).acquire_owned().await;
        while connections.try_join_next().is_some() {}
        match listener.accept().await {
            Ok((stream, _)) => {
                let (service, endpoint) = (service.clone(), Arc::clone(endpoint));
                connections.spawn(async move {
                    converse(stream, service, &endpoint).await;
                    drop(place);
                });
            }
            Err(error) => {
                // out of descriptors, most likely: others will be freed
                endpoint.log(Fault::Accept(error.kind()));
                sleep(Duration::from_millis(100)).await;
            }
        }
    }
}

/// One connection, to its end. That a client left or sent nonsense is nobody's business.
async fn converse<S: Store>(
    stream: TcpStream,
    service: TowerToHyperService<axum::Router>,
    endpoint: &Endpoint<S>,
) {
    let _ = stream.set_nodelay(true);
    let settings = &endpoint.settings;
    let io = TokioIo::new(Guarded::new(stream, settings.answer_patience));
    let mut stopping = endpoint.stopping();
    let mut connection = pin!(
        http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(settings.head_patience)
            .max_headers(MAX_HEADERS)
            .max_buf_size(BUFFER)
            .serve_connection(io, service)
    );
    tokio::select! {
        _ = connection.as_mut() => return,
        _ = stopping.wait_for(|stopping| *stopping) => connection.as_mut().graceful_shutdown(),
    }
    let _ = connection.await;
}
