//! Opens the Secrets of a Helm release as a whole, for rolling it back.

use std::collections::BTreeMap;

use dogwatch_model::{
    plan::Revision,
    ports::{OpenedRevision, PortFuture, ReleaseVault, WriteError},
};
use serde::Deserialize;

use super::{LiveCluster, writing};
use crate::helm::payload;

/// How Helm marks its Secrets.
const TYPE: &str = "helm.sh/release.v1";

/// The one reader that opens whole releases of Helm. It has no way to write.
#[derive(Debug)]
pub struct ReleasePayloads {
    cluster: LiveCluster,
}

impl ReleasePayloads {
    /// Takes over a connection. To be made only where an operator permits it.
    pub fn new(cluster: LiveCluster) -> Self {
        Self { cluster }
    }

    async fn opened(&self, revision: &Revision) -> Result<Option<OpenedRevision>, WriteError> {
        let secret = revision.secret("");
        let body = match writing::payload(&self.cluster.exchange, &secret).await {
            Ok(body) => body,
            Err(WriteError::NotFound(_)) => return Ok(None),
            Err(error) => return Err(error),
        };
        let unusable = |what: &str| WriteError::Invalid(format!("{revision}: {what}"));
        // No error of the decoder is quoted: it could quote the Secret.
        let secret: Secret =
            serde_json::from_slice(&body).map_err(|_| unusable("an answer that is no Secret"))?;
        if secret.kind != TYPE {
            return Err(unusable("a Secret that is no release of Helm"));
        }
        let payload = payload::open(&secret.data.release);
        let payload = payload.map_err(|error| unusable(&error.to_string()))?;
        let documents = payload::documents(&payload);
        let documents = documents.map_err(|_| unusable("a manifest that cannot be read"))?;
        let says = payload.payload();
        let is_meant = says["name"] == *revision.release && says["version"] == revision.revision;
        if !is_meant {
            return Err(unusable("a Secret that holds another revision"));
        }
        Ok(Some(OpenedRevision {
            payload,
            documents,
            labels: secret.metadata.labels,
        }))
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Secret {
    #[serde(rename = "type")]
    kind: String,
    metadata: Metadata,
    data: Data,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Metadata {
    labels: BTreeMap<String, String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Data {
    release: String,
}

impl ReleaseVault for ReleasePayloads {
    fn open<'a>(
        &'a self,
        revision: &'a Revision,
    ) -> PortFuture<'a, Result<Option<OpenedRevision>, WriteError>> {
        Box::pin(self.opened(revision))
    }
}
