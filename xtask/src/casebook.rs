//! Casebooks: the Markdown page beside every check and every remedy.

use std::path::Path;

use anyhow::Result;

use crate::tidy::tree::text_files;

/// Where the checks and their casebooks lie.
pub(crate) const FOLDER: &str = "crates/engine/src/checks";

/// The fixed headings, in order.
pub(crate) const HEADINGS: [&str; 7] = [
    "What it sees",
    "Why it matters",
    "Evidence",
    "Remedy",
    "Not to be confused with",
    "References",
    "Cases",
];

/// Where the remedies and their casebooks lie.
pub(crate) const REMEDIES: &str = "crates/engine/src/remedies";

/// The fixed headings of a remedy, in order.
pub(crate) const REMEDY_HEADINGS: [&str; 9] = [
    "What it does",
    "When it helps",
    "What is checked first",
    "Risk and way back",
    "Verification",
    "Needs",
    "Not to be confused with",
    "References",
    "Cases",
];

/// The casebook of one check or remedy.
#[derive(Debug, Clone)]
pub(crate) struct Casebook {
    /// `<domain>/<name>` of a check, `<name>` of a remedy, as the path says.
    pub(crate) id: String,
    /// The path from the root of the repository.
    pub(crate) path: String,
    /// The Markdown text.
    pub(crate) text: String,
}

/// Every casebook of a folder, sorted by id.
pub(crate) fn read_all(root: &Path, folder: &str) -> Result<Vec<Casebook>> {
    let below = root.join(folder);
    if !below.is_dir() {
        return Ok(Vec::new());
    }
    let files = text_files(&below, &[".md"])?;
    let casebooks = files.into_iter().map(|file| Casebook {
        id: file.path.trim_end_matches(".md").replace('_', "-"),
        path: format!("{folder}/{}", file.path),
        text: file.text,
    });
    Ok(casebooks.collect())
}

impl Casebook {
    /// The headings of the second level, in order.
    pub(crate) fn headings(&self) -> Vec<&str> {
        self.outline("## ")
    }

    /// The names of the cases.
    pub(crate) fn cases(&self) -> Vec<&str> {
        self.outline("### ")
    }

    /// The text below one heading, up to the next of the same level.
    pub(crate) fn section(&self, heading: &str) -> &str {
        let Some((_, rest)) = self.text.split_once(&format!("\n## {heading}\n")) else {
            return "";
        };
        rest.split("\n## ").next().unwrap_or(rest).trim()
    }

    fn outline(&self, mark: &str) -> Vec<&str> {
        let mut fenced = false;
        let mut found = Vec::new();
        for line in self.text.lines() {
            if line.starts_with("```") {
                fenced = !fenced;
            } else if let (false, Some(heading)) = (fenced, line.strip_prefix(mark)) {
                found.push(heading.trim());
            }
        }
        found
    }
}
