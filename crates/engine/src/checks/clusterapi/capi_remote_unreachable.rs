#![doc = include_str!("capi_remote_unreachable.md")]

use dogwatch_model::{CheckId, ClusterApiFinding, CustomKind, FindingKind, Kind, Source};

use crate::{
    check::{Check, Meta, Report},
    reading::customs,
    view::View,
};

/// The management cluster cannot reach the API server of a workload cluster.
#[derive(Debug)]
pub(crate) struct CapiRemoteUnreachable;

static META: Meta = Meta {
    id: CheckId::new("clusterapi/capi-remote-unreachable"),
    kind: FindingKind::ClusterApi(ClusterApiFinding::RemoteUnreachable),
    needs: &[Source::Objects(Kind::Custom(CustomKind::CLUSTER))],
    advice: &[
        "Test the control-plane endpoint from the management cluster: name, route, load balancer and certificate.",
    ],
    casebook: include_str!("capi_remote_unreachable.md"),
};

static WANTED: customs::Wanted = customs::Wanted {
    group: "cluster.x-k8s.io",
    kinds: &["Cluster"],
    types: &["RemoteConnectionProbe"],
    bad: &["False"],
    reasons: &["ProbeFailed"],
    grace: customs::WORKING,
    fields: &[
        "spec.controlPlaneEndpoint.host",
        "spec.controlPlaneEndpoint.port",
    ],
};

impl Check for CapiRemoteUnreachable {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        customs::report(view, &WANTED, report);
    }
}
