//! Waiting for a change with a watch.

use std::time::{Duration, Instant};

use dogwatch_model::{Kind, ports::ClusterReader as _};

use crate::server::{Reply, Server};

const PAGE: &str = r#"{"metadata":{"resourceVersion":"42"},"items":[]}"#;
const BOOKMARK: &str = r#"{"type":"BOOKMARK","object":{}}"#;

/// Whether a change of a Pod is heard, and what was asked.
async fn heard(replies: impl IntoIterator<Item = Reply>) -> (bool, Vec<String>) {
    let server = Server::start(replies).await;
    let cluster = server.cluster().await;
    let within = Duration::from_secs(7);
    let heard = cluster.changed(&[Kind::Pod], Some("shop"), within).await;
    (heard, server.paths())
}

#[tokio::test]
async fn a_change_after_the_present_version_is_heard_and_a_bookmark_is_none() {
    let events = format!("{BOOKMARK}\n{{\"type\":\"MODIFIED\",\"object\":{{}}}}\n");
    let (is_heard, paths) = heard([Reply::ok(PAGE), Reply::ok(events)]).await;
    assert!(is_heard);
    assert_eq!(
        paths,
        [
            "/api/v1/namespaces/shop/pods?limit=1",
            "/api/v1/namespaces/shop/pods?watch=1&allowWatchBookmarks=true&timeoutSeconds=7\
             &resourceVersion=42"
        ]
    );
    let (is_heard, _) = heard([Reply::ok(PAGE), Reply::ok(format!("{BOOKMARK}\n"))]).await;
    assert!(!is_heard, "a bookmark is no change");
}

#[tokio::test]
async fn a_version_that_is_gone_and_a_refusal_end_it() {
    let gone = r#"{"type":"ERROR","object":{"kind":"Status","code":410,"reason":"Expired"}}"#;
    let (is_heard, _) = heard([Reply::ok(PAGE), Reply::ok(format!("{gone}\n"))]).await;
    assert!(!is_heard);
    let (is_heard, paths) = heard([Reply::status(403, r#"{"message":"no watch"}"#)]).await;
    assert!(!is_heard);
    assert_eq!(paths.len(), 1, "it is not asked twice");
    let status = r#"{"code":410,"reason":"Expired","metadata":{}}"#;
    let (is_heard, _) = heard([Reply::ok(PAGE), Reply::status(410, status)]).await;
    assert!(!is_heard);
}

#[tokio::test]
async fn the_first_of_several_kinds_is_enough() {
    let change = "{\"type\":\"ADDED\",\"object\":{}}\n";
    let slow = Duration::from_secs(20);
    // Which kind gets which answer is chance: one of them stays silent.
    let replies = [
        Reply::ok(PAGE),
        Reply::ok(PAGE),
        Reply::ok(change),
        Reply::ok(change).after(slow),
    ];
    let server = Server::start(replies).await;
    let cluster = server.cluster().await;
    let begin = Instant::now();
    let kinds = [Kind::Pod, Kind::Node];
    assert!(cluster.changed(&kinds, None, Duration::from_secs(30)).await);
    assert!(begin.elapsed() < slow, "the silent one is not waited for");
}
