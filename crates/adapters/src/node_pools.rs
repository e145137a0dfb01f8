//! A service that makes Nodes, over plain HTTP: for private clouds, and for what a provider's own
//! module does not cover.
//!
//! `GET {url}/nodepools` answers `{"nodePools": [...]}`; `POST {url}/nodepools/{id}/resize` takes
//! `{"nodes": N}` and a header `Idempotency-Key`, and does the same key once; so does
//! `POST {url}/nodepools` with `{"name", "like", "nodes"}`. See `docs/recovery.md`.

use core::time::Duration;

use dogwatch_model::ports::{NodePool, NodePoolReader, NodePoolWriter, PoolError, PortFuture};
use reqwest::{Client, RequestBuilder, Response, Url};
use rustls::crypto::{CryptoProvider, ring};
use serde::Deserialize;
use serde_json::json;

use crate::{Token, quote::quote};

/// Deadline of one request.
const TIMEOUT: Duration = Duration::from_secs(30);

/// Largest answer.
const MAX_ANSWER_BYTES: usize = 1024 * 1024;

/// The address is none. One sentence without credentials.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PoolsError {
    /// The address is no URL.
    #[error("the address of the node pool service is no URL such as https://pools.example")]
    BadUrl,
    /// The HTTP client refused to start.
    #[error("the node pool client failed to start: {0}")]
    Client(String),
}

/// Reads node pools.
pub struct HttpNodePools {
    service: Service,
}

/// Changes node pools.
pub struct HttpNodePoolWriter {
    service: Service,
}

struct Service {
    client: Client,
    base: Url,
    token: Option<Token>,
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
    pub fn new(url: &str, token: Option<Token>) -> Result<Self, PoolsError> {
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
    pub fn new(url: &str, token: Option<Token>) -> Result<Self, PoolsError> {
        Ok(Self {
            service: Service::new(url, token)?,
        })
    }
}

impl Service {
    fn new(url: &str, token: Option<Token>) -> Result<Self, PoolsError> {
        let base = Url::parse(url).map_err(|_| PoolsError::BadUrl)?;
        if !matches!(base.scheme(), "http" | "https") || !base.has_host() {
            return Err(PoolsError::BadUrl);
        }
        if CryptoProvider::get_default().is_none() {
            // Someone else was faster: then there is one, which is all that is needed.
            let _ = ring::default_provider().install_default();
        }
        let client = Client::builder().timeout(TIMEOUT).build();
        let client =
            client.map_err(|error| PoolsError::Client(quote(&error.without_url().to_string())))?;
        Ok(Self {
            client,
            base,
            token,
        })
    }

    /// The address below the base; a part never leads elsewhere.
    fn address(&self, parts: &[&str]) -> Result<Url, PoolError> {
        let mut url = self.base.clone();
        let refused = || PoolError::Refused("the address takes no path".to_owned());
        if parts.iter().any(|part| matches!(*part, "" | "." | "..")) {
            return Err(refused());
        }
        url.path_segments_mut()
            .map_err(|()| refused())?
            .pop_if_empty()
            .extend(parts);
        Ok(url)
    }

    async fn send(&self, request: RequestBuilder) -> Result<Vec<u8>, PoolError> {
        let request = match &self.token {
            Some(token) => request.bearer_auth(token.reveal()),
            None => request,
        };
        let sent = request.send().await;
        let answer = sent.map_err(|error| unknown(&error.without_url()))?;
        let code = answer.status();
        let body = bounded(answer).await?;
        if code.is_success() {
            return Ok(body);
        }
        let said = quote(&String::from_utf8_lossy(&body));
        if code.is_server_error() {
            return Err(PoolError::Unknown(format!("{code}: {said}")));
        }
        Err(PoolError::Refused(format!("{code}: {said}")))
    }
}

fn unknown(error: &reqwest::Error) -> PoolError {
    PoolError::Unknown(quote(&error.to_string()))
}

async fn bounded(mut answer: Response) -> Result<Vec<u8>, PoolError> {
    let mut body = Vec::new();
    loop {
        let piece = answer.chunk().await;
        let Some(piece) = piece.map_err(|error| unknown(&error.without_url()))? else {
            return Ok(body);
        };
        if body.len() + piece.len() > MAX_ANSWER_BYTES {
            return Err(PoolError::Unknown("the answer is too large".to_owned()));
        }
        body.extend_from_slice(&piece);
    }
}

impl NodePoolReader for HttpNodePools {
    fn pools(&self) -> PortFuture<'_, Result<Vec<NodePool>, PoolError>> {
        Box::pin(async move {
            let url = self.service.address(&["nodepools"])?;
            let body = self.service.send(self.service.client.get(url)).await?;
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
                .client
                .post(url)
                .header("Idempotency-Key", idempotency_key)
                .json(&json!({"nodes": nodes}));
            self.service.send(request).await.map(drop)
        })
    }

    fn create<'a>(
        &'a self,
        name: &'a str,
        like: &'a str,
        nodes: u32,
        idempotency_key: &'a str,
    ) -> PortFuture<'a, Result<(), PoolError>> {
        Box::pin(async move {
            let url = self.service.address(&["nodepools"])?;
            let request = self
                .service
                .client
                .post(url)
                .header("Idempotency-Key", idempotency_key)
                .json(&json!({"name": name, "like": like, "nodes": nodes}));
            self.service.send(request).await.map(drop)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_stay_below_the_base() {
        let service = Service::new("http://127.0.0.1:1/api/", None).unwrap();
        let url = service.address(&["nodepools", "a/b", "resize"]).unwrap();
        assert_eq!(url.path(), "/api/nodepools/a%2Fb/resize");
        assert!(service.address(&["nodepools", ".."]).is_err());
        assert!(Service::new("ftp://x", None).is_err());
    }
}
