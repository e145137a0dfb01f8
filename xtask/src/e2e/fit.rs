//! Predictions of fit against the real kube-scheduler: random clusters, random Pods.

mod asked;
pub(super) mod dice;
mod judge;
mod score;
mod setting;
mod urgent;

use std::thread::sleep;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, Result, bail, ensure};
use dogwatch_engine::capacity::Fit;
use serde_json::{Value, json};

use super::controlplane::ControlPlane;
use super::kubectl::Kubectl;
use asked::Template;
use dice::Dice;
use judge::Real;
use score::Score;

/// The name under which the suite lists it.
pub(crate) const NAME: &str = "fit-real-scheduler";

/// What it shows.
pub(crate) const DESCRIPTION: &str = "The engine predicts which of some random Pods fit on random clusters, and the real scheduler agrees.";

/// Clusters that live side by side.
const GROUPS: usize = 25;

/// Asks for each of them, one after the other; Pods that got a node stay.
const ROUNDS: usize = 10;

/// Rounds whose Pods stay.
const KEPT_ROUNDS: usize = 3;

/// Most Pods of one ask.
const MOST: usize = 5;

const SETTLED_WITHIN: Duration = Duration::from_mins(1);
const POLL: Duration = Duration::from_millis(200);

/// Everything that a prediction looks at.
const KINDS: &str = "nodes,pods,namespaces,serviceaccounts,persistentvolumes,\
    persistentvolumeclaims,storageclasses,csinodes,csidrivers,volumeattachments,resourcequotas,\
    limitranges,priorityclasses,runtimeclasses,validatingwebhookconfigurations,\
    mutatingwebhookconfigurations";

/// One ask of one cluster.
struct Case {
    namespace: String,
    template: Template,
    count: usize,
    fit: Fit,
}

/// Plays every round and fails when too many predictions are wrong. `seed` repeats a run.
pub(crate) fn run(plane: &ControlPlane, seed: Option<u64>) -> Result<()> {
    let seed = match seed {
        Some(seed) => seed,
        None => fresh_seed()?,
    };
    println!("{NAME}: seed {seed}");
    let mut dice = Dice::new(seed);
    let kubectl = plane.kubectl();
    set_up(&kubectl, &mut dice)?;
    let version = version(&kubectl)?;
    let mut score = Score::default();
    for round in 0..ROUNDS {
        let begin = judge::snapshot(&objects(&kubectl)?, &version)?;
        let cases = (0..GROUPS).map(|group| ask(&mut dice, &begin, group));
        let cases: Vec<Case> = cases.collect::<Result<_>>()?;
        let real = play(&kubectl, &cases, round)?;
        clear_pending(&kubectl)?;
        let end = judge::snapshot(&objects(&kubectl)?, &version)?;
        let unplaced = score.judge(cases, real, round);
        score.look_back(&end, &unplaced)?;
        clear_old(&kubectl, round)?;
    }
    score.urgent(urgent::play(&kubectl, &mut dice, &version)?);
    score.report(seed)
}

fn fresh_seed() -> Result<u64> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    Ok(since.context("the clock stands before 1970")?.as_secs())
}

fn version(kubectl: &Kubectl) -> Result<String> {
    let version: Value = serde_json::from_str(&kubectl.run(&["version", "-o", "json"])?)?;
    let version = version["serverVersion"]["gitVersion"].as_str();
    Ok(version.context("the server tells its version")?.to_owned())
}

fn list(items: &[Value]) -> String {
    json!({"apiVersion": "v1", "kind": "List", "items": items}).to_string()
}

/// Makes the clusters and waits until the controllers have seen them.
fn set_up(kubectl: &Kubectl, dice: &mut Dice) -> Result<()> {
    let mut namespaces = setting::shared();
    namespaces.extend((0..GROUPS).flat_map(setting::namespaces));
    kubectl.feed(&["create", "-f", "-"], &list(&namespaces))?;
    settle(kubectl, "serviceaccounts", |accounts| {
        count(accounts, |account| {
            in_group(&account["metadata"]["namespace"])
        }) == 2 * GROUPS
    })?;
    let objects: Vec<Value> = (0..GROUPS)
        .flat_map(|group| setting::objects(dice, group))
        .collect();
    kubectl.feed(&["create", "-f", "-"], &list(&objects))?;
    end_some(kubectl, &objects)?;
    settle(kubectl, "nodes", |nodes| {
        let mut nodes = nodes
            .iter()
            .filter(|node| in_group(&node["metadata"]["name"]));
        nodes.all(|node| !node["spec"]["taints"].to_string().contains("not-ready"))
    })?;
    settle(kubectl, "persistentvolumeclaims", |claims| {
        let is_bound = |claim: &Value| claim["status"]["phase"] == "Bound";
        count(claims, |claim| {
            in_group(&claim["metadata"]["namespace"]) && is_bound(claim)
        }) == GROUPS
    })?;
    settle(kubectl, "persistentvolumes", |volumes| {
        let is_known = |volume: &Value| {
            volume["status"]["phase"] == "Bound" || volume["status"]["phase"] == "Available"
        };
        let own = |volume: &&Value| in_group(&volume["metadata"]["name"]);
        volumes.iter().filter(own).all(is_known)
    })
}

/// Some Pods are at their end, and some on their way out.
fn end_some(kubectl: &Kubectl, objects: &[Value]) -> Result<()> {
    let ended = objects
        .iter()
        .filter(|object| object["metadata"]["labels"]["fate"] == "ended")
        .map(|pod| {
            json!({"apiVersion": "v1", "kind": "Pod", "status": {"phase": "Succeeded"},
                "metadata": {"name": pod["metadata"]["name"],
                    "namespace": pod["metadata"]["namespace"]}})
        });
    let ended: Vec<Value> = ended.collect();
    let apply = ["apply", "--server-side", "--subresource=status", "-f", "-"];
    kubectl.feed(&apply, &list(&ended))?;
    kubectl.run(&["delete", "pods", "-A", "-l", "fate=leaving", "--wait=false"])?;
    settle(kubectl, "pods", |pods| {
        let fate = |pod: &Value, fate: &str| pod["metadata"]["labels"]["fate"] == fate;
        pods.iter().all(|pod| {
            (!fate(pod, "ended") || pod["status"]["phase"] == "Succeeded")
                && (!fate(pod, "leaving") || pod["metadata"]["deletionTimestamp"].is_string())
        })
    })
}

fn in_group(name: &Value) -> bool {
    name.as_str().is_some_and(|name| name.starts_with("fit-"))
}

fn count(items: &[Value], is_meant: impl Fn(&Value) -> bool) -> usize {
    items.iter().filter(|item| is_meant(item)).count()
}

fn get(kubectl: &Kubectl, kinds: &str, more: &[&str]) -> Result<Vec<Value>> {
    let mut arguments = vec!["get", kinds, "-A", "-o", "json"];
    arguments.extend(more);
    let mut list: Value = serde_json::from_str(&kubectl.run(&arguments)?)?;
    let items = list["items"].as_array_mut().map(core::mem::take);
    items.with_context(|| format!("kubectl lists {kinds}"))
}

fn objects(kubectl: &Kubectl) -> Result<Vec<Value>> {
    get(kubectl, KINDS, &[])
}

fn settle(kubectl: &Kubectl, kind: &str, is_settled: impl Fn(&[Value]) -> bool) -> Result<()> {
    let deadline = Instant::now() + SETTLED_WITHIN;
    while !is_settled(&get(kubectl, kind, &[])?) {
        ensure!(Instant::now() < deadline, "{kind} do not settle");
        sleep(POLL);
    }
    Ok(())
}

/// A random ask of one cluster, with its prediction.
fn ask(dice: &mut Dice, snapshot: &dogwatch_model::Snapshot, group: usize) -> Result<Case> {
    let side = dice.roll(2);
    let template = asked::template(dice, group, side);
    let count = 1 + dice.roll(MOST);
    let namespace = setting::namespace(group, side);
    let fit = judge::prediction(snapshot, &template, &namespace, u32::try_from(count)?)?;
    Ok(Case {
        namespace,
        template,
        count,
        fit,
    })
}

/// Lets the scheduler place the Pods of every case.
fn play(kubectl: &Kubectl, cases: &[Case], round: usize) -> Result<Vec<Real>> {
    let pods: Vec<Value> = cases.iter().flat_map(|case| pods(case, round)).collect();
    kubectl.feed(&["create", "-f", "-"], &list(&pods))?;
    let label = format!("round=r{round}");
    let deadline = Instant::now() + SETTLED_WITHIN;
    let placed = loop {
        let seen = get(kubectl, "pods", &["-l", &label])?;
        if seen.len() == pods.len() && seen.iter().all(is_decided) {
            break seen;
        }
        if Instant::now() > deadline {
            let open: Vec<String> = seen
                .iter()
                .filter(|pod| !is_decided(pod))
                .map(|pod| format!("{} {}", pod["metadata"]["namespace"], pod["spec"]))
                .collect();
            bail!("the scheduler has not decided about {open:#?}");
        }
        sleep(POLL);
    };
    Ok(cases.iter().map(|case| real(case, &placed)).collect())
}

/// Removes the Pods that got no node, which the API server does at once.
fn clear_pending(kubectl: &Kubectl) -> Result<()> {
    kubectl.run(&[
        "delete",
        "pods",
        "-A",
        "--wait=false",
        "-l",
        "round",
        "--field-selector=spec.nodeName=",
    ])?;
    Ok(())
}

/// Removes the Pods of an earlier round, for which the kubelet has to be heard.
fn clear_old(kubectl: &Kubectl, round: usize) -> Result<()> {
    let Some(old) = round.checked_sub(KEPT_ROUNDS) else {
        return Ok(());
    };
    let label = format!("round=r{old}");
    kubectl.run(&["delete", "pods", "-A", "--wait=false", "-l", &label])?;
    settle(kubectl, "pods", |pods| {
        let old = format!("r{old}");
        count(pods, |pod| pod["metadata"]["labels"]["round"] == *old) == 0
    })
}

fn pods(case: &Case, round: usize) -> Vec<Value> {
    let one = |number: usize| {
        let mut labels = case.template.labels.clone();
        labels["round"] = json!(format!("r{round}"));
        json!({"apiVersion": "v1", "kind": "Pod", "spec": case.template.spec,
            "metadata": {"name": format!("new-{round}-{number}"), "namespace": case.namespace,
                "labels": labels, "annotations": setting::untouched()}})
    };
    (0..case.count).map(one).collect()
}

fn scheduled(pod: &Value) -> Option<&Value> {
    let conditions = pod["status"]["conditions"].as_array()?;
    conditions
        .iter()
        .find(|condition| condition["type"] == "PodScheduled")
}

/// An error while a volume is bound is no decision: the scheduler tries again.
fn is_decided(pod: &Value) -> bool {
    pod["spec"]["nodeName"].is_string()
        || scheduled(pod).is_some_and(|condition| condition["reason"] == "Unschedulable")
}

fn real(case: &Case, pods: &[Value]) -> Real {
    let mut real = Real::default();
    let own = |pod: &&Value| pod["metadata"]["namespace"] == *case.namespace;
    for pod in pods.iter().filter(own) {
        if pod["spec"]["nodeName"].is_string() {
            real.placed += 1;
        } else if real.message.is_none() {
            let message = scheduled(pod).and_then(|condition| condition["message"].as_str());
            real.message = message.map(str::to_owned);
        }
    }
    real
}
