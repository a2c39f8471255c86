//! What can be set. Nothing has to be.

use std::time::Duration;

use holdfast_wire::Limits;

/// Who may make mailboxes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admission {
    /// Whoever reaches the endpoint, which is whoever is on this machine: for an endpoint on a loopback address. A request
    /// that shows that it came through a proxy needs the token all the same.
    Loopback,
    /// Whoever has the admission token.
    Token,
}

/// Limits and patience.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The largest object and mailbox.
    pub limits: Limits,
    /// Bytes of the disk that are left free.
    pub keep_free: u64,
    /// Who may make mailboxes.
    pub admission: Admission,
    /// How long the head of a request may take, and how long a connection may be idle.
    pub head_patience: Duration,
    /// In each such time, a body must bring [`Settings::body_least`] bytes.
    pub body_patience: Duration,
    /// See [`Settings::body_patience`].
    pub body_least: u64,
    /// How long a client may take nothing of an answer.
    pub answer_patience: Duration,
    /// How long requests may go on after the shutdown signal. Appends end at once; what arrived stays.
    pub stop_patience: Duration,
    /// The most connections at a time; further ones wait.
    pub connections: usize,
    /// Uploads to which nothing was added for so long are dropped.
    pub idle_upload: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            limits: Limits {
                object_bytes: 16 << 30,
                mailbox_bytes: 1 << 40,
            },
            keep_free: 1 << 30,
            admission: Admission::Loopback,
            head_patience: Duration::from_secs(60),
            // 30 kbit/s bring two hundred times as much
            body_patience: Duration::from_secs(60),
            body_least: 1024,
            answer_patience: Duration::from_secs(120),
            stop_patience: Duration::from_secs(10),
            connections: 1024,
            idle_upload: Duration::from_hours(30 * 24),
        }
    }
}
