//! The table of pods, with the status word that `kubectl get pods` shows.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::Sheet;
use super::cells::{age, name, text_or};
use super::column::Column;
use crate::clock::{human, parse};
use crate::fields::{bounded, condition, condition_true, count, int, is_true, list, text};

pub(super) const SHEET: Sheet = Sheet {
    columns: &[
        Column::name(),
        Column::text("Ready"),
        Column::text("Status"),
        Column::text("Restarts"),
        Column::text("Age"),
        Column::wide("IP"),
        Column::wide("Node"),
        Column::wide("Nominated Node"),
        Column::wide("Readiness Gates"),
    ],
    cells,
};

fn cells(pod: &Value, now: Timestamp) -> Vec<Value> {
    let summary = Summary::of(pod);
    let restarts = match summary.last_restart {
        Some(at) if summary.restarts > 0 => {
            let ago = human(now.as_second() - at.as_second());
            format!("{} ({ago} ago)", summary.restarts)
        }
        _ => summary.restarts.to_string(),
    };
    let first_ip = list(pod, "/status/podIPs")
        .first()
        .map_or("", |ip| text(ip, "/ip"));
    let ip = if first_ip.is_empty() {
        text(pod, "/status/podIP")
    } else {
        first_ip
    };
    vec![
        name(pod),
        json!(format!("{}/{}", summary.ready, summary.total)),
        json!(summary.status),
        json!(restarts),
        age(pod, now),
        json!(if ip.is_empty() { "<none>" } else { ip }),
        text_or(pod, "/spec/nodeName", "<none>"),
        text_or(pod, "/status/nominatedNodeName", "<none>"),
        json!(gates(pod)),
    ]
}

fn gates(pod: &Value) -> String {
    let gates = list(pod, "/spec/readinessGates");
    if gates.is_empty() {
        return "<none>".to_owned();
    }
    let passed = gates
        .iter()
        .filter(|g| condition_true(pod, text(g, "/conditionType")))
        .count();
    format!("{passed}/{}", gates.len())
}

/// What a pod row says.
#[derive(Debug, Default)]
struct Summary {
    ready: usize,
    total: usize,
    status: String,
    restarts: i64,
    last_restart: Option<Timestamp>,
}

impl Summary {
    fn of(pod: &Value) -> Self {
        let sidecars: Vec<&str> = list(pod, "/spec/initContainers")
            .iter()
            .filter(|c| text(c, "/restartPolicy") == "Always")
            .map(|c| text(c, "/name"))
            .collect();
        let total = list(pod, "/spec/containers").len() + sidecars.len();
        let mut summary = Self {
            total,
            status: base_status(pod),
            ..Self::default()
        };
        let sidecar_restarts = summary.read_init_containers(pod, &sidecars);
        let initializing = sidecar_restarts.initializing;
        if !initializing || condition_true(pod, "Initialized") {
            summary.restarts = sidecar_restarts.count;
            summary.last_restart = sidecar_restarts.last;
            summary.read_containers(pod);
        }
        if pod
            .pointer("/metadata/deletionTimestamp")
            .is_some_and(Value::is_string)
        {
            let phase = text(pod, "/status/phase");
            if text(pod, "/status/reason") == "NodeLost" {
                "Unknown".clone_into(&mut summary.status);
            } else if !matches!(phase, "Succeeded" | "Failed") {
                "Terminating".clone_into(&mut summary.status);
            }
        }
        summary
    }

    fn count_restarts(&mut self, status: &Value) {
        self.restarts += bounded(status, "/restartCount");
        self.last_restart = self.last_restart.max(finished(status));
    }

    /// Reads init containers in order until one is not done.
    fn read_init_containers(&mut self, pod: &Value, sidecars: &[&str]) -> SidecarRestarts {
        let mut own = SidecarRestarts::default();
        let planned = list(pod, "/spec/initContainers").len();
        for (index, status) in list(pod, "/status/initContainerStatuses")
            .iter()
            .enumerate()
        {
            self.count_restarts(status);
            let sidecar = sidecars.contains(&text(status, "/name"));
            if sidecar {
                own.count += bounded(status, "/restartCount");
                own.last = own.last.max(finished(status));
            }
            let terminated = status
                .pointer("/state/terminated")
                .filter(|t| t.is_object());
            if terminated.is_some_and(|t| count(t, "/exitCode") == 0) {
                continue;
            }
            if sidecar && is_true(status, "/started") {
                self.ready += usize::from(is_true(status, "/ready"));
                continue;
            }
            let waiting = text(status, "/state/waiting/reason");
            self.status = match terminated {
                Some(terminated) => format!("Init:{}", ended_as(terminated)),
                None if !waiting.is_empty() && waiting != "PodInitializing" => {
                    format!("Init:{waiting}")
                }
                None => format!("Init:{index}/{planned}"),
            };
            own.initializing = true;
            break;
        }
        own
    }

    fn read_containers(&mut self, pod: &Value) {
        let (mut has_running, mut error) = (false, None);
        for status in list(pod, "/status/containerStatuses").iter().rev() {
            self.count_restarts(status);
            let waiting = text(status, "/state/waiting/reason");
            let terminated = status
                .pointer("/state/terminated")
                .filter(|t| t.is_object());
            if !waiting.is_empty() {
                waiting.clone_into(&mut self.status);
            } else if let Some(terminated) = terminated {
                self.status = ended_as(terminated);
                if count(terminated, "/exitCode") != 0 {
                    error = Some(self.status.clone());
                }
            } else if is_true(status, "/ready") && status.pointer("/state/running").is_some() {
                has_running = true;
                self.ready += 1;
            }
        }
        if self.status == "Completed" {
            if has_running && condition_true(pod, "Ready") {
                "Running".clone_into(&mut self.status);
            } else if let Some(error) = error {
                self.status = error;
            } else if has_running {
                "NotReady".clone_into(&mut self.status);
            }
        }
    }
}

#[derive(Debug, Default)]
struct SidecarRestarts {
    count: i64,
    last: Option<Timestamp>,
    initializing: bool,
}

fn base_status(pod: &Value) -> String {
    let gated = condition(pod, "PodScheduled")
        .is_some_and(|scheduled| text(scheduled, "/reason") == "SchedulingGated");
    let reason = text(pod, "/status/reason");
    let word = match reason {
        _ if gated => "SchedulingGated",
        "" => text(pod, "/status/phase"),
        reason => reason,
    };
    word.to_owned()
}

fn finished(status: &Value) -> Option<Timestamp> {
    parse(text(status, "/lastState/terminated/finishedAt"))
}

fn ended_as(terminated: &Value) -> String {
    let reason = text(terminated, "/reason");
    let signal = int(terminated, "/signal").filter(|signal| *signal != 0);
    match (reason, signal) {
        ("", Some(signal)) => format!("Signal:{signal}"),
        ("", None) => format!("ExitCode:{}", count(terminated, "/exitCode")),
        (reason, _) => reason.to_owned(),
    }
}

#[cfg(test)]
mod tests;
