//! Terminal text: conclusion first, then the funnel, evidence, what to do. Fits 100 columns.

use core::fmt::Write as _;

use anstyle::{AnsiColor, Style};
use dogwatch_model::report::{Bar, Block, Chart, Document, Mark, Picture, Statement, sparklines};

/// Widest line.
const WIDTH: usize = 100;

/// Cells of a bar.
const BAR: usize = 12;

/// Longest cell of a table before it is cut.
const CELL: usize = 52;

struct Page {
    out: String,
}

/// Renders a document for a terminal. Styles are ANSI sequences; the stream removes them where
/// colour is not wanted.
pub(super) fn document(document: &Document, is_ascii: bool) -> String {
    let mut page = Page { out: String::new() };
    let style = style(document.mark);
    let mark = document.mark.word();
    page.line(&format!(
        "{style}{mark}{style:#}  {}  {style}{}{style:#}",
        clean(&document.title),
        document.status
    ));
    page.wrapped(&clean(&document.conclusion), "      ");
    page.wrapped(&clean(&document.footing), "      ");
    for section in &document.sections {
        let bold = Style::new().bold();
        page.line("");
        page.line(&format!(
            "{bold}{}{bold:#}",
            raised(&clean(&section.heading))
        ));
        for block in &section.blocks {
            page.block(block);
        }
    }
    if is_ascii {
        page.out.chars().map(ascii).collect()
    } else {
        page.out
    }
}

/// A heading in capital letters, up to a colon: what follows names objects, whose names have a case.
fn raised(heading: &str) -> String {
    match heading.split_once(": ") {
        Some((word, rest)) => format!("{}: {rest}", word.to_uppercase()),
        None => heading.to_uppercase(),
    }
}

/// The text without styles.
pub(crate) fn plain(text: &str) -> String {
    anstream::adapter::strip_str(text).to_string()
}

fn style(mark: Mark) -> Style {
    let colour = match mark {
        Mark::Crit => AnsiColor::Red,
        Mark::Warn => AnsiColor::Yellow,
        Mark::Ok => AnsiColor::Green,
        Mark::Info => AnsiColor::Cyan,
        Mark::Unkn => AnsiColor::Magenta,
    };
    Style::new().bold().fg_color(Some(colour.into()))
}

/// Text from a cluster must not steer the terminal.
fn clean(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}

fn ascii(c: char) -> char {
    match c {
        '█' => '#',
        '░' | '·' => '.',
        '▁' | '▂' => '_',
        '▃' | '▄' | '▅' => '-',
        '▆' | '▇' => '=',
        '…' => '~',
        c if c.is_ascii() => c,
        _ => '?',
    }
}

impl Page {
    fn line(&mut self, text: &str) {
        // Writing to a String cannot fail.
        writeln!(self.out, "{}", text.trim_end()).expect("infallible");
    }

    /// Breaks at spaces; words longer than a line are broken where they end up.
    fn wrapped(&mut self, text: &str, indent: &str) {
        self.hanging(text, indent, indent);
    }

    fn hanging(&mut self, text: &str, first: &str, rest: &str) {
        let mut line = first.to_owned();
        let mut width = first.chars().count();
        let mut is_empty = true;
        for word in text.split_whitespace() {
            let mut word: Vec<char> = word.chars().collect();
            if !is_empty && width + 1 + word.len() > WIDTH {
                self.line(&line);
                rest.clone_into(&mut line);
                width = rest.chars().count();
                is_empty = true;
            }
            while width + usize::from(!is_empty) + word.len() > WIDTH {
                let room = WIDTH - width - usize::from(!is_empty);
                let tail = word.split_off(room);
                line.extend(word);
                self.line(&line);
                rest.clone_into(&mut line);
                width = rest.chars().count();
                is_empty = true;
                word = tail;
            }
            if !is_empty {
                line.push(' ');
                width += 1;
            }
            width += word.len();
            line.extend(word);
            is_empty = false;
        }
        if !is_empty {
            self.line(&line);
        }
    }

    fn block(&mut self, block: &Block) {
        match block {
            Block::Text(text) => self.wrapped(&clean(text), "  "),
            Block::List(items) => {
                for item in items {
                    self.hanging(&clean(item), "  - ", "    ");
                }
            }
            Block::Table { columns, rows } => self.table(columns, rows),
            Block::Funnel(bars) => self.funnel(bars),
            Block::Statement(said) => self.statement(said),
            Block::Picture(picture) => self.picture(picture),
            Block::Chart(chart) => self.chart(chart),
            Block::Commands(lines) => {
                for line in lines {
                    self.line(&format!("    {}", clean(line)));
                }
            }
        }
    }

    /// A terminal shows arrows as lines: cause, then what it explains.
    fn picture(&mut self, picture: &Picture) {
        for (at, node) in picture.nodes.iter().enumerate() {
            let effects = picture.edges.iter().filter(|edge| edge.from == at);
            let effects: Vec<String> = effects
                .map(|edge| {
                    let open = if edge.is_proven { "" } else { " (not proven)" };
                    format!("{}{open}", picture.nodes[edge.to].title)
                })
                .collect();
            if !effects.is_empty() {
                let text = format!("{} {} => {}", node.title, node.object, effects.join(", "));
                self.hanging(&clean(&text), "  - ", "    ");
            }
        }
    }

    fn chart(&mut self, chart: &Chart) {
        self.wrapped(&clean(&chart.title), "  ");
        for series in sparklines(chart) {
            self.hanging(&clean(&series), "    ", "      ");
        }
        for mark in &chart.marks {
            let text = format!("{:.0} {}", mark.at, mark.label);
            self.hanging(&clean(&text), "    ", "      ");
        }
    }

    fn table(&mut self, columns: &[String], rows: &[Vec<String>]) {
        let cut = |cell: &String| {
            let cell = clean(cell);
            if cell.chars().count() <= CELL {
                return cell;
            }
            let head: String = cell.chars().take(CELL - 1).collect();
            format!("{head}…")
        };
        let rows: Vec<Vec<String>> = rows
            .iter()
            .map(|row| row.iter().map(cut).collect())
            .collect();
        let mut widths: Vec<usize> = columns.iter().map(|name| name.chars().count()).collect();
        for row in &rows {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = (*width).max(cell.chars().count());
            }
        }
        for row in [columns.to_vec()].iter().chain(&rows) {
            let cells: Vec<String> = row
                .iter()
                .zip(&widths)
                .map(|(cell, width)| format!("{cell:<width$}"))
                .collect();
            let line: String = format!("  {}", cells.join("   "))
                .chars()
                .take(WIDTH)
                .collect();
            self.line(&line);
        }
    }

    fn funnel(&mut self, bars: &[Bar]) {
        let name = bars.iter().map(|bar| bar.name.len()).max().unwrap_or(0);
        for bar in bars {
            let counts = format!("{}/{}", bar.actual, bar.expected);
            let style = match bar.word {
                "fail" => style(Mark::Crit),
                "pass" => style(Mark::Ok),
                _ => style(Mark::Info),
            };
            let first = if bar.is_first_failing {
                "  <- first failing layer"
            } else {
                ""
            };
            self.line(&format!(
                "  {:<name$}  {counts:>7}  {}  {style}{}{style:#}{first}",
                bar.name,
                cells(bar),
                bar.word.to_uppercase(),
            ));
        }
    }

    fn statement(&mut self, said: &Statement) {
        let style = style(said.mark);
        let word = said.mark.word();
        // The style takes no columns: wrap without it, then put it around the first word.
        let at = self.out.len();
        self.hanging(&format!("{word} {}", clean(&said.heading)), "  ", "       ");
        let styled = format!("{style}{word}{style:#}");
        self.out.replace_range(at + 2..at + 2 + word.len(), &styled);
        self.wrapped(&clean(&said.text), "      ");
        for remark in &said.remarks {
            self.wrapped(&clean(remark), "      ");
        }
        for [id, place, value] in &said.evidence {
            let text = format!("{id:<4}{}: {}", clean(place), clean(value));
            self.hanging(&text, "      ", "          ");
        }
        for advice in &said.advice {
            self.hanging(&clean(advice), "      > ", "        ");
        }
    }
}

/// A bar of fixed width; nothing expected counts as full. The old Pods' bar counts down.
fn cells(bar: &Bar) -> String {
    let wanted = bar.expected.max(bar.actual).max(1);
    let share = if bar.word == "pass" {
        BAR
    } else {
        let filled = bar.actual.clamp(0, wanted) * i64::try_from(BAR).unwrap_or(0) / wanted;
        usize::try_from(filled).unwrap_or(0)
    };
    "█".repeat(share) + &"░".repeat(BAR - share)
}

#[cfg(test)]
mod tests {
    use dogwatch_model::report::Section;

    use super::*;

    #[test]
    fn no_line_is_wider_than_the_page() {
        let long = "word ".repeat(60) + &"x".repeat(250);
        let document = Document {
            title: "Deployment shop/api".to_owned(),
            mark: Mark::Crit,
            status: "rollout_blocked".to_owned(),
            conclusion: long.clone(),
            footing: "as of now".to_owned(),
            sections: vec![Section {
                heading: "all".to_owned(),
                blocks: vec![
                    Block::List(vec![long.clone()]),
                    Block::Table {
                        columns: vec!["A".to_owned(), "B".to_owned(), "C".to_owned()],
                        rows: vec![vec![long.clone(), long.clone(), long.clone()]],
                    },
                    Block::Statement(Statement {
                        mark: Mark::Warn,
                        heading: long.clone(),
                        text: long.clone(),
                        remarks: vec![long.clone()],
                        evidence: vec![["E1".to_owned(), long.clone(), long.clone()]],
                        advice: vec![long],
                    }),
                ],
            }],
        };
        let text = plain(&super::document(&document, false));
        for line in text.lines() {
            assert!(line.chars().count() <= WIDTH, "{line}");
        }
    }

    #[test]
    fn control_characters_of_a_cluster_do_not_reach_the_terminal() {
        assert_eq!(clean("a\u{1b}[31mb\nc"), "a [31mb c");
    }
}
