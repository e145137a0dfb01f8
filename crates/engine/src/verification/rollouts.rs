//! Whether a workload is rolled out. Old replicas prove nothing, and neither does an accepted write.

use dogwatch_model::{
    Kind, Source,
    plan::{Outcome, Target},
    snapshot::Pod,
};

use super::{present, unread};
use crate::{
    rollout::{LayerStatus, Rollout, funnel},
    view::View,
};

/// The funnel of the workload must be green: its controller has seen the spec, and Pods of the new
/// version are what is Ready.
pub(super) fn rolled_out(view: &View<'_>, workload: &Target, replicas: i64) -> (Outcome, String) {
    let object = match present(view, workload) {
        Ok(object) => object,
        Err(verdict) => return verdict,
    };
    let Some(rollout) = view.rollout(&object) else {
        let words = format!("{} is no workload", workload.kind);
        return (Outcome::Undecided, words);
    };
    // The number is the autoscaler's where there is one.
    let is_scaled = view.snapshot.autoscalers.iter().any(|known| {
        let aim = &known.spec.scale_target_ref;
        known.meta.namespace == object.namespace
            && aim.name == object.name
            && *aim.kind == *workload.kind
    });
    if rollout.desired != replicas && !is_scaled {
        let words = format!(
            "{} replicas are wanted now, {replicas} were expected",
            rollout.desired
        );
        return (Outcome::Unmet, words);
    }
    if !rollout.version.is_proven {
        return (
            Outcome::Undecided,
            "which Pods are the new version could not be told".to_owned(),
        );
    }
    layers(view, rollout)
}

fn layers(view: &View<'_>, rollout: &Rollout<'_>) -> (Outcome, String) {
    let counters = &rollout.counters;
    let words = format!(
        "{} of {} updated, {} ready, {} available",
        counters.updated, rollout.desired, counters.ready, counters.available
    );
    // The last layer is about Services, which a rollout does not answer for.
    let layers = funnel(view.snapshot, rollout);
    let failing = layers
        .iter()
        .find(|layer| layer.layer != "endpoints_ready" && layer.status != LayerStatus::Pass);
    let unread = unread(view, &sources(rollout));
    match failing.map(|layer| (layer.layer, layer.status)) {
        None => unread.unwrap_or((Outcome::Met, words)),
        Some((_, LayerStatus::Unknown)) => unread.unwrap_or((Outcome::Undecided, words)),
        Some((layer, _)) => {
            let waiting = waiting(rollout).map_or_else(String::new, |pod| format!("; {pod}"));
            let words = format!("{words}; {layer} is not reached{waiting}");
            (Outcome::Unmet, words)
        }
    }
}

/// What tells versions and Pods apart: a Pod that was not read may be one of an old version.
fn sources(rollout: &Rollout<'_>) -> [Source; 3] {
    let revisions = match rollout.object.kind {
        Kind::Deployment => Kind::ReplicaSet,
        _ => Kind::ControllerRevision,
    };
    [rollout.object.kind, Kind::Pod, revisions].map(Source::Objects)
}

/// The first Pod of the new version that is not Ready, and what it waits for.
fn waiting(rollout: &Rollout<'_>) -> Option<String> {
    let mut pods: Vec<&Pod> = rollout.active_new_pods().collect();
    // A Pod without a Node tells more than one that is starting.
    pods.sort_by_key(|pod| (!pod.node.is_empty(), &pod.meta.name));
    let pod = pods.into_iter().find(|pod| !pod.is_ready())?;
    let name = &pod.meta.name;
    if !pod.node.is_empty() {
        return Some(format!("Pod {name} is not Ready"));
    }
    let scheduled = pod.condition("PodScheduled");
    let why = scheduled.map_or("it has no Node", |condition| &condition.message);
    Some(format!("Pod {name} is Pending: {why}"))
}
