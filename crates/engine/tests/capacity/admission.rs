//! P0: what the API server refuses.

use dogwatch_engine::capacity::{Ask, Fit, Proviso, Rejection, predict};
use dogwatch_model::{Kind, ObjectRef, Source};
use dogwatch_testkit::fixture;

use super::{BASE, PLAIN, fit, node, told};

const SMALL: &str = "containers: [{name: c, resources: {requests: {cpu: 500m}}}]";

fn quota(spec: &str, hard: &str, used: &str) -> String {
    format!(
        "kind: ResourceQuota\nmetadata: {{name: team}}\nspec: {{{spec}}}\nstatus: {{hard: {{{hard}}}, \
         used: {{{used}}}}}\n---\n"
    )
}

fn limits(item: &str) -> String {
    format!("kind: LimitRange\nmetadata: {{name: sizes}}\nspec: {{limits: [{{{item}}}]}}\n---\n")
}

/// How many come through, and why not all.
fn refused(fit: &Fit) -> String {
    let why: Vec<String> = fit.admission.iter().map(describe).collect();
    format!("{} of {}: {}", fit.admitted, fit.asked, why.join(", "))
}

fn describe(rejection: &Rejection) -> String {
    match rejection {
        Rejection::Quota {
            resource,
            used,
            hard,
            asked,
            shortfall,
            ..
        } => format!("{resource} {used}+{asked}/{hard} lacks {shortfall}"),
        Rejection::MustSpecify {
            resource,
            container,
            ..
        } => format!("{container} must specify {resource}"),
        Rejection::QuotaNotCounted { resource, .. } => format!("{resource} not counted"),
        Rejection::Limit {
            scope,
            resource,
            bound,
            limit,
            found,
            ..
        } => {
            let found = found.map_or_else(|| "nothing".to_owned(), |found| found.to_string());
            format!("{scope} {resource} {bound:?} {limit} found {found}")
        }
        Rejection::Missing { kind, name } => format!("no {kind} {name}"),
        Rejection::NamespaceTerminating => "terminating".to_owned(),
        Rejection::PodSecurity { level, field } => format!("{level} forbids {field}"),
    }
}

#[track_caller]
fn check(yaml: &str, spec: &str, count: u32, expected: &str) {
    let fit = fit(&(node("n1", "a") + yaml), spec, count);
    assert_eq!(refused(&fit), expected);
}

#[test]
fn a_quota_lets_some_through() {
    let cluster = quota("", "requests.cpu: \"2\"", "requests.cpu: 900m");
    check(
        &cluster,
        SMALL,
        4,
        "2 of 4: requests.cpu 900m+2/2 lacks 900m",
    );
    check(&cluster, SMALL, 2, "2 of 2: ");
    for (hard, used, expected) in [
        ("pods: \"3\"", "pods: \"2\"", "1 of 2: pods 2+2/3 lacks 1"),
        (
            "count/pods: \"3\"",
            "count/pods: \"3\"",
            "0 of 2: count/pods 3+2/3 lacks 2",
        ),
        ("cpu: \"1\"", "cpu: 500m", "1 of 2: cpu 500m+1/1 lacks 500m"),
        ("services: \"0\"", "services: \"0\"", "2 of 2: "),
        (
            "requests.cpu: \"9\"",
            "",
            "0 of 2: requests.cpu not counted",
        ),
    ] {
        check(&quota("", hard, used), SMALL, 2, expected);
    }
}

#[test]
fn pods_that_a_quota_stops_are_never_pending() {
    let yaml = node("n1", "a") + &quota("", "pods: \"1\"", "pods: \"0\"");
    let stopped = fit(&yaml, SMALL, 9);
    assert_eq!(told(&stopped), "1: all fit");
    assert_eq!((stopped.room_min, stopped.room_max), (4, 4));
    // Where the nodes have less room than the quota, both are told.
    let yaml = node("n1", "a") + &quota("", "pods: \"5\"", "pods: \"0\"");
    assert_eq!(told(&fit(&yaml, SMALL, 9)), "4: 0/1 1 Insufficient cpu.");
}

#[test]
fn quotas_count_the_effective_request() {
    let spec = "initContainers: [{name: i, resources: {requests: {cpu: \"1\"}}}, {name: s, \
                restartPolicy: Always, resources: {limits: {cpu: 200m}}}], containers: [{name: c, \
                resources: {requests: {cpu: 100m}}}]";
    let cluster = quota("", "requests.cpu: \"1\"", "requests.cpu: \"0\"");
    check(&cluster, spec, 1, "1 of 1: ");
    check(&cluster, spec, 2, "1 of 2: requests.cpu 0+2/1 lacks 1");
}

#[test]
fn scopes_of_quotas() {
    let bound = |spec: &str| quota(spec, "pods: \"0\"", "pods: \"0\"");
    let stopped = "0 of 1: pods 0+1/0 lacks 1";
    for (scopes, spec, is_stopped) in [
        ("scopes: [BestEffort]", PLAIN, true),
        ("scopes: [BestEffort]", SMALL, false),
        ("scopes: [NotBestEffort]", SMALL, true),
        ("scopes: [NotBestEffort]", PLAIN, false),
        ("scopes: [Terminating]", SMALL, false),
        ("scopes: [NotTerminating]", SMALL, true),
        ("scopes: [PriorityClass]", SMALL, false),
    ] {
        let expected = if is_stopped { stopped } else { "1 of 1: " };
        check(&bound(scopes), spec, 1, expected);
    }
    let of_class = |operator: &str| {
        let expression =
            format!("{{scopeName: PriorityClass, operator: {operator}, values: [high]}}");
        bound(&format!(
            "scopeSelector: {{matchExpressions: [{expression}]}}"
        )) + "kind: PriorityClass\nmetadata: {name: high}\nvalue: 10\n---\n"
    };
    let high = format!("priorityClassName: high, {SMALL}");
    check(&of_class("In"), &high, 1, stopped);
    check(&of_class("In"), SMALL, 1, "1 of 1: ");
    check(&of_class("NotIn"), &high, 1, "1 of 1: ");
    let elsewhere = bound("").replace("name: team", "name: team, namespace: elsewhere");
    check(&elsewhere, SMALL, 1, "1 of 1: ");
}

#[test]
fn what_a_quota_counts_must_be_stated() {
    let cluster = quota("", "limits.memory: 1Gi", "limits.memory: \"0\"");
    check(&cluster, SMALL, 1, "0 of 1: c must specify limits.memory");
    let defaults = cluster + &limits("type: Container, default: {memory: 256Mi}");
    check(&defaults, SMALL, 1, "1 of 1: ");
    check(
        &defaults,
        SMALL,
        5,
        "4 of 5: limits.memory 0+1280Mi/1Gi lacks 256Mi",
    );
    let whole = format!("resources: {{limits: {{memory: 64Mi}}}}, {SMALL}");
    let cluster = quota("", "limits.memory: 1Gi", "limits.memory: \"0\"");
    check(&cluster, &whole, 1, "1 of 1: ");
}

#[test]
fn bounds_of_limit_ranges() {
    for (item, expected) in [
        ("type: Container, min: {cpu: 500m}", "1 of 1: "),
        (
            "type: Container, min: {cpu: 501m}",
            "0 of 1: Container cpu Minimum 501m found 500m",
        ),
        (
            "type: Container, max: {cpu: 400m}",
            "0 of 1: Container cpu Maximum 400m found nothing",
        ),
        (
            "type: Container, max: {cpu: 400m}, default: {cpu: 600m}",
            "0 of 1: Container cpu Maximum 400m found 600m",
        ),
        (
            "type: Container, max: {cpu: 600m}, default: {cpu: 600m}",
            "1 of 1: ",
        ),
        (
            "type: Container, maxLimitRequestRatio: {cpu: \"2\"}, default: {cpu: 1100m}",
            "0 of 1: Container cpu Ratio 2 found 2200m",
        ),
        (
            "type: Container, maxLimitRequestRatio: {cpu: \"2\"}, default: {cpu: \"1\"}",
            "1 of 1: ",
        ),
        ("type: Pod, min: {cpu: 400m}", "1 of 1: "),
        (
            "type: Pod, min: {memory: 1Gi}",
            "0 of 1: Pod memory Minimum 1Gi found nothing",
        ),
        (
            "type: PersistentVolumeClaim, max: {storage: 1Gi}",
            "1 of 1: ",
        ),
    ] {
        check(&limits(item), SMALL, 1, expected);
    }
}

#[test]
fn defaults_of_a_limit_range_count_on_the_nodes() {
    let yaml = node("n1", "a") + &limits("type: Container, defaultRequest: {cpu: \"1\"}");
    assert_eq!(told(&fit(&yaml, PLAIN, 3)), "2: 0/1 1 Insufficient cpu.");
    assert_eq!(told(&fit(&yaml, SMALL, 3)), "3: all fit");
}

#[test]
fn objects_that_a_pod_names() {
    for (field, kind) in [
        ("priorityClassName", "PriorityClass"),
        ("runtimeClassName", "RuntimeClass"),
        ("serviceAccountName", "ServiceAccount"),
    ] {
        let spec = format!("{field}: special, {SMALL}");
        check("", &spec, 1, &format!("0 of 1: no {kind} special"));
        let there = format!("kind: {kind}\nmetadata: {{name: special}}\n---\n");
        check(&there, &spec, 1, "1 of 1: ");
    }
    let system = format!("priorityClassName: system-node-critical, {SMALL}");
    check("", &system, 1, "1 of 1: ");
}

#[test]
fn what_was_not_read_may_exist() {
    let yaml = node("n1", "a") + "unrequested: [priorityclasses]\n---\n";
    let unread = fit(&yaml, &format!("priorityClassName: special, {SMALL}"), 1);
    assert_eq!(refused(&unread), "1 of 1: ");
    let class = "special".into();
    assert_eq!(
        unread.conditional,
        [
            Proviso::Unread {
                source: Source::Objects(Kind::PriorityClass)
            },
            Proviso::UnknownPriority { class },
        ]
    );
}

#[test]
fn a_strict_namespace() {
    let told = |level: &str, spec: &str| {
        let label = format!("labels: {{pod-security.kubernetes.io/enforce: {level}}}");
        let base = BASE.replace("labels: {team: shop}", &label);
        let yaml = format!(
            "{base}kind: Deployment\nmetadata: {{name: api}}\nspec: {{template: {{spec: \
             {{{spec}}}}}}}\n---\n{}",
            node("n1", "a")
        );
        let snapshot = fixture::snapshot(&yaml);
        let api = ObjectRef::named(Kind::Deployment, fixture::NAMESPACE, "api");
        let ask = Ask::of_workload(&snapshot, &api, 1).expect("the Deployment is there");
        let fit = predict(&snapshot, &ask, &[]);
        (refused(&fit), fit.conditional.len())
    };
    let port = "containers: [{name: c, ports: [{hostPort: 80}]}]";
    let on_host = format!("hostNetwork: true, {PLAIN}");
    let refused = |field: &str| (format!("0 of 1: baseline forbids {field}"), 1);
    assert_eq!(told("baseline", port), refused("hostPort"));
    assert_eq!(told("baseline", &on_host), refused("hostNetwork"));
    assert_eq!(told("privileged", &on_host), ("1 of 1: ".to_owned(), 0));
    // Whether the rest suits is not seen.
    assert_eq!(told("restricted", PLAIN), ("1 of 1: ".to_owned(), 1));
}

#[test]
fn claims_of_a_stateful_set_count_too() {
    let told = |hard: &str| {
        let name = hard.split(": ").next().expect("a resource");
        let yaml = format!(
            "{BASE}{}{}kind: StatefulSet\nmetadata: {{name: db}}\nspec: {{replicas: 1, template: \
             {{spec: {{{PLAIN}}}}}, volumeClaimTemplates: [{{metadata: {{name: data}}, spec: \
             {{storageClassName: disk, resources: {{requests: {{storage: 5Gi}}}}}}}}]}}\n---\nkind: \
             StorageClass\nmetadata: {{name: disk}}\nprovisioner: csi\nvolumeBindingMode: \
             Immediate\n",
            node("n1", "a"),
            quota("", hard, &format!("{name}: \"0\""))
        );
        let snapshot = fixture::snapshot(&yaml);
        let db = ObjectRef::named(Kind::StatefulSet, fixture::NAMESPACE, "db");
        let ask = Ask::of_workload(&snapshot, &db, 2).expect("the StatefulSet is there");
        refused(&predict(&snapshot, &ask, &[]))
    };
    let of_class = "disk.storageclass.storage.k8s.io/requests.storage";
    assert_eq!(told("requests.storage: 10Gi"), "2 of 2: ");
    assert_eq!(
        told("requests.storage: 9Gi"),
        "1 of 2: requests.storage 0+10Gi/9Gi lacks 1Gi"
    );
    assert_eq!(
        told("persistentvolumeclaims: \"1\""),
        "1 of 2: persistentvolumeclaims 0+2/1 lacks 1"
    );
    assert_eq!(
        told(&format!("{of_class}: 4Gi")),
        format!("0 of 2: {of_class} 0+10Gi/4Gi lacks 6Gi")
    );
    assert_eq!(
        told("other.storageclass.storage.k8s.io/requests.storage: 1Gi"),
        "2 of 2: "
    );
}
