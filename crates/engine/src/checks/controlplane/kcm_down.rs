#![doc = include_str!("kcm_down.md")]

use dogwatch_model::{CheckId, ControlPlaneFinding, FindingKind};

use crate::{
    check::{Check, Meta, Report},
    checks::sources,
    reading::control_plane::{self, Signs},
    view::View,
};

/// The kube-controller-manager does not work.
#[derive(Debug)]
pub(crate) struct ControllerManagerDown;

static META: Meta = Meta {
    id: CheckId::new("controlplane/kcm-down"),
    kind: FindingKind::ControlPlane(ControlPlaneFinding::ControllerManagerDown),
    needs: sources::LEASES,
    advice: &["Look at the kube-controller-manager: its Pod, its log and its certificates."],
    casebook: include_str!("kcm_down.md"),
};

impl Check for ControllerManagerDown {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        let owned = view.snapshot.pods.iter().filter(|pod| {
            let owner = pod.meta.controller();
            owner.is_some_and(|owner| MADE_FOR.contains(&&*owner.kind))
        });
        let sets = view.snapshot.replica_sets.iter();
        let made = owned
            .map(|pod| pod.meta.created)
            .chain(sets.map(|set| set.meta.created));
        let signs = Signs {
            worked: made.max().flatten(),
            is_awaited: view.rollouts.iter().any(|rollout| !rollout.is_observed()),
        };
        control_plane::report_silent(view, "kube-controller-manager", signs, report);
    }
}

/// Owners for whom only the kube-controller-manager makes Pods.
const MADE_FOR: &[&str] = &["ReplicaSet", "StatefulSet", "DaemonSet", "Job"];
