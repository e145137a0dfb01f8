//! Every manifest uses the lints and the versions of the workspace.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};
use toml::{Table, Value};

/// One parsed manifest of a member of the workspace.
#[derive(Debug)]
pub(crate) struct Manifest {
    /// The path from the root.
    pub(crate) path: String,
    /// The name of the package.
    pub(crate) package: String,
    table: Table,
}

/// The manifests of all members.
pub(crate) fn read_all(root: &Path) -> Result<Vec<Manifest>> {
    let mut folders = vec!["xtask".to_owned()];
    let crates = root.join("crates");
    for entry in fs::read_dir(&crates).with_context(|| format!("read {}", crates.display()))? {
        let name = entry.context("read an entry of crates/")?.file_name();
        folders.push(format!("crates/{}", name.to_string_lossy()));
    }
    folders.sort();
    folders.iter().map(|folder| read(root, folder)).collect()
}

fn read(root: &Path, folder: &str) -> Result<Manifest> {
    let path = format!("{folder}/Cargo.toml");
    let text = fs::read_to_string(root.join(&path)).with_context(|| format!("read {path}"))?;
    let table: Table = text.parse().with_context(|| format!("parse {path}"))?;
    let package = table.get("package").and_then(|package| package.get("name"));
    let package = package
        .and_then(Value::as_str)
        .context("a manifest names its package")?;
    Ok(Manifest {
        package: package.to_owned(),
        path,
        table,
    })
}

impl Manifest {
    /// The names in one dependency table.
    pub(crate) fn dependencies(&self, table: &str) -> Vec<&str> {
        let names = self.table.get(table).and_then(Value::as_table);
        names
            .map(|names| names.keys().map(String::as_str).collect())
            .unwrap_or_default()
    }

    fn complaints(&self) -> Vec<String> {
        let mut complaints = Vec::new();
        let inherits = |value: Option<&Value>| {
            value
                .and_then(|value| value.get("workspace"))
                .and_then(Value::as_bool)
                == Some(true)
        };
        if !inherits(self.table.get("lints")) {
            complaints.push(format!("{}: add `[lints] workspace = true`", self.path));
        }
        for table in ["dependencies", "dev-dependencies", "build-dependencies"] {
            let entries = self.table.get(table).and_then(Value::as_table);
            for (name, value) in entries.into_iter().flatten() {
                if !inherits(Some(value)) {
                    let path = &self.path;
                    complaints.push(format!("{path}: take {name} from [workspace.dependencies]"));
                }
            }
        }
        if self.table.contains_key("target") {
            complaints.push(format!("{}: no dependencies per target", self.path));
        }
        complaints
    }
}

/// One sentence for every manifest that goes its own way.
pub(crate) fn complaints(root: &Path) -> Result<Vec<String>> {
    let manifests = read_all(root)?;
    Ok(manifests.iter().flat_map(Manifest::complaints).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manifest(text: &str) -> Manifest {
        let table = text.parse().expect("the text is TOML");
        Manifest {
            path: "x/Cargo.toml".to_owned(),
            package: "x".to_owned(),
            table,
        }
    }

    #[test]
    fn own_versions_and_missing_lints_are_named() {
        let own = manifest("[dependencies]\nserde = \"1\"\n");
        assert_eq!(own.complaints().len(), 2, "{:?}", own.complaints());
        let shared = "[lints]\nworkspace = true\n[dependencies]\nserde = { workspace = true }\n";
        assert_eq!(manifest(shared).complaints(), Vec::<String>::new());
    }
}
