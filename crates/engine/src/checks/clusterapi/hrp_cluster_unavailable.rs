#![doc = include_str!("hrp_cluster_unavailable.md")]

use dogwatch_model::{CheckId, ClusterApiFinding, CustomKind, FindingKind, Kind, Source};
use jiff::SignedDuration;

use crate::{
    check::{Check, Meta, Report},
    reading::customs,
    view::View,
};

/// A release waits because its cluster cannot be used.
#[derive(Debug)]
pub(crate) struct HrpClusterUnavailable;

static META: Meta = Meta {
    id: CheckId::new("clusterapi/hrp-cluster-unavailable"),
    kind: FindingKind::ClusterApi(ClusterApiFinding::HrpClusterUnavailable),
    needs: &[Source::Objects(Kind::Custom(
        CustomKind::HELM_RELEASE_PROXY,
    ))],
    advice: &[
        "Look at the Cluster: is its control plane initialised, and does the Secret `CLUSTER-kubeconfig` exist.",
    ],
    casebook: include_str!("hrp_cluster_unavailable.md"),
};

static WANTED: customs::Wanted = customs::Wanted {
    group: "addons.cluster.x-k8s.io",
    kinds: &["HelmReleaseProxy"],
    types: &["ClusterAvailable"],
    bad: &["False"],
    reasons: &[
        "GetClusterFailed",
        "GetKubeconfigFailed",
        "GetCredentialsFailed",
        "GetCACertificateFailed",
        "NotAvailable",
    ],
    grace: SignedDuration::from_mins(10),
    fields: &["spec.clusterRef.name", "spec.clusterRef.namespace"],
};

impl Check for HrpClusterUnavailable {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        customs::report(view, &WANTED, report);
    }
}
