#![doc = include_str!("podcidr_exhausted.md")]

use dogwatch_model::{CheckId, FindingKind, Kind, NetworkFinding};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    reading::notices,
    view::View,
};

/// A node gets no range of addresses for its Pods.
#[derive(Debug)]
pub(crate) struct PodCidrExhausted;

static META: Meta = Meta {
    id: CheckId::new("network/podcidr-exhausted"),
    kind: FindingKind::Network(NetworkFinding::PodCidrExhausted),
    needs: sources::NODES_AND_EVENTS,
    advice: &[
        "Give the cluster a larger range for Pods, or smaller ranges per node; both need new nodes.",
    ],
    casebook: include_str!("podcidr_exhausted.md"),
};

impl Check for PodCidrExhausted {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for node in view
            .snapshot
            .nodes
            .iter()
            .filter(|node| node.spec.pod_cidr.is_empty())
        {
            let events = notices::of_node(view, node);
            let newest = events
                .into_iter()
                .rfind(|event| REASONS.contains(&&*event.reason));
            let Some(event) = newest.filter(|event| notices::is_recent(view, event)) else {
                continue;
            };
            let object = cite::object(Kind::Node, &node.meta);
            let subject = Subject::of(object.clone()).since(event.first_seen);
            let fact = cite::spec(&object, "spec.podCIDR", "not set");
            report.found(subject, cite::event(event), [fact]);
        }
    }
}

const REASONS: &[&str] = &["CIDRNotAvailable", "CIDRAssignmentFailed"];
