#![doc = include_str!("capi_autoscaler.md")]

use dogwatch_model::{AutoscalingFinding, CheckId, FindingKind, ObjectRef};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    view::View,
};

/// The bounds of a Cluster API node group for the autoscaler are incomplete or contradict each other.
#[derive(Debug)]
pub(crate) struct CapiAutoscaler;

static META: Meta = Meta {
    id: CheckId::new("autoscaling/capi-autoscaler"),
    kind: FindingKind::Autoscaling(AutoscalingFinding::CapiAutoscaler),
    needs: sources::NODES,
    advice: &[
        "Set both annotations, the smaller bound not above the greater; without both of them the autoscaler leaves the group alone.",
    ],
    casebook: include_str!("capi_autoscaler.md"),
};

impl Check for CapiAutoscaler {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        let kinds = ["MachineDeployment", "MachineSet", "MachinePool"];
        let groups = kinds
            .iter()
            .flat_map(|kind| view.snapshot.customs_of("cluster.x-k8s.io", kind));
        for group in groups {
            let least = group.meta.annotations.get(LEAST);
            let most = group.meta.annotations.get(MOST);
            let number = |text: &str| text.parse::<i64>().ok();
            let detail = match (least, most) {
                (None, None) => continue,
                (None, Some(_)) => "minimum is not set",
                (Some(_), None) => "maximum is not set",
                (Some(least), Some(most)) => match (number(least), number(most)) {
                    (Some(least), Some(most)) if least > most => "minimum above maximum",
                    (Some(_), Some(_)) => continue,
                    _ => "a bound is no number",
                },
            };
            let object = ObjectRef::of(group.kind, &group.meta);
            let facts = [
                cite::spec(&object, LEAST, least.unwrap_or("not set")),
                cite::spec(&object, MOST, most.unwrap_or("not set")),
            ];
            report.found_all(Subject::of(object).detail(detail), facts);
        }
    }
}

const LEAST: &str = "cluster.x-k8s.io/cluster-api-autoscaler-node-group-min-size";
const MOST: &str = "cluster.x-k8s.io/cluster-api-autoscaler-node-group-max-size";
