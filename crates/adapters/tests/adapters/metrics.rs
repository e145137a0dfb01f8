//! Queries to a Prometheus-compatible server.

use std::time::Duration;

use dogwatch_adapters::{
    Token,
    prometheus::{Prometheus, PrometheusError, PrometheusOptions},
};
use dogwatch_model::ports::{MetricsReader as _, Sample};

use crate::server::{Reply, Server};

fn at(url: &str) -> Prometheus {
    let token = Some(Token::new("very-secret"));
    let timeout = Some(Duration::from_millis(500));
    Prometheus::new(PrometheusOptions {
        url: url.to_owned(),
        token,
        timeout,
    })
    .unwrap()
}

async fn ask(reply: Reply) -> Result<Vec<Sample>, String> {
    let server = Server::start([reply]).await;
    let prometheus = at(&server.address().replace("http://", "http://bob:hunter2@"));
    let answer = prometheus
        .query("up", "2026-01-02T03:04:05Z".parse().unwrap())
        .await;
    assert_eq!(server.paths(), ["/api/v1/query"]);
    let sent = server.bodies().remove(0);
    assert_eq!(sent, "query=up&time=2026-01-02T03%3A04%3A05Z");
    assert!(!format!("{prometheus:?} {answer:?}").contains("hunter2"));
    answer
}

#[tokio::test]
async fn vectors_and_scalars_are_read() {
    let vector = r#"{"status":"success","data":{"resultType":"vector","result":[
        {"metric":{"pod":"b","a":"1"},"value":[1.5,"2.5"]},{"metric":{},"value":[1,"+Inf"]}]}}"#;
    let samples = ask(Reply::ok(vector)).await.unwrap();
    let labels = [
        ("a".to_owned(), "1".to_owned()),
        ("pod".to_owned(), "b".to_owned()),
    ];
    assert_eq!(
        samples[0],
        Sample {
            labels: labels.to_vec(),
            value: 2.5
        }
    );
    assert!(samples[1].value.is_infinite());
    let scalar = r#"{"status":"success","data":{"resultType":"scalar","result":[1,"NaN"]}}"#;
    assert!(ask(Reply::ok(scalar)).await.unwrap()[0].value.is_nan());
}

#[tokio::test]
async fn errors_are_sentences_without_credentials() {
    let rejected = r#"{"status":"error","errorType":"bad_data","error":"parse error: token=abc"}"#;
    for (reply, words) in [
        (
            Reply::status(400, rejected),
            "rejected the query: parse error: token=[redacted]",
        ),
        (Reply::status(401, "no"), "check the token"),
        (Reply::status(502, "<html>"), "answered 502"),
        (Reply::ok("<html>"), "did not answer like Prometheus"),
        (
            Reply::ok(r#"{"status":"success","data":{"resultType":"matrix","result":[]}}"#),
            "something else",
        ),
        (
            Reply::ok("{}").after(Duration::from_secs(9)),
            "no answer in time",
        ),
    ] {
        let error = ask(reply).await.unwrap_err();
        assert!(error.contains(words), "{error}");
        assert!(
            !error.contains("hunter2") && !error.contains("very-secret"),
            "{error}"
        );
    }
    let nowhere = at("http://127.0.0.1:1");
    let error = nowhere
        .query("up", "2026-01-02T03:04:05Z".parse().unwrap())
        .await
        .unwrap_err();
    assert!(
        error.contains("http://127.0.0.1:1: no connection"),
        "{error}"
    );
}

#[test]
fn addresses_are_checked_at_once() {
    for url in ["prometheus", "ftp://a", "http://"] {
        let options = PrometheusOptions {
            url: url.to_owned(),
            token: None,
            timeout: None,
        };
        assert_eq!(
            Prometheus::new(options).unwrap_err(),
            PrometheusError::BadUrl,
            "{url}"
        );
    }
}
