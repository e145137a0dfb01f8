#![doc = include_str!("fix_service_selector.md")]

use dogwatch_model::{
    Kind,
    plan::{
        Draft, Expectation, Fact, PlanOption, PlanRefusal, RemedyRequest, Reversibility, Risk,
        Step, Target,
    },
    snapshot::Service,
    wire::Labels,
};
use serde_json::{Map, Value, json};

use super::{Ground, Remedy, RemedyMeta, ground::is_same, sketch};

/// A selector that finds the Pods.
#[derive(Debug)]
pub(crate) struct FixServiceSelector;

static META: RemedyMeta = RemedyMeta {
    id: "fix-service-selector",
    does: "Gives a Service the labels by which a workload selects its Pods.",
    risk: Risk::Medium,
    reversibility: Reversibility::Reversible,
    since: "0.1.0",
};

impl Remedy for FixServiceSelector {
    fn meta(&self) -> &'static RemedyMeta {
        &META
    }

    fn casebook(&self) -> &'static str {
        include_str!("fix_service_selector.md")
    }

    fn draft(
        &self,
        ground: &Ground<'_>,
        request: &RemedyRequest,
    ) -> Result<PlanOption<Draft>, PlanRefusal> {
        let RemedyRequest::FixServiceSelector {
            service: target,
            workload,
        } = request
        else {
            return Err(sketch::other_remedy(&META));
        };
        let service = service(ground, target)?;
        let rollout = ground.rollout(workload)?;
        check_use(ground, service, target)?;
        if target.namespace != workload.namespace {
            let because = format!("{target} selects Pods of its own Namespace only");
            return Err(PlanRefusal::NotSupported { because });
        }
        let selector = rollout.workload.selector();
        if !selector.match_expressions.is_empty() {
            let because =
                format!("{workload} selects its Pods by expressions, which a Service cannot");
            return Err(PlanRefusal::NotSupported { because });
        }
        let (now, wanted) = (&service.spec.selector, &selector.match_labels);
        if now == wanted {
            let because = format!("{target} has the labels of {workload} already");
            return Err(PlanRefusal::NothingToDo { because });
        }
        let title = format!("let {target} select {}", words(wanted));
        let scenario = "The Service selects no Pod, and this workload is the one it is meant for.";
        let mut draft = sketch::draft(&META, request, title, scenario);
        draft.steps.push(step(target, now, wanted));
        draft.rollback.push(step(target, wanted, now));
        draft
            .observed
            .push(sketch::relies_on(target, &["/spec/selector"]));
        draft
            .observed
            .push(sketch::relies_on(workload, &["/spec/selector"]));
        draft
            .impact
            .summary
            .push(format!("traffic of {target} goes to {workload}"));
        draft.impact.expected_seconds = 30;
        for mode in ["service-selector-mismatch", "service-no-ready-endpoints"] {
            draft.verification.push(Expectation::NotFound {
                mode: mode.to_owned(),
                object: target.clone(),
            });
        }
        Ok(draft)
    }
}

/// The Service of exactly this incarnation.
pub(super) fn service<'a>(
    ground: &Ground<'a>,
    target: &Target,
) -> Result<&'a Service, PlanRefusal> {
    let service = ground
        .view
        .snapshot
        .service(&target.namespace, &target.name);
    service
        .filter(|service| is_same(&service.meta, target))
        .ok_or_else(|| PlanRefusal::NotThere {
            object: target.to_string(),
        })
}

/// A Service that selects Pods serves somebody, and one without a selector has its endpoints from
/// elsewhere.
fn check_use(ground: &Ground<'_>, service: &Service, target: &Target) -> Result<(), PlanRefusal> {
    if service.spec.selector.is_empty() {
        let because = format!("{target} has no selector: somebody else sets its endpoints");
        return Err(PlanRefusal::NotSupported { because });
    }
    ground.needs(Kind::Pod)?;
    let backend = ground.view.backends.get(&target.namespace, &target.name);
    let selected = backend.map_or(0, |backend| backend.pods.len());
    if selected > 0 {
        let because = format!("{target} selects {selected} Pods, which would lose its traffic");
        return Err(PlanRefusal::Unsafe { because });
    }
    Ok(())
}

fn words(labels: &Labels) -> String {
    let pairs: Vec<String> = labels
        .iter()
        .map(|(key, value)| format!("{key}={value}"))
        .collect();
    pairs.join(",")
}

/// A merge patch replaces key by key, so keys that go away are named too.
fn step(target: &Target, now: &Labels, wanted: &Labels) -> Step {
    let mut selector = Map::new();
    for (key, _) in now.iter() {
        selector.insert(key.to_owned(), Value::Null);
    }
    for (key, value) in wanted.iter() {
        selector.insert(key.to_owned(), json!(value));
    }
    sketch::merge(
        format!("let {target} select {}", words(wanted)),
        target,
        json!({"spec": {"selector": selector}}),
        (
            Fact::as_read("/spec/selector"),
            Fact::as_read("/spec/selector"),
        ),
    )
}
