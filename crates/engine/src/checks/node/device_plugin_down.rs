#![doc = include_str!("device_plugin_down.md")]

use dogwatch_model::{CheckId, FindingKind, Kind, NodeFinding, snapshot::Condition};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    view::View,
};

/// A node has devices that its device plugin does not give out.
#[derive(Debug)]
pub(crate) struct DevicePluginDown;

static META: Meta = Meta {
    id: CheckId::new("node/device-plugin-down"),
    kind: FindingKind::Node(NodeFinding::DevicePluginDown),
    needs: sources::NODES,
    advice: &["Look at the Pod of the device plugin on the node and at the driver of the devices."],
    casebook: include_str!("device_plugin_down.md"),
};

impl Check for DevicePluginDown {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for node in &view.snapshot.nodes {
            // A kubelet that is silent says nothing about devices.
            if !node.condition("Ready").is_some_and(Condition::is_true) {
                continue;
            }
            for (name, capacity) in node
                .status
                .capacity
                .iter()
                .filter(|(name, _)| is_device(name))
            {
                let usable = node.status.allocatable.get(name).unwrap_or_default();
                if usable >= capacity {
                    continue;
                }
                let object = cite::object(Kind::Node, &node.meta);
                let subject = Subject::of(object.clone()).detail(name);
                let have = cite::status(&object, &format!("status.capacity[{name}]"), capacity);
                let give = cite::status(&object, &format!("status.allocatable[{name}]"), usable);
                report.found(subject, have, [give]);
            }
        }
    }
}

/// Resources of device plugins carry a domain; those of Kubernetes itself are kept back in part.
fn is_device(name: &str) -> bool {
    let domain = name.split_once('/').map(|(domain, _)| domain);
    domain.is_some_and(|domain| domain != "kubernetes.io" && !domain.ends_with(".kubernetes.io"))
}
