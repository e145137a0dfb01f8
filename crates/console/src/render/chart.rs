//! Lines over time as SVG: a grid, a threshold, marks, a legend.
//!
//! Text from a cluster is escaped by `maud`; there is no script and no link. Lines differ in their
//! dashes and not in colour alone, and the numbers stand in the description.

use dogwatch_model::report::{Chart, ChartSeries};
use jiff::Timestamp;
use maud::{Markup, html};

const WIDTH: f64 = 760.0;
const LEFT: f64 = 52.0;
const RIGHT: f64 = 14.0;
const TOP: f64 = 26.0;
/// Height of the field in which the lines run.
const FIELD: f64 = 150.0;
/// Height of one line of the legend, and of the labels of the times.
const ROW: f64 = 17.0;

/// Cells into which a long line is drawn: more than there are pixels shows nothing more.
const CELLS: usize = 720;

/// Parts into which either axis is divided.
const PARTS: u8 = 4;

/// Different looks that the style sheet has for lines.
const LOOKS: usize = 5;

/// Characters of a name or a mark that fit.
const MAX_WORDS: usize = 90;

/// What is drawn where.
struct Frame {
    from: Timestamp,
    to: Timestamp,
    low: f64,
    high: f64,
}

impl Frame {
    /// The frame of a chart; `None` when there is nothing to draw.
    fn of(chart: &Chart) -> Option<Self> {
        let ((from, to), (min, max)) = chart.extent()?;
        // A line of percent stands on zero, and its threshold is in sight.
        let low = min.min(0.0);
        let high = max.max(chart.threshold.unwrap_or(max));
        let room = if high > low { (high - low) * 0.05 } else { 1.0 };
        Some(Self {
            from,
            to,
            low,
            high: high + room,
        })
    }

    fn x(&self, at: Timestamp) -> f64 {
        let whole = self.to.duration_since(self.from).as_secs_f64();
        let part = at.duration_since(self.from).as_secs_f64();
        let share = if whole > 0.0 { part / whole } else { 0.0 };
        LEFT + share.clamp(0.0, 1.0) * (WIDTH - LEFT - RIGHT)
    }

    fn y(&self, value: f64) -> f64 {
        TOP + (self.high - value) / (self.high - self.low) * FIELD
    }

    /// The time at a share of the axis.
    fn time(&self, share: f64) -> Timestamp {
        let whole = self.to.duration_since(self.from).as_secs_f64();
        let part = jiff::SignedDuration::from_secs_f64(whole * share);
        self.from.checked_add(part).unwrap_or(self.to)
    }
}

/// Draws a chart.
pub fn chart(chart: &Chart) -> Markup {
    let Some(frame) = Frame::of(chart) else {
        return html! { p { (chart.title) ": no data" } };
    };
    let legend = rows(chart);
    let height = TOP + FIELD + ROW * (f64::from(legend) + 1.5);
    let described = description(chart);
    html! {
        svg xmlns="http://www.w3.org/2000/svg" viewBox={ "0 0 " (WIDTH) " " (number(height)) }
            width=(WIDTH) height=(number(height)) role="img" aria-label={ (chart.title) ". " (described) } {
            title { (chart.title) }
            desc { (described) }
            text x="0" y="14" class="what" { (cut(&chart.title)) ", " (chart.unit) }
            (axes(&frame))
            @if let Some(limit) = chart.threshold { (threshold(&frame, limit)) }
            @for (index, series) in chart.series.iter().enumerate() { (line(&frame, index, series)) }
            @for (index, mark) in (1_u32..).zip(&chart.marks) {
                @let x = number(frame.x(mark.at));
                g {
                    title { (format!("{:.0}", mark.at)) " " (mark.label) }
                    line x1=(x) x2=(x) y1=(TOP) y2=(TOP + FIELD) class="moment" {}
                    text x=(x) y=(TOP - 2.0) class="momentword" text-anchor="middle" { (index) }
                }
            }
            (words(chart))
        }
    }
}

/// Lines of the legend.
fn rows(chart: &Chart) -> u32 {
    u32::try_from(chart.series.len() + chart.marks.len()).unwrap_or(u32::MAX)
}

/// What somebody hears who does not see the picture.
fn description(chart: &Chart) -> String {
    let mut said: Vec<String> = chart.series.iter().map(numbers).collect();
    if let Some(limit) = chart.threshold {
        said.push(format!("threshold {limit:.1} {}", chart.unit));
    }
    let marks = chart.marks.iter();
    said.extend(marks.map(|mark| format!("{:.0}: {}", mark.at, mark.label)));
    said.join("; ")
}

/// A series in numbers, without its shape.
fn numbers(series: &ChartSeries) -> String {
    let all = series.points.iter().map(|(_, value)| *value);
    let known: Vec<f64> = all.filter(|value| value.is_finite()).collect();
    let Some(last) = known.last() else {
        return format!("{}: no data", series.name);
    };
    let min = known.iter().copied().fold(*last, f64::min);
    let max = known.iter().copied().fold(*last, f64::max);
    format!(
        "{}: min {min:.1}, max {max:.1}, last {last:.1}",
        series.name
    )
}

fn axes(frame: &Frame) -> Markup {
    let shares = || (0..=PARTS).map(|part| f64::from(part) / f64::from(PARTS));
    html! {
        @for share in shares() {
            @let value = frame.low + (frame.high - frame.low) * share;
            @let y = number(frame.y(value));
            line x1=(LEFT) x2=(WIDTH - RIGHT) y1=(y) y2=(y) class="grid" {}
            text x=(LEFT - 6.0) y=(y) class="tick" text-anchor="end" { (number(value)) }
        }
        @for share in shares() {
            @let at = frame.time(share);
            @let anchor = if share <= 0.0 { "start" } else if share >= 1.0 { "end" } else { "middle" };
            text x=(number(frame.x(at))) y=(TOP + FIELD + ROW) class="tick" text-anchor=(anchor) {
                (at.strftime("%m-%d %H:%M").to_string()) @if share >= 1.0 { " UTC" }
            }
        }
    }
}

fn threshold(frame: &Frame, limit: f64) -> Markup {
    let y = number(frame.y(limit));
    html! {
        line x1=(LEFT) x2=(WIDTH - RIGHT) y1=(y) y2=(y) class="limit" {}
        text x=(WIDTH - RIGHT) y=(number(frame.y(limit) - 3.0)) class="limitword" text-anchor="end" {
            "threshold " (number(limit))
        }
    }
}

fn line(frame: &Frame, index: usize, series: &ChartSeries) -> Markup {
    let width = series.points.len().div_ceil(CELLS).max(1);
    let times = series.points.iter().step_by(width).map(|(at, _)| *at);
    let mut path = String::new();
    let mut is_open = false;
    for (at, value) in times.zip(series.cells(CELLS)) {
        if let Some(value) = value {
            let command = if is_open { 'L' } else { 'M' };
            let (x, y) = (number(frame.x(at)), number(frame.y(value)));
            path.extend([command.to_string(), x, " ".to_owned(), y, " ".to_owned()]);
        }
        is_open = value.is_some();
    }
    html! {
        path d=(path.trim_end()) class={ "line line" (index % LOOKS) } {
            title { (series.name) }
        }
    }
}

/// The legend: a sample of each line with its name, then the marks by number.
fn words(chart: &Chart) -> Markup {
    let first = TOP + FIELD + ROW * 2.0;
    let row = |index: u32| number(first + ROW * f64::from(index));
    let marks = u32::try_from(chart.series.len()).unwrap_or(u32::MAX);
    html! {
        @for ((index, look), series) in (0_u32..).zip((0..LOOKS).cycle()).zip(&chart.series) {
            @let y = first + ROW * f64::from(index);
            line x1=(LEFT) x2=(LEFT + 30.0) y1=(number(y - 4.0)) y2=(number(y - 4.0)) class={ "line line" (look) } {}
            text x=(LEFT + 38.0) y=(row(index)) class="where" { (cut(&numbers(series))) }
        }
        @for (index, mark) in (0_u32..).zip(&chart.marks) {
            text x=(LEFT) y=(row(marks + index)) class="momentword" {
                (index + 1) "  " (cut(&mark.label))
            }
        }
    }
}

/// A number with one decimal, without it where it is 0.
fn number(value: f64) -> String {
    let text = format!("{value:.1}");
    text.strip_suffix(".0").unwrap_or(&text).to_owned()
}

fn cut(text: &str) -> String {
    if text.chars().count() <= MAX_WORDS {
        return text.to_owned();
    }
    let head: String = text.chars().take(MAX_WORDS - 1).collect();
    format!("{head}…")
}

#[cfg(test)]
mod tests {
    use dogwatch_model::report::ChartMark;

    use super::*;

    fn drawn(values: &[f64]) -> String {
        let times = (0..).map(|minute| Timestamp::from_second(minute * 60).expect("a time"));
        chart(&Chart {
            title: "CPU of <script>".to_owned(),
            unit: "% of limit".to_owned(),
            threshold: Some(80.0),
            series: vec![ChartSeries {
                name: "<b>api</b>".to_owned(),
                points: times.zip(values.iter().copied()).collect(),
            }],
            marks: vec![ChartMark {
                at: Timestamp::from_second(60).expect("a time"),
                label: "rose & \"stayed\"".to_owned(),
            }],
        })
        .into_string()
    }

    #[test]
    fn lines_are_inside_described_and_escaped() {
        let picture = drawn(&[10.0, 90.0, f64::NAN, 95.0]);
        assert!(
            !picture.contains("<b>") && !picture.contains("<script"),
            "{picture}"
        );
        for part in [
            "<title>",
            "<desc>",
            "role=\"img\"",
            "threshold 80",
            "class=\"moment\"",
        ] {
            assert!(picture.contains(part), "{part} is missing: {picture}");
        }
        assert!(
            picture.contains("min 10.0, max 95.0, last 95.0"),
            "{picture}"
        );
        // The gap interrupts the line: it begins twice.
        let path = picture
            .split("d=\"")
            .nth(1)
            .and_then(|rest| rest.split('"').next());
        assert_eq!(path.map(|path| path.matches('M').count()), Some(2));
        assert!(!picture.contains("NaN"), "{picture}");
    }

    #[test]
    fn nothing_and_one_sample_are_drawn() {
        assert!(drawn(&[]).contains("no data"));
        let single = drawn(&[0.0]);
        assert!(
            single.starts_with("<svg") && !single.contains("NaN"),
            "{single}"
        );
    }

    #[test]
    fn long_lines_keep_their_peaks_in_few_points() {
        let mut values = vec![1.0; 11_000];
        values[5_003] = 70.0;
        let picture = drawn(&values);
        assert!(picture.matches('L').count() <= CELLS, "too many points");
        assert!(picture.contains("max 70.0"));
    }
}
