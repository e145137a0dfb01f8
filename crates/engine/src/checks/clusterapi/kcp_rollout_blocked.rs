#![doc = include_str!("kcp_rollout_blocked.md")]

use dogwatch_model::{CheckId, ClusterApiFinding, CustomKind, FindingKind, Kind, Source};
use jiff::SignedDuration;

use crate::{
    check::{Check, Meta, Report},
    reading::customs,
    view::View,
};

/// The rollout of a control plane stands still.
#[derive(Debug)]
pub(crate) struct KcpRolloutBlocked;

static META: Meta = Meta {
    id: CheckId::new("clusterapi/kcp-rollout-blocked"),
    kind: FindingKind::ClusterApi(ClusterApiFinding::KcpRolloutBlocked),
    needs: &[Source::Objects(Kind::Custom(
        CustomKind::KUBEADM_CONTROL_PLANE,
    ))],
    advice: &[
        "Look at the newest control-plane Machine, and at the health of etcd: the next one waits for both.",
    ],
    casebook: include_str!("kcp_rollout_blocked.md"),
};

static WANTED: customs::Wanted = customs::Wanted {
    group: "controlplane.cluster.x-k8s.io",
    kinds: &["KubeadmControlPlane"],
    types: &["MachinesSpecUpToDate", "RollingOut"],
    bad: &["False"],
    reasons: &["RollingUpdateInProgress", "RollingOut"],
    grace: SignedDuration::from_mins(60),
    fields: &["spec.version", "status.version", "status.readyReplicas"],
};

impl Check for KcpRolloutBlocked {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        customs::report(view, &WANTED, report);
    }
}
