//! Bounds of a Namespace that keep a workload from its Pods, and workloads that are taken away.

use dogwatch_engine::{
    View, diagnose,
    planning::{Concern, option, options},
    remedies::Ground,
};
use dogwatch_model::{
    ObjectRef,
    plan::{Expectation, PlanOption, RemedyRequest, Target},
};
use dogwatch_testkit::{
    fixture,
    remedybook::{target, with_room},
};

/// Two of four Pods are there.
const HELD: &str = r#"
kind: Deployment
metadata: {name: api, generation: 2}
spec:
  replicas: 4
  selector: {matchLabels: {app: api}}
  template: {metadata: {labels: {app: api}}, spec: {containers: [{name: main, image: "reg.example/api:v2", resources: {requests: {cpu: 500m, memory: 1Gi}, limits: {memory: 1Gi}}}]}}
status: {observedGeneration: 2, replicas: 2, updatedReplicas: 2, readyReplicas: 2, availableReplicas: 2, unavailableReplicas: 2}
---
kind: ReplicaSet
metadata: {name: api-2, owner: Deployment/api, labels: {app: api}, annotations: {deployment.kubernetes.io/revision: "2"}}
spec: {replicas: 4, selector: {matchLabels: {app: api}}, template: {metadata: {labels: {app: api}}, spec: {containers: [{name: main, image: "reg.example/api:v2", resources: {requests: {cpu: 500m, memory: 1Gi}, limits: {memory: 1Gi}}}]}}}
status:
  replicas: 2
  conditions: [{type: ReplicaFailure, status: "True", reason: FailedCreate, message: 'WORDS'}]
---
kind: Event
reason: FailedCreate
involvedObject: {kind: ReplicaSet, name: api-2}
message: 'Error creating: WORDS'
"#;

const OVER_QUOTA: &str = r#"pods "api-2-x" is forbidden: exceeded quota: compute, requested: limits.memory=1Gi, used: limits.memory=2Gi, limited: limits.memory=2500Mi"#;

const OVER_LIMIT: &str =
    r#"pods "api-2-x" is forbidden: maximum memory usage per Container is 768Mi, but limit is 1Gi"#;

fn held(words: &str, more: &str) -> String {
    with_room(&format!("{}---\n{more}", HELD.replace("WORDS", words)))
}

fn quota(hard: &str, used: &str) -> String {
    format!(
        "kind: ResourceQuota\nmetadata: {{name: compute}}\nspec: {{hard: {{{hard}}}}}\nstatus: {{hard: {{{hard}}}, used: {{{used}}}}}\n"
    )
}

fn api() -> ObjectRef {
    let target: Target = serde_json::from_value(target("Deployment/api")).expect("a target");
    target.object().expect("a workload")
}

/// Titles of what is offered and reasons for what is refused.
fn shown(yaml: &str) -> Vec<String> {
    let snapshot = fixture::snapshot(yaml);
    let view = View::new(&snapshot);
    let about = api();
    let found = options(
        &ground(&view),
        &diagnose(&snapshot, Some(&about)),
        &concern(&about),
    );
    let offered = found.offered.iter().map(|draft| draft.title.clone());
    let refused = found.refused.iter();
    let refused = refused.map(|(request, why)| format!("refused {}: {why}", request.id()));
    offered.chain(refused).collect()
}

fn ground<'a>(view: &'a View<'a>) -> Ground<'a> {
    Ground {
        view,
        pools: None,
        cloud: None,
        serverless: None,
        release: None,
    }
}

fn concern(about: &ObjectRef) -> Concern<'_> {
    Concern {
        target: about,
        alerts: &[],
        pressure: None,
        at: "2026-01-01T00:10:00Z",
    }
}

const NOTHING: &str = "do nothing and hand it to a person";

#[test]
fn a_quota_is_raised_by_exactly_what_waits() {
    let quota = quota(
        "limits.memory: 2500Mi, requests.cpu: '1', pods: '10'",
        "limits.memory: 2Gi, requests.cpu: '1', pods: '2'",
    );
    let expected = [
        "raise ResourceQuota/shop/compute: limits.memory from 2500Mi to 4Gi, requests.cpu from 1 to 2",
        NOTHING,
    ];
    assert_eq!(shown(&held(OVER_QUOTA, &quota)), expected);
}

#[test]
fn a_quota_that_is_far_too_small_is_left_to_a_person() {
    let quota = quota("limits.memory: 1Gi", "limits.memory: 1Gi");
    let expected = [
        NOTHING,
        "refused raise-quota: 3Gi of limits.memory is more than twice the 1Gi of now",
    ];
    assert_eq!(shown(&held(OVER_QUOTA, &quota)), expected);
}

#[test]
fn a_quota_that_has_room_by_now_or_was_not_counted_is_not_raised() {
    let roomy = quota("limits.memory: 8Gi", "limits.memory: 2Gi");
    assert_eq!(shown(&held(OVER_QUOTA, &roomy)), [NOTHING]);
    let uncounted = quota("limits.memory: 2Gi", "pods: '2'");
    assert_eq!(shown(&held(OVER_QUOTA, &uncounted)), [NOTHING]);
    let other = roomy.replace("name: compute", "name: other");
    assert_eq!(shown(&held(OVER_QUOTA, &other)), [NOTHING]);
}

#[test]
fn a_limit_is_raised_to_the_size_of_the_pods() {
    let range = "kind: LimitRange\nmetadata: {name: sizes}\nspec: {limits: [{type: Container, max: {memory: 768Mi}}]}\n";
    let expected = [
        "raise the maximum of Container in LimitRange/shop/sizes: memory from 768Mi to 1Gi",
        NOTHING,
    ];
    assert_eq!(shown(&held(OVER_LIMIT, range)), expected);
    let least = range.replace("max: {memory: 768Mi}", "min: {memory: 2Gi}");
    assert_eq!(shown(&held(OVER_LIMIT, &least)), [NOTHING]);
}

#[test]
fn an_autoscaler_without_a_target_is_foretold_by_the_deletion() {
    let yaml = held(OVER_QUOTA, &quota("pods: '2'", "pods: '2'"));
    let snapshot = fixture::snapshot(&yaml);
    let view = View::new(&snapshot);
    let about = api();
    let request = RemedyRequest::DeleteWorkload {
        workload: Target::of(&ObjectRef {
            uid: dogwatch_model::Uid::new("deployment-api"),
            ..about.clone()
        }),
    };
    let diagnosis = diagnose(&snapshot, Some(&about));
    let draft = option(&ground(&view), &diagnosis, &concern(&about), &request);
    let PlanOption { verification, .. } = draft.expect("a plan");
    let known = verification
        .iter()
        .find_map(|expectation| match expectation {
            Expectation::NothingNew { known, .. } => Some(known.clone()),
            _ => None,
        });
    let known = known.expect("nothing new may be wrong");
    assert!(
        known.contains(&"hpa-target-missing".to_owned()),
        "{known:?}"
    );
    assert!(known.contains(&"quota-exceeded".to_owned()), "{known:?}");
}
