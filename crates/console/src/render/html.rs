//! A document as one HTML file: no script, nothing fetched, everything escaped.

use dogwatch_model::report::{Bar, Block, Document, Mark, Statement};
use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::{chart::chart, svg::svg};

const STYLE: &str = include_str!("page.css");

/// Nothing may be loaded and nothing may run, whatever a cluster wrote into its objects.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";

/// Renders a document as a complete page.
pub fn html(document: &Document) -> String {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(POLICY);
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (document.title) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                header {
                    h1 { (document.title) " " span class=(mark(document.mark)) { (document.status) } }
                    p.conclusion { b class=(mark(document.mark)) { (document.mark.word()) } " " (document.conclusion) }
                    p.footing { (document.footing) }
                }
                @for section in &document.sections {
                    section {
                        h2 { (section.heading) }
                        @for part in &section.blocks { (block(part)) }
                    }
                }
            }
        }
    };
    page.into_string()
}

const fn mark(mark: Mark) -> &'static str {
    match mark {
        Mark::Crit => "mark crit",
        Mark::Warn => "mark warn",
        Mark::Ok => "mark ok",
        Mark::Info => "mark info",
        Mark::Unkn => "mark unkn",
    }
}

fn block(block: &Block) -> Markup {
    match block {
        Block::Text(text) => html! { p { (text) } },
        Block::List(items) => html! { ul { @for item in items { li { (item) } } } },
        Block::Table { columns, rows } => table(columns, rows),
        Block::Funnel(bars) => funnel(bars),
        Block::Statement(said) => statement(said),
        Block::Picture(picture) => html! { div.picture { (svg(picture)) } },
        Block::Chart(lines) => html! { div.picture { (chart(lines)) } },
        Block::Commands(lines) => html! { pre { @for line in lines { (line) "\n" } } },
    }
}

fn table(columns: &[String], rows: &[Vec<String>]) -> Markup {
    html! {
        div.wide { table {
            thead { tr { @for column in columns { th { (column) } } } }
            tbody { @for row in rows { tr { @for cell in row { td { (cell) } } } } }
        } }
    }
}

fn funnel(bars: &[Bar]) -> Markup {
    html! {
        table.funnel {
            @for bar in bars {
                tr {
                    th { (bar.name) }
                    td { progress max=(bar.expected.max(1)) value=(bar.actual.max(0)) {} }
                    td { (bar.actual) " of " (bar.expected) }
                    td { (bar.word) @if bar.is_first_failing { " — first failing layer" } }
                }
            }
        }
    }
}

fn statement(said: &Statement) -> Markup {
    html! {
        article {
            h3 { span class=(mark(said.mark)) { (said.mark.word()) } " " (said.heading) }
            p { (said.text) }
            @for remark in &said.remarks { p.remark { (remark) } }
            @if !said.evidence.is_empty() {
                div.wide { table.evidence {
                    @for [id, source, value] in &said.evidence {
                        tr { td { (id) } td { (source) } td { code { (value) } } }
                    }
                } }
            }
            @if !said.advice.is_empty() {
                ul.advice { @for advice in &said.advice { li { (advice) } } }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use dogwatch_model::report::Section;

    use super::*;

    #[test]
    fn nothing_from_a_cluster_becomes_markup() {
        let evil = "<script>alert(1)</script><img src=x onerror=y>\"'&";
        let page = html(&Document {
            title: evil.to_owned(),
            mark: Mark::Crit,
            status: "open".to_owned(),
            conclusion: evil.to_owned(),
            footing: evil.to_owned(),
            sections: vec![Section {
                heading: evil.to_owned(),
                blocks: vec![
                    Block::Text(evil.to_owned()),
                    Block::Commands(vec![evil.to_owned()]),
                    Block::Table {
                        columns: vec![evil.to_owned()],
                        rows: vec![vec![evil.to_owned()]],
                    },
                ],
            }],
        });
        assert!(
            !page.contains("<script") && !page.contains("<img"),
            "{page}"
        );
        assert!(page.contains("default-src 'none'") || page.contains("default-src &#39;none&#39;"));
    }
}
