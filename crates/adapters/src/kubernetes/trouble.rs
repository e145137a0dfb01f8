//! Turns what a request failed with into one sentence that says what to do.

use core::error::Error;
use std::io;

use kube::client::AuthError;
use rustls::{AlertDescription, CertificateError};

use crate::quote::quote;

/// Why a request got no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Trouble {
    /// One sentence for a human.
    pub(crate) sentence: String,
    /// Whether the same request may succeed a moment later.
    pub(crate) passing: bool,
}

/// Explains an error of the client.
pub(crate) fn explain(server: &str, error: &(dyn Error + 'static)) -> Trouble {
    let lasting = |sentence| Trouble {
        sentence,
        passing: false,
    };
    if let Some(auth) = find::<AuthError>(error) {
        return lasting(credential_sentence(auth));
    }
    if let Some(tls) = find::<rustls::Error>(error) {
        return lasting(tls_sentence(server, tls));
    }
    let text = chain(error);
    if text.contains("dns error") || text.contains("lookup address") {
        return lasting(format!(
            "the name of the API server {server} cannot be resolved; check the server address of \
             the kubeconfig, or that the network or VPN is up"
        ));
    }
    let reason = match find::<io::Error>(error).map(io::Error::kind) {
        Some(io::ErrorKind::ConnectionRefused) => "connection refused".to_owned(),
        Some(io::ErrorKind::TimedOut) => "connecting took too long".to_owned(),
        Some(io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe) => {
            "the connection was closed".to_owned()
        }
        _ => quote(&text),
    };
    Trouble {
        sentence: unreachable(server, &reason),
        passing: true,
    }
}

/// The sentence for a server that gives no answer.
pub(crate) fn unreachable(server: &str, reason: &str) -> String {
    format!(
        "cannot reach the API server {server}: {reason}; check that the cluster runs and that the \
         server address of the kubeconfig is right"
    )
}

fn tls_sentence(server: &str, error: &rustls::Error) -> String {
    use rustls::Error as Tls;
    match error {
        Tls::InvalidCertificate(
            CertificateError::Expired | CertificateError::ExpiredContext { .. },
        ) => format!(
            "the certificate of the API server {server} has expired; renew it on the control plane \
             (kubeadm: kubeadm certs renew apiserver), or check the clock of this machine"
        ),
        Tls::InvalidCertificate(
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. },
        ) => format!(
            "the certificate of the API server {server} is not valid yet; check the clock of this \
             machine"
        ),
        Tls::InvalidCertificate(CertificateError::UnknownIssuer) => format!(
            "the certificate of the API server {server} is signed by an unknown authority; put \
             the cluster's CA into certificate-authority-data of the kubeconfig"
        ),
        Tls::InvalidCertificate(
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
        ) => format!(
            "the certificate of the API server is not made for {server}; use a name that it \
             contains, or set tls-server-name in the kubeconfig"
        ),
        Tls::InvalidCertificate(_) => format!(
            "the certificate of the API server {server} cannot be verified ({error}); put the \
             cluster's CA, which signed it, into certificate-authority-data of the kubeconfig"
        ),
        Tls::AlertReceived(
            AlertDescription::CertificateExpired
            | AlertDescription::BadCertificate
            | AlertDescription::CertificateUnknown
            | AlertDescription::CertificateRequired
            | AlertDescription::UnknownCA
            | AlertDescription::AccessDenied,
        ) => format!(
            "the API server {server} refused the client certificate ({error}); fetch a new \
             kubeconfig"
        ),
        Tls::InvalidMessage(_) => format!(
            "the server {server} does not speak TLS; check the port, or write http:// if it is a \
             plain proxy on this machine"
        ),
        _ => format!(
            "no secure connection to the API server {server}: {}",
            quote(&error.to_string())
        ),
    }
}

/// The output of a plugin is never shown: it may hold the credential.
fn credential_sentence(error: &AuthError) -> String {
    match error {
        AuthError::AuthExecStart(cause) if cause.kind() == io::ErrorKind::NotFound => {
            "the credential plugin that the kubeconfig names is not installed or not on PATH; \
             install it, or use another user entry"
                .to_owned()
        }
        AuthError::AuthExecStart(cause) => {
            format!("the credential plugin of the kubeconfig cannot be started: {cause}")
        }
        AuthError::AuthExecRun { out, .. } => {
            let said = quote(&String::from_utf8_lossy(&out.stderr));
            let said = if said.is_empty() {
                String::new()
            } else {
                format!(": {said}")
            };
            format!(
                "the credential plugin of the kubeconfig failed ({}){said}; run its login command \
                 again",
                out.status
            )
        }
        AuthError::AuthExecParse(_) | AuthError::ExecPluginFailed => {
            "the credential plugin of the kubeconfig printed no ExecCredential; check its version \
             and arguments"
                .to_owned()
        }
        AuthError::ReadTokenFile(cause, path) => {
            format!("the token file {} cannot be read: {cause}", path.display())
        }
        AuthError::MissingCommand => {
            "the kubeconfig has an exec section without a command".to_owned()
        }
        AuthError::InvalidBasicAuth(_) | AuthError::InvalidBearerToken(_) => {
            "the credential of the kubeconfig holds characters that no header may have".to_owned()
        }
        AuthError::NoValidNativeRootCA(_) => {
            "this machine has no trusted root certificates and the kubeconfig names none; set \
             certificate-authority-data"
                .to_owned()
        }
        _ => "the credential of the kubeconfig could not be obtained; run the provider's login \
              command again"
            .to_owned(),
    }
}

/// The error and its causes, in one line.
fn chain(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let next = error.to_string();
        if !text.contains(&next) {
            text.push_str(": ");
            text.push_str(&next);
        }
        cause = error.source();
    }
    text
}

/// The first cause of one type. `io::Error` hides the error that it wraps from `source`, so that it
/// is opened by hand.
fn find<'a, E: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a E> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref::<E>() {
            return Some(found);
        }
        let inner = error
            .downcast_ref::<io::Error>()
            .and_then(io::Error::get_ref);
        next = match inner {
            Some(inner) => Some(inner),
            None => error.source(),
        };
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sentence(error: impl Error + 'static) -> String {
        explain("https://kube:6443", &error).sentence
    }

    #[test]
    fn each_trouble_says_what_to_do() {
        let tls = |error| sentence(io::Error::other(rustls::Error::InvalidCertificate(error)));
        assert!(tls(CertificateError::Expired).contains("has expired"));
        assert!(tls(CertificateError::UnknownIssuer).contains("certificate-authority-data"));
        assert!(tls(CertificateError::NotValidForName).contains("tls-server-name"));
        let alert = rustls::Error::AlertReceived(AlertDescription::CertificateExpired);
        assert!(sentence(io::Error::other(alert)).contains("client certificate"));
        let refused = io::Error::from(io::ErrorKind::ConnectionRefused);
        assert!(sentence(refused).contains("connection refused; check"));
    }

    #[test]
    fn the_output_of_a_plugin_is_not_shown() {
        let missing = AuthError::AuthExecStart(io::Error::from(io::ErrorKind::NotFound));
        assert!(sentence(missing).contains("not installed"));
        let parse = AuthError::ExecPluginFailed;
        assert!(sentence(parse).contains("ExecCredential"));
    }
}
