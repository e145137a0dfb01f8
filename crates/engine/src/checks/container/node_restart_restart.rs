#![doc = include_str!("node_restart_restart.md")]

use std::collections::BTreeMap;

use dogwatch_model::{
    CheckId, ContainerFinding, Evidence, FindingKind, Kind, ObjectRef, snapshot::Event,
};
use jiff::SignedDuration;

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    reading::notes,
    view::View,
};

/// Containers were restarted because their node was.
#[derive(Debug)]
pub(crate) struct NodeRestart;

static META: Meta = Meta {
    id: CheckId::new("container/node-restart-restart"),
    kind: FindingKind::Container(ContainerFinding::NodeRestart),
    needs: sources::PODS_AND_EVENTS,
    advice: &["Nothing for the containers; find out who or what restarted the node."],
    casebook: include_str!("node_restart_restart.md"),
};

impl Check for NodeRestart {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        let rebooted: BTreeMap<&str, &Event> = notes::recent(view, Kind::Node, &["Rebooted"])
            .into_iter()
            .map(|event| (&*event.involved.name, event))
            .collect();
        if rebooted.is_empty() {
            return;
        }
        let mut hit: BTreeMap<&str, Vec<Evidence>> = BTreeMap::new();
        for pod in &view.snapshot.pods {
            let Some((name, event)) = rebooted.get_key_value(&*pod.node) else {
                continue;
            };
            for status in pod.container_statuses() {
                let end = status.last_state.terminated.as_deref();
                let near = end.filter(|end| {
                    let pair = end.finished_at.zip(event.last_seen);
                    pair.is_some_and(|(end, seen)| seen.duration_since(end).abs() <= NEAR)
                });
                if let Some(end) = near {
                    let field = "lastState.terminated";
                    let fact = cite::terminated(&cite::pod(pod), &status.name, field, end);
                    hit.entry(name).or_default().push(fact);
                }
            }
        }
        for (name, facts) in hit.into_iter().filter(|(_, facts)| facts.len() >= SEVERAL) {
            let Some(event) = rebooted.get(name) else {
                continue;
            };
            let known = view
                .snapshot
                .node(name)
                .map(|node| cite::object(Kind::Node, &node.meta));
            let object = known.unwrap_or_else(|| ObjectRef::named(Kind::Node, "", name));
            let subject = Subject::of(object)
                .detail(format!("containers: {}", facts.len()))
                .since(event.first_seen);
            report.found(subject, cite::event(event), facts);
        }
    }
}

/// The runtime notes the ends when it starts again, shortly before the kubelet speaks.
const NEAR: SignedDuration = SignedDuration::from_mins(5);

/// One container may have ended by itself.
const SEVERAL: usize = 2;
