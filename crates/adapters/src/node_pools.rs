//! A service that makes Nodes, over plain HTTP: for private clouds, and for what a provider's own
//! module does not cover.
//!
//! `GET {url}/nodepools` answers `{"nodePools": [...]}`; `POST {url}/nodepools/{id}/resize` takes
//! `{"nodes": N}` and a header `Idempotency-Key`, and does the same key once; so does
//! `POST {url}/nodepools` with `{"name", "nodes"}` and `"like"` or `"shape"` (and `"password"`), and
//! `POST {url}/nodepools/{id}/delete`. See `docs/recovery.md`.

use dogwatch_model::{
    plan::PoolShape,
    ports::{
        NewPool, NodePool, NodePoolReader, NodePoolWriter, PoolError, PoolMachines, PortFuture,
    },
};
use serde::Deserialize;
use serde_json::json;

use crate::{
    NodePassword, Token,
    provider::{ProviderError, Service},
};

/// Reads node pools.
pub struct HttpNodePools {
    service: Service,
}

/// Changes node pools.
pub struct HttpNodePoolWriter {
    service: Service,
    password: Option<NodePassword>,
}

impl core::fmt::Debug for HttpNodePools {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("HttpNodePools").finish_non_exhaustive()
    }
}

impl core::fmt::Debug for HttpNodePoolWriter {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("HttpNodePoolWriter").finish_non_exhaustive()
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Pools {
    node_pools: Vec<NodePool>,
}

impl HttpNodePools {
    /// Prepares a client; nothing is sent yet.
    ///
    /// # Errors
    /// When the address is no HTTP URL.
    pub fn new(url: &str, token: Option<Token>) -> Result<Self, ProviderError> {
        Ok(Self {
            service: Service::new(url, token)?,
        })
    }
}

impl HttpNodePoolWriter {
    /// Prepares a client; nothing is sent yet.
    ///
    /// # Errors
    /// When the address is no HTTP URL.
    pub fn new(url: &str, token: Option<Token>) -> Result<Self, ProviderError> {
        Ok(Self {
            service: Service::new(url, token)?,
            password: None,
        })
    }

    /// Gives the password for logins to Nodes of new pools that ask for it.
    #[must_use]
    pub fn with_password(mut self, password: Option<NodePassword>) -> Self {
        self.password = password;
        self
    }

    /// The password of a shape that asks for it. It is never sent in the clear to another machine.
    fn password_of(&self, shape: &PoolShape) -> Result<Option<&str>, PoolError> {
        let Some(variable) = &shape.password_from else {
            return Ok(None);
        };
        if !self.service.is_private() {
            return Err(PoolError::Refused(
                "a password is sent over https only; see nodePools.url".to_owned(),
            ));
        }
        let known = self.password.as_ref().map(NodePassword::reveal);
        known.map(Some).ok_or_else(|| {
            PoolError::Refused(format!("{variable} holds no password that can be used"))
        })
    }
}

impl NodePoolReader for HttpNodePools {
    fn pools(&self) -> PortFuture<'_, Result<Vec<NodePool>, PoolError>> {
        Box::pin(async move {
            let url = self.service.address(&["nodepools"])?;
            let body = self.service.send(self.service.get(url)).await?;
            let pools: Pools = serde_json::from_slice(&body).map_err(|error| {
                PoolError::Unknown(format!("the answer is no list of pools: {error}"))
            })?;
            let mut pools = pools.node_pools;
            pools.sort_by(|one, other| one.id.cmp(&other.id));
            Ok(pools)
        })
    }
}

impl NodePoolWriter for HttpNodePoolWriter {
    fn resize<'a>(
        &'a self,
        pool: &'a str,
        nodes: u32,
        idempotency_key: &'a str,
    ) -> PortFuture<'a, Result<(), PoolError>> {
        Box::pin(async move {
            let url = self.service.address(&["nodepools", pool, "resize"])?;
            let request = self
                .service
                .post(url)
                .header("Idempotency-Key", idempotency_key)
                .json(&json!({"nodes": nodes}));
            self.service.send(request).await.map(drop)
        })
    }

    fn create<'a>(
        &'a self,
        new: NewPool<'a>,
        idempotency_key: &'a str,
    ) -> PortFuture<'a, Result<(), PoolError>> {
        Box::pin(async move {
            let url = self.service.address(&["nodepools"])?;
            let mut body = json!({"name": new.name, "nodes": new.nodes});
            match new.machines {
                PoolMachines::Like(pool) => body["like"] = json!(pool),
                PoolMachines::Shape(shape) => {
                    body["shape"] = json!(shape);
                    if let Some(password) = self.password_of(shape)? {
                        body["password"] = json!(password);
                    }
                }
            }
            let request = self
                .service
                .post(url)
                .header("Idempotency-Key", idempotency_key)
                .json(&body);
            self.service.send(request).await.map(drop)
        })
    }

    fn delete<'a>(
        &'a self,
        pool: &'a str,
        idempotency_key: &'a str,
    ) -> PortFuture<'a, Result<(), PoolError>> {
        Box::pin(async move {
            let url = self.service.address(&["nodepools", pool, "delete"])?;
            let request = self
                .service
                .post(url)
                .header("Idempotency-Key", idempotency_key)
                .json(&json!({}));
            self.service.send(request).await.map(drop)
        })
    }
}
