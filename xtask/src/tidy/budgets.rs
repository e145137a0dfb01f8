//! Lengths of files and functions: long ones are listed with their size and may only shrink.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};
use serde::Deserialize;

use super::tree::{TextFile, text_files};

const LIST: &str = "xtask/budgets.toml";
const FILE_QUESTION: usize = 400;
const FILE_LIMIT: usize = 800;
const FUNCTION_LIMIT: usize = 70;

/// The content of `xtask/budgets.toml`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Budgets {
    #[serde(default)]
    files: BTreeMap<String, usize>,
    #[serde(default)]
    functions: BTreeMap<String, usize>,
}

/// One sentence for everything that is too long or shorter than its listed size.
pub(crate) fn complaints(root: &Path) -> Result<Vec<String>> {
    let text = fs::read_to_string(root.join(LIST)).with_context(|| format!("read {LIST}"))?;
    let budgets: Budgets = toml::from_str(&text).with_context(|| format!("parse {LIST}"))?;
    let mut files = BTreeMap::new();
    let mut functions = BTreeMap::new();
    for file in text_files(root, &[".rs"])?
        .iter()
        .filter(|file| !file.is_test())
    {
        files.insert(file.path.clone(), file.production_lines().count());
        functions.extend(function_lengths(file));
    }
    let mut complaints = compare("files", &files, &budgets.files, FILE_QUESTION);
    complaints.extend(compare(
        "functions",
        &functions,
        &budgets.functions,
        FUNCTION_LIMIT,
    ));
    for (path, lines) in files.iter().filter(|(_, lines)| **lines > FILE_LIMIT) {
        complaints.push(format!(
            "{path}: {lines} lines, the limit is {FILE_LIMIT}: split it"
        ));
    }
    Ok(complaints)
}

fn compare(
    table: &str,
    sizes: &BTreeMap<String, usize>,
    listed: &BTreeMap<String, usize>,
    threshold: usize,
) -> Vec<String> {
    let mut complaints = Vec::new();
    for (name, &size) in sizes {
        match listed.get(name) {
            None if size > threshold => complaints.push(format!(
                "{name}: {size} lines, more than {threshold}: split it (or list it in {LIST}, \
                 [{table}], with a reason)"
            )),
            Some(&budget) if size > budget => {
                complaints.push(format!("{name}: {size} lines, grown beyond its {budget}"));
            }
            Some(&budget) if size < budget => complaints.push(format!(
                "{name}: shrunk to {size} lines: lower its {budget} in {LIST}, or remove it below {threshold}"
            )),
            None | Some(_) => {}
        }
    }
    for name in listed.keys().filter(|name| !sizes.contains_key(*name)) {
        complaints.push(format!("{LIST}: {name} is gone, remove it from [{table}]"));
    }
    complaints
}

/// The length of each function. Formatted code closes a function at the indentation that opened it.
fn function_lengths(file: &TextFile) -> BTreeMap<String, usize> {
    let lines: Vec<&str> = file.production_lines().collect();
    let mut lengths = BTreeMap::new();
    for (start, line) in lines.iter().enumerate() {
        let Some(name) = function_name(line) else {
            continue;
        };
        let indent = line.len() - line.trim_start().len();
        let closing = format!("{}}}", " ".repeat(indent));
        let rest = lines.iter().skip(start);
        let Some(length) = rest.clone().position(|line| *line == closing) else {
            continue;
        };
        let declared_only = rest.take(length).any(|line| {
            line.trim_end().ends_with(';') && line.len() - line.trim_start().len() == indent
        });
        if !declared_only {
            let entry = lengths.entry(format!("{}::{name}", file.path)).or_default();
            *entry = (length + 1).max(*entry);
        }
    }
    lengths
}

fn function_name(line: &str) -> Option<&str> {
    let mut words = line.split_whitespace();
    let known = [
        "pub",
        "pub(crate)",
        "pub(super)",
        "const",
        "async",
        "unsafe",
        "extern",
    ];
    let first = words.find(|word| !known.contains(word))?;
    let name = (first == "fn").then(|| words.next()).flatten()?;
    name.split(['(', '<']).next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_count_from_the_signature_to_the_closing_brace() {
        let text = "fn one() {\n    1;\n}\n\ntrait T {\n    fn declared(&self);\n}\n\nimpl T {\n    \
                    pub(crate) async fn two(\n        &self,\n    ) {\n        if a {\n        }\n    }\n}\n";
        let file = TextFile {
            path: "x.rs".to_owned(),
            text: text.to_owned(),
        };
        let lengths = function_lengths(&file);
        let expected = [("x.rs::one".to_owned(), 3), ("x.rs::two".to_owned(), 6)];
        assert_eq!(lengths, BTreeMap::from(expected));
    }

    #[test]
    fn the_ratchet_turns_one_way() {
        let size = |lines| BTreeMap::from([("a".to_owned(), lines)]);
        let none = BTreeMap::new();
        assert!(compare("files", &size(400), &none, 400).is_empty());
        assert_eq!(compare("files", &size(401), &none, 400).len(), 1);
        assert!(compare("files", &size(500), &size(500), 400).is_empty());
        assert_eq!(compare("files", &size(501), &size(500), 400).len(), 1);
        assert_eq!(compare("files", &size(499), &size(500), 400).len(), 1);
        assert_eq!(compare("files", &none, &size(500), 400).len(), 1);
    }
}
