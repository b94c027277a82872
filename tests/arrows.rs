//! The order of the crates: `sim <- protocols <- check <- lesson <- app <- cutset`, and no arrow the other way.
//!
//! Read from what cargo itself knows, so that no edit of a manifest can get round it.

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand};

/// The crates from left to right. Each may use those to its left.
const ORDER: [&str; 6] = ["sim", "protocols", "check", "lesson", "app", "cutset"];

/// Crates beside the order, with how many of its crates they may use: the tasks drive the others from outside,
/// and the tests in WASM take what the page takes.
const BESIDE: [(&str, usize); 2] = [("xtask", 0), ("wasm-tests", 4)];

/// The crates that decide what a run is, and all that they may use besides each other. No clock, no chance of the
/// system's, no page.
const PURE: [&str; 3] = ["sim", "protocols", "check"];
/// Formats and plain collections: `litemap` is a sorted list used as a map, a fraction of a B-tree's code.
const PURE_MAY_USE: [&str; 2] = ["litemap", "serde"];

/// One arrow of the workspace.
struct Arrow<'a> {
    from: &'a str,
    to: &'a str,
    /// Whether the arrow is only there for tests.
    test: bool,
}

/// What is wrong with an arrow, if anything is.
fn wrong(arrow: &Arrow<'_>) -> Option<String> {
    let Arrow { from, to, test } = arrow;
    let place = |name: &str| ORDER.iter().position(|known| *known == name);
    let beside = |name: &str| BESIDE.iter().find(|(known, _)| *known == name);
    let Some(reach) = place(from).or_else(|| beside(from).map(|(_, reach)| *reach)) else {
        return Some(format!("{from} has no place in the order of the crates"));
    };
    if beside(to).is_some() {
        return Some(format!("{from} must not use {to}: nothing does"));
    }
    match place(to) {
        Some(at) if at >= reach => Some(format!("{from} must not use {to}, which is not to its left")),
        None if PURE.contains(from) && !test && !PURE_MAY_USE.contains(to) => {
            Some(format!("{from} must not use {to}: it may use {} alone", PURE_MAY_USE.join(", ")))
        }
        _ => None,
    }
}

fn metadata() -> Metadata {
    let options = ["--offline".to_owned()];
    MetadataCommand::new().no_deps().other_options(options).exec().expect("cargo can describe the workspace")
}

#[test]
fn every_arrow_between_the_crates_points_to_the_left() {
    let metadata = metadata();
    let packages = metadata.workspace_packages();
    for name in ORDER {
        assert!(packages.iter().any(|package| package.name == name), "{name} is not in the workspace");
    }
    let mut arrows = 0;
    let findings: Vec<_> = packages
        .iter()
        .flat_map(|package| package.dependencies.iter().map(move |to| (package, to)))
        .inspect(|_| arrows += 1)
        .filter_map(|(from, to)| {
            wrong(&Arrow { from: &from.name, to: &to.name, test: to.kind == DependencyKind::Development })
        })
        .collect();
    assert_eq!(findings, [""; 0], "see ARCHITECTURE.md");
    assert!(arrows > ORDER.len(), "only {arrows} dependencies were seen");
}

#[test]
fn a_wrong_arrow_is_caught() {
    let cases = [
        ("sim", "protocols", false),
        ("sim", "protocols", true),
        ("check", "lesson", false),
        ("lesson", "app", false),
        ("app", "cutset", false),
        ("sim", "web-sys", false),
        ("protocols", "leptos", false),
        ("check", "tokio", false),
        ("sim", "rand", false),
        ("xtask", "sim", false),
        ("wasm-tests", "app", false),
        ("cutset", "xtask", true),
        ("newcomer", "sim", false),
    ];
    for (from, to, test) in cases {
        assert!(wrong(&Arrow { from, to, test }).is_some(), "{from} -> {to} was let through");
    }
}

#[test]
fn a_right_arrow_is_let_through() {
    let cases = [
        ("protocols", "sim", false),
        ("cutset", "app", false),
        ("sim", "proptest", true),
        ("check", "serde", false),
        ("app", "leptos", false),
        ("xtask", "cargo_metadata", true),
        ("wasm-tests", "lesson", false),
    ];
    for (from, to, test) in cases {
        assert_eq!(wrong(&Arrow { from, to, test }), None, "{from} -> {to}");
    }
}
