#![doc = include_str!("remove_taint.md")]

use dogwatch_model::{
    Kind,
    plan::{
        Draft, Expectation, Fact, PlanOption, PlanRefusal, RemedyRequest, Reversibility, Risk,
        Step, Target,
    },
    snapshot::Taint,
};
use serde_json::{Value, json};

use super::{Ground, Remedy, RemedyMeta, sketch};
use crate::{check::run_one, diagnosis::explain_check};

/// Removes one taint, as a last resort.
#[derive(Debug)]
pub(crate) struct RemoveTaint;

/// Taints that say what is the case right now: the node lifecycle controller sets them again.
const STATE: &str = "node.kubernetes.io/";

/// The taint of a Node whose machine its cloud has not described yet.
pub(crate) const UNINITIALIZED: &str = "node.cloudprovider.kubernetes.io/uninitialized";

static META: RemedyMeta = RemedyMeta {
    id: "remove-taint",
    does: "Removes one taint of one Node. A last resort: the controller that should have done it stays broken.",
    risk: Risk::High,
    reversibility: Reversibility::Partial,
    since: "0.1.0",
};

impl Remedy for RemoveTaint {
    fn meta(&self) -> &'static RemedyMeta {
        &META
    }

    fn casebook(&self) -> &'static str {
        include_str!("remove_taint.md")
    }

    fn draft(
        &self,
        ground: &Ground<'_>,
        request: &RemedyRequest,
    ) -> Result<PlanOption<Draft>, PlanRefusal> {
        let RemedyRequest::RemoveTaint {
            node: target,
            key,
            effect,
        } = request
        else {
            return Err(sketch::other_remedy(&META));
        };
        let node = ground.node(target)?;
        let is_meant = |taint: &&Taint| *taint.key == **key && *taint.effect == **effect;
        if !node.spec.taints.iter().any(|taint| is_meant(&taint)) {
            let because = format!("{target} carries no taint {key}:{effect}");
            return Err(PlanRefusal::NothingToDo { because });
        }
        check_owner(ground, target, key)?;
        let title = format!("remove taint {key}:{effect} from {target}, as a last resort");
        let scenario =
            "The controller that owns the taint is proven broken and cannot be mended now.";
        let mut draft = sketch::draft(&META, request, title, scenario);
        let rest: Vec<&Taint> = node
            .spec
            .taints
            .iter()
            .filter(|taint| !is_meant(taint))
            .collect();
        let all: Vec<&Taint> = node.spec.taints.iter().collect();
        draft.steps.push(step(target, "remove", key, &rest));
        draft.rollback.push(step(target, "put back", key, &all));
        draft
            .observed
            .push(sketch::relies_on(target, &["/spec/taints"]));
        draft.warnings.push(format!(
            "what {key} waits for is still not done: Pods start on a Node that is not ready for them"
        ));
        draft.impact.nodes = 1;
        draft.impact.expected_seconds = 30;
        if rest.is_empty() {
            draft.verification.push(Expectation::FieldIs {
                object: target.clone(),
                fact: Fact::absent("/spec/taints"),
            });
        }
        Ok(draft)
    }
}

/// Only a taint whose controller is proven not to run is removed: every other one is put back by
/// its controller, or means what it says.
fn check_owner(ground: &Ground<'_>, target: &Target, key: &str) -> Result<(), PlanRefusal> {
    if key.starts_with(STATE) {
        let because =
            format!("{key} tells the state of {target} and comes back at once; mend the Node");
        return Err(PlanRefusal::Forbidden { because });
    }
    if key != UNINITIALIZED {
        let because = format!("no controller is known to own {key}; who set it must take it away");
        return Err(PlanRefusal::NotSupported { because });
    }
    ground.needs(Kind::Pod)?;
    let is_proven = explain_check("addon/ccm-not-running")
        .is_some_and(|check| !run_one(check, ground.view).0.is_empty());
    if !is_proven {
        let because = format!(
            "nothing proves that the cloud controller manager, which removes {key}, is not running"
        );
        return Err(PlanRefusal::NotSupported { because });
    }
    Ok(())
}

fn step(node: &Target, verb: &str, key: &str, taints: &[&Taint]) -> Step {
    let list: Vec<Value> = taints.iter().map(|taint| in_json(taint)).collect();
    let taints = if list.is_empty() {
        Value::Null
    } else {
        json!(list)
    };
    sketch::merge(
        format!("{verb} taint {key} of {node}"),
        node,
        json!({"spec": {"taints": taints}}),
        (Fact::as_read("/spec/taints"), Fact::as_read("/spec/taints")),
    )
}

fn in_json(taint: &Taint) -> Value {
    let mut map = serde_json::Map::new();
    map.insert("key".to_owned(), json!(&*taint.key));
    map.insert("effect".to_owned(), json!(&*taint.effect));
    if !taint.value.is_empty() {
        map.insert("value".to_owned(), json!(&*taint.value));
    }
    if let Some(at) = taint.time_added {
        map.insert("timeAdded".to_owned(), json!(at.to_string()));
    }
    Value::Object(map)
}
