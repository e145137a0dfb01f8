//! One look at a cluster: the snapshot, what was measured, and which alerts fire.

use dogwatch_engine::planning::{Pressure, PressureOn};
use dogwatch_model::{
    Alarm, AlarmState, Alert, Kind, ObjectRef, Snapshot,
    ports::{Cloud, NodePool, Serverless},
};

use super::{Recovery, RecoveryError};
use crate::collect::{Limits, Progress, Scope, collect};

/// What one look gave.
#[derive(Debug)]
pub struct Measured {
    /// The whole cluster: where new Pods fit depends on all others.
    pub snapshot: Snapshot,
    /// Alerts about the object that are firing.
    pub alerts: Vec<Alert>,
    /// What there is too little of.
    pub pressure: Option<Pressure>,
    /// Node pools; `None` when there is no provider, or it gave no answer.
    pub pools: Option<Vec<NodePool>>,
    /// Machines and the cluster at the provider; `None` when there is none, or it gave no answer.
    pub cloud: Option<Cloud>,
    /// Capacity without Nodes; `None` when there is none, or the provider gave no answer.
    pub serverless: Option<Serverless>,
    /// What could not be read, in words.
    pub gaps: Vec<String>,
}

/// How the gap begins that a silent provider of machines leaves.
pub(super) const MACHINES: &str = "machines of the provider";

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
        let reading = collect(self.reader, &Scope::Plans, &limits, progress, now);
        let mut snapshot = Box::pin(reading).await;
        let mut gaps = Vec::new();
        let alerts = self
            .alerts_about(target, alerts, &snapshot, &mut gaps)
            .await;
        snapshot.alerts.extend(alerts.iter().cloned());
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
        let cloud = self.cloud_now(&mut gaps).await;
        let serverless = self.serverless_capacity(&mut gaps).await;
        Ok(Measured {
            snapshot,
            alerts,
            pressure,
            pools,
            cloud,
            serverless,
            gaps,
        })
    }

    async fn cloud_now(&self, gaps: &mut Vec<String>) -> Option<Cloud> {
        match self.cloud?.cloud().await {
            Ok(known) => Some(known),
            Err(error) => {
                gaps.push(format!("{MACHINES}: {error}"));
                None
            }
        }
    }

    async fn serverless_capacity(&self, gaps: &mut Vec<String>) -> Option<Serverless> {
        match self.serverless?.serverless().await {
            Ok(known) => known,
            Err(error) => {
                gaps.push(format!("serverless capacity: {error}"));
                None
            }
        }
    }

    /// Alerts that were named, and those about the object that their sources say are firing.
    async fn alerts_about(
        &self,
        target: &ObjectRef,
        named: &[Alert],
        snapshot: &Snapshot,
        gaps: &mut Vec<String>,
    ) -> Vec<Alert> {
        let mut alerts = named.to_vec();
        for alarm in self.burning(gaps).await.unwrap_or_default() {
            let is_about = alarm
                .object()
                .is_some_and(|object| is_part(snapshot, &object, target));
            let is_known = alerts.iter().any(|known| *known.name == *alarm.name);
            if is_about && !is_known {
                alerts.extend(alarm.alert().map(|alert| Alert {
                    object: target.clone(),
                    ..alert
                }));
            }
        }
        alerts
    }

    /// Alarms that burn now; `None` when no source is configured or one gave no answer.
    pub(crate) async fn burning(&self, gaps: &mut Vec<String>) -> Option<Vec<Alarm>> {
        let mut burning = Vec::new();
        let mut is_complete = !self.alarms.is_empty();
        for source in &self.alarms {
            match source.alerts().await {
                Ok(alarms) => burning.extend(
                    alarms
                        .into_iter()
                        .filter(|alarm| alarm.state == AlarmState::Firing),
                ),
                Err(why) => {
                    gaps.push(format!("alarms: {why}"));
                    is_complete = false;
                }
            }
        }
        is_complete.then_some(burning)
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
            let query = query(on, target, &self.settings.cpu_window);
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

/// True for the object itself, and for a Pod of the workload.
pub(crate) fn is_part(snapshot: &Snapshot, object: &ObjectRef, target: &ObjectRef) -> bool {
    if object.namespace != target.namespace {
        return false;
    }
    if object.kind == target.kind {
        return object.name == target.name;
    }
    let pod = snapshot.pod_named(&object.namespace, &object.name);
    let Some(owner) = pod
        .filter(|_| object.kind == Kind::Pod)
        .and_then(|pod| pod.meta.controller())
    else {
        return false;
    };
    if *owner.name == *target.name && owner.kind == *target.kind.name() {
        return true;
    }
    let mut sets = snapshot.replica_sets.iter();
    let set = sets.find(|set| set.meta.uid == owner.uid);
    let above = set.and_then(|set| set.meta.controller());
    above.is_some_and(|above| above.uid == target.uid || above.name == target.name)
}

/// Percent of the limit, by Pod of the workload.
pub(crate) fn query(on: PressureOn, target: &ObjectRef, window: &str) -> String {
    let pods = pods_of(target);
    let namespace = quoted(&target.namespace);
    let selector = format!("namespace={namespace},pod=~{pods}");
    let (used, resource) = match on {
        PressureOn::Cpu => (
            format!("rate(container_cpu_usage_seconds_total{{image!=\"\",{selector}}}[{window}])"),
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
