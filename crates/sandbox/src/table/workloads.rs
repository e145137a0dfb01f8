//! Tables of workloads.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::Sheet;
use super::cells::{age, containers, flag, name, selector, since, text_or};
use super::column::Column;
use crate::clock::{human, parse};
use crate::fields::{condition_true, count, int, is_true, list, text};

pub(super) const DEPLOYMENT: Sheet = Sheet {
    columns: &[
        Column::name(),
        Column::text("Ready"),
        Column::text("Up-to-date"),
        Column::text("Available"),
        Column::text("Age"),
        Column::wide("Containers"),
        Column::wide("Images"),
        Column::wide("Selector"),
    ],
    cells: |object, now| {
        let [names, images] = containers(object, TEMPLATE);
        vec![
            name(object),
            json!(format!(
                "{}/{}",
                count(object, "/status/readyReplicas"),
                desired(object)
            )),
            json!(count(object, "/status/updatedReplicas")),
            json!(count(object, "/status/availableReplicas")),
            age(object, now),
            names,
            images,
            selector(object, "/spec/selector"),
        ]
    },
};

pub(super) const REPLICA_SET: Sheet = Sheet {
    columns: &[
        Column::name(),
        Column::int("Desired"),
        Column::int("Current"),
        Column::int("Ready"),
        Column::text("Age"),
        Column::wide("Containers"),
        Column::wide("Images"),
        Column::wide("Selector"),
    ],
    cells: |object, now| {
        let [names, images] = containers(object, TEMPLATE);
        vec![
            name(object),
            json!(desired(object)),
            json!(count(object, "/status/replicas")),
            json!(count(object, "/status/readyReplicas")),
            age(object, now),
            names,
            images,
            selector(object, "/spec/selector"),
        ]
    },
};

pub(super) const STATEFUL_SET: Sheet = Sheet {
    columns: &[
        Column::name(),
        Column::text("Ready"),
        Column::text("Age"),
        Column::wide("Containers"),
        Column::wide("Images"),
    ],
    cells: |object, now| {
        let [names, images] = containers(object, TEMPLATE);
        let ready = format!(
            "{}/{}",
            count(object, "/status/readyReplicas"),
            desired(object)
        );
        vec![name(object), json!(ready), age(object, now), names, images]
    },
};

pub(super) const DAEMON_SET: Sheet = Sheet {
    columns: &[
        Column::name(),
        Column::int("Desired"),
        Column::int("Current"),
        Column::int("Ready"),
        Column::int("Up-to-date"),
        Column::int("Available"),
        Column::text("Node Selector"),
        Column::text("Age"),
        Column::wide("Containers"),
        Column::wide("Images"),
        Column::wide("Selector"),
    ],
    cells: |object, now| {
        let [names, images] = containers(object, TEMPLATE);
        vec![
            name(object),
            json!(count(object, "/status/desiredNumberScheduled")),
            json!(count(object, "/status/currentNumberScheduled")),
            json!(count(object, "/status/numberReady")),
            json!(count(object, "/status/updatedNumberScheduled")),
            json!(count(object, "/status/numberAvailable")),
            super::cells::pairs(object, "/spec/template/spec/nodeSelector"),
            age(object, now),
            names,
            images,
            selector(object, "/spec/selector"),
        ]
    },
};

pub(super) const REVISION: Sheet = Sheet {
    columns: &[
        Column::name(),
        Column::text("Controller"),
        Column::text("Revision"),
        Column::text("Age"),
    ],
    cells: |object, now| {
        let owners = list(object, "/metadata/ownerReferences");
        let controller = owners.iter().find(|owner| is_true(owner, "/controller"));
        let controller = controller.map_or("<none>".to_owned(), |owner| {
            let group = text(owner, "/apiVersion")
                .split_once('/')
                .map_or("", |(group, _)| group);
            let kind = crate::kinds::qualify(&text(owner, "/kind").to_lowercase(), group);
            format!("{kind}/{}", text(owner, "/name"))
        });
        vec![
            name(object),
            json!(controller),
            json!(count(object, "/revision")),
            age(object, now),
        ]
    },
};

pub(super) const JOB: Sheet = Sheet {
    columns: &[
        Column::name(),
        Column::text("Status"),
        Column::text("Completions"),
        Column::text("Duration"),
        Column::text("Age"),
        Column::wide("Containers"),
        Column::wide("Images"),
        Column::wide("Selector"),
    ],
    cells: |object, now| {
        let [names, images] = containers(object, TEMPLATE);
        vec![
            name(object),
            json!(job_status(object)),
            json!(completions(object)),
            json!(duration(object, now)),
            age(object, now),
            names,
            images,
            selector(object, "/spec/selector"),
        ]
    },
};

pub(super) const CRON_JOB: Sheet = Sheet {
    columns: &[
        Column::name(),
        Column::text("Schedule"),
        Column::text("Timezone"),
        Column::flag("Suspend"),
        Column::int("Active"),
        Column::text("Last Schedule"),
        Column::text("Age"),
        Column::wide("Containers"),
        Column::wide("Images"),
        Column::wide("Selector"),
    ],
    cells: |object, now| {
        let [names, images] = containers(object, "/spec/jobTemplate/spec/template/spec");
        let last = text(object, "/status/lastScheduleTime");
        let last = if last.is_empty() {
            "<none>".to_owned()
        } else {
            since(last, now)
        };
        vec![
            name(object),
            json!(text(object, "/spec/schedule")),
            text_or(object, "/spec/timeZone", "<none>"),
            flag(object, "/spec/suspend", "<unset>"),
            json!(list(object, "/status/active").len()),
            json!(last),
            age(object, now),
            names,
            images,
            selector(object, "/spec/jobTemplate/spec/selector"),
        ]
    },
};

const TEMPLATE: &str = "/spec/template/spec";

/// `spec.replicas`, which is 1 when absent.
fn desired(object: &Value) -> i64 {
    int(object, "/spec/replicas").unwrap_or(1)
}

fn job_status(job: &Value) -> &'static str {
    let deleted = job
        .pointer("/metadata/deletionTimestamp")
        .is_some_and(Value::is_string);
    match () {
        () if condition_true(job, "Complete") => "Complete",
        () if condition_true(job, "Failed") => "Failed",
        () if deleted => "Terminating",
        () if condition_true(job, "Suspended") => "Suspended",
        () if condition_true(job, "FailureTarget") => "FailureTarget",
        () if condition_true(job, "SuccessCriteriaMet") => "SuccessCriteriaMet",
        () => "Running",
    }
}

fn completions(job: &Value) -> String {
    let succeeded = count(job, "/status/succeeded");
    let parallelism = count(job, "/spec/parallelism");
    match int(job, "/spec/completions") {
        Some(wanted) => format!("{succeeded}/{wanted}"),
        None if parallelism > 1 => format!("{succeeded}/1 of {parallelism}"),
        None => format!("{succeeded}/1"),
    }
}

fn duration(job: &Value, now: Timestamp) -> String {
    let Some(start) = parse(text(job, "/status/startTime")) else {
        return String::new();
    };
    let end = parse(text(job, "/status/completionTime")).unwrap_or(now);
    human(end.as_second() - start.as_second())
}
