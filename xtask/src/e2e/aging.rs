//! Makes objects older than they are, in etcd: no API lets anybody change when something was made.
//!
//! Many faults are one only after minutes: a load balancer takes some, a claim that is deleted may
//! just have to wait for its Pod. Every time in the object moves by the same span, so that nothing
//! is said about it that would not be true after waiting for as long.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use anyhow::{Context as _, Result, bail, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

/// How often a write is tried again because somebody else was faster.
const TRIES: usize = 10;

/// Moves every time of the object under `key`, or of all objects under it when it ends in `/`, into
/// the past.
pub(crate) fn age(port: u16, key: &str, minutes: i64) -> Result<()> {
    let found = range(port, key)?;
    ensure!(!found.is_empty(), "etcd has nothing under {key}");
    for entry in &found {
        let key = decoded(entry, "key")?;
        age_one(port, &key, minutes).with_context(|| format!("make {key} older"))?;
    }
    Ok(())
}

fn age_one(port: u16, key: &str, minutes: i64) -> Result<()> {
    for _ in 0..TRIES {
        let found = range(port, key)?;
        // It may have been deleted since it was listed.
        let Some(entry) = found.first() else {
            return Ok(());
        };
        let mut object: Value =
            serde_json::from_str(&decoded(entry, "value")?).context("the object is not JSON")?;
        move_back(&mut object, SignedDuration::from_mins(minutes));
        if write(port, entry, &object.to_string())? {
            return Ok(());
        }
    }
    bail!("somebody else writes it all the time")
}

/// Moves every time in the value.
fn move_back(value: &mut Value, by: SignedDuration) {
    match value {
        Value::String(text) => {
            if let Some(earlier) = earlier(text, by) {
                *text = earlier;
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| move_back(item, by)),
        Value::Object(fields) => fields.values_mut().for_each(|field| move_back(field, by)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// The same time earlier, with as many digits; none when the text is no time.
fn earlier(text: &str, by: SignedDuration) -> Option<String> {
    let time: Timestamp = text.parse().ok()?;
    let (_, fraction) = text.split_once('.').unwrap_or_default();
    let digits = fraction.trim_end_matches('Z').len();
    let time = time.checked_sub(by).ok()?;
    Some(format!("{time:.digits$}"))
}

/// Entries of etcd: one, or all whose key begins so.
fn range(port: u16, key: &str) -> Result<Vec<Value>> {
    let mut asked = json!({"key": BASE64.encode(key)});
    if let Some(folder) = key.strip_suffix('/') {
        // The byte after a slash ends the range.
        asked["range_end"] = json!(BASE64.encode(format!("{folder}0")));
    }
    let answer = call(port, "/v3/kv/range", &asked)?;
    let found = answer.get("kvs").and_then(Value::as_array);
    Ok(found.cloned().unwrap_or_default())
}

/// Writes an entry; false when it has changed since it was read.
fn write(port: u16, entry: &Value, value: &str) -> Result<bool> {
    let key = &entry["key"];
    let lease = entry.get("lease").cloned().unwrap_or_else(|| json!("0"));
    let put = json!({"key": key, "value": BASE64.encode(value), "lease": lease});
    let asked = json!({
        "compare": [{"key": key, "target": "MOD", "mod_revision": entry["mod_revision"]}],
        "success": [{"request_put": put}],
    });
    let answer = call(port, "/v3/kv/txn", &asked)?;
    Ok(answer.get("succeeded") == Some(&Value::Bool(true)))
}

fn decoded(entry: &Value, field: &str) -> Result<String> {
    let text = entry[field].as_str().unwrap_or_default();
    let bytes = BASE64
        .decode(text)
        .context("etcd answers no such encoding")?;
    String::from_utf8(bytes).with_context(|| format!("the {field} is not UTF-8"))
}

/// One call of the JSON gateway. HTTP/1.0 ends the answer with the connection.
fn call(port: u16, path: &str, asked: &Value) -> Result<Value> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).context("reach etcd")?;
    let body = asked.to_string();
    write!(
        stream,
        "POST {path} HTTP/1.0\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
    .context("ask etcd")?;
    let mut answer = String::new();
    stream
        .read_to_string(&mut answer)
        .context("hear the answer of etcd")?;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_default();
    let status = head.lines().next().unwrap_or_default();
    ensure!(status.contains(" 200"), "etcd answers {status:?}: {body}");
    serde_json::from_str(body).context("etcd answers no JSON")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_time_moves_and_nothing_else() {
        let mut object = json!({
            "metadata": {"name": "web", "creationTimestamp": "2026-01-02T03:04:05Z"},
            "spec": {"renewTime": "2026-01-02T03:04:05.000600Z", "replicas": 2, "paused": false},
            "status": {"conditions": [{"lastTransitionTime": "2026-01-01T00:05:00Z", "message": "1"}]},
        });
        move_back(&mut object, SignedDuration::from_mins(10));
        let expected = json!({
            "metadata": {"name": "web", "creationTimestamp": "2026-01-02T02:54:05Z"},
            "spec": {"renewTime": "2026-01-02T02:54:05.000600Z", "replicas": 2, "paused": false},
            "status": {"conditions": [{"lastTransitionTime": "2025-12-31T23:55:00Z", "message": "1"}]},
        });
        assert_eq!(object, expected);
    }
}
