#![doc = include_str!("deployment_selector_overlap.md")]

use dogwatch_model::{CheckId, FindingKind, WorkloadFinding, snapshot::Template};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    rollout::Rollout,
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
        // Rollouts are sorted by kind and Namespace: only neighbours can be rivals.
        let groups = view.rollouts.chunk_by(|one, other| {
            one.object.kind == other.object.kind && one.object.namespace == other.object.namespace
        });
        for group in groups {
            for rollout in group {
                for rival in group.iter().filter(|rival| selects(rollout, rival)) {
                    report_rival(rollout, rival, report);
                }
            }
        }
    }
}

fn selects(rollout: &Rollout<'_>, rival: &Rollout<'_>) -> bool {
    let selector = rollout.workload.selector();
    rival.object != rollout.object
        && !selector.is_empty()
        && selector.matches(&rival.workload.template().labels)
}

fn report_rival(rollout: &Rollout<'_>, rival: &Rollout<'_>, report: &mut Report<'_>) {
    let subject = Subject::of(rollout.object.clone())
        .detail(format!("also selects Pods of {}", rival.object.name));
    let selector = rollout.workload.selector().query();
    let labels = labels(rival.workload.template());
    report.found(
        subject,
        cite::spec(&rollout.object, "spec.selector", selector),
        [cite::spec(
            &rival.object,
            "spec.template.metadata.labels",
            labels,
        )],
    );
}

fn labels(template: &Template) -> String {
    let pairs: Vec<String> = template
        .labels
        .iter()
        .map(|(key, value)| format!("{key}={value}"))
        .collect();
    pairs.join(",")
}
