//! Prints documents: one renderer per format.

mod junit;
mod sarif;
mod text;

use std::{
    io::Write as _,
    path::{Path, PathBuf},
};

use anstream::ColorChoice;
use dogwatch_console::render::{html::html, markdown::markdown};
use dogwatch_engine::report::CauseEntry;
use dogwatch_model::report::Document;
use serde::Serialize;

use crate::{
    args::{Colour, Common, Format, OutputArgs},
    exit::CliError,
};

pub(crate) use text::plain;

/// Where one format goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Output {
    /// Format.
    pub(crate) format: Format,
    /// File; stdout when absent.
    pub(crate) file: Option<PathBuf>,
}

/// Everything a renderer may want of one report.
#[derive(Debug)]
pub(crate) struct Rendered<'a, T> {
    /// The whole structure, for machines.
    pub(crate) report: &'a T,
    /// The document, for people.
    pub(crate) document: Document,
    /// Ranked causes.
    pub(crate) causes: &'a [CauseEntry],
}

/// Reads `-o` flags; text on stdout when there is none.
pub(crate) fn outputs(args: &OutputArgs) -> Result<Vec<Output>, CliError> {
    if args.output.is_empty() {
        return Ok(vec![Output {
            format: Format::Text,
            file: None,
        }]);
    }
    let outputs: Vec<Output> = args
        .output
        .iter()
        .map(|word| output(word))
        .collect::<Result<_, _>>()?;
    if outputs
        .iter()
        .filter(|output| output.file.is_none())
        .count()
        > 1
    {
        return Err(CliError::usage(
            "only one -o may go to stdout; write the others as FORMAT=FILE",
        ));
    }
    Ok(outputs)
}

fn output(word: &str) -> Result<Output, CliError> {
    let (name, file) = match word.split_once('=') {
        Some((name, file)) => (name, Some(PathBuf::from(file))),
        None => (word, None),
    };
    let format = <Format as clap::ValueEnum>::from_str(name, true).map_err(|_| {
        CliError::usage(format!(
            "\"{name}\" is no output format; use text, json, yaml, markdown, html, junit or sarif"
        ))
    })?;
    Ok(Output { format, file })
}

/// True when a machine reads stdout.
pub(crate) fn is_json(args: &OutputArgs) -> bool {
    args.output
        .iter()
        .any(|word| word.eq_ignore_ascii_case("json"))
}

/// Sets colour once for the process.
pub(crate) fn set_colour(common: &Common) {
    let choice = match common.color {
        Colour::Auto => ColorChoice::Auto,
        Colour::Always => ColorChoice::Always,
        Colour::Never => ColorChoice::Never,
    };
    choice.write_global();
}

/// Renders a report in every wanted format.
pub(crate) fn write<T: Serialize>(
    rendered: &Rendered<'_, T>,
    outputs: &[Output],
    common: &Common,
) -> Result<(), CliError> {
    for output in outputs {
        let text = match output.format {
            Format::Text => text::document(&rendered.document, common.ascii),
            Format::Json => json(rendered.report)?,
            Format::Yaml => yaml(rendered.report)?,
            Format::Markdown => markdown(&rendered.document),
            Format::Html => html(&rendered.document),
            Format::Junit => junit::report(&rendered.document, rendered.causes)?,
            Format::Sarif => sarif::report(rendered.causes)?,
        };
        match &output.file {
            Some(file) => save(file, &text)?,
            None => print(&text),
        }
    }
    Ok(())
}

/// A structure as indented JSON.
pub(crate) fn json<T: Serialize>(report: &T) -> Result<String, CliError> {
    let text = serde_json::to_string_pretty(report);
    text.map(|text| format!("{text}\n"))
        .map_err(|error| CliError::failure(error.to_string()))
}

/// A document as terminal text.
pub(crate) fn text(document: &Document, is_ascii: bool) -> String {
    text::document(document, is_ascii)
}

/// A document as Markdown.
pub(crate) fn in_markdown(document: &Document) -> String {
    markdown(document)
}

/// A structure as YAML.
pub(crate) fn yaml<T: Serialize>(report: &T) -> Result<String, CliError> {
    serde_saphyr::to_string(report).map_err(|error| CliError::failure(error.to_string()))
}

fn save(file: &Path, text: &str) -> Result<(), CliError> {
    let plain = plain(text);
    std::fs::write(file, plain).map_err(|error| {
        CliError::failure(format!("{} cannot be written: {error}", file.display()))
    })
}

/// Writes to stdout; a reader that went away (`| head`) is no error.
pub(crate) fn print(text: &str) {
    let mut out = anstream::stdout().lock();
    drop(out.write_all(text.as_bytes()).and_then(|()| out.flush()));
}
