#![doc = include_str!("hpa_not_scaling_but_load.md")]

use dogwatch_model::{
    AutoscalingFinding, CheckId, Evidence, FindingKind,
    snapshot::{Condition, HorizontalPodAutoscaler, find_condition},
};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    reading::autoscalers,
    view::View,
};

/// An autoscaler sees more load than it aims at and does not ask for more Pods.
#[derive(Debug)]
pub(crate) struct HpaNotScalingButLoad;

static META: Meta = Meta {
    id: CheckId::new("autoscaling/hpa-not-scaling-but-load"),
    kind: FindingKind::Autoscaling(AutoscalingFinding::HpaNotScalingButLoad),
    needs: sources::AUTOSCALERS,
    advice: &[
        "Look at the Pods that are not ready or have no metrics: the autoscaler counts them as idle. Then at the behavior of the autoscaler.",
    ],
    casebook: include_str!("hpa_not_scaling_but_load.md"),
};

impl Check for HpaNotScalingButLoad {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for known in autoscalers::all(view) {
            if !is_still(view, known) {
                continue;
            }
            let Some((name, aim, seen)) = overload(known) else {
                continue;
            };
            let object = autoscalers::object(known);
            let desired = known.status.desired_replicas;
            let subject = Subject::of(object.clone()).detail(format!("{name} {seen}% of {aim}%"));
            let facts = [
                Some(cite::spec(&object, &format!("spec.metrics.{name}"), aim)),
                Some(cite::status(&object, "status.desiredReplicas", desired)),
                idle(view, known),
            ];
            report.found(
                subject,
                cite::status(&object, &format!("status.currentMetrics.{name}"), seen),
                facts.into_iter().flatten(),
            );
        }
    }
}

/// Times the target, in percent: more than the tolerance of a tenth that controllers have.
const OVERLOAD: i64 = 125;

/// True when it could ask for more Pods and nothing holds it back.
fn is_still(view: &View<'_>, known: &HorizontalPodAutoscaler) -> bool {
    let status = &known.status;
    let begun = status.last_scale_time.max(known.meta.created);
    let is_young = begun.is_none_or(|at| view.now().duration_since(at) < autoscalers::PATIENCE);
    let condition = |kind| find_condition(&status.conditions, kind);
    let is_limited = condition("ScalingLimited").is_some_and(Condition::is_true);
    let is_ready = condition("AbleToScale").is_some_and(|known| known.reason == "ReadyForNewScale");
    let is_active = condition("ScalingActive").is_some_and(Condition::is_true);
    let has_room = status.current_replicas > 0 && status.current_replicas < known.spec.max_replicas;
    let is_same = status.desired_replicas == status.current_replicas;
    !is_young && !is_limited && is_ready && is_active && has_room && is_same
}

/// The resource that is well above its target: name, target and what was seen, in percent.
fn overload(known: &HorizontalPodAutoscaler) -> Option<(&str, i64, i64)> {
    known.spec.metrics.iter().find_map(|metric| {
        let name = &*metric.resource.name;
        let aim = metric.resource.target.average_utilization?;
        let mut seen = known.status.current_metrics.iter();
        let seen = seen.find(|other| *other.resource.name == *name && other.kind == metric.kind)?;
        let seen = seen.resource.current.average_utilization?;
        (seen.saturating_mul(100) > aim.saturating_mul(OVERLOAD)).then_some((name, aim, seen))
    })
}

/// Pods of the workload that are not ready.
fn idle(view: &View<'_>, known: &HorizontalPodAutoscaler) -> Option<Evidence> {
    let rollout = autoscalers::rollout(view, known)?;
    let pods = rollout.active_new_pods().chain(rollout.active_old_pods());
    let idle = pods.filter(|pod| !pod.is_ready()).count();
    (idle > 0).then(|| cite::status(&rollout.object, "Pods that are not Ready", idle))
}
