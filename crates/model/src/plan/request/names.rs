//! What a request is called, and which objects it names.

use super::{RemedyRequest, Target};

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
            Self::CreateAutoscaler { .. } => "create-autoscaler",
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
            Self::DeleteNodePool { .. } => "delete-node-pool",
            Self::RebootMachine { .. } => "reboot-machine",
            Self::StartMachine { on: true, .. } => "start-machine",
            Self::StartMachine { on: false, .. } => "stop-machine",
            Self::DeleteMachine { .. } => "delete-machine",
            Self::HibernateCluster {
                hibernated: true, ..
            } => "hibernate-cluster",
            Self::HibernateCluster {
                hibernated: false, ..
            } => "awake-cluster",
            Self::BindAddress { bound: true, .. } => "bind-address",
            Self::BindAddress { bound: false, .. } => "unbind-address",
            Self::MarkVulnerability { .. } => "mark-vulnerability",
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
            Self::ResizeNodePool { pool, .. } | Self::DeleteNodePool { pool, .. } => {
                Some(pool.clone())
            }
            Self::CreateNodePool {
                name,
                shape: Some(_),
                ..
            } => Some(name.clone()),
            Self::CreateNodePool { like, .. } => Some(like.clone()),
            Self::BindAddress { address, .. } => Some(address.clone()),
            Self::MarkVulnerability { vulnerability, .. } => Some(vulnerability.clone()),
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
            | Self::CreateAutoscaler { .. }
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
            | Self::RebootMachine { .. }
            | Self::StartMachine { .. }
            | Self::DeleteMachine { .. }
            | Self::HibernateCluster { .. }
            | Self::RequeueRelease { .. } => None,
        }
    }

    /// Remedy and object, as a person has to name them to approve what destroys something, stops much
    /// or is a last resort; `None` where the digest is enough.
    pub fn spoken(&self) -> Option<String> {
        let named = match self {
            Self::DrainNode { node }
            | Self::RebootMachine { node, .. }
            | Self::DeleteMachine { node, .. }
            | Self::RemoveTaint { node, .. } => &node.name,
            Self::DeleteWorkload { workload } => &workload.name,
            Self::DeleteNodePool { pool, .. } => pool,
            Self::HibernateCluster { id, .. } => id,
            Self::MarkVulnerability { vulnerability, .. } => vulnerability,
            Self::Escalate
            | Self::ScaleWorkload { .. }
            | Self::RollbackWorkload { .. }
            | Self::RestartWorkload { .. }
            | Self::ResizeWorkload { .. }
            | Self::BoundAutoscaler { .. }
            | Self::CreateAutoscaler { .. }
            | Self::PauseRollout { .. }
            | Self::CordonNode { .. }
            | Self::DeletePod { .. }
            | Self::RerunJob { .. }
            | Self::SuspendJob { .. }
            | Self::ExpandVolume { .. }
            | Self::RaiseQuota { .. }
            | Self::RaiseLimit { .. }
            | Self::FixServiceSelector { .. }
            | Self::FixServicePort { .. }
            | Self::ResizeNodePool { .. }
            | Self::CreateNodePool { .. }
            | Self::StartMachine { .. }
            | Self::BindAddress { .. }
            | Self::BurstWorkload { .. }
            | Self::RequeueRelease { .. }
            | Self::RollbackRelease { .. } => return None,
        };
        Some(format!("{} {named}", self.id()))
    }

    /// True for a remedy on what a provider has beside node pools.
    pub const fn needs_provider(&self) -> bool {
        matches!(
            self,
            Self::RebootMachine { .. }
                | Self::StartMachine { .. }
                | Self::DeleteMachine { .. }
                | Self::HibernateCluster { .. }
                | Self::BindAddress { .. }
                | Self::MarkVulnerability { .. }
        )
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
            | Self::CreateAutoscaler { workload, .. }
            | Self::ResizeNodePool { workload, .. }
            | Self::CreateNodePool { workload, .. }
            | Self::DeleteWorkload { workload }
            | Self::BurstWorkload { workload } => vec![workload],
            Self::BoundAutoscaler { autoscaler, .. } => vec![autoscaler],
            Self::CordonNode { node, .. }
            | Self::DrainNode { node }
            | Self::RebootMachine { node, .. }
            | Self::StartMachine { node, .. }
            | Self::DeleteMachine { node, .. }
            | Self::RemoveTaint { node, .. } => vec![node],
            Self::DeleteNodePool { cluster, .. }
            | Self::HibernateCluster { cluster, .. }
            | Self::BindAddress { cluster, .. }
            | Self::MarkVulnerability { cluster, .. } => vec![cluster],
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
            | Self::CreateAutoscaler { workload, .. }
            | Self::ResizeNodePool { workload, .. }
            | Self::CreateNodePool { workload, .. }
            | Self::DeleteWorkload { workload }
            | Self::BurstWorkload { workload } => Some(workload),
            Self::RaiseQuota { quota, .. } => Some(quota),
            Self::RaiseLimit { range, .. } => Some(range),
            Self::BoundAutoscaler { autoscaler, .. } => Some(autoscaler),
            Self::CordonNode { node, .. }
            | Self::DrainNode { node }
            | Self::RebootMachine { node, .. }
            | Self::StartMachine { node, .. }
            | Self::DeleteMachine { node, .. }
            | Self::RemoveTaint { node, .. } => Some(node),
            Self::DeleteNodePool { cluster, .. }
            | Self::HibernateCluster { cluster, .. }
            | Self::BindAddress { cluster, .. }
            | Self::MarkVulnerability { cluster, .. } => Some(cluster),
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
