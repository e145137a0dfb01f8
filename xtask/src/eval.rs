//! `cargo xtask eval`: the first-ranked root cause against cases that nobody on the team wrote.

mod answer;
mod calibration;
mod case;
mod score;

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use anyhow::{Context as _, Result, ensure};
use clap::Args;
use serde_json::json;

use crate::workspace;
use score::{CRITERIA, Classes, Outcome, Score};

/// Which cases to score, and with which binary.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// A folder with one folder per case.
    dir: PathBuf,
    /// Scores only the cases whose id contains this text.
    #[arg(long, value_name = "NAME")]
    only: Option<String>,
    /// The binary under test.
    #[arg(long, value_name = "PATH", default_value = "target/debug/dogwatch")]
    dogwatch: PathBuf,
    /// Where to write the scores as JSON.
    #[arg(long, value_name = "FILE", default_value = "target/eval.json")]
    output: PathBuf,
}

/// Scores every case and prints the summary. A low score is a result, not a failure.
pub(crate) fn run(options: &Options) -> Result<()> {
    let binary = workspace::root().join(&options.dogwatch);
    ensure!(
        binary.is_file(),
        "{} is missing: run `cargo build -p dogwatch` first",
        binary.display()
    );
    let classes = Classes::parse()?;
    let mut cases = case::load_all(&options.dir)?;
    cases.retain(|case| {
        options
            .only
            .as_ref()
            .is_none_or(|text| case.id.contains(text.as_str()))
    });
    ensure!(!cases.is_empty(), "no case in {}", options.dir.display());
    let mut scores = Vec::new();
    for case in &cases {
        scores.push(score::score(case, answer::ask(&binary, case), &classes)?);
    }
    print_cases(&scores);
    print_classes(&scores);
    let calibration = calibration::calibrate(&scores);
    calibration::print(&calibration);
    let totals = totals(&scores);
    for (name, value) in &totals {
        println!("{name:24} {value}");
    }
    let document = json!({"schema": "dogwatch.io/eval/v1", "totals": totals, "calibration": calibration, "cases": scores});
    let output = workspace::root().join(&options.output);
    fs::write(&output, format!("{document:#}\n"))
        .with_context(|| format!("write {}", output.display()))
}

fn print_cases(scores: &[Score]) {
    for score in scores {
        let marks = match score.outcome {
            Outcome::Quiet => "quiet".to_owned(),
            Outcome::FalseAlarm => "FALSE ALARM".to_owned(),
            Outcome::Unanswered => "UNANSWERED".to_owned(),
            Outcome::Answered => score.met.iter().copied().collect::<Vec<_>>().join(" "),
        };
        let said = score.error.as_ref().unwrap_or(&score.first);
        println!(
            "{:50} {:36} {marks}\n    said: {said}",
            score.id, score.class
        );
    }
}

fn print_classes(scores: &[Score]) {
    let mut classes: BTreeMap<&str, Vec<&Score>> = BTreeMap::new();
    for score in scores.iter().filter(|score| score.expects_fault()) {
        classes.entry(&score.class).or_default().push(score);
    }
    print!("\n{:38} {:>5}", "CLASS", "CASES");
    for name in CRITERIA {
        print!(" {name:>12}");
    }
    println!();
    for (class, members) in classes {
        print!("{class:38} {:>5}", members.len());
        for name in CRITERIA {
            print!(
                " {:>12}",
                members
                    .iter()
                    .filter(|score| score.met.contains(name))
                    .count()
            );
        }
        println!();
    }
    println!();
}

fn totals(scores: &[Score]) -> BTreeMap<&'static str, String> {
    let faults = scores.iter().filter(|score| score.expects_fault()).count();
    let count = |outcome| {
        scores
            .iter()
            .filter(|score| score.outcome == outcome)
            .count()
    };
    let mut totals = BTreeMap::from([
        (
            "false alarms",
            format!(
                "{} of {}",
                count(Outcome::FalseAlarm),
                scores.len() - faults
            ),
        ),
        (
            "unanswered",
            format!("{} of {}", count(Outcome::Unanswered), scores.len()),
        ),
    ]);
    for name in CRITERIA {
        let met = scores
            .iter()
            .filter(|score| score.met.contains(name))
            .count();
        totals.insert(name, format!("{met} of {faults}"));
    }
    totals
}
