//! Opens Secrets of Helm releases, one by one and with permission. They are read in memory; of what is
//! in them only the few facts of [`crate::helm`] remain.

use dogwatch_model::{
    ReadOutcome,
    ports::{PortFuture, ReleaseReader},
    snapshot::HelmRelease,
};
use serde::Deserialize;

use super::{
    LiveCluster,
    exchange::Exchange,
    failure::Failure,
    request::{Call, push_encoded},
};
use crate::helm;

/// Largest Secret that is read: Kubernetes allows no more.
const MAX_SECRET_BYTES: usize = 2 * 1024 * 1024;

/// How Helm names the Secrets of its releases.
const PREFIX: &str = "sh.helm.release.v1.";

/// How Helm marks them.
const TYPE: &str = "helm.sh/release.v1";

/// The one reader that opens Secrets of Helm releases, and no other Secret.
pub struct ReleaseSecrets<'a> {
    exchange: &'a Exchange,
}

impl core::fmt::Debug for ReleaseSecrets<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("ReleaseSecrets").finish_non_exhaustive()
    }
}

impl LiveCluster {
    /// A reader that opens Secrets of Helm releases. To be made only where a person permits it.
    pub fn release_secrets(&self) -> ReleaseSecrets<'_> {
        ReleaseSecrets {
            exchange: &self.exchange,
        }
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Secret {
    #[serde(rename = "type")]
    kind: String,
    data: Data,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Data {
    release: String,
}

impl ReleaseReader for ReleaseSecrets<'_> {
    fn release<'a>(
        &'a self,
        namespace: &'a str,
        secret: &'a str,
    ) -> PortFuture<'a, Result<HelmRelease, ReadOutcome>> {
        Box::pin(self.open(namespace, secret))
    }
}

impl ReleaseSecrets<'_> {
    async fn open(&self, namespace: &str, name: &str) -> Result<HelmRelease, ReadOutcome> {
        if !name.starts_with(PREFIX) || name.contains('/') {
            return Err(unusable("a name that is none of Helm"));
        }
        let mut path = String::from("/api/v1/namespaces/");
        push_encoded(&mut path, namespace);
        path.push_str("/secrets/");
        push_encoded(&mut path, name);
        let answer = self.exchange.send(&Call::get(path)).await;
        let answer = answer.map_err(Failure::outcome)?;
        let body = answer.collect(MAX_SECRET_BYTES).await;
        let body = body.map_err(|last_error| ReadOutcome::TimedOut {
            attempts: 1,
            last_error,
        })?;
        // No error of the decoder is quoted: it could quote the Secret.
        let secret: Secret =
            serde_json::from_slice(&body).map_err(|_| unusable("an answer that is no Secret"))?;
        if secret.kind != TYPE {
            return Err(unusable("a Secret that is no release of Helm"));
        }
        helm::decode(&secret.data.release).map_err(|error| unusable(&error.to_string()))
    }
}

fn unusable(what: &str) -> ReadOutcome {
    ReadOutcome::Truncated {
        items: 0,
        unreadable: 1,
        limit: what.to_owned(),
    }
}
