#![doc = include_str!("dns_upstream_down.md")]

use dogwatch_model::{
    CheckId, Evidence, FindingKind, NetworkFinding, Severity, snapshot::LogExcerpt,
};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    reading::{Pattern, backends, contacts::Trouble, resolvers},
    view::View,
};

/// The DNS server of the cluster does not reach the server that it forwards to.
#[derive(Debug)]
pub(crate) struct DnsUpstreamDown;

static META: Meta = Meta {
    id: CheckId::new("network/dns-upstream-down"),
    kind: FindingKind::Network(NetworkFinding::DnsUpstreamDown),
    needs: sources::PODS_AND_LOGS,
    advice: &[
        "Look at the upstream servers (forward in the Corefile, resolv.conf of the node) and at the way from the nodes to them.",
    ],
    casebook: include_str!("dns_upstream_down.md"),
};

impl Check for DnsUpstreamDown {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for pod in resolvers::pods(view).filter(|pod| pod.is_ready()) {
            let mut logs = resolvers::logs(view, pod).filter(|log| !log.key.previous);
            let hit = logs.find_map(|log| Some((log, failing(log)?)));
            let Some((log, line)) = hit else { continue };
            let object = cite::pod(pod);
            let upstream = FAILED.capture(line, "upstream").unwrap_or_default();
            let mut subject = Subject::of(object.clone())
                .container(&log.key.container)
                .detail(upstream);
            let client = client(view);
            // Lines of CoreDNS carry no time: without anybody who suffers they may be old.
            if client.is_none() {
                subject = subject.severity(Severity::Info);
            }
            report.found(subject, cite::log(&object, log, line), client);
        }
    }
}

static FAILED: Pattern = Pattern::new(
    r"plugin/errors: 2 \S+ \S+: .*?(->(?P<upstream>[0-9A-Fa-f.:\[\]]+))?: (i/o timeout|connect: (connection refused|no route to host|network is unreachable)|read: connection refused)",
);

/// Lines looked at, from the end.
const MAX_LINES: usize = 60;

/// One query in a while is lost on the best of networks.
const MANY: usize = 5;

/// Somebody who does not find a name outside the cluster.
fn client(view: &View<'_>) -> Option<Evidence> {
    let mut lost = view.contacts.iter().filter(|contact| {
        let is_name = matches!(contact.trouble, Trouble::Unresolved | Trouble::NoDns);
        let name = backends::host_name(&contact.host, &contact.pod.meta.namespace);
        let is_outside = name.is_none_or(|name| !name.is_full) && contact.host.contains('.');
        is_name && is_outside && contact.service.is_none()
    });
    lost.next().map(|contact| contact.fact.clone())
}

/// The newest failed query, when there are many.
fn failing(log: &LogExcerpt) -> Option<&str> {
    let lines = log.lines.iter().rev().take(MAX_LINES);
    let failed: Vec<&str> = lines
        .filter(|line| FAILED.is_match(line))
        .map(|line| &**line)
        .collect();
    (failed.len() >= MANY).then(|| failed[0])
}
