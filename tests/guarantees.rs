//! `docs/guarantees.md` names a test for each of its claims; each must be there.
//!
//! A test is named as `path › name`. It is there when the file is and has `fn name`, or, in a test
//! of the interface, `'name'`. Whether it shows what is claimed is for a reader to judge.

use std::fs;
use std::path::Path;

const DOCUMENT: &str = "docs/guarantees.md";

/// The tests that a text names, as path and name.
fn named(text: &str) -> impl Iterator<Item = (&str, &str)> {
    text.lines()
        .flat_map(|line| line.split('`').skip(1).step_by(2))
        .filter_map(|code| code.split_once(" › "))
}

/// Whether the source of a file has a test of this name.
fn has(path: &str, source: &str, name: &str) -> bool {
    if !path.ends_with(".rs") {
        return source.contains(&format!("'{name}'"));
    }
    let function = format!("fn {name}");
    let follows = |rest: &str| rest.starts_with(['(', '<']);
    source.split(&function).skip(1).any(follows)
}

/// What is wrong with the tests that a text names.
fn missing(root: &Path, text: &str) -> Vec<String> {
    let wrong = |(path, name): (&str, &str)| match fs::read_to_string(root.join(path)) {
        Err(error) => Some(format!("{path}: {error}")),
        Ok(source) if has(path, &source, name) => None,
        Ok(_) => Some(format!("{path}: no test {name}")),
    };
    named(text).filter_map(wrong).collect()
}

fn root() -> &'static Path {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    tests.parent().expect("this package lies in the workspace")
}

#[test]
fn every_test_that_is_named_is_there() {
    let text = fs::read_to_string(root().join(DOCUMENT)).expect(DOCUMENT);
    assert!(named(&text).next().is_some(), "{DOCUMENT} names no test");
    let missing = missing(root(), &text);
    assert!(
        missing.is_empty(),
        "{DOCUMENT} names tests that are not there:\n  {}",
        missing.join("\n  ")
    );
}

#[test]
fn a_test_that_is_not_there_is_found() {
    let own = "tests/guarantees.rs › a_test_that_is_not_there_is_found";
    assert!(missing(root(), &format!("| a | `{own}` |")).is_empty());
    // Neither a longer name, nor another file, nor one beside a test that is there.
    for wrong in [
        "tests/guarantees.rs › a_test_that_is_not",
        "tests/nowhere.rs › a_test",
        "tests › a_test",
    ] {
        let text = format!("| a | `{own}`, `{wrong}` |");
        assert_eq!(missing(root(), &text).len(), 1, "{wrong}");
    }
}
