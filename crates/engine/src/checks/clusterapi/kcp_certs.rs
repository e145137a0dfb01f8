#![doc = include_str!("kcp_certs.md")]

use dogwatch_model::{CheckId, ClusterApiFinding, CustomKind, FindingKind, Kind, Source};

use crate::{
    check::{Check, Meta, Report},
    reading::customs,
    view::View,
};

/// Certificates of a control plane are missing.
#[derive(Debug)]
pub(crate) struct KcpCerts;

static META: Meta = Meta {
    id: CheckId::new("clusterapi/kcp-certs"),
    kind: FindingKind::ClusterApi(ClusterApiFinding::KcpCerts),
    needs: &[Source::Objects(Kind::Custom(
        CustomKind::KUBEADM_CONTROL_PLANE,
    ))],
    advice: &[
        "Restore the Secrets `CLUSTER-ca`, `CLUSTER-etcd`, `CLUSTER-proxy` and `CLUSTER-sa`; new ones do not fit the running cluster.",
    ],
    casebook: include_str!("kcp_certs.md"),
};

static WANTED: customs::Wanted = customs::Wanted {
    group: "controlplane.cluster.x-k8s.io",
    kinds: &["KubeadmControlPlane"],
    types: &["CertificatesAvailable"],
    bad: &["False"],
    reasons: &[],
    grace: customs::WORKING,
    fields: &[],
};

impl Check for KcpCerts {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        customs::report(view, &WANTED, report);
    }
}
