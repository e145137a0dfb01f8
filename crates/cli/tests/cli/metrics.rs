//! Metrics over time: a server on loopback that answers like Prometheus, and what is made of it.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    process::{Command, Output, Stdio},
    thread,
};

use serde_json::{Value, json};

use crate::{exits, shop, stdout};

/// The recording ends at this second; its Pods have neither limits nor requests nor a node.
const STEP: i64 = 60;

/// Minutes of history before the end of the range, and how many of them are behind the step.
const MINUTES: i64 = 119;
const BUSY: i64 = 40;

/// Serves until the test ends, and gives its address.
fn serve(has_data: bool) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            // A client that goes away needs no answer.
            drop(answer(stream, has_data));
        }
    });
    format!("http://{address}/below/a/path")
}

fn answer(mut stream: TcpStream, has_data: bool) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let mut length = 0;
    loop {
        let mut header = String::new();
        reader.read_line(&mut header)?;
        if let Some(value) = header.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap_or(0);
        }
        if header.trim().is_empty() {
            break;
        }
    }
    let mut form = vec![0; length];
    reader.read_exact(&mut form)?;
    let body = said(&line, &String::from_utf8_lossy(&form), has_data).to_string();
    write!(
        stream,
        "HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )
}

fn said(line: &str, form: &str, has_data: bool) -> Value {
    assert!(line.contains("/below/a/path/api/v"), "{line}");
    if line.contains("/alerts") {
        return json!({"status": "success", "data": {"alerts": [
            {"labels": {"alertname": "Busy", "namespace": "shop", "pod": "api-1-a"},
             "state": "firing", "value": "9e+01", "activeAt": "2026-01-01T00:10:00Z"},
            {"labels": {"alertname": "Elsewhere", "namespace": "other", "pod": "x"},
             "state": "firing", "value": "1"}]}});
    }
    let result = if has_data && line.contains("query_range") {
        series(form)
    } else {
        json!([])
    };
    json!({"status": "success", "data": {"resultType":
        if line.contains("query_range") { "matrix" } else { "vector" }, "result": result}})
}

/// 31 % of a core, and 92 % of it in the last minutes.
fn series(form: &str) -> Value {
    if !form.contains("container_cpu") {
        return json!([]);
    }
    let end = form.split('&').find_map(|pair| pair.strip_prefix("end="));
    let end = end.expect("there is an end").replace("%3A", ":");
    let end: jiff::Timestamp = end.parse().expect("a time");
    let values: Vec<Value> = (0..=MINUTES)
        .map(|minute| {
            let wave = if minute % 2 == 0 { 0.01 } else { -0.01 };
            let used = if minute > MINUTES - BUSY { 0.92 } else { 0.31 };
            let at = end.as_second() - (MINUTES - minute) * STEP;
            json!([at, (used + wave).to_string()])
        })
        .collect();
    json!([{"metric": {"namespace": "shop", "pod": "api-1-a"}, "values": values}])
}

fn dogwatch(url: &str, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_dogwatch"));
    command
        .env_clear()
        .env("HOME", "/nonexistent")
        .env("DOGWATCH_PROMETHEUS_URL", url)
        .stdin(Stdio::null())
        .args(arguments);
    command.output().expect("the binary starts")
}

/// The report of the Deployment in one format.
fn report(url: &str, format: &str) -> String {
    let folder = shop::folder_with_limits();
    let output = dogwatch(
        url,
        &[
            "--quiet",
            "report",
            "deployment/api",
            "-n",
            "shop",
            "--exit-zero",
            "-o",
            format,
            "--from",
            folder.path().to_str().expect("a path"),
        ],
    );
    exits(&output, 0);
    stdout(&output)
}

#[test]
fn a_report_names_the_change_and_draws_it() {
    let url = serve(true);
    let page = report(&url, "html");
    assert!(
        page.contains("CPU of Pod shop/api-1-a rose from 31 % to 92 % of its limit at "),
        "{page}"
    );
    assert!(
        page.contains("<desc>") && page.contains("class=\"moment\""),
        "{page}"
    );
    assert!(!page.contains("<script"));
    let markdown = report(&url, "markdown");
    assert!(
        markdown.contains("min 30.0, max 93.0, last 91.0 % of limit"),
        "{markdown}"
    );
    assert!(
        markdown.contains("memory of Pods: no data for api-1-a"),
        "{markdown}"
    );
    let machine: Value = serde_json::from_str(&report(&url, "json")).expect("JSON");
    let entry = &machine["usage"]["entries"][0];
    assert_eq!(
        (&entry["basis"], &entry["word"]),
        (&json!("limit"), &json!("critical"))
    );
    assert_eq!(
        entry["change_points"].as_array().map(Vec::len),
        Some(1),
        "{entry}"
    );
    let text = report(&url, "text");
    assert!(
        text.contains("CPU of the Pods") && text.contains('▁'),
        "{text}"
    );
}

#[test]
fn no_data_and_no_source_are_said_and_are_not_zero() {
    let nothing = report(&serve(false), "markdown");
    assert!(
        nothing.contains("CPU of Pods: no data for api-1-a"),
        "{nothing}"
    );
    assert!(!nothing.contains("CPU and memory over time"), "{nothing}");
    let unset = report("", "markdown");
    assert!(unset.contains("no metrics source is configured"), "{unset}");
    let dead = report("http://127.0.0.1:1", "markdown");
    assert!(dead.contains("no connection"), "{dead}");
}

#[test]
fn actions_give_numbers_and_never_whole_series() {
    let url = serve(true);
    let folder = shop::folder_with_limits();
    let from = format!("from={}", folder.path().display());
    let call = |name: &str, more: &[&str]| -> Value {
        let mut words = vec!["action", name, "region=x", &from];
        words.extend(more);
        let output = dogwatch(&url, &words);
        exits(&output, 0);
        serde_json::from_str(&stdout(&output)).expect("JSON")
    };
    let said = call(
        "huawei_get_aom_metrics",
        &["aom_instance_id=i", "query=container_cpu", "hours=2"],
    );
    let series = &said["series"][0];
    assert_eq!(series["summary"]["samples"], 120);
    assert_eq!(
        series["change_points"][0]["after"].as_f64().map(f64::round),
        Some(1.0)
    );
    assert!(series.get("values").is_none() && series.get("points").is_none());
    let nodes = call("huawei_get_cce_node_metrics_topN", &["cluster_id=c"]);
    assert_eq!(nodes["cpu"]["state"], "no data");
    let context = call(
        "huawei_get_observability_context",
        &[
            "cluster_id=c",
            "namespace=shop",
            "workload_name=api",
            "hours=2",
        ],
    );
    let alarms = &context["signals"]["alarms"];
    assert_eq!(alarms.as_array().map(Vec::len), Some(1), "{alarms}");
    assert_eq!(alarms[0]["state"], "firing");
    let entry = &context["signals"]["metrics"]["over_time"][0];
    assert_eq!(entry["object"]["name"], "api-1-a", "{context}");
}
