//! Makes a [`LiveCluster`] from a kubeconfig, from flags, or from inside a Pod.

use core::time::Duration;
use std::{env, fs};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::Uri;
use jiff::Timestamp;
use kube::{
    Config,
    config::{AuthInfo, KubeConfigOptions, Kubeconfig, KubeconfigError},
};
use tokio::{task::spawn_blocking, time::timeout};

use super::{
    ConnectError, ConnectOptions, LiveCluster, certificate, kubeconfig, proxy, trouble::explain,
};
use crate::quote::quote;

/// Deadline of one request when none is given, its body included.
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(30);

/// Longest wait for a TCP and TLS connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// Sets up the connection; no request is sent yet, but a credential plugin may run.
///
/// # Errors
/// When there is no usable configuration or credential.
pub async fn connect(options: ConnectOptions) -> Result<LiveCluster, ConnectError> {
    connect_with(None, options).await
}

/// Like [`connect`], with a kubeconfig that is already at hand and no other.
pub(super) async fn connect_with(
    kubeconfig: Option<Kubeconfig>,
    options: ConnectOptions,
) -> Result<LiveCluster, ConnectError> {
    let mut config = match kubeconfig {
        Some(found) => from_kubeconfig(found, &options).await?,
        None => configuration(&options).await?,
    };
    if let Some(server) = &options.server {
        config.cluster_url = parse_server(server)?;
    }
    let server = shown(&config.cluster_url);
    override_identity(&mut config.auth_info, &options);
    // Retries and deadlines are ours, so that the counts in the ledger are true.
    config.default_retry = false;
    config.connect_timeout = Some(CONNECT_TIMEOUT);
    config.read_timeout = None;
    // Answers are unpacked here, in large pieces; requests that change something ask for none.
    let accepts_gzip = !config.disable_compression;
    config.disable_compression = true;
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
    Ok(LiveCluster::new(client, server, deadline, accepts_gzip))
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
