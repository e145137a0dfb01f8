//! The frozen record of what was seen: lean structs that decode themselves from Kubernetes JSON.
//!
//! A lean struct holds only fields that some check reads; everything else is skipped while
//! decoding, so a whole object never exists in memory. `null` and absent fields read as empty.

mod audit;
mod autoscaler;
mod batch;
mod builder;
mod cluster;
mod custom;
mod edit;
mod event;
mod log;
mod meta;
mod network;
mod pod;
mod podspec;
mod policy;
mod registration;
mod release;
mod scheduling;
mod storage;
mod template;
mod workload;

use jiff::{SignedDuration, Timestamp};

pub use audit::{AuditField, AuditRecord};
pub use autoscaler::{
    HorizontalPodAutoscaler, HpaMetric, HpaResource, HpaSpec, HpaStatus, HpaValue, ScaleTarget,
};
pub use batch::{ActiveJob, CronJob, CronJobSpec, CronJobStatus, Job, JobSpec, JobStatus};
pub use builder::{SnapshotBuilder, Unreadable};
pub use cluster::{
    Endpoint, EndpointConditions, EndpointSlice, Lease, LeaseSpec, Namespace, NamespaceStatus,
    Node, NodeSpec, NodeStatus, ObjectName, PodDisruptionBudget, Service, ServicePort, ServiceSpec,
    Taint, TargetRef,
};
pub use custom::{CustomObject, prune_custom};
pub use edit::{Edit, Edited, prune_written};
pub use event::{Event, InvolvedObject};
pub use log::{LogExcerpt, LogKey};
pub use meta::{Condition, Meta, Owner, find_condition};
pub use network::{
    Ingress, IngressBackend, IngressClass, IngressPath, IngressRule, IngressSpec, IngressTls,
    NetworkPolicy, NetworkPolicySpec, PolicyPeer, PolicyPort, PolicyRule,
};
pub use pod::{
    Actuated, ContainerState, ContainerStatus, Pod, PodStatus, Running, Terminated, Waiting,
};
pub use podspec::{
    ClaimTemplate, Container, ContainerPort, EnvSource, Environment, EphemeralVolume, HttpGet,
    NamedRef, PodSpec, Port, Preemption, Probe, ResourceNeeds, Volume,
};
pub use policy::{
    LimitRange, LimitRangeItem, PriorityClass, QuotaSpec, ResourceQuota, RuntimeClass,
    ScopeExpression,
};
pub use registration::{
    ApiService, ApiServiceSpec, CertificateSigningRequest, ClientConfig, CustomResourceDefinition,
    DefinitionSpec, ServiceReference, Webhook, WebhookConfiguration,
};
pub use release::{HelmHook, HelmRelease};
pub use scheduling::{
    Affinity, NodeAffinity, NodeSelector, NodeSelectorTerm, PodAffinity, PodAffinityTerm,
    Toleration, TopologySpread,
};
pub use storage::{
    BoundClaim, ClaimSpec, ClaimStatus, CsiDriver, CsiNode, CsiNodeDriver, CsiSource,
    PersistentVolume, PersistentVolumeClaim, StorageClass, TopologyTerm, VolumeAttachment,
};
pub use template::Template;
pub use workload::{
    ControllerRevision, DaemonSet, DaemonSetSpec, DaemonSetStatus, Deployment, DeploymentSpec,
    DeploymentStatus, ReplicaSet, ReplicaSetStatus, RollingUpdate, StatefulSet, StatefulSetSpec,
    StatefulSetStatus, UpdateStrategy,
};

use crate::{Alert, Kind, Ledger, NodeService, ObjectRef, Uid, wire::Text};

/// What was seen of one cluster, and when. Immutable once built; every list is sorted by Namespace
/// and name, so that the order of arrival does not show.
#[derive(Debug, Default)]
pub struct Snapshot {
    /// The cluster's own notion of now at the time of reading: the only clock of the engine.
    pub captured_at: Timestamp,
    /// Server version such as `v1.36.3`, when known.
    pub server_version: Option<String>,
    /// What was read and what could not be.
    pub ledger: Ledger,
    /// Namespaces.
    pub namespaces: Vec<Namespace>,
    /// Nodes.
    pub nodes: Vec<Node>,
    /// Pods.
    pub pods: Vec<Pod>,
    /// Services.
    pub services: Vec<Service>,
    /// Events, sorted by the UID they speak of and then by time.
    pub events: Vec<Event>,
    /// Names of ConfigMaps.
    pub config_maps: Vec<ObjectName>,
    /// Names of Secrets. Payloads are never read.
    pub secrets: Vec<ObjectName>,
    /// Names of ServiceAccounts.
    pub service_accounts: Vec<ObjectName>,
    /// PersistentVolumeClaims.
    pub claims: Vec<PersistentVolumeClaim>,
    /// PersistentVolumes.
    pub volumes: Vec<PersistentVolume>,
    /// ResourceQuotas.
    pub quotas: Vec<ResourceQuota>,
    /// LimitRanges.
    pub limit_ranges: Vec<LimitRange>,
    /// Deployments.
    pub deployments: Vec<Deployment>,
    /// ReplicaSets.
    pub replica_sets: Vec<ReplicaSet>,
    /// StatefulSets.
    pub stateful_sets: Vec<StatefulSet>,
    /// DaemonSets.
    pub daemon_sets: Vec<DaemonSet>,
    /// ControllerRevisions.
    pub revisions: Vec<ControllerRevision>,
    /// Jobs.
    pub jobs: Vec<Job>,
    /// CronJobs.
    pub cron_jobs: Vec<CronJob>,
    /// HorizontalPodAutoscalers.
    pub autoscalers: Vec<HorizontalPodAutoscaler>,
    /// PodDisruptionBudgets.
    pub disruption_budgets: Vec<PodDisruptionBudget>,
    /// EndpointSlices.
    pub endpoint_slices: Vec<EndpointSlice>,
    /// StorageClasses.
    pub storage_classes: Vec<StorageClass>,
    /// VolumeAttachments.
    pub attachments: Vec<VolumeAttachment>,
    /// PriorityClasses.
    pub priority_classes: Vec<PriorityClass>,
    /// RuntimeClasses.
    pub runtime_classes: Vec<RuntimeClass>,
    /// Leases.
    pub leases: Vec<Lease>,
    /// Ingresses.
    pub ingresses: Vec<Ingress>,
    /// IngressClasses.
    pub ingress_classes: Vec<IngressClass>,
    /// NetworkPolicies.
    pub network_policies: Vec<NetworkPolicy>,
    /// CSINodes.
    pub csi_nodes: Vec<CsiNode>,
    /// CSIDrivers.
    pub csi_drivers: Vec<CsiDriver>,
    /// APIServices.
    pub api_services: Vec<ApiService>,
    /// ValidatingWebhookConfigurations.
    pub validating_webhooks: Vec<WebhookConfiguration>,
    /// MutatingWebhookConfigurations.
    pub mutating_webhooks: Vec<WebhookConfiguration>,
    /// CustomResourceDefinitions; a live cluster gives their metadata only.
    pub definitions: Vec<CustomResourceDefinition>,
    /// CertificateSigningRequests.
    pub signing_requests: Vec<CertificateSigningRequest>,
    /// Objects of custom kinds, sorted by kind, Namespace and name.
    pub customs: Vec<CustomObject>,
    /// Excerpts of container logs, redacted.
    pub logs: Vec<LogExcerpt>,
    /// Alerts that are firing, sorted.
    pub alerts: Vec<Alert>,
    /// How far the clock of the management cluster was ahead of this one's, when both were read and
    /// differ by so much that it matters. Its times were moved by that.
    pub management_ahead: Option<SignedDuration>,
    /// Services of nodes, sorted, where somebody looked.
    pub node_services: Vec<NodeService>,
    /// Who wrote the objects that people edit, sorted by object.
    pub edited: Vec<Edited>,
    /// Releases of Helm whose Secrets were opened with permission, sorted.
    pub releases: Vec<HelmRelease>,
    /// Writes that an audit log tells of, oldest first.
    pub audit: Vec<AuditRecord>,
    /// The same cluster as it was recorded earlier, when somebody gave it to compare.
    pub before: Option<Box<Snapshot>>,
    pods_by_owner: Vec<(Uid, u32)>,
    pods_by_uid: Vec<(Uid, u32)>,
    replica_sets_by_owner: Vec<(Uid, u32)>,
}

impl Snapshot {
    /// Events that speak of exactly this incarnation, oldest first. Empty for an empty UID.
    pub fn events_of(&self, uid: &Uid) -> &[Event] {
        if uid.is_empty() {
            return &[];
        }
        let start = self
            .events
            .partition_point(|event| event.involved.uid < *uid);
        let end = self
            .events
            .partition_point(|event| event.involved.uid <= *uid);
        &self.events[start..end]
    }

    /// Pods whose controller has this UID, sorted by name.
    pub fn pods_of(&self, owner: &Uid) -> impl Iterator<Item = &Pod> {
        indexed(&self.pods_by_owner, owner).map(|at| &self.pods[at])
    }

    /// ReplicaSets whose controller has this UID, sorted by name.
    pub fn replica_sets_of(&self, owner: &Uid) -> impl Iterator<Item = &ReplicaSet> {
        indexed(&self.replica_sets_by_owner, owner).map(|at| &self.replica_sets[at])
    }

    /// The Pod with this UID.
    pub fn pod(&self, uid: &Uid) -> Option<&Pod> {
        indexed(&self.pods_by_uid, uid)
            .next()
            .map(|at| &self.pods[at])
    }

    /// The Pod with this name.
    pub fn pod_named(&self, namespace: &str, name: &str) -> Option<&Pod> {
        by_name(&self.pods, |pod| &pod.meta, namespace, name)
    }

    /// The Node with this name.
    pub fn node(&self, name: &str) -> Option<&Node> {
        by_name(&self.nodes, |node| &node.meta, "", name)
    }

    /// The PersistentVolumeClaim with this name.
    pub fn claim(&self, namespace: &str, name: &str) -> Option<&PersistentVolumeClaim> {
        by_name(&self.claims, |claim| &claim.meta, namespace, name)
    }

    /// The PersistentVolume with this name.
    pub fn volume(&self, name: &str) -> Option<&PersistentVolume> {
        by_name(&self.volumes, |volume| &volume.meta, "", name)
    }

    /// The StorageClass with this name.
    pub fn storage_class(&self, name: &str) -> Option<&StorageClass> {
        by_name(&self.storage_classes, |class| &class.meta, "", name)
    }

    /// The Service with this name.
    pub fn service(&self, namespace: &str, name: &str) -> Option<&Service> {
        by_name(&self.services, |service| &service.meta, namespace, name)
    }

    /// Objects of one custom kind, sorted by Namespace and name.
    pub fn customs_of<'a>(
        &'a self,
        group: &'a str,
        name: &'a str,
    ) -> impl Iterator<Item = &'a CustomObject> + 'a {
        self.customs
            .iter()
            .filter(move |object| object.is(group, name))
    }

    /// What is known of the writes of an object.
    pub fn edited(&self, object: &ObjectRef) -> Option<&Edited> {
        let key = |known: &ObjectRef| (known.kind, known.namespace.clone(), known.name.clone());
        let wanted = key(object);
        let at = self
            .edited
            .partition_point(|known| key(&known.object) < wanted);
        self.edited
            .get(at)
            .filter(|known| key(&known.object) == wanted)
    }

    /// Whether an object of a metadata-only kind is there; `None` when the kind was not read
    /// completely and the object was not among what was.
    pub fn has_named(&self, kind: Kind, namespace: &str, name: &str) -> Option<bool> {
        let names = match kind {
            Kind::ConfigMap => &self.config_maps,
            Kind::Secret => &self.secrets,
            Kind::ServiceAccount => &self.service_accounts,
            _ => return None,
        };
        if by_name(names, |object| &object.meta, namespace, name).is_some() {
            return Some(true);
        }
        self.ledger
            .is_complete(crate::Source::Objects(kind))
            .then_some(false)
    }

    /// The excerpts of one container's logs, current before previous.
    pub fn logs_of<'a>(
        &'a self,
        namespace: &'a str,
        pod: &'a str,
        container: &'a str,
    ) -> impl Iterator<Item = &'a LogExcerpt> {
        self.logs.iter().filter(move |log| {
            log.key.namespace == namespace
                && log.key.pod == pod
                && (log.key.container == container || log.key.container == "_container")
        })
    }
}

fn indexed<'a>(index: &'a [(Uid, u32)], uid: &Uid) -> impl Iterator<Item = usize> + use<'a> {
    let start = index.partition_point(|(known, _)| known < uid);
    let end = if uid.is_empty() {
        start
    } else {
        index.partition_point(|(known, _)| known <= uid)
    };
    index[start..end].iter().map(|(_, at)| *at as usize)
}

fn by_name<'a, T>(
    list: &'a [T],
    meta: impl Fn(&T) -> &Meta,
    namespace: &str,
    name: &str,
) -> Option<&'a T> {
    let place = |object: &T| {
        let meta = meta(object);
        (*meta.namespace)
            .cmp(namespace)
            .then_with(|| (*meta.name).cmp(name))
    };
    list.binary_search_by(place).ok().map(|at| &list[at])
}

/// A map key for an object: Namespace and name.
pub type NamespacedName = (Text, Text);
