//! English sentences for findings.

use dogwatch_model::Finding;

use crate::{Check, Meta, explain_check};

/// The sentence of a check: the first paragraph of its casebook.
pub(super) fn title(meta: &Meta) -> &'static str {
    meta.casebook
        .lines()
        .skip(1)
        .find(|line| !line.trim().is_empty())
        .unwrap_or_default()
}

/// Identity of the check that made a finding.
pub(super) fn meta(finding: &Finding) -> &'static Meta {
    explain_check(finding.check.as_str())
        .map(Check::meta)
        .expect("findings are made by registered checks")
}

/// The sentence of a finding with what exactly is meant.
pub(super) fn sentence(finding: &Finding) -> String {
    let title = title(meta(finding));
    let title = title.trim_end_matches('.');
    match (finding.container.is_empty(), finding.detail.is_empty()) {
        (true, true) => title.to_owned(),
        (false, true) => format!("{title} (container {})", finding.container),
        (true, false) => format!("{title}: {}", short(&finding.detail)),
        (false, false) => {
            format!(
                "{title} (container {}): {}",
                finding.container,
                short(&finding.detail)
            )
        }
    }
}

/// At most this many characters of a detail stand in a sentence.
const SHORT: usize = 120;

fn short(detail: &str) -> String {
    if detail.chars().count() <= SHORT {
        return detail.to_owned();
    }
    let cut: String = detail.chars().take(SHORT).collect();
    format!("{cut}…")
}
