#![doc = include_str!("deployment_selector_overlap.md")]

use dogwatch_model::{CheckId, FindingKind, WorkloadFinding, snapshot::Template};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    view::View,
};

/// Pods of somebody else match the selector.
#[derive(Debug)]
pub(crate) struct SelectorOverlap;

static META: Meta = Meta {
    id: CheckId::new("workload/deployment-selector-overlap"),
    kind: FindingKind::Workload(WorkloadFinding::SelectorOverlap),
    needs: sources::WORKLOADS,
    advice: &[
        "Give each workload its own labels; a selector cannot be changed, so recreate the younger one.",
    ],
    casebook: include_str!("deployment_selector_overlap.md"),
};

impl Check for SelectorOverlap {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for rollout in &view.rollouts {
            let selector = rollout.workload.selector();
            let namespace = &rollout.meta().namespace;
            let rivals = view.rollouts.iter().filter(|other| {
                other.object != rollout.object
                    && other.meta().namespace == *namespace
                    && other.object.kind == rollout.object.kind
                    && !selector.is_empty()
                    && selector.matches(&other.workload.template().labels)
            });
            for rival in rivals {
                let subject = Subject::of(rollout.object.clone())
                    .detail(format!("also selects Pods of {}", rival.object.name));
                report.found(
                    subject,
                    cite::spec(&rollout.object, "spec.selector", selector.query()),
                    [cite::spec(
                        &rival.object,
                        "spec.template.metadata.labels",
                        labels(rival.workload.template()),
                    )],
                );
            }
        }
    }
}

fn labels(template: &Template) -> String {
    let pairs: Vec<String> = template
        .labels
        .iter()
        .map(|(key, value)| format!("{key}={value}"))
        .collect();
    pairs.join(",")
}
