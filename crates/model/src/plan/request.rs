//! What remedy is asked for: a catalogue entry and its parameters.

mod names;

use core::fmt;

use serde::{Deserialize, Serialize};

use super::{PoolShape, Target};

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

/// A share of the requests that an autoscaler aims at.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct UtilizationAim {
    /// `cpu` or `memory`.
    pub resource: String,
    /// Percent of the requests, over all Pods.
    pub percent: i64,
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
        /// New shares of requests to aim at; what is absent stays.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        aims: Vec<UtilizationAim>,
        /// How fast it scales from now on: JSON of `spec.behavior`; what is absent stays.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        behavior: Option<String>,
    },
    /// An autoscaler for a workload that has none.
    CreateAutoscaler {
        /// The Deployment or StatefulSet.
        workload: Target,
        /// Name of the new autoscaler.
        name: String,
        /// Its minimum.
        min: i64,
        /// Its maximum.
        max: i64,
        /// Shares of requests that it aims at.
        aims: Vec<UtilizationAim>,
        /// How fast it scales: JSON of `spec.behavior`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        behavior: Option<String>,
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
        /// The workload that waits for them, or the cluster.
        workload: Target,
    },
    /// A new pool, with Nodes like those of another one or of a shape of their own.
    CreateNodePool {
        /// Name of the new pool.
        name: String,
        /// The pool at the provider that it is like; empty when it has a shape.
        #[serde(default, skip_serializing_if = "String::is_empty")]
        like: String,
        /// What its machines are, when no pool is named.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        shape: Option<Box<PoolShape>>,
        /// Nodes wanted.
        nodes: u32,
        /// The workload that waits for them, or the cluster.
        workload: Target,
    },
    /// Gives a pool back whose Nodes are empty.
    DeleteNodePool {
        /// Id of the pool at the provider; no name.
        pool: String,
        /// The cluster.
        cluster: Target,
    },
    /// Starts the machine of a Node anew.
    RebootMachine {
        /// The Node; empty until the machine tells.
        node: Target,
        /// Id of the machine; empty until the Node tells.
        machine: String,
        /// True for a restart as if the power had failed.
        hard: bool,
    },
    /// Starts the machine of a Node, or shuts it down.
    StartMachine {
        /// The Node; empty until the machine tells.
        node: Target,
        /// Id of the machine; empty until the Node tells.
        machine: String,
        /// True to start it.
        on: bool,
    },
    /// Takes an empty Node out of the cluster and gives its machine back.
    DeleteMachine {
        /// The Node; empty until the machine tells.
        node: Target,
        /// Id of the machine; empty until the Node tells.
        machine: String,
    },
    /// Stops the whole cluster, or starts it again.
    HibernateCluster {
        /// The cluster.
        cluster: Target,
        /// Its id at the provider; no name.
        id: String,
        /// True to stop it.
        hibernated: bool,
    },
    /// Gives the API server a public address, or takes it away.
    BindAddress {
        /// The cluster.
        cluster: Target,
        /// Its id at the provider; no name.
        id: String,
        /// Id of the address at the provider.
        address: String,
        /// True to give it.
        bound: bool,
    },
    /// Says at the provider what is thought of a weakness.
    MarkVulnerability {
        /// The cluster.
        cluster: Target,
        /// Id of the weakness at the provider.
        vulnerability: String,
        /// The status that it gets, in the provider's words.
        status: String,
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

impl fmt::Display for RemedyRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.key())
    }
}
