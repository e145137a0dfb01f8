//! CPU and memory over time: what changed and when, in words, and the charts of it.

mod words;

use std::collections::BTreeMap;

use dogwatch_model::{
    Basis, Kind, Measurement, Measurements, ObjectRef, Resource,
    report::{Block, Chart, ChartMark, ChartSeries},
};
use jiff::Timestamp;
use serde::Serialize;

use crate::metrics::{Analysis, Word, analyse, thresholds};

/// Lines in one chart: those that go highest. More cannot be told apart.
const MAX_LINES: usize = 5;

/// Marks in one chart; the earliest ones.
const MAX_MARKS: usize = 8;

/// Sentences of the section.
const MAX_SENTENCES: usize = 20;

/// What was measured of one object.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct UsageEntry {
    /// A Pod or a Node.
    pub object: ObjectRef,
    /// What is used.
    pub resource: Resource,
    /// What 100 % means.
    pub basis: Basis,
    /// How the newest value stands to the thresholds; `None` without data.
    pub word: Option<Word>,
    /// Hours until it is critical, where it rises steadily.
    pub hours_to_critical: Option<f64>,
    /// Numbers, changes of level, trend; in percent.
    #[serde(flatten)]
    pub analysis: Analysis,
    /// What is worth a sentence.
    pub said: Vec<String>,
}

/// Everything that was measured.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Usage {
    /// What was measured, what is worst first.
    pub entries: Vec<UsageEntry>,
    /// One sentence for each thing that could not be measured.
    pub gaps: Vec<String>,
    /// Whole series have no place in a document for machines.
    #[serde(skip)]
    charts: Vec<Chart>,
}

/// Looks at everything that was measured. `moments` are times of other things, such as changes.
pub fn usage(measured: &Measurements, moments: &[ChartMark]) -> Usage {
    let mut entries: Vec<UsageEntry> = measured.list.iter().map(entry).collect();
    let highest = |entry: &UsageEntry| entry.analysis.summary.map_or(-1.0, |said| said.max);
    entries.sort_by(|one, other| {
        let words = other.word.cmp(&one.word);
        words
            .then(highest(other).total_cmp(&highest(one)))
            .then_with(|| (&one.object, one.resource).cmp(&(&other.object, other.resource)))
    });
    let charts = charts(measured, &entries, moments);
    Usage {
        entries,
        gaps: measured.gaps.clone(),
        charts,
    }
}

fn entry(measured: &Measurement) -> UsageEntry {
    let analysis = analyse(&measured.series);
    let limits = thresholds(measured.resource);
    let ahead = |said: &crate::metrics::Trend| said.hours_to_threshold(limits.critical);
    let mut entry = UsageEntry {
        object: measured.object.clone(),
        resource: measured.resource,
        basis: measured.basis,
        word: analysis.summary.map(|said| limits.word(said.last)),
        hours_to_critical: analysis.trend.as_ref().and_then(ahead),
        analysis,
        said: Vec::new(),
    };
    entry.said = words::sentences(&entry);
    entry
}

impl Usage {
    /// The section of a document: sentences, then charts.
    pub(super) fn blocks(&self) -> Vec<Block> {
        let said = self.entries.iter().flat_map(|entry| &entry.said);
        let mut sentences: Vec<String> = said.take(MAX_SENTENCES).cloned().collect();
        if self.charts.is_empty() {
            return Vec::new();
        }
        if sentences.is_empty() {
            sentences.push("No level changed and no threshold is exceeded.".to_owned());
        }
        let mut blocks = vec![Block::List(sentences)];
        blocks.extend(self.charts.iter().cloned().map(Block::Chart));
        blocks
    }
}

/// One chart for each kind of object, resource and basis: lines with another 100 % cannot be compared.
fn charts(measured: &Measurements, entries: &[UsageEntry], moments: &[ChartMark]) -> Vec<Chart> {
    let mut groups: BTreeMap<(bool, Resource, Basis), Vec<&UsageEntry>> = BTreeMap::new();
    for entry in entries {
        let is_node = entry.object.kind == Kind::Node;
        let key = (is_node, entry.resource, entry.basis);
        groups.entry(key).or_default().push(entry);
    }
    let groups = groups.into_iter();
    groups
        .filter_map(|((is_node, resource, basis), mut group)| {
            group.retain(|entry| entry.analysis.summary.is_some());
            let hidden = group.len().saturating_sub(MAX_LINES);
            group.truncate(MAX_LINES);
            let first = group.first()?;
            let of = if is_node { "nodes" } else { "Pods" };
            let more = if hidden > 0 {
                format!(" ({hidden} more are not drawn)")
            } else {
                String::new()
            };
            let mut chart = Chart {
                title: format!("{} of the {of}{more}", words::capital(resource)),
                unit: format!("% of {}", basis.word()),
                threshold: Some(thresholds(first.resource).critical),
                series: group.iter().map(|entry| line(measured, entry)).collect(),
                marks: Vec::new(),
            };
            chart.marks = marks(&chart, &group, moments);
            Some(chart)
        })
        .collect()
}

fn line(measured: &Measurements, entry: &UsageEntry) -> ChartSeries {
    let own = measured.list.iter().find(|one| {
        one.object == entry.object && one.resource == entry.resource && one.basis == entry.basis
    });
    ChartSeries {
        name: entry.object.name.to_string(),
        points: own.map(|one| one.series.points.clone()).unwrap_or_default(),
    }
}

/// Changes of level of the lines, and the other moments that lie inside the chart.
fn marks(chart: &Chart, group: &[&UsageEntry], moments: &[ChartMark]) -> Vec<ChartMark> {
    let Some(((from, to), _)) = chart.extent() else {
        return Vec::new();
    };
    let mut marks: Vec<ChartMark> = moments.to_vec();
    for entry in group {
        let changes = entry.analysis.change_points.iter();
        marks.extend(changes.map(|change| ChartMark {
            at: change.at,
            label: words::change(entry, change),
        }));
    }
    marks.retain(|mark| (from..=to).contains(&mark.at));
    marks.sort_by(|one, other| (one.at, &one.label).cmp(&(other.at, &other.label)));
    marks.truncate(MAX_MARKS);
    marks
}

/// The marks of an incident: its begin, and the changes before it.
pub(super) fn moments(begin: Option<Timestamp>, changes: &[super::ChangeEntry]) -> Vec<ChartMark> {
    let trouble = begin.map(|at| ChartMark {
        at,
        label: "the trouble begins".to_owned(),
    });
    let told = changes.iter().filter(|entry| entry.verdict.is_some());
    let versions = told.filter_map(|entry| {
        Some(ChartMark {
            at: entry.change.at?,
            label: format!(
                "{} was changed",
                super::document::place(&entry.change.object)
            ),
        })
    });
    trouble.into_iter().chain(versions).collect()
}
