#![doc = include_str!("kube_proxy_stale.md")]

use dogwatch_model::{CheckId, FindingKind, NetworkFinding, snapshot::Pod};
use jiff::{
    SignedDuration,
    civil::{Date, Time},
    tz::TimeZone,
};

use crate::{
    check::{Check, Meta, Report, Subject},
    checks::sources,
    cite,
    reading::{Pattern, resolvers},
    view::{View, is_within},
};

/// kube-proxy of a node cannot write its rules or read Services: what it has grows old.
#[derive(Debug)]
pub(crate) struct KubeProxyStale;

static META: Meta = Meta {
    id: CheckId::new("network/kube-proxy-stale"),
    kind: FindingKind::Network(NetworkFinding::KubeProxyStale),
    needs: sources::PODS_AND_LOGS,
    advice: &[
        "Look at the log of kube-proxy on this node: the kernel modules, another program that holds the lock, or its access to the API server.",
    ],
    casebook: include_str!("kube_proxy_stale.md"),
};

impl Check for KubeProxyStale {
    fn meta(&self) -> &'static Meta {
        &META
    }

    fn run(&self, view: &View<'_>, report: &mut Report<'_>) {
        let pods = view.snapshot.pods.iter().filter(|pod| is_proxy(pod));
        for pod in pods.filter(|pod| !pod.meta.is_terminating() && !pod.is_finished()) {
            let mut logs = resolvers::logs(view, pod).filter(|log| !log.key.previous);
            let hit = logs.find_map(|log| {
                let mut lines = log.lines.iter().rev().take(NEAR_END);
                let failed = |line: &&String| FAILED.is_match(line) && is_recent(view, line);
                Some((log, lines.find(failed)?))
            });
            let Some((log, line)) = hit else { continue };
            let object = cite::pod(pod);
            let subject = Subject::of(object.clone())
                .container(&log.key.container)
                .detail(format!("node {}", pod.node));
            let node = cite::spec(&object, "spec.nodeName", &pod.node);
            report.found(subject, cite::log(&object, log, line), [node]);
        }
    }
}

static FAILED: Pattern = Pattern::new(
    r"(?i)failed to execute iptables-restore|failed to ensure that .* chain|\bsync failed\b|nftables (sync|transaction) failed|ipvs .* failed|failed to (list|watch) \*v1\.(Service|EndpointSlice|Node)",
);

/// It tries again within seconds: what is further back was repaired.
const NEAR_END: usize = 10;

/// kube-proxy says little: its last lines may be of the last restart of the API server.
const RECENT: SignedDuration = SignedDuration::from_mins(15);

static TIME: Pattern = Pattern::new(
    r"^[EWF](?P<month>\d{2})(?P<day>\d{2}) (?P<hour>\d{2}):(?P<minute>\d{2}):(?P<second>\d{2})",
);

/// True when the line carries a time of the last minutes. The year is not written.
fn is_recent(view: &View<'_>, line: &str) -> bool {
    let now = view.now().to_zoned(TimeZone::UTC);
    let part = |name| {
        TIME.capture(line, name)
            .and_then(|text| text.parse::<i8>().ok())
    };
    let at = || {
        let date = Date::new(now.year(), part("month")?, part("day")?).ok()?;
        let time = Time::new(part("hour")?, part("minute")?, part("second")?, 0).ok()?;
        let at = date.to_datetime(time).to_zoned(TimeZone::UTC).ok()?;
        Some(at.timestamp())
    };
    at().is_some_and(|at| is_within(view.now(), at, RECENT))
}

fn is_proxy(pod: &Pod) -> bool {
    let app = pod.meta.labels.get("k8s-app");
    pod.meta.namespace == "kube-system" && app == Some("kube-proxy")
}
