//! What groups of checks need to have read.

use dogwatch_model::{Kind, Source};

const POD: Source = Source::Objects(Kind::Pod);
const EVENT: Source = Source::Objects(Kind::Event);

/// The Pods alone.
pub(crate) const PODS: &[Source] = &[POD];
/// Pods and what components said of them.
pub(crate) const PODS_AND_EVENTS: &[Source] = &[POD, EVENT];
/// Pods and their logs.
pub(crate) const PODS_AND_LOGS: &[Source] = &[POD, EVENT, Source::Logs];
/// Pods and the nodes they run on.
pub(crate) const PODS_AND_NODES: &[Source] = &[POD, Source::Objects(Kind::Node)];
/// Nodes and how many Pods they run.
pub(crate) const NODES_AND_PODS: &[Source] = &[Source::Objects(Kind::Node), POD];
/// Nodes alone.
pub(crate) const NODES: &[Source] = &[Source::Objects(Kind::Node)];
/// Workloads with their versions and Pods.
pub(crate) const WORKLOADS: &[Source] = &[
    Source::Objects(Kind::Deployment),
    Source::Objects(Kind::ReplicaSet),
    Source::Objects(Kind::StatefulSet),
    Source::Objects(Kind::DaemonSet),
    Source::Objects(Kind::ControllerRevision),
    POD,
];
/// Workloads and Pods; the name says that the Pods are looked at themselves.
pub(crate) const WORKLOADS_AND_PODS: &[Source] = WORKLOADS;
/// Workloads and what components said of them.
pub(crate) const WORKLOADS_AND_EVENTS: &[Source] = &[
    Source::Objects(Kind::Deployment),
    Source::Objects(Kind::ReplicaSet),
    Source::Objects(Kind::StatefulSet),
    Source::Objects(Kind::DaemonSet),
    EVENT,
];
/// Claims alone.
pub(crate) const CLAIMS: &[Source] = &[Source::Objects(Kind::PersistentVolumeClaim)];
/// Claims and what components said of them.
pub(crate) const CLAIMS_AND_EVENTS: &[Source] =
    &[Source::Objects(Kind::PersistentVolumeClaim), EVENT];
/// Claims and the classes they name.
pub(crate) const CLAIMS_AND_CLASSES: &[Source] = &[
    Source::Objects(Kind::PersistentVolumeClaim),
    Source::Objects(Kind::StorageClass),
    EVENT,
];
/// Services and the Pods behind them.
pub(crate) const SERVICES: &[Source] = &[Source::Objects(Kind::Service), POD];
/// Services, the Pods behind them, and what clients say in their logs.
pub(crate) const SERVICES_AND_LOGS: &[Source] =
    &[Source::Objects(Kind::Service), POD, Source::Logs];
/// Services and what components said of them.
pub(crate) const SERVICES_AND_EVENTS: &[Source] = &[Source::Objects(Kind::Service), EVENT];
/// NetworkPolicies, and the Pods that say whom they do not reach.
pub(crate) const POLICIES_AND_LOGS: &[Source] =
    &[Source::Objects(Kind::NetworkPolicy), POD, Source::Logs];
/// Ingresses and the Services behind them.
pub(crate) const INGRESSES: &[Source] = &[
    Source::Objects(Kind::Ingress),
    Source::Objects(Kind::Service),
];
/// Ingresses and their classes.
pub(crate) const INGRESS_CLASSES: &[Source] = &[
    Source::Objects(Kind::Ingress),
    Source::Objects(Kind::IngressClass),
];
/// Ingresses, their classes, and the Pods of whoever serves them.
pub(crate) const INGRESS_CLASSES_AND_PODS: &[Source] = &[
    Source::Objects(Kind::Ingress),
    Source::Objects(Kind::IngressClass),
    POD,
];
/// Ingresses and the Secrets that they name.
pub(crate) const INGRESS_SECRETS: &[Source] = &[
    Source::Objects(Kind::Ingress),
    Source::Objects(Kind::Secret),
];
/// Autoscalers alone.
pub(crate) const AUTOSCALERS: &[Source] = &[Source::Objects(Kind::HorizontalPodAutoscaler)];
/// Autoscalers and what was said of them.
pub(crate) const AUTOSCALERS_AND_EVENTS: &[Source] =
    &[Source::Objects(Kind::HorizontalPodAutoscaler), EVENT];
/// Aggregated APIs.
pub(crate) const API_SERVICES: &[Source] = &[Source::Objects(Kind::APIService)];
/// Nodes and what components said of them.
pub(crate) const NODES_AND_EVENTS: &[Source] = &[Source::Objects(Kind::Node), EVENT];
/// Jobs alone.
pub(crate) const JOBS: &[Source] = &[Source::Objects(Kind::Job)];
/// Jobs and their Pods.
pub(crate) const JOBS_AND_PODS: &[Source] = &[Source::Objects(Kind::Job), POD];
/// CronJobs alone.
pub(crate) const CRON_JOBS: &[Source] = &[Source::Objects(Kind::CronJob)];
/// CronJobs and what components said of them.
pub(crate) const CRON_JOBS_AND_EVENTS: &[Source] = &[Source::Objects(Kind::CronJob), EVENT];
/// Namespaces alone.
pub(crate) const NAMESPACES: &[Source] = &[Source::Objects(Kind::Namespace)];
/// Events alone: the objects they speak of may be gone.
pub(crate) const EVENTS: &[Source] = &[EVENT];
/// Pods and the Lease of the controllers.
pub(crate) const PODS_AND_LEASES: &[Source] = &[POD, Source::Objects(Kind::Lease)];
/// Claims and the Pods that mount them.
pub(crate) const CLAIMS_AND_PODS: &[Source] = &[Source::Objects(Kind::PersistentVolumeClaim), POD];
/// Claims and volumes.
pub(crate) const CLAIMS_AND_VOLUMES: &[Source] = &[
    Source::Objects(Kind::PersistentVolumeClaim),
    Source::Objects(Kind::PersistentVolume),
];
/// Volumes and what components said of them.
pub(crate) const VOLUMES_AND_EVENTS: &[Source] = &[Source::Objects(Kind::PersistentVolume), EVENT];
/// StorageClasses alone.
pub(crate) const CLASSES: &[Source] = &[Source::Objects(Kind::StorageClass)];
/// Attachments and the nodes they lead to.
pub(crate) const ATTACHMENTS: &[Source] = &[
    Source::Objects(Kind::VolumeAttachment),
    Source::Objects(Kind::Node),
];
/// Pods and the ConfigMaps and Secrets they refer to.
pub(crate) const PODS_AND_CONFIG: &[Source] = &[
    POD,
    Source::Objects(Kind::ConfigMap),
    Source::Objects(Kind::Secret),
];
/// Leases alone.
pub(crate) const LEASES: &[Source] = &[Source::Objects(Kind::Lease)];
/// Pods, the nodes there are, and what components said of both.
pub(crate) const PODS_NODES_AND_EVENTS: &[Source] = &[POD, Source::Objects(Kind::Node), EVENT];
/// Disruption budgets alone.
pub(crate) const BUDGETS: &[Source] = &[Source::Objects(Kind::PodDisruptionBudget)];
/// Disruption budgets and the Pods they protect.
pub(crate) const BUDGETS_AND_PODS: &[Source] = &[Source::Objects(Kind::PodDisruptionBudget), POD];
/// Definitions alone.
pub(crate) const DEFINITIONS: &[Source] = &[Source::Objects(Kind::CustomResourceDefinition)];
/// Certificate requests alone.
pub(crate) const SIGNING_REQUESTS: &[Source] = &[Source::Objects(Kind::CertificateSigningRequest)];
