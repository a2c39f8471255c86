//! I-20: the queue drains by itself, and what is pressing overtakes.

use std::sync::Arc;
use std::time::Duration;

use holdfast_sync::{Pace, keep_syncing};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use tokio::net::TcpListener;
use tokio::sync::{Notify, oneshot};
use tokio::time::{sleep, timeout};

use crate::harness::{MemoryInbox, MemoryOutbox, Running, Stage, bytes, direct};
use crate::proxy::Proxy;

const PATIENCE: Duration = Duration::from_secs(20);

/// Syncs in the background, as the app does, until the returned sender is used or dropped.
fn keep(outbox: &Arc<MemoryOutbox>, wake: &Arc<Notify>, pace: Pace) -> oneshot::Sender<()> {
    let (stop, stopped) = oneshot::channel::<()>();
    let (outbox, wake, client) = (Arc::clone(outbox), Arc::clone(wake), direct());
    tokio::spawn(async move {
        let inbox = MemoryInbox::default();
        let shutdown = async {
            let _ = stopped.await;
        };
        let mut rng = ChaCha8Rng::seed_from_u64(3);
        keep_syncing(&client, &*outbox, &inbox, &pace, &wake, shutdown, &mut rng).await;
    });
    stop
}

fn quick() -> Pace {
    Pace {
        first: Duration::from_millis(50),
        most: Duration::from_millis(400),
        poll: Duration::from_secs(60),
        linger: Duration::from_millis(10),
    }
}

async fn until(mut done: impl FnMut() -> bool) {
    let waiting = async {
        while !done() {
            sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(PATIENCE, waiting).await.expect("it took too long");
}

#[tokio::test(flavor = "multi_thread")]
async fn it_resumes_by_itself_when_the_endpoint_comes_back() {
    let stage = Stage::set().await;
    let outbox = Arc::new(stage.outbox());
    let address = stage.server.address;
    let dir = stage.dir;
    stage.server.stop().await;

    let object = outbox.put(bytes(200_000, 1));
    let _keeping = keep(&outbox, &Arc::new(Notify::new()), quick());
    until(|| outbox.passes.lock().unwrap().len() >= 3).await;
    assert!(outbox.passes.lock().unwrap().iter().all(|well| !well));
    assert!(outbox.item(&object).receipt.is_none());
    assert!(outbox.item(&object).stuck.is_none(), "only waiting");

    let _server = Running::start(dir.path(), address, Default::default()).await;
    until(|| outbox.item(&object).receipt.is_some()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn something_new_wakes_it() {
    let stage = Stage::set().await;
    let outbox = Arc::new(stage.outbox());
    let wake = Arc::new(Notify::new());
    let stop = keep(&outbox, &wake, quick());
    until(|| !outbox.passes.lock().unwrap().is_empty()).await;
    let object = outbox.put(bytes(1_000, 2));
    sleep(Duration::from_millis(200)).await;
    assert!(outbox.item(&object).receipt.is_none(), "not yet asked");
    wake.notify_one();
    until(|| outbox.item(&object).receipt.is_some()).await;

    stop.send(()).unwrap();
    until(|| Arc::strong_count(&outbox) == 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_pressing_overtakes_what_is_large() {
    let stage = Stage::set().await;
    let proxy = Proxy::before(stage.server.address).await;
    proxy.set_rate(600_000);
    let outbox = Arc::new(stage.outbox_by(&proxy.url()));
    let film = outbox.put(bytes(3_000_000, 3));
    let _keeping = keep(&outbox, &Arc::new(Notify::new()), quick());
    until(|| outbox.item(&film).upload.is_some()).await;
    let text = outbox.put_first(bytes(2_000, 4));
    until(|| outbox.item(&film).receipt.is_some()).await;
    assert_eq!(*outbox.order.lock().unwrap(), [text, film]);
    assert!(proxy.up() as f64 <= 1.05 * 3_002_000.0, "{}", proxy.up());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failing_endpoint_is_not_hammered() {
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let stage = Stage::set().await;
    let proxy = Proxy::before(silent.local_addr().unwrap()).await;
    proxy.set_down(true);
    let outbox = Arc::new(stage.outbox_by(&proxy.url()));
    for seed in 0..5 {
        outbox.put(bytes(100, seed));
    }
    let _keeping = keep(&outbox, &Arc::new(Notify::new()), quick());
    sleep(Duration::from_secs(2)).await;
    // A pass tries one object, a few times; 2 s have room for about ten passes.
    assert!(proxy.connections() < 100, "{}", proxy.connections());
    assert!(outbox.passes.lock().unwrap().len() < 20);
}
