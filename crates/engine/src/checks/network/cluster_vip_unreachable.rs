#![doc = include_str!("cluster_vip_unreachable.md")]

use dogwatch_model::{CheckId, FindingKind, Kind, NetworkFinding, Source};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    reading::logs,
    view::View,
};

/// A container cannot reach the API server through its Service address.
#[derive(Debug)]
pub(crate) struct ClusterVipUnreachable;

static META: Meta = Meta {
    id: CheckId::new("network/cluster-vip-unreachable"),
    kind: FindingKind::Network(NetworkFinding::ClusterVipUnreachable),
    needs: sources::PODS_AND_LOGS,
    advice: &[
        "Look at the CNI agent and at kube-proxy on the node of this Pod, then at the endpoints of the Service kubernetes.",
    ],
    casebook: include_str!("cluster_vip_unreachable.md"),
};

impl Check for ClusterVipUnreachable {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        let address = view.snapshot.services.iter().find(|service| {
            service.meta.namespace == "default" && service.meta.name == "kubernetes"
        });
        for pod in view.suspects.iter().map(|suspect| suspect.pod) {
            let excerpts = view.snapshot.logs.iter().filter(|log| {
                log.key.namespace == pod.meta.namespace && log.key.pod == pod.meta.name
            });
            for log in excerpts {
                let hit = log
                    .lines
                    .iter()
                    .rev()
                    .find_map(|line| Some((line, logs::failed_address(line)?)));
                let Some((line, found)) = hit else { continue };
                let object = cite::pod(pod);
                let Some(service) = address else {
                    report.undecided(object, Source::Objects(Kind::Service));
                    continue;
                };
                if !found.starts_with(&format!("{}:", service.spec.cluster_ip)) {
                    continue;
                }
                let api = cite::object(Kind::Service, &service.meta);
                let subject = Subject::of(object.clone())
                    .container(&log.key.container)
                    .detail(found);
                report.found(
                    subject,
                    cite::log(&object, log, line),
                    [cite::spec(&api, "spec.clusterIP", &service.spec.cluster_ip)],
                );
            }
        }
    }
}
