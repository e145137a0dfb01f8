//! `output_file=`: the answer in a file, besides on stdout.

use std::{fs::OpenOptions, io::Write as _, path::Path};

use dogwatch_agent::actions::CallError;
use serde_json::Value;

use crate::{exit::CliError, render};

/// Refuses a place that could lose something, before anything is read.
pub(super) fn check(file: &Path) -> Result<(), CallError> {
    if file.exists() {
        return Err(CallError::malformed(format!(
            "output_file {} is there already: name another one",
            file.display()
        )));
    }
    Ok(())
}

/// Writes the report where the answer has one, a manifest as YAML, else the whole answer; the answer
/// says where.
pub(super) fn keep(answer: &mut Value, file: &Path) -> Result<(), CliError> {
    let report = answer["report_markdown"].as_str().map(str::to_owned);
    let text = match report {
        Some(report) => report,
        None if answer["manifest"].is_object() => render::yaml(&answer["manifest"])?,
        None => render::json(answer)?,
    };
    let mut options = OpenOptions::new();
    let opened = options.write(true).create_new(true).open(file);
    let written = opened.and_then(|mut file| file.write_all(text.as_bytes()));
    written.map_err(|error| {
        CliError::failure(format!(
            "output_file {} cannot be written: {error}",
            file.display()
        ))
    })?;
    answer["output_file"] = Value::String(file.display().to_string());
    Ok(())
}
