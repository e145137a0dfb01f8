//! A service that speaks for a provider's machines, cluster, public addresses and scanner, over plain
//! HTTP: for private clouds, and for what a provider's own module does not cover.
//!
//! `GET {url}/cloud` answers `{"cloud": {"cluster": {...}, "machines": [...], "addresses": [...],
//! "vulnerabilities": [...]}}`. Every change is a `POST` below the thing that it is about, with a header
//! `Idempotency-Key`, and is done once for the same key. See `docs/recovery.md`.

use dogwatch_model::ports::{
    Cloud, CloudAct, CloudOrder, CloudReader, CloudWriter, PoolError, PortFuture,
};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    Token,
    provider::{ProviderError, Service},
};

/// Reads a provider.
pub struct HttpCloud {
    service: Service,
}

/// Acts at a provider.
pub struct HttpCloudWriter {
    service: Service,
}

impl core::fmt::Debug for HttpCloud {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("HttpCloud").finish_non_exhaustive()
    }
}

impl core::fmt::Debug for HttpCloudWriter {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("HttpCloudWriter").finish_non_exhaustive()
    }
}

#[derive(Deserialize)]
struct Answer {
    cloud: Cloud,
}

impl HttpCloud {
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

impl HttpCloudWriter {
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

impl CloudReader for HttpCloud {
    fn cloud(&self) -> PortFuture<'_, Result<Cloud, PoolError>> {
        Box::pin(async move {
            let url = self.service.address(&["cloud"])?;
            let body = self.service.send(self.service.get(url)).await?;
            let answer: Answer = serde_json::from_slice(&body).map_err(|error| {
                PoolError::Unknown(format!("the answer does not tell what there is: {error}"))
            })?;
            Ok(answer.cloud)
        })
    }
}

impl CloudWriter for HttpCloudWriter {
    fn act<'a>(
        &'a self,
        order: CloudOrder<'a>,
        idempotency_key: &'a str,
    ) -> PortFuture<'a, Result<(), PoolError>> {
        Box::pin(async move {
            let (parts, body) = request(&order);
            let url = self.service.address(&parts)?;
            let request = self
                .service
                .post(url)
                .header("Idempotency-Key", idempotency_key)
                .json(&body);
            self.service.send(request).await.map(drop)
        })
    }
}

/// Where an order is sent, and with which words.
fn request<'a>(order: &CloudOrder<'a>) -> ([&'a str; 3], Value) {
    let CloudOrder { act, id, to } = *order;
    let (kind, verb, body) = match act {
        CloudAct::RebootMachine => ("machines", "reboot", json!({"hard": false})),
        CloudAct::ResetMachine => ("machines", "reboot", json!({"hard": true})),
        CloudAct::StartMachine => ("machines", "start", json!({})),
        CloudAct::StopMachine => ("machines", "stop", json!({})),
        CloudAct::DeleteMachine => ("machines", "delete", json!({})),
        CloudAct::HibernateCluster => ("clusters", "hibernate", json!({})),
        CloudAct::AwakeCluster => ("clusters", "awake", json!({})),
        CloudAct::BindAddress => {
            let cluster = to.strip_prefix("bound to ").unwrap_or_default();
            ("addresses", "bind", json!({"cluster": cluster}))
        }
        CloudAct::UnbindAddress => ("addresses", "unbind", json!({})),
        CloudAct::MarkVulnerability => ("vulnerabilities", "mark", json!({"status": to})),
    };
    ([kind, id, verb], body)
}
