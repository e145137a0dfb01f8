//! What remedy is asked for: a catalogue entry and its parameters.

use core::fmt;

use serde::{Deserialize, Serialize};

use super::Target;

/// A resource and an amount as Kubernetes writes it: `cpu` and `500m`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ResourceAmount {
    /// `cpu` or `memory`; of a quota whatever it bounds.
    pub resource: String,
    /// Quantity.
    pub amount: String,
}

/// New requests and limits of one container; what is absent stays.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct AmountChange {
    /// The container.
    pub container: String,
    /// New requests.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub requests: Vec<ResourceAmount>,
    /// New limits.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub limits: Vec<ResourceAmount>,
}

/// A remedy with its parameters. Two requests that are equal are the same option of an incident.
/// What must never be done (deleting a HelmReleaseProxy, dropping finalizers, deleting claims) has
/// no variant.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "remedy", rename_all = "kebab-case")]
pub enum RemedyRequest {
    /// Nothing is written; a person looks.
    Escalate,
    /// Another number of replicas.
    ScaleWorkload {
        /// The workload.
        workload: Target,
        /// Replicas wanted.
        replicas: i64,
    },
    /// The template of an earlier revision.
    RollbackWorkload {
        /// The Deployment.
        workload: Target,
        /// The revision; `None` means the one before the present one.
        revision: Option<i64>,
    },
    /// New Pods of the same template.
    RestartWorkload {
        /// The workload.
        workload: Target,
        /// The time that is written into the template. It is chosen once, for the first preview.
        at: String,
    },
    /// Other requests and limits.
    ResizeWorkload {
        /// The workload.
        workload: Target,
        /// By container.
        changes: Vec<AmountChange>,
    },
    /// Other bounds of an autoscaler.
    BoundAutoscaler {
        /// The HorizontalPodAutoscaler.
        autoscaler: Target,
        /// New minimum.
        min: Option<i64>,
        /// New maximum.
        max: Option<i64>,
    },
    /// Holds template changes back, or lets them go.
    PauseRollout {
        /// The Deployment.
        workload: Target,
        /// True to hold.
        paused: bool,
    },
    /// Keeps new Pods away from a Node, or lets them in again.
    CordonNode {
        /// The Node.
        node: Target,
        /// True to keep them away.
        cordoned: bool,
    },
    /// Cordons a Node and evicts its Pods.
    DrainNode {
        /// The Node.
        node: Target,
    },
    /// Deletes a Pod that its controller replaces.
    DeletePod {
        /// The Pod.
        pod: Target,
    },
    /// Deletes a workload with its Pods.
    DeleteWorkload {
        /// The workload.
        workload: Target,
    },
    /// Runs a failed Job once more.
    RerunJob {
        /// The Job.
        job: Target,
    },
    /// Suspends a Job or CronJob, or lets it run again.
    SuspendJob {
        /// The Job or CronJob.
        job: Target,
        /// True to suspend.
        suspended: bool,
    },
    /// A larger claim.
    ExpandVolume {
        /// The PersistentVolumeClaim.
        claim: Target,
        /// The new size.
        size: String,
    },
    /// Higher hard limits of a quota.
    RaiseQuota {
        /// The ResourceQuota.
        quota: Target,
        /// New hard limits by the names of the quota, `limits.memory`; what is absent stays.
        amounts: Vec<ResourceAmount>,
        /// The workload that waits for it.
        workload: Target,
    },
    /// Higher maxima of one type of a LimitRange.
    RaiseLimit {
        /// The LimitRange.
        range: Target,
        /// `Container`, `Pod` or `PersistentVolumeClaim`.
        scope: String,
        /// New maxima; what is absent stays.
        amounts: Vec<ResourceAmount>,
        /// The workload that waits for it.
        workload: Target,
    },
    /// A selector that finds the Pods.
    FixServiceSelector {
        /// The Service.
        service: Target,
        /// The workload whose Pods are meant.
        workload: Target,
    },
    /// A target port that the Pods listen on.
    FixServicePort {
        /// The Service.
        service: Target,
        /// The port of the Service.
        port: i64,
        /// Number or name of the container's port.
        target_port: String,
    },
    /// Another number of Nodes in a pool.
    ResizeNodePool {
        /// The pool at the provider.
        pool: String,
        /// Nodes wanted.
        nodes: u32,
        /// The workload that waits for them.
        workload: Target,
    },
    /// A new pool with Nodes like those of another one.
    CreateNodePool {
        /// Name of the new pool.
        name: String,
        /// The pool at the provider that it is like.
        like: String,
        /// Nodes wanted.
        nodes: u32,
        /// The workload that waits for them.
        workload: Target,
    },
    /// Lets a workload use serverless capacity.
    BurstWorkload {
        /// The workload.
        workload: Target,
    },
    /// Makes the controller try a Helm release again.
    RequeueRelease {
        /// The HelmReleaseProxy.
        release: Target,
        /// The time that is written into its annotation. It is chosen once, for the first preview.
        at: String,
    },
    /// An earlier revision of a Helm release, as a new revision.
    RollbackRelease {
        /// An object of the release.
        part: Target,
        /// Namespace of the release; empty until the object tells.
        namespace: String,
        /// Name of the release; empty until the object tells.
        name: String,
        /// The revision; `None` means the newest one before the present that was ever deployed.
        to: Option<i64>,
        /// The time that is written into the new revision. It is chosen once, for the first preview.
        at: String,
    },
    /// Removes one taint, as a last resort.
    RemoveTaint {
        /// The Node.
        node: Target,
        /// Key of the taint.
        key: String,
        /// Effect of the taint.
        effect: String,
    },
}

/// A request that cannot be understood. One sentence that says what is wrong and what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct BadRequest(pub String);

impl RemedyRequest {
    /// Id of the remedy in the catalogue.
    pub const fn id(&self) -> &'static str {
        match self {
            Self::Escalate => "escalate",
            Self::ScaleWorkload { .. } => "scale-workload",
            Self::RollbackWorkload { .. } => "rollback-workload",
            Self::RestartWorkload { .. } => "restart-workload",
            Self::ResizeWorkload { .. } => "resize-workload",
            Self::BoundAutoscaler { .. } => "bound-autoscaler",
            Self::PauseRollout { paused: true, .. } => "pause-rollout",
            Self::PauseRollout { paused: false, .. } => "resume-rollout",
            Self::CordonNode { cordoned: true, .. } => "cordon-node",
            Self::CordonNode {
                cordoned: false, ..
            } => "uncordon-node",
            Self::DrainNode { .. } => "drain-node",
            Self::DeletePod { .. } => "delete-pod",
            Self::DeleteWorkload { .. } => "delete-workload",
            Self::RaiseQuota { .. } => "raise-quota",
            Self::RaiseLimit { .. } => "raise-limit",
            Self::RerunJob { .. } => "rerun-job",
            Self::SuspendJob {
                suspended: true, ..
            } => "suspend-job",
            Self::SuspendJob {
                suspended: false, ..
            } => "unsuspend-job",
            Self::ExpandVolume { .. } => "expand-volume",
            Self::FixServiceSelector { .. } => "fix-service-selector",
            Self::FixServicePort { .. } => "fix-service-port",
            Self::ResizeNodePool { .. } => "resize-node-pool",
            Self::CreateNodePool { .. } => "create-node-pool",
            Self::BurstWorkload { .. } => "burst-workload",
            Self::RequeueRelease { .. } => "requeue-release",
            Self::RollbackRelease { .. } => "rollback-release",
            Self::RemoveTaint { .. } => "remove-taint",
        }
    }

    /// What "the same option" means within an incident: the remedy, its object, and the part of the
    /// object that it is about. Parameters such as the number of replicas may be refreshed under the
    /// same letter.
    pub fn key(&self) -> String {
        let mut words = vec![self.id().to_owned()];
        words.extend(self.target().map(Target::key));
        words.extend(self.part());
        words.join(" ")
    }

    /// The part of the object, where a remedy of another part is another remedy.
    fn part(&self) -> Option<String> {
        match self {
            Self::FixServicePort { port, .. } => Some(port.to_string()),
            Self::ResizeNodePool { pool, .. } => Some(pool.clone()),
            Self::CreateNodePool { like, .. } => Some(like.clone()),
            Self::RemoveTaint { key, effect, .. } => Some(format!("{key}:{effect}")),
            Self::RaiseLimit { scope, .. } => Some(scope.clone()),
            Self::RollbackRelease {
                namespace, name, ..
            } => Some(format!("{namespace}/{name}")),
            Self::Escalate
            | Self::ScaleWorkload { .. }
            | Self::RollbackWorkload { .. }
            | Self::RestartWorkload { .. }
            | Self::ResizeWorkload { .. }
            | Self::BoundAutoscaler { .. }
            | Self::PauseRollout { .. }
            | Self::CordonNode { .. }
            | Self::DrainNode { .. }
            | Self::DeletePod { .. }
            | Self::DeleteWorkload { .. }
            | Self::RaiseQuota { .. }
            | Self::RerunJob { .. }
            | Self::SuspendJob { .. }
            | Self::ExpandVolume { .. }
            | Self::FixServiceSelector { .. }
            | Self::BurstWorkload { .. }
            | Self::RequeueRelease { .. } => None,
        }
    }

    /// Every object that it names.
    pub fn targets_mut(&mut self) -> Vec<&mut Target> {
        match self {
            Self::Escalate => Vec::new(),
            Self::FixServiceSelector { service, workload } => vec![service, workload],
            Self::RaiseQuota {
                quota, workload, ..
            } => vec![quota, workload],
            Self::RaiseLimit {
                range, workload, ..
            } => vec![range, workload],
            Self::ScaleWorkload { workload, .. }
            | Self::RollbackWorkload { workload, .. }
            | Self::RestartWorkload { workload, .. }
            | Self::ResizeWorkload { workload, .. }
            | Self::PauseRollout { workload, .. }
            | Self::ResizeNodePool { workload, .. }
            | Self::CreateNodePool { workload, .. }
            | Self::DeleteWorkload { workload }
            | Self::BurstWorkload { workload } => vec![workload],
            Self::BoundAutoscaler { autoscaler, .. } => vec![autoscaler],
            Self::CordonNode { node, .. }
            | Self::DrainNode { node }
            | Self::RemoveTaint { node, .. } => vec![node],
            Self::DeletePod { pod } => vec![pod],
            Self::RerunJob { job } | Self::SuspendJob { job, .. } => vec![job],
            Self::ExpandVolume { claim, .. } => vec![claim],
            Self::FixServicePort { service, .. } => vec![service],
            Self::RequeueRelease { release, .. } => vec![release],
            Self::RollbackRelease { part, .. } => vec![part],
        }
    }

    /// The object it is about.
    pub fn target(&self) -> Option<&Target> {
        match self {
            Self::Escalate => None,
            Self::ScaleWorkload { workload, .. }
            | Self::RollbackWorkload { workload, .. }
            | Self::RestartWorkload { workload, .. }
            | Self::ResizeWorkload { workload, .. }
            | Self::PauseRollout { workload, .. }
            | Self::ResizeNodePool { workload, .. }
            | Self::CreateNodePool { workload, .. }
            | Self::DeleteWorkload { workload }
            | Self::BurstWorkload { workload } => Some(workload),
            Self::RaiseQuota { quota, .. } => Some(quota),
            Self::RaiseLimit { range, .. } => Some(range),
            Self::BoundAutoscaler { autoscaler, .. } => Some(autoscaler),
            Self::CordonNode { node, .. }
            | Self::DrainNode { node }
            | Self::RemoveTaint { node, .. } => Some(node),
            Self::DeletePod { pod } => Some(pod),
            Self::RerunJob { job } | Self::SuspendJob { job, .. } => Some(job),
            Self::ExpandVolume { claim, .. } => Some(claim),
            Self::FixServiceSelector { service, .. } | Self::FixServicePort { service, .. } => {
                Some(service)
            }
            Self::RequeueRelease { release, .. } => Some(release),
            Self::RollbackRelease { part, .. } => Some(part),
        }
    }
}

impl fmt::Display for RemedyRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.key())
    }
}
