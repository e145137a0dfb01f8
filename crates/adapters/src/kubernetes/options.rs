//! How to reach a cluster, and why that may be refused.

use core::time::Duration;
use std::path::PathBuf;

use jiff::Timestamp;

use crate::Token;

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
