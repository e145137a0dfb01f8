//! A service that tells of capacity without Nodes, over plain HTTP.
//!
//! `GET {url}/serverless` answers `{"serverless": {...}}`, or `null` when there is none for this
//! cluster. See `docs/recovery.md`.

use dogwatch_model::ports::{PoolError, PortFuture, Serverless, ServerlessReader};
use serde::Deserialize;

use crate::{
    Token,
    provider::{ProviderError, Service},
};

/// Reads capacity without Nodes.
pub struct HttpServerless {
    service: Service,
}

impl core::fmt::Debug for HttpServerless {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("HttpServerless").finish_non_exhaustive()
    }
}

#[derive(Deserialize)]
struct Answer {
    // Absent is an answer of something else, not of a provider without capacity.
    #[serde(deserialize_with = "Option::deserialize")]
    serverless: Option<Serverless>,
}

impl HttpServerless {
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

impl ServerlessReader for HttpServerless {
    fn serverless(&self) -> PortFuture<'_, Result<Option<Serverless>, PoolError>> {
        Box::pin(async move {
            let url = self.service.address(&["serverless"])?;
            let body = self.service.send(self.service.get(url)).await?;
            let answer: Answer = serde_json::from_slice(&body).map_err(|error| {
                PoolError::Unknown(format!(
                    "the answer tells of no serverless capacity: {error}"
                ))
            })?;
            Ok(answer.serverless)
        })
    }
}
