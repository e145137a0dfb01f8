//! How the predictions fared.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use anyhow::{Context as _, Result, ensure};
use dogwatch_model::Snapshot;

use super::judge::{self, Real};
use super::urgent::Urgent;
use super::{Case, GROUPS, NAME};

/// Cases of a hundred that have to agree.
const AGREEMENT_PERCENT: usize = 99;

/// How the predictions fared.
#[derive(Debug, Default)]
pub(super) struct Score {
    cases: usize,
    pods: usize,
    pending: usize,
    first_messages: usize,
    later: usize,
    ranges: usize,
    /// Asks that came upon a reason.
    reasons: BTreeMap<String, usize>,
    urgent: usize,
    preempting: usize,
    complaints: Vec<String>,
}

impl Score {
    /// Holds the predictions of a round against what happened; gives back what did not fit.
    pub(super) fn judge(
        &mut self,
        cases: Vec<Case>,
        real: Vec<Real>,
        round: usize,
    ) -> Vec<(Case, Real)> {
        let mut unplaced = Vec::new();
        for (case, real) in cases.into_iter().zip(real) {
            self.cases += 1;
            self.pods += case.count;
            self.pending += usize::from(real.message.is_some());
            self.ranges += usize::from(case.fit.fits_min != case.fit.fits_max);
            for reason in real
                .message
                .iter()
                .flat_map(|message| judge::words(message))
            {
                *self.reasons.entry(reason).or_default() += 1;
            }
            self.first_messages += usize::from(judge::is_first_message(&case.fit, &real));
            if let Some(complaint) = judge::complaint(&case.fit, &real) {
                self.complain(&format!("round {round}"), &case, &complaint);
            }
            if real.message.is_some() {
                unplaced.push((case, real));
            }
        }
        unplaced
    }

    /// Once the others have their nodes, one more Pod does not fit, and for the reasons given.
    pub(super) fn look_back(
        &mut self,
        snapshot: &Snapshot,
        unplaced: &[(Case, Real)],
    ) -> Result<()> {
        for (case, real) in unplaced {
            let fit = judge::prediction(snapshot, &case.template, &case.namespace, 1)?;
            let real = Real {
                placed: 0,
                message: real.message.clone(),
            };
            self.later += 1;
            if let Some(complaint) = judge::complaint(&fit, &real) {
                self.complain("afterwards", case, &complaint);
            }
        }
        Ok(())
    }

    /// Urgent Pods of every group, and what was wrong about them.
    pub(super) fn urgent(&mut self, outcome: Urgent) {
        self.urgent += GROUPS;
        self.preempting += outcome.preempting;
        self.complaints.extend(outcome.wrong);
    }

    fn complain(&mut self, when: &str, case: &Case, complaint: &str) {
        let Case {
            namespace,
            template,
            ..
        } = case;
        self.complaints.push(format!(
            "{namespace}, {when}: {complaint}\n      labels {}\n      spec {}",
            template.labels, template.spec
        ));
    }

    pub(super) fn report(&self, seed: u64) -> Result<()> {
        let Self {
            cases,
            pods,
            pending,
            first_messages,
            later,
            ranges,
            reasons,
            urgent,
            preempting,
            complaints,
        } = self;
        let judged = cases + later + urgent;
        let wrong = complaints.len();
        println!(
            "{NAME}: {cases} asks for {pods} Pods, {ranges} predicted as a range; {pending} did \
             not fit wholly, {first_messages} of them for the reasons told first; {later} asked \
             again afterwards; {urgent} urgent Pods, for {preempting} of which others went; {wrong} of {judged} predictions wrong"
        );
        for (reason, count) in reasons {
            println!("    {count:4} asks came upon: {reason}");
        }
        let mut text = String::new();
        for complaint in complaints {
            write!(text, "\n    {complaint}").context("list the wrong predictions")?;
        }
        let agreed = (judged - wrong) * 100;
        ensure!(
            agreed >= judged * AGREEMENT_PERCENT,
            "with seed {seed} {wrong} of {judged} predictions are wrong:{text}"
        );
        if wrong > 0 {
            println!("{text}");
        }
        Ok(())
    }
}
