//! The three kinds that roll out, looked at as one.

use dogwatch_model::{
    Kind,
    snapshot::{Condition, DaemonSet, Deployment, Meta, StatefulSet, Template},
    wire::LabelSelector,
};

/// A workload of one of the three kinds that roll out.
#[derive(Debug, Clone, Copy)]
pub enum Workload<'a> {
    /// Its versions are ReplicaSets.
    Deployment(&'a Deployment),
    /// Its versions are ControllerRevisions.
    StatefulSet(&'a StatefulSet),
    /// Its versions are ControllerRevisions.
    DaemonSet(&'a DaemonSet),
}

impl<'a> Workload<'a> {
    /// Metadata.
    pub fn meta(self) -> &'a Meta {
        match self {
            Workload::Deployment(item) => &item.meta,
            Workload::StatefulSet(item) => &item.meta,
            Workload::DaemonSet(item) => &item.meta,
        }
    }

    /// Kind.
    pub fn kind(self) -> Kind {
        match self {
            Workload::Deployment(_) => Kind::Deployment,
            Workload::StatefulSet(_) => Kind::StatefulSet,
            Workload::DaemonSet(_) => Kind::DaemonSet,
        }
    }

    /// Which Pods belong to it.
    pub fn selector(self) -> &'a LabelSelector {
        match self {
            Workload::Deployment(item) => &item.spec.selector,
            Workload::StatefulSet(item) => &item.spec.selector,
            Workload::DaemonSet(item) => &item.spec.selector,
        }
    }

    /// Template of the Pods.
    pub fn template(self) -> &'a Template {
        match self {
            Workload::Deployment(item) => &item.spec.template,
            Workload::StatefulSet(item) => &item.spec.template,
            Workload::DaemonSet(item) => &item.spec.template,
        }
    }

    /// Conditions; StatefulSets and DaemonSets have none that the engine reads.
    pub fn conditions(self) -> &'a [Condition] {
        match self {
            Workload::Deployment(item) => &item.status.conditions,
            Workload::StatefulSet(_) | Workload::DaemonSet(_) => &[],
        }
    }

    /// Seconds a Pod must be Ready to count as available.
    pub fn min_ready_seconds(self) -> i64 {
        match self {
            Workload::Deployment(item) => item.spec.min_ready_seconds,
            Workload::StatefulSet(item) => item.spec.min_ready_seconds,
            Workload::DaemonSet(item) => item.spec.min_ready_seconds,
        }
    }

    /// `Recreate`, `OnDelete` or `RollingUpdate`.
    pub fn strategy(self) -> &'a str {
        let strategy = match self {
            Workload::Deployment(item) => &item.spec.strategy,
            Workload::StatefulSet(item) => &item.spec.update_strategy,
            Workload::DaemonSet(item) => &item.spec.update_strategy,
        };
        if strategy.kind.is_empty() {
            "RollingUpdate"
        } else {
            &strategy.kind
        }
    }

    /// True for a StatefulSet or DaemonSet that replaces Pods only when somebody deletes them.
    pub fn is_on_delete(self) -> bool {
        self.strategy() == "OnDelete"
    }
}
