#![doc = include_str!("route_missing.md")]

use dogwatch_model::{CheckId, FindingKind, Kind, NetworkFinding};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    reading::notices,
    view::View,
};

/// The routes to the Pods of a node are not there.
#[derive(Debug)]
pub(crate) struct RouteMissing;

static META: Meta = Meta {
    id: CheckId::new("network/route-missing"),
    kind: FindingKind::Network(NetworkFinding::RouteMissing),
    needs: sources::NODES_AND_EVENTS,
    advice: &[
        "Look at the route controller of the cloud and the limits of the route table; with BGP at the peers and at the labels that choose the route reflectors.",
    ],
    casebook: include_str!("route_missing.md"),
};

impl Check for RouteMissing {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for node in &view.snapshot.nodes {
            let condition = node.condition("NetworkUnavailable");
            let Some(condition) = condition.filter(|known| known.is_true()) else {
                continue;
            };
            let events = notices::of_node(view, node);
            let newest = events
                .into_iter()
                .rfind(|event| event.reason == "FailedToCreateRoute");
            let Some(event) = newest.filter(|event| notices::is_recent(view, event)) else {
                continue;
            };
            let object = cite::object(Kind::Node, &node.meta);
            let subject = Subject::of(object.clone()).since(condition.since);
            report.found(
                subject,
                cite::event(event),
                [cite::condition(&object, condition)],
            );
        }
        for suspect in view.suspects.iter().filter(|known| !known.pod.is_ready()) {
            if suspect.pod.meta.labels.get("k8s-app") != Some("calico-node") {
                continue;
            }
            let events = view.pod_events(suspect.pod);
            let newest = events.filter(|event| event.reason == "Unhealthy").last();
            let said = newest.filter(|event| {
                event.message.contains("BGP not established") && notices::is_recent(view, event)
            });
            let Some(event) = said else { continue };
            let subject = Subject::of(suspect.object.clone())
                .detail("BGP not established")
                .since(event.first_seen);
            let node = cite::spec(&suspect.object, "spec.nodeName", &suspect.pod.node);
            report.found(subject, cite::event(event), [node]);
        }
    }
}
