//! Range queries to a Prometheus-compatible server, and the alarms of it and of an Alertmanager.

use std::time::Duration;

use dogwatch_adapters::{
    Token,
    prometheus::{Alertmanager, Prometheus, PrometheusOptions},
};
use dogwatch_model::{
    Alarm, AlarmState, Series,
    ports::{AlarmReader as _, MetricsReader as _},
};
use jiff::{SignedDuration, Timestamp};

use crate::server::{Reply, Server};

fn options(server: &Server) -> PrometheusOptions {
    PrometheusOptions {
        // Thanos, Mimir and the clouds serve the API below a path.
        url: server.address().to_owned() + "/v1/p-1/aom/",
        token: Some(Token::new("very-secret")),
        timeout: Some(Duration::from_millis(500)),
    }
}

fn noon() -> Timestamp {
    "2026-01-02T12:00:00Z".parse().unwrap()
}

async fn range(reply: Reply) -> Result<Vec<Series>, String> {
    let server = Server::start([reply]).await;
    let prometheus = Prometheus::new(options(&server)).unwrap();
    let end = noon() + SignedDuration::from_mins(5);
    let answer = prometheus
        .range("up{a=\"b\"}", noon(), end, Duration::from_secs(15))
        .await;
    assert_eq!(server.paths(), ["/v1/p-1/aom/api/v1/query_range"]);
    assert_eq!(server.header("authorization"), ["Bearer very-secret"]);
    assert_eq!(
        server.bodies(),
        [
            "query=up%7Ba%3D%22b%22%7D&start=2026-01-02T12%3A00%3A00Z&end=2026-01-02T12%3A05%3A00Z&step=15"
        ]
    );
    answer
}

fn matrix(result: &str) -> Reply {
    Reply::ok(format!(
        r#"{{"status":"success","data":{{"resultType":"matrix","result":{result}}}}}"#
    ))
}

#[tokio::test]
async fn series_keep_their_labels_times_and_gaps() {
    let told = r#"[{"metric":{"pod":"b","a":"1"},"values":[[1767355200,"1.5"],[1767355215.5,"NaN"],[1767355230,"+Inf"]]},
        {"metric":{},"histograms":[]}]"#;
    let series = range(matrix(told)).await.unwrap();
    assert_eq!(series[0].label("pod"), Some("b"));
    assert_eq!(series[0].points[0], (noon(), 1.5));
    let (at, gap) = series[0].points[1];
    assert_eq!(at, noon() + SignedDuration::from_millis(15_500));
    assert!(gap.is_nan() && series[0].points[2].1.is_infinite());
    assert!(series[1].points.is_empty());
    let nothing = range(matrix("[]")).await.unwrap();
    assert!(nothing.is_empty(), "no data is an answer");
}

#[tokio::test]
async fn bad_answers_give_one_sentence() {
    let long = format!(
        "[{{\"metric\":{{}},\"values\":[{}]}}]",
        vec!["[1,\"2\"]"; 11_001].join(",")
    );
    let many = format!("[{}]", vec![r#"{"metric":{},"values":[]}"#; 501].join(","));
    let refused = r#"{"status":"error","error":"too many points, password=abc"}"#;
    for (reply, words) in [
        (matrix(&long), "more than 500 series or 11000 points"),
        (matrix(&many), "narrow the query"),
        (
            matrix(r#"[{"values":[[1,"x"]]}]"#),
            "something else than a matrix",
        ),
        (
            Reply::ok(r#"{"status":"success","data":{"resultType":"vector","result":[]}}"#),
            "something else than a matrix",
        ),
        (Reply::status(422, refused), "password=[redacted]"),
        (Reply::status(403, "no"), "check the token"),
        (Reply::status(503, "<html>"), "answered 503"),
        (Reply::ok("[]"), "did not answer like Prometheus"),
    ] {
        let error = range(reply).await.unwrap_err();
        assert!(error.contains(words), "{error}");
        assert!(
            !error.contains('\n') && !error.contains("very-secret"),
            "{error}"
        );
    }
}

#[tokio::test]
async fn ranges_that_no_server_answers_are_not_sent() {
    let server = Server::start([]).await;
    let prometheus = Prometheus::new(options(&server)).unwrap();
    let later = noon() + SignedDuration::from_hours(24);
    let second = Duration::from_secs(1);
    for (start, end, step, words) in [
        (later, noon(), second, "ends before it starts"),
        (noon(), later, second, "more than 11000 steps"),
        (noon(), later, Duration::ZERO, "more than 11000 steps"),
    ] {
        let error = prometheus.range("up", start, end, step).await.unwrap_err();
        assert!(error.contains(words), "{error}");
    }
    assert!(server.paths().is_empty());
}

#[tokio::test]
async fn rules_that_burn_and_that_wait_are_read() {
    let told = r#"{"status":"success","data":{"alerts":[
        {"labels":{"alertname":"Busy","pod":"api-1","namespace":"shop"},"annotations":{"summary":"token=abc"},
         "state":"firing","activeAt":"2026-01-02T12:00:00.5Z","value":"9.1e+01"},
        {"labels":{"alertname":"Slow"},"annotations":{},"state":"pending","activeAt":"2026-01-02T12:00:00Z","value":"NaN"},
        {"labels":{"alertname":"Off"},"annotations":{},"state":"inactive","value":""}]}}"#;
    let server = Server::start([Reply::ok(told), Reply::status(404, "page not found")]).await;
    let prometheus = Prometheus::new(options(&server)).unwrap();
    let alarms = prometheus.alerts().await.unwrap();
    assert_eq!(server.paths(), ["/v1/p-1/aom/api/v1/alerts"]);
    let states: Vec<(&str, AlarmState)> = alarms
        .iter()
        .map(|alarm| (&*alarm.name, alarm.state))
        .collect();
    let wanted = [("Busy", AlarmState::Firing), ("Slow", AlarmState::Pending)];
    assert_eq!(states, wanted);
    assert_eq!(alarms[0].value, Some(91.0));
    assert_eq!(
        alarms[0].since,
        Some(noon() + SignedDuration::from_millis(500))
    );
    assert_eq!(
        alarms[0].annotations.get("summary"),
        Some("token=[redacted]")
    );
    let alert = alarms[0].alert().unwrap();
    assert_eq!(alert.object.to_string(), "Pod/shop/api-1");
    let error = prometheus.alerts().await.unwrap_err();
    assert!(error.contains("answered 404"), "{error}");
}

async fn held(reply: Reply) -> Result<Vec<Alarm>, String> {
    let server = Server::start([reply]).await;
    let answer = Alertmanager::new(options(&server)).unwrap().alerts().await;
    assert_eq!(
        server.paths(),
        ["/v1/p-1/aom/api/v2/alerts?active=true&silenced=true&inhibited=true&unprocessed=true"]
    );
    answer
}

#[tokio::test]
async fn an_alertmanager_says_what_it_keeps_quiet() {
    let told = r#"[
        {"labels":{"alertname":"A"},"annotations":{},"startsAt":"2026-01-02T12:00:00Z","endsAt":"2998-01-01T00:00:00Z",
         "fingerprint":"00ff","status":{"state":"suppressed","silencedBy":["s1"],"inhibitedBy":["f2"],"mutedBy":[]}},
        {"labels":{"alertname":"B"},"startsAt":"2026-01-02T12:00:00Z","endsAt":"2026-01-02T12:10:00Z","status":{"state":"active"}},
        {"labels":{"alertname":"C"},"endsAt":"0001-01-01T00:00:00Z","status":null}]"#;
    let alarms = held(Reply::ok(told)).await.unwrap();
    assert_eq!(alarms[0].fingerprint, "00ff");
    assert_eq!(alarms[0].silenced_by, ["s1"]);
    assert_eq!(alarms[0].inhibited_by, ["f2"]);
    assert!(alarms[0].is_suppressed() && alarms[0].state == AlarmState::Firing);
    assert_eq!(alarms[1].state, AlarmState::Resolved);
    assert_eq!(
        (alarms[2].state, alarms[2].until),
        (AlarmState::Firing, None)
    );
    assert_eq!(alarms[2].fingerprint.len(), 16);
    for (reply, words) in [
        (Reply::ok("{}"), "did not answer like Alertmanager"),
        (Reply::status(410, "{}"), "answered 410"),
        (Reply::status(401, "{}"), "check the token"),
    ] {
        let error = held(reply).await.unwrap_err();
        assert!(error.contains(words), "{error}");
    }
}
