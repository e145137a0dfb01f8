//! Executors that are killed at any moment: no step is done twice, none is lost, and what happened
//! is always explained. The proof is the log of the API server, not what Dogwatch says.

mod act;
mod run;
mod setting;
mod tally;
pub(super) mod witness;

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, Result, ensure};

use super::Surroundings;
use super::fit::dice::Dice;
use super::kubectl::Kubectl;
use act::Act;
use run::Timing;
use tally::Tally;

/// The name under which the suite lists the part.
pub(crate) const NAME: &str = "recovery-crash";

/// Where its Pods run.
pub(crate) const NAMESPACES: [&str; 2] = [setting::NAMESPACE, act::NAMESPACE];

/// What it shows.
pub(crate) const DESCRIPTION: &str = "Executors of four remedies killed at random moments, alone and with a rival: every step is done exactly once, and the end is explained.";

/// Runs at a time. Most of a run is waiting for the lease of somebody who was killed.
const WORKERS: usize = 10;

/// Executions that a pause meets between two executors.
const PAUSES: usize = 8;

/// Runs whose objects are made together.
const WAVE: usize = 50;

/// Plays every run and fails with the first that is not as it must be.
pub(crate) fn run(all: &Surroundings<'_>) -> Result<()> {
    let seed = match all.seed {
        Some(seed) => seed,
        None => SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .context("the clock stands before 1970")?
            .as_secs(),
    };
    println!("{NAME}: seed {seed}");
    let begin = Instant::now();
    let kubectl = all.plane.kubectl();
    super::recovery::prepare(&kubectl)?;
    let owner = setting::begin(&kubectl)?;
    let mut dice = Dice::new(seed);
    let timings = timings(all, &kubectl, &owner)?;
    let mut tally = Tally::default();
    let numbers: Vec<usize> = (WORKERS..WORKERS + all.crash_runs).collect();
    for wave in numbers.chunks(WAVE) {
        setting::make(&kubectl, &owner, wave)?;
        let fates: Vec<run::Fate> = wave
            .iter()
            .map(|number| run::Fate::draw(&mut dice, &timings[&Act::of(*number)]))
            .collect();
        let ran = together(wave, |number| {
            run::killed(all, number, &fates[number - wave[0]])
        })?;
        setting::ensure_done(&kubectl, wave)?;
        setting::clear(&kubectl, wave)?;
        for one in &ran {
            tally.count(one);
        }
    }
    // Only a drain has a second step that a pause can stop.
    let last: Vec<usize> = (WORKERS + all.crash_runs..)
        .filter(|number| Act::of(*number) == Act::Drain)
        .take(PAUSES)
        .collect();
    setting::make(&kubectl, &owner, &last)?;
    let paused = together(&last, |number| run::paused(all, number))?;
    let paused = paused.into_iter().filter(|shown| *shown).count();
    ensure!(
        paused > 0,
        "no executor died between two steps before a pause"
    );
    let ran = tally.runs();
    let written = witness::read(&all.plane.audit_log())?;
    let mut unheard = 0;
    for (plan, number) in tally.plans() {
        let writes = written.get(plan).map(Vec::as_slice).unwrap_or_default();
        let wanted = Act::of(number).wanted(&setting::node(number));
        unheard += witness::each_once(plan, writes, &wanted)?;
    }
    ensure!(ran == all.crash_runs, "{ran} runs were played");
    println!("{}", tally.words(seed, begin.elapsed()));
    println!("    ended by a pause between two executors: {paused} of {PAUSES}");
    println!("    carried out although nobody heard the answer: {unheard} writes");
    tally.ensure_wide()
}

/// When an execution of each act does what. Nobody is killed in these first runs.
fn timings(
    all: &Surroundings<'_>,
    kubectl: &Kubectl,
    owner: &str,
) -> Result<BTreeMap<Act, Timing>> {
    let first: Vec<usize> = (0..WORKERS).collect();
    setting::make(kubectl, owner, &first)?;
    let timed = together(&first, |number| {
        Ok((Act::of(number), run::timed(all, number)?))
    })?;
    let timings = Act::ALL.map(|act| {
        let of_act = timed.iter().filter(|(known, _)| *known == act);
        (act, Timing::of(of_act.map(|(_, timing)| timing)))
    });
    setting::clear(kubectl, &first)?;
    Ok(BTreeMap::from(timings))
}

/// Plays runs side by side.
fn together<T: Send>(
    numbers: &[usize],
    play: impl Fn(usize) -> Result<T> + Sync,
) -> Result<Vec<T>> {
    let queue = Mutex::new(numbers.iter().copied());
    let done = Mutex::new(Vec::new());
    let next = || queue.lock().unwrap_or_else(PoisonError::into_inner).next();
    thread::scope(|scope| {
        for _ in 0..WORKERS {
            scope.spawn(|| {
                while let Some(number) = next() {
                    let ran = play(number).with_context(|| format!("run {number}"));
                    done.lock()
                        .unwrap_or_else(PoisonError::into_inner)
                        .push(ran);
                }
            });
        }
    });
    let done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.into_iter().collect()
}

/// A moment in an execution.
fn milliseconds(number: usize) -> Duration {
    Duration::from_millis(u64::try_from(number).unwrap_or_default())
}
