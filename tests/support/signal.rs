//! What one process tells another.

use std::process::Command;

/// Sends a process a signal: `TERM`, `STOP`.
///
/// # Panics
/// When there is no such process.
pub fn signal(process: u32, signal: &str) {
    let process = process.to_string();
    let sent = Command::new("kill").args(["-s", signal, &process]).status();
    assert!(
        sent.is_ok_and(|status| status.success()),
        "SIG{signal} can be sent"
    );
}
