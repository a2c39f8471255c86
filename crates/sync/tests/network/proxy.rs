//! A network that fails on purpose: a TCP proxy that counts, cuts, slows and swallows answers.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, copy, sink};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::AbortHandle;
use tokio::time::timeout;

/// What happens to one connection.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Fate {
    /// Nothing.
    Fine,
    /// It breaks after so many bytes towards the endpoint.
    CutUp(u64),
    /// It breaks after so many bytes from the endpoint.
    CutDown(u64),
    /// After so many bytes towards the endpoint, the next answer is lost with the connection.
    LoseAnswerAfter(u64),
}

#[derive(Default)]
struct State {
    fates: Mutex<VecDeque<Fate>>,
    down: AtomicBool,
    /// Bytes a second towards the endpoint; 0 is no limit.
    rate: AtomicU64,
    connections: AtomicUsize,
    up: AtomicU64,
    received: AtomicU64,
}

pub(crate) struct Proxy {
    pub(crate) address: SocketAddr,
    state: Arc<State>,
    task: AbortHandle,
}

impl Proxy {
    pub(crate) async fn before(target: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let state = Arc::new(State::default());
        let shared = Arc::clone(&state);
        let task = tokio::spawn(async move {
            loop {
                let (client, _) = listener.accept().await.unwrap();
                shared.connections.fetch_add(1, Ordering::SeqCst);
                if shared.down.load(Ordering::SeqCst) {
                    continue;
                }
                let fate = shared.fates.lock().unwrap().pop_front();
                let fate = fate.unwrap_or(Fate::Fine);
                let state = Arc::clone(&shared);
                tokio::spawn(async move {
                    if let Ok(server) = TcpStream::connect(target).await {
                        carry(client, server, fate, &state).await;
                    }
                });
            }
        });
        Self {
            address,
            state,
            task: task.abort_handle(),
        }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The fates of the next connections, in their order.
    pub(crate) fn next(&self, fates: impl IntoIterator<Item = Fate>) {
        self.state.fates.lock().unwrap().extend(fates);
    }

    pub(crate) fn set_rate(&self, bytes_per_second: u64) {
        self.state.rate.store(bytes_per_second, Ordering::SeqCst);
    }

    pub(crate) fn set_down(&self, down: bool) {
        self.state.down.store(down, Ordering::SeqCst);
    }

    pub(crate) fn connections(&self) -> usize {
        self.state.connections.load(Ordering::SeqCst)
    }

    /// Bytes that went towards the endpoint, heads included.
    pub(crate) fn up(&self) -> u64 {
        self.state.up.load(Ordering::SeqCst)
    }

    /// Bytes that came from the endpoint, heads included.
    pub(crate) fn received(&self) -> u64 {
        self.state.received.load(Ordering::SeqCst)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn carry(mut client: TcpStream, mut server: TcpStream, fate: Fate, state: &State) {
    let (from_client, to_client) = client.split();
    let (from_server, to_server) = server.split();
    let mut cut = false;
    let (most_up, most_down) = match fate {
        Fate::Fine | Fate::LoseAnswerAfter(_) => (u64::MAX, u64::MAX),
        Fate::CutUp(after) => (after, u64::MAX),
        Fate::CutDown(after) => (u64::MAX, after),
    };
    let here = AtomicU64::new(0);
    let rate = state.rate.load(Ordering::SeqCst);
    let up = pump(from_client, to_server, most_up, rate, |count| {
        here.fetch_add(count, Ordering::SeqCst);
        state.up.fetch_add(count, Ordering::SeqCst);
        true
    });
    let down = pump(from_server, to_client, most_down, 0, |count| {
        if let Fate::LoseAnswerAfter(after) = fate
            && here.load(Ordering::SeqCst) >= after
        {
            return false;
        }
        state.received.fetch_add(count, Ordering::SeqCst);
        true
    });
    // Either direction over, both are: the sockets close on return.
    tokio::select! {
        () = up => cut = true,
        () = down => {}
    }
    if cut && server.shutdown().await.is_ok() {
        // What reached the endpoint's machine has reached the endpoint before the client can
        // notice: two events that a real line keeps a round trip apart.
        let _ = timeout(Duration::from_secs(5), copy(&mut server, &mut sink())).await;
    }
}

async fn pump(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    most: u64,
    rate: u64,
    count: impl Fn(u64) -> bool,
) {
    let mut buffer = vec![0; 8 * 1024];
    let mut left = most;
    while left > 0 {
        let length = left.min(buffer.len() as u64) as usize;
        let Ok(read @ 1..) = from.read(&mut buffer[..length]).await else {
            return;
        };
        if !count(read as u64) || to.write_all(&buffer[..read]).await.is_err() {
            return;
        }
        left -= read as u64;
        if rate > 0 {
            tokio::time::sleep(Duration::from_secs_f64(read as f64 / rate as f64)).await;
        }
    }
}
