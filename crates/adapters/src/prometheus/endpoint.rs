//! One HTTP API with a base address, a token and a limit for its answers.

use reqwest::{Client, RequestBuilder, Response, StatusCode, Url};
use rustls::crypto::{CryptoProvider, ring};

use super::{DEFAULT_TIMEOUT, PrometheusError, PrometheusOptions};
use crate::{Token, quote::quote};

/// Largest answer. A vector of 50 000 series with ten labels has about that size.
const MAX_ANSWER_BYTES: usize = 32 * 1024 * 1024;

/// Where to ask, and as whom.
pub(super) struct Endpoint {
    client: Client,
    base: Url,
    /// The address without credentials.
    shown: String,
    token: Option<Token>,
    /// Who is expected to answer.
    name: &'static str,
}

impl Endpoint {
    /// Prepares a client; nothing is sent yet.
    pub(super) fn new(
        options: PrometheusOptions,
        name: &'static str,
    ) -> Result<Self, PrometheusError> {
        let base = Url::parse(&options.url).map_err(|_| PrometheusError::BadUrl)?;
        if !matches!(base.scheme(), "http" | "https") || !base.has_host() {
            return Err(PrometheusError::BadUrl);
        }
        if CryptoProvider::get_default().is_none() {
            // Someone else was faster: then there is one, which is all that is needed.
            let _ = ring::default_provider().install_default();
        }
        let client = Client::builder()
            .timeout(options.timeout.unwrap_or(DEFAULT_TIMEOUT))
            .build()
            .map_err(|error| PrometheusError::Client(quote(&error.without_url().to_string())))?;
        Ok(Self {
            client,
            shown: shown(&base),
            base,
            token: options.token,
            name,
        })
    }

    /// The address without credentials.
    pub(super) fn shown(&self) -> &str {
        &self.shown
    }

    /// Asks with a form, so that long queries fit.
    pub(super) async fn post(
        &self,
        path: &str,
        form: &[(&str, &str)],
    ) -> Result<(StatusCode, Vec<u8>), String> {
        let request = self.client.post(self.at(path)).form(form);
        self.send(request).await
    }

    /// Asks with a query.
    pub(super) async fn get(
        &self,
        path: &str,
        query: &[(&str, &str)],
    ) -> Result<(StatusCode, Vec<u8>), String> {
        let mut url = self.at(path);
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        self.send(self.client.get(url)).await
    }

    /// The sentence for an answer that is no JSON of the expected form.
    pub(super) fn unusable(&self, code: StatusCode) -> String {
        let Self { shown, name, .. } = self;
        match code.as_u16() {
            401 | 403 => format!("{shown} refused the query ({code}); check the token"),
            200..300 => format!("{shown} did not answer like {name}"),
            _ => format!("{shown} answered {code}"),
        }
    }

    /// A path below the base address, whose own path is kept.
    fn at(&self, path: &str) -> Url {
        let mut url = self.base.clone();
        let whole = format!("{}{path}", url.path().trim_end_matches('/'));
        url.set_path(&whole);
        url
    }

    async fn send(&self, request: RequestBuilder) -> Result<(StatusCode, Vec<u8>), String> {
        let request = match &self.token {
            Some(token) => request.bearer_auth(token.reveal()),
            None => request,
        };
        let response = request.send().await;
        let response = response.map_err(|error| self.unreachable(error))?;
        let code = response.status();
        Ok((code, self.collect(response).await?))
    }

    async fn collect(&self, mut response: Response) -> Result<Vec<u8>, String> {
        let mut body = Vec::new();
        while let Some(piece) = response
            .chunk()
            .await
            .map_err(|error| self.unreachable(error))?
        {
            if body.len() + piece.len() > MAX_ANSWER_BYTES {
                return Err(format!(
                    "the answer of {} is too large; narrow the query",
                    self.shown
                ));
            }
            body.extend_from_slice(&piece);
        }
        Ok(body)
    }

    fn unreachable(&self, error: reqwest::Error) -> String {
        let reason = if error.is_timeout() {
            "no answer in time".to_owned()
        } else if error.is_connect() {
            "no connection".to_owned()
        } else {
            quote(&error.without_url().to_string())
        };
        let Self { shown, .. } = self;
        format!("cannot read from {shown}: {reason}; check the address")
    }
}

fn shown(url: &Url) -> String {
    let port = url
        .port()
        .map(|port| format!(":{port}"))
        .unwrap_or_default();
    let host = url.host_str().unwrap_or_default();
    format!("{}://{host}{port}", url.scheme())
}
