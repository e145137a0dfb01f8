//! `log` of a container.

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::answer::Answer;
use crate::builder::LogKey;
use crate::clock::parse;
use crate::core::Core;
use crate::errors::ApiError;
use crate::fields::{list, text};
use crate::reading::find;
use crate::request::{Call, Target};

/// Answers with the recorded log. A follow ends at the end of the record.
pub(super) fn read(core: &Core, target: &Target, call: &Call) -> Result<Answer, ApiError> {
    let pod = core.with_store(|store| find(store, target))?.value();
    let container = container(&pod, call.option("container"))?;
    let key = LogKey {
        namespace: target.place().to_owned(),
        pod: target.object().to_owned(),
        container,
        previous: call.flag("previous"),
    };
    let Some(log) = core.log(&key) else {
        return Err(no_log(&pod, &key));
    };
    let mut lines: Vec<&str> = log.split_inclusive('\n').collect();
    if let Some(since) = since(call, core.now())? {
        let recent = lines
            .iter()
            .position(|line| written(line).is_some_and(|at| at >= since));
        let timed = lines.iter().any(|line| written(line).is_some());
        // Lines without a time cannot be told old from new, so all of them stay.
        match recent {
            Some(first) => lines = lines.split_off(first),
            None if timed => lines.clear(),
            None => {}
        }
    }
    if let Some(tail) = call.number("tailLines")? {
        let tail = usize::try_from(tail).unwrap_or(usize::MAX);
        lines = lines.split_off(lines.len().saturating_sub(tail));
    }
    let mut text = lines.concat();
    if let Some(limit) = call.number("limitBytes")? {
        let mut end = usize::try_from(limit).unwrap_or(usize::MAX).min(text.len());
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        text.truncate(end);
    }
    Ok(Answer::of("text/plain", text))
}

/// The container that is meant.
fn container(pod: &Value, asked: &str) -> Result<String, ApiError> {
    let name = text(pod, "/metadata/name");
    let names = |pointer| list(pod, pointer).iter().map(|c| text(c, "/name"));
    let (own, init): (Vec<_>, Vec<_>) = (
        names("/spec/containers").collect(),
        names("/spec/initContainers").collect(),
    );
    let mut all = own
        .iter()
        .chain(&init)
        .copied()
        .chain(names("/spec/ephemeralContainers"));
    match (asked, own.as_slice()) {
        ("", [only]) => Ok((*only).to_owned()),
        ("", _) => {
            let choices = format!("choose one of: [{}]", own.join(" "));
            let inits = if init.is_empty() {
                String::new()
            } else {
                format!(" or one of the init containers: [{}]", init.join(" "))
            };
            Err(ApiError::bad_request(format!(
                "a container name must be specified for pod {name}, {choices}{inits}"
            )))
        }
        (asked, _) if all.any(|known| known == asked) => Ok(asked.to_owned()),
        (asked, _) => Err(ApiError::bad_request(format!(
            "container {asked} is not valid for pod {name}"
        ))),
    }
}

/// Why there is no log: the container has not started, or the record does not have it.
fn no_log(pod: &Value, key: &LogKey) -> ApiError {
    let LogKey {
        pod: name,
        container,
        previous,
        ..
    } = key;
    let statuses = ["/status/containerStatuses", "/status/initContainerStatuses"];
    let mut all = statuses.iter().flat_map(|pointer| list(pod, pointer));
    let status = all.find(|status| text(status, "/name") == container);
    let ended = status.is_some_and(|s| s.pointer("/lastState/terminated").is_some());
    if *previous && !ended {
        return ApiError::bad_request(format!(
            "previous terminated container \"{container}\" in pod \"{name}\" not found"
        ));
    }
    let waiting = status.map_or("", |status| text(status, "/state/waiting/reason"));
    match waiting {
        // A container that waits between two runs has a log; it is just not known here.
        _ if ended => not_recorded(key),
        "" => not_recorded(key),
        "ImagePullBackOff" | "ErrImagePull" => ApiError::bad_request(format!(
            "container \"{container}\" in pod \"{name}\" is waiting to start: trying and failing \
             to pull image"
        )),
        reason => ApiError::bad_request(format!(
            "container \"{container}\" in pod \"{name}\" is waiting to start: {reason}"
        )),
    }
}

fn not_recorded(key: &LogKey) -> ApiError {
    let LogKey { pod, container, .. } = key;
    ApiError::missing(format!(
        "the log of container \"{container}\" in pod \"{pod}\" was not recorded"
    ))
}

fn since(call: &Call, now: Timestamp) -> Result<Option<Timestamp>, ApiError> {
    if let Some(seconds) = call.number("sinceSeconds")? {
        let back = SignedDuration::from_secs(i64::try_from(seconds).unwrap_or(i64::MAX));
        return Ok(Some(now.saturating_sub(back).unwrap_or(Timestamp::MIN)));
    }
    match call.option("sinceTime") {
        "" => Ok(None),
        at => parse(at)
            .map(Some)
            .ok_or_else(|| ApiError::bad_request(format!("invalid sinceTime {at:?}"))),
    }
}

/// The RFC 3339 time at the beginning of a line.
fn written(line: &str) -> Option<Timestamp> {
    parse(line.split_ascii_whitespace().next()?)
}
