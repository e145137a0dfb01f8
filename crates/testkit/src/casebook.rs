//! Runs the cases of a casebook: YAML in, findings out, both standing in the Markdown.

use std::fmt::Write as _;

use dogwatch_model::{Finding, Undecided};

/// One case of a casebook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// Heading of the case.
    pub title: String,
    /// Body of the `yaml snapshot` block.
    pub yaml: String,
    /// Body of the `findings` block.
    pub expected: String,
}

/// What the heading of a case promises; checked besides the exact text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Promise {
    /// At least one finding.
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
];

impl Case {
    /// What the heading promises.
    ///
    /// # Panics
    /// When the heading begins with none of the known words.
    pub fn promise(&self) -> Promise {
        HEADINGS
            .iter()
            .find(|(word, _)| self.title.to_ascii_lowercase().starts_with(word))
            .map(|(_, promise)| *promise)
            .unwrap_or_else(|| panic!("unknown kind of case: {}", self.title))
    }
}

/// Reads the cases of a casebook.
///
/// # Panics
/// When a case lacks one of its two blocks.
pub fn cases(markdown: &str) -> Vec<Case> {
    let Some((_, body)) = markdown.split_once("\n## Cases\n") else { return Vec::new() };
    body.split("\n### ")
        .skip(1)
        .map(|section| {
            let title = section.lines().next().unwrap_or_default().trim().to_owned();
            let yaml = block(section, "```yaml snapshot\n");
            let expected = block(section, "```findings\n");
            Case { title, yaml, expected }
        })
        .collect()
}

fn block(section: &str, fence: &str) -> String {
    let start = section.find(fence).map(|at| at + fence.len());
    let start = start.unwrap_or_else(|| panic!("no {} block in {section}", fence.trim()));
    let rest = &section[start..];
    // An empty block ends where it begins.
    let end = if rest.starts_with("```") { 0 } else { rest.find("\n```").map_or(0, |at| at + 1) };
    rest[..end].to_owned()
}

/// Findings and open questions as a casebook shows them.
pub fn render(findings: &[Finding], undecided: &[Undecided]) -> String {
    let mut out = String::new();
    for finding in findings {
        write_line(&mut out, &heading(finding));
        for fact in &finding.evidence {
            let source = format!("{:?}", fact.source).to_ascii_lowercase();
            write_line(&mut out, &format!("  {source} {}: {}", fact.field, one_line(&fact.value)));
        }
        for fact in &finding.against {
            write_line(&mut out, &format!("  against {}: {}", fact.field, one_line(&fact.value)));
        }
    }
    for open in undecided {
        write_line(&mut out, &format!("undecided {} needs {}", open.object, open.needs));
    }
    if out.is_empty() {
        out.push_str("nothing\n");
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
        line = format!("{line} ({:?})", finding.severity).to_owned();
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
    let Some(at) = markdown.find(&heading) else { return markdown.to_owned() };
    let fence = "```findings\n";
    let Some(from) = markdown[at..].find(fence).map(|found| at + found + fence.len()) else {
        return markdown.to_owned();
    };
    let until = from + case.expected.len();
    format!("{}{got}{}", &markdown[..from], &markdown[until..])
}
