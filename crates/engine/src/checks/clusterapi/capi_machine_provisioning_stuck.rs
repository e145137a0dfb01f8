#![doc = include_str!("capi_machine_provisioning_stuck.md")]

use dogwatch_model::{CheckId, ClusterApiFinding, CustomKind, FindingKind, Kind, Source};
use jiff::SignedDuration;

use crate::{
    check::{Check, Meta, Report, Subject},
    cite,
    reading::customs,
    view::View,
};

/// A Machine does not become a node.
#[derive(Debug)]
pub(crate) struct CapiMachineProvisioningStuck;

static META: Meta = Meta {
    id: CheckId::new("clusterapi/capi-machine-provisioning-stuck"),
    kind: FindingKind::ClusterApi(ClusterApiFinding::MachineProvisioningStuck),
    needs: &[Source::Objects(Kind::Custom(CustomKind::MACHINE))],
    advice: &[
        "The first condition that is not True names who is waited for: infrastructure, bootstrap data, or the node itself.",
    ],
    casebook: include_str!("capi_machine_provisioning_stuck.md"),
};

/// The group of Machines.
const GROUP: &str = "cluster.x-k8s.io";

/// A cloud needs some minutes for a machine, and kubeadm some more: as long as health checks wait.
const PATIENCE: SignedDuration = SignedDuration::from_mins(10);

/// Phases before there is a node.
const WAITING: &[&str] = &["Pending", "Provisioning", "Provisioned"];

/// Conditions in the order in which they become True.
const STEPS: &[&str] = &[
    "BootstrapConfigReady",
    "BootstrapReady",
    "InfrastructureReady",
    "NodeHealthy",
    "NodeReady",
];

impl Check for CapiMachineProvisioningStuck {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for machine in view.snapshot.customs_of(GROUP, "Machine") {
            let phase = machine.field("status.phase").unwrap_or_default();
            let is_young = machine
                .meta
                .created
                .is_none_or(|at| view.now().duration_since(at) < PATIENCE);
            let has_node = machine.field("status.nodeRef.name").is_some();
            let is_left_alone = customs::is_paused(machine) || machine.meta.is_terminating();
            if !WAITING.contains(&phase) || is_young || has_node || is_left_alone {
                continue;
            }
            let object = customs::reference(machine);
            let open = STEPS.iter().filter_map(|step| machine.condition(step));
            let open: Vec<_> = open.filter(|known| !known.is_true()).collect();
            let subject = Subject::of(object.clone())
                .detail(open.first().map_or(phase, |known| &known.reason))
                .since(machine.meta.created);
            let facts = open
                .iter()
                .take(2)
                .map(|known| cite::condition(&object, known));
            report.found(subject, cite::status(&object, "status.phase", phase), facts);
        }
    }
}
