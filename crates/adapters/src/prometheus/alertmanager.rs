//! Reads the alarms that an Alertmanager holds, through version 2 of its API.

use dogwatch_model::{
    Alarm,
    ports::{AlarmReader, PortFuture},
};
use jiff::Timestamp;

use super::{PrometheusError, PrometheusOptions, alarms, endpoint::Endpoint};

/// Everything is asked for: what is kept quiet is listed as well, and says so.
const ALL: &[(&str, &str)] = &[
    ("active", "true"),
    ("silenced", "true"),
    ("inhibited", "true"),
    ("unprocessed", "true"),
];

/// An Alertmanager.
pub struct Alertmanager {
    endpoint: Endpoint,
}

impl core::fmt::Debug for Alertmanager {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Alertmanager")
            .field("url", &self.endpoint.shown())
            .finish_non_exhaustive()
    }
}

impl Alertmanager {
    /// Prepares a client; nothing is sent yet. A path of the address is kept.
    ///
    /// # Errors
    /// When the address is no HTTP URL.
    pub fn new(options: PrometheusOptions) -> Result<Self, PrometheusError> {
        let endpoint = Endpoint::new(options, "Alertmanager")?;
        Ok(Self { endpoint })
    }

    async fn ask(&self) -> Result<Vec<Alarm>, String> {
        let (code, body) = self.endpoint.get("/api/v2/alerts", ALL).await?;
        if !code.is_success() {
            return Err(self.endpoint.unusable(code));
        }
        let told: Vec<alarms::Held> =
            serde_json::from_slice(&body).map_err(|_| self.endpoint.unusable(code))?;
        // Whether an alarm is over is a question about now, and its answer is not kept.
        Ok(alarms::held(told, Timestamp::now()))
    }
}

impl AlarmReader for Alertmanager {
    fn alerts(&self) -> PortFuture<'_, Result<Vec<Alarm>, String>> {
        Box::pin(self.ask())
    }
}
