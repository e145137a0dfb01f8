//! `cargo xtask e2e`: real controllers make the states, Dogwatch must understand them.

mod aging;
mod binaries;
mod clusters;
mod controlplane;
mod corpus;
mod crash;
mod expectation;
mod fit;
mod kubectl;
mod metrics;
mod play;
mod process;
mod recovery;
mod replayed;
mod scenario;
mod states;
mod steps;
mod verdict;

use std::cmp::Reverse;
use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};
use std::{fs, thread};

use anyhow::{Context as _, Result, bail, ensure};
use clap::Args;

use crate::workspace;
use binaries::Binaries;
use clusters::Incident;
use controlplane::ControlPlane;
use scenario::Scenario;
use verdict::Dogwatch;

/// How to run the scenarios.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// A directory with ready binaries: etcd, kube-apiserver, kube-controller-manager,
    /// kube-scheduler, kubectl, kwok.
    #[arg(long, value_name = "DIR")]
    bin_dir: Option<PathBuf>,
    /// Leaves out the slowest scenarios and names them at the end.
    #[arg(long)]
    skip_slowest: bool,
    /// Runs only the scenarios whose name contains one of these texts.
    #[arg(long, value_name = "NAME")]
    only: Vec<String>,
    /// Keeps the working directory also when everything passed.
    #[arg(long)]
    keep: bool,
    /// The binary under test.
    #[arg(long, value_name = "PATH", default_value = "target/debug/dogwatch")]
    dogwatch: PathBuf,
    /// Prints the state that each scenario produces and diagnoses nothing.
    #[arg(long)]
    states: bool,
    /// Keeps every passed scenario as a case for `cargo xtask eval DIR --corpus dogwatch-e2e`.
    #[arg(long, value_name = "DIR")]
    corpus: Option<PathBuf>,
    /// Repeats the random clusters of the part about fit; printed by every run.
    #[arg(long)]
    seed: Option<u64>,
    /// How many executions the part about crashes kills; the long suite takes 1000.
    #[arg(long, default_value_t = 200)]
    crash_runs: usize,
    /// How many scenarios run at a time.
    #[arg(long, default_value_t = 4)]
    jobs: usize,
}

/// What became of one scenario or check.
#[derive(Debug)]
struct Outcome {
    name: String,
    description: String,
    took: Duration,
    result: Result<String>,
}

/// What a part that is no scenario folder works with.
struct Surroundings<'a> {
    /// A folder of the suite.
    work: &'a Path,
    /// A directory with ready binaries.
    bin_dir: Option<&'a Path>,
    /// The control plane that all share.
    plane: &'a ControlPlane,
    /// The binary under test.
    dogwatch: &'a Path,
    /// Where chance begins.
    seed: Option<u64>,
    /// How many executions are killed.
    crash_runs: usize,
}

/// A part that is no scenario folder.
struct Part {
    name: &'static str,
    description: &'static str,
    run: fn(&Surroundings<'_>) -> Result<()>,
}

/// Parts that are no scenario folders, in the order in which they run, one after the other.
const PARTS: &[Part] = &[
    Part {
        name: metrics::NAME,
        description: metrics::DESCRIPTION,
        run: |all| metrics::run(all.work, all.plane, all.dogwatch),
    },
    Part {
        name: recovery::GUARDS,
        description: recovery::GUARDS_DESCRIPTION,
        run: |all| recovery::guards(all.work, all.plane, all.dogwatch),
    },
    Part {
        name: recovery::BOUNDS,
        description: recovery::BOUNDS_DESCRIPTION,
        run: |all| recovery::bounds(all.work, all.plane, all.dogwatch),
    },
    Part {
        name: recovery::MACHINES,
        description: recovery::MACHINES_DESCRIPTION,
        run: |all| recovery::machines(all.work, all.plane, all.dogwatch),
    },
    Part {
        name: recovery::PROVIDER,
        description: recovery::PROVIDER_DESCRIPTION,
        run: |all| recovery::provider(all.work, all.plane, all.dogwatch),
    },
    Part {
        name: recovery::CHAT_APP,
        description: recovery::CHAT_APP_DESCRIPTION,
        run: |all| recovery::chat_app(all.work, all.plane, all.dogwatch),
    },
    Part {
        name: recovery::HELM,
        description: recovery::HELM_DESCRIPTION,
        run: recovery::helm,
    },
    Part {
        name: crash::NAME,
        description: crash::DESCRIPTION,
        run: crash::run,
    },
    Part {
        name: fit::NAME,
        description: fit::DESCRIPTION,
        run: |all| fit::run(all.plane, all.seed),
    },
];

pub(crate) use binaries::build_all as build;

/// Runs the suite; fails when any scenario fails.
pub(crate) fn run(options: &Options) -> Result<()> {
    let folder = workspace::root().join("tests/e2e");
    let all = scenario::load_all(&folder.join("scenarios"))?;
    let (chosen, left_out) = choose(all, options);
    let with_clusters = is_wanted(options, clusters::NAME);
    let parts: Vec<&Part> = PARTS
        .iter()
        .filter(|part| is_wanted(options, part.name))
        .collect();
    ensure!(
        !chosen.is_empty() || with_clusters || !parts.is_empty(),
        "no scenario matches --only"
    );
    let dogwatch = Dogwatch::new(&workspace::root().join(&options.dogwatch));
    if !options.states {
        dogwatch.ensure_present()?;
    }
    let binaries = Binaries::locate(options.bin_dir.as_deref(), &folder.join("controlplane"))?;

    let work = tempfile::Builder::new().prefix("dogwatch-e2e-").tempdir()?;
    let config = work.path().join("kwok.yaml");
    play::write_config(&folder.join("stages"), &chosen, &config)?;
    // It has to age, so it begins first and is judged last.
    let incident = with_clusters.then(|| Incident::play(work.path(), &folder, &binaries));
    let plane = ControlPlane::start(work.path(), binaries, &config)?;
    let nodes = fs::read_to_string(folder.join("nodes.yaml")).context("read nodes.yaml")?;
    plane.kubectl().feed(&["apply", "-f", "-"], &nodes)?;
    let suite = Suite {
        plane,
        work: work.path().to_path_buf(),
        dogwatch,
        states_only: options.states,
        corpus: options.corpus.clone(),
    };
    let mut outcomes = suite.run(chosen, options.jobs);
    let binary = workspace::root().join(&options.dogwatch);
    for part in parts {
        let begin = Instant::now();
        let result = (part.run)(&Surroundings {
            work: work.path(),
            bin_dir: options.bin_dir.as_deref(),
            plane: &suite.plane,
            dogwatch: &binary,
            seed: options.seed,
            crash_runs: options.crash_runs,
        });
        outcomes.push(outcome(part.name, part.description, begin, result));
    }
    if let Some(incident) = incident {
        outcomes.push(two_clusters(incident, &binary));
    }
    let failed = outcomes.iter().any(|outcome| outcome.result.is_err());
    if failed && let Err(error) = suite.plane.ensure_alive() {
        println!("{error:#}");
    }
    drop(suite);
    if failed || options.keep {
        println!(
            "logs, bundles and verdicts are kept in {}",
            work.keep().display()
        );
    }
    report(&outcomes, &left_out)
}

/// True when a part that is no scenario folder shall run.
fn is_wanted(options: &Options, name: &str) -> bool {
    let is_named = || options.only.iter().any(|text| name.contains(text.as_str()));
    !options.states && (options.only.is_empty() || is_named())
}

/// The incident on two control planes of its own.
fn two_clusters(incident: Result<Incident>, dogwatch: &Path) -> Outcome {
    let begin = Instant::now();
    let judged = incident.and_then(|incident| incident.judge(dogwatch));
    outcome(clusters::NAME, clusters::DESCRIPTION, begin, judged)
}

/// What became of a part of the suite that is no scenario folder.
fn outcome(name: &str, description: &str, begin: Instant, result: Result<()>) -> Outcome {
    let took = begin.elapsed();
    let verdict = if result.is_ok() { "ok" } else { "FAILED" };
    println!("{verdict:6} {name:45} {:5.1} s", took.as_secs_f32());
    Outcome {
        name: name.to_owned(),
        description: description.to_owned(),
        took,
        result: result.map(|()| String::new()),
    }
}

fn choose(all: Vec<Scenario>, options: &Options) -> (Vec<Scenario>, Vec<String>) {
    let wanted = |name: &str| {
        options.only.is_empty() || options.only.iter().any(|text| name.contains(text.as_str()))
    };
    let named = all.into_iter().filter(|scenario| wanted(&scenario.name));
    let (slow, quick): (Vec<_>, Vec<_>) =
        named.partition(|scenario| options.skip_slowest && scenario.script.slow);
    (
        quick,
        slow.into_iter().map(|scenario| scenario.name).collect(),
    )
}

struct Suite {
    plane: ControlPlane,
    work: PathBuf,
    dogwatch: Dogwatch,
    states_only: bool,
    corpus: Option<PathBuf>,
}

impl Suite {
    /// Runs the scenarios in a few threads, and those that disturb others alone at the end.
    fn run(&self, scenarios: Vec<Scenario>, jobs: usize) -> Vec<Outcome> {
        let (alone, mut together): (Vec<_>, Vec<_>) = scenarios
            .into_iter()
            .partition(|scenario| scenario.script.exclusive);
        // Whoever may wait longest begins first, so that the others do not wait for him in the end.
        together.sort_by_key(|scenario| Reverse(scenario.longest_wait()));
        let queue = Mutex::new(VecDeque::from(together));
        let done = Mutex::new(Vec::new());
        thread::scope(|scope| {
            for _ in 0..jobs.max(1) {
                scope.spawn(|| {
                    while let Some(scenario) = pop(&queue) {
                        let outcome = self.run_one(&scenario);
                        done.lock()
                            .unwrap_or_else(PoisonError::into_inner)
                            .push(outcome);
                    }
                });
            }
        });
        let mut outcomes = done.into_inner().unwrap_or_else(PoisonError::into_inner);
        outcomes.sort_by(|left, right| left.name.cmp(&right.name));
        for scenario in alone {
            outcomes.push(self.run_one(&scenario));
            self.plane.stop_controllers();
            if let Err(error) = self.plane.start_controllers() {
                println!("the controller-manager did not come back: {error:#}");
            }
        }
        outcomes
    }

    fn run_one(&self, scenario: &Scenario) -> Outcome {
        let begin = Instant::now();
        let result = self.judge(scenario);
        if let Err(error) = steps::clear(scenario, &self.plane) {
            println!("{}: cannot clear the namespace: {error:#}", scenario.name);
        }
        let outcome = Outcome {
            name: scenario.name.clone(),
            description: scenario.script.description.clone(),
            took: begin.elapsed(),
            result,
        };
        let word = if outcome.result.is_ok() {
            "ok"
        } else {
            "FAILED"
        };
        println!(
            "{word:6} {:45} {:5.1} s",
            outcome.name,
            outcome.took.as_secs_f32()
        );
        outcome
    }

    fn judge(&self, scenario: &Scenario) -> Result<String> {
        self.plane.ensure_alive()?;
        steps::play(scenario, &self.plane)?;
        if self.states_only {
            return states::describe(scenario, &self.plane);
        }
        let folder = self.work.join("verdicts").join(&scenario.name);
        fs::create_dir_all(&folder).context("create a folder for the verdicts")?;
        let verdict = self.dogwatch.diagnose(scenario, &self.plane, &folder)?;
        let complaints = expectation::compare(&scenario.script.expect, &verdict);
        if !complaints.is_empty() {
            bail!(
                "{}\n    verdict: {}",
                complaints.join("\n    "),
                verdict.summary()
            );
        }
        if scenario.name == replayed::SCENARIO {
            replayed::check(&self.dogwatch, scenario, &self.plane, &folder)?;
        }
        match &self.corpus {
            Some(corpus) => corpus::keep(corpus, scenario, &folder),
            None => Ok(String::new()),
        }
    }
}

fn pop(queue: &Mutex<VecDeque<Scenario>>) -> Option<Scenario> {
    queue
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .pop_front()
}

fn report(outcomes: &[Outcome], left_out: &[String]) -> Result<()> {
    println!("\n{:45}   {:6}   TIME", "SCENARIO", "RESULT");
    for Outcome {
        name, took, result, ..
    } in outcomes
    {
        let word = if result.is_ok() { "passed" } else { "FAILED" };
        println!("{name:45}   {word}   {:.1} s", took.as_secs_f32());
    }
    for Outcome {
        name,
        description,
        result,
        ..
    } in outcomes
    {
        match result {
            Ok(text) if text.is_empty() => {}
            Ok(text) => println!("\n===== {name}: {description}\n{text}"),
            Err(error) => println!("\n{name}: {description}\n    {error:#}"),
        }
    }
    for name in left_out {
        println!("left out by --skip-slowest: {name}");
    }
    let failed = outcomes
        .iter()
        .filter(|outcome| outcome.result.is_err())
        .count();
    println!("\n{} passed, {failed} failed", outcomes.len() - failed);
    ensure!(failed == 0, "{failed} scenarios failed");
    Ok(())
}
