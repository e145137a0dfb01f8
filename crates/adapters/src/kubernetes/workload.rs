//! From a management cluster to a workload cluster: by the kubeconfig that Cluster API keeps in a
//! Secret. It is used in memory, never stored, never shown.

use core::time::Duration;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use kube::config::Kubeconfig;
use serde::Deserialize;

use super::{ConnectError, ConnectOptions, LiveCluster, connect::connect_with, request::Call};
use crate::Token;

/// Largest Secret that is read: Kubernetes allows no more.
const MAX_SECRET_BYTES: usize = 2 * 1024 * 1024;

/// No connection to the workload cluster. No message holds a part of the Secret.
#[derive(Debug, thiserror::Error)]
pub enum WorkloadError {
    /// The Secret may not be read, does not exist, or the server gave no answer.
    #[error(
        "the Secret {namespace}/{name} could not be read: {reason}; grant get on it, or diagnose the workload cluster with its own kubeconfig"
    )]
    Secret {
        /// Namespace of the Secret.
        namespace: String,
        /// Name of the Secret.
        name: String,
        /// The server's words.
        reason: String,
    },
    /// The Secret holds no kubeconfig that may be used.
    #[error("the kubeconfig in the Secret {namespace}/{name} cannot be used: {reason}")]
    Kubeconfig {
        /// Namespace of the Secret.
        namespace: String,
        /// Name of the Secret.
        name: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The connection could not be set up.
    #[error(transparent)]
    Connect(#[from] ConnectError),
}

#[derive(Deserialize)]
struct Secret {
    #[serde(default)]
    data: Data,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Data {
    value: String,
}

impl LiveCluster {
    /// Connects to the workload cluster of a Cluster, with the key `value` of the Secret
    /// `CLUSTER-kubeconfig` in the same Namespace.
    ///
    /// # Errors
    /// When the Secret cannot be read, or holds anything but addresses and embedded credentials: a
    /// program to run or a file to read would be the wish of whoever can write the Secret.
    pub async fn connect_workload(
        &self,
        namespace: &str,
        cluster: &str,
        timeout: Option<Duration>,
    ) -> Result<LiveCluster, WorkloadError> {
        let name = format!("{cluster}-kubeconfig");
        let token = self.kubeconfig_value(namespace, &name).await?;
        let found: Kubeconfig =
            serde_saphyr::from_str(token.reveal()).map_err(|_| WorkloadError::Kubeconfig {
                namespace: namespace.to_owned(),
                name: name.clone(),
                reason: "it is no kubeconfig",
            })?;
        if let Some(reason) = forbidden(&found) {
            return Err(WorkloadError::Kubeconfig {
                namespace: namespace.to_owned(),
                name,
                reason,
            });
        }
        let options = ConnectOptions {
            request_timeout: timeout,
            ..ConnectOptions::default()
        };
        Ok(connect_with(Some(found), options).await?)
    }

    async fn kubeconfig_value(&self, namespace: &str, name: &str) -> Result<Token, WorkloadError> {
        let failed = |reason: String| WorkloadError::Secret {
            namespace: namespace.to_owned(),
            name: name.to_owned(),
            reason,
        };
        let is_name = |text: &str| {
            let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.');
            !text.is_empty() && text != "." && text != ".." && text.bytes().all(fits)
        };
        if !is_name(namespace) || !is_name(name) {
            return Err(failed("no object can have this name".to_owned()));
        }
        let call = Call::get(format!("/api/v1/namespaces/{namespace}/secrets/{name}"));
        let answer = self.exchange.send(&call).await;
        let answer = answer.map_err(|failure| failed(failure.sentence()))?;
        let body = answer.collect(MAX_SECRET_BYTES).await.map_err(failed)?;
        let empty = || failed("it has no key `value`".to_owned());
        let secret: Secret = serde_json::from_slice(&body).map_err(|_| empty())?;
        let value = STANDARD.decode(secret.data.value).map_err(|_| empty())?;
        let text = String::from_utf8(value).map_err(|_| empty())?;
        if text.is_empty() {
            return Err(empty());
        }
        Ok(Token::new(&text))
    }
}

/// Why a kubeconfig from a Secret is refused.
fn forbidden(found: &Kubeconfig) -> Option<&'static str> {
    let users = found
        .auth_infos
        .iter()
        .filter_map(|user| user.auth_info.as_ref());
    for user in users {
        if user.exec.is_some() || user.auth_provider.is_some() {
            return Some("it asks to run a program");
        }
        let has_file = user.token_file.is_some()
            || user.client_certificate.is_some()
            || user.client_key.is_some();
        if has_file {
            return Some("it asks to read a local file");
        }
    }
    let mut clusters = found
        .clusters
        .iter()
        .filter_map(|known| known.cluster.as_ref());
    clusters
        .any(|known| known.certificate_authority.is_some())
        .then_some("it asks to read a local file")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(user: &str, cluster: &str) -> Option<&'static str> {
        let text = format!(
            "apiVersion: v1\nkind: Config\ncurrent-context: a\ncontexts: [{{name: a, context: {{cluster: a, user: a}}}}]\n\
             clusters: [{{name: a, cluster: {{server: 'https://10.0.0.1:6443'{cluster}}}}}]\nusers: [{{name: a, user: {{{user}}}}}]\n"
        );
        forbidden(&serde_saphyr::from_str(&text).unwrap())
    }

    #[test]
    fn only_embedded_credentials_are_used() {
        assert_eq!(
            judged("token: abc", ", certificate-authority-data: YQ=="),
            None
        );
        for user in [
            "exec: {apiVersion: client.authentication.k8s.io/v1, command: /bin/true, interactiveMode: Never}",
            "tokenFile: /etc/passwd",
            "client-key: /etc/passwd",
        ] {
            assert!(judged(user, "").is_some(), "{user}");
        }
        assert!(judged("token: abc", ", certificate-authority: /etc/passwd").is_some());
    }

    #[test]
    fn what_is_wrong_is_said_without_the_secret() {
        let error = WorkloadError::Kubeconfig {
            namespace: "caapi".to_owned(),
            name: "w1-kubeconfig".to_owned(),
            reason: "it is no kubeconfig",
        };
        assert_eq!(
            error.to_string(),
            "the kubeconfig in the Secret caapi/w1-kubeconfig cannot be used: it is no kubeconfig"
        );
    }
}
