//! Every check has a casebook with the fixed headings and at least the four cases.

use std::path::Path;

use anyhow::Result;

use super::tree::text_files;
use crate::casebook::{self, Casebook, FOLDER, HEADINGS};

/// How the heading of a case begins in each of the four situations that every casebook plays.
const FOUR_CASES: [&str; 4] = ["fires", "stays silent", "undecided", "object belongs to"];

/// What the templates of `cargo xtask new-check` leave to fill in.
const UNFILLED: &str = "<fill in";

/// One sentence for every casebook that lacks something.
pub(crate) fn complaints(root: &Path) -> Result<Vec<String>> {
    let casebooks = casebook::read_all(root)?;
    let mut complaints: Vec<String> = casebooks.iter().flat_map(check).collect();
    let folder = root.join(FOLDER);
    if !folder.is_dir() {
        return Ok(complaints);
    }
    for source in text_files(&folder, &[".rs"])? {
        let Some((id, domain)) = check_id(&source.path) else {
            continue;
        };
        let casebook = casebooks.iter().find(|casebook| casebook.id == id);
        let stem = source.name().trim_end_matches(".rs");
        if casebook.is_none() {
            complaints.push(format!(
                "{FOLDER}/{domain}/{stem}.md: the casebook is missing"
            ));
        }
        if !source
            .text
            .contains(&format!("include_str!(\"{stem}.md\")"))
        {
            complaints.push(format!("{FOLDER}/{}: include the casebook", source.path));
        }
        if !source.text.contains(&format!("\"{id}\"")) {
            complaints.push(format!("{FOLDER}/{}: the id is not {id}", source.path));
        }
    }
    for casebook in &casebooks {
        let code = casebook.path.replace(".md", ".rs");
        if !root.join(&code).is_file() {
            complaints.push(format!("{}: there is no {code} beside it", casebook.path));
        }
    }
    Ok(complaints)
}

/// The id that the path of a check asks for; files of deeper folders are parts of a check.
fn check_id(path: &str) -> Option<(String, &str)> {
    let (domain, file) = path.split_once('/')?;
    let name = file.strip_suffix(".rs")?;
    (!name.contains('/')).then(|| (format!("{domain}/{}", name.replace('_', "-")), domain))
}

fn check(casebook: &Casebook) -> Vec<String> {
    let Casebook { id, path, text } = casebook;
    let mut complaints = Vec::new();
    if text.lines().next() != Some(&format!("# {id}")) {
        complaints.push(format!("{path}: the first line is not `# {id}`"));
    }
    if casebook.headings() != HEADINGS {
        complaints.push(format!(
            "{path}: the headings are not {}",
            HEADINGS.join(", ")
        ));
    }
    for heading in HEADINGS
        .iter()
        .filter(|heading| casebook.section(heading).is_empty())
    {
        complaints.push(format!("{path}: nothing below `{heading}`"));
    }
    if text.contains(UNFILLED) {
        complaints.push(format!("{path}: something is left to fill in"));
    }
    let cases = casebook.cases();
    for start in FOUR_CASES {
        if !cases
            .iter()
            .any(|name| name.to_lowercase().starts_with(start))
        {
            complaints.push(format!(
                "{path}: no case whose heading begins with `{start}`"
            ));
        }
    }
    complaints
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_complete_casebook_passes_and_a_bare_one_does_not() {
        let sections = HEADINGS.map(|heading| format!("\n## {heading}\n\nSomething.\n"));
        let cases = "\n### fires\n\n### stays silent\n\n### undecided\n\n### object belongs to X\n";
        let text = format!("# pod/x\n{}{cases}", sections.concat());
        let (id, path) = ("pod/x".to_owned(), "pod/x.md".to_owned());
        let complete = Casebook {
            id: id.clone(),
            path: path.clone(),
            text,
        };
        assert_eq!(check(&complete), Vec::<String>::new());
        let bare = Casebook {
            id,
            path,
            text: "# pod/y\n".to_owned(),
        };
        assert_eq!(
            check(&bare).len(),
            1 + 1 + HEADINGS.len() + FOUR_CASES.len()
        );
    }

    #[test]
    fn the_id_follows_the_path() {
        let (id, domain) = check_id("pod/image_pull.rs").expect("the path is that of a check");
        assert_eq!((id.as_str(), domain), ("pod/image-pull", "pod"));
        assert!(check_id("pod.rs").is_none());
        assert!(check_id("pod/image_pull/registry.rs").is_none());
    }
}
