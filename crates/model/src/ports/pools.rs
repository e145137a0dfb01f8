//! Ports to what makes Nodes.

use serde::{Deserialize, Serialize};

use super::PortFuture;
use crate::plan::PoolShape;

/// A pool of equal Nodes at a provider.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NodePool {
    /// Id at the provider.
    pub id: String,
    /// Name for people.
    pub name: String,
    /// Nodes wanted now.
    pub nodes: u32,
    /// Fewest Nodes.
    #[serde(default)]
    pub min: u32,
    /// Most Nodes; `None` when no limit is known.
    #[serde(default)]
    pub max: Option<u32>,
    /// Names of its Nodes in the cluster.
    #[serde(default)]
    pub members: Vec<String>,
    /// Price of one Node in words, such as `0.42 USD per hour`.
    #[serde(default)]
    pub price: Option<String>,
}

/// A pool to be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewPool<'a> {
    /// Name.
    pub name: &'a str,
    /// Nodes wanted.
    pub nodes: u32,
    /// What its machines are.
    pub machines: PoolMachines<'a>,
}

/// What the machines of a new pool are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PoolMachines<'a> {
    /// Like those of this pool.
    Like(&'a str),
    /// Of a shape of their own.
    Shape(&'a PoolShape),
}

/// Why a provider gave no answer, or refused. One sentence without credentials.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PoolError {
    /// The provider refused it.
    #[error("the provider refuses it: {0}")]
    Refused(String),
    /// There is no answer: whether it was done is not known.
    #[error("the provider gave no answer: {0}")]
    Unknown(String),
}

/// Reads the pools of a provider.
pub trait NodePoolReader: Send + Sync {
    /// Every pool of the cluster, sorted by id.
    fn pools(&self) -> PortFuture<'_, Result<Vec<NodePool>, PoolError>>;
}

/// Changes the pools of a provider.
pub trait NodePoolWriter: Send + Sync {
    /// Sets the wanted number of Nodes. The same key is the same request: a provider does it once.
    fn resize<'a>(
        &'a self,
        pool: &'a str,
        nodes: u32,
        idempotency_key: &'a str,
    ) -> PortFuture<'a, Result<(), PoolError>>;

    /// Makes a pool. The same key is the same request: a provider does it once.
    fn create<'a>(
        &'a self,
        new: NewPool<'a>,
        idempotency_key: &'a str,
    ) -> PortFuture<'a, Result<(), PoolError>>;

    /// Gives a pool back with its machines. The same key is the same request: a provider does it once.
    fn delete<'a>(
        &'a self,
        pool: &'a str,
        idempotency_key: &'a str,
    ) -> PortFuture<'a, Result<(), PoolError>>;
}
