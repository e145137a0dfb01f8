#![doc = include_str!("kcp_component.md")]

use dogwatch_model::{CheckId, ClusterApiFinding, CustomKind, FindingKind, Kind, Source};

use crate::{
    check::{Check, Meta, Report},
    reading::customs,
    view::View,
};

/// A component of the control plane is not healthy on a Machine.
#[derive(Debug)]
pub(crate) struct KcpComponent;

static META: Meta = Meta {
    id: CheckId::new("clusterapi/kcp-component"),
    kind: FindingKind::ClusterApi(ClusterApiFinding::KcpComponent),
    needs: &[Source::Objects(Kind::Custom(CustomKind::MACHINE))],
    advice: &[
        "Read the log of that static Pod on the node; its manifest lies in /etc/kubernetes/manifests.",
    ],
    casebook: include_str!("kcp_component.md"),
};

static WANTED: customs::Wanted = customs::Wanted {
    group: "cluster.x-k8s.io",
    kinds: &["Machine"],
    types: &[
        "APIServerPodHealthy",
        "ControllerManagerPodHealthy",
        "SchedulerPodHealthy",
        "EtcdPodHealthy",
        "EtcdMemberHealthy",
    ],
    bad: &["False"],
    reasons: &[],
    grace: customs::WORKING,
    fields: &["status.nodeRef.name"],
};

impl Check for KcpComponent {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        customs::report(view, &WANTED, report);
    }
}
