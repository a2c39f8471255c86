//! `holdfast-endpoint`: runs the blind receiving server on a directory. See `docs/operations.md`.
//!
//! Exit codes: 0 stopped by a signal; 1 the directory cannot be used; 2 wrong arguments; 3 the server key is damaged or
//! missing; 4 the address cannot be listened on.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::SystemTime;

use clap::Parser;
use getrandom::{SysRng, rand_core::UnwrapErr};
use holdfast_endpoint::{Admission, Endpoint, Fault, Home, OpenError, Settings, serve};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::net::TcpListener;
use tokio::signal::unix::{Signal, SignalKind, signal};

/// Receives sealed reports for a coalition. It can open none of them.
#[derive(Debug, Parser)]
#[command(name = "holdfast-endpoint", version)]
struct Arguments {
    /// Where everything is kept; made if it is not there
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// The address to listen on
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8787")]
    listen: SocketAddr,
    /// Others reach this address, through a proxy or as an onion service: making mailboxes needs the admission token
    #[arg(long)]
    behind_proxy: bool,
    /// The largest object, in MiB
    #[arg(long, value_name = "MIB", default_value_t = 16 << 10)]
    max_object: u32,
    /// The most that one mailbox holds, in MiB
    #[arg(long, value_name = "MIB", default_value_t = 1 << 20)]
    max_mailbox: u32,
    /// How much of the disk is left free, in MiB
    #[arg(long, value_name = "MIB", default_value_t = 1 << 10)]
    keep_free: u32,
}

impl Arguments {
    fn settings(&self) -> Settings {
        let mut settings = Settings::default();
        let bytes = |mib: u32| u64::from(mib) << 20;
        settings.limits.object_bytes = bytes(self.max_object);
        settings.limits.mailbox_bytes = bytes(self.max_mailbox);
        settings.keep_free = bytes(self.keep_free);
        if self.behind_proxy || !self.listen.ip().is_loopback() {
            settings.admission = Admission::Token;
        }
        settings
    }
}

/// More threads than cores, since a write that waits for the disk holds one.
#[tokio::main(worker_threads = 16)]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let home = match Home::open(&arguments.data, now(), &mut UnwrapErr(SysRng)) {
        Ok(home) => home,
        Err(error) => {
            say(&error);
            return ExitCode::from(match error {
                OpenError::KeyDamaged | OpenError::KeyMissing => 3,
                _ => 1,
            });
        }
    };
    match run(&arguments, home).await {
        Ok(()) => {
            say(&"stopped");
            ExitCode::SUCCESS
        }
        Err(error) => {
            say(&format_args!("cannot listen: {}", error.kind()));
            ExitCode::from(4)
        }
    }
}

async fn run(arguments: &Arguments, home: Home) -> io::Result<()> {
    raise_file_limit();
    let (interrupt, terminate) = (
        signal(SignalKind::interrupt())?,
        signal(SignalKind::terminate())?,
    );
    let listener = TcpListener::bind(arguments.listen).await?;
    let address = listener.local_addr()?;
    let settings = arguments.settings();
    let token = match settings.admission {
        Admission::Token => format!(", admission token in {}", home.admission_file().display()),
        Admission::Loopback => String::new(),
    };
    let store = home.store();
    let log = Arc::new(|fault: Fault| say(&fault));
    let endpoint = Endpoint::new(home, store, settings, Arc::new(now), log);
    announce(&format!(
        "holdfast-endpoint on http://{address}, server key {}{token}",
        endpoint.server_key()
    ));
    serve(listener, endpoint, stop(interrupt, terminate)).await;
    Ok(())
}

async fn stop(mut interrupt: Signal, mut terminate: Signal) {
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
}

/// Many systems begin with 1,024 open files, and each upload needs a few.
fn raise_file_limit() {
    let limit = getrlimit(Resource::Nofile);
    // where it is refused, connections beyond the limit wait
    let _ = setrlimit(
        Resource::Nofile,
        Rlimit {
            current: limit.maximum,
            maximum: limit.maximum,
        },
    );
}

#[expect(clippy::disallowed_methods, reason = "the endpoint's one clock")]
fn now() -> SystemTime {
    SystemTime::now()
}

#[expect(
    clippy::print_stdout,
    reason = "the one line that whoever starts it reads"
)]
fn announce(line: &str) {
    println!("{line}");
}

#[expect(clippy::print_stderr, reason = "the log: start, stop and error codes")]
fn say(what: &dyn std::fmt::Display) {
    eprintln!("holdfast-endpoint: {what}");
}
