//! `huawei_get_workload_rollout_context`: the evidence without ranking.

use std::collections::BTreeSet;

use dogwatch_engine::{report::object, rollout::rollouts};
use dogwatch_model::{Uid, ports::PortFuture};
use schemars::{Schema, schema_for};
use serde_json::{Map, Value, json};

use super::{
    Action, ActionMeta, CallError, Context, Effect, Parameters, contract, rows,
    workload_diagnose::Request,
};
use crate::collect::{Limits, Silent, collect};

/// The evidence without ranking.
#[derive(Debug)]
pub(super) struct WorkloadContext;

static META: ActionMeta = ActionMeta {
    name: "huawei_get_workload_rollout_context",
    summary: "Collects workload, ReplicaSets, Pods and UID-filtered Events without a diagnosis.",
    required: &["namespace", "kind", "name"],
    effect: Effect::Reads,
};

impl Action for WorkloadContext {
    fn meta(&self) -> &'static ActionMeta {
        &META
    }

    fn parameters(&self) -> Schema {
        schema_for!(Request)
    }

    fn result(&self) -> Schema {
        schema_for!(contract::WorkloadContext)
    }

    fn run<'a>(
        &'a self,
        context: &'a Context<'a>,
        parameters: Parameters,
    ) -> PortFuture<'a, Result<Map<String, Value>, CallError>> {
        Box::pin(async move {
            let request: Request = parameters.decode(&META)?;
            let target = request.target(&META)?;
            let limits = Limits {
                logs: 0,
                ..Limits::default()
            };
            let scope = request.scope(&target);
            let snapshot = collect(context.reader, &scope, &limits, &Silent, context.now).await;
            let report = object(&snapshot, &target, 0);
            let owned = rollouts(&snapshot);
            let pods: Vec<_> = owned
                .iter()
                .flat_map(|rollout| rollout.new_pods.iter().chain(&rollout.old_pods))
                .collect();
            let sets = report
                .version
                .iter()
                .flat_map(|version| version.new_rs.iter().chain(&version.old_rs));
            let sets: Vec<_> = sets.collect();
            let mut uids: BTreeSet<&Uid> = pods.iter().map(|pod| &pod.meta.uid).collect();
            uids.extend(sets.iter().map(|set| &set.uid));
            uids.extend(report.workload.iter().map(|workload| &workload.uid));
            let mut events: Vec<_> = uids
                .iter()
                .flat_map(|uid| snapshot.events_of(uid))
                .collect();
            events.sort_by_key(|event| core::cmp::Reverse((event.last_seen, &event.uid)));
            events.truncate(usize::try_from(request.event_limit).unwrap_or(usize::MAX));
            let found = report.workload.is_some();
            Ok(rows::map(json!({
                "success": found,
                "workload": report.workload,
                "replicasets": sets,
                "pods": pods.iter().map(|pod| rows::pod(pod)).collect::<Vec<_>>(),
                "events": events.iter().map(|event| rows::event(event)).collect::<Vec<_>>(),
                "event_filter": report.events.filter,
                "warnings": report.warnings,
                "data_gaps": rows::data_gaps(&snapshot),
            })))
        })
    }
}
