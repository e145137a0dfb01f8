//! A document ready to be rendered: sections, tables, bars; no layout, no colour.

use jiff::Timestamp;
use serde::Serialize;

/// How a line is marked; every mark has a word, never a colour alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Mark {
    /// Users are hit.
    Crit,
    /// Degraded or at risk.
    Warn,
    /// Well.
    Ok,
    /// Worth knowing.
    Info,
    /// Not known.
    Unkn,
}

impl Mark {
    /// The word, four letters or fewer.
    pub fn word(self) -> &'static str {
        match self {
            Mark::Crit => "CRIT",
            Mark::Warn => "WARN",
            Mark::Ok => "OK",
            Mark::Info => "INFO",
            Mark::Unkn => "UNKN",
        }
    }
}

/// A whole document.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Document {
    /// What it is about.
    pub title: String,
    /// Verdict.
    pub mark: Mark,
    /// Verdict in a word.
    pub status: String,
    /// Conclusion: the first thing that is read.
    pub conclusion: String,
    /// One line of facts about the document itself: time, sources.
    pub footing: String,
    /// The rest, in reading order.
    pub sections: Vec<Section>,
}

/// A headed part.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Section {
    /// Heading.
    pub heading: String,
    /// Content.
    pub blocks: Vec<Block>,
}

/// A piece of content.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Block {
    /// A paragraph.
    Text(String),
    /// A list.
    List(Vec<String>),
    /// A table: headings and rows of the same width.
    Table {
        /// Headings.
        columns: Vec<String>,
        /// Cells.
        rows: Vec<Vec<String>>,
    },
    /// Bars of expected and actual numbers.
    Funnel(Vec<Bar>),
    /// A marked statement with its evidence.
    Statement(Statement),
    /// Boxes and arrows.
    Picture(Picture),
    /// Lines over time.
    Chart(Chart),
    /// Commands to copy, one per line.
    Commands(Vec<String>),
}

/// Boxes and arrows: who explains whom.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Picture {
    /// Boxes.
    pub nodes: Vec<PictureNode>,
    /// Arrows from cause to effect, by the places of the boxes.
    pub edges: Vec<PictureEdge>,
}

/// One box.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PictureNode {
    /// What is wrong: the mode.
    pub title: String,
    /// With what.
    pub object: String,
    /// How bad it is.
    pub mark: Mark,
    /// Nothing explains it.
    pub is_root: bool,
    /// It is part of a circle, proven or possible.
    pub in_circle: bool,
}

/// One arrow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PictureEdge {
    /// Place of the cause.
    pub from: usize,
    /// Place of the effect.
    pub to: usize,
    /// Why.
    pub because: String,
    /// False for a link that waits for its proof.
    pub is_proven: bool,
}

/// One bar of a funnel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Bar {
    /// Name of the layer.
    pub name: String,
    /// Wanted.
    pub expected: i64,
    /// Seen.
    pub actual: i64,
    /// `pass`, `fail`, `held`, `waiting` or `unknown`.
    pub word: &'static str,
    /// The first layer that fails.
    pub is_first_failing: bool,
}

/// A marked statement with its evidence and what to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Statement {
    /// Rank, mark and type.
    pub mark: Mark,
    /// Heading: type, mode, object.
    pub heading: String,
    /// One sentence.
    pub text: String,
    /// Why it is a symptom, what speaks against it, how sure it is.
    pub remarks: Vec<String>,
    /// Evidence: id, source and field, value.
    pub evidence: Vec<[String; 3]>,
    /// What to do.
    pub advice: Vec<String>,
}

/// Lines over time.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Chart {
    /// What is drawn.
    pub title: String,
    /// Unit of the values, such as `% of limit`.
    pub unit: String,
    /// Above this value it is too much.
    pub threshold: Option<f64>,
    /// The lines.
    pub series: Vec<ChartSeries>,
    /// Times worth a look.
    pub marks: Vec<ChartMark>,
}

/// One line of a chart.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ChartSeries {
    /// Name in the legend.
    pub name: String,
    /// Times, rising, and values; a value that is no number interrupts the line.
    pub points: Vec<(Timestamp, f64)>,
}

/// A time worth a look.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ChartMark {
    /// When.
    pub at: Timestamp,
    /// What happened then.
    pub label: String,
}

impl Chart {
    /// The first and the last time and the smallest and the largest value of all lines; `None` when
    /// no value is a number: there is nothing to draw.
    pub fn extent(&self) -> Option<((Timestamp, Timestamp), (f64, f64))> {
        let points = self.series.iter().flat_map(|series| &series.points);
        let known = points.filter(|(_, value)| value.is_finite());
        known.fold(None, |extent, (at, value)| {
            let ((from, to), (min, max)) = extent.unwrap_or(((*at, *at), (*value, *value)));
            Some((
                (from.min(*at), to.max(*at)),
                (min.min(*value), max.max(*value)),
            ))
        })
    }
}

impl ChartSeries {
    /// The line in at most so many cells, the largest value of each; `None` is a gap.
    pub fn cells(&self, most: usize) -> Vec<Option<f64>> {
        let width = self.points.len().div_ceil(most.max(1)).max(1);
        let cells = self.points.chunks(width);
        cells
            .map(|cell| {
                let known = cell.iter().map(|(_, value)| *value);
                known
                    .filter(|value| value.is_finite())
                    .max_by(f64::total_cmp)
            })
            .collect()
    }
}

/// The steps of a line of text, from low to high.
const STEPS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// Cells of a line of text.
const SPARK_CELLS: usize = 40;

/// A chart in lines of text, one for each series: its name, its shape between the smallest and the
/// largest value, and these values. A gap is a space.
pub fn sparklines(chart: &Chart) -> Vec<String> {
    let unit = &chart.unit;
    chart
        .series
        .iter()
        .map(|series| {
            let cells = series.cells(SPARK_CELLS);
            let known: Vec<f64> = cells.iter().copied().flatten().collect();
            let all = series.points.iter().map(|(_, value)| *value);
            let mut numbers = all.filter(|value| value.is_finite());
            let Some(first) = numbers.next() else {
                return format!("{}: no data", series.name);
            };
            let (min, max, last) = numbers.fold((first, first, first), |(min, max, _), value| {
                (min.min(value), max.max(value), value)
            });
            let low = known.iter().copied().fold(max, f64::min);
            let shape: String = cells.iter().map(|cell| step(*cell, low, max)).collect();
            format!(
                "{} {shape} min {min:.1}, max {max:.1}, last {last:.1} {unit}",
                series.name
            )
        })
        .collect()
}

/// The step of one value between the lowest and the highest.
fn step(value: Option<f64>, low: f64, high: f64) -> char {
    let Some(value) = value else {
        return ' ';
    };
    // A flat line stands at the bottom.
    let height = if high > low {
        (value - low) / (high - low)
    } else {
        0.0
    };
    let above = [0.125, 0.25, 0.375, 0.5, 0.625, 0.75, 0.875];
    STEPS[above.iter().filter(|edge| height > **edge).count()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_text_shows_shape_gaps_and_numbers() {
        let values = [0.0, 50.0, f64::NAN, 100.0];
        let times = (0..).map(|second| Timestamp::from_second(second).expect("a time"));
        let chart = Chart {
            title: "CPU".to_owned(),
            unit: "%".to_owned(),
            threshold: None,
            series: vec![
                ChartSeries {
                    name: "api".to_owned(),
                    points: times.zip(values).collect(),
                },
                ChartSeries {
                    name: "gone".to_owned(),
                    points: Vec::new(),
                },
            ],
            marks: Vec::new(),
        };
        assert_eq!(
            sparklines(&chart),
            ["api ▁▄ █ min 0.0, max 100.0, last 100.0 %", "gone: no data"]
        );
        let ((from, to), values) = chart.extent().expect("there are values");
        assert_eq!(
            (from.as_second(), to.as_second(), values),
            (0, 3, (0.0, 100.0))
        );
    }
}
