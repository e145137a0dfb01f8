#![doc = include_str!("cluster_vip_unreachable.md")]

use dogwatch_model::{
    CheckId, FindingKind, Kind, NetworkFinding, Source,
    snapshot::{LogExcerpt, Service},
};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    reading::{components, logs},
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
            for container in pod.spec.containers.iter().chain(&pod.spec.init_containers) {
                let meta = &pod.meta;
                let logs = view
                    .snapshot
                    .logs_of(&meta.namespace, &meta.name, &container.name);
                let mut failures = logs.flat_map(failures);
                let Some(service) = address else {
                    // Other ports are not those of the API server.
                    if failures.any(|(.., found)| found.ends_with(":443")) {
                        report.undecided(cite::pod(pod), Source::Objects(Kind::Service));
                    }
                    continue;
                };
                let hit = failures.find(|(.., found)| leads_to(found, service));
                let Some((log, line, found)) = hit else {
                    continue;
                };
                let object = cite::pod(pod);
                let api = cite::object(Kind::Service, &service.meta);
                let subject = Subject::of(object.clone())
                    .container(&container.name)
                    .detail(found)
                    .since(components::unready_since(pod));
                report.found(
                    subject,
                    cite::log(&object, log, line),
                    [cite::spec(&api, "spec.clusterIP", &service.spec.cluster_ip)],
                );
            }
        }
    }
}

/// The lines of a log that fail to reach an address, newest first.
fn failures(log: &LogExcerpt) -> impl Iterator<Item = (&LogExcerpt, &str, &str)> {
    let lines = log.lines.iter().rev();
    lines.filter_map(move |line| Some((log, &**line, logs::failed_address(line)?)))
}

/// True when an address with port is that of the Service; version 6 stands in brackets.
fn leads_to(found: &str, service: &Service) -> bool {
    let host = found.rsplit_once(':').map_or(found, |(host, _)| host);
    host.trim_matches(['[', ']']) == &*service.spec.cluster_ip
}
