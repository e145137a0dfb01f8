#![doc = include_str!("oom_node_global.md")]

use std::collections::BTreeMap;

use dogwatch_model::{CheckId, ContainerFinding, FindingKind, Kind, ObjectRef};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    reading::notes,
    view::{View, not_before},
};

/// The node ran out of memory, and the kernel killed processes on it.
#[derive(Debug)]
pub(crate) struct OomNodeGlobal;

static META: Meta = Meta {
    id: CheckId::new("container/oom-node-global"),
    kind: FindingKind::Container(ContainerFinding::OomNodeGlobal),
    needs: sources::EVENTS,
    advice: &[
        "Set requests and limits for memory where they are missing, and reserve memory for the system.",
    ],
    casebook: include_str!("oom_node_global.md"),
};

impl Check for OomNodeGlobal {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        let events = notes::recent(view, Kind::Node, &["SystemOOM", "OOMKilling"]);
        // The kernel's word about a single cgroup is none about the node.
        let of_node = events
            .into_iter()
            .filter(|event| !event.message.contains("Memory cgroup"));
        let mut seen = BTreeMap::new();
        for event in of_node {
            let name = &*event.involved.name;
            let node = view.snapshot.node(name);
            let is_earlier =
                node.is_some_and(|node| !not_before(event.last_seen, node.meta.created));
            if !is_earlier {
                seen.entry(name).or_insert(event);
            }
        }
        for (name, event) in seen {
            let known = view
                .snapshot
                .node(name)
                .map(|node| cite::object(Kind::Node, &node.meta));
            let object = known.unwrap_or_else(|| ObjectRef::named(Kind::Node, "", name));
            report.found(
                Subject::of(object).since(event.first_seen),
                cite::event(event),
                None,
            );
        }
    }
}
