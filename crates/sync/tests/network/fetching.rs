//! What comes in: registered, listed, resumed, verified.

use std::fs;
use std::path::{Path, PathBuf};

use holdfast_sync::{LocalFault, SyncError};

use crate::harness::{MemoryOutbox, Stage, bytes, drain, sync};
use crate::proxy::{Fate, Proxy};

#[tokio::test(flavor = "multi_thread")]
async fn everything_new_comes_once_the_small_first() {
    let stage = Stage::set().await;
    let outbox = stage.outbox();
    let large = outbox.put(bytes(500_000, 1));
    let small = outbox.put(bytes(500, 2));
    drain(&stage.client, &outbox).await;

    let inbox = stage.inbox();
    let none = MemoryOutbox::default();
    let outcome = sync(&stage.client, &none, &inbox).await;
    assert!(outcome.fault.is_none(), "{:?}", outcome.fault);
    assert_eq!(outcome.fetched, 2);
    assert_eq!(*inbox.asked.lock().unwrap(), [small, large]);
    assert_eq!(*inbox.after.lock().unwrap(), 2);
    assert_eq!(inbox.whole(&large), Some(bytes(500_000, 1)));

    let outcome = sync(&stage.client, &none, &inbox).await;
    assert_eq!(outcome.fetched, 0);
    let third = outbox.put(bytes(900, 3));
    drain(&stage.client, &outbox).await;
    let outcome = sync(&stage.client, &none, &inbox).await;
    assert_eq!(outcome.fetched, 1);
    assert!(inbox.whole(&third).is_some());
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_gets_ahead_by_being_smaller() {
    let stage = Stage::set().await;
    let outbox = stage.outbox();
    let mut left = Vec::new();
    for (number, size) in [(1, 400_000), (2, 200_000), (3, 3_700), (4, 300_000)] {
        left.push(outbox.put(bytes(size, number)));
        drain(&stage.client, &outbox).await;
    }
    let inbox = stage.inbox();
    let outcome = sync(&stage.client, &MemoryOutbox::default(), &inbox).await;
    assert!(outcome.fault.is_none(), "{:?}", outcome.fault);
    let in_order = [1, 2, 3, 0].map(|at| left[at]);
    assert_eq!(*inbox.asked.lock().unwrap(), in_order);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_download_goes_on_where_it_was() {
    let stage = Stage::set().await;
    let outbox = stage.outbox();
    let size = 3_000_000;
    let object = outbox.put(bytes(size, 4));
    drain(&stage.client, &outbox).await;

    let proxy = Proxy::before(stage.server.address).await;
    proxy.next([100_000, 1, 700_000, 250_000].map(Fate::CutDown));
    let inbox = stage.inbox_by(&proxy.url());
    for _ in 0..10 {
        sync(&stage.client, &MemoryOutbox::default(), &inbox).await;
    }
    assert_eq!(inbox.whole(&object), Some(bytes(size, 4)));
    assert!(proxy.connections() >= 4);
    let received = proxy.received();
    assert!(received as f64 <= 1.05 * size as f64, "{received}");
}

fn files(dir: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_object_is_not_taken_in_and_not_passed_over() {
    let stage = Stage::set().await;
    let outbox = stage.outbox();
    let first = outbox.put(bytes(1_000, 5));
    let damaged = outbox.put(bytes(2_000, 6));
    let last = outbox.put(bytes(3_000, 7));
    drain(&stage.client, &outbox).await;
    let held = files(&stage.server.dir.join("store"));
    let path = held
        .iter()
        .find(|path| fs::read(path).unwrap() == bytes(2_000, 6))
        .unwrap();
    let mut altered = bytes(2_000, 6);
    altered[1_000] ^= 1;
    fs::write(path, altered).unwrap();

    let inbox = stage.inbox();
    let outcome = sync(&stage.client, &MemoryOutbox::default(), &inbox).await;
    assert!(matches!(
        outcome.fault,
        Some(SyncError::Local(LocalFault::Damaged))
    ));
    assert_eq!(outcome.fetched, 2);
    assert!(inbox.whole(&first).is_some() && inbox.whole(&last).is_some());
    assert_eq!(*inbox.after.lock().unwrap(), 1);

    // Mended from the backup, it comes, and nothing comes twice.
    fs::write(path, bytes(2_000, 6)).unwrap();
    let outcome = sync(&stage.client, &MemoryOutbox::default(), &inbox).await;
    assert_eq!(outcome.fetched, 1);
    assert!(inbox.whole(&damaged).is_some());
    assert_eq!(*inbox.after.lock().unwrap(), 3);
}
