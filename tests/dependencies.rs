//! What we build on, held against `deny.toml`: licences, banned crates, sources.
//!
//! `make deny` asks cargo-deny the same and more (advisories); this runs on every machine, offline.

use std::fs;
use std::path::Path;

use cargo_metadata::{Metadata, Package};
use holdfast_tests::workspace;
use spdx::{Expression, LicenseReq, ParseMode};
use toml::Table;

#[test]
fn licences_are_allowed() {
    let (metadata, rules) = (workspace(), rules());
    let everywhere = names(&rules["licenses"]["allow"]);
    let exceptions = rules["licenses"]["exceptions"].as_array().expect("a list");
    let mut wrong = Vec::new();
    for package in used(&metadata) {
        let mut allowed = everywhere.clone();
        for exception in exceptions
            .iter()
            .filter(|it| it["crate"].as_str() == Some(&package.name))
        {
            allowed.extend(names(&exception["allow"]));
        }
        let licence = package.license.as_deref().unwrap_or("none");
        if !is_allowed(licence, &allowed) {
            wrong.push(format!("{}: {licence}", package.name));
        }
    }
    assert!(
        wrong.is_empty(),
        "licences deny.toml does not allow:\n  {}",
        wrong.join("\n  ")
    );
}

#[test]
fn banned_crates_stay_out() {
    let (metadata, rules) = (workspace(), rules());
    for ban in rules["bans"]["deny"].as_array().expect("a list") {
        let (name, reason) = (ban["name"].as_str(), ban["reason"].as_str());
        let found = used(&metadata).any(|package| Some(package.name.as_str()) == name);
        assert!(!found, "{name:?} came in: {reason:?}");
    }
}

#[test]
fn everything_comes_from_the_registry_or_from_here() {
    for package in &workspace().packages {
        let registry = package
            .source
            .as_ref()
            .is_none_or(|source| source.repr.starts_with("registry+"));
        assert!(registry, "{} comes from {:?}", package.name, package.source);
    }
}

#[test]
fn a_licence_is_read_as_an_expression() {
    let allowed = ["MIT", "Apache-2.0", "Unicode-3.0"].map(str::to_owned);
    for good in [
        "MIT",
        "MIT/GPL-3.0",
        "GPL-2.0-only OR Apache-2.0",
        "(MIT OR ISC) AND Unicode-3.0",
    ] {
        assert!(is_allowed(good, &allowed), "{good}");
    }
    for bad in [
        "GPL-3.0-only",
        "MIT AND GPL-3.0-only",
        "none",
        "Apache-2.0 WITH LLVM-exception",
    ] {
        assert!(!is_allowed(bad, &allowed), "{bad}");
    }
}

fn is_allowed(licence: &str, allowed: &[String]) -> bool {
    let Ok(expression) = Expression::parse_mode(licence, ParseMode::LAX) else {
        return false;
    };
    expression.evaluate(|required: &LicenseReq| allowed.contains(&required.to_string()))
}

/// The packages that a build for this machine uses.
fn used(metadata: &Metadata) -> impl Iterator<Item = &Package> {
    let nodes = &metadata
        .resolve
        .as_ref()
        .expect("cargo resolves the workspace")
        .nodes;
    nodes.iter().map(|node| &metadata[&node.id])
}

fn names(list: &toml::Value) -> Vec<String> {
    let list = list.as_array().expect("a list").iter();
    list.map(|name| name.as_str().expect("of strings").to_owned())
        .collect()
}

fn rules() -> Table {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).with_file_name("deny.toml");
    fs::read_to_string(path)
        .expect("deny.toml is there")
        .parse()
        .expect("it is TOML")
}
