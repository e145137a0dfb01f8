#![doc = include_str!("pause_rollout.md")]

use dogwatch_model::plan::{
    Draft, Expectation, Fact, PlanOption, PlanRefusal, RemedyRequest, Reversibility, Risk,
};

use super::{Ground, Remedy, RemedyMeta, room, sketch};
use crate::rollout::Workload;

/// Holds template changes back, or lets them go.
#[derive(Debug)]
pub(crate) struct PauseRollout;

static META: RemedyMeta = RemedyMeta {
    id: "pause-rollout",
    does: "Pauses a Deployment, or resumes it.",
    risk: Risk::Low,
    reversibility: Reversibility::Reversible,
    since: "0.1.0",
};

impl Remedy for PauseRollout {
    fn meta(&self) -> &'static RemedyMeta {
        &META
    }

    fn casebook(&self) -> &'static str {
        include_str!("pause_rollout.md")
    }

    fn draft(
        &self,
        ground: &Ground<'_>,
        request: &RemedyRequest,
    ) -> Result<PlanOption<Draft>, PlanRefusal> {
        let RemedyRequest::PauseRollout { workload, paused } = request else {
            return Err(sketch::other_remedy(&META));
        };
        let rollout = ground.rollout(workload)?;
        if !matches!(rollout.workload, Workload::Deployment(_)) {
            let because = "only Deployments can be paused".to_owned();
            return Err(PlanRefusal::NotSupported { because });
        }
        if rollout.is_paused() == *paused {
            let word = if *paused { "paused" } else { "not paused" };
            let because = format!("{workload} is {word} already");
            return Err(PlanRefusal::NothingToDo { because });
        }
        let (verb, scenario) = if *paused {
            (
                "pause",
                "A rollout makes things worse and somebody needs time to look.",
            )
        } else {
            (
                "resume",
                "A pause was forgotten and holds a needed change back.",
            )
        };
        let title = format!("{verb} {workload}");
        let mut draft = sketch::draft(&META, request, title, scenario);
        let forth = sketch::flag(workload, ("/spec/paused", "paused"), *paused);
        let back = sketch::flag(workload, ("/spec/paused", "paused"), !*paused);
        draft.steps.push(forth);
        draft.rollback.push(back);
        draft.observed.push(sketch::relies_on(
            workload,
            &["/spec/paused", "/spec/template"],
        ));
        if *paused {
            draft.impact.expected_seconds = 10;
            draft.verification.push(Expectation::FieldIs {
                object: workload.clone(),
                fact: Fact::new("/spec/paused", true),
            });
            return Ok(draft);
        }
        // What was held back is rolled out now, and nobody has seen it run.
        draft.risk = Risk::Medium;
        room::for_replacement(ground, &mut draft, rollout);
        draft.verification.push(Expectation::RolledOut {
            workload: workload.clone(),
            replicas: rollout.desired,
        });
        Ok(draft)
    }
}
