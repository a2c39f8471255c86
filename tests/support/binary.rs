//! Finds the programs that `make build` built.

use std::path::PathBuf;

/// The path of one of our programs, from the same build as the running test.
///
/// # Panics
/// When it is not built.
pub fn binary(name: &str) -> PathBuf {
    let test = std::env::current_exe().expect("a test knows its own path");
    // …/target/debug/deps/journeys-1234 → …/target/debug
    let folder = test
        .ancestors()
        .nth(2)
        .expect("a test lies in its target's deps folder");
    let path = folder.join(name);
    assert!(
        path.is_file(),
        "{name} is not built: run `make build` first ({} is missing)",
        path.display()
    );
    path
}
