//! Questions about the reader itself: may it read this, and what version answers?

use serde::Deserialize;

use dogwatch_model::Kind;

use super::{LiveCluster, failure::Failure, request::Call};

const REVIEWS: &str = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";

/// Largest answer to a question; it holds one small object.
const MAX_ANSWER_BYTES: usize = 256 * 1024;

/// A question to the API server got no answer. The text is one sentence without credentials.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct AccessError(String);

#[derive(Deserialize)]
struct ReviewAnswer {
    status: ReviewStatus,
}

#[derive(Deserialize)]
struct ReviewStatus {
    allowed: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct VersionAnswer {
    git_version: String,
}

impl LiveCluster {
    /// Asks the API server whether this reader may use a verb on a resource, named as in URLs
    /// (`pods`, `pods/log`); no Namespace means all of them. Nothing is created by the question.
    ///
    /// # Errors
    /// When the server gives no usable answer.
    pub async fn access_review(
        &self,
        verb: &str,
        resource: &str,
        namespace: Option<&str>,
    ) -> Result<bool, AccessError> {
        let (resource, subresource) = match resource.split_once('/') {
            Some((resource, subresource)) => (resource, Some(subresource)),
            None => (resource, None),
        };
        let group = Kind::all().find(|kind| kind.info().plural == resource);
        let review = serde_json::json!({
            "apiVersion": "authorization.k8s.io/v1",
            "kind": "SelfSubjectAccessReview",
            "spec": {"resourceAttributes": {
                "verb": verb,
                "group": group.map_or("", |kind| kind.info().group),
                "resource": resource,
                "subresource": subresource,
                "namespace": namespace,
            }},
        });
        let call = Call::post(REVIEWS, review.to_string().into_bytes());
        let answer: ReviewAnswer = self.ask(&call).await?;
        Ok(answer.status.allowed)
    }

    /// Asks for the version of the API server, once; `facts` knows it afterwards.
    ///
    /// # Errors
    /// When the server gives no usable answer.
    pub async fn fetch_version(&self) -> Result<String, AccessError> {
        if let Some(known) = self.version.get() {
            return Ok(known.clone());
        }
        let answer: VersionAnswer = self.ask(&Call::get("/version".to_owned())).await?;
        Ok(self.version.get_or_init(|| answer.git_version).clone())
    }

    async fn ask<T: for<'de> Deserialize<'de>>(&self, call: &Call) -> Result<T, AccessError> {
        let failed = |failure: Failure| AccessError(failure.sentence());
        let answer = self.exchange.send(call).await.map_err(failed)?;
        let body = answer
            .collect(MAX_ANSWER_BYTES)
            .await
            .map_err(AccessError)?;
        serde_json::from_slice(&body).map_err(|_| {
            AccessError(format!(
                "{} did not answer like a Kubernetes API server",
                self.server()
            ))
        })
    }
}
