//! One run: a plan, an executor that is killed, and others that go on until it has ended.

use std::collections::BTreeSet;
use std::process::{Child, Output};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

use super::act::Act;
use super::milliseconds;
use super::setting;
use crate::e2e::Surroundings;
use crate::e2e::fit::dice::Dice;
use crate::e2e::recovery::crew::Crew;

/// Lease of an executor, so long as the settings allow at least.
const LEASE: Duration = Duration::from_secs(2);

/// Within this time a plan has to end.
const PATIENCE: Duration = Duration::from_mins(1);

/// When an execution that nobody kills does what, in milliseconds after its start.
#[derive(Debug)]
pub(super) struct Timing {
    steps_begin: usize,
    steps_end: usize,
    end: usize,
}

impl Timing {
    /// The middle of what was seen.
    pub(super) fn of<'a>(seen: impl Iterator<Item = &'a Timing>) -> Self {
        let seen: Vec<&Timing> = seen.collect();
        let middle = |get: fn(&Timing) -> usize| {
            let mut all: Vec<usize> = seen.iter().map(|one| get(one)).collect();
            all.sort_unstable();
            all.get(all.len() / 2).copied().unwrap_or_default()
        };
        Self {
            steps_begin: middle(|one| one.steps_begin),
            steps_end: middle(|one| one.steps_end),
            end: middle(|one| one.end),
        }
    }
}

/// What happens to a run.
#[derive(Debug)]
pub(super) struct Fate {
    /// When the first executor is killed.
    kill: Duration,
    /// When the second one is; `None` lets it live.
    kill_again: Option<Duration>,
    /// Two executors start together.
    has_rival: bool,
}

impl Fate {
    /// Draws one: most deaths between the first step and the last, some anywhere, at once, or after
    /// the end.
    pub(super) fn draw(dice: &mut Dice, timing: &Timing) -> Self {
        Self {
            kill: moment(dice, timing),
            kill_again: dice.chance(30).then(|| moment(dice, timing)),
            has_rival: dice.chance(33),
        }
    }
}

fn moment(dice: &mut Dice, timing: &Timing) -> Duration {
    let steps = timing.steps_end.saturating_sub(timing.steps_begin);
    milliseconds(match dice.roll(100) {
        0..5 => 0,
        5..10 => timing.end * 2,
        10..80 => timing.steps_begin + dice.roll(steps + steps / 4 + 1),
        _ => dice.roll(timing.end),
    })
}

/// What came of a run.
#[derive(Debug)]
pub(super) struct Ran {
    pub(super) plan: String,
    pub(super) number: usize,
    /// The last record before each take-over, and whether the write of an open step had arrived.
    pub(super) broken_off: Vec<String>,
    /// Executors that died.
    pub(super) killed: usize,
    /// Two executors had started together.
    pub(super) had_rival: bool,
}

/// A plan that waits for its execution.
struct Story<'a> {
    crew: Crew<'a>,
    plan: String,
    incident: String,
    number: usize,
}

/// Carries a plan out undisturbed.
pub(super) fn timed(all: &Surroundings<'_>, number: usize) -> Result<Timing> {
    let story = Story::begin(all, number)?;
    let begin = Instant::now();
    let since = jiff::Timestamp::now();
    let output = story.execute()?.wait_with_output().context("wait")?;
    ensure!(output.status.success(), "it ends well: {}", words(&output));
    let end = begin.elapsed();
    let incident = story.judge()?;
    let at = |action: &str| -> Result<usize> {
        let record = records(&incident).find(|record| record["action"] == action);
        let record = record.with_context(|| format!("a record {action}"))?;
        let at: jiff::Timestamp = record["ts"].as_str().unwrap_or_default().parse()?;
        Ok(usize::try_from(at.duration_since(since).as_millis()).unwrap_or_default())
    };
    Ok(Timing {
        steps_begin: at("plan.executing")?,
        steps_end: at("plan.verifying")?,
        end: usize::try_from(end.as_millis()).unwrap_or_default(),
    })
}

/// Kills the executor, and goes on until the plan has ended.
pub(super) fn killed(all: &Surroundings<'_>, number: usize, fate: &Fate) -> Result<Ran> {
    let story = Story::begin(all, number)?;
    let first = story.execute()?;
    let rival = if fate.has_rival {
        Some(story.execute()?)
    } else {
        None
    };
    let mut deaths = usize::from(die(first, fate.kill)?);
    if let Some(rival) = rival {
        rival_ends(rival)?;
    }
    story.says_where_it_stands()?;
    if let Some(after) = fate.kill_again {
        wait_for_lease(deaths);
        deaths += usize::from(die(story.execute()?, after)?);
    }
    story.go_on(deaths)?;
    let incident = story.judge()?;
    Ok(Ran {
        broken_off: broken_off(&incident),
        plan: story.plan,
        number,
        killed: deaths,
        had_rival: fate.has_rival,
    })
}

/// Stops all recovery between the death of an executor and its successor: the plan ends, nothing more
/// is sent, and every step that was begun has an end. False when the death came too early or too late
/// to show it.
pub(super) fn paused(all: &Surroundings<'_>, number: usize) -> Result<bool> {
    let story = Story::begin(all, number)?;
    let deaths = usize::from(story.dies_between_steps(story.execute()?)?);
    story.crew.expect("bob", &["pause", "look first"], 0)?;
    wait_for_lease(deaths);
    let output = story.execute()?.wait_with_output().context("wait")?;
    let incident = story.read()?;
    if incident["plans"][0]["state"] != "aborted" {
        return Ok(false);
    }
    ensure!(output.status.code() == Some(6), "refused: {output:?}");
    let executed = &incident["rounds"][0]["executed"];
    let why = executed["words"].as_str().unwrap_or_default();
    ensure!(why.contains("look first"), "the reason is told: {executed}");
    let with = |actions: &[&str]| -> BTreeSet<u64> {
        let all = records(&incident);
        all.filter(|record| actions.iter().any(|action| record["action"] == **action))
            .filter_map(|record| record["detail"]["n"].as_u64())
            .collect()
    };
    let (begun, ended) = (with(&["step.started"]), with(&["step.done", "step.failed"]));
    ensure!(
        begun == ended,
        "every step that was begun has an end: {incident}"
    );
    Ok(true)
}

/// Kills a process so long after now; false when it had ended by itself.
fn die(mut child: Child, after: Duration) -> Result<bool> {
    sleep(after);
    // SIGKILL: nothing is flushed, released or told.
    let is_alive = child.try_wait().context("look at dogwatch")?.is_none();
    child.kill().context("kill dogwatch")?;
    child.wait().context("bury dogwatch")?;
    Ok(is_alive)
}

impl<'a> Story<'a> {
    /// Makes the plan of the run, and has it approved.
    fn begin(all: &Surroundings<'a>, number: usize) -> Result<Self> {
        let work = all.work.join(super::NAME).join(number.to_string());
        let config = format!(
            "cluster: e2e
remediation: {{enabled: true, lease: off, leaseSeconds: {}, kubeconfig: {}}}
approval:
  flagOnly: true
  grants:
  - {{who: ['kubernetes:bob', 'kubernetes:carol'], role: admin}}
verification: {{settle: 0s, hold: 0s, giveUp: 30s, lookEvery: 1s}}
",
            LEASE.as_secs(),
            all.plane.kubeconfig_of("remediator").display()
        );
        let crew = Crew::with_config(&work, all.plane, all.dogwatch, &config)?;
        let act = Act::of(number);
        let words = act.words(&setting::node(number));
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let made = crew.plans("alice", &words)?;
        let plan = made.of(act.remedy())?;
        for (person, code) in act.approvers() {
            let mut words = vec!["plan", "approve", &plan.id, "--approve", &plan.digest];
            // What is typed ends with the digest; what is named before it is not always asked for.
            let named = plan.typed.rsplit_once(' ').map(|(named, _)| named);
            words.extend(named.iter().flat_map(|named| ["--naming", named]));
            crew.expect(person, &words, *code)?;
        }
        Ok(Self {
            plan: plan.id.clone(),
            incident: made.incident.clone(),
            number,
            crew,
        })
    }

    fn execute(&self) -> Result<Child> {
        let words = ["plan", "execute", &self.plan, "--quiet"];
        self.crew.spawn("carol", &words)
    }

    /// Kills an executor as soon as its first step is done. How long that takes depends on the machine:
    /// what is recorded tells, and no clock.
    fn dies_between_steps(&self, mut child: Child) -> Result<bool> {
        while child.try_wait().context("look at dogwatch")?.is_none() {
            let incident = self.read()?;
            if records(&incident).any(|record| record["action"] == "step.done") {
                break;
            }
        }
        die(child, Duration::ZERO)
    }

    /// Also while nobody executes it, everybody can read how far it came.
    fn says_where_it_stands(&self) -> Result<()> {
        self.crew.expect("alice", &["audit", "verify"], 0)?;
        Ok(())
    }

    /// Starts executors until one says that the plan has ended.
    fn go_on(&self, deaths: usize) -> Result<()> {
        let deadline = Instant::now() + PATIENCE;
        wait_for_lease(deaths);
        loop {
            let output = self.execute()?.wait_with_output().context("wait")?;
            let said = words(&output);
            if output.status.success() || said.contains("is succeeded; a new plan is needed") {
                return Ok(());
            }
            ensure!(
                said.contains("executes this plan until"),
                "it goes on: {said}"
            );
            ensure!(Instant::now() < deadline, "it never ends: {said}");
            sleep(Duration::from_millis(300));
        }
    }

    /// The incident with everything that is recorded of it.
    fn read(&self) -> Result<Value> {
        let words = ["incidents", "show", &self.incident, "-o", "json"];
        let said = self.crew.expect("alice", &words, 0)?;
        serde_json::from_str(&said.out).context("an incident as JSON")
    }

    /// What the store says: the chain is whole, every step is done once, and the incident is closed
    /// with the reason.
    fn judge(&self) -> Result<Value> {
        self.crew.expect("alice", &["audit", "verify"], 0)?;
        let incident = self.read()?;
        let count = |action: &str| {
            let all = records(&incident);
            all.filter(|record| record["action"] == action).count()
        };
        let name = setting::node(self.number);
        let steps = Act::of(self.number).wanted(&name).len();
        ensure!(
            count("step.done") == steps && count("step.failed") == 0,
            "each of {steps} steps is done once: {incident}"
        );
        ensure!(count("plan.executing") == 1, "it began once: {incident}");
        ensure!(count("plan.succeeded") == 1, "it ended once: {incident}");
        ensure!(
            incident["state"] == "resolved" && incident["plans"][0]["state"] == "succeeded",
            "plan and incident are closed: {incident}"
        );
        let executed = &incident["rounds"][0]["executed"];
        ensure!(
            executed["plan"] == *self.plan && executed["state"] == "succeeded",
            "the incident says what was done: {incident}"
        );
        Ok(incident)
    }
}

/// One that lost says in one sentence why it does nothing.
fn rival_ends(rival: Child) -> Result<()> {
    let output = rival.wait_with_output().context("wait for the rival")?;
    if output.status.success() {
        return Ok(());
    }
    let said = words(&output);
    let is_known = said.contains("executes this plan until")
        || said.contains("the plan is executing")
        || said.contains("a new plan is needed");
    ensure!(
        is_known && said.trim().lines().count() == 1,
        "the rival says why not: {said}"
    );
    Ok(())
}

/// Nobody may take over from a dead executor before its lease is over.
fn wait_for_lease(deaths: usize) {
    if deaths > 0 {
        sleep(LEASE);
    }
}

fn records(incident: &Value) -> impl Iterator<Item = &Value> {
    incident["records"].as_array().into_iter().flatten()
}

/// Where each executor that was replaced had come to. A step that was started tells by what was
/// found whether its write had arrived.
fn broken_off(incident: &Value) -> Vec<String> {
    let all: Vec<&Value> = records(incident).collect();
    let action = |record: &Value| record["action"].as_str().unwrap_or_default().to_owned();
    let mut found = Vec::new();
    for at in 1..all.len() {
        if action(all[at]) != "plan.taken_over" {
            continue;
        }
        let mut last = format!("after {}", action(all[at - 1]));
        if last == "after step.started" {
            let done = all[at..]
                .iter()
                .find(|record| action(record) == "step.done");
            let was_found = done.is_some_and(|done| !done["response"]["found"].is_null());
            last += if was_found {
                ", write accepted"
            } else {
                ", nothing written"
            };
        }
        found.push(last);
    }
    found
}

fn words(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}
