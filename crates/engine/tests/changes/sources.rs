//! Each source tells of what changed, and of nothing else.

use dogwatch_engine::{Act, Change, ChangeSource, changes};
use dogwatch_model::{
    Snapshot,
    snapshot::{HelmHook, HelmRelease},
};
use dogwatch_testkit::fixture;

use super::stage::{AFTER, BEFORE, at, with, write};

fn of(snapshot: &Snapshot, source: ChangeSource) -> Vec<Change> {
    let mut all = changes(snapshot);
    all.retain(|change| change.source == source);
    all
}

fn service(writer: &str, subresource: &str) -> Snapshot {
    fixture::snapshot(&format!(
        r#"
kind: Service
metadata:
  name: web
  creationTimestamp: "2025-12-01T00:00:00Z"
  managedFields:
  - {{manager: {writer}, operation: Update, subresource: "{subresource}", time: "{BEFORE}", fieldsV1: {{"f:spec": {{"f:selector": {{"f:app": {{}}}}}}}}}}
spec: {{selector: {{app: web}}}}
"#
    ))
}

#[test]
fn a_write_names_who_when_and_which_fields() {
    let found = of(&service("kubectl-edit", ""), ChangeSource::ManagedFields);
    let [change] = found.as_slice() else {
        panic!("{found:?}")
    };
    assert_eq!(change.actor.as_deref(), Some("kubectl-edit"));
    assert_eq!(change.at, Some(at(BEFORE)));
    assert_eq!(change.touched, ["spec.selector.app"]);
    assert!(!change.is_shown(), "what it was is not known");
}

#[test]
fn components_and_status_writes_are_no_changes() {
    for (writer, subresource) in [("kube-controller-manager", ""), ("kubectl-edit", "status")] {
        let found = of(&service(writer, subresource), ChangeSource::ManagedFields);
        assert_eq!(found, [], "{writer} {subresource}");
    }
}

#[test]
fn nodes_that_came_and_went_were_cordoned_or_changed_state_are_told() {
    let found = of(
        &fixture::snapshot(
            r#"
kind: Node
metadata: {name: n1, uid: new, creationTimestamp: "2026-01-01T00:03:00Z"}
---
kind: Node
metadata: {name: n2, creationTimestamp: "2025-12-01T00:00:00Z"}
spec: {unschedulable: true, taints: [{key: node.kubernetes.io/unschedulable, effect: NoSchedule, timeAdded: "2026-01-01T00:02:00Z"}]}
status: {conditions: [{type: Ready, status: "False", lastTransitionTime: "2026-01-01T00:01:00Z"}]}
---
kind: Node
metadata: {name: n3, creationTimestamp: "2025-12-01T00:00:00Z"}
status: {conditions: [{type: Ready, status: "True", lastTransitionTime: "2025-12-01T00:01:00Z"}]}
---
kind: Event
involvedObject: {kind: Node, name: n1, uid: old}
reason: RemovingNode
lastTimestamp: "2026-01-01T00:02:30Z"
---
kind: Event
involvedObject: {kind: Node, name: n9, uid: gone}
reason: RemovingNode
lastTimestamp: "2026-01-01T00:00:30Z"
"#,
        ),
        ChangeSource::Node,
    );
    let told: Vec<String> = found
        .iter()
        .map(|change| {
            let fields = change.fields.iter();
            let fields: Vec<String> = fields
                .map(|field| format!("{}: {} -> {}", field.path, field.from, field.to))
                .collect();
            format!(
                "{} {:?} {}",
                change.object.name,
                change.act,
                fields.join(", ")
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            "n1 Created metadata.uid: old -> new",
            "n2 Updated spec.unschedulable:  -> true",
            "n2 Updated status.conditions[Ready].status: not False -> False",
            "n9 Deleted ",
        ]
    );
}

#[test]
fn what_argo_and_flux_applied_is_told_by_their_history() {
    let found = of(
        &fixture::snapshot(
            r#"
apiVersion: argoproj.io/v1alpha1
kind: Application
metadata: {name: shop, namespace: argocd}
status:
  history:
  - {id: 1, revision: aaa, deployedAt: "2025-12-01T00:00:00Z"}
  - {id: 2, revision: bbb, deployedAt: "2026-01-01T00:04:00Z", initiatedBy: {username: alice}}
---
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: db, namespace: flux}
status:
  history:
  - {version: 4, chartName: pg, chartVersion: 2.0.0, status: failed, lastDeployed: "2026-01-01T00:03:00Z"}
  - {version: 3, chartName: pg, chartVersion: 1.9.0, status: superseded, lastDeployed: "2025-12-01T00:03:00Z"}
---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: apps, namespace: flux}
status:
  lastAppliedRevision: main@sha1:1
  lastAttemptedRevision: main@sha1:2
  conditions: [{type: Ready, status: "False", reason: BuildFailed, lastTransitionTime: "2026-01-01T00:02:00Z"}]
---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: calm, namespace: flux}
status:
  lastAppliedRevision: main@sha1:2
  lastAttemptedRevision: main@sha1:2
  conditions: [{type: Ready, status: "True", reason: ReconciliationSucceeded, lastTransitionTime: "2025-12-01T00:02:00Z"}]
"#,
        ),
        ChangeSource::Gitops,
    );
    let told: Vec<_> = found
        .iter()
        .map(|change| (&*change.object.name, &*change.before, &*change.version))
        .collect();
    assert_eq!(
        told,
        [
            ("shop", "aaa", "bbb"),
            ("db", "3", "4"),
            ("apps", "main@sha1:1", "main@sha1:2")
        ]
    );
    assert_eq!(found[0].actor.as_deref(), Some("alice"));
    assert_eq!(found[1].fields[0].path, "chartVersion");
}

const RELEASE: &str = r#"
kind: Secret
metadata: {name: sh.helm.release.v1.shop.v3, creationTimestamp: "2025-12-01T00:00:00Z", labels: {owner: helm, name: shop, version: "3", status: superseded}}
---
kind: Secret
metadata: {name: sh.helm.release.v1.shop.v4, creationTimestamp: "2026-01-01T00:04:00Z", labels: {owner: helm, name: shop, version: "4", status: failed}}
---
kind: Secret
metadata: {name: other, creationTimestamp: "2026-01-01T00:04:00Z", labels: {owner: someone, name: other, version: "4", status: failed}}
"#;

#[test]
fn revisions_of_helm_are_told_by_the_labels_of_their_secrets() {
    let found = of(&fixture::snapshot(RELEASE), ChangeSource::Helm);
    let [change] = found.as_slice() else {
        panic!("{found:?}")
    };
    assert_eq!(change.title(), "Helm release shop: revision 3 -> 4");
    assert_eq!(change.fields[0].to, "failed");
}

#[test]
fn opened_releases_tell_the_chart_as_well() {
    let mut snapshot = fixture::snapshot(RELEASE);
    for (revision, version) in [(3, "1.2.0"), (4, "1.3.0")] {
        snapshot.releases.push(HelmRelease {
            namespace: fixture::NAMESPACE.into(),
            name: "shop".into(),
            revision,
            status: "failed".into(),
            chart: "shop".into(),
            chart_version: version.into(),
            hooks: vec![HelmHook {
                name: "migrate".into(),
                kind: "Job".into(),
                events: vec!["pre-upgrade".into()].into(),
                phase: "Failed".into(),
                ..HelmHook::default()
            }]
            .into(),
            ..HelmRelease::default()
        });
    }
    let found = of(&snapshot, ChangeSource::Helm);
    let field = &found[0].fields[0];
    assert_eq!(
        (&*field.path, &*field.from, &*field.to),
        ("chart version", "1.2.0", "1.3.0")
    );
    let hook = found[0].fields.last().unwrap();
    assert_eq!(
        (&*hook.path, &*hook.to),
        ("hook Job/migrate (pre-upgrade)", "Failed")
    );
}

#[test]
fn an_audit_log_tells_of_what_people_wrote_and_what_was_not_rejected() {
    let mut snapshot = with("");
    let mut rejected = write("update", "configmaps", "rejected", BEFORE);
    rejected.code = 403;
    let mut controller = write("update", "pods", "web-1-a", BEFORE);
    controller.user = "system:kube-scheduler".into();
    snapshot.audit = vec![
        write("patch", "configmaps", "settings", BEFORE),
        write("delete", "services", "web", AFTER),
        rejected,
        controller,
    ];
    let found = of(&snapshot, ChangeSource::AuditLog);
    let told: Vec<_> = found
        .iter()
        .map(|change| (&*change.object.name, change.act, change.actor.as_deref()))
        .collect();
    assert_eq!(
        told,
        [
            ("web", Act::Deleted, Some("alice")),
            ("settings", Act::Updated, Some("alice"))
        ]
    );
}

#[test]
fn a_new_version_and_the_write_behind_it_are_one_change() {
    let mut snapshot = fixture::snapshot(
        r#"
kind: Deployment
metadata:
  name: web
  creationTimestamp: "2025-12-01T00:00:00Z"
  managedFields:
  - {manager: kubectl-set, operation: Update, time: "2026-01-01T00:04:00Z", fieldsV1: {"f:spec": {"f:template": {"f:spec": {"f:containers": {}}}}}}
spec: {selector: {matchLabels: {app: web}}, template: {metadata: {labels: {app: web}}, spec: {containers: [{name: app, image: "web:2"}]}}}
---
kind: ReplicaSet
metadata: {name: web-1, owner: Deployment/web, labels: {app: web}, annotations: {deployment.kubernetes.io/revision: "1"}, creationTimestamp: "2025-12-01T00:00:00Z"}
spec: {template: {metadata: {labels: {app: web}}, spec: {containers: [{name: app, image: "web:1"}]}}}
---
kind: ReplicaSet
metadata: {name: web-2, owner: Deployment/web, labels: {app: web}, annotations: {deployment.kubernetes.io/revision: "2"}, creationTimestamp: "2026-01-01T00:04:01Z"}
spec: {template: {metadata: {labels: {app: web}}, spec: {containers: [{name: app, image: "web:2"}]}}}
"#,
    );
    let found = changes(&snapshot);
    let [change] = found.as_slice() else {
        panic!("{found:?}")
    };
    assert_eq!(change.source, ChangeSource::Template);
    assert_eq!(change.actor.as_deref(), Some("kubectl-set"));
    let mut record = write("patch", "deployments", "web", BEFORE);
    record.group = "apps".into();
    let mut field = record.fields[0].clone();
    field.path = "spec.template.spec.containers[app].image".into();
    record.fields = vec![field].into();
    snapshot.audit = vec![record];
    let found = changes(&snapshot);
    assert_eq!(found.len(), 1);
    assert_eq!(
        found[0].actor.as_deref(),
        Some("alice"),
        "a person says more"
    );
}

fn recorded(now: &str, before: &str) -> Snapshot {
    let mut snapshot = fixture::snapshot(now);
    let early = format!("now: \"2026-01-01T00:02:00Z\"\n---{before}");
    snapshot.before = Some(Box::new(fixture::snapshot(&early)));
    snapshot
}

#[test]
fn two_recordings_tell_what_came_went_and_changed() {
    let before = r#"
kind: ConfigMap
metadata: {name: settings, resourceVersion: "100"}
---
kind: ConfigMap
metadata: {name: calm, resourceVersion: "50"}
---
kind: Service
metadata: {name: web}
spec: {selector: {app: web}}
---
kind: Service
metadata: {name: gone}
---
kind: Node
metadata: {name: n1}
status: {nodeInfo: {kubeletVersion: v1.35.0}}
"#;
    let now = r#"
kind: ConfigMap
metadata: {name: settings, resourceVersion: "120"}
---
kind: ConfigMap
metadata: {name: calm, resourceVersion: "50"}
---
kind: Secret
metadata: {name: fresh, resourceVersion: "121", creationTimestamp: "2026-01-01T00:03:00Z"}
---
kind: Service
metadata: {name: web}
spec: {selector: {app: www}}
---
kind: Node
metadata: {name: n1}
status: {nodeInfo: {kubeletVersion: v1.36.0}}
"#;
    let found = of(&recorded(now, before), ChangeSource::Captures);
    let mut told: Vec<String> = found
        .iter()
        .map(|change| {
            let field = change.fields.first();
            let field = field.map(|it| format!(" {}: {} -> {}", it.path, it.from, it.to));
            let dated = if change.at.is_some() { "at" } else { "between" };
            let object = &change.object;
            format!(
                "{object} {:?} {dated}{}",
                change.act,
                field.unwrap_or_default()
            )
        })
        .collect();
    told.sort();
    assert_eq!(
        told,
        [
            "ConfigMap/shop/settings Updated between metadata.resourceVersion: 100 -> 120",
            "Node/n1 Updated between status.nodeInfo.kubeletVersion: v1.35.0 -> v1.36.0",
            "Secret/shop/fresh Created at",
            "Service/shop/gone Deleted between",
            "Service/shop/web Updated between spec.selector.app: web -> www",
        ]
    );
}

#[test]
fn what_an_audit_log_dates_is_told_once() {
    let map = |version: &str| {
        format!("\nkind: ConfigMap\nmetadata: {{name: settings, resourceVersion: \"{version}\"}}\n")
    };
    let mut snapshot = recorded(&map("120"), &map("100"));
    snapshot.audit = vec![write("patch", "configmaps", "settings", BEFORE)];
    let found = changes(&snapshot);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].title(), "changed data.mode");
    snapshot.audit = vec![write("patch", "configmaps", "other", BEFORE)];
    assert_eq!(changes(&snapshot).len(), 2);
}

#[test]
fn what_was_not_read_neither_came_nor_went() {
    let object = "\nkind: ConfigMap\nmetadata: {name: settings}\n";
    let denied = "\nmissing: [configmaps]\n";
    assert_eq!(of(&recorded(object, denied), ChangeSource::Captures), []);
    assert_eq!(of(&recorded(denied, object), ChangeSource::Captures), []);
}

#[test]
fn marks_of_two_captures_are_no_difference() {
    let workload = |mark: &str, generation: u8, replicas: u8| {
        format!(
            r#"
kind: Deployment
metadata: {{name: web, generation: {generation}}}
spec:
  replicas: {replicas}
  selector: {{matchLabels: {{app: web}}}}
  template: {{metadata: {{labels: {{app: web}}}}, spec: {{containers: [{{name: app, args: ["--token=[redacted]~{mark}"]}}]}}}}
"#
        )
    };
    let same = recorded(&workload("0a0b0c0d", 2, 1), &workload("11223344", 2, 1));
    assert_eq!(of(&same, ChangeSource::Captures), []);
    let scaled = recorded(&workload("0a0b0c0d", 3, 2), &workload("11223344", 2, 1));
    let found = of(&scaled, ChangeSource::Captures);
    let paths: Vec<&str> = found[0].fields.iter().map(|it| &*it.path).collect();
    assert_eq!(paths, ["spec.replicas"]);
    let unread = recorded(&workload("0a0b0c0d", 3, 1), &workload("11223344", 2, 1));
    assert!(of(&unread, ChangeSource::Captures)[0].has_unread_fields);
}
