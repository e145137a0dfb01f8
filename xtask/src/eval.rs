//! `cargo xtask eval`: the first-ranked root cause against cases that nobody on the team wrote.

mod answer;
mod calibration;
mod case;
mod score;
mod split;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use anyhow::{Context as _, Result, ensure};
use clap::Args;
use serde_json::json;

use crate::workspace;
use case::Case;
use score::{CRITERIA, Classes, Outcome, Score};
pub(crate) use score::{NO_FAULT, mode_as_class, type_as_class};
use split::Split;

/// Which cases to score, and with which binary.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// A folder with one folder per case, or with one folder of cases per corpus.
    dir: PathBuf,
    /// Scores only this part of the cases and opens no other; without it all of them.
    #[arg(long)]
    split: Option<Split>,
    /// Scores only the cases of this corpus.
    #[arg(long, value_name = "NAME")]
    corpus: Option<String>,
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
    let cases = choose(options)?;
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
    let document = json!({
        "schema": "dogwatch.io/eval/v1",
        "split": options.split,
        "corpus": options.corpus,
        "totals": totals,
        "calibration": calibration,
        "cases": scores,
    });
    let output = workspace::root().join(&options.output);
    fs::write(&output, format!("{document:#}\n"))
        .with_context(|| format!("write {}", output.display()))
}

/// The cases that the options ask for; never none.
fn choose(options: &Options) -> Result<Vec<Case>> {
    let is_wanted = |id: &str| {
        let is_named = options.only.as_ref().is_none_or(|text| id.contains(text));
        is_named && options.split.is_none_or(|split| Split::of(id) == split)
    };
    let cases = case::load_all(&options.dir, &is_wanted)?;
    ensure!(!cases.is_empty(), "no case in {}", options.dir.display());
    match &options.corpus {
        Some(corpus) => of_corpus(cases, corpus),
        None => Ok(cases),
    }
}

fn of_corpus(cases: Vec<Case>, corpus: &str) -> Result<Vec<Case>> {
    let known: BTreeSet<&str> = cases.iter().map(|case| case.corpus.as_str()).collect();
    ensure!(
        known.contains(corpus),
        "no case of the corpus {corpus:?}; there are {}",
        known.into_iter().collect::<Vec<_>>().join(", ")
    );
    let cases = cases.into_iter().filter(|case| case.corpus == corpus);
    Ok(cases.collect())
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

#[cfg(test)]
mod tests {
    use std::path::Path;

    use clap::Parser;

    use super::*;

    #[derive(Debug, Parser)]
    struct Line {
        #[command(flatten)]
        options: Options,
    }

    fn write_case(folder: &Path, case: &str) {
        fs::create_dir_all(folder).expect("create a case");
        fs::write(folder.join("case.json"), case).expect("write case.json");
        let expected = r#"{"entity": {}, "cause_class": "no_fault", "seed_class": ""}"#;
        fs::write(folder.join("expected.json"), expected).expect("write expected.json");
    }

    /// One flat case and one in the folder of its corpus.
    fn corpora() -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("create a folder");
        write_case(&folder.path().join("status-healthy"), r#"{"corpus": "a"}"#);
        write_case(&folder.path().join("b/cause-evicted"), "{}");
        folder
    }

    fn chosen(folder: &Path, arguments: &[&str]) -> Result<Vec<String>> {
        let line = ["eval", folder.to_str().expect("a UTF-8 path")];
        let line = Line::try_parse_from(line.iter().chain(arguments)).expect("the options parse");
        let cases = choose(&line.options)?;
        Ok(cases.into_iter().map(|case| case.id).collect())
    }

    #[test]
    fn a_corpus_is_chosen_by_its_name() {
        let folder = corpora();
        let all = chosen(folder.path(), &[]).expect("all cases");
        assert_eq!(all, ["cause-evicted", "status-healthy"]);
        let one = chosen(folder.path(), &["--corpus", "b"]).expect("one corpus");
        assert_eq!(one, ["cause-evicted"]);
        let error = chosen(folder.path(), &["--corpus", "c"]).expect_err("no such corpus");
        assert_eq!(
            error.to_string(),
            r#"no case of the corpus "c"; there are a, b"#
        );
    }

    #[test]
    fn the_other_split_is_not_opened() {
        let folder = corpora();
        let dev = folder.path().join("b/cause-admission-limit-range");
        write_case(&dev, "{}");
        write_case(&folder.path().join("b/cause-oom-killed"), "no JSON");
        let ids = chosen(folder.path(), &["--split", "dev"]).expect("nothing else is read");
        assert_eq!(ids, ["cause-admission-limit-range"]);
        let error = chosen(folder.path(), &["--split", "holdout"]).expect_err("it is read here");
        assert!(format!("{error:#}").contains("cause-oom-killed"));
    }
}
