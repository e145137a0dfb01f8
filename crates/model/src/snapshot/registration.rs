//! What extends the API server: aggregated APIs, webhooks, definitions, and certificate requests.

use serde::Deserialize;

use super::{Condition, Meta};
use crate::wire::{LabelSelector, List, Text, null_as_default};

/// A Service as registrations name it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct ServiceReference {
    /// Namespace.
    pub namespace: Text,
    /// Name.
    pub name: Text,
    /// Port; 443 when absent.
    pub port: Option<i64>,
}

/// An APIService.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct ApiService {
    /// Metadata.
    #[serde(rename = "metadata")]
    pub meta: Meta,
    /// Who serves it.
    #[serde(deserialize_with = "null_as_default")]
    pub spec: ApiServiceSpec,
    /// What the aggregator says.
    #[serde(deserialize_with = "null_as_default")]
    pub status: Conditions,
}

/// Spec of an APIService.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct ApiServiceSpec {
    /// API group.
    pub group: Text,
    /// API version.
    pub version: Text,
    /// The Service behind it; `None` when the API server itself serves the group.
    pub service: Option<ServiceReference>,
}

/// A status that has conditions only.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Conditions {
    /// Conditions.
    pub conditions: List<Condition>,
}

/// A ValidatingWebhookConfiguration or MutatingWebhookConfiguration.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct WebhookConfiguration {
    /// Metadata.
    #[serde(rename = "metadata")]
    pub meta: Meta,
    /// Webhooks.
    pub webhooks: List<Webhook>,
}

/// One webhook.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Webhook {
    /// Name.
    pub name: Text,
    /// Who answers.
    #[serde(deserialize_with = "null_as_default")]
    pub client_config: ClientConfig,
    /// `Fail` (the default) or `Ignore`.
    pub failure_policy: Text,
    /// Seconds; 10 when absent.
    pub timeout_seconds: Option<i64>,
    /// Namespaces whose objects it sees; empty means all.
    #[serde(deserialize_with = "null_as_default")]
    pub namespace_selector: LabelSelector,
    /// Objects that it sees; empty means all.
    #[serde(deserialize_with = "null_as_default")]
    pub object_selector: LabelSelector,
    /// Names of further conditions; their expressions are not kept.
    pub match_conditions: List<super::NamedRef>,
    /// What it sees.
    pub rules: List<WebhookRule>,
}

/// Who answers a webhook.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct ClientConfig {
    /// A Service of the cluster.
    pub service: Option<ServiceReference>,
    /// An address outside.
    pub url: Text,
}

/// Requests that a webhook sees.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct WebhookRule {
    /// API groups, or `*`.
    pub api_groups: List<Text>,
    /// Resources, or `*`.
    pub resources: List<Text>,
    /// `CREATE`, `UPDATE`, `DELETE`, `CONNECT` or `*`.
    pub operations: List<Text>,
}

/// A CustomResourceDefinition.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct CustomResourceDefinition {
    /// Metadata.
    #[serde(rename = "metadata")]
    pub meta: Meta,
    /// What it defines; empty where only metadata was read.
    #[serde(deserialize_with = "null_as_default")]
    pub spec: DefinitionSpec,
    /// What the API server says; empty where only metadata was read.
    #[serde(deserialize_with = "null_as_default")]
    pub status: DefinitionStatus,
}

/// Spec of a definition.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct DefinitionSpec {
    /// API group.
    pub group: Text,
    /// Names.
    #[serde(deserialize_with = "null_as_default")]
    pub names: DefinitionNames,
    /// How versions are converted.
    #[serde(deserialize_with = "null_as_default")]
    pub conversion: Conversion,
}

/// Names of a defined kind.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct DefinitionNames {
    /// Kind.
    pub kind: Text,
    /// Plural.
    pub plural: Text,
}

/// How versions of a defined kind are converted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Conversion {
    /// `None` or `Webhook`.
    pub strategy: Text,
    /// The webhook.
    #[serde(deserialize_with = "null_as_default")]
    pub webhook: ConversionWebhook,
}

/// The webhook of a conversion.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ConversionWebhook {
    /// Who answers.
    #[serde(deserialize_with = "null_as_default")]
    pub client_config: ClientConfig,
}

/// Status of a definition.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct DefinitionStatus {
    /// Conditions.
    pub conditions: List<Condition>,
    /// Versions in which objects may be stored.
    pub stored_versions: List<Text>,
}

/// A CertificateSigningRequest.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct CertificateSigningRequest {
    /// Metadata.
    #[serde(rename = "metadata")]
    pub meta: Meta,
    /// Who asks whom.
    #[serde(deserialize_with = "null_as_default")]
    pub spec: SigningSpec,
    /// What became of it; the certificate itself is not read.
    #[serde(deserialize_with = "null_as_default")]
    pub status: Conditions,
}

/// Spec of a request for a certificate.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct SigningSpec {
    /// Who shall sign.
    pub signer_name: Text,
    /// Who asks.
    pub username: Text,
}
