//! Watches what a plan promised: three outcomes within time budgets. A change in the cluster is looked
//! at right away, and without one it is looked from time to time.

use core::time::Duration;

use dogwatch_model::{
    plan::{Expectation, Outcome, Verification},
    ports::store::PlanState,
};
use jiff::{SignedDuration, Timestamp};
use tokio::time::sleep;

use super::{
    Ended, RecoveryError,
    ear::{self, Ear},
    ending::Claimed,
};
use crate::collect::Progress;

/// Times between two looks after which a new cause counts: a Pod that is just starting has some too.
const SURE: i32 = 2;

/// Looks in a row that a change may hurry: in a restless Namespace the clock has its turn again.
const MAX_HURRIED: u32 = 20;

/// Longest wait without a renewal of the lease.
const MAX_PIECE: Duration = Duration::from_secs(20);

impl Claimed<'_> {
    /// Looks until everything holds for the whole window, something new is wrong, or time is up.
    pub(crate) async fn verify(&self, progress: &dyn Progress) -> Result<Ended, RecoveryError> {
        let recovery = self.recovery;
        let windows = recovery.settings.windows;
        let (_, body) = recovery.plan(&self.plan.id).await?;
        let kinds = ear::kinds(&body.option.verification);
        let mut ear = Ear::new(recovery.reader, &kinds, &body);
        progress.phase("waiting for the change to settle");
        self.wait(windows.settle, &mut ear, false).await?;
        let begin = recovery.world.now();
        let mut holds_since: Option<Timestamp> = None;
        let mut trouble_since: Option<Timestamp> = None;
        let mut hurried = 0;
        loop {
            let verification = ear.during(recovery.verify_once(&body)).await;
            let now = recovery.world.now();
            let outcome = verification.outcome();
            progress.phase(&summary(&verification));
            let mut pause = windows.look_every;
            if outcome == Outcome::Met {
                let since = *holds_since.get_or_insert(now);
                let left = windows.hold - now.duration_since(since);
                if left <= SignedDuration::ZERO {
                    let words = format!("all {} expectations hold", verification.verdicts.len());
                    return Ok(ended(PlanState::Succeeded, words, verification));
                }
                pause = pause.min(left);
            } else {
                holds_since = None;
            }
            // Looks that a change has hurried are no new witnesses: the time counts.
            trouble_since = has_new_trouble(&verification).then(|| trouble_since.unwrap_or(now));
            let is_sure = trouble_since
                .is_some_and(|since| now.duration_since(since) >= windows.look_every * SURE);
            if is_sure || now.duration_since(begin) >= windows.give_up {
                let state = if outcome == Outcome::Unmet {
                    PlanState::Failed
                } else {
                    PlanState::Inconclusive
                };
                return Ok(ended(state, summary(&verification), verification));
            }
            let may_hurry = hurried < MAX_HURRIED;
            let was_hurried = self.wait(pause, &mut ear, may_hurry).await?;
            hurried = if was_hurried { hurried + 1 } else { 0 };
        }
    }

    /// Waits, in small pieces so that the lease stays ours; true when a change that may hurry it has
    /// ended the wait.
    async fn wait(
        &self,
        time: SignedDuration,
        ear: &mut Ear<'_>,
        may_hurry: bool,
    ) -> Result<bool, RecoveryError> {
        let lease = Duration::try_from(self.recovery.settings.lease).unwrap_or_default();
        let mut left = Duration::try_from(time).unwrap_or_default();
        loop {
            self.renew().await?;
            let piece = left.min(MAX_PIECE).min(lease / 3);
            if may_hurry {
                if ear.hears_within(piece).await {
                    return Ok(true);
                }
            } else {
                ear.during(sleep(piece)).await;
            }
            left -= piece;
            if left.is_zero() {
                return Ok(false);
            }
        }
    }
}

fn ended(state: PlanState, words: String, verification: Verification) -> Ended {
    Ended {
        state,
        words,
        verification,
        remarks: Vec::new(),
    }
}

fn has_new_trouble(verification: &Verification) -> bool {
    verification.verdicts.iter().any(|verdict| {
        verdict.outcome == Outcome::Unmet
            && matches!(verdict.expectation, Expectation::NothingNew { .. })
    })
}

/// What is not so, or not known; else that all holds.
pub(crate) fn summary(verification: &Verification) -> String {
    let open: Vec<String> = verification
        .verdicts
        .iter()
        .filter(|verdict| verdict.outcome != Outcome::Met)
        .map(|verdict| verdict.seen.clone())
        .collect();
    if open.is_empty() {
        return format!("all {} expectations hold", verification.verdicts.len());
    }
    open.join("; ")
}
