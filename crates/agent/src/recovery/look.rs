//! One look at what a plan promised.

use dogwatch_engine::{
    View,
    verification::{Seen, verify},
};
use dogwatch_model::{
    ObjectRef, Snapshot,
    plan::{Expectation, Verification},
    ports::{GONE, ResourceKind, ResourceRef},
};

use super::{
    PlanBody, Recovery,
    fields::value_of,
    observe::{is_part, milli},
};
use crate::collect::{Limits, Scope, Silent, collect};

impl Recovery<'_> {
    /// One look.
    pub(crate) async fn verify_once(&self, body: &PlanBody) -> Verification {
        let now = self.world.now();
        let scope = Scope::Cluster;
        let limits = Limits::default();
        let reading = collect(self.reader, &scope, &limits, &Silent, now);
        let snapshot = Box::pin(reading).await;
        let expectations = &body.option.verification;
        let seen = self.seen(expectations, &snapshot, body).await;
        let view = View::new(&snapshot);
        verify(&view, expectations, &seen)
    }

    /// What the expectations need beside the snapshot.
    async fn seen(
        &self,
        expectations: &[Expectation],
        snapshot: &Snapshot,
        body: &PlanBody,
    ) -> Seen {
        let mut seen = Seen::default();
        for expectation in expectations {
            match expectation {
                Expectation::FieldIs { object, fact } => {
                    let read = self.previewer.read(object).await;
                    if let Ok(Some(found)) = read
                        && let Ok(value) = value_of(&found, &fact.field)
                    {
                        seen.fields
                            .insert((object.key(), fact.field.clone()), value);
                    }
                }
                Expectation::MetricBelow { query, .. } => {
                    let now = self.world.now();
                    if let Some(metrics) = self.metrics
                        && let Ok(samples) = metrics.query(query, now).await
                    {
                        let values = samples.iter().filter_map(|sample| milli(sample.value));
                        seen.metrics.insert(query.clone(), values.max());
                    }
                }
                Expectation::AlertGone { .. } => {
                    if seen.alerts.is_none() {
                        seen.alerts = self.firing(snapshot, body).await;
                    }
                }
                Expectation::AtProvider { resource, .. } => {
                    if let Some(state) = self.state_at_provider(resource).await {
                        seen.provider.insert(resource.clone(), state);
                    }
                }
                Expectation::Rebooted { .. }
                | Expectation::RolledOut { .. }
                | Expectation::NotFound { .. }
                | Expectation::Gone { .. }
                | Expectation::NodesReady { .. }
                | Expectation::NothingNew { .. } => {}
            }
        }
        seen
    }

    /// The state of a thing; `None` when the provider gives no answer.
    async fn state_at_provider(&self, resource: &ResourceRef) -> Option<String> {
        if resource.kind == ResourceKind::NodePool {
            let pools = self.pools?.pools().await.ok()?;
            let pool = pools.iter().find(|pool| pool.id == resource.id);
            return Some(pool.map_or(GONE.to_owned(), |pool| format!("{} Nodes", pool.nodes)));
        }
        let cloud = self.cloud?.cloud().await.ok()?;
        let state = cloud.state_of(resource);
        Some(state.unwrap_or_else(|| GONE.to_owned()))
    }

    /// Alerts that fire now; `None` without a source.
    async fn firing(
        &self,
        snapshot: &Snapshot,
        body: &PlanBody,
    ) -> Option<Vec<(String, ObjectRef)>> {
        let target = body.target.object()?;
        let burning = self.burning(&mut Vec::new()).await?;
        let about = burning.into_iter().filter_map(|alarm| {
            let object = alarm.object()?;
            // An alarm about a Pod of the workload is one about the workload.
            let is_about = is_part(snapshot, &object, &target);
            Some((
                alarm.name.to_string(),
                if is_about { target.clone() } else { object },
            ))
        });
        Some(about.collect())
    }
}
