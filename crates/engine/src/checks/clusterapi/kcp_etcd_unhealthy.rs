#![doc = include_str!("kcp_etcd_unhealthy.md")]

use dogwatch_model::{CheckId, ClusterApiFinding, CustomKind, FindingKind, Kind, Source};

use crate::{
    check::{Check, Meta, Report},
    reading::customs,
    view::View,
};

/// The etcd cluster of a control plane is not healthy.
#[derive(Debug)]
pub(crate) struct KcpEtcdUnhealthy;

static META: Meta = Meta {
    id: CheckId::new("clusterapi/kcp-etcd-unhealthy"),
    kind: FindingKind::ClusterApi(ClusterApiFinding::KcpEtcdUnhealthy),
    needs: &[Source::Objects(Kind::Custom(
        CustomKind::KUBEADM_CONTROL_PLANE,
    ))],
    advice: &[
        "Look at the etcd members: which one is lost, and is there a quorum. Never remove a member without one.",
    ],
    casebook: include_str!("kcp_etcd_unhealthy.md"),
};

static WANTED: customs::Wanted = customs::Wanted {
    group: "controlplane.cluster.x-k8s.io",
    kinds: &["KubeadmControlPlane"],
    types: &["EtcdClusterHealthy", "EtcdClusterHealthyCondition"],
    bad: &["False"],
    reasons: &[],
    grace: customs::WORKING,
    fields: &["status.readyReplicas", "spec.replicas"],
};

impl Check for KcpEtcdUnhealthy {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        customs::report(view, &WANTED, report);
    }
}
