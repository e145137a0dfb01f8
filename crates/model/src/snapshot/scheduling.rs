//! Where a Pod may run: tolerations, affinity, spread.

use serde::Deserialize;

use crate::wire::{LabelSelector, List, SelectorExpression, Text, null_as_default};

/// A tolerated taint.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Toleration {
    /// Taint key; empty with `Exists` tolerates every taint.
    pub key: Text,
    /// `Exists` or `Equal` (the default).
    pub operator: Text,
    /// Value for `Equal`.
    pub value: Text,
    /// Effect; empty matches every effect.
    pub effect: Text,
}

/// Required affinity; preferences do not block and are not kept.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Affinity {
    /// Towards nodes.
    pub node_affinity: Option<NodeAffinity>,
    /// Towards other Pods.
    pub pod_affinity: Option<PodAffinity>,
    /// Away from other Pods.
    pub pod_anti_affinity: Option<PodAffinity>,
}

/// Required node affinity.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct NodeAffinity {
    /// The terms, any of which must match.
    #[serde(rename = "requiredDuringSchedulingIgnoredDuringExecution")]
    pub required: Option<NodeSelector>,
}

/// Alternatives of node requirements.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct NodeSelector {
    /// Any of these must match.
    pub node_selector_terms: List<NodeSelectorTerm>,
}

/// One alternative: every expression must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct NodeSelectorTerm {
    /// Over labels.
    pub match_expressions: List<SelectorExpression>,
    /// Over fields (`metadata.name`).
    pub match_fields: List<SelectorExpression>,
}

/// Required Pod affinity or anti-affinity.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PodAffinity {
    /// Every term must hold.
    #[serde(rename = "requiredDuringSchedulingIgnoredDuringExecution")]
    pub required: List<PodAffinityTerm>,
}

/// One term of Pod affinity.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PodAffinityTerm {
    /// Which Pods.
    pub label_selector: Option<LabelSelector>,
    /// Node label that spans a domain.
    pub topology_key: Text,
    /// In which Namespaces; with no selector either, the Pod's own.
    pub namespaces: List<Text>,
    /// In which further Namespaces; an empty selector means all.
    pub namespace_selector: Option<LabelSelector>,
    /// Labels of the Pod whose values the others must share; in templates only, because the API
    /// server writes them into the selector of a Pod.
    pub match_label_keys: List<Text>,
    /// Labels of the Pod whose values the others must not share; in templates only.
    pub mismatch_label_keys: List<Text>,
}

/// How evenly Pods have to be spread over domains.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct TopologySpread {
    /// Which Pods are counted.
    pub label_selector: Option<LabelSelector>,
    /// Labels of the Pod whose values the counted Pods must share.
    pub match_label_keys: List<Text>,
    /// Pods that a domain may have more than the emptiest one.
    #[serde(deserialize_with = "null_as_default")]
    pub max_skew: i64,
    /// With fewer domains than this, the emptiest counts as empty; 1 when absent.
    pub min_domains: Option<i64>,
    /// Node label that spans a domain.
    pub topology_key: Text,
    /// `DoNotSchedule` (the default) or `ScheduleAnyway`.
    pub when_unsatisfiable: Text,
    /// `Honor` (the default): nodes that the Pod's affinity excludes are no domains; or `Ignore`.
    pub node_affinity_policy: Text,
    /// `Ignore` (the default) or `Honor`: nodes with untolerated taints are no domains.
    pub node_taints_policy: Text,
}
