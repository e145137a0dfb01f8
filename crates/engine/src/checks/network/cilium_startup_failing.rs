#![doc = include_str!("cilium_startup_failing.md")]

use dogwatch_model::{CheckId, FindingKind, NetworkFinding, snapshot::Pod};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    reading::{Pattern, components, resolvers},
    view::View,
};

/// The Cilium agent does not get through its start.
#[derive(Debug)]
pub(crate) struct CiliumStartupFailing;

static META: Meta = Meta {
    id: CheckId::new("network/cilium-startup-failing"),
    kind: FindingKind::Network(NetworkFinding::CiliumStartupFailing),
    needs: sources::PODS_AND_LOGS,
    advice: &[
        "Follow the reason: the address of the API server in its configuration, the operator that makes its definitions, the kernel, or the addresses of the node.",
    ],
    casebook: include_str!("cilium_startup_failing.md"),
};

impl Check for CiliumStartupFailing {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        for pod in view.snapshot.pods.iter().filter(|pod| is_agent(pod)) {
            let hit = resolvers::logs(view, pod).find_map(|log| {
                let lines = log.lines.iter().rev().take(MAX_LINES);
                let mut hits = lines.filter_map(|line| {
                    let mut reasons = REASONS.iter();
                    let reason = reasons.find(|(pattern, _)| pattern.is_match(line))?;
                    Some((log, line, reason.1))
                });
                hits.next()
            });
            let Some((log, line, reason)) = hit else {
                continue;
            };
            let object = cite::pod(pod);
            let subject = Subject::of(object.clone())
                .container(&log.key.container)
                .detail(reason)
                .since(components::unready_since(pod));
            let ready = cite::status(&object, "conditions.Ready", "False");
            report.found(subject, cite::log(&object, log, line), [ready]);
        }
    }
}

static REASONS: [(Pattern, &str); 7] = [
    (
        Pattern::new(r"Unable to contact k8s api-server"),
        "API server not reached",
    ),
    (
        Pattern::new(r"(?i)waiting for Cilium[ -]Operator to register"),
        "waits for its operator",
    ),
    (
        Pattern::new(r"(?i)unable to (initialize|determine) .*direct routing device"),
        "no routing device",
    ),
    (
        Pattern::new(r"(?i)bpf.*(permission denied|invalid argument)|unable to load program"),
        "kernel refuses its programs",
    ),
    (
        Pattern::new(r"(?i)waiting for .*PodCIDR|Required IPv[46] PodCIDR not available"),
        "no addresses for Pods",
    ),
    (
        Pattern::new(r"(?i)listen tcp \S+:9879: bind: address already in use"),
        "health port taken",
    ),
    (
        Pattern::new(r"(?i)kube-proxy replacement requires"),
        "kube-proxy replacement",
    ),
];

/// Lines looked at, from the end.
const MAX_LINES: usize = 200;

fn is_agent(pod: &Pod) -> bool {
    let is_over = pod.is_finished() || pod.meta.is_terminating();
    pod.meta.labels.get("k8s-app") == Some("cilium") && !pod.is_ready() && !is_over
}
