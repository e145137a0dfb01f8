//! Opening Secrets of Helm releases: one request for one Secret, and no word of what is in it.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use dogwatch_model::{ReadOutcome, ports::ReleaseReader as _};

use crate::server::{Reply, Server};

const NAME: &str = "sh.helm.release.v1.shop.v4";

fn secret(kind: &str, text: &str) -> String {
    let data = STANDARD.encode(STANDARD.encode(text));
    format!(r#"{{"kind":"Secret","type":"{kind}","data":{{"release":"{data}"}}}}"#)
}

async fn opened(reply: Reply, name: &str) -> (Result<String, ReadOutcome>, Vec<String>) {
    let server = Server::start([reply]).await;
    let cluster = server.cluster().await;
    let found = cluster.release_secrets().release("web", name).await;
    let found = found.map(|release| format!("{} {}", release.name, release.revision));
    (found, server.paths())
}

#[tokio::test]
async fn a_release_is_one_request() {
    let text = r#"{"name":"shop","version":4,"config":{"password":"hunter2"}}"#;
    let reply = Reply::ok(secret("helm.sh/release.v1", text));
    let (found, paths) = opened(reply, NAME).await;
    assert_eq!(found, Ok("shop 4".to_owned()));
    assert_eq!(paths, [format!("/api/v1/namespaces/web/secrets/{NAME}")]);
}

#[tokio::test]
async fn no_other_secret_is_asked_for() {
    for name in ["db", "sh.helm.release.v1.x/../db"] {
        let (found, paths) = opened(Reply::ok("{}"), name).await;
        assert!(
            matches!(found, Err(ReadOutcome::Truncated { .. })),
            "{name}"
        );
        assert_eq!(paths, [] as [&str; 0], "{name}");
    }
}

#[tokio::test]
async fn refusals_and_what_is_no_release_are_said_without_the_secret() {
    let denied = r#"{"kind":"Status","message":"secrets is forbidden"}"#;
    let (found, _) = opened(Reply::status(403, denied), NAME).await;
    assert!(
        matches!(found, Err(ReadOutcome::Denied { .. })),
        "{found:?}"
    );
    for body in [
        secret("Opaque", r#"{"name":"hunter2","version":4}"#),
        secret("helm.sh/release.v1", "hunter2"),
        "hunter2".to_owned(),
    ] {
        let (found, _) = opened(Reply::ok(body), NAME).await;
        let words = format!("{found:?}");
        assert!(
            matches!(found, Err(ReadOutcome::Truncated { .. })),
            "{words}"
        );
        assert!(!words.contains("hunter2"), "{words}");
    }
}
