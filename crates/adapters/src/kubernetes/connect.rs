//! Makes a [`LiveCluster`] from a kubeconfig, from flags, or from inside a Pod.

use core::time::Duration;
use std::{env, fs, path::PathBuf};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::Uri;
use jiff::Timestamp;
use kube::{
    Config,
    config::{AuthInfo, KubeConfigOptions, Kubeconfig, KubeconfigError},
};
use tokio::{task::spawn_blocking, time::timeout};

use super::{LiveCluster, certificate, kubeconfig, proxy, trouble::explain};
use crate::{Token, quote::quote};

/// Deadline of one request when none is given, its body included.
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(30);

/// Longest wait for a TCP and TLS connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// How to reach a cluster; the fields are kubectl's flags of the same names. The default follows
/// `KUBECONFIG`, then `~/.kube/config`, then the service account of the Pod.
#[derive(Debug, Clone, Default)]
pub struct ConnectOptions {
    /// This kubeconfig and no other.
    pub kubeconfig: Option<PathBuf>,
    /// A context other than the current one.
    pub context: Option<String>,
    /// A cluster entry other than that of the context.
    pub cluster: Option<String>,
    /// A user entry other than that of the context.
    pub user: Option<String>,
    /// A server address other than that of the cluster entry.
    pub server: Option<String>,
    /// A bearer token in place of the user's credential.
    pub token: Option<Token>,
    /// Deadline of one request; 30 s when absent.
    pub request_timeout: Option<Duration>,
    /// Act as this user.
    pub as_user: Option<String>,
    /// Act with these groups.
    pub as_groups: Vec<String>,
    /// Act with this UID.
    pub as_uid: Option<String>,
}

/// No connection could be set up. Each message is one sentence that says what to do; none holds a
/// credential. Nothing here is worth a retry without a change.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// Neither kubeconfig nor service account nor server address.
    #[error(
        "no cluster is configured: there is no ~/.kube/config and KUBECONFIG is not set; name one \
         with --kubeconfig, or read a recording with --from"
    )]
    NoConfiguration,
    /// The file that was named does not exist.
    #[error("the kubeconfig {} does not exist; check --kubeconfig and KUBECONFIG", path.display())]
    MissingFile {
        /// The file.
        path: PathBuf,
    },
    /// The file is no kubeconfig.
    #[error("the kubeconfig {} cannot be used: {reason}; fix the file or name another", path.display())]
    BadKubeconfig {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// No context is current and none was named.
    #[error(
        "the kubeconfig has no current context; choose one with --context (available: {available})"
    )]
    NoCurrentContext {
        /// The contexts there are.
        available: String,
    },
    /// There is no such context.
    #[error(
        "the context \"{name}\" does not exist in the kubeconfig{hint} (available: {available})"
    )]
    UnknownContext {
        /// The name that was asked for.
        name: String,
        /// Names that are near, as a question.
        hint: String,
        /// The contexts there are.
        available: String,
    },
    /// A cluster or user entry is missing.
    #[error("the {what} \"{name}\" is not defined in the kubeconfig (available: {available})")]
    MissingEntry {
        /// `cluster` or `user`.
        what: &'static str,
        /// The name that is referred to.
        name: String,
        /// The entries there are.
        available: String,
    },
    /// The kubeconfig turns the verification of the server off.
    #[error(
        "the context \"{context}\" sets insecure-skip-tls-verify, which Dogwatch refuses because \
         anyone on the way could answer; remove it and put the cluster's CA into \
         certificate-authority-data"
    )]
    Insecure {
        /// The context.
        context: String,
    },
    /// The client certificate is no longer valid.
    #[error(
        "the client certificate of the context \"{context}\" expired at {at}; fetch a new \
         kubeconfig (kubeadm: kubeadm certs renew, then copy admin.conf)"
    )]
    ExpiredCertificate {
        /// The context.
        context: String,
        /// End of its validity.
        at: Timestamp,
    },
    /// The server address is no URL.
    #[error("the server address \"{address}\" is no URL such as https://host:6443")]
    BadServer {
        /// The address, without credentials.
        address: String,
    },
    /// A credential could not be obtained or the client could not be built.
    #[error("{0}")]
    Credential(String),
    /// Inside a Pod, but without a usable service account.
    #[error(
        "running inside a Pod without a usable service account ({0}); mount its token \
         (automountServiceAccountToken) or name a kubeconfig"
    )]
    ServiceAccount(String),
}

/// Sets up the connection; no request is sent yet, but a credential plugin may run.
///
/// # Errors
/// When there is no usable configuration or credential.
pub async fn connect(options: ConnectOptions) -> Result<LiveCluster, ConnectError> {
    let mut config = configuration(&options).await?;
    if let Some(server) = &options.server {
        config.cluster_url = parse_server(server)?;
    }
    let server = shown(&config.cluster_url);
    override_identity(&mut config.auth_info, &options);
    // Retries and deadlines are ours, so that the counts in the ledger are true.
    config.default_retry = false;
    config.connect_timeout = Some(CONNECT_TIMEOUT);
    config.read_timeout = None;
    let deadline = options.request_timeout.unwrap_or(DEFAULT_TIMEOUT);
    let plugin = config
        .auth_info
        .exec
        .as_ref()
        .and_then(|exec| exec.command.clone());
    let hint = config
        .auth_info
        .exec
        .as_ref()
        .and_then(|exec| exec.install_hint.clone());
    // A credential plugin is a process that may wait for a human.
    let building = spawn_blocking(move || kube::Client::try_from(config));
    let built = timeout(deadline, building).await.map_err(|_| {
        ConnectError::Credential(format!(
            "the credential plugin {} did not finish within {} s; run it by hand once to log in",
            plugin.unwrap_or_default(),
            deadline.as_secs_f32()
        ))
    })?;
    let client = built
        .map_err(|error| ConnectError::Credential(format!("the client failed to start: {error}")))?
        .map_err(|error| {
            let hint = hint
                .map(|hint| format!(" ({})", quote(&hint)))
                .unwrap_or_default();
            ConnectError::Credential(explain(&server, &error).sentence + &hint)
        })?;
    Ok(LiveCluster::new(client, server, deadline))
}

async fn configuration(options: &ConnectOptions) -> Result<Config, ConnectError> {
    match kubeconfig::read(options.kubeconfig.as_deref())? {
        Some(found) if options.server.is_none() || !found.contexts.is_empty() => {
            from_kubeconfig(found, options).await
        }
        _ if env::var_os("KUBERNETES_SERVICE_HOST").is_some() && options.server.is_none() => {
            Config::incluster_env().map_err(|error| ConnectError::ServiceAccount(error.to_string()))
        }
        _ => match &options.server {
            Some(server) => Ok(Config::new(parse_server(server)?)),
            None => Err(ConnectError::NoConfiguration),
        },
    }
}

async fn from_kubeconfig(
    found: Kubeconfig,
    options: &ConnectOptions,
) -> Result<Config, ConnectError> {
    let choice = kubeconfig::choose(&found, options)?;
    if choice.cluster.insecure_skip_tls_verify == Some(true) {
        return Err(ConnectError::Insecure {
            context: choice.context,
        });
    }
    if options.token.is_none()
        && let Some(at) =
            client_certificate(&choice.user).and_then(|pem| certificate::valid_until(&pem))
        && at < Timestamp::now()
    {
        return Err(ConnectError::ExpiredCertificate {
            context: choice.context,
            at,
        });
    }
    let picked = KubeConfigOptions {
        context: Some(choice.context),
        cluster: options.cluster.clone(),
        user: options.user.clone(),
    };
    let mut config = Config::from_custom_kubeconfig(found, &picked)
        .await
        .map_err(|error| match error {
            KubeconfigError::ParseClusterUrl(_) | KubeconfigError::MissingClusterUrl => {
                let address = choice.cluster.server.as_deref().unwrap_or_default();
                ConnectError::BadServer {
                    address: quote(address),
                }
            }
            other => ConnectError::Credential(format!(
                "the kubeconfig cannot be used: {}",
                quote(&other.to_string())
            )),
        })?;
    if choice.cluster.proxy_url.is_none() && proxy::is_bypassed(&config.cluster_url) {
        config.proxy_url = None;
    }
    Ok(config)
}

fn override_identity(auth: &mut AuthInfo, options: &ConnectOptions) {
    if let Some(token) = &options.token {
        *auth = AuthInfo {
            token: Some(token.reveal().to_owned().into()),
            impersonate: auth.impersonate.take(),
            impersonate_groups: auth.impersonate_groups.take(),
            impersonate_uid: auth.impersonate_uid.take(),
            ..AuthInfo::default()
        };
    }
    if options.as_user.is_some() {
        auth.impersonate.clone_from(&options.as_user);
    }
    if options.as_uid.is_some() {
        auth.impersonate_uid.clone_from(&options.as_uid);
    }
    if !options.as_groups.is_empty() {
        auth.impersonate_groups = Some(options.as_groups.clone());
    }
}

fn client_certificate(user: &AuthInfo) -> Option<Vec<u8>> {
    match (&user.client_certificate_data, &user.client_certificate) {
        (Some(data), _) => STANDARD.decode(data).ok(),
        (None, Some(path)) => fs::read(path).ok(),
        (None, None) => None,
    }
}

fn parse_server(address: &str) -> Result<Uri, ConnectError> {
    let bad = || ConnectError::BadServer {
        address: quote(address),
    };
    let full = if address.contains("://") {
        address.to_owned()
    } else {
        format!("https://{address}")
    };
    let uri: Uri = full.parse().map_err(|_| bad())?;
    let known = matches!(uri.scheme_str(), Some("http" | "https"));
    if known && uri.host().is_some_and(|host| !host.is_empty()) {
        Ok(uri)
    } else {
        Err(bad())
    }
}

/// The address without user information, query and trailing slash.
fn shown(uri: &Uri) -> String {
    let host = uri.host().unwrap_or_default();
    let port = uri
        .port()
        .map(|port| format!(":{port}"))
        .unwrap_or_default();
    let path = uri.path().trim_end_matches('/');
    format!(
        "{}://{host}{port}{path}",
        uri.scheme_str().unwrap_or("https")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_shown_without_credentials() {
        let uri: Uri = "https://bob:pw@kube.example:6443/k8s/?a=b".parse().unwrap();
        assert_eq!(shown(&uri), "https://kube.example:6443/k8s");
        assert_eq!(
            parse_server("127.0.0.1:8080").unwrap().scheme_str(),
            Some("https")
        );
        for bad in ["ftp://a", "https://", "a b"] {
            assert!(parse_server(bad).is_err(), "{bad}");
        }
    }
}
