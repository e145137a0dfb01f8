//! A change is blamed only when it came before, can be the cause, and is shown.

use dogwatch_engine::{Blame, ChangeSource};
use dogwatch_model::Snapshot;
use dogwatch_testkit::fixture;

use super::stage::{AFTER, BEFORE, told, verdicts, with, write};

const ONSET: &str = "2026-01-01T00:05:00Z";

fn audited(resource: &str, name: &str, time: &str) -> Snapshot {
    let mut snapshot = with("");
    snapshot.audit = vec![write("patch", resource, name, time)];
    snapshot
}

#[test]
fn a_config_of_the_pod_that_was_written_before_is_blamed() {
    let snapshot = audited("configmaps", "settings", BEFORE);
    let found = told(&snapshot, ChangeSource::AuditLog);
    assert_eq!(found[0].verdict, Some(Blame::Blamed));
    assert_eq!(found[0].causes, [1]);
    assert_eq!(found[0].change.actor.as_deref(), Some("alice"));
}

#[test]
fn a_write_with_or_after_the_onset_is_never_blamed() {
    for time in [ONSET, AFTER] {
        let snapshot = audited("configmaps", "settings", time);
        assert_eq!(verdicts(&snapshot, ChangeSource::AuditLog), [], "{time}");
    }
}

#[test]
fn a_write_long_before_says_nothing() {
    let snapshot = audited("configmaps", "settings", "2025-12-31T23:30:00Z");
    assert_eq!(verdicts(&snapshot, ChangeSource::AuditLog), []);
}

#[test]
fn a_config_that_the_pod_does_not_use_is_not_told() {
    let snapshot = audited("configmaps", "other", BEFORE);
    assert_eq!(verdicts(&snapshot, ChangeSource::AuditLog), []);
}

#[test]
fn a_write_whose_fields_are_not_known_coincides() {
    let mut snapshot = with("");
    let mut record = write("update", "configmaps", "settings", BEFORE);
    record.fields = Vec::new().into();
    snapshot.audit = vec![record];
    assert_eq!(
        verdicts(&snapshot, ChangeSource::AuditLog),
        [Some(Blame::Coincides)]
    );
}

fn written(time: &str) -> Snapshot {
    with(&format!(
        r#"
kind: ConfigMap
metadata:
  name: settings
  creationTimestamp: "2025-12-01T00:00:00Z"
  managedFields: [{{manager: kubectl-edit, operation: Update, time: "{time}", fieldsV1: {{"f:data": {{"f:mode": {{}}}}}}}}]
"#
    ))
}

#[test]
fn a_writer_without_the_difference_coincides_and_is_silent_afterwards() {
    let source = ChangeSource::ManagedFields;
    assert_eq!(verdicts(&written(BEFORE), source), [Some(Blame::Coincides)]);
    assert_eq!(verdicts(&written(AFTER), source), []);
}

fn released(time: &str) -> Snapshot {
    with(&format!(
        r#"
kind: Secret
metadata: {{name: sh.helm.release.v1.shop.v3, creationTimestamp: "2025-12-01T00:00:00Z", labels: {{owner: helm, name: shop, version: "3", status: superseded}}}}
---
kind: Secret
metadata: {{name: sh.helm.release.v1.shop.v4, creationTimestamp: "{time}", labels: {{owner: helm, name: shop, version: "4", status: deployed}}}}
"#
    ))
}

#[test]
fn the_release_that_owns_the_workload_is_blamed_when_it_came_before() {
    let source = ChangeSource::Helm;
    assert_eq!(verdicts(&released(BEFORE), source), [Some(Blame::Blamed)]);
    assert_eq!(verdicts(&released(AFTER), source), []);
}

fn synced(time: &str) -> Snapshot {
    with(&format!(
        r#"
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {{name: shop, namespace: argocd}}
status:
  history:
  - {{id: 1, revision: aaa, deployedAt: "2025-12-01T00:00:00Z"}}
  - {{id: 2, revision: bbb, deployedAt: "{time}"}}
"#
    ))
}

#[test]
fn the_application_that_owns_the_workload_is_blamed_when_it_came_before() {
    let source = ChangeSource::Gitops;
    assert_eq!(verdicts(&synced(BEFORE), source), [Some(Blame::Blamed)]);
    assert_eq!(verdicts(&synced(AFTER), source), []);
}

fn compared(before: &str, writes: &str) -> Snapshot {
    let config = |version: &str, writes: &str| {
        format!(
            "\nkind: ConfigMap\nmetadata: {{name: settings, creationTimestamp: \"2025-12-01T00:00:00Z\", resourceVersion: \"{version}\"{writes}}}\n"
        )
    };
    let mut snapshot = with(&config("120", writes));
    let early = format!("now: \"{before}\"\n---{}", config("100", ""));
    snapshot.before = Some(Box::new(fixture::snapshot(&early)));
    snapshot
}

#[test]
fn between_two_recordings_only_a_dated_write_proves_the_order() {
    let source = ChangeSource::Captures;
    let undated = compared(BEFORE, "");
    assert_eq!(verdicts(&undated, source), [Some(Blame::Coincides)]);
    let write = |time: &str| {
        format!(
            ", managedFields: [{{manager: alice, operation: Update, time: \"{time}\", fieldsV1: {{\"f:data\": {{\"f:a\": {{}}}}}}}}]"
        )
    };
    let dated = compared("2026-01-01T00:03:00Z", &write(BEFORE));
    assert_eq!(verdicts(&dated, source), [Some(Blame::Blamed)]);
    let later = compared("2026-01-01T00:03:00Z", &write(AFTER));
    assert_eq!(verdicts(&later, source), []);
    let afterwards = compared(AFTER, "");
    assert_eq!(verdicts(&afterwards, source), []);
}

#[test]
fn a_node_that_was_cordoned_before_is_blamed_for_pods_without_a_place() {
    let cordoned = |time: &str| {
        fixture::snapshot(&format!(
            r#"
kind: Node
metadata: {{name: n1, creationTimestamp: "2025-12-01T00:00:00Z"}}
spec: {{unschedulable: true, taints: [{{key: node.kubernetes.io/unschedulable, effect: NoSchedule, timeAdded: "{time}"}}]}}
status: {{allocatable: {{cpu: "4", memory: 8Gi, pods: "110"}}}}
---
kind: Pod
metadata: {{name: alone, creationTimestamp: "2026-01-01T00:04:30Z"}}
spec: {{containers: [{{name: app, image: "a:1"}}]}}
status:
  phase: Pending
  conditions: [{{type: PodScheduled, status: "False", reason: Unschedulable, message: "0/1 nodes are available: 1 node(s) were unschedulable.", lastTransitionTime: "{ONSET}"}}]
"#
        ))
    };
    let source = ChangeSource::Node;
    assert_eq!(verdicts(&cordoned(BEFORE), source), [Some(Blame::Blamed)]);
    assert_eq!(verdicts(&cordoned(AFTER), source), []);
}
