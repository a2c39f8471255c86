//! What cargo says about the workspace.

use std::process::Command;

use cargo_metadata::{Metadata, MetadataCommand};

/// Our packages and all they stand on, as a build for this machine resolves them; needs no network.
///
/// # Panics
/// When cargo cannot say, for instance because `Cargo.lock` is out of date.
pub fn workspace() -> Metadata {
    let version = Command::new("rustc")
        .arg("-vV")
        .output()
        .expect("rustc runs")
        .stdout;
    let version = String::from_utf8(version).expect("rustc prints UTF-8");
    let host = version
        .lines()
        .find_map(|line| line.strip_prefix("host: "))
        .expect("rustc has a host");
    let options = ["--locked", "--filter-platform", host].map(str::to_owned);
    MetadataCommand::new()
        .other_options(options)
        .exec()
        .expect("cargo describes the workspace")
}
