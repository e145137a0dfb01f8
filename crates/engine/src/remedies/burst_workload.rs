#![doc = include_str!("burst_workload.md")]

use dogwatch_model::plan::{
    Draft, Expectation, Fact, PlanOption, PlanRefusal, RemedyRequest, Reversibility, Risk,
};
use serde_json::{Map, Value, json};

use super::{Ground, Remedy, RemedyMeta, ground::check_rolls, room, serverless, sketch};

/// Lets a workload use serverless capacity.
#[derive(Debug)]
pub(crate) struct BurstWorkload;

static META: RemedyMeta = RemedyMeta {
    id: "burst-workload",
    does: "Gives the Pods of a workload the labels by which a provider runs them on serverless capacity.",
    risk: Risk::High,
    reversibility: Reversibility::Reversible,
    since: "0.1.0",
};

impl Remedy for BurstWorkload {
    fn meta(&self) -> &'static RemedyMeta {
        &META
    }

    fn casebook(&self) -> &'static str {
        include_str!("burst_workload.md")
    }

    fn draft(
        &self,
        ground: &Ground<'_>,
        request: &RemedyRequest,
    ) -> Result<PlanOption<Draft>, PlanRefusal> {
        let RemedyRequest::BurstWorkload { workload } = request else {
            return Err(sketch::other_remedy(&META));
        };
        let capacity = serverless::capacity(ground)?;
        let burst = &capacity.labels;
        let rollout = ground.rollout(workload)?;
        check_rolls(rollout, workload)?;
        let known = &rollout.workload.template().labels;
        if burst
            .iter()
            .all(|(key, value)| known.get(key) == Some(value))
        {
            let because = format!("{workload} may use serverless capacity already");
            return Err(PlanRefusal::NothingToDo { because });
        }
        serverless::check(ground, capacity, rollout, workload)?;
        let title = format!("let {workload} use serverless capacity");
        let scenario = "The load is short and no Node of the cluster has room for it.";
        let mut draft = sketch::draft(&META, request, title, scenario);
        let forth = burst
            .iter()
            .map(|(key, value)| (key.clone(), json!(value)))
            .collect();
        let back = burst
            .keys()
            .map(|key| {
                (
                    key.clone(),
                    known.get(key).map_or(Value::Null, |old| json!(old)),
                )
            })
            .collect();
        let template = || {
            (
                Fact::as_read("/spec/template"),
                Fact::as_read("/spec/template"),
            )
        };
        let name = format!("label the Pods of {workload} for serverless capacity");
        draft
            .steps
            .push(sketch::change(name, workload, labels(&forth), template()));
        let name = format!("take the labels for serverless capacity from {workload}");
        draft
            .rollback
            .push(sketch::change(name, workload, labels(&back), template()));
        draft
            .observed
            .push(sketch::relies_on(workload, ground.relied_on(rollout)));
        room::for_replacement(ground, &mut draft, rollout);
        serverless::predict(capacity, &mut draft, rollout)?;
        draft.verification.push(Expectation::RolledOut {
            workload: workload.clone(),
            replicas: rollout.desired,
        });
        Ok(draft)
    }
}

fn labels(labels: &Map<String, Value>) -> Value {
    json!({"spec": {"template": {"metadata": {"labels": labels}}}})
}
