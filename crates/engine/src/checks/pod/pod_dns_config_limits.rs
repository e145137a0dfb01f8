#![doc = include_str!("pod_dns_config_limits.md")]

use dogwatch_model::{CheckId, FindingKind, PodFinding};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    reading::notes,
    view::View,
};

/// The DNS settings of the Pod were cut, or there are none of the cluster.
#[derive(Debug)]
pub(crate) struct DnsLimits;

static META: Meta = Meta {
    id: CheckId::new("pod/pod-dns-config-limits"),
    kind: FindingKind::Pod(PodFinding::DnsLimits),
    needs: sources::PODS_AND_EVENTS,
    advice: &[
        "Shorten the search domains or name servers of the node, or give the kubelet its clusterDNS.",
    ],
    casebook: include_str!("pod_dns_config_limits.md"),
};

impl Check for DnsLimits {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for (event, pod) in notes::of_pods(view, &["DNSConfigForming", "MissingClusterDNS"]) {
            if pod.meta.is_terminating() {
                continue;
            }
            let subject = Subject::of(cite::pod(pod)).since(event.first_seen);
            report.found(subject, cite::event(event), None);
        }
    }
}
