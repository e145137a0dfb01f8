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
