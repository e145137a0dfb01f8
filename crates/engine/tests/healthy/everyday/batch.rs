//! Jobs and CronJobs.

use serde_json::{Value, json};

use super::{Everyday, condition, owned_by};

/// A Pod of a Job that ended with an exit code.
fn ended(day: &mut Everyday, job: &str, pod: &str, code: i64, at: &str) {
    let succeeded = code == 0;
    let reason = if succeeded { "Completed" } else { "Error" };
    let end = json!({"exitCode": code, "reason": reason, "startedAt": "2026-03-01T09:10:00Z",
        "finishedAt": at});
    let phase = if succeeded { "Succeeded" } else { "Failed" };
    day.add_pod_like(
        0,
        pod,
        &json!({
            "metadata": {"ownerReferences": owned_by("Job", job, "batch/v1"),
                "labels": {"batch.kubernetes.io/job-name": job, "app.kubernetes.io/name": job,
                    "pod-template-hash": null}},
            "spec": {"restartPolicy": "Never"},
            "status": {"phase": phase,
                "conditions": [condition("Ready", "False", "PodCompleted", at),
                    condition("PodScheduled", "True", "", at)],
                "containerStatuses": [{"name": "main", "ready": false, "restartCount": 0,
                    "image": "registry.example/app:1.4.2", "state": {"terminated": end}}]},
        }),
    );
}

fn job(day: &mut Everyday, name: &str, rest: &Value) {
    let mut all = json!({
        "spec": {"parallelism": 1, "completions": 1, "backoffLimit": 6,
            "template": {"spec": {"restartPolicy": "Never", "containers": [
                {"name": "main", "image": "registry.example/app:1.4.2"}]}}},
        "status": {"startTime": "2026-03-01T09:10:00Z"}});
    super::merge(&mut all, rest);
    day.add("batch/v1", "Job", name, &all);
}

pub(super) fn job_done(day: &mut Everyday) {
    let at = "2026-03-01T09:12:00Z";
    job(
        day,
        "import",
        &json!({"status": {"succeeded": 1, "completionTime": at,
            "conditions": [condition("Complete", "True", "CompletionsReached", at)]}}),
    );
    ended(day, "import", "import-x7k2p", 0, at);
}

pub(super) fn job_done_at_second_try(day: &mut Everyday) {
    let at = "2026-03-01T09:15:00Z";
    job(
        day,
        "migrate",
        &json!({"status": {"succeeded": 1, "failed": 1, "completionTime": at,
            "conditions": [condition("Complete", "True", "CompletionsReached", at)]}}),
    );
    ended(day, "migrate", "migrate-aaaaa", 1, "2026-03-01T09:12:00Z");
    ended(day, "migrate", "migrate-bbbbb", 0, at);
}

pub(super) fn job_runs(day: &mut Everyday) {
    job(
        day,
        "report",
        &json!({"spec": {"activeDeadlineSeconds": 7200}, "status": {"active": 1, "ready": 1}}),
    );
    day.add_pod_like(
        0,
        "report-qqqqq",
        &json!({"metadata": {"ownerReferences": owned_by("Job", "report", "batch/v1"),
            "labels": {"app.kubernetes.io/name": "report", "pod-template-hash": null}},
            "spec": {"restartPolicy": "Never"}}),
    );
}

fn cron_job(day: &mut Everyday, name: &str, rest: &Value) {
    let mut all = json!({
        "spec": {"schedule": "*/5 * * * *", "concurrencyPolicy": "Forbid", "suspend": false,
            "successfulJobsHistoryLimit": 3, "failedJobsHistoryLimit": 1,
            "jobTemplate": {"spec": {"template": {"spec": {"restartPolicy": "OnFailure",
                "containers": [{"name": "main", "image": "registry.example/app:1.4.2"}]}}}}}});
    super::merge(&mut all, rest);
    day.add("batch/v1", "CronJob", name, &all);
}

pub(super) fn cron_job_suspended(day: &mut Everyday) {
    cron_job(
        day,
        "cleanup",
        &json!({"metadata": {"creationTimestamp": "2026-01-01T08:00:00Z"},
            "spec": {"suspend": true},
            "status": {"lastScheduleTime": "2026-02-01T08:00:00Z",
                "lastSuccessfulTime": "2026-02-01T08:01:00Z"}}),
    );
}

pub(super) fn cron_job_runs(day: &mut Everyday) {
    cron_job(
        day,
        "sync",
        &json!({"status": {"lastScheduleTime": "2026-03-01T09:55:00Z",
            "lastSuccessfulTime": "2026-03-01T09:55:40Z"}}),
    );
}

/// A CronJob whose time has just come: its Pod is being started.
pub(super) fn cron_job_begins(day: &mut Everyday) {
    let at = "2026-03-01T09:59:00Z";
    cron_job(
        day,
        "ten",
        &json!({"spec": {"schedule": "59 9 * * *"}, "status": {"lastScheduleTime": at,
            "active": [{"kind": "Job", "namespace": super::NAMESPACE, "name": "ten-1"}]}}),
    );
    job(
        day,
        "ten-1",
        &json!({"metadata": {"creationTimestamp": at,
                "ownerReferences": owned_by("CronJob", "ten", "batch/v1")},
            "status": {"startTime": at, "active": 1}}),
    );
    day.add_pod_like(
        0,
        "ten-1-ccccc",
        &json!({"metadata": {"creationTimestamp": at,
                "ownerReferences": owned_by("Job", "ten-1", "batch/v1"),
                "labels": {"app.kubernetes.io/name": "ten", "pod-template-hash": null}},
            "spec": {"restartPolicy": "OnFailure"},
            "status": {"phase": "Pending", "startTime": at,
                "conditions": [condition("PodScheduled", "True", "", at),
                    condition("Ready", "False", "ContainersNotReady", at)],
                "containerStatuses": [{"name": "main", "ready": false, "restartCount": 0,
                    "image": "registry.example/app:1.4.2",
                    "state": {"waiting": {"reason": "ContainerCreating"}}}]}}),
    );
}
