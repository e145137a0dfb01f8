//! What is compared of each kind.

use std::collections::BTreeMap;

use dogwatch_model::{
    CustomKind, Kind, ObjectRef, Snapshot,
    snapshot::{
        DaemonSet, Deployment, HorizontalPodAutoscaler, Meta, Node, Service, StatefulSet, Template,
    },
    wire::IntOrString,
};

use super::{Objects, Seen};
use crate::changes::template;

/// Kinds that are compared: what people and their tools write.
pub(super) const COMPARED: &[Kind] = &[
    Kind::Node,
    Kind::Deployment,
    Kind::StatefulSet,
    Kind::DaemonSet,
    Kind::CronJob,
    Kind::Service,
    Kind::ConfigMap,
    Kind::Secret,
    Kind::Ingress,
    Kind::NetworkPolicy,
    Kind::HorizontalPodAutoscaler,
    Kind::PodDisruptionBudget,
    Kind::ResourceQuota,
    Kind::LimitRange,
    Kind::StorageClass,
    Kind::Custom(CustomKind::CLUSTER),
    Kind::Custom(CustomKind::KUBEADM_CONTROL_PLANE),
    Kind::Custom(CustomKind::MACHINE_DEPLOYMENT),
    Kind::Custom(CustomKind::MACHINE_HEALTH_CHECK),
    Kind::Custom(CustomKind::HELM_CHART_PROXY),
];

type Fields = BTreeMap<String, String>;

/// The objects of one kind, by Namespace and name.
pub(super) fn objects(snapshot: &Snapshot, kind: Kind) -> Objects<'_> {
    let mut objects = Objects::new();
    macro_rules! take {
        ($list:ident, $read:expr) => {
            for item in &snapshot.$list {
                put(&mut objects, &item.meta, $read(item));
            }
        };
    }
    macro_rules! by_generation {
        ($list:ident) => {
            for item in &snapshot.$list {
                put(&mut objects, &item.meta, generation(&item.meta));
            }
        };
    }
    match kind {
        Kind::Node => take!(nodes, node),
        Kind::Deployment => take!(deployments, |item: &Deployment| {
            workload(item.spec.replicas, &item.spec.template)
        }),
        Kind::StatefulSet => take!(stateful_sets, |item: &StatefulSet| {
            workload(item.spec.replicas, &item.spec.template)
        }),
        Kind::DaemonSet => take!(daemon_sets, |item: &DaemonSet| {
            workload(None, &item.spec.template)
        }),
        Kind::Service => take!(services, service),
        Kind::HorizontalPodAutoscaler => take!(autoscalers, autoscaler),
        Kind::CronJob => by_generation!(cron_jobs),
        Kind::Ingress => by_generation!(ingresses),
        Kind::NetworkPolicy => by_generation!(network_policies),
        Kind::PodDisruptionBudget => by_generation!(disruption_budgets),
        Kind::ResourceQuota => by_generation!(quotas),
        Kind::LimitRange => by_generation!(limit_ranges),
        Kind::StorageClass => by_generation!(storage_classes),
        Kind::Custom(_) => {
            for item in snapshot.customs.iter().filter(|item| item.kind == kind) {
                put(&mut objects, &item.meta, generation(&item.meta));
            }
        }
        Kind::ConfigMap | Kind::Secret => named(snapshot, kind, &mut objects),
        // The table above holds no other kind.
        _ => {}
    }
    objects
}

fn put<'a>(objects: &mut Objects<'a>, meta: &'a Meta, fields: Fields) {
    let name = (meta.namespace.clone(), meta.name.clone());
    let generation = meta.generation;
    objects.insert(
        name,
        Seen {
            meta,
            fields,
            generation,
        },
    );
}

/// ConfigMaps and Secrets, of which nothing but the version is known. Each revision of a Helm release
/// is a Secret of its own, and told by the release.
fn named<'a>(snapshot: &'a Snapshot, kind: Kind, objects: &mut Objects<'a>) {
    let list = if kind == Kind::ConfigMap {
        &snapshot.config_maps
    } else {
        &snapshot.secrets
    };
    for item in list {
        if item.meta.labels.get("owner") == Some("helm") {
            continue;
        }
        let object = ObjectRef::of(kind, &item.meta);
        let version = snapshot.edited(&object).map(|known| &known.version);
        let mut fields = Fields::new();
        if let Some(version) = version.filter(|version| !version.is_empty()) {
            fields.insert("metadata.resourceVersion".to_owned(), version.to_string());
        }
        put(objects, &item.meta, fields);
    }
}

/// Kinds whose spec is compared by the number that counts its changes.
fn generation(meta: &Meta) -> Fields {
    let known = (meta.generation > 0).then(|| meta.generation.to_string());
    let name = "metadata.generation".to_owned();
    known.map(|number| (name, number)).into_iter().collect()
}

fn workload(replicas: Option<i64>, of: &Template) -> Fields {
    let mut fields = template::fields(of);
    if let Some(replicas) = replicas {
        fields.insert("spec.replicas".to_owned(), replicas.to_string());
    }
    fields
}

fn node(node: &Node) -> Fields {
    let mut fields = Fields::new();
    let mut put = |path: &str, value: &str| fields.insert(path.to_owned(), value.to_owned());
    let info = &node.status.node_info;
    put("status.nodeInfo.kubeletVersion", &info.kubelet_version);
    put(
        "status.nodeInfo.containerRuntimeVersion",
        &info.container_runtime_version,
    );
    if node.spec.unschedulable {
        put("spec.unschedulable", "true");
    }
    for taint in &node.spec.taints {
        put(
            &format!("spec.taints[{}:{}]", taint.key, taint.effect),
            "present",
        );
    }
    fields
}

fn service(service: &Service) -> Fields {
    let spec = &service.spec;
    let mut fields = Fields::new();
    fields.insert("spec.type".to_owned(), spec.kind.to_string());
    for (key, value) in spec.selector.iter() {
        fields.insert(format!("spec.selector.{key}"), value.to_owned());
    }
    for port in &spec.ports {
        let target = port
            .target_port
            .as_ref()
            .map_or_else(String::new, IntOrString::to_string);
        fields.insert(format!("spec.ports[{}].targetPort", port.port), target);
    }
    fields
}

fn autoscaler(autoscaler: &HorizontalPodAutoscaler) -> Fields {
    let spec = &autoscaler.spec;
    let mut fields = Fields::new();
    let least = spec.min_replicas.unwrap_or(1).to_string();
    fields.insert("spec.minReplicas".to_owned(), least);
    fields.insert("spec.maxReplicas".to_owned(), spec.max_replicas.to_string());
    fields
}
