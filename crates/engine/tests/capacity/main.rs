//! Prediction of fit, rule by rule, over short Kubernetes YAML. Each rule has a case in which it
//! binds and one that looks alike and in which it does not.

mod admission;
mod neighbours;
mod nodes;
mod overview;
mod ports;
mod resources;
mod spread;
mod volumes;

use dogwatch_engine::capacity::{Ask, Extra, Fit, predict};
use dogwatch_model::{Kind, ObjectRef, Snapshot};
use dogwatch_testkit::fixture;

/// What every Namespace has.
const BASE: &str = "kind: Namespace\nmetadata: {name: shop, labels: {team: shop}}\n---\nkind: \
                    ServiceAccount\nmetadata: {name: default}\n---\n";

/// A container without requests.
const PLAIN: &str = "containers: [{name: c}]";

/// A node with a zone and 2 CPU, 4 GiB and 10 places for Pods; the argument is further flow
/// entries of the spec.
fn node_with(name: &str, zone: &str, spec: &str) -> String {
    format!(
        "kind: Node\nmetadata: {{name: {name}, labels: {{kubernetes.io/hostname: {name}, \
         topology.kubernetes.io/zone: {zone}, disk: ssd, cores: \"8\"}}}}\nspec: {{{spec}}}\nstatus: \
         {{allocatable: {{cpu: \"2\", memory: 4Gi, pods: \"10\"}}}}\n---\n"
    )
}

fn node(name: &str, zone: &str) -> String {
    node_with(name, zone, "")
}

/// A Pod with the label `app`; `spec` and `rest` are flow entries of the spec and of the object.
fn pod(name: &str, app: &str, spec: &str, rest: &str) -> String {
    format!(
        "kind: Pod\nmetadata: {{name: {name}, labels: {{app: {app}}}}}\nspec: {{{spec}}}\nstatus: \
         {{{rest}}}\n---\n"
    )
}

/// The fixture and a Deployment whose Pods, labelled `app: api` and `track: new`, are asked for.
fn snapshot(yaml: &str, spec: &str) -> Snapshot {
    fixture::snapshot(&format!(
        "{BASE}{yaml}\n---\nkind: Deployment\nmetadata: {{name: api}}\nspec: {{replicas: 0, \
         template: {{metadata: {{labels: {{app: api, track: new}}}}, spec: {{{spec}}}}}}}\n"
    ))
}

fn fit_in(snapshot: &Snapshot, count: u32, extra: &[Extra<'_>]) -> Fit {
    let workload = ObjectRef::named(Kind::Deployment, fixture::NAMESPACE, "api");
    let ask = Ask::of_workload(snapshot, &workload, count).expect("the Deployment is there");
    predict(snapshot, &ask, extra)
}

fn fit(yaml: &str, spec: &str, count: u32) -> Fit {
    fit_in(&snapshot(yaml, spec), count, &[])
}

/// How many fit, and what is said of the first that does not.
fn told(fit: &Fit) -> String {
    let count = if fit.fits_min == fit.fits_max {
        fit.fits_min.to_string()
    } else {
        format!("{} to {}", fit.fits_min, fit.fits_max)
    };
    let message = fit.message.as_deref().unwrap_or("all fit");
    let message = message.replace("nodes are available: ", "");
    format!("{count}: {message}")
}

/// Asks for so many Pods and compares what is told.
#[track_caller]
fn check(yaml: &str, spec: &str, count: u32, expected: &str) {
    let fit = fit(yaml, spec, count);
    assert!(fit.admission.is_empty(), "{:?}", fit.admission);
    assert_eq!(told(&fit), expected, "{yaml}\n{spec}\n{:#?}", fit.nodes);
}
