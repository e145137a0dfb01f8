//! Prepares and makes changes. [`Preparer`] only ever asks for dry runs; [`Writer`] is the one type
//! of this crate that changes a cluster.

mod answer;
mod call;

use dogwatch_model::{
    plan::{Permission, Target},
    ports::{ClusterWriter, PortFuture, Previewer, UserName, Write, WriteError, Written},
};
use serde_json::{Value, json};

use super::{LiveCluster, exchange::Exchange};

/// Tries changes without effect. Every request that could change something carries `dryRun=All`.
#[derive(Debug)]
pub struct Preparer {
    cluster: LiveCluster,
    is_impersonating: bool,
}

/// Changes a cluster.
#[derive(Debug)]
pub struct Writer {
    cluster: LiveCluster,
}

impl Preparer {
    /// Takes over a connection. `is_impersonating` says that its user was named by a flag.
    pub fn new(cluster: LiveCluster, is_impersonating: bool) -> Self {
        Self {
            cluster,
            is_impersonating,
        }
    }

    /// The connection, for reading.
    pub fn cluster(&self) -> &LiveCluster {
        &self.cluster
    }

    async fn post(&self, path: &str, body: &Value) -> Result<Value, WriteError> {
        let request = call::post(path, body)?;
        let (code, _, body) = exchanged(&self.cluster.exchange, request).await?;
        answer::object(code, &body)
    }
}

impl Writer {
    /// Takes over a connection.
    pub fn new(cluster: LiveCluster) -> Self {
        Self { cluster }
    }
}

impl Previewer for Preparer {
    fn read<'a>(&'a self, target: &'a Target) -> PortFuture<'a, Result<Option<Value>, WriteError>> {
        Box::pin(async move {
            let request = call::read(target)?;
            let (code, _, body) = exchanged(&self.cluster.exchange, request).await?;
            match answer::object(code, &body) {
                Ok(object) => Ok(Some(object)),
                Err(WriteError::NotFound(_)) => Ok(None),
                Err(error) => Err(error),
            }
        })
    }

    fn dry_run<'a>(&'a self, write: &'a Write) -> PortFuture<'a, Result<Written, WriteError>> {
        Box::pin(send(&self.cluster.exchange, write, true))
    }

    fn may<'a>(&'a self, permission: &'a Permission) -> PortFuture<'a, Result<bool, WriteError>> {
        Box::pin(async move {
            let answer = self.post(call::REVIEWS, &call::review(permission)).await?;
            Ok(answer["status"]["allowed"].as_bool().unwrap_or(false))
        })
    }

    fn whoami(&self) -> PortFuture<'_, Result<UserName, WriteError>> {
        Box::pin(async move {
            let body = json!({
                "apiVersion": "authentication.k8s.io/v1",
                "kind": "SelfSubjectReview",
            });
            let answer = self.post(call::SELF_REVIEWS, &body).await?;
            let user = &answer["status"]["userInfo"];
            let groups = user["groups"].as_array().into_iter().flatten();
            Ok(UserName {
                username: user["username"].as_str().unwrap_or_default().to_owned(),
                groups: groups
                    .filter_map(|group| group.as_str().map(str::to_owned))
                    .collect(),
                is_impersonated: self.is_impersonating,
            })
        })
    }
}

impl ClusterWriter for Writer {
    fn write<'a>(&'a self, write: &'a Write) -> PortFuture<'a, Result<Written, WriteError>> {
        Box::pin(send(&self.cluster.exchange, write, false))
    }
}

/// The whole Secret. Nothing but [`super::vault`] asks for one.
pub(super) async fn payload(exchange: &Exchange, secret: &Target) -> Result<Vec<u8>, WriteError> {
    let request = call::payload(secret)?;
    let (code, headers, body) = exchanged(exchange, request).await?;
    if code.is_success() {
        return Ok(body);
    }
    let refused = answer::written(code, &headers, &body);
    Err(refused
        .err()
        .unwrap_or(WriteError::Unknown(code.to_string())))
}

async fn send(exchange: &Exchange, write: &Write, dry_run: bool) -> Result<Written, WriteError> {
    let request = call::write(write, dry_run)?;
    let (code, headers, body) = exchanged(exchange, request).await?;
    answer::written(code, &headers, &body)
}

type Exchanged = (http::StatusCode, http::HeaderMap, Vec<u8>);

async fn exchanged(
    exchange: &Exchange,
    request: http::Request<kube::client::Body>,
) -> Result<Exchanged, WriteError> {
    exchange.change(request).await.map_err(WriteError::Unknown)
}
