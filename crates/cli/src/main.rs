//! `holdfast`: everything the window can do, for scripts, desks and tests.
//!
//! Each command is one call of `holdfast-app`; what it answers is printed for people or, with
//! `--json`, as the same data the window gets. Exit codes are in `docs/cli.md` and do not change.

mod args;
mod evidence;
mod failure;
mod passphrase;
mod print;
mod report;
mod run;
mod safety;
mod values;

use std::process::ExitCode;

use clap::Parser as _;

fn main() -> ExitCode {
    holdfast_app::system::keep_memory_private();
    let args = args::Args::parse();
    let printer = print::Printer::new(args.json, args.language.as_deref());
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => return printer.failure(&failure::Failure::from(error)),
    };
    match runtime.block_on(holdfast_app::system::washed(run::run(args, &printer))) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => printer.failure(&failure),
    }
}
