//! One look at a cluster: the snapshot, what was measured, and which alerts fire.

use dogwatch_engine::planning::{Pressure, PressureOn};
use dogwatch_model::{Alert, Kind, ObjectRef, Snapshot, ports::NodePool};

use super::{Recovery, RecoveryError};
use crate::collect::{Limits, Progress, Scope, collect};

/// What one look gave.
#[derive(Debug)]
pub struct Measured {
    /// The whole cluster: where new Pods fit depends on all others.
    pub snapshot: Snapshot,
    /// What there is too little of.
    pub pressure: Option<Pressure>,
    /// Node pools; `None` when there is no provider, or it gave no answer.
    pub pools: Option<Vec<NodePool>>,
    /// What could not be read, in words.
    pub gaps: Vec<String>,
}

impl Recovery<'_> {
    /// Looks once.
    ///
    /// # Errors
    /// Never for a part that cannot be read: that is a gap.
    pub(crate) async fn look(
        &self,
        target: &ObjectRef,
        alerts: &[Alert],
        progress: &dyn Progress,
    ) -> Result<Measured, RecoveryError> {
        let now = self.world.now();
        let limits = Limits::default();
        let mut snapshot = collect(self.reader, &Scope::Cluster, &limits, progress, now).await;
        snapshot.alerts.extend(alerts.iter().cloned());
        let mut gaps = Vec::new();
        let pressure = match self.pressure(target, &snapshot).await {
            Ok(pressure) => pressure,
            Err(why) => {
                gaps.push(format!("metrics: {why}"));
                None
            }
        };
        let pools = match self.pools {
            None => None,
            Some(pools) => match pools.pools().await {
                Ok(pools) => Some(pools),
                Err(error) => {
                    gaps.push(format!("node pools: {error}"));
                    None
                }
            },
        };
        Ok(Measured {
            snapshot,
            pressure,
            pools,
            gaps,
        })
    }

    /// The first resource of the workload that is above its threshold.
    async fn pressure(
        &self,
        target: &ObjectRef,
        snapshot: &Snapshot,
    ) -> Result<Option<Pressure>, String> {
        let Some(metrics) = self.metrics.filter(|_| target.kind.is_rollout()) else {
            return Ok(None);
        };
        let asked = [
            (PressureOn::Cpu, self.settings.cpu_percent),
            (PressureOn::Memory, self.settings.memory_percent),
        ];
        for (on, percent) in asked {
            let query = query(on, target);
            let samples = metrics.query(&query, snapshot.captured_at).await?;
            let highest = samples
                .iter()
                .filter_map(|sample| milli(sample.value))
                .max();
            let found = highest.and_then(|seen| Pressure::of(on, query, seen, percent * 1000));
            if found.is_some() {
                return Ok(found);
            }
        }
        Ok(None)
    }
}

/// Percent of the limit, by Pod of the workload.
pub(crate) fn query(on: PressureOn, target: &ObjectRef) -> String {
    let pods = pods_of(target);
    let namespace = quoted(&target.namespace);
    let selector = format!("namespace={namespace},pod=~{pods}");
    let (used, resource) = match on {
        PressureOn::Cpu => (
            format!("rate(container_cpu_usage_seconds_total{{image!=\"\",{selector}}}[2m])"),
            "cpu",
        ),
        PressureOn::Memory => (
            format!("container_memory_working_set_bytes{{image!=\"\",{selector}}}"),
            "memory",
        ),
    };
    format!(
        "100 * sum by (namespace, pod) ({used}) / on (namespace, pod) group_left sum by (namespace, pod) (kube_pod_container_resource_limits{{resource=\"{resource}\",{selector}}})"
    )
}

/// The names that controllers give to Pods of a workload.
fn pods_of(target: &ObjectRef) -> String {
    let name: String = target
        .name
        .chars()
        .flat_map(|c| {
            if c == '.' {
                vec!['\\', '\\', c]
            } else {
                vec![c]
            }
        })
        .collect();
    let tail = match target.kind {
        Kind::StatefulSet => "-[0-9]+",
        Kind::Deployment => "-[a-z0-9]+-[a-z0-9]{5}",
        _ => "-[a-z0-9]{5}",
    };
    format!("\"{name}{tail}\"")
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// Thousandths; `None` for what is no number.
pub(crate) fn milli(value: f64) -> Option<i64> {
    let scaled = (value * 1000.0).round();
    // Within 2^53 every whole number has an exact float.
    #[allow(clippy::cast_possible_truncation)] // checked right here
    (scaled.abs() < 9.0e15).then_some(scaled as i64)
}
