//! Every check and every remedy has a casebook with the fixed headings and cases.

use std::path::Path;

use anyhow::Result;

use super::tree::text_files;
use crate::casebook::{self, Casebook, FOLDER, HEADINGS, REMEDIES, REMEDY_HEADINGS};

/// How the heading of a case begins in each of the four situations that every casebook plays.
const FOUR_CASES: [&str; 4] = ["fires", "stays silent", "undecided", "object belongs to"];

/// How the headings of cases of a remedy begin.
const CASES_OF_REMEDIES: [&str; 2] = ["applies", "refused"];

/// The remedy that writes nothing: there is nothing to refuse.
const ESCALATE: &str = "escalate";

/// What the templates of `cargo xtask new-check` leave to fill in.
const UNFILLED: &str = "<fill in";

/// One sentence for every casebook that lacks something.
pub(crate) fn complaints(root: &Path) -> Result<Vec<String>> {
    let casebooks = casebook::read_all(root, FOLDER)?;
    let mut complaints: Vec<String> = casebooks
        .iter()
        .flat_map(|casebook| check(casebook, &HEADINGS, &FOUR_CASES))
        .collect();
    complaints.extend(of_remedies(root)?);
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

/// Remedies: a casebook stands beside a source that includes it, and says what is refused.
fn of_remedies(root: &Path) -> Result<Vec<String>> {
    let mut complaints = Vec::new();
    for casebook in casebook::read_all(root, REMEDIES)? {
        let cases = if casebook.id == ESCALATE {
            &CASES_OF_REMEDIES[..1]
        } else {
            &CASES_OF_REMEDIES[..]
        };
        complaints.extend(check(&casebook, &REMEDY_HEADINGS, cases));
        let code = casebook.path.replace(".md", ".rs");
        let source = std::fs::read_to_string(root.join(&code)).unwrap_or_default();
        let page = casebook.path.rsplit('/').next().unwrap_or_default();
        for wanted in [
            format!("include_str!(\"{page}\")"),
            format!("id: \"{}\"", casebook.id),
        ] {
            if !source.contains(&wanted) {
                complaints.push(format!("{code}: does not say `{wanted}`"));
            }
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

fn check(casebook: &Casebook, headings: &[&str], needed: &[&str]) -> Vec<String> {
    let Casebook { id, path, text } = casebook;
    let mut complaints = Vec::new();
    if text.lines().next() != Some(&format!("# {id}")) {
        complaints.push(format!("{path}: the first line is not `# {id}`"));
    }
    if casebook.headings() != headings {
        complaints.push(format!(
            "{path}: the headings are not {}",
            headings.join(", ")
        ));
    }
    for heading in headings
        .iter()
        .filter(|heading| casebook.section(heading).is_empty())
    {
        complaints.push(format!("{path}: nothing below `{heading}`"));
    }
    if text.contains(UNFILLED) {
        complaints.push(format!("{path}: something is left to fill in"));
    }
    let cases = casebook.cases();
    for start in needed {
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
        let of_check = |casebook: &Casebook| check(casebook, &HEADINGS, &FOUR_CASES);
        assert_eq!(of_check(&complete), Vec::<String>::new());
        let bare = Casebook {
            id,
            path,
            text: "# pod/y\n".to_owned(),
        };
        assert_eq!(
            of_check(&bare).len(),
            1 + 1 + HEADINGS.len() + FOUR_CASES.len()
        );
        let of_remedy = check(&bare, &REMEDY_HEADINGS, &CASES_OF_REMEDIES);
        assert_eq!(of_remedy.len(), 1 + 1 + 9 + 2, "{of_remedy:?}");
    }

    #[test]
    fn the_id_follows_the_path() {
        let (id, domain) = check_id("pod/image_pull.rs").expect("the path is that of a check");
        assert_eq!((id.as_str(), domain), ("pod/image-pull", "pod"));
        assert!(check_id("pod.rs").is_none());
        assert!(check_id("pod/image_pull/registry.rs").is_none());
    }
}
