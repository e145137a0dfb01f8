//! Watches what a plan promised: three outcomes within time budgets. A change in the cluster is glanced
//! at right away, and without one it is looked from time to time.

use core::time::Duration;

use dogwatch_model::{
    plan::{Expectation, Outcome, Verification},
    ports::store::PlanState,
};
use jiff::{SignedDuration, Timestamp};
use tokio::time::{Instant, sleep};

use super::{
    Ended, PlanBody, RecoveryError,
    ear::{self, Ear},
    ending::Claimed,
};
use crate::collect::Progress;

/// Times between two looks after which a new cause counts: a Pod that is just starting has some too.
const SURE: i32 = 2;

/// Looks in a row that a change may hurry: in a restless Namespace the clock has its turn again.
const MAX_HURRIED: u32 = 20;

/// Glances of one wait after which they are made less often.
const MANY_GLANCES: u32 = 20;

/// Changes come in groups: how long after the first one it is looked.
const GROUP: Duration = Duration::from_millis(100);

/// The same after many glances.
const LONG_GROUP: Duration = Duration::from_millis(800);

/// A new watch may begin after the glance, and what changed between is heard by nobody: so long after a
/// glance without another change one more is made.
const ONCE_MORE: Duration = Duration::from_millis(400);

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
        self.rest(windows.settle, &mut ear).await?;
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
            if hurried >= MAX_HURRIED {
                self.rest(pause, &mut ear).await?;
                hurried = 0;
            } else {
                let open = (outcome != Outcome::Met).then_some(&body);
                let was_hurried = self.wait(pause, &mut ear, open).await?;
                hurried = if was_hurried { hurried + 1 } else { 0 };
            }
        }
    }

    /// Waits until it is time for a look; true when a change has ended the wait. With a plan that is
    /// still open a change is glanced at first, and ends the wait when nothing plainly speaks against
    /// a success any more.
    async fn wait(
        &self,
        time: SignedDuration,
        ear: &mut Ear<'_>,
        open: Option<&PlanBody>,
    ) -> Result<bool, RecoveryError> {
        let until = later(time);
        let mut glances = 0;
        let mut is_owed = false;
        while let Some(piece) = self.piece_before(until).await? {
            let is_many = glances >= MANY_GLANCES;
            let group = if is_many { LONG_GROUP } else { GROUP };
            let piece = if is_owed { piece.min(ONCE_MORE) } else { piece };
            let is_heard = ear.hears_within(piece, group).await;
            if !is_heard && !is_owed {
                continue;
            }
            is_owed = is_heard;
            glances += 1;
            let Some(body) = open else {
                return Ok(true);
            };
            if !ear.during(self.recovery.is_open_at_a_glance(body)).await {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Waits for the clock, whatever changes.
    async fn rest(&self, time: SignedDuration, ear: &mut Ear<'_>) -> Result<(), RecoveryError> {
        let until = later(time);
        while let Some(piece) = self.piece_before(until).await? {
            ear.during(sleep(piece)).await;
        }
        Ok(())
    }

    /// How long to wait now, in small pieces so that the lease stays ours; `None` when the time is over.
    async fn piece_before(&self, until: Instant) -> Result<Option<Duration>, RecoveryError> {
        self.renew().await?;
        let lease = Duration::try_from(self.recovery.settings.lease).unwrap_or_default();
        let left = until.saturating_duration_since(Instant::now());
        Ok((!left.is_zero()).then(|| left.min(MAX_PIECE).min(lease / 3)))
    }
}

/// So much from now on; a time that lies behind is over.
fn later(time: SignedDuration) -> Instant {
    Instant::now() + Duration::try_from(time).unwrap_or_default()
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
