//! What is drained: a Node of its own for each run, with Pods that nothing replaces.

use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use serde_json::{Value, json};

use crate::e2e::kubectl::Kubectl;

const NAMESPACE: &str = "recovery-crash";

/// Pods of a Node.
const PODS: usize = 3;

/// The Node of a run.
pub(super) fn node(number: usize) -> String {
    format!("crash-{number}")
}

/// Every write that the plan of a run makes, as [`super::witness`] names it.
pub(super) fn wanted(node: &str) -> Vec<String> {
    let mut all = vec![format!("patch nodes/{node}")];
    all.extend((0..PODS).map(|pod| format!("create pods/eviction/{node}-{pod}")));
    all
}

/// Makes what all runs share; answers the UID of the object that owns the Pods.
pub(super) fn begin(kubectl: &Kubectl) -> Result<String> {
    kubectl.run(&["create", "namespace", NAMESPACE])?;
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
    feed(kubectl, &nodes)?;
    let pods = numbers
        .iter()
        .flat_map(|number| (0..PODS).map(move |pod| pod_object(*number, pod, owner)));
    feed(kubectl, &pods.collect::<Vec<_>>())?;
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
        if running >= numbers.len() * PODS {
            return Ok(());
        }
        ensure!(Instant::now() < deadline, "only {running} Pods run");
        sleep(Duration::from_millis(200));
    }
}

/// Fails unless every Node is cordoned and its Pods are gone.
pub(super) fn ensure_drained(kubectl: &Kubectl, numbers: &[usize]) -> Result<()> {
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

/// Takes the Nodes away again.
pub(super) fn clear(kubectl: &Kubectl, numbers: &[usize]) -> Result<()> {
    let names: Vec<String> = numbers.iter().map(|number| node(*number)).collect();
    let mut words = vec!["delete", "node", "--wait=false"];
    words.extend(names.iter().map(String::as_str));
    kubectl.run(&words)?;
    Ok(())
}

fn feed(kubectl: &Kubectl, items: &[Value]) -> Result<()> {
    let list = json!({"apiVersion": "v1", "kind": "List", "items": items});
    kubectl.feed(&["create", "-f", "-"], &list.to_string())?;
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
