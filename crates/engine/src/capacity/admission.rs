//! What the API server refuses before the scheduler sees a Pod: quotas, limits, missing classes.
//!
//! A Pod that is refused never exists: the trouble shows at its ReplicaSet and not as a Pending Pod.

mod limits;
mod quota;

use dogwatch_model::{
    Kind, Snapshot, Source,
    snapshot::Namespace,
    wire::{Quantity, Text},
};
use serde::Serialize;

use super::{
    Ask,
    admitted::{Admitted, built_in_priority},
    ports,
};

/// The ServiceAccount of Pods that name none.
const DEFAULT_ACCOUNT: &str = "default";

/// The label of a Namespace that says how strict it is.
const ENFORCE: &str = "pod-security.kubernetes.io/enforce";

/// Why the API server refuses Pods.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "rejection", rename_all = "snake_case")]
pub enum Rejection {
    /// A ResourceQuota has not enough left for all of them.
    Quota {
        /// The ResourceQuota.
        quota: Text,
        /// The resource, as the quota calls it.
        resource: Text,
        /// Present use.
        used: Quantity,
        /// Upper bound.
        hard: Quantity,
        /// What all asked Pods need.
        asked: Quantity,
        /// What is missing for all of them.
        shortfall: Quantity,
        /// How many of them it lets through.
        admits: u32,
    },
    /// A ResourceQuota counts a resource that a container does not state.
    MustSpecify {
        /// The ResourceQuota.
        quota: Text,
        /// The resource, as the quota calls it.
        resource: Text,
        /// The container.
        container: Text,
    },
    /// The quota controller has not counted yet.
    QuotaNotCounted {
        /// The ResourceQuota.
        quota: Text,
        /// The resource, as the quota calls it.
        resource: Text,
    },
    /// A LimitRange is not kept.
    Limit {
        /// The LimitRange.
        limit_range: Text,
        /// `Container`, `Pod` or `PersistentVolumeClaim`.
        scope: Text,
        /// The container or claim; empty for the Pod as a whole.
        subject: Text,
        /// The resource.
        resource: Text,
        /// Which bound.
        bound: Bound,
        /// The bound.
        limit: Quantity,
        /// What was found; `None` when nothing is stated.
        found: Option<Quantity>,
    },
    /// An object that the Pod names does not exist.
    Missing {
        /// The kind.
        kind: Kind,
        /// The name.
        name: Text,
    },
    /// The Namespace is being deleted.
    NamespaceTerminating,
    /// The Namespace does not allow what the Pod does.
    PodSecurity {
        /// `baseline` or `restricted`.
        level: Text,
        /// What the Pod does.
        field: &'static str,
    },
}

/// A bound of a LimitRange.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Bound {
    /// At least so much.
    Minimum,
    /// At most so much.
    Maximum,
    /// A limit of at most so many times the request.
    Ratio,
}

/// Why Pods would be refused, in a fixed order.
pub(super) fn rejections(snapshot: &Snapshot, ask: &Ask<'_>, pod: &Admitted<'_>) -> Vec<Rejection> {
    let mut found = namespace(snapshot, pod);
    found.extend(missing(snapshot, pod));
    found.extend(limits::broken(snapshot, ask, pod));
    found.extend(quota::exceeded(snapshot, ask, pod));
    found
}

/// How many of the asked Pods come through.
pub(super) fn admitted(asked: u32, rejections: &[Rejection]) -> u32 {
    let let_through = rejections.iter().map(|rejection| match rejection {
        Rejection::Quota { admits, .. } => *admits,
        Rejection::MustSpecify { .. }
        | Rejection::QuotaNotCounted { .. }
        | Rejection::Limit { .. }
        | Rejection::Missing { .. }
        | Rejection::NamespaceTerminating
        | Rejection::PodSecurity { .. } => 0,
    });
    let_through.min().map_or(asked, |least| least.min(asked))
}

/// The level that the Namespace enforces; `None` when it enforces nothing.
pub(super) fn security_level<'a>(snapshot: &'a Snapshot, namespace: &str) -> Option<&'a str> {
    let mut namespaces = snapshot.namespaces.iter();
    let namespace = namespaces.find(|known| known.meta.name == *namespace)?;
    let level = namespace.meta.labels.get(ENFORCE)?;
    (level != "privileged").then_some(level)
}

fn namespace(snapshot: &Snapshot, pod: &Admitted<'_>) -> Vec<Rejection> {
    let mut found = Vec::new();
    let is_own = |known: &&Namespace| known.meta.name == *pod.namespace;
    match snapshot.namespaces.iter().find(is_own) {
        Some(namespace) if namespace.meta.is_terminating() => {
            found.push(Rejection::NamespaceTerminating);
        }
        Some(_) => {}
        None => found.extend(absent(snapshot, Kind::Namespace, pod.namespace)),
    }
    if let Some(level) = security_level(snapshot, pod.namespace) {
        let level = || Text::from(level);
        if pod.spec.host_network {
            let field = "hostNetwork";
            found.push(Rejection::PodSecurity {
                level: level(),
                field,
            });
        } else if ports::taken(&pod.spec).next().is_some() {
            let field = "hostPort";
            found.push(Rejection::PodSecurity {
                level: level(),
                field,
            });
        }
    }
    found
}

/// Objects that the Pod names and that are not there. What was not read may exist.
fn missing(snapshot: &Snapshot, pod: &Admitted<'_>) -> Vec<Rejection> {
    let spec = &pod.spec;
    let (priority, runtime) = (&spec.priority_class_name, &spec.runtime_class_name);
    let account = match &*spec.service_account_name {
        "" => DEFAULT_ACCOUNT,
        name => name,
    };
    let has_priority = priority.is_empty()
        || built_in_priority(priority).is_some()
        || snapshot
            .priority_classes
            .iter()
            .any(|class| class.meta.name == **priority);
    let has_runtime = runtime.is_empty()
        || snapshot
            .runtime_classes
            .iter()
            .any(|class| class.meta.name == **runtime);
    let has_account = snapshot.has_named(Kind::ServiceAccount, pod.namespace, account);
    let checks = [
        (has_priority, Kind::PriorityClass, &**priority),
        (has_runtime, Kind::RuntimeClass, &**runtime),
        (has_account != Some(false), Kind::ServiceAccount, account),
    ];
    let lacking = checks.into_iter().filter(|(is_there, _, _)| !is_there);
    lacking
        .filter_map(|(_, kind, name)| absent(snapshot, kind, name))
        .collect()
}

fn absent(snapshot: &Snapshot, kind: Kind, name: &str) -> Option<Rejection> {
    let name = Text::from(name);
    let is_known = snapshot.ledger.is_complete(Source::Objects(kind));
    is_known.then_some(Rejection::Missing { kind, name })
}
