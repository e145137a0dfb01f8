//! A short look between two long ones: after a change it tells with a few lists whether what a plan
//! promised is plainly not so yet. Only when it is not does the cluster have to be read as a whole.

use dogwatch_engine::{View, verification};
use dogwatch_model::{
    Kind,
    plan::{Expectation, Outcome, Target},
    ports::ListQuery,
};

use super::{PlanBody, Recovery};
use crate::collect::read_lists;

impl Recovery<'_> {
    /// True when a few lists prove that something is not as promised.
    pub(super) async fn is_open_at_a_glance(&self, body: &PlanBody) -> bool {
        let expectations: Vec<Expectation> = body
            .option
            .verification
            .iter()
            .filter(|expectation| !needed(expectation).is_empty())
            .cloned()
            .collect();
        let mut queries: Vec<ListQuery> = expectations.iter().flat_map(needed).collect();
        queries.sort_unstable();
        queries.dedup();
        if queries.is_empty() {
            return false;
        }
        let snapshot = read_lists(self.reader, &queries, self.world.now()).await;
        let view = View::new(&snapshot);
        let seen = verification::Seen::default();
        let verdicts = verification::verify(&view, &expectations, &seen).verdicts;
        let mut outcomes = verdicts.iter().map(|verdict| verdict.outcome);
        outcomes.any(|outcome| outcome == Outcome::Unmet)
    }
}

/// The lists that tell whether an expectation is plainly not so; none when only a whole look can.
fn needed(expectation: &Expectation) -> Vec<ListQuery> {
    match expectation {
        Expectation::RolledOut { workload, .. } => {
            let mut queries = of_target(workload);
            let namespace = &workload.namespace;
            let more = [Kind::HorizontalPodAutoscaler];
            queries.extend(more.map(|kind| ListQuery::in_namespace(kind, namespace)));
            queries
        }
        Expectation::Gone { object } => of_target(object),
        Expectation::NodesReady { .. } => vec![ListQuery::all(Kind::Node)],
        Expectation::Rebooted { node, .. } => of_target(node),
        Expectation::FieldIs { .. }
        | Expectation::AtProvider { .. }
        | Expectation::NotFound { .. }
        | Expectation::AlertGone { .. }
        | Expectation::MetricBelow { .. }
        | Expectation::NothingNew { .. } => Vec::new(),
    }
}

/// An object; of a workload its versions and Pods too.
fn of_target(target: &Target) -> Vec<ListQuery> {
    let Some(object) = target.object() else {
        return Vec::new();
    };
    let mut queries = vec![ListQuery::one(object.kind, &target.namespace, &target.name)];
    if object.kind.is_rollout() {
        let versions = match object.kind {
            Kind::Deployment => Kind::ReplicaSet,
            _ => Kind::ControllerRevision,
        };
        let more = [versions, Kind::Pod];
        queries.extend(more.map(|kind| ListQuery::in_namespace(kind, &target.namespace)));
    }
    queries
}
