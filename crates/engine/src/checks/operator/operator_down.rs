#![doc = include_str!("operator_down.md")]

use dogwatch_model::{CheckId, FindingKind, OperatorFinding};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::components::{self, Readiness},
    rollout::{Rollout, Workload},
    view::View,
};

/// No replica of an operator is ready.
#[derive(Debug)]
pub(crate) struct OperatorDown;

static META: Meta = Meta {
    id: CheckId::new("operator/operator-down"),
    kind: FindingKind::Operator(OperatorFinding::OperatorDown),
    needs: sources::WORKLOADS_AND_PODS,
    advice: &["Look at how its Pods end; its log names what it cannot reach."],
    casebook: include_str!("operator_down.md"),
};

impl Check for OperatorDown {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for rollout in view.rollouts.iter().filter(|rollout| is_operator(rollout)) {
            // Pods that nobody recorded are no Pods that fail: the controller must say it too.
            let is_said = rollout
                .condition("Available")
                .is_some_and(|known| known.status == "False");
            let is_down = |known: &Readiness<'_>| {
                known.is_absent()
                    && rollout.counters.ready == 0
                    && (is_said || !known.down.is_empty())
            };
            components::report(view, rollout, report, is_down);
        }
    }
}

/// Operators of the Pod network and of clouds: what they do has checks of its own.
const OTHERS: &[&str] = &[
    "cilium",
    "calico",
    "tigera",
    "antrea",
    "cloud-controller-manager",
];

/// Marks of Cluster API providers.
const PROVIDER: &str = "cluster.x-k8s.io/provider";

/// Operators carry the word in their name or in that of their image; those made with the usual
/// tools are called controller manager.
fn is_operator(rollout: &Rollout<'_>) -> bool {
    let name = &*rollout.meta().name;
    let is_named = |text: &str| {
        let mut parts = text.split('-');
        parts.any(|part| part == "operator") || text.ends_with("controller-manager")
    };
    let mut images = rollout.workload.template().spec.containers.iter();
    let is_image = images.any(|known| {
        let image = known
            .image
            .rsplit_once('/')
            .map_or(&*known.image, |(_, last)| last);
        is_named(image.split([':', '@']).next().unwrap_or(image))
    });
    let is_other = OTHERS.iter().any(|other| name.contains(other))
        || rollout.meta().labels.get(PROVIDER).is_some();
    let is_kind = !matches!(rollout.workload, Workload::DaemonSet(_));
    is_kind && !is_other && (is_named(name) || is_image)
}
