//! One Pod that exits since 00:05, with what it depends on.

use dogwatch_engine::{
    Blame, ChangeSource,
    report::{ChangeEntry, inspection},
};
use dogwatch_model::{
    Snapshot,
    snapshot::{AuditField, AuditRecord},
};
use dogwatch_testkit::fixture;
use jiff::Timestamp;

/// Before the Pod began to exit.
pub(crate) const BEFORE: &str = "2026-01-01T00:04:00Z";
/// After it.
pub(crate) const AFTER: &str = "2026-01-01T00:06:00Z";

const POD: &str = r#"
kind: Deployment
metadata:
  name: web
  generation: 1
  creationTimestamp: "2025-12-01T00:00:00Z"
  annotations: {meta.helm.sh/release-name: shop, meta.helm.sh/release-namespace: shop}
  labels: {argocd.argoproj.io/instance: shop}
spec:
  replicas: 1
  selector: {matchLabels: {app: web}}
  template: {metadata: {labels: {app: web}}, spec: {containers: [{name: app, image: "reg.example/web:1"}]}}
status: {observedGeneration: 1, replicas: 1, updatedReplicas: 1}
---
kind: ReplicaSet
metadata: {name: web-1, owner: Deployment/web, labels: {app: web}, creationTimestamp: "2025-12-01T00:00:00Z"}
spec: {replicas: 1, template: {metadata: {labels: {app: web}}, spec: {containers: [{name: app, image: "reg.example/web:1"}]}}}
---
kind: Pod
metadata: {name: web-1-a, owner: ReplicaSet/web-1, labels: {app: web}, creationTimestamp: "2025-12-01T00:00:00Z"}
spec:
  nodeName: n1
  containers: [{name: app, image: "reg.example/web:1", envFrom: [{configMapRef: {name: settings}}, {secretRef: {name: db}}]}]
status:
  phase: Running
  conditions:
  - {type: Ready, status: "False", reason: ContainersNotReady, lastTransitionTime: "2026-01-01T00:05:00Z"}
  containerStatuses:
  - {name: app, image: "reg.example/web:1", restartCount: 1, state: {waiting: {reason: CrashLoopBackOff}}, lastState: {terminated: {reason: Error, exitCode: 1, startedAt: "2026-01-01T00:04:58Z", finishedAt: "2026-01-01T00:05:00Z"}}}
"#;

/// The Pod and these objects.
pub(crate) fn with(yaml: &str) -> Snapshot {
    fixture::snapshot(&format!("{POD}---{yaml}"))
}

/// Changes of one source that are shown, with their verdicts.
pub(crate) fn told(snapshot: &Snapshot, source: ChangeSource) -> Vec<ChangeEntry> {
    let mut changes = inspection(snapshot, "*").changes;
    changes.retain(|entry| entry.change.source == source && entry.verdict.is_some());
    changes
}

/// The verdicts of one source.
pub(crate) fn verdicts(snapshot: &Snapshot, source: ChangeSource) -> Vec<Option<Blame>> {
    let told = told(snapshot, source);
    told.into_iter().map(|entry| entry.verdict).collect()
}

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

/// A write of Alice to an object of the Namespace of the Pod.
pub(crate) fn write(verb: &str, resource: &str, name: &str, time: &str) -> AuditRecord {
    let field = AuditField {
        path: "data.mode".into(),
        from: Some("fast".into()),
        to: "slow".into(),
    };
    AuditRecord {
        at: at(time),
        verb: verb.into(),
        user: "alice".into(),
        user_agent: "kubectl/v1.36".into(),
        group: "".into(),
        resource: resource.into(),
        subresource: "".into(),
        namespace: fixture::NAMESPACE.into(),
        name: name.into(),
        code: 200,
        fields: vec![field].into(),
        has_more: false,
    }
}
