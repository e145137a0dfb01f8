#![doc = include_str!("capi_machine_deleting_stuck.md")]

use dogwatch_model::{CheckId, ClusterApiFinding, CustomKind, FindingKind, Kind, Source};
use jiff::SignedDuration;

use crate::{
    check::{Check, Meta, Report, Subject},
    cite,
    reading::customs,
    view::View,
};

/// A Machine is not gone long after it was deleted.
#[derive(Debug)]
pub(crate) struct CapiMachineDeletingStuck;

static META: Meta = Meta {
    id: CheckId::new("clusterapi/capi-machine-deleting-stuck"),
    kind: FindingKind::ClusterApi(ClusterApiFinding::MachineDeletingStuck),
    needs: &[Source::Objects(Kind::Custom(CustomKind::MACHINE))],
    advice: &[
        "The reason names the step: a drain waits for Pods and PodDisruptionBudgets, a detach for volumes, a hook for whoever set it.",
    ],
    casebook: include_str!("capi_machine_deleting_stuck.md"),
};

/// The group of Machines.
const GROUP: &str = "cluster.x-k8s.io";

/// Pods with a long grace period are drained within this time.
const PATIENCE: SignedDuration = SignedDuration::from_mins(30);

/// Conditions that name the step, and the status with which they do; the newest API first.
const STEPS: &[(&str, &str)] = &[
    ("Deleting", "True"),
    ("DrainingSucceeded", "False"),
    ("VolumeDetachSucceeded", "False"),
    ("PreDrainDeleteHookSucceeded", "False"),
    ("PreTerminateDeleteHookSucceeded", "False"),
    ("InfrastructureReady", "False"),
];

impl Check for CapiMachineDeletingStuck {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for machine in view.snapshot.customs_of(GROUP, "Machine") {
            let deletion = machine.meta.deletion;
            let is_late = deletion.is_some_and(|at| view.now().duration_since(at) >= PATIENCE);
            if !is_late || customs::is_paused(machine) {
                continue;
            }
            let object = customs::reference(machine);
            let waits = STEPS.iter().find_map(|(kind, status)| {
                let known = machine.condition(kind)?;
                (known.status == **status).then_some(known)
            });
            let subject = Subject::of(object.clone())
                .detail(waits.map_or("", |known| &known.reason))
                .since(deletion);
            let at = deletion.map_or_else(String::new, |at| at.to_string());
            let facts = waits.map(|known| cite::condition(&object, known));
            report.found(
                subject,
                cite::status_at(&object, "metadata.deletionTimestamp", at, deletion),
                facts,
            );
        }
    }
}
