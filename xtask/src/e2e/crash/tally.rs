//! What all runs came to.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

use anyhow::{Result, ensure};

use super::act::Act;
use super::run::Ran;

/// Counts of all runs.
#[derive(Debug, Default)]
pub(super) struct Tally {
    plans: Vec<(String, usize)>,
    acts: BTreeMap<Act, usize>,
    killed: usize,
    rivals: usize,
    broken_off: BTreeMap<String, usize>,
}

impl Tally {
    /// Adds a run.
    pub(super) fn count(&mut self, ran: &Ran) {
        self.plans.push((ran.plan.clone(), ran.number));
        *self.acts.entry(Act::of(ran.number)).or_default() += 1;
        self.killed += ran.killed;
        self.rivals += usize::from(ran.had_rival);
        for place in &ran.broken_off {
            *self.broken_off.entry(place.clone()).or_default() += 1;
        }
    }

    /// Runs so far.
    pub(super) fn runs(&self) -> usize {
        self.plans.len()
    }

    /// Plans with the numbers of their runs.
    pub(super) fn plans(&self) -> impl Iterator<Item = (&str, usize)> {
        self.plans.iter().map(|(plan, number)| (&**plan, *number))
    }

    /// The figures for people.
    pub(super) fn words(&self, seed: u64, took: Duration) -> String {
        let mut text = format!(
            "{}: {} runs, {} executors killed, {} runs with a rival, {:.0} s, seed {seed}",
            super::NAME,
            self.runs(),
            self.killed,
            self.rivals,
            took.as_secs_f32()
        );
        for (act, count) in &self.acts {
            write!(text, "\n    {act}: {count}").expect("a text takes everything");
        }
        for (place, count) in &self.broken_off {
            write!(text, "\n    taken over {place}: {count}").expect("a text takes everything");
        }
        text
    }

    /// Fails when chance killed so late or so early that nothing was shown.
    pub(super) fn ensure_wide(&self) -> Result<()> {
        let taken_over: usize = self.broken_off.values().sum();
        ensure!(
            taken_over * 3 >= self.runs(),
            "only {taken_over} executions were taken over in {} runs",
            self.runs()
        );
        // A third of the runs draws one. Of 200 fewer than a quarter would be bad luck once in 180
        // suites, fewer than a fifth once in 60,000.
        ensure!(
            self.rivals * 5 >= self.runs(),
            "only {} of {} runs had a rival",
            self.rivals,
            self.runs()
        );
        Ok(())
    }
}
