#![doc = include_str!("restart_workload.md")]

use dogwatch_model::plan::{
    Draft, Expectation, Fact, PlanOption, PlanRefusal, RemedyRequest, Reversibility, Risk,
};
use serde_json::json;

use super::{Ground, Remedy, RemedyMeta, ground::check_rolls, room, sketch};

/// New Pods of the same template.
#[derive(Debug)]
pub(crate) struct RestartWorkload;

/// Where kubectl notes a restart.
const NOTE: &str = "kubectl.kubernetes.io/restartedAt";

static META: RemedyMeta = RemedyMeta {
    id: "restart-workload",
    does: "Replaces the Pods of a workload one after the other, as `kubectl rollout restart` does.",
    risk: Risk::Medium,
    reversibility: Reversibility::Irreversible,
    since: "0.1.0",
};

impl Remedy for RestartWorkload {
    fn meta(&self) -> &'static RemedyMeta {
        &META
    }

    fn casebook(&self) -> &'static str {
        include_str!("restart_workload.md")
    }

    fn draft(
        &self,
        ground: &Ground<'_>,
        request: &RemedyRequest,
    ) -> Result<PlanOption<Draft>, PlanRefusal> {
        let RemedyRequest::RestartWorkload { workload, at } = request else {
            return Err(sketch::other_remedy(&META));
        };
        let rollout = ground.rollout(workload)?;
        check_rolls(rollout, workload)?;
        if !rollout.was_complete() {
            let because = format!(
                "the rollout of {workload} is not complete: a template that fails would fail again"
            );
            return Err(PlanRefusal::NotSupported { because });
        }
        let title = format!("restart {workload}");
        let scenario = "The Pods have worn out (leak, stale connection) and the template is good.";
        let mut draft = sketch::draft(&META, request, title, scenario);
        let patch = json!({"spec": {"template": {"metadata": {"annotations": {NOTE: at}}}}});
        let field = "/spec/template/metadata/annotations/kubectl.kubernetes.io~1restartedAt";
        draft.steps.push(sketch::change(
            format!("note the restart of {workload} in its template"),
            workload,
            patch,
            (
                Fact::as_read("/spec/template"),
                Fact::new(field, at.as_str()),
            ),
        ));
        draft
            .observed
            .push(sketch::relies_on(workload, ground.relied_on(rollout)));
        room::for_replacement(ground, &mut draft, rollout);
        draft.verification.push(Expectation::RolledOut {
            workload: workload.clone(),
            replicas: rollout.desired,
        });
        Ok(draft)
    }
}
