//! A change is blamed only with a field that can cause the finding, and only when it came before.

use dogwatch_engine::{
    Blame,
    report::{ChangeEntry, object},
};
use dogwatch_model::{Kind, ObjectRef};
use dogwatch_testkit::fixture;

struct Case<'a> {
    /// Template of the version before and of the new one, without their frame.
    old: &'a str,
    new: &'a str,
    /// When the new version was made.
    made: &'a str,
}

fn change(case: &Case<'_>) -> Option<ChangeEntry> {
    let template = |spec: &str| {
        format!("{{metadata: {{labels: {{app: web}}}}, spec: {{containers: [{spec}]}}}}")
    };
    let yaml = format!(
        r#"
kind: Deployment
metadata: {{name: web, generation: 2}}
spec:
  replicas: 1
  selector: {{matchLabels: {{app: web}}}}
  template: {new}
status: {{observedGeneration: 2, replicas: 2, updatedReplicas: 1, readyReplicas: 1, availableReplicas: 1}}
---
kind: ReplicaSet
metadata: {{name: web-old, owner: Deployment/web, labels: {{app: web}}, annotations: {{deployment.kubernetes.io/revision: "1"}}, creationTimestamp: "2025-12-31T00:00:00Z"}}
spec: {{replicas: 1, template: {old}}}
---
kind: ReplicaSet
metadata: {{name: web-new, owner: Deployment/web, labels: {{app: web}}, annotations: {{deployment.kubernetes.io/revision: "2"}}, creationTimestamp: "{made}"}}
spec: {{replicas: 1, template: {new}}}
---
kind: Pod
metadata: {{name: web-new-1, owner: ReplicaSet/web-new, labels: {{app: web}}, creationTimestamp: "{made}"}}
spec: {{nodeName: n1, containers: [{container}]}}
status:
  phase: Running
  conditions:
  - {{type: Ready, status: "False", reason: ContainersNotReady, lastTransitionTime: "2026-01-01T00:05:00Z"}}
  containerStatuses:
  - {{name: app, image: "reg.example/web:2", restartCount: 3, state: {{waiting: {{reason: CrashLoopBackOff}}}}, lastState: {{terminated: {{reason: OOMKilled, exitCode: 137, startedAt: "2026-01-01T00:04:00Z", finishedAt: "2026-01-01T00:05:00Z"}}}}}}
"#,
        new = template(case.new),
        old = template(case.old),
        made = case.made,
        container = case.new,
    );
    let snapshot = fixture::snapshot(&yaml);
    let target = ObjectRef::named(Kind::Deployment, fixture::NAMESPACE, "web");
    let report = object(&snapshot, &target, 5);
    assert_eq!(report.top_causes[0].mode, "oom-killed-container");
    report.changes.into_iter().next()
}

const SOON: &str = "2026-01-01T00:03:00Z";

#[test]
fn a_lower_limit_is_blamed_for_an_oom() {
    let found = change(&Case {
        old: r#"{name: app, image: "reg.example/web:2", resources: {limits: {memory: 512Mi}}}"#,
        new: r#"{name: app, image: "reg.example/web:2", resources: {limits: {memory: 64Mi}}}"#,
        made: SOON,
    })
    .expect("there is a change");
    assert_eq!(
        (found.verdict, found.causes.as_slice()),
        (Some(Blame::Blamed), &[1][..])
    );
    let field = &found.change.fields[0];
    assert_eq!(field.path, "containers[app].resources.limits.memory");
    assert_eq!((&*field.from, &*field.to), ("512Mi", "64Mi"));
}

#[test]
fn another_field_only_coincides() {
    let found = change(&Case {
        old: r#"{name: app, image: "reg.example/web:2", ports: [{name: http, containerPort: 80}]}"#,
        new: r#"{name: app, image: "reg.example/web:2", ports: [{name: http, containerPort: 81}]}"#,
        made: SOON,
    });
    assert_eq!(
        found.and_then(|entry| entry.verdict),
        Some(Blame::Coincides)
    );
}

#[test]
fn a_change_long_before_is_not_blamed() {
    let found = change(&Case {
        old: r#"{name: app, image: "reg.example/web:1"}"#,
        new: r#"{name: app, image: "reg.example/web:2"}"#,
        made: "2025-12-31T20:00:00Z",
    });
    assert_eq!(found.expect("the change is shown").verdict, None);
}

#[test]
fn values_of_variables_are_never_shown() {
    let found = change(&Case {
        old: r#"{name: app, image: "reg.example/web:2", env: [{name: P, value: hunter1}]}"#,
        new: r#"{name: app, image: "reg.example/web:2", env: [{name: P, value: hunter2}]}"#,
        made: SOON,
    })
    .expect("there is a change");
    assert!(found.change.has_unread_fields && found.change.fields.is_empty());
    assert!(!format!("{found:?}").contains("hunter"));
}
