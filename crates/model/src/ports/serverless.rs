//! A port to capacity without Nodes.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{PoolError, PortFuture};
use crate::wire::Resources;

/// Capacity of a provider on which Pods run without a Node of the cluster.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Serverless {
    /// Labels of a Pod by which the provider may run it there.
    pub labels: BTreeMap<String, String>,
    /// The virtual Node that stands for it in the cluster; `None` when it is not known.
    #[serde(default)]
    pub node: Option<String>,
    /// What the quota leaves, by resource, `pods` among them. Of a resource that is not named
    /// nothing is known.
    #[serde(default)]
    pub free: Resources,
    /// Most of a resource that one Pod may ask for.
    #[serde(default)]
    pub largest_pod: Resources,
    /// What it cannot run.
    #[serde(default)]
    pub refuses: Vec<Refused>,
    /// Price of one Pod in words, such as `0.12 USD per hour`.
    #[serde(default)]
    pub price: Option<String>,
}

/// What serverless capacity may not be able to run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Refused {
    /// One Pod for each Node.
    DaemonSet,
    /// The network of the Node.
    HostNetwork,
    /// Ports of the Node.
    HostPort,
    /// Claims of volumes.
    Volumes,
    /// Something that this version does not know.
    #[serde(other)]
    Other,
}

/// Reads what serverless capacity there is.
pub trait ServerlessReader: Send + Sync {
    /// The capacity; `None` when the provider has none for this cluster.
    fn serverless(&self) -> PortFuture<'_, Result<Option<Serverless>, PoolError>>;
}

/// Capacity of which only the labels are known.
impl ServerlessReader for BTreeMap<String, String> {
    fn serverless(&self) -> PortFuture<'_, Result<Option<Serverless>, PoolError>> {
        let known = (!self.is_empty()).then(|| Serverless {
            labels: self.clone(),
            ..Serverless::default()
        });
        Box::pin(core::future::ready(Ok(known)))
    }
}
