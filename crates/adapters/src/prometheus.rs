//! Reads metrics and alarms from a Prometheus-compatible API: Prometheus, Thanos, Mimir,
//! VictoriaMetrics, and the instances that clouds offer.

mod alarms;
mod alertmanager;
mod answer;
mod endpoint;

use core::time::Duration;

use dogwatch_model::{
    Alarm, MAX_POINTS, MAX_SERIES, Series,
    ports::{AlarmReader, MetricsReader, PortFuture, Sample},
};
use jiff::{SignedDuration, Timestamp};
use reqwest::StatusCode;
use serde::de::DeserializeOwned;

pub use alertmanager::Alertmanager;
use answer::{Answer, BadMatrix, Data};
use endpoint::Endpoint;

use crate::{Token, quote::quote};

/// Deadline of one query when none is given.
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(10);

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
    endpoint: Endpoint,
}

impl core::fmt::Debug for Prometheus {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Prometheus")
            .field("url", &self.endpoint.shown())
            .finish_non_exhaustive()
    }
}

/// From when to when, and how far the points are apart.
#[derive(Debug, Clone, Copy)]
struct Window {
    start: Timestamp,
    end: Timestamp,
    step: Duration,
}

impl Prometheus {
    /// Prepares a client; nothing is sent yet. A path of the address is kept.
    ///
    /// # Errors
    /// When the address is no HTTP URL.
    pub fn new(options: PrometheusOptions) -> Result<Self, PrometheusError> {
        let endpoint = Endpoint::new(options, "Prometheus")?;
        Ok(Self { endpoint })
    }

    async fn ask(&self, promql: &str, at: Timestamp) -> Result<Vec<Sample>, String> {
        let form = [("query", promql), ("time", &at.to_string())];
        let (code, body) = self.endpoint.post("/api/v1/query", &form).await?;
        let data = self.opened::<Data>(code, &body)?;
        answer::samples(data).ok_or_else(|| self.strange("a vector or a scalar"))
    }

    async fn ask_range(&self, promql: &str, window: Window) -> Result<Vec<Series>, String> {
        let Window { start, end, step } = window;
        check(window)?;
        let form = [
            ("query", promql),
            ("start", &start.to_string()),
            ("end", &end.to_string()),
            ("step", &step.as_secs_f64().to_string()),
        ];
        let (code, body) = self.endpoint.post("/api/v1/query_range", &form).await?;
        let data = self.opened::<Data>(code, &body)?;
        answer::series(data).map_err(|bad| match bad {
            BadMatrix::Strange => self.strange("a matrix"),
            BadMatrix::TooLarge => format!(
                "the answer of {} has more than {MAX_SERIES} series or {MAX_POINTS} points in one; \
                 narrow the query",
                self.endpoint.shown()
            ),
        })
    }

    async fn ask_alerts(&self) -> Result<Vec<Alarm>, String> {
        let (code, body) = self.endpoint.get("/api/v1/alerts", &[]).await?;
        let data = self.opened::<alarms::Alerts>(code, &body)?;
        data.map(alarms::of_rules)
            .ok_or_else(|| self.strange("a list of alarms"))
    }

    /// Takes the frame off an answer.
    fn opened<T: DeserializeOwned>(
        &self,
        code: StatusCode,
        body: &[u8],
    ) -> Result<Option<T>, String> {
        let answer: Answer<T> =
            serde_json::from_slice(body).map_err(|_| self.endpoint.unusable(code))?;
        if answer.status != "success" {
            let said = quote(answer.error.as_deref().unwrap_or("no reason given"));
            let shown = self.endpoint.shown();
            return Err(format!("{shown} rejected the query: {said}"));
        }
        Ok(answer.data)
    }

    fn strange(&self, wanted: &str) -> String {
        let shown = self.endpoint.shown();
        format!("{shown} answered with something else than {wanted}")
    }
}

/// Refuses what Prometheus would refuse, and what has no end, before anything is sent.
fn check(window: Window) -> Result<(), String> {
    if window.end < window.start {
        return Err("the range ends before it starts".to_owned());
    }
    let span = window.end.duration_since(window.start).as_millis_f64();
    let step = SignedDuration::try_from(window.step).map_err(|_| "the step is too long")?;
    let points = span / step.as_millis_f64();
    // A step of nothing gives infinity, or no number for a range of nothing.
    let limit = u32::try_from(MAX_POINTS).map_or(f64::MAX, f64::from);
    if points + 1.0 <= limit {
        return Ok(());
    }
    Err(format!(
        "the range has more than {MAX_POINTS} steps; choose a longer step or a shorter range"
    ))
}

impl MetricsReader for Prometheus {
    fn query<'a>(
        &'a self,
        promql: &'a str,
        at: Timestamp,
    ) -> PortFuture<'a, Result<Vec<Sample>, String>> {
        Box::pin(self.ask(promql, at))
    }

    fn range<'a>(
        &'a self,
        promql: &'a str,
        start: Timestamp,
        end: Timestamp,
        step: Duration,
    ) -> PortFuture<'a, Result<Vec<Series>, String>> {
        let window = Window { start, end, step };
        Box::pin(self.ask_range(promql, window))
    }
}

impl AlarmReader for Prometheus {
    fn alerts(&self) -> PortFuture<'_, Result<Vec<Alarm>, String>> {
        Box::pin(self.ask_alerts())
    }
}
