//! The one place that asks the system for the time, for randomness, and to keep memory to itself.

use getrandom::SysRng;
use holdfast_record::Timestamp;
use rand_core::UnwrapErr;
use zeroizing_alloc::ZeroAlloc;

/// Whatever is freed is overwritten first, in every program that opens a vault: passphrases and words
/// pass through libraries that do not erase what they free. It costs a few per cent.
#[global_allocator]
static ERASING: ZeroAlloc<std::alloc::System> = ZeroAlloc(std::alloc::System);

/// The operating system's randomness. Without it nothing can be sealed, so its failure ends the program.
pub(crate) fn rng() -> UnwrapErr<SysRng> {
    UnwrapErr(SysRng)
}

/// What the device's clock says: shown to people, never trusted for order. It may be wrong by decades.
#[expect(
    clippy::disallowed_methods,
    reason = "this is the one place that reads the clock"
)]
pub(crate) fn now() -> Timestamp {
    Timestamp(chrono::Utc::now().timestamp_millis())
}

/// Keeps what is in memory out of crash dumps, for this process and those it starts (I-16). Called
/// first thing by every program that opens a vault.
pub fn keep_memory_private() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, setrlimit};
        let none = Rlimit {
            current: Some(0),
            maximum: Some(0),
        };
        // It can only fail for a resource the system does not know; then there are no dumps either.
        let _ = setrlimit(Resource::Core, none);
        // A crash handler that is a program gets a dump whatever the limit, unless this says no;
        // it also keeps other programs of the same user from reading our memory.
        #[cfg(any(target_os = "linux", target_os = "android"))]
        let _ =
            rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable);
    }
}
