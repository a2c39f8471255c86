//! Who may stand on whom: fails on any arrow between our packages that the layout does not draw.
//!
//! ```text
//! cbor, sign ← record, seal, wire     record, seal ← vault     cbor, wire ← sync, endpoint
//! seal, wire ← recovery               vault, sync, recovery, export ← app ← cli, src-tauri
//! ```
//!
//! `app` may also name what `vault`, `recovery` and `sync` stand on (`cbor`, `sign`, `record`, `seal`, `wire`): these do
//! no I/O, and their types are what the use cases are made of. A package that is not in the table fails too, so that a new one gets its place here.

use std::collections::{BTreeMap, BTreeSet};

use cargo_metadata::{DependencyKind, Metadata};
use holdfast_tests::workspace;

/// Each of our packages and what it may depend on, lowest first: an arrow points up this list only.
const LAYERS: &[(&str, &[&str])] = &[
    ("holdfast-cbor", &[]),
    ("holdfast-sign", &["holdfast-cbor"]),
    ("holdfast-record", &["holdfast-cbor", "holdfast-sign"]),
    ("holdfast-seal", &["holdfast-cbor", "holdfast-sign"]),
    ("holdfast-wire", &["holdfast-cbor", "holdfast-sign"]),
    (
        "holdfast-vault",
        &["holdfast-sign", "holdfast-record", "holdfast-seal"],
    ),
    ("holdfast-export", &["holdfast-record"]),
    (
        "holdfast-recovery",
        &[
            "holdfast-cbor",
            "holdfast-sign",
            "holdfast-seal",
            "holdfast-wire",
        ],
    ),
    ("holdfast-sync", &["holdfast-cbor", "holdfast-wire"]),
    (
        "holdfast-endpoint",
        &["holdfast-cbor", "holdfast-sign", "holdfast-wire"],
    ),
    (
        "holdfast-app",
        &[
            "holdfast-cbor",
            "holdfast-sign",
            "holdfast-record",
            "holdfast-seal",
            "holdfast-wire",
            "holdfast-recovery",
            "holdfast-vault",
            "holdfast-export",
            "holdfast-sync",
        ],
    ),
    ("holdfast-cli", &["holdfast-app"]),
    ("holdfast-shell", &["holdfast-app"]),
];

/// Only for tests: they may see everything, and nothing may be built on them.
const TESTS_ONLY: &[&str] = &["holdfast-fuzz", "holdfast-testkit", "holdfast-tests"];

/// What a package must not be able to link, however far down: it cannot leak what it cannot open.
const OUT_OF_REACH: &[(&str, &[&str])] = &[
    (
        "holdfast-endpoint",
        &[
            "age",
            "age-core",
            "rusqlite",
            "holdfast-record",
            "holdfast-seal",
            "holdfast-vault",
        ],
    ),
    (
        "holdfast-sync",
        &[
            "age",
            "age-core",
            "rusqlite",
            "holdfast-record",
            "holdfast-seal",
            "holdfast-vault",
        ],
    ),
    ("holdfast-record", &["age", "rusqlite", "tokio", "reqwest"]),
    ("holdfast-seal", &["rusqlite", "tokio", "reqwest"]),
    ("holdfast-recovery", &["rusqlite", "tokio", "reqwest"]),
];

/// Packages by name and what each links when it is built for use: not what its tests use.
type Graph = BTreeMap<String, BTreeSet<String>>;

#[test]
fn arrows_point_down() {
    let wrong = wrong_arrows(&graph(&workspace()));
    assert!(
        wrong.is_empty(),
        "the layout does not draw these arrows:\n  {}",
        wrong.join("\n  ")
    );
}

#[test]
fn the_blind_cannot_link_what_opens() {
    let wrong = wrong_reach(&graph(&workspace()));
    assert!(
        wrong.is_empty(),
        "too much within reach:\n  {}",
        wrong.join("\n  ")
    );
}

#[test]
fn the_table_points_down_itself() {
    for (at, (package, below)) in LAYERS.iter().enumerate() {
        for name in *below {
            assert!(
                LAYERS[..at].iter().any(|(lower, _)| lower == name),
                "{package} → {name} is not down"
            );
        }
    }
}

#[test]
fn a_forbidden_arrow_is_found() {
    let good = made_up(&[
        ("holdfast-wire", &["sha2"]),
        ("holdfast-endpoint", &["holdfast-wire", "axum"]),
    ]);
    assert_eq!(wrong_arrows(&good), [""; 0]);

    let upward = made_up(&[
        ("holdfast-wire", &["holdfast-sync"]),
        ("holdfast-sync", &[]),
    ]);
    assert_eq!(wrong_arrows(&upward), ["holdfast-wire → holdfast-sync"]);

    let past_the_app = made_up(&[("holdfast-cli", &["holdfast-vault"])]);
    assert_eq!(
        wrong_arrows(&past_the_app),
        ["holdfast-cli → holdfast-vault"]
    );

    let on_tests = made_up(&[
        ("holdfast-app", &["holdfast-testkit"]),
        ("holdfast-testkit", &["holdfast-vault"]),
    ]);
    assert_eq!(wrong_arrows(&on_tests), ["holdfast-app → holdfast-testkit"]);

    let unknown = made_up(&[("holdfast-cloud", &[])]);
    assert_eq!(
        wrong_arrows(&unknown),
        ["holdfast-cloud has no place in the layout"]
    );
}

#[test]
fn a_long_reach_is_found() {
    let near = made_up(&[
        ("holdfast-endpoint", &["axum"]),
        ("axum", &["http"]),
        ("holdfast-vault", &["age"]),
    ]);
    assert_eq!(wrong_reach(&near), [""; 0]);

    let far = made_up(&[
        ("holdfast-endpoint", &["axum"]),
        ("axum", &["helper"]),
        ("helper", &["age"]),
    ]);
    assert_eq!(wrong_reach(&far), ["holdfast-endpoint reaches age"]);
}

fn wrong_arrows(graph: &Graph) -> Vec<String> {
    let mut wrong = Vec::new();
    for (package, below) in graph.iter().filter(|(name, _)| is_ours(name)) {
        if TESTS_ONLY.contains(&package.as_str()) {
            continue;
        }
        let Some((_, allowed)) = LAYERS.iter().find(|(name, _)| name == package) else {
            wrong.push(format!("{package} has no place in the layout"));
            continue;
        };
        let ours = below.iter().filter(|name| is_ours(name));
        let forbidden = ours.filter(|name| !allowed.contains(&name.as_str()));
        wrong.extend(forbidden.map(|name| format!("{package} → {name}")));
    }
    wrong
}

fn wrong_reach(graph: &Graph) -> Vec<String> {
    let mut wrong = Vec::new();
    for (package, hidden) in OUT_OF_REACH {
        let reached = reach(graph, package);
        let found = hidden.iter().filter(|name| reached.contains(**name));
        wrong.extend(found.map(|name| format!("{package} reaches {name}")));
    }
    wrong
}

/// Everything that `package` links, however far down.
fn reach<'a>(graph: &'a Graph, package: &'a str) -> BTreeSet<&'a str> {
    let mut reached = BTreeSet::new();
    let mut next = vec![package];
    while let Some(name) = next.pop() {
        let below = graph.get(name).into_iter().flatten().map(String::as_str);
        next.extend(below.filter(|name| reached.insert(*name)));
    }
    reached
}

fn is_ours(name: &str) -> bool {
    name.starts_with("holdfast-")
}

fn graph(metadata: &Metadata) -> Graph {
    let resolve = metadata
        .resolve
        .as_ref()
        .expect("cargo resolves the workspace");
    let name = |id| metadata[id].name.to_string();
    let linked =
        |kind: &DependencyKind| matches!(kind, DependencyKind::Normal | DependencyKind::Build);
    let mut graph = Graph::new();
    for node in &resolve.nodes {
        let below = node
            .deps
            .iter()
            .filter(|dep| dep.dep_kinds.iter().any(|kind| linked(&kind.kind)));
        // Two versions of one package count as one.
        graph
            .entry(name(&node.id))
            .or_default()
            .extend(below.map(|dep| name(&dep.pkg)));
    }
    graph
}

fn made_up(packages: &[(&str, &[&str])]) -> Graph {
    let owned = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect();
    packages
        .iter()
        .map(|(name, below)| ((*name).to_owned(), owned(below)))
        .collect()
}
