//! Dependency arrows between our crates, and fences around libraries.

use std::env;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, ensure};

use super::manifests::{self, Manifest};

/// Which of our crates a crate may depend on.
const ARROWS: &[(&str, &[&str])] = &[
    ("dogwatch-model", &[]),
    ("dogwatch-engine", &["dogwatch-model"]),
    ("dogwatch-adapters", &["dogwatch-model"]),
    ("dogwatch-agent", &["dogwatch-model", "dogwatch-engine"]),
    ("dogwatch-console", &["dogwatch-model", "dogwatch-agent"]),
    ("dogwatch-sandbox", &["dogwatch-model"]),
    (
        "dogwatch",
        &[
            "dogwatch-model",
            "dogwatch-engine",
            "dogwatch-adapters",
            "dogwatch-agent",
            "dogwatch-console",
            "dogwatch-sandbox",
        ],
    ),
    (
        "dogwatch-testkit",
        &[
            "dogwatch-model",
            "dogwatch-engine",
            "dogwatch-agent",
            "dogwatch-sandbox",
        ],
    ),
    (
        "xtask",
        &["dogwatch-model", "dogwatch-engine", "dogwatch-adapters"],
    ),
];

/// What tests of any crate may use beyond its arrows.
const FOR_TESTS: &[&str] = &["dogwatch-testkit", "dogwatch-sandbox"];

/// The only crates that may use a library outside of tests.
const FENCES: &[(&str, &[&str])] = &[
    ("kube", &["dogwatch-adapters"]),
    ("k8s-openapi", &["dogwatch-adapters"]),
    ("kube-lease-manager", &["dogwatch-adapters"]),
    ("sqlx", &["dogwatch-adapters"]),
    ("reqwest", &["dogwatch-adapters"]),
    ("axum", &["dogwatch-console", "dogwatch-sandbox"]),
    ("rmcp", &["dogwatch-console"]),
    ("maud", &["dogwatch-console"]),
    ("rust-embed", &["dogwatch-console"]),
    ("clap", &["dogwatch", "xtask"]),
    ("clap_complete", &["dogwatch"]),
    ("anstream", &["dogwatch"]),
    ("anstyle", &["dogwatch"]),
    ("indicatif", &["dogwatch"]),
    ("anyhow", &["xtask"]),
];

/// Libraries that must not even be reached through others.
const UNREACHABLE: &[(&str, &[&str])] = &[
    (
        "dogwatch-model",
        &["tokio", "reqwest", "kube", "k8s-openapi", "sqlx", "axum"],
    ),
    (
        "dogwatch-engine",
        &["tokio", "reqwest", "kube", "k8s-openapi", "sqlx", "axum"],
    ),
];

/// One sentence for every arrow that points the wrong way.
pub(crate) fn complaints(root: &Path) -> Result<Vec<String>> {
    let manifests = manifests::read_all(root)?;
    let mut complaints: Vec<String> = manifests.iter().flat_map(check).collect();
    for (package, libraries) in UNREACHABLE {
        let reached = reached(root, package)?;
        for library in libraries
            .iter()
            .filter(|library| reached.iter().any(|name| name == *library))
        {
            complaints.push(format!(
                "{package} reaches {library}: see `cargo tree -p {package}`"
            ));
        }
    }
    Ok(complaints)
}

fn check(manifest: &Manifest) -> Vec<String> {
    let package = manifest.package.as_str();
    let Some((_, allowed)) = ARROWS.iter().find(|(name, _)| *name == package) else {
        return vec![format!(
            "{}: {package} has no place in the arrows",
            manifest.path
        )];
    };
    let mut complaints = Vec::new();
    for table in ["dependencies", "build-dependencies"] {
        for name in manifest.dependencies(table) {
            let arrow = !is_ours(name) || allowed.contains(&name);
            let fence = FENCES.iter().find(|(library, _)| *library == name);
            let fenced = fence.is_none_or(|(_, inside)| inside.contains(&package));
            if !arrow || !fenced {
                complaints.push(format!("{}: {package} must not use {name}", manifest.path));
            }
        }
    }
    for name in manifest.dependencies("dev-dependencies") {
        if is_ours(name) && !allowed.contains(&name) && !FOR_TESTS.contains(&name) {
            complaints.push(format!(
                "{}: tests of {package} must not use {name}",
                manifest.path
            ));
        }
    }
    complaints
}

fn is_ours(name: &str) -> bool {
    ARROWS.iter().any(|(package, _)| *package == name)
}

fn reached(root: &Path, package: &str) -> Result<Vec<String>> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .current_dir(root)
        .args([
            "tree",
            "--package",
            package,
            "--edges",
            "normal",
            "--prefix",
            "none",
        ])
        .output()
        .context("start cargo tree")?;
    let errors = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "cargo tree failed: {errors}");
    let text = String::from_utf8(output.stdout).context("cargo tree prints UTF-8")?;
    let names = text
        .lines()
        .filter_map(|line| line.split_whitespace().next());
    Ok(names.map(str::to_owned).collect())
}
