#![doc = include_str!("drain_blocked.md")]

use std::collections::BTreeMap;

use dogwatch_model::{CheckId, DisruptionFinding, Evidence, FindingKind, Kind};
use jiff::SignedDuration;

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    reading::{budgets, problems, taints},
    view::View,
};

/// A node should be empty and Pods stay on it.
#[derive(Debug)]
pub(crate) struct DrainBlocked;

static META: Meta = Meta {
    id: CheckId::new("disruption/drain-blocked"),
    kind: FindingKind::Disruption(DisruptionFinding::DrainBlocked),
    needs: sources::NODES_AND_PODS,
    advice: &[
        "Look at what holds the Pods: a budget, a Pod without a controller, or a Pod that does not end.",
    ],
    casebook: include_str!("drain_blocked.md"),
};

impl Check for DrainBlocked {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        let mut held: BTreeMap<&str, Vec<Evidence>> = BTreeMap::new();
        for (pod, node, budget) in budgets::held(view) {
            let facts = held.entry(&node.meta.name).or_default();
            facts.push(cite::spec(&cite::pod(pod), "spec.nodeName", &pod.node));
            facts.push(budgets::counted(budget));
        }
        for (name, node) in budgets::drained_nodes(view) {
            let object = cite::object(Kind::Node, &node.meta);
            let told = problems::recent(view, node, REASONS);
            let mark = taints::leaving(node);
            let begun = mark.map_or_else(
                || taints::cordoned_since(view, node),
                |taint| taint.time_added,
            );
            let is_long = begun.is_none_or(|at| view.now().duration_since(at) > PATIENCE);
            let blocked = held.remove(name).unwrap_or_default();
            // Somebody may just keep new Pods away: a drain shows in what holds it up.
            if blocked.is_empty() && told.is_empty() || !is_long {
                continue;
            }
            let first = match mark {
                Some(taint) => cite::spec(&object, "spec.taints", &taint.key),
                None => cite::spec(&object, "spec.unschedulable", node.spec.unschedulable),
            };
            let told = told.last().map(|event| cite::event(event));
            report.found(
                Subject::of(object).since(begun),
                first,
                told.into_iter().chain(blocked),
            );
        }
    }
}

/// A Pod may take its grace period, and a replica its time to come up elsewhere.
const PATIENCE: SignedDuration = SignedDuration::from_mins(10);

/// What autoscalers say when a node does not become empty.
const REASONS: &[&str] = &["FailedDraining", "ScaleDownFailed", "DrainFailed"];
