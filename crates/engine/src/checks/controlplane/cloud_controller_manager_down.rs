#![doc = include_str!("cloud_controller_manager_down.md")]

use dogwatch_model::{CheckId, ControlPlaneFinding, FindingKind};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::control_plane::{self, Signs},
    view::View,
};

/// The cloud controller manager does not work.
#[derive(Debug)]
pub(crate) struct CloudControllerDown;

static META: Meta = Meta {
    id: CheckId::new("controlplane/cloud-controller-manager-down"),
    kind: FindingKind::ControlPlane(ControlPlaneFinding::CloudControllerDown),
    needs: sources::LEASES,
    advice: &["Look at the cloud controller manager: its Pods, its log and its credentials."],
    casebook: include_str!("cloud_controller_manager_down.md"),
};

impl Check for CloudControllerDown {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        let told = view.snapshot.events.iter().filter(|event| {
            COMPONENTS.contains(&&*event.component) && TOLD.contains(&&*event.reason)
        });
        let signs = Signs {
            worked: told.map(|event| event.last_seen).max().flatten(),
            is_awaited: view
                .snapshot
                .nodes
                .iter()
                .any(|node| node.taint(UNINITIALIZED).is_some()),
        };
        control_plane::report_silent(view, "cloud-controller-manager", signs, report);
    }
}

/// Parts of the cloud controller manager, as they sign Events.
const COMPONENTS: &[&str] = &[
    "cloud-node-controller",
    "cloud-node-lifecycle-controller",
    "service-controller",
];

/// What they say when they have done something.
const TOLD: &[&str] = &[
    "Synced",
    "EnsuredLoadBalancer",
    "UpdatedLoadBalancer",
    "DeletingNode",
];

/// Set on new nodes until the cloud controller has seen them.
const UNINITIALIZED: &str = "node.cloudprovider.kubernetes.io/uninitialized";
