//! Runs the cases of a casebook: YAML in, findings or links out, both standing in the Markdown.

use std::{fmt::Write as _, path::Path};

use dogwatch_model::{Diagnosis, Finding, Undecided};

/// One case of a casebook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// Heading of the case.
    pub title: String,
    /// Body of the `yaml snapshot` block.
    pub yaml: String,
    /// Body of the `yaml request` block; empty where nothing is asked for.
    pub request: String,
    /// Name of the block that holds what comes out: `findings`, `links` or `plan`.
    pub block: &'static str,
    /// Body of that block.
    pub expected: String,
}

/// What the heading of a case promises; checked besides the exact text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Promise {
    /// At least one finding, or one link.
    Fires,
    /// Nothing at all.
    Silent,
    /// No finding, and the missing read is named.
    Undecided,
}

const HEADINGS: &[(&str, Promise)] = &[
    ("fires", Promise::Fires),
    ("stays silent", Promise::Silent),
    ("undecided", Promise::Undecided),
    ("object belongs to", Promise::Silent),
    ("relates", Promise::Fires),
    ("wrong object", Promise::Silent),
    ("wrong time order", Promise::Silent),
    ("link not observed", Promise::Silent),
];

/// Names of the blocks that hold what comes out.
const BLOCKS: &[&str] = &["findings", "links", "plan"];

/// A heading with this word promises a link although a fact that might matter is missing.
const STILL: &str = "still";

impl Case {
    /// What the heading promises.
    ///
    /// # Panics
    /// When the heading begins with none of the known words.
    pub fn promise(&self) -> Promise {
        let title = self.title.to_ascii_lowercase();
        let mut headings = HEADINGS.iter();
        let Some((_, promise)) = headings.find(|(word, _)| title.starts_with(word)) else {
            panic!("unknown kind of case: {}", self.title)
        };
        let is_still = self.block == "links" && title.split(' ').any(|word| word == STILL);
        if is_still { Promise::Fires } else { *promise }
    }
}

/// Reads the cases of a casebook.
///
/// # Panics
/// When a case lacks one of its two blocks.
pub fn cases(markdown: &str) -> Vec<Case> {
    let Some((_, body)) = markdown.split_once("\n## Cases\n") else {
        return Vec::new();
    };
    body.split("\n### ")
        .skip(1)
        .map(|section| {
            let title = section.lines().next().unwrap_or_default().trim().to_owned();
            let yaml = block(section, "```yaml snapshot\n");
            let asked = "```yaml request\n";
            let has_request = section.contains(asked);
            let request = has_request.then(|| block(section, asked));
            let is_there = |name: &&&str| section.contains(&fence(name));
            let name = BLOCKS.iter().find(is_there);
            let block_name = name.unwrap_or_else(|| panic!("{title}: no block for what comes out"));
            let expected = block(section, &fence(block_name));
            Case {
                title,
                yaml,
                request: request.unwrap_or_default(),
                block: block_name,
                expected,
            }
        })
        .collect()
}

fn fence(name: &str) -> String {
    format!("```{name}\n")
}

fn block(section: &str, fence: &str) -> String {
    let start = section.find(fence).map(|at| at + fence.len());
    let start = start.unwrap_or_else(|| panic!("no {} block in {section}", fence.trim()));
    let rest = &section[start..];
    // An empty block ends where it begins.
    let end = if rest.starts_with("```") {
        0
    } else {
        rest.find("\n```").map_or(0, |at| at + 1)
    };
    rest[..end].to_owned()
}

/// Runs every case of a casebook and says which do not hold. `run` gives what came out, and whether
/// that keeps the promise of the heading. With `update`, blocks that differ are rewritten.
///
/// # Panics
/// When the casebook cannot be read or written.
pub fn hold(path: &Path, update: bool, run: impl Fn(&Case) -> (String, bool)) -> Vec<String> {
    let mut markdown = std::fs::read_to_string(path).expect("the casebook is there");
    let mut wrong = Vec::new();
    let mut has_changed = false;
    for case in cases(&markdown) {
        let (got, is_kept) = run(&case);
        if !is_kept {
            wrong.push(format!(
                "{}: the heading promises otherwise:\n{got}",
                case.title
            ));
        } else if got != case.expected && update {
            markdown = with_expected(&markdown, &case, &got);
            has_changed = true;
        } else if got != case.expected {
            let expected = &case.expected;
            wrong.push(format!(
                "{}\n--- expected\n{expected}--- got\n{got}",
                case.title
            ));
        }
    }
    if has_changed {
        std::fs::write(path, markdown).expect("the casebook can be written");
    }
    wrong
}

/// The links of one rule as a casebook shows them: cause, effect, and what is not proven.
pub fn render_links(diagnosis: &Diagnosis, rule: &str) -> String {
    let mut out = String::new();
    let name = |index: usize| {
        let finding = &diagnosis.findings[index];
        format!("{} {}", finding.kind.mode(), finding.object)
    };
    for edge in diagnosis
        .graph
        .edges
        .iter()
        .filter(|edge| edge.rule.as_str() == rule)
    {
        let missing = edge.missing.as_ref().map_or_else(String::new, |missing| {
            format!(" (candidate: {}: {})", missing.source, missing.shows)
        });
        let line = format!("{} -> {}{missing}", name(edge.cause), name(edge.effect));
        write_line(&mut out, &line);
    }
    if out.is_empty() {
        out.push_str(NOTHING);
    }
    out
}

/// What a block holds when nothing comes out.
pub const NOTHING: &str = "nothing\n";

/// Findings and open questions as a casebook shows them.
pub fn render(findings: &[Finding], undecided: &[Undecided]) -> String {
    let mut out = String::new();
    for finding in findings {
        write_line(&mut out, &heading(finding));
        for fact in &finding.evidence {
            let source = format!("{:?}", fact.source).to_ascii_lowercase();
            write_line(
                &mut out,
                &format!("  {source} {}: {}", fact.field, one_line(&fact.value)),
            );
        }
        for fact in &finding.against {
            write_line(
                &mut out,
                &format!("  against {}: {}", fact.field, one_line(&fact.value)),
            );
        }
    }
    for open in undecided {
        write_line(
            &mut out,
            &format!("undecided {} needs {}", open.object, open.needs),
        );
    }
    if out.is_empty() {
        out.push_str(NOTHING);
    }
    out
}

fn heading(finding: &Finding) -> String {
    let mut line = finding.object.to_string();
    if !finding.container.is_empty() {
        line = format!("{line} container {}", finding.container);
    }
    if !finding.detail.is_empty() {
        line = format!("{line}: {}", one_line(&finding.detail));
    }
    if finding.severity != finding.kind.severity() {
        line = format!("{line} ({:?})", finding.severity);
    }
    line
}

fn one_line(text: &str) -> String {
    text.replace('\n', "\\n")
}

fn write_line(out: &mut String, line: &str) {
    // Writing to a String cannot fail.
    writeln!(out, "{line}").expect("infallible");
}

/// The casebook with the expected block of one case replaced.
pub fn with_expected(markdown: &str, case: &Case, got: &str) -> String {
    let heading = format!("\n### {}\n", case.title);
    let Some(at) = markdown.find(&heading) else {
        return markdown.to_owned();
    };
    let fence = fence(case.block);
    let Some(from) = markdown[at..]
        .find(&fence)
        .map(|found| at + found + fence.len())
    else {
        return markdown.to_owned();
    };
    let until = from + case.expected.len();
    format!("{}{got}{}", &markdown[..from], &markdown[until..])
}
