#![doc = include_str!("hrp_paused.md")]

use dogwatch_model::{CheckId, ClusterApiFinding, CustomKind, FindingKind, Kind, Source};

use crate::{
    check::{Check, Meta, Report, Subject},
    cite,
    reading::customs,
    view::View,
};

/// A release is not repaired because its Cluster is paused.
#[derive(Debug)]
pub(crate) struct HrpPaused;

static META: Meta = Meta {
    id: CheckId::new("clusterapi/hrp-paused"),
    kind: FindingKind::ClusterApi(ClusterApiFinding::HrpPaused),
    needs: &[Source::Objects(Kind::Custom(
        CustomKind::HELM_RELEASE_PROXY,
    ))],
    advice: &["Ask who paused the Cluster and why; until it goes on, nothing is retried."],
    casebook: include_str!("hrp_paused.md"),
};

/// The group of HelmReleaseProxies.
const GROUP: &str = "addons.cluster.x-k8s.io";

impl Check for HrpPaused {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for proxy in view.snapshot.customs_of(GROUP, "HelmReleaseProxy") {
            let open = proxy
                .conditions
                .iter()
                .find(|known| known.status == "False");
            let name = proxy.field("spec.clusterRef.name");
            let (Some(open), Some(name)) = (open, name) else {
                continue;
            };
            let namespace = proxy.field("spec.clusterRef.namespace");
            let namespace = namespace.unwrap_or(&proxy.meta.namespace);
            let cluster = view
                .snapshot
                .customs_of("cluster.x-k8s.io", "Cluster")
                .find(|known| known.meta.name == *name && known.meta.namespace == *namespace);
            let Some(cluster) = cluster.filter(|known| customs::is_paused(known)) else {
                continue;
            };
            let object = customs::reference(proxy);
            let holder = customs::reference(cluster);
            let subject = Subject::of(object.clone()).detail(name).since(open.since);
            let by = if cluster.flag("spec.paused") {
                cite::spec(&holder, "spec.paused", "true")
            } else {
                cite::spec(&holder, "metadata.annotations", "cluster.x-k8s.io/paused")
            };
            report.found(subject, cite::condition(&object, open), [by]);
        }
    }
}
