//! What the logs say, as templates: a section of a report.

use dogwatch_model::{Snapshot, report::Block, snapshot::LogExcerpt, wire::Text};
use serde::Serialize;

use crate::logs::{LogTemplate, Loudness, templates};

/// Templates of one log.
const MOST: usize = 10;

/// Logs that are summed up: those of the first containers are what the causes quote.
const MAX_LOGS: usize = 20;

/// One container's log in a few lines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LogSummary {
    /// Namespace.
    pub namespace: Text,
    /// Pod.
    pub pod: Text,
    /// Container.
    pub container: Text,
    /// The log of the incarnation before.
    pub previous: bool,
    /// Lines that were read.
    pub lines: usize,
    /// What they say, the telling ones first. Redacted.
    pub templates: Vec<LogTemplate>,
}

/// Sums up the logs that were read.
pub(super) fn summaries(snapshot: &Snapshot) -> Vec<LogSummary> {
    snapshot.logs.iter().take(MAX_LOGS).map(summary).collect()
}

fn summary(log: &LogExcerpt) -> LogSummary {
    let key = &log.key;
    LogSummary {
        namespace: key.namespace.clone(),
        pod: key.pod.clone(),
        container: key.container.clone(),
        previous: key.previous,
        lines: log.lines.len(),
        templates: templates(log.lines.iter().map(String::as_str), MOST),
    }
}

/// The logs for a person: only what is loud.
pub(super) fn blocks(summaries: &[LogSummary]) -> Vec<Block> {
    let mut rows = Vec::new();
    for log in summaries {
        let loud = log
            .templates
            .iter()
            .filter(|known| known.loudness != Loudness::Other);
        for template in loud.take(3) {
            let previous = if log.previous { " (previous)" } else { "" };
            rows.push(vec![
                format!("{}/{} {}{previous}", log.namespace, log.pod, log.container),
                template.count.to_string(),
                template.template.clone(),
            ]);
        }
    }
    if rows.is_empty() {
        return Vec::new();
    }
    let columns = ["Log", "Lines", "Says"].map(str::to_owned).to_vec();
    vec![Block::Table { columns, rows }]
}
