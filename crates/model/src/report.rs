//! A document ready to be rendered: sections, tables, bars; no layout, no colour.

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
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Section {
    /// Heading.
    pub heading: String,
    /// Content.
    pub blocks: Vec<Block>,
}

/// A piece of content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
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
