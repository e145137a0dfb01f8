//! Ingresses and NetworkPolicies.

use serde::Deserialize;

use super::Meta;
use crate::wire::{IntOrString, LabelSelector, List, Text, null_as_default};

/// An Ingress.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Ingress {
    /// Metadata.
    #[serde(rename = "metadata")]
    pub meta: Meta,
    /// What is wanted.
    #[serde(deserialize_with = "null_as_default")]
    pub spec: IngressSpec,
    /// What the controller says.
    #[serde(deserialize_with = "null_as_default")]
    pub status: IngressStatus,
}

/// Spec of an Ingress.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct IngressSpec {
    /// Which controller serves it; `None` leaves it to the default class.
    pub ingress_class_name: Option<Text>,
    /// Where requests go that match no rule.
    pub default_backend: Option<IngressBackend>,
    /// Rules by host.
    pub rules: List<IngressRule>,
    /// Certificates.
    pub tls: List<IngressTls>,
}

/// Certificates of an Ingress.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct IngressTls {
    /// The Secret that holds the certificate.
    pub secret_name: Text,
    /// For which hosts.
    pub hosts: List<Text>,
}

/// The rule of one host.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct IngressRule {
    /// Host; empty for all.
    pub host: Text,
    /// Paths.
    #[serde(deserialize_with = "null_as_default")]
    pub http: IngressHttp,
}

/// Paths of a rule.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct IngressHttp {
    /// Paths.
    pub paths: List<IngressPath>,
}

/// One path.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct IngressPath {
    /// The path.
    pub path: Text,
    /// `Exact`, `Prefix` or `ImplementationSpecific`.
    pub path_type: Text,
    /// Where it leads.
    #[serde(deserialize_with = "null_as_default")]
    pub backend: IngressBackend,
}

/// Where a path leads.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct IngressBackend {
    /// A Service; `None` for a custom resource.
    pub service: Option<ServiceBackend>,
}

/// A Service behind an Ingress.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct ServiceBackend {
    /// Name of the Service.
    pub name: Text,
    /// Its port.
    #[serde(deserialize_with = "null_as_default")]
    pub port: BackendPort,
}

/// Port of a Service behind an Ingress: by name or by number.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct BackendPort {
    /// Name.
    pub name: Text,
    /// Number; 0 when it is named.
    #[serde(deserialize_with = "null_as_default")]
    pub number: i64,
}

/// Status of an Ingress.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct IngressStatus {
    /// Addresses.
    #[serde(deserialize_with = "null_as_default")]
    pub load_balancer: super::cluster::LoadBalancerStatus,
}

/// An IngressClass.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct IngressClass {
    /// Metadata.
    #[serde(rename = "metadata")]
    pub meta: Meta,
    /// Which controller.
    #[serde(deserialize_with = "null_as_default")]
    pub spec: IngressClassSpec,
}

/// Spec of an IngressClass.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct IngressClassSpec {
    /// Name of the controller.
    pub controller: Text,
}

/// A NetworkPolicy.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct NetworkPolicy {
    /// Metadata.
    #[serde(rename = "metadata")]
    pub meta: Meta,
    /// What is allowed.
    #[serde(deserialize_with = "null_as_default")]
    pub spec: NetworkPolicySpec,
}

/// Spec of a NetworkPolicy.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct NetworkPolicySpec {
    /// Which Pods it isolates; an empty selector means all of the Namespace.
    pub pod_selector: LabelSelector,
    /// `Ingress`, `Egress`; empty means `Ingress`, and `Egress` when there are egress rules.
    pub policy_types: List<Text>,
    /// Allowed sources.
    pub ingress: List<PolicyRule>,
    /// Allowed destinations.
    pub egress: List<PolicyRule>,
}

/// One rule: any of the peers on any of the ports.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct PolicyRule {
    /// Sources of an ingress rule; empty means everybody.
    pub from: List<PolicyPeer>,
    /// Destinations of an egress rule; empty means everybody.
    pub to: List<PolicyPeer>,
    /// Ports; empty means all.
    pub ports: List<PolicyPort>,
}

/// Who may talk.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PolicyPeer {
    /// Pods, in the Namespace of the policy unless Namespaces are selected.
    pub pod_selector: Option<LabelSelector>,
    /// Namespaces.
    pub namespace_selector: Option<LabelSelector>,
    /// Addresses.
    pub ip_block: Option<IpBlock>,
}

/// A range of addresses.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct IpBlock {
    /// The range.
    pub cidr: Text,
    /// Ranges inside that are left out.
    pub except: List<Text>,
}

/// A port of a rule.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PolicyPort {
    /// `TCP` (the default), `UDP` or `SCTP`.
    pub protocol: Text,
    /// Number or name; `None` means all.
    pub port: Option<IntOrString>,
    /// End of a range that begins at `port`.
    pub end_port: Option<i64>,
}
