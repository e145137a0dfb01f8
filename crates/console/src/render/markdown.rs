//! Markdown: renders well in Git hosts, tickets and chats.

use core::fmt::Write as _;

use dogwatch_model::report::{Bar, Block, Chart, Document, Mark, Picture, Statement, sparklines};

/// Renders a document as Markdown.
pub fn markdown(document: &Document) -> String {
    let mut out = String::new();
    line(
        &mut out,
        &format!("# {}: {}", escape(&document.title), document.status),
    );
    line(&mut out, "");
    line(
        &mut out,
        &format!(
            "**{}** {}",
            document.mark.word(),
            escape(&document.conclusion)
        ),
    );
    line(&mut out, "");
    line(&mut out, &format!("_{}_", escape(&document.footing)));
    for section in &document.sections {
        line(&mut out, "");
        line(&mut out, &format!("## {}", escape(&section.heading)));
        for part in &section.blocks {
            line(&mut out, "");
            block(&mut out, part);
        }
    }
    out
}

fn line(out: &mut String, text: &str) {
    // Writing to a String cannot fail.
    writeln!(out, "{text}").expect("infallible");
}

fn block(out: &mut String, block: &Block) {
    match block {
        Block::Text(text) => line(out, &escape(text)),
        Block::List(items) => {
            for item in items {
                line(out, &format!("- {}", escape(item)));
            }
        }
        Block::Table { columns, rows } => table(out, columns, rows),
        Block::Funnel(bars) => funnel(out, bars),
        Block::Statement(said) => statement(out, said),
        Block::Picture(picture) => mermaid(out, picture),
        Block::Chart(chart) => spark(out, chart),
        Block::Commands(lines) => {
            line(out, "```sh");
            for command in lines {
                line(out, &command.replace(['\n', '\r', '`'], " "));
            }
            line(out, "```");
        }
    }
}

/// Lines of text stand in for lines of a picture.
fn spark(out: &mut String, chart: &Chart) {
    line(out, &format!("**{}**", escape(&chart.title)));
    line(out, "");
    for series in sparklines(chart) {
        line(out, &format!("- {}", escape(&series)));
    }
    for mark in &chart.marks {
        let text = format!("{:.0}: {}", mark.at, mark.label);
        line(out, &format!("- {}", escape(&text)));
    }
}

/// Git hosts draw Mermaid; elsewhere it is still readable.
fn mermaid(out: &mut String, picture: &Picture) {
    line(out, "```mermaid");
    line(out, "flowchart TD");
    for (at, node) in picture.nodes.iter().enumerate() {
        let (title, object) = (label(&node.title), label(&node.object));
        let class = match node.mark {
            Mark::Crit => "crit",
            Mark::Warn => "warn",
            _ => "info",
        };
        line(out, &format!("  n{at}[\"{title}<br/>{object}\"]:::{class}"));
    }
    for edge in &picture.edges {
        let arrow = if edge.is_proven {
            "-->"
        } else {
            "-. not proven .->"
        };
        line(out, &format!("  n{} {arrow} n{}", edge.from, edge.to));
    }
    line(out, "  classDef crit stroke:#b3261e,stroke-width:2px");
    line(out, "  classDef warn stroke:#9a5b00,stroke-width:2px");
    line(out, "  classDef info stroke:#2d5f9a");
    line(out, "```");
}

/// Text inside a quoted label: only what Kubernetes allows in names survives as it is.
fn label(text: &str) -> String {
    let keep = |c: char| c.is_alphanumeric() || matches!(c, ' ' | '-' | '.' | '/' | ':' | '_');
    text.chars()
        .map(|c| if keep(c) { c } else { ' ' })
        .collect()
}

fn table(out: &mut String, columns: &[String], rows: &[Vec<String>]) {
    let row = |cells: &[String]| {
        let cells: Vec<String> = cells.iter().map(|cell| escape(cell)).collect();
        format!("| {} |", cells.join(" | "))
    };
    line(out, &row(columns));
    line(out, &format!("|{}", "---|".repeat(columns.len())));
    for cells in rows {
        line(out, &row(cells));
    }
}

fn funnel(out: &mut String, bars: &[Bar]) {
    line(out, "| Layer | Actual | Expected | |");
    line(out, "|---|---:|---:|---|");
    for bar in bars {
        let first = if bar.is_first_failing {
            " (first failing layer)"
        } else {
            ""
        };
        let name = &bar.name;
        line(
            out,
            &format!(
                "| `{name}` | {} | {} | {}{first} |",
                bar.actual, bar.expected, bar.word
            ),
        );
    }
}

fn statement(out: &mut String, said: &Statement) {
    line(
        out,
        &format!("### {} {}", said.mark.word(), escape(&said.heading)),
    );
    line(out, "");
    line(out, &escape(&said.text));
    for remark in &said.remarks {
        line(out, "");
        line(out, &format!("_{}_", escape(remark)));
    }
    if !said.evidence.is_empty() {
        line(out, "");
        let columns = ["Id", "Source", "Value"].map(str::to_owned);
        let rows: Vec<Vec<String>> = said.evidence.iter().map(|row| row.to_vec()).collect();
        table(out, &columns, &rows);
    }
    if !said.advice.is_empty() {
        line(out, "");
        for advice in &said.advice {
            line(out, &format!("- {}", escape(advice)));
        }
    }
}

/// Everything from a cluster is untrusted: nothing in it may become markup.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' | '\r' => out.push(' '),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '|' | '*' | '_' | '`' | '[' | ']' | '#' | '\\' | '!' => {
                out.push('\\');
                out.push(c);
            }
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use dogwatch_model::report::Section;

    use super::*;

    #[test]
    fn nothing_from_a_cluster_becomes_markup() {
        let document = Document {
            title: "Pod <script>".to_owned(),
            mark: Mark::Crit,
            status: "x".to_owned(),
            conclusion: "a | b [c](d) `e` *f*\n# g".to_owned(),
            footing: String::new(),
            sections: vec![Section {
                heading: "t".to_owned(),
                blocks: vec![Block::Table {
                    columns: vec!["A".to_owned()],
                    rows: vec![vec!["x|y\nz".to_owned()]],
                }],
            }],
        };
        let text = markdown(&document);
        assert!(!text.contains("<script>"));
        assert!(text.contains(r"a \| b \[c\](d) \`e\` \*f\* \# g"), "{text}");
        assert!(text.contains(r"| x\|y z |"), "{text}");
    }
}
