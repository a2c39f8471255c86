//! The desktop program. Everything is in the library, which phones share.

// Without this a console opens behind the window on Windows.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

fn main() -> std::process::ExitCode {
    holdfast_shell::run()
}
