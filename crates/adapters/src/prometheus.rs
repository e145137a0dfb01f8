//! Reads metrics from a Prometheus-compatible API: Prometheus, Thanos, Mimir, VictoriaMetrics.

use core::time::Duration;

use dogwatch_model::ports::{MetricsReader, PortFuture, Sample};
use jiff::Timestamp;
use reqwest::{Client, Response, Url};
use rustls::crypto::{CryptoProvider, ring};
use serde::Deserialize;

use crate::{Token, quote::quote};

/// Deadline of one query when none is given.
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(10);

/// Largest answer. A vector of 50 000 series with ten labels has about that size.
const MAX_ANSWER_BYTES: usize = 32 * 1024 * 1024;

/// Where and how to ask.
#[derive(Debug, Clone)]
pub struct PrometheusOptions {
    /// Base address, such as `http://prometheus.monitoring:9090`; may hold a path.
    pub url: String,
    /// Bearer token, if the server wants one.
    pub token: Option<Token>,
    /// Deadline of one query; 10 s when absent.
    pub timeout: Option<Duration>,
}

/// The client could not be set up. Each message is one sentence without credentials.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PrometheusError {
    /// The address is no URL.
    #[error("the Prometheus address is no URL such as http://prometheus:9090")]
    BadUrl,
    /// The HTTP client refused to start.
    #[error("the Prometheus client failed to start: {0}")]
    Client(String),
}

/// A Prometheus-compatible API.
pub struct Prometheus {
    client: Client,
    query_url: Url,
    /// The address without credentials.
    shown: String,
    token: Option<Token>,
}

impl core::fmt::Debug for Prometheus {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Prometheus")
            .field("url", &self.shown)
            .finish_non_exhaustive()
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    status: String,
    data: Option<Data>,
    error: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Data {
    result_type: String,
    result: serde_json::Value,
}

#[derive(Deserialize)]
struct VectorSample {
    #[serde(default)]
    metric: std::collections::BTreeMap<String, String>,
    value: Point,
}

/// Time in seconds and the value as text.
type Point = (serde_json::Number, String);

impl Prometheus {
    /// Prepares a client; nothing is sent yet.
    ///
    /// # Errors
    /// When the address is no HTTP URL.
    pub fn new(options: PrometheusOptions) -> Result<Self, PrometheusError> {
        let mut url = Url::parse(&options.url).map_err(|_| PrometheusError::BadUrl)?;
        if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
            return Err(PrometheusError::BadUrl);
        }
        if CryptoProvider::get_default().is_none() {
            // Someone else was faster: then there is one, which is all that is needed.
            let _ = ring::default_provider().install_default();
        }
        let path = format!("{}/api/v1/query", url.path().trim_end_matches('/'));
        url.set_path(&path);
        let client = Client::builder()
            .timeout(options.timeout.unwrap_or(DEFAULT_TIMEOUT))
            .build()
            .map_err(|error| PrometheusError::Client(quote(&error.without_url().to_string())))?;
        let shown = shown(&url);
        Ok(Self {
            client,
            query_url: url,
            shown,
            token: options.token,
        })
    }

    async fn ask(&self, promql: &str, at: Timestamp) -> Result<Vec<Sample>, String> {
        let time = at.to_string();
        let mut request = self
            .client
            .post(self.query_url.clone())
            .form(&[("query", promql), ("time", &time)]);
        if let Some(token) = &self.token {
            request = request.bearer_auth(token.reveal());
        }
        let response = request
            .send()
            .await
            .map_err(|error| self.unreachable(error))?;
        let code = response.status();
        let body = self.collect(response).await?;
        let Ok(answer) = serde_json::from_slice::<Answer>(&body) else {
            return Err(match code.as_u16() {
                401 | 403 => {
                    format!("{} refused the query ({code}); check the token", self.shown)
                }
                200..300 => format!("{} did not answer like Prometheus", self.shown),
                _ => format!("{} answered {code}", self.shown),
            });
        };
        if answer.status != "success" {
            let said = quote(answer.error.as_deref().unwrap_or("no reason given"));
            return Err(format!("{} rejected the query: {said}", self.shown));
        }
        samples(answer.data).ok_or_else(|| {
            format!(
                "{} answered with something else than a vector or a scalar",
                self.shown
            )
        })
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
        format!(
            "cannot read metrics from {}: {reason}; check the address",
            self.shown
        )
    }
}

impl MetricsReader for Prometheus {
    fn query<'a>(
        &'a self,
        promql: &'a str,
        at: Timestamp,
    ) -> PortFuture<'a, Result<Vec<Sample>, String>> {
        Box::pin(self.ask(promql, at))
    }
}

/// `None` when the answer is of another type or a value is no number.
fn samples(data: Option<Data>) -> Option<Vec<Sample>> {
    let Data {
        result_type,
        result,
    } = data?;
    match result_type.as_str() {
        "vector" => {
            let vector: Vec<VectorSample> = serde_json::from_value(result).ok()?;
            let sample = |sample: VectorSample| {
                let value = value(&sample.value)?;
                Some(Sample {
                    labels: sample.metric.into_iter().collect(),
                    value,
                })
            };
            vector.into_iter().map(sample).collect()
        }
        "scalar" => {
            let point: Point = serde_json::from_value(result).ok()?;
            Some(vec![Sample {
                labels: Vec::new(),
                value: value(&point)?,
            }])
        }
        _ => None,
    }
}

fn value(point: &Point) -> Option<f64> {
    match point.1.as_str() {
        "+Inf" => Some(f64::INFINITY),
        "-Inf" => Some(f64::NEG_INFINITY),
        text => text.parse().ok(),
    }
}

fn shown(url: &Url) -> String {
    let port = url
        .port()
        .map(|port| format!(":{port}"))
        .unwrap_or_default();
    format!(
        "{}://{}{port}",
        url.scheme(),
        url.host_str().unwrap_or_default()
    )
}
