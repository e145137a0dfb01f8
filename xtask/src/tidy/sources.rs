//! Rules for single files: first line, names, and words that have no place in the repository.

use std::path::Path;

use anyhow::Result;
use regex::Regex;

use super::tree::{TextFile, text_files};

const ENDINGS: &[&str] = &[
    ".rs", ".md", ".toml", ".yaml", ".yml", ".json", ".sh", ".go", ".snap", "run",
];

/// Names that say nothing about the content of a module.
const EMPTY_NAMES: [&str; 8] = [
    "manager", "helper", "helpers", "util", "utils", "common", "misc", "stuff",
];

/// Words that are refused everywhere. They are written in two halves, because this file is read too.
const REFUSED: [(&str, &str); 4] = [
    (concat!("tod", "o!"), "unfinished code"),
    (concat!("unimpl", "emented!"), "unfinished code"),
    (concat!("#[ign", "ore"), "an ignored test"),
    (concat!("dbg", "!("), "debugging output"),
];

/// Paths of one machine.
const MACHINE_PATHS: [&str; 4] = [
    concat!("/wor", "k/"),
    concat!("/roo", "t/"),
    concat!("/hom", "e/"),
    concat!("/Use", "rs/"),
];

/// One sentence for every broken rule.
pub(crate) fn complaints(root: &Path) -> Result<Vec<String>> {
    let open = Regex::new(concat!(r"\b(TO", r"DO|FIX", r"ME|XX", r"X)\b"))?;
    let numbered = Regex::new(r"#\d+|issue \d+")?;
    let files = text_files(root, ENDINGS)?;
    let mut complaints: Vec<String> = files.iter().flat_map(check_name).collect();
    for file in &files {
        complaints.extend(check_first_line(file));
        for (index, line) in file.text.lines().enumerate() {
            let mut complain = |what: &str| {
                complaints.push(format!("{}:{}: {what}", file.path, index + 1));
            };
            if open.is_match(line) && !numbered.is_match(line) {
                complain("open work without the number of an issue");
            }
            for (word, what) in REFUSED {
                if line.contains(word) && is_rust(file) {
                    complain(what);
                }
            }
            if MACHINE_PATHS.iter().any(|path| names_machine(line, path)) {
                complain("a path of one machine");
            }
        }
    }
    Ok(complaints)
}

fn check_name(file: &TextFile) -> Vec<String> {
    let mut complaints = Vec::new();
    let name = file.name();
    if name == "mod.rs" {
        complaints.push(format!("{}: a module is `x.rs` beside `x/`", file.path));
    }
    if is_rust(file) && EMPTY_NAMES.contains(&name.trim_end_matches(".rs")) {
        complaints.push(format!(
            "{}: the name says nothing about the content",
            file.path
        ));
    }
    complaints
}

fn check_first_line(file: &TextFile) -> Option<String> {
    let starts = ["//!", "#![doc = include_str!"];
    let documented = starts.iter().any(|start| file.text.starts_with(start));
    (is_rust(file) && !documented).then(|| {
        format!(
            "{}: the first line says what the file is for (`//!`)",
            file.path
        )
    })
}

fn is_rust(file: &TextFile) -> bool {
    Path::new(&file.path)
        .extension()
        .is_some_and(|extension| extension == "rs")
}

/// True when `path` begins an absolute path in `line`: not inside a longer path or an address.
fn names_machine(line: &str, path: &str) -> bool {
    line.match_indices(path).any(|(at, _)| {
        let before = line.get(..at).and_then(|text| text.chars().next_back());
        !before.is_some_and(|letter| letter.is_alphanumeric() || "/._-}$*".contains(letter))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_absolute_paths_of_a_machine_are_refused() {
        let path = MACHINE_PATHS[0];
        assert!(names_machine(&format!("see {path}notes"), path));
        assert!(!names_machine(
            &format!("https://example.com{path}notes"),
            path
        ));
        assert!(!names_machine("a workload", path));
    }

    #[test]
    fn a_file_without_a_first_line_is_named() {
        let file = |text: &str| TextFile {
            path: "a/b.rs".to_owned(),
            text: text.to_owned(),
        };
        assert!(check_first_line(&file("use std::fs;\n")).is_some());
        assert!(check_first_line(&file("//! What it is for.\n")).is_none());
        assert!(check_first_line(&file("#![doc = include_str!(\"b.md\")]\n")).is_none());
    }
}
