//! What is changed: a Node of its own for each run, with Pods that nothing replaces or with a
//! Deployment.

use std::collections::BTreeSet;
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use serde_json::{Value, json};

use super::act::{self, Act};
use crate::e2e::kubectl::Kubectl;

/// Where the Pods of drained Nodes lie.
pub(super) const NAMESPACE: &str = "recovery-crash";

/// Pods of a Node.
const PODS: usize = 3;

/// The Node of a run.
pub(super) fn node(number: usize) -> String {
    format!("crash-{number}")
}

/// Every write that draining a Node makes, as [`super::witness`] names it.
pub(super) fn drain_writes(node: &str) -> Vec<String> {
    let mut all = vec![format!("patch nodes/{node}")];
    all.extend((0..PODS).map(|pod| format!("create pods/eviction/{node}-{pod}")));
    all
}

/// Makes what all runs share; answers the UID of the object that owns the Pods.
pub(super) fn begin(kubectl: &Kubectl) -> Result<String> {
    forget_events(kubectl)?;
    kubectl.run(&["create", "namespace", NAMESPACE])?;
    kubectl.run(&["create", "namespace", act::NAMESPACE])?;
    // A Pod without a controller is not drained. A controller that does nothing keeps a run small.
    kubectl.run(&["create", "configmap", "owner", "-n", NAMESPACE])?;
    let uid = [
        "get",
        "configmap",
        "owner",
        "-n",
        NAMESPACE,
        "-o",
        "jsonpath={.metadata.uid}",
    ];
    Ok(kubectl.run(&uid)?.trim().to_owned())
}

/// Makes the Nodes and Pods of some runs and waits until all of them run.
pub(super) fn make(kubectl: &Kubectl, owner: &str, numbers: &[usize]) -> Result<()> {
    let nodes: Vec<Value> = numbers.iter().map(|number| node_object(*number)).collect();
    feed(kubectl, "create", &nodes)?;
    let drained = drained(numbers);
    let pods = drained
        .iter()
        .flat_map(|number| (0..PODS).map(move |pod| pod_object(*number, pod, owner)));
    feed(kubectl, "create", &pods.collect::<Vec<_>>())?;
    let all = |objects: fn(Act, &str) -> Vec<Value>| -> Vec<Value> {
        let runs = numbers.iter();
        runs.flat_map(|number| objects(Act::of(*number), &node(*number)))
            .collect()
    };
    feed(kubectl, "create", &all(Act::objects))?;
    rolled_out(kubectl)?;
    feed(kubectl, "apply", &all(Act::then))?;
    rolled_out(kubectl)?;
    wait_for_pods(kubectl, drained.len() * PODS)
}

/// The runs that drain.
fn drained(numbers: &[usize]) -> Vec<usize> {
    let drains = numbers.iter().copied();
    drains
        .filter(|number| Act::of(*number) == Act::Drain)
        .collect()
}

/// Waits until every Deployment has the Pods of its newest revision.
fn rolled_out(kubectl: &Kubectl) -> Result<()> {
    let names = kubectl.run(&["get", "deployments", "-n", act::NAMESPACE, "-o", "name"])?;
    for name in names.split_whitespace() {
        let words = ["rollout", "status", name, "-n", act::NAMESPACE];
        kubectl.run(&[&words[..], &["--timeout=60s"]].concat())?;
    }
    Ok(())
}

fn wait_for_pods(kubectl: &Kubectl, wanted: usize) -> Result<()> {
    let deadline = Instant::now() + Duration::from_mins(1);
    loop {
        let phases = kubectl.run(&[
            "get",
            "pods",
            "-n",
            NAMESPACE,
            "-o",
            "jsonpath={.items[*].status.phase}",
        ])?;
        let running = phases
            .split_whitespace()
            .filter(|phase| *phase == "Running");
        let running = running.count();
        if running >= wanted {
            return Ok(());
        }
        ensure!(Instant::now() < deadline, "only {running} Pods run");
        sleep(Duration::from_millis(200));
    }
}

/// Fails unless every object is as its plan wanted it.
pub(super) fn ensure_done(kubectl: &Kubectl, numbers: &[usize]) -> Result<()> {
    for number in numbers {
        Act::of(*number).ensure_done(kubectl, &node(*number))?;
    }
    ensure_drained(kubectl, &drained(numbers))
}

/// Fails unless every Node is cordoned and its Pods are gone.
fn ensure_drained(kubectl: &Kubectl, numbers: &[usize]) -> Result<()> {
    let pods = kubectl.run(&["get", "pods", "-n", NAMESPACE, "-o", "name"])?;
    ensure!(pods.trim().is_empty(), "Pods are left: {pods}");
    let closed = kubectl.run(&[
        "get",
        "nodes",
        "-l",
        "pool=crash",
        "-o",
        "jsonpath={range .items[?(@.spec.unschedulable==true)]}{.metadata.name} {end}",
    ])?;
    let closed: Vec<&str> = closed.split_whitespace().collect();
    let open = numbers.iter().map(|number| node(*number));
    let open = open.into_iter().find(|node| !closed.contains(&&**node));
    ensure!(open.is_none(), "{open:?} still takes Pods");
    Ok(())
}

/// Takes the Nodes and Deployments away again.
pub(super) fn clear(kubectl: &Kubectl, numbers: &[usize]) -> Result<()> {
    let names: Vec<String> = numbers.iter().map(|number| node(*number)).collect();
    let mut words = vec!["delete", "node", "--wait=false"];
    words.extend(names.iter().map(String::as_str));
    kubectl.run(&words)?;
    let kinds = "deployments,services";
    let all = [
        "delete",
        kinds,
        "--all",
        "-n",
        act::NAMESPACE,
        "--wait=false",
    ];
    kubectl.run(&all)?;
    forget_events(kubectl)
}

/// Deletes all Events: every look of Dogwatch reads them, and none tells of the runs to come.
fn forget_events(kubectl: &Kubectl) -> Result<()> {
    let places = "jsonpath={.items[*].metadata.namespace}";
    let places = kubectl.run(&["get", "events", "-A", "-o", places])?;
    let places: BTreeSet<&str> = places.split_whitespace().collect();
    for place in places {
        let path = format!("/api/v1/namespaces/{place}/events");
        kubectl.run(&["delete", "--raw", &path])?;
    }
    Ok(())
}

fn feed(kubectl: &Kubectl, verb: &str, items: &[Value]) -> Result<()> {
    if items.is_empty() {
        return Ok(());
    }
    let list = json!({"apiVersion": "v1", "kind": "List", "items": items});
    kubectl.feed(&[verb, "-f", "-"], &list.to_string())?;
    Ok(())
}

fn node_object(number: usize) -> Value {
    let name = node(number);
    json!({"apiVersion": "v1", "kind": "Node", "metadata": {"name": name,
        "labels": {"pool": "crash", "kubernetes.io/hostname": name}}})
}

fn pod_object(number: usize, pod: usize, owner: &str) -> Value {
    let node = node(number);
    json!({
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": format!("{node}-{pod}"), "namespace": NAMESPACE, "ownerReferences": [
            {"apiVersion": "v1", "kind": "ConfigMap", "name": "owner", "uid": owner, "controller": true}]},
        "spec": {
            "nodeName": node,
            "terminationGracePeriodSeconds": 0,
            "containers": [{"name": "app", "image": "app:1"}],
        },
    })
}
