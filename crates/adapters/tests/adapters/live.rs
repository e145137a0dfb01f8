//! Reading a live cluster: paging, refusals, retries, broken answers.

use std::time::Duration;

use dogwatch_adapters::kubernetes::LiveCluster;
use dogwatch_model::{
    Kind, ReadOutcome, SkipReason,
    ports::{ClusterReader as _, ListQuery, LogQuery},
};

use crate::server::{Reply, Server, cluster_at, raw_server, stalling_server};

fn page(names: &[&str], next: &str) -> String {
    let items: Vec<String> = names
        .iter()
        .map(|name| format!(r#"{{"metadata":{{"name":"{name}"}}}}"#))
        .collect();
    format!(
        r#"{{"kind":"PodList","metadata":{{"resourceVersion":"42","continue":"{next}"}},"items":[{}]}}"#,
        items.join(",")
    )
}

/// Lists the query and gives the names that were handed on.
async fn list(cluster: &LiveCluster, query: &ListQuery) -> (Vec<String>, ReadOutcome) {
    let mut names = Vec::new();
    let mut sink = |json: &[u8]| {
        let object: serde_json::Value = serde_json::from_slice(json).unwrap();
        let name = object["metadata"]["name"].as_str().map(str::to_owned);
        let understood = name.is_some();
        names.extend(name);
        understood
    };
    let outcome = cluster.list(query, &mut sink).await;
    (names, outcome)
}

async fn pods(replies: impl IntoIterator<Item = Reply>) -> (Server, Vec<String>, ReadOutcome) {
    let server = Server::start(replies).await;
    let (names, outcome) = list(&server.cluster().await, &ListQuery::all(Kind::Pod)).await;
    (server, names, outcome)
}

#[tokio::test]
async fn pages_are_followed_to_the_end() {
    let (server, names, outcome) = pods([
        Reply::ok(page(&["a", "b"], "t/1")),
        Reply::ok(page(&["c"], "")),
    ])
    .await;
    assert_eq!(outcome, ReadOutcome::Ok { items: 3 });
    assert_eq!(names, ["a", "b", "c"]);
    assert_eq!(
        server.paths(),
        [
            "/api/v1/pods?limit=500",
            "/api/v1/pods?limit=500&continue=t%2F1"
        ]
    );
}

#[tokio::test]
async fn the_next_page_is_asked_for_while_this_one_arrives() {
    let first = page(&["a", "b"], "t");
    let cut = first.find(r#""items""#).unwrap();
    let (address, seen) = stalling_server([first.split_at(cut), (&page(&["c"], ""), "")]).await;
    let cluster = cluster_at(&address, Duration::from_secs(5)).await;
    let (names, outcome) = list(&cluster, &ListQuery::all(Kind::Pod)).await;
    assert_eq!(
        (names.join(""), outcome),
        ("abc".to_owned(), ReadOutcome::Ok { items: 3 })
    );
    let second = seen.lock().unwrap()[1].clone();
    assert!(second.contains("continue=t"), "{second}");
    assert_eq!(cluster.requests_made(), 2, "no page is asked for twice");
}

#[tokio::test]
async fn a_page_that_expired_when_asked_early_goes_on_with_the_offered_token() {
    let gone = r#"{"code":410,"reason":"Expired","message":"too old","metadata":{"continue":"u"}}"#;
    let (server, names, outcome) = pods([
        Reply::ok(page(&["a"], "t")),
        Reply::status(410, gone),
        Reply::ok(page(&["b"], "")),
    ])
    .await;
    assert_eq!(outcome, ReadOutcome::Ok { items: 2 });
    assert_eq!(names, ["a", "b"]);
    assert!(server.paths()[2].contains("continue=u"));
}

#[tokio::test]
async fn facts_come_from_the_first_answer_without_a_request() {
    let date = "Sun, 06 Nov 1994 08:49:37 GMT";
    let server = Server::start([Reply::ok(page(&[], "")).header("date", date)]).await;
    let cluster = server.cluster().await;
    assert_eq!(cluster.facts().now, None);
    list(&cluster, &ListQuery::all(Kind::Pod)).await;
    assert_eq!(
        cluster.facts().now,
        Some("1994-11-06T08:49:37Z".parse().unwrap())
    );
    assert_eq!(
        (cluster.facts().version, cluster.requests_made()),
        (None, 1)
    );
    assert_eq!(cluster.default_namespace(), "shop");
}

#[tokio::test]
async fn secrets_are_asked_for_as_metadata() {
    let server = Server::start([Reply::ok(page(&[], "")), Reply::ok("{}")]).await;
    let cluster = server.cluster().await;
    list(&cluster, &ListQuery::all(Kind::Secret)).await;
    list(&cluster, &ListQuery::one(Kind::Secret, "shop", "db")).await;
    assert_eq!(
        server.accepts(),
        [
            "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1",
            "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1"
        ]
    );
}

#[tokio::test]
async fn one_object_is_one_get() {
    let missing = r#"{"kind":"Status","message":"pods \"x\" not found","details":{"name":"x"}}"#;
    let server = Server::start([
        Reply::ok(r#"{"metadata":{"name":"x"}}"#),
        Reply::status(404, missing),
    ])
    .await;
    let cluster = server.cluster().await;
    let query = ListQuery::one(Kind::Pod, "shop", "x");
    assert_eq!(
        list(&cluster, &query).await,
        (vec!["x".to_owned()], ReadOutcome::Ok { items: 1 })
    );
    assert_eq!(
        list(&cluster, &query).await,
        (vec![], ReadOutcome::Ok { items: 0 })
    );
    assert_eq!(server.paths(), ["/api/v1/namespaces/shop/pods/x"; 2]);
    let nowhere = ListQuery::one(Kind::Pod, "shop", "../nodes");
    assert_eq!(
        list(&cluster, &nowhere).await.1,
        ReadOutcome::Ok { items: 0 }
    );
    assert_eq!(cluster.requests_made(), 2);
}

#[tokio::test]
async fn a_resource_that_is_not_served_is_not_installed() {
    let not_installed = ReadOutcome::Skipped {
        why: SkipReason::NotInstalled,
    };
    let status = r#"{"message":"the server could not find the requested resource","details":{}}"#;
    for body in [status, "404 page not found"] {
        assert_eq!(
            pods([Reply::status(404, body)]).await.2,
            not_installed,
            "{body}"
        );
    }
}

#[tokio::test]
async fn a_refusal_keeps_the_words_of_the_server() {
    let message = r#"{"message":"pods is forbidden: User \"bob\" cannot list, token=abc"}"#;
    let (server, _, outcome) = pods([Reply::status(403, message)]).await;
    let message = "pods is forbidden: User \"bob\" cannot list, token=[redacted]".to_owned();
    assert_eq!(outcome, ReadOutcome::Denied { message });
    assert_eq!(server.paths().len(), 1, "a refusal is not repeated");
    let (_, _, outcome) = pods([Reply::status(401, r#"{"message":"Unauthorized"}"#)]).await;
    assert!(matches!(outcome, ReadOutcome::Denied { message } if message.contains("expired")));
}

#[tokio::test]
async fn too_many_requests_and_server_errors_are_repeated() {
    let (server, names, outcome) = pods([
        Reply::status(429, "{}").header("retry-after", "0"),
        Reply::status(503, "{}").header("retry-after", "0"),
        Reply::ok(page(&["a"], "")),
    ])
    .await;
    assert_eq!((names.len(), outcome), (1, ReadOutcome::Ok { items: 1 }));
    assert_eq!(server.paths().len(), 3);

    let later = || Reply::status(500, r#"{"message":"etcd is down"}"#).header("retry-after", "0");
    let (_, _, outcome) = pods([later(), later(), later(), Reply::ok(page(&[], ""))]).await;
    let last_error = "the API server answered 500: etcd is down".to_owned();
    assert_eq!(
        outcome,
        ReadOutcome::TimedOut {
            attempts: 3,
            last_error
        }
    );
}

#[tokio::test]
async fn an_expired_list_goes_on_with_the_token_that_is_offered() {
    let gone = |token: &str| {
        let body = format!(r#"{{"code":410,"metadata":{{"continue":"{token}"}}}}"#);
        Reply::status(410, body)
    };
    let (server, names, outcome) = pods([
        Reply::ok(page(&["a"], "old")),
        gone("fresh"),
        Reply::ok(page(&["b"], "")),
    ])
    .await;
    assert_eq!(
        (names, outcome),
        (vec!["a".into(), "b".into()], ReadOutcome::Ok { items: 2 })
    );
    assert!(server.paths()[2].ends_with("continue=fresh"));

    let (_, _, outcome) = pods([Reply::ok(page(&["a"], "old")), gone("")]).await;
    assert!(
        matches!(outcome, ReadOutcome::Truncated { items: 1, .. }),
        "{outcome:?}"
    );

    let script = (0..9).map(|_| gone("again")).collect::<Vec<_>>();
    let (server, _, outcome) = pods(script).await;
    assert!(outcome.is_hole());
    assert_eq!(server.paths().len(), 4, "three restarts");
}

#[tokio::test]
async fn an_object_that_cannot_be_understood_costs_itself() {
    let list = r#"{"metadata":{},"items":[{"metadata":{"name":"a"}},{"spec":{}},null]}"#;
    let (_, names, outcome) = pods([Reply::ok(list)]).await;
    assert_eq!(names, ["a"]);
    assert!(matches!(
        outcome,
        ReadOutcome::Truncated {
            items: 1,
            unreadable: 2,
            ..
        }
    ));
}

#[tokio::test]
async fn an_answer_that_is_no_list_is_said_to_be_none() {
    let (_, _, outcome) = pods([Reply::ok("<html>login</html>")]).await;
    assert!(
        matches!(&outcome, ReadOutcome::TimedOut { last_error, .. } if last_error.contains("no Kubernetes list")),
        "{outcome:?}"
    );
}

#[tokio::test]
async fn a_body_that_breaks_off_is_read_on_without_repeating_an_object() {
    let whole = page(&["a", "b", "c"], "");
    let cut = whole.find(r#"{"metadata":{"name":"c"#).unwrap();
    let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", whole.len());
    let (address, seen) = raw_server(vec![
        format!("{head}{}", &whole[..cut]),
        format!("{head}{whole}"),
    ])
    .await;
    let cluster = cluster_at(&address, Duration::from_secs(5)).await;
    let (names, outcome) = list(&cluster, &ListQuery::all(Kind::Pod)).await;
    assert_eq!(
        (names.join(""), outcome),
        ("abc".to_owned(), ReadOutcome::Ok { items: 3 })
    );
    let again = seen.lock().unwrap()[1].clone();
    assert!(
        again.contains("resourceVersion=42&resourceVersionMatch=Exact"),
        "{again}"
    );

    let broken = format!("{head}{}", &whole[..cut]);
    let (address, _) = raw_server(vec![broken.clone(), broken.clone(), broken]).await;
    let cluster = cluster_at(&address, Duration::from_secs(5)).await;
    let (names, outcome) = list(&cluster, &ListQuery::all(Kind::Pod)).await;
    assert_eq!(names.join(""), "ab");
    assert!(
        matches!(outcome, ReadOutcome::Truncated { items: 2, .. }),
        "{outcome:?}"
    );
}

#[tokio::test]
async fn a_slow_server_times_out_after_one_attempt() {
    let server = Server::start([Reply::ok("{}").after(Duration::from_secs(30))]).await;
    let cluster = cluster_at(server.address(), Duration::from_millis(100)).await;
    let (_, outcome) = list(&cluster, &ListQuery::all(Kind::Pod)).await;
    assert!(
        matches!(&outcome, ReadOutcome::TimedOut { attempts: 1, last_error } if last_error.contains("0.1 s")),
        "{outcome:?}"
    );
}

#[tokio::test]
async fn a_server_that_is_not_there_is_named() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let cluster = cluster_at(&address, Duration::from_secs(5)).await;
    let (_, outcome) = list(&cluster, &ListQuery::all(Kind::Pod)).await;
    let ReadOutcome::TimedOut {
        attempts: 3,
        last_error,
    } = outcome
    else {
        panic!("{outcome:?}")
    };
    assert_eq!(
        last_error,
        format!(
            "cannot reach the API server {address}: connection refused; check that the cluster \
             runs and that the server address of the kubeconfig is right"
        )
    );
}

fn log_query() -> LogQuery {
    LogQuery {
        namespace: "shop".to_owned(),
        pod: "web".to_owned(),
        container: "app".to_owned(),
        previous: true,
        tail_lines: 50,
        limit_bytes: 20,
    }
}

#[tokio::test]
async fn logs_are_read_with_their_limits() {
    let absent = r#"{"message":"previous terminated container \"app\" in pod \"web\" not found"}"#;
    let server = Server::start([
        Reply::ok("one\ntwo\n"),
        Reply::ok("one\ntwo\nthree\nfour\nfive"),
        Reply::status(400, absent),
        Reply::status(403, "{}"),
    ])
    .await;
    let cluster = server.cluster().await;
    let query = log_query();
    let read = cluster.log(&query).await;
    assert_eq!(
        (read.text.as_str(), read.outcome),
        ("one\ntwo\n", ReadOutcome::Ok { items: 2 })
    );
    assert!(matches!(
        cluster.log(&query).await.outcome,
        ReadOutcome::Truncated { items: 5, .. }
    ));
    let not_there = ReadOutcome::Skipped {
        why: SkipReason::NotInstalled,
    };
    assert_eq!(cluster.log(&query).await.outcome, not_there);
    assert!(matches!(
        cluster.log(&query).await.outcome,
        ReadOutcome::Denied { .. }
    ));
    assert_eq!(
        server.paths()[0],
        "/api/v1/namespaces/shop/pods/web/log?tailLines=50&limitBytes=20&container=app&previous=true"
    );
}

#[tokio::test]
async fn questions_about_access_and_version_are_answered() {
    let server = Server::start([
        Reply::status(201, r#"{"status":{"allowed":true}}"#),
        Reply::ok(r#"{"gitVersion":"v1.36.3"}"#),
        Reply::ok("{}"),
    ])
    .await;
    let cluster = server.cluster().await;
    assert_eq!(
        cluster.access_review("list", "pods/log", None).await,
        Ok(true)
    );
    assert_eq!(cluster.fetch_version().await.unwrap(), "v1.36.3");
    assert_eq!(cluster.fetch_version().await.unwrap(), "v1.36.3");
    assert_eq!(cluster.facts().version.as_deref(), Some("v1.36.3"));
    assert_eq!(cluster.requests_made(), 2, "the version is asked for once");
    let error = cluster
        .access_review("get", "nodes", Some("a"))
        .await
        .unwrap_err();
    assert!(error.to_string().contains("did not answer like"), "{error}");
}
