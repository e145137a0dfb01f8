#![doc = include_str!("dns_failing.md")]

use dogwatch_model::{CheckId, FindingKind, NetworkFinding, snapshot::Pod};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    reading::{
        Pattern,
        components::{self, Readiness},
        resolvers,
    },
    view::View,
};

/// The DNS server of the cluster does not work.
#[derive(Debug)]
pub(crate) struct DnsFailing;

static META: Meta = Meta {
    id: CheckId::new("network/dns-failing"),
    kind: FindingKind::Network(NetworkFinding::DnsFailing),
    needs: sources::WORKLOADS_AND_PODS,
    advice: &[
        "Look at how the CoreDNS Pods end and at their log; a loop or a broken Corefile stops every one of them.",
    ],
    casebook: include_str!("dns_failing.md"),
};

impl Check for DnsFailing {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for rollout in view
            .rollouts
            .iter()
            .filter(|known| resolvers::is_resolver(known))
        {
            components::report(view, rollout, report, Readiness::is_absent);
        }
        for pod in resolvers::pods(view).filter(|pod| !pod.is_ready()) {
            complaint(view, pod, report);
        }
    }
}

static REASONS: [(Pattern, &str); 3] = [
    (
        Pattern::new(r"plugin/loop: Loop \(.*\) detected"),
        "forwarding loop",
    ),
    (
        Pattern::new(r"Corefile:\d+ - Error during parsing"),
        "Corefile cannot be parsed",
    ),
    (
        Pattern::new(r"(?i)failed to (watch|list) \*v1\.|unsynced Kubernetes API"),
        "API server not reached",
    ),
];

/// The newest line that says why a DNS Pod does not work.
fn complaint(view: &View<'_>, pod: &Pod, report: &mut Report<'_>) {
    for log in resolvers::logs(view, pod) {
        let mut lines = log.lines.iter().rev();
        let hit = lines.find_map(|line| {
            let reason = REASONS.iter().find(|(pattern, _)| pattern.is_match(line))?;
            Some((line, reason.1))
        });
        if let Some((line, reason)) = hit {
            let object = cite::pod(pod);
            let subject = Subject::of(object.clone())
                .container(&log.key.container)
                .detail(reason)
                .since(components::unready_since(pod));
            report.found(subject, cite::log(&object, log, line), None);
            return;
        }
    }
}
