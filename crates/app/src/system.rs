//! The one place that asks the system for the time, for randomness, and to keep memory to itself.

#[cfg(target_os = "linux")]
mod swap;

use std::future::poll_fn;

use getrandom::SysRng;
use holdfast_record::Timestamp;
use rand_core::UnwrapErr;
#[cfg(target_os = "linux")]
pub use swap::swap;
use zeroizing_alloc::ZeroAlloc;

use crate::view::Fault;

/// More of the stack than any command uses; a thread has two megabytes.
const WASHED: usize = 512 * 1024;

/// Whatever is freed is overwritten first, in every program that opens a vault: passphrases and words
/// pass through libraries that do not erase what they free. It costs a few per cent.
#[global_allocator]
static ERASING: ZeroAlloc<std::alloc::System> = ZeroAlloc(std::alloc::System);

/// Whether memory can reach the disk: not known on this system.
#[cfg(not(target_os = "linux"))]
pub fn swap() -> crate::view::SwapView {
    crate::view::SwapView::Unknown
}

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

/// Does some work, then writes over the stack that it used: keys that were moved about leave copies
/// there, which nobody erases.
pub(crate) fn on_washed_stack<T>(work: impl FnOnce() -> T) -> T {
    #[inline(never)]
    fn apart<T>(work: impl FnOnce() -> T) -> T {
        work()
    }
    #[inline(never)]
    fn wash() {
        // Not a constant's address: that would be read from the program and nothing written.
        let mut stack = [0_u8; WASHED];
        std::hint::black_box(&mut stack);
    }
    let done = apart(work);
    wash();
    done
}

/// Does blocking work on a thread that is there for it, and washes the stack afterwards.
///
/// # Errors
/// Those of the work; [`Fault::Internal`] when it panicked.
pub async fn at_work<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Fault> + Send + 'static,
) -> Result<T, Fault> {
    tokio::task::spawn_blocking(|| on_washed_stack(work))
        .await
        .unwrap_or(Err(Fault::Internal))
}

/// The same future, which leaves no copies of keys on the stacks of the threads that take turns at it.
pub async fn washed<F: Future>(future: F) -> F::Output {
    let mut future = Box::pin(future);
    poll_fn(|context| on_washed_stack(|| future.as_mut().poll(context))).await
}

/// Keeps what is in memory out of crash dumps, for this process and those it starts, and away from
/// other programs of the same user (I-16). Called first thing by every program that opens a vault.
///
/// The limit is one byte and not none: nothing is as short as that, and a crash handler that is a
/// program, which Linux hands a dump whatever the limit, gets none at exactly one. So the web view's
/// processes, which inherit the limit and nothing else of this, leave no dump either.
pub fn keep_memory_private() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, setrlimit};
        let one_byte = Rlimit {
            current: Some(LONGEST_DUMP),
            maximum: Some(LONGEST_DUMP),
        };
        // It fails where the system has a lower limit already, or knows none; then there are no
        // dumps either.
        let _ = setrlimit(Resource::Core, one_byte);
        // Other programs of the same user, debuggers among them, are refused from now on. The
        // administrator is not: nothing a program can ask for keeps root out.
        #[cfg(any(target_os = "linux", target_os = "android"))]
        let _ =
            rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable);
    }
}

/// Bytes of a crash dump that the system may keep.
#[cfg(unix)]
const LONGEST_DUMP: u64 = 1;

/// Whether a crash leaves no dump and other programs of this user are refused a look into the memory.
pub fn memory_is_private() -> bool {
    #[cfg(any(target_os = "linux", target_os = "android"))]
    {
        use rustix::process::{DumpableBehavior, Resource, dumpable_behavior, getrlimit};
        let no_dump = getrlimit(Resource::Core)
            .current
            .is_some_and(|limit| limit <= LONGEST_DUMP);
        no_dump && dumpable_behavior() == Ok(DumpableBehavior::NotDumpable)
    }
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    {
        false
    }
}
