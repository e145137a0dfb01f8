#![doc = include_str!("ca_scale_down_blocked.md")]

use dogwatch_model::{AutoscalingFinding, CheckId, FindingKind, Kind};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    reading::{notices, scaleups},
    view::View,
};

/// The cluster autoscaler could not remove a node that it does not need.
#[derive(Debug)]
pub(crate) struct CaScaleDownBlocked;

static META: Meta = Meta {
    id: CheckId::new("autoscaling/ca-scale-down-blocked"),
    kind: FindingKind::Autoscaling(AutoscalingFinding::CaScaleDownBlocked),
    needs: sources::NODES_AND_EVENTS,
    advice: &["Read the message: a Pod that may not be evicted, a budget, or the provider."],
    casebook: include_str!("ca_scale_down_blocked.md"),
};

impl Check for CaScaleDownBlocked {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for node in &view.snapshot.nodes {
            let events = notices::of_node(view, node);
            let newest = events
                .into_iter()
                .rfind(|event| event.reason.starts_with("ScaleDown"));
            let said = newest.filter(|event| event.reason == "ScaleDownFailed");
            let Some(event) = said.filter(|event| scaleups::is_recent(view, event)) else {
                continue;
            };
            let object = cite::object(Kind::Node, &node.meta);
            report.found(
                Subject::of(object).since(event.first_seen),
                cite::event(event),
                None,
            );
        }
    }
}
