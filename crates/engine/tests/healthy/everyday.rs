//! What goes on in a cluster on any day, done to the objects of a generated one. Each way takes an
//! application of its own, so that all of them go together.

#[path = "everyday/access.rs"]
mod access;
#[path = "everyday/batch.rs"]
mod batch;
#[path = "everyday/custom.rs"]
mod custom;
#[path = "everyday/growing.rs"]
mod growing;
#[path = "everyday/nodes.rs"]
mod nodes;
#[path = "everyday/stored.rs"]
mod stored;
#[path = "everyday/workloads.rs"]
mod workloads;

use serde_json::{Value, json};

/// Two hours after everything was created.
pub(crate) const NOW: &str = "2026-03-01T10:00:00Z";

/// The Namespace of all applications.
pub(crate) const NAMESPACE: &str = "team-000";

/// One ordinary thing, by name.
pub(crate) type Way = (&'static str, fn(&mut Everyday));

pub(crate) const WAYS: &[Way] = &[
    ("a Job is done", batch::job_done),
    (
        "a Job is done at the second try",
        batch::job_done_at_second_try,
    ),
    ("a Job runs", batch::job_runs),
    ("a CronJob is suspended", batch::cron_job_suspended),
    ("a CronJob runs every five minutes", batch::cron_job_runs),
    ("a CronJob has just begun its Job", batch::cron_job_begins),
    ("a Deployment is scaled to zero", workloads::scaled_to_zero),
    ("a rollout is under way", workloads::rollout_under_way),
    (
        "a rollout is done and old versions are kept",
        workloads::rollout_done,
    ),
    ("a rollout is paused on purpose", workloads::rollout_paused),
    ("Pods end within their grace", workloads::pods_end),
    ("a Pod pulls its image", workloads::pod_pulls),
    (
        "a probe failed once while the Pod came up",
        workloads::probe_failed_at_start,
    ),
    (
        "a Pod had to wait for a node an hour ago",
        workloads::waited_long_ago,
    ),
    (
        "a container was started anew yesterday",
        workloads::restarted_once,
    ),
    (
        "an autoscaler is at its minimum",
        workloads::autoscaler_at_minimum,
    ),
    (
        "a probe failed once a minute ago",
        workloads::probe_failed_once,
    ),
    (
        "an autoscaler grows an application",
        growing::autoscaler_grows,
    ),
    (
        "a DaemonSet is updated node by node",
        growing::daemon_set_updates,
    ),
    ("an autoscaler is new", workloads::autoscaler_is_new),
    (
        "a budget of a single replica allows nothing",
        workloads::single_replica_budget,
    ),
    ("a DaemonSet runs on every node", workloads::daemon_set),
    ("a StatefulSet runs with its claims", stored::stateful_set),
    (
        "a StatefulSet is updated in order",
        stored::stateful_set_updates,
    ),
    ("a claim waits for its first Pod", stored::claim_waits),
    ("a volume is made", stored::claim_is_new),
    ("a volume grows", stored::claim_grows),
    ("a node is cordoned and drained", nodes::drained),
    ("a node joins", nodes::joins),
    ("a kubelet was started anew", nodes::kubelet_restarted),
    ("components elect their leaders", nodes::leaders),
    ("an old eviction was left behind", nodes::old_eviction),
    ("Ingresses are served", access::ingresses),
    ("an Ingress is new", access::ingress_is_new),
    (
        "an Ingress is served on bare metal",
        access::ingress_without_address,
    ),
    ("a load balancer is made", access::load_balancer_is_new),
    ("Services of all kinds are there", access::services),
    ("traffic is denied by default", access::policies),
    ("webhooks are asked", access::webhooks),
    ("a quota is almost used", access::quota),
    ("a Namespace goes", access::namespace_goes),
    ("definitions and APIs are served", custom::definitions),
    ("delivery is in sync", custom::delivery),
    ("a Gateway serves", custom::gateway),
];

/// The objects of a cluster.
pub(crate) struct Everyday {
    pub(crate) objects: Vec<Value>,
}

impl Everyday {
    pub(crate) fn new(objects: Vec<Value>) -> Self {
        Self { objects }
    }

    /// The object of that kind and name.
    pub(crate) fn of(&mut self, kind: &str, name: &str) -> &mut Value {
        let mut all = self.objects.iter_mut();
        all.find(|object| object["kind"] == kind && object["metadata"]["name"] == name)
            .expect("the cluster has it")
    }

    /// Name of the application of that number.
    pub(crate) fn app(number: usize) -> String {
        format!("app-{number:05}")
    }

    /// The ReplicaSet of an application.
    pub(crate) fn replica_set(&mut self, app: usize) -> &mut Value {
        let start = format!("{}-", Self::app(app));
        let mut all = self.objects.iter_mut();
        all.find(|object| object["kind"] == "ReplicaSet" && starts(object, &start))
            .expect("each application has one")
    }

    /// The Pods of an application.
    pub(crate) fn pods(&mut self, app: usize) -> Vec<&mut Value> {
        let start = format!("{}-", Self::app(app));
        let all = self.objects.iter_mut();
        all.filter(|object| object["kind"] == "Pod" && starts(object, &start))
            .collect()
    }

    /// Adds an object of the Namespace of the applications, made two hours ago.
    pub(crate) fn add(&mut self, version: &str, kind: &str, name: &str, rest: &Value) {
        let mut object = json!({"apiVersion": version, "kind": kind, "metadata": {
            "name": name, "namespace": NAMESPACE, "uid": format!("{kind}-{name}"),
            "generation": 1, "creationTimestamp": "2026-03-01T08:00:00Z"}});
        merge(&mut object, rest);
        self.objects.push(object);
    }

    /// Adds a Pod like one of an application, with other fields.
    pub(crate) fn add_pod_like(&mut self, app: usize, name: &str, rest: &Value) {
        let mut pod = self.pods(app)[0].clone();
        merge(
            &mut pod,
            &json!({"metadata": {"name": name, "uid": format!("pod-{name}")}}),
        );
        merge(&mut pod, rest);
        self.objects.push(pod);
    }

    /// Adds an Event about an object of the Namespace.
    pub(crate) fn add_event(&mut self, about: &Value, words: (&str, &str, &str), at: &str) {
        let (component, reason, message) = words;
        let meta = &about["metadata"];
        let name = format!("{}.{reason}", meta["name"].as_str().expect("a name"));
        let event = json!({
            "involvedObject": {"kind": about["kind"], "namespace": meta["namespace"],
                "name": meta["name"], "uid": meta["uid"]},
            "type": "Warning", "reason": reason, "message": message, "count": 1,
            "source": {"component": component}, "firstTimestamp": at, "lastTimestamp": at,
            "metadata": {"creationTimestamp": at}});
        self.add("v1", "Event", &name, &event);
    }
}

fn starts(object: &Value, with: &str) -> bool {
    let name = object["metadata"]["name"].as_str();
    name.is_some_and(|name| name.starts_with(with))
}

/// Sets every field of `rest`; `null` takes a field away.
pub(crate) fn merge(object: &mut Value, rest: &Value) {
    let (Value::Object(into), Value::Object(fields)) = (&mut *object, rest) else {
        *object = rest.clone();
        return;
    };
    for (name, value) in fields {
        if value.is_null() {
            into.remove(name);
        } else {
            merge(into.entry(name.clone()).or_insert(Value::Null), value);
        }
    }
}

/// The condition of a type.
pub(crate) fn condition(kind: &str, status: &str, reason: &str, at: &str) -> Value {
    json!({"type": kind, "status": status, "reason": reason, "lastTransitionTime": at,
        "lastUpdateTime": at})
}

/// A controller reference to an object.
pub(crate) fn owned_by(kind: &str, name: &str, version: &str) -> Value {
    json!([{"apiVersion": version, "kind": kind, "name": name, "uid": format!("{kind}-{name}"),
        "controller": true, "blockOwnerDeletion": true}])
}

/// Cluster-wide objects have no Namespace.
pub(crate) fn cluster_wide(rest: &Value) -> Value {
    let mut rest = rest.clone();
    merge(&mut rest, &json!({"metadata": {}}));
    rest["metadata"]["namespace"] = Value::Null;
    rest
}
