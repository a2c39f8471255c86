//! The one place that asks the system for the time and for randomness.

use getrandom::SysRng;
use holdfast_record::Timestamp;
use rand_core::UnwrapErr;

/// The operating system's randomness. Without it nothing can be sealed, so its failure ends the program.
pub(crate) fn rng() -> UnwrapErr<SysRng> {
    UnwrapErr(SysRng)
}

/// What the device's clock says: shown to people, never trusted for order. It may be wrong by decades.
#[expect(clippy::disallowed_methods, reason = "this is the one place that reads the clock")]
pub(crate) fn now() -> Timestamp {
    Timestamp(chrono::Utc::now().timestamp_millis())
}
