#![doc = include_str!("pod_readiness_gate.md")]

use dogwatch_model::{CheckId, FindingKind, PodFinding, snapshot::Condition};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    view::View,
};

/// A readiness gate is not met.
#[derive(Debug)]
pub(crate) struct ReadinessGate;

static META: Meta = Meta {
    id: CheckId::new("pod/pod-readiness-gate"),
    kind: FindingKind::Pod(PodFinding::ReadinessGate),
    needs: sources::PODS,
    advice: &[
        "Look at the controller that sets the condition: load balancer, rollout controller, mesh.",
    ],
    casebook: include_str!("pod_readiness_gate.md"),
};

impl Check for ReadinessGate {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for suspect in &view.suspects {
            let pod = suspect.pod;
            let containers_ready = pod
                .condition("ContainersReady")
                .is_some_and(Condition::is_true);
            let ready = pod
                .condition("Ready")
                .filter(|known| known.reason == "ReadinessGatesNotReady");
            let Some(ready) = ready.filter(|_| containers_ready) else {
                continue;
            };
            let unmet: Vec<&str> = pod
                .spec
                .readiness_gates
                .iter()
                .map(|gate| &*gate.condition_type)
                .filter(|kind| !pod.condition(kind).is_some_and(Condition::is_true))
                .collect();
            let subject = Subject::of(suspect.object.clone())
                .detail(unmet.join(", "))
                .since(ready.since);
            let gates = cite::spec(&suspect.object, "spec.readinessGates", unmet.join(", "));
            report.found(subject, cite::condition(&suspect.object, ready), [gates]);
        }
    }
}
