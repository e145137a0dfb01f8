//! The table of what an inspection looked at.

use dogwatch_model::report::Block;

use super::super::{Checked, InspectionSummary};

/// What was looked at, and how it is.
pub(super) fn table(summary: &InspectionSummary) -> Vec<Block> {
    let columns = [
        "KIND",
        "CHECKED",
        "CURRENT",
        "IN PROGRESS",
        "FAILED",
        "TERMINATING",
        "UNKNOWN",
    ];
    let row = |entry: &Checked| {
        let mut cells = vec![entry.kind.to_string(), entry.objects.to_string()];
        let counts = entry.words.map(|words| {
            [
                words.current,
                words.in_progress,
                words.failed,
                words.terminating,
                words.unknown,
            ]
        });
        match counts {
            Some(counts) => cells.extend(counts.map(|count| count.to_string())),
            None => cells.resize(columns.len(), "-".to_owned()),
        }
        cells
    };
    let lead = format!("{} checks over:", summary.checks);
    let table = Block::Table {
        columns: columns.map(str::to_owned).to_vec(),
        rows: summary.checked.iter().map(row).collect(),
    };
    vec![Block::Text(lead), table]
}
