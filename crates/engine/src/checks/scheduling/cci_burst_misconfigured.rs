#![doc = include_str!("cci_burst_misconfigured.md")]

use dogwatch_model::{CheckId, FindingKind, Kind, SchedulingFinding, Source, snapshot::Pod};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    reading::{absence, nodes, placement},
    view::View,
};

/// A Pod may run on the serverless capacity of its provider, and cannot get there.
#[derive(Debug)]
pub(crate) struct BurstMisconfigured;

static META: Meta = Meta {
    id: CheckId::new("scheduling/cci-burst-misconfigured"),
    kind: FindingKind::Scheduling(SchedulingFinding::BurstMisconfigured),
    needs: sources::PODS_NODES_AND_EVENTS,
    advice: &[
        "Install the add-on behind the virtual node, or correct the label of the Pod template: the label is read when a Pod is made.",
    ],
    casebook: include_str!("cci_burst_misconfigured.md"),
};

/// The label by which a Pod says that it may run there, and what it may say.
const LABEL: &str = "bursting.cci.io/burst-to-cci";
const OFF: &str = "off";
const WORDS: &[&str] = &["enforce", "auto", "localPrefer"];

impl Check for BurstMisconfigured {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        let mut all = view.snapshot.nodes.iter();
        let has_virtual = all.any(nodes::is_virtual);
        let is_read = absence::is_proven(&view.snapshot.ledger, Kind::Node, "");
        for unplaced in &view.unplaced {
            let pod = unplaced.suspect.pod;
            let label = pod.meta.labels.get(LABEL).filter(|word| *word != OFF);
            let Some(label) = label else { continue };
            let object = unplaced.suspect.object.clone();
            let Some(detail) = obstacle(pod, label, has_virtual) else {
                continue;
            };
            if detail == NO_NODE && !is_read {
                report.undecided(object, Source::Objects(Kind::Node));
                continue;
            }
            let named = cite::spec(&object, &format!("metadata.labels.{LABEL}"), label);
            let subject = Subject::of(object).detail(detail).since(unplaced.since);
            report.found(subject, named, unplaced.evidence.iter().cloned());
        }
        placement::undecided(view, report);
    }
}

const NO_NODE: &str = "the cluster has no virtual node";

/// Why the Pod does not get there.
fn obstacle(pod: &Pod, label: &str, has_virtual: bool) -> Option<String> {
    let owner = pod.meta.controller();
    if !WORDS.contains(&label) {
        return Some(format!("{label} is none of {}", WORDS.join(", ")));
    }
    if owner.is_some_and(|owner| owner.kind == Kind::DaemonSet.name()) {
        return Some("Pods of a DaemonSet are not taken".to_owned());
    }
    (!has_virtual).then(|| NO_NODE.to_owned())
}
