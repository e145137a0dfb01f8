//! Finding and refusing a configuration, each refusal one sentence that says what to do.

use std::{fs, os::unix::fs::PermissionsExt as _, path::PathBuf};

use dogwatch_adapters::{
    Token,
    kubernetes::{ConnectOptions, connect, list_contexts},
};
use dogwatch_model::{Kind, ReadOutcome, ports::ListQuery};
use tempfile::TempDir;

use crate::{
    recordings::list,
    server::{Reply, Server, kubeconfig, options},
};

const LOCAL: &str = "https://127.0.0.1:6443";

async fn refusal(options: ConnectOptions) -> String {
    let sentence = connect(options).await.unwrap_err().to_string();
    assert!(
        !sentence.contains('\n') && !sentence.contains("hunter2"),
        "{sentence}"
    );
    sentence
}

async fn refusal_of(text: &str) -> String {
    let folder = TempDir::new().unwrap();
    refusal(options(&folder, text)).await
}

#[tokio::test]
async fn names_that_do_not_exist_are_answered_with_those_that_do() {
    let folder = TempDir::new().unwrap();
    let text = kubeconfig(LOCAL, "{token: hunter2}");
    let base = options(&folder, &text);
    let wrong = ConnectOptions {
        context: Some("hree".to_owned()),
        ..base.clone()
    };
    assert_eq!(
        refusal(wrong).await,
        "the context \"hree\" does not exist in the kubeconfig; did you mean here? (available: here)"
    );
    let wrong = ConnectOptions {
        cluster: Some("x".to_owned()),
        ..base.clone()
    };
    assert!(
        refusal(wrong)
            .await
            .contains("the cluster \"x\" is not defined")
    );
    let wrong = ConnectOptions {
        user: Some("x".to_owned()),
        ..base.clone()
    };
    assert!(
        refusal(wrong)
            .await
            .contains("the user \"x\" is not defined")
    );
    let contexts = list_contexts(base.kubeconfig.as_deref()).unwrap();
    assert_eq!(
        (contexts[0].name.as_str(), contexts[0].current),
        ("here", true)
    );
    assert_eq!(contexts[0].namespace.as_deref(), Some("shop"));
    let text = text.replace("current-context: here\n", "");
    assert!(
        refusal_of(&text)
            .await
            .contains("choose one with --context (available: here)")
    );
}

#[tokio::test]
async fn files_that_cannot_be_used_are_named() {
    let missing = PathBuf::from("/nowhere/config");
    let missing = ConnectOptions {
        kubeconfig: Some(missing),
        ..ConnectOptions::default()
    };
    assert!(
        refusal(missing)
            .await
            .contains("/nowhere/config does not exist")
    );
    let malformed = refusal_of("apiVersion: v1\nusers:\n- token: [hunter2\n").await;
    assert!(malformed.contains("malformed YAML at line"), "{malformed}");
    let bad_server = refusal_of(&kubeconfig("not a url", "{token: hunter2}")).await;
    assert!(bad_server.contains("is no URL"), "{bad_server}");
}

#[tokio::test]
async fn unverified_servers_are_refused() {
    let text = kubeconfig(LOCAL, "{token: hunter2}")
        .replace("server:", "insecure-skip-tls-verify: true\n    server:");
    let sentence = refusal_of(&text).await;
    assert!(
        sentence.contains("certificate-authority-data"),
        "{sentence}"
    );
}

#[tokio::test]
async fn credential_plugins_that_fail_are_explained() {
    let folder = TempDir::new().unwrap();
    let script = folder.path().join("plugin");
    let plugin = |command: &str| {
        let user = format!(
            "{{exec: {{apiVersion: client.authentication.k8s.io/v1, command: \"{command}\", \
             interactiveMode: Never, installHint: \"get it from the shop\"}}}}"
        );
        kubeconfig(LOCAL, &user)
    };
    let missing = refusal_of(&plugin("no-such-plugin-here")).await;
    assert!(
        missing.contains("not installed") && missing.contains("the shop"),
        "{missing}"
    );
    for (text, words) in [
        (
            "echo hunter2; echo 'login expired' >&2; exit 3",
            "login expired",
        ),
        ("echo hunter2", "printed no ExecCredential"),
    ] {
        fs::write(&script, format!("#!/bin/sh\n{text}\n")).unwrap();
        fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).unwrap();
        let sentence = refusal_of(&plugin(&script.to_string_lossy())).await;
        assert!(sentence.contains(words), "{sentence}");
    }
}

#[tokio::test]
async fn a_credential_plugin_gives_the_token() {
    let folder = TempDir::new().unwrap();
    let script = folder.path().join("plugin");
    let answer = r#"{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"from-plugin"}}"#;
    fs::write(&script, format!("#!/bin/sh\necho '{answer}'\n")).unwrap();
    fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).unwrap();
    let server = Server::start([Reply::ok(r#"{"items":[]}"#)]).await;
    let user = format!(
        "{{exec: {{apiVersion: client.authentication.k8s.io/v1, command: {}, interactiveMode: Never}}}}",
        script.display()
    );
    let cluster = connect(options(&folder, &kubeconfig(server.address(), &user)))
        .await
        .unwrap();
    list(&cluster, &ListQuery::all(Kind::Pod)).await;
    assert_eq!(server.header("authorization"), ["Bearer from-plugin"]);
}

#[tokio::test]
async fn flags_override_the_kubeconfig() {
    let folder = TempDir::new().unwrap();
    let server = Server::start([Reply::ok(r#"{"items":[]}"#)]).await;
    let options = ConnectOptions {
        server: Some(server.address().to_owned()),
        token: Some(Token::new("other")),
        as_user: Some("alice".to_owned()),
        as_groups: vec!["a".to_owned()],
        as_uid: Some("7".to_owned()),
        ..options(&folder, &kubeconfig(LOCAL, "{token: hunter2}"))
    };
    assert!(!format!("{options:?}").contains("other"));
    let cluster = connect(options).await.unwrap();
    let (_, outcome) = list(&cluster, &ListQuery::all(Kind::Pod)).await;
    assert_eq!(outcome, ReadOutcome::Ok { items: 0 });
    assert_eq!(server.header("authorization"), ["Bearer other"]);
    for (name, value) in [("user", "alice"), ("group", "a"), ("uid", "7")] {
        assert_eq!(server.header(&format!("impersonate-{name}")), [value]);
    }
}

/// A self-signed certificate for `expired`, valid on 2000-01-01 only; its key is not needed.
const EXPIRED: &str = include_str!("expired.pem");

#[tokio::test]
async fn an_expired_client_certificate_is_told_before_any_request() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("client.crt");
    fs::write(&path, EXPIRED).unwrap();
    let user = format!(
        "{{client-certificate: {0}, client-key: {0}}}",
        path.display()
    );
    let sentence = refusal(options(&folder, &kubeconfig(LOCAL, &user))).await;
    assert!(
        sentence.contains("expired at 2000-01-02T00:00:00Z"),
        "{sentence}"
    );
}
