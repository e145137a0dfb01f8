//! What all services have in common that speak for a provider: one address, one token, bounded
//! answers.

use core::{net::IpAddr, time::Duration};

use dogwatch_model::ports::PoolError;
use reqwest::{Client, RequestBuilder, Response, Url};
use rustls::crypto::{CryptoProvider, ring};

use crate::{Token, quote::quote};

/// Deadline of one request.
const TIMEOUT: Duration = Duration::from_secs(30);

/// Largest answer.
const MAX_ANSWER_BYTES: usize = 1024 * 1024;

/// The address is none. One sentence without credentials.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProviderError {
    /// The address is no URL.
    #[error("the address of a provider's service is no URL such as https://pools.example")]
    BadUrl,
    /// The HTTP client refused to start.
    #[error("the client of a provider's service failed to start: {0}")]
    Client(String),
}

/// One service.
pub(crate) struct Service {
    client: Client,
    base: Url,
    token: Option<Token>,
}

impl Service {
    pub(crate) fn new(url: &str, token: Option<Token>) -> Result<Self, ProviderError> {
        let base = Url::parse(url).map_err(|_| ProviderError::BadUrl)?;
        if !matches!(base.scheme(), "http" | "https") || !base.has_host() {
            return Err(ProviderError::BadUrl);
        }
        if CryptoProvider::get_default().is_none() {
            // Someone else was faster: then there is one, which is all that is needed.
            let _ = ring::default_provider().install_default();
        }
        let client = Client::builder().timeout(TIMEOUT).build();
        let client = client
            .map_err(|error| ProviderError::Client(quote(&error.without_url().to_string())))?;
        Ok(Self {
            client,
            base,
            token,
        })
    }

    /// True when nobody else can read what is sent: over TLS, or within this machine.
    pub(crate) fn is_private(&self) -> bool {
        let host = self.base.host_str().unwrap_or_default();
        let address = host.trim_matches(['[', ']']).parse::<IpAddr>();
        let is_own = host == "localhost" || address.is_ok_and(|address| address.is_loopback());
        is_own || self.base.scheme() == "https"
    }

    pub(crate) fn get(&self, url: Url) -> RequestBuilder {
        self.client.get(url)
    }

    pub(crate) fn post(&self, url: Url) -> RequestBuilder {
        self.client.post(url)
    }

    /// The address below the base; a part never leads elsewhere.
    pub(crate) fn address(&self, parts: &[&str]) -> Result<Url, PoolError> {
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

    pub(crate) async fn send(&self, request: RequestBuilder) -> Result<Vec<u8>, PoolError> {
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
