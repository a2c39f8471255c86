//! One pass, and going on forever (I-20).

use std::time::Duration;

use holdfast_wire::Retry;
use rand_core::CryptoRng;
use tokio::sync::Notify;
use tokio::time::{Instant, sleep};

use crate::deliver::deliver;
use crate::error::Reach;
use crate::fetch::fetch;
use crate::{Client, Inbox, Outbox, SyncError};

/// What a pass did.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct Outcome {
    /// Objects now held at an endpoint, by a verified receipt.
    pub delivered: usize,
    /// Objects now here, verified.
    pub fetched: usize,
    /// Bytes of objects that endpoints took over.
    pub bytes_sent: u64,
    /// Objects that still wait.
    pub waiting: usize,
    /// The first thing that went wrong.
    pub fault: Option<SyncError>,
    /// Whether trying again later can help with any of what went wrong.
    pub(crate) try_again: bool,
    /// Whether the pass ended early, to look into the mailboxes.
    pub(crate) cut_short: bool,
}

impl Outcome {
    pub(crate) fn failed(&mut self, error: SyncError) {
        self.try_again |= error.retry() != Retry::Never;
        self.fault.get_or_insert(error);
    }

    /// Whether the line carried something. Bytes that an endpoint took and then refused are none:
    /// else a path that alters them would be tried again and again without a pause.
    fn progressed(&self) -> bool {
        let broke_under_way = self.bytes_sent > 0
            && self
                .fault
                .as_ref()
                .is_some_and(|fault| fault.reach() == Reach::Endpoint);
        self.delivered > 0 || self.fetched > 0 || broke_under_way
    }
}

/// Delivers what waits and fetches what has come, once.
pub async fn sync_once(client: &Client, outbox: &dyn Outbox, inbox: &dyn Inbox) -> Outcome {
    pass(client, outbox, inbox, None).await
}

/// Fetches what has come, once, and delivers nothing.
pub async fn fetch_once(client: &Client, inbox: &dyn Inbox) -> Outcome {
    let _turn = client.turn().await;
    fetch(client, inbox).await
}

async fn pass(
    client: &Client,
    outbox: &dyn Outbox,
    inbox: &dyn Inbox,
    until: Option<Instant>,
) -> Outcome {
    let _turn = client.turn().await;
    // Together: a film going out must not hold up an answer coming in.
    let (mut outcome, fetched) = tokio::join!(
        deliver(client, outbox, Some(inbox), until),
        fetch(client, inbox)
    );
    outcome.fetched = fetched.fetched;
    outcome.try_again |= fetched.try_again;
    outcome.fault = outcome.fault.or(fetched.fault);
    outcome
}

/// When to try, and when to try again.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// The pause after a first failure; it doubles with each further one.
    pub first: Duration,
    /// The longest such pause.
    pub most: Duration,
    /// How often to look into the mailboxes when nothing is wrong and nothing waits.
    pub poll: Duration,
    /// After a wake-up a pass begins within this time, at random, so that traffic does not begin
    /// in the moment in which something was written.
    pub linger: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            first: Duration::from_secs(2),
            most: Duration::from_secs(10 * 60),
            poll: Duration::from_secs(15 * 60),
            linger: Duration::from_secs(3),
        }
    }
}

impl Pace {
    /// A pause between a half and the whole of what `failures` in a row call for: devices that
    /// lost the same endpoint do not come back to it together.
    fn pause(&self, failures: u32, rng: &mut impl CryptoRng) -> Duration {
        let whole = match failures {
            0 => self.poll,
            failures => {
                let doubled = self.first.saturating_mul(1 << (failures - 1).min(20));
                doubled.min(self.most)
            }
        };
        whole / 2 + random_part(whole / 2, rng)
    }
}

/// Delivers and fetches until `shutdown` is ready. [`Notify::notify_one`] on `wake` says that
/// something new waits, that the vault was unlocked, or that the network is back.
///
/// Tells [`Outbox::passed`] after every pass. What is under way at shutdown is dropped, and
/// resumed another time.
pub async fn keep_syncing(
    client: &Client,
    outbox: &dyn Outbox,
    inbox: &dyn Inbox,
    pace: &Pace,
    wake: &Notify,
    shutdown: impl Future<Output = ()>,
    rng: &mut (impl CryptoRng + Send),
) {
    let forever = async {
        let mut failures: u32 = 0;
        loop {
            let until = Instant::now() + pace.poll;
            let outcome = pass(client, outbox, inbox, Some(until)).await;
            outbox.passed(&outcome);
            if outcome.progressed() || !outcome.try_again {
                failures = 0;
            }
            if outcome.try_again {
                failures = failures.saturating_add(1);
            } else if outcome.cut_short {
                continue;
            }
            tokio::select! {
                () = sleep(pace.pause(failures, rng)) => {}
                () = wake.notified() => {
                    failures = 0;
                    sleep(random_part(pace.linger, rng)).await;
                }
            }
        }
    };
    tokio::select! {
        () = shutdown => {}
        () = forever => {}
    }
}

/// Something between nothing and `whole`.
fn random_part(whole: Duration, rng: &mut impl CryptoRng) -> Duration {
    whole.mul_f64(f64::from(rng.next_u32()) / f64::from(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand_chacha::ChaCha8Rng;
    use rand_chacha::rand_core::SeedableRng;

    #[test]
    fn pauses_grow_to_a_cap_and_differ() {
        let pace = Pace::default();
        let mut rng = ChaCha8Rng::seed_from_u64(7);
        for failures in 1..40 {
            let whole = pace
                .first
                .saturating_mul(1 << (failures - 1).min(20))
                .min(pace.most);
            let pause = pace.pause(failures, &mut rng);
            assert!(
                pause >= whole / 2 && pause <= whole,
                "{failures}: {pause:?}"
            );
        }
        assert_ne!(pace.pause(9, &mut rng), pace.pause(9, &mut rng));
    }
}
