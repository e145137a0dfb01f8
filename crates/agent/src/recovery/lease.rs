//! One Lease per cluster, held while a plan is carried out: installations that share no store share
//! the cluster, and only one of them changes it at a time.
//!
//! The Lease tells installations apart, not processes: within one installation the store does. It is
//! no fence, as nothing in the API server refuses a write of who has lost it; that is why it is looked
//! at before every write, and given up well before somebody else may take it.

use core::{future::poll_fn, pin::pin, task::Poll, time::Duration};
use std::sync::{Mutex, MutexGuard, PoisonError};

use dogwatch_model::{
    plan::{Draft, Permission, PlanOption, Target},
    ports::{Write, WriteBody, WriteError},
};
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use super::{Hands, Recovery, RecoveryError};
use crate::collect::Progress;

/// The Lease.
const NAME: &str = "dogwatch-remediation";

/// How long a Lease that is not renewed is respected.
const DURATION: Duration = Duration::from_secs(15);

/// How long after the last renewal its holder still counts on it.
const RENEW_DEADLINE: Duration = Duration::from_secs(10);

/// Between two renewals, and between two looks at the Lease of somebody else.
const RETRY: Duration = Duration::from_secs(2);

/// Longest time for which the Lease of somebody else is respected, whatever it says.
const MAX_RESPECT: u64 = 60;

/// Attempts that another installation may disturb.
const MAX_TRIES: u32 = 5;

/// The Lease, held by this installation.
pub(crate) struct Held<'a> {
    recovery: &'a Recovery<'a>,
    hands: &'a Hands<'a>,
    target: Target,
    holder: String,
    state: Mutex<State>,
}

struct State {
    version: String,
    renewed: Instant,
    /// Why it is ours no longer.
    lost: Option<String>,
}

/// A Lease of somebody else, as it was seen first.
struct Seen {
    version: String,
    since: Instant,
}

impl Recovery<'_> {
    /// The same draft with the rights on the Lease among those that it needs.
    pub(crate) fn with_lease(&self, mut draft: PlanOption<Draft>) -> PlanOption<Draft> {
        let Some(namespace) = &self.settings.cluster_lease else {
            return draft;
        };
        if draft.steps.is_empty() {
            return draft;
        }
        let rights = ["get", "create", "patch"].map(|verb| Permission {
            verb: verb.to_owned(),
            group: "coordination.k8s.io".to_owned(),
            resource: "leases".to_owned(),
            namespace: namespace.clone(),
            why: "one installation at a time changes a cluster".to_owned(),
        });
        draft.permissions.extend(rights);
        draft
    }

    /// Takes the Lease; `None` where the configuration wants none.
    pub(crate) async fn hold<'a>(
        &'a self,
        hands: &'a Hands<'a>,
        progress: &dyn Progress,
    ) -> Result<Option<Held<'a>>, RecoveryError> {
        let Some(namespace) = &self.settings.cluster_lease else {
            return Ok(None);
        };
        let name = self.store.installation(&self.world.new_id()).await?;
        let held = Held {
            recovery: self,
            hands,
            target: target(namespace),
            holder: format!("dogwatch-{name}"),
            state: Mutex::new(State {
                version: String::new(),
                renewed: Instant::now(),
                lost: None,
            }),
        };
        held.take(progress).await?;
        Ok(Some(held))
    }
}

impl Held<'_> {
    async fn take(&self, progress: &dyn Progress) -> Result<(), RecoveryError> {
        let mut seen: Option<Seen> = None;
        let mut tries = 0;
        loop {
            let found = self.recovery.previewer.read(&self.target).await;
            let found = found.map_err(RecoveryError::Cluster)?;
            if let Some(lease) = &found
                && !self.is_free(lease, &mut seen)?
            {
                progress.phase("waiting for the Lease of an installation that is gone");
                sleep(RETRY.min(respect(lease))).await;
                continue;
            }
            match self.claim(found.as_ref()).await {
                Ok(version) => {
                    let mut state = self.locked();
                    state.version = version;
                    state.renewed = Instant::now();
                    return Ok(());
                }
                // Somebody was faster: look who.
                Err(WriteError::Conflict(_)) if tries < MAX_TRIES => tries += 1,
                Err(error) => return Err(RecoveryError::Cluster(error)),
            }
        }
    }

    /// Whether the Lease can be taken. One that changes while it is looked at belongs to somebody who
    /// is alive; clocks of other machines are not believed.
    fn is_free(&self, lease: &Value, seen: &mut Option<Seen>) -> Result<bool, RecoveryError> {
        let holder = lease["spec"]["holderIdentity"].as_str().unwrap_or_default();
        if holder.is_empty() || holder == self.holder {
            return Ok(true);
        }
        let version = version_of(lease);
        match seen {
            None => {
                let since = Instant::now();
                *seen = Some(Seen { version, since });
                Ok(false)
            }
            Some(known) if known.version != version => Err(RecoveryError::NotNow(format!(
                "another installation, {holder}, is changing this cluster: it holds Lease {}/{NAME}; try again when it is done",
                self.target.namespace
            ))),
            Some(known) => Ok(known.since.elapsed() >= respect(lease)),
        }
    }

    async fn claim(&self, found: Option<&Value>) -> Result<String, WriteError> {
        let now = self.micros();
        let mut spec = json!({
            "holderIdentity": self.holder,
            "leaseDurationSeconds": DURATION.as_secs(),
            "acquireTime": now,
            "renewTime": now,
            "leaseTransitions": 0,
        });
        let body = match found {
            None => WriteBody::Create(json!({
                "apiVersion": self.target.api_version,
                "kind": self.target.kind,
                "metadata": {"name": NAME, "namespace": self.target.namespace},
                "spec": spec,
            })),
            Some(lease) => {
                let before = lease["spec"]["leaseTransitions"].as_i64().unwrap_or(0);
                spec["leaseTransitions"] = json!(before.saturating_add(1));
                WriteBody::MergePatch(json!({
                    "metadata": {"resourceVersion": version_of(lease)},
                    "spec": spec,
                }))
            }
        };
        self.write(body).await
    }

    /// Does something and keeps the Lease meanwhile.
    pub(crate) async fn during<T>(&self, work: impl Future<Output = T>) -> T {
        let mut work = pin!(work);
        let mut keeping = pin!(self.keep());
        let mut is_kept = true;
        poll_fn(|context| {
            if is_kept && keeping.as_mut().poll(context).is_ready() {
                is_kept = false;
            }
            match work.as_mut().poll(context) {
                Poll::Ready(done) => Poll::Ready(done),
                Poll::Pending => Poll::Pending,
            }
        })
        .await
    }

    /// Renews until the Lease is lost.
    async fn keep(&self) {
        loop {
            sleep(RETRY).await;
            if let Err(why) = self.renew().await {
                self.locked().lost = Some(why);
                return;
            }
        }
    }

    /// Renews once. No answer is no loss as long as the deadline lasts.
    async fn renew(&self) -> Result<(), String> {
        let version = self.locked().version.clone();
        let body = json!({
            "metadata": {"resourceVersion": version},
            "spec": {"renewTime": self.micros()},
        });
        match self.write(WriteBody::MergePatch(body)).await {
            Ok(version) => {
                let mut state = self.locked();
                state.version = version;
                state.renewed = Instant::now();
                Ok(())
            }
            Err(WriteError::Conflict(_)) => self.look_again().await,
            Err(error @ (WriteError::NotFound(_) | WriteError::Denied(_))) => {
                Err(error.to_string())
            }
            Err(error) => self.in_time().map_err(|_| error.to_string()),
        }
    }

    /// Somebody wrote to the Lease: it is still ours when it says so.
    async fn look_again(&self) -> Result<(), String> {
        match self.recovery.previewer.read(&self.target).await {
            Ok(Some(lease)) => {
                let holder = lease["spec"]["holderIdentity"].as_str().unwrap_or_default();
                if holder != self.holder {
                    return Err(format!("\"{holder}\" holds it now"));
                }
                // The deadline still counts from the last renewal.
                self.locked().version = version_of(&lease);
                Ok(())
            }
            Ok(None) => Err("it was deleted".to_owned()),
            Err(error) => self.in_time().map_err(|_| error.to_string()),
        }
    }

    /// Whether nobody else may hold the Lease yet; the error says why that is not known any more.
    pub(crate) fn check(&self) -> Result<(), String> {
        let lost = self.locked().lost.clone();
        let known = lost.map_or_else(|| self.in_time(), Err);
        known.map_err(|why| format!("the Lease {}/{NAME} is lost: {why}", self.target.namespace))
    }

    fn in_time(&self) -> Result<(), String> {
        if self.locked().renewed.elapsed() < RENEW_DEADLINE {
            return Ok(());
        }
        Err(format!(
            "it could not be renewed for {} seconds",
            RENEW_DEADLINE.as_secs()
        ))
    }

    /// Lets the next one have it. When that fails it runs out by itself.
    pub(crate) async fn release(&self) {
        if self.check().is_err() {
            return;
        }
        let version = self.locked().version.clone();
        let body = json!({
            "metadata": {"resourceVersion": version},
            "spec": {"holderIdentity": null},
        });
        drop(self.write(WriteBody::MergePatch(body)).await);
    }

    /// Writes to the Lease; its version afterwards.
    async fn write(&self, body: WriteBody) -> Result<String, WriteError> {
        let write = Write {
            target: self.target.clone(),
            subresource: None,
            body,
            // The name of the plan marks writes of its steps, and this is none.
            plan_id: String::new(),
        };
        let written = self.hands.writer.write(&write).await?;
        Ok(written.resource_version)
    }

    fn micros(&self) -> String {
        let now = self.recovery.world.now();
        now.strftime("%Y-%m-%dT%H:%M:%S.%6fZ").to_string()
    }

    fn locked(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn target(namespace: &str) -> Target {
    Target {
        api_version: "coordination.k8s.io/v1".to_owned(),
        kind: "Lease".to_owned(),
        plural: "leases".to_owned(),
        namespace: namespace.to_owned(),
        name: NAME.to_owned(),
        uid: String::new(),
    }
}

fn version_of(lease: &Value) -> String {
    let version = lease["metadata"]["resourceVersion"].as_str();
    version.unwrap_or_default().to_owned()
}

/// How long the Lease of somebody else is respected after it was seen to be renewed.
fn respect(lease: &Value) -> Duration {
    let wanted = lease["spec"]["leaseDurationSeconds"].as_u64();
    Duration::from_secs(wanted.unwrap_or(DURATION.as_secs()).clamp(1, MAX_RESPECT))
}
