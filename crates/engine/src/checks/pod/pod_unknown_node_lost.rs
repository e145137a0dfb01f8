#![doc = include_str!("pod_unknown_node_lost.md")]

use dogwatch_model::{CheckId, FindingKind, PodFinding};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    reading::ends::EndClass,
    view::View,
};

/// The node of the Pod does not answer.
#[derive(Debug)]
pub(crate) struct UnknownNodeLost;

static META: Meta = Meta {
    id: CheckId::new("pod/pod-unknown-node-lost"),
    kind: FindingKind::Pod(PodFinding::UnknownNodeLost),
    needs: sources::PODS,
    advice: &["Look at the node. Exit code 137 of such a container is made up."],
    casebook: include_str!("pod_unknown_node_lost.md"),
};

impl Check for UnknownNodeLost {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for end in view
            .ends
            .iter()
            .filter(|end| end.class == EndClass::NodeLost)
        {
            let subject = Subject::of(end.suspect.object.clone())
                .container(&end.container)
                .since(end.since);
            report.found_all(subject, end.evidence.iter().cloned());
        }
        for suspect in view
            .suspects
            .iter()
            .filter(|suspect| suspect.pod.status.reason == "NodeLost")
        {
            let subject = Subject::of(suspect.object.clone());
            let fact = cite::status(&suspect.object, "status.reason", "NodeLost");
            report.found(subject, fact, None);
        }
    }
}
