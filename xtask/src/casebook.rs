//! Casebooks: the Markdown page beside every check.

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

/// The casebook of one check.
#[derive(Debug, Clone)]
pub(crate) struct Casebook {
    /// `<domain>/<name>`, as the path says.
    pub(crate) id: String,
    /// The path from the root of the repository.
    pub(crate) path: String,
    /// The Markdown text.
    pub(crate) text: String,
}

/// Every casebook on disk, sorted by id.
pub(crate) fn read_all(root: &Path) -> Result<Vec<Casebook>> {
    let folder = root.join(FOLDER);
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let files = text_files(&folder, &[".md"])?;
    let casebooks = files.into_iter().map(|file| Casebook {
        id: file.path.trim_end_matches(".md").replace('_', "-"),
        path: format!("{FOLDER}/{}", file.path),
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
