//! Situations in which earlier diagnosers named the wrong cause: what must come first here, what is
//! only a symptom, and what must not be said at all.

mod weak_points {
    mod causes;
    mod kubelet;
}

use dogwatch_engine::report::{ObjectDiagnosis, Status, object};
use dogwatch_model::{Kind, ObjectRef, Role};
use dogwatch_testkit::fixture;

/// A Deployment of `wanted` Pods with the ReplicaSet of its present template.
fn deployment(wanted: i64, status: &str) -> String {
    let template =
        "{metadata: {labels: {app: api}}, spec: {containers: [{name: api, image: \"r/api:v2\"}]}}";
    format!(
        "kind: Deployment\nmetadata: {{name: api, generation: 2}}\nspec: {{replicas: {wanted}, \
         selector: {{matchLabels: {{app: api}}}}, template: {template}}}\nstatus: \
         {{observedGeneration: 2{status}}}\n---\nkind: ReplicaSet\nmetadata: {{name: api-n, owner: \
         Deployment/api, labels: {{app: api}}}}\nspec: {{replicas: {wanted}, template: \
         {template}}}\nstatus: {{replicas: {wanted}}}\n---\n"
    )
}

/// A Pod of that ReplicaSet; both arguments are flow entries.
fn pod(container: &str, status: &str) -> String {
    format!(
        "kind: Pod\nmetadata: {{name: api-n-1, owner: ReplicaSet/api-n, labels: {{app: \
         api}}}}\nspec: {{nodeName: n1, containers: [{{name: api, image: \
         \"r/api:v2\"{container}}}]}}\nstatus: {{startTime: \"2026-01-01T00:00:10Z\", \
         {status}}}\n---\n"
    )
}

fn event(reason: &str, message: &str) -> String {
    let message = message.replace('\'', "''");
    format!(
        "kind: Event\nreason: {reason}\ninvolvedObject: {{kind: Pod, name: api-n-1, fieldPath: \
         \"spec.containers{{api}}\"}}\nmessage: '{message}'\n---\n"
    )
}

const UNREADY: &str = "{type: Ready, status: \"False\", reason: ContainersNotReady, \
                       lastTransitionTime: \"2026-01-01T00:01:00Z\"}";
const TIMED_OUT: &str = ", replicas: 1, updatedReplicas: 1, conditions: [{type: Progressing, \
                         status: \"False\", reason: ProgressDeadlineExceeded, message: \
                         'ReplicaSet \"api-n\" has timed out progressing.'}]";
const GOING: &str = ", replicas: 1, updatedReplicas: 1, unavailableReplicas: 1";

fn waiting(reason: &str, message: &str) -> String {
    let message = message.replace('\'', "''");
    format!(
        "phase: Pending, conditions: [{UNREADY}], containerStatuses: [{{name: api, state: \
         {{waiting: {{reason: {reason}, message: '{message}'}}}}}}]"
    )
}

fn failed(reason: &str, message: &str) -> String {
    let message = message.replace('\'', "''");
    format!("phase: Failed, reason: {reason}, message: '{message}'")
}

/// A container that ended and waits for its next start.
fn looping(end: &str) -> String {
    format!(
        "phase: Running, conditions: [{UNREADY}], containerStatuses: [{{name: api, restartCount: \
         5, state: {{waiting: {{reason: CrashLoopBackOff, message: back-off 2m40s restarting \
         failed container=api pod=api-n-1_shop}}}}, lastState: {{terminated: {{{end}, startedAt: \
         \"2026-01-01T00:07:00Z\", finishedAt: \"2026-01-01T00:08:00Z\"}}}}}}]"
    )
}

fn running() -> String {
    format!(
        "phase: Running, conditions: [{UNREADY}], containerStatuses: [{{name: api, ready: false, \
         started: true, state: {{running: {{startedAt: \"2026-01-01T00:00:20Z\"}}}}}}]"
    )
}

fn readiness(words: &str) -> String {
    event("Unhealthy", &format!("Readiness probe failed: {words}"))
}

const PROBED: &str = ", readinessProbe: {httpGet: {path: /ready, port: 8080}}";

struct Case {
    what: &'static str,
    yaml: String,
    target: (Kind, &'static str),
    status: Status,
    top: &'static str,
    symptoms: &'static [&'static str],
    never: &'static [&'static str],
}

impl Case {
    fn of_deployment(what: &'static str, yaml: String, status: Status, top: &'static str) -> Self {
        Self {
            what,
            yaml,
            target: (Kind::Deployment, "api"),
            status,
            top,
            symptoms: &[],
            never: &[],
        }
    }

    fn symptoms(mut self, symptoms: &'static [&'static str]) -> Self {
        self.symptoms = symptoms;
        self
    }

    fn never(mut self, never: &'static [&'static str]) -> Self {
        self.never = never;
        self
    }

    fn about(mut self, kind: Kind, name: &'static str) -> Self {
        self.target = (kind, name);
        self
    }

    #[track_caller]
    fn check(&self) -> ObjectDiagnosis {
        let target = ObjectRef::named(self.target.0, fixture::NAMESPACE, self.target.1);
        let report = object(&fixture::snapshot(&self.yaml), &target, 10);
        let seen: Vec<String> = report
            .top_causes
            .iter()
            .map(|cause| format!("{:?} {} {}", cause.role, cause.public_type, cause.detail))
            .collect();
        let what = format!("{}: {seen:#?}\n{:#?}", self.what, report.funnel);
        assert_eq!(report.summary.status, self.status, "{what}");
        assert_eq!(
            report.summary.top_cause.unwrap_or_default(),
            self.top,
            "{what}"
        );
        let types = |role: Role| -> Vec<&str> {
            let of_role = report.top_causes.iter().filter(|cause| cause.role == role);
            of_role.map(|cause| cause.public_type).collect()
        };
        for symptom in self.symptoms {
            assert!(
                types(Role::Symptom).contains(symptom),
                "{symptom} is a symptom of {what}"
            );
        }
        for wrong in self.never {
            assert!(
                !types(Role::Cause).contains(wrong),
                "{wrong} is no cause of {what}"
            );
        }
        report
    }
}

fn evidence(report: &ObjectDiagnosis) -> String {
    let facts = report.top_causes.iter().flat_map(|cause| &cause.evidence);
    facts
        .map(|cited| cited.fact.value.as_str())
        .collect::<Vec<_>>()
        .join("\n")
}
