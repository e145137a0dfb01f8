//! Which kinds are read around one object.

use dogwatch_model::Kind;

/// What the checks about one object of a kind look at besides. With itself and a log it stays within
/// the requests of a workload.
pub(super) fn around(kind: Kind) -> &'static [Kind] {
    match kind {
        Kind::Pod => &[Kind::Event],
        Kind::Node => &[],
        Kind::Service => &[
            Kind::Pod,
            Kind::Event,
            Kind::EndpointSlice,
            Kind::Deployment,
            Kind::StatefulSet,
            Kind::DaemonSet,
        ],
        Kind::Ingress => &[
            Kind::Service,
            Kind::IngressClass,
            Kind::EndpointSlice,
            Kind::Pod,
            Kind::Event,
        ],
        Kind::HorizontalPodAutoscaler => &[
            Kind::Deployment,
            Kind::StatefulSet,
            Kind::APIService,
            Kind::Pod,
            Kind::Event,
        ],
        Kind::PodDisruptionBudget => &[
            Kind::Pod,
            Kind::Event,
            Kind::Deployment,
            Kind::StatefulSet,
            Kind::ReplicaSet,
            Kind::Node,
            // Two of them may protect the same Pods.
            Kind::PodDisruptionBudget,
        ],
        Kind::PersistentVolumeClaim => &[
            Kind::Pod,
            Kind::Event,
            Kind::StorageClass,
            Kind::PersistentVolume,
        ],
        Kind::CronJob => &[Kind::Job, Kind::Pod, Kind::Event],
        _ => &[Kind::Pod, Kind::Event],
    }
}
