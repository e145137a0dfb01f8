//! A machine is found stopped and started, started anew, and given back with its Node; a cluster is
//! never deleted. The provider is a double that talks to kwok: a machine that is stopped is a Node that
//! kwok forgets, and a start is another boot id.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::{Value, json};

use super::super::controlplane::ControlPlane;
use super::super::kubectl::Kubectl;
use super::crew::Crew;
use super::service::{self, Asked, Reply};

/// The name under which the suite lists it.
pub(crate) const NAME: &str = "recovery-machines";

/// What it shows.
pub(crate) const DESCRIPTION: &str = "A Node whose machine is stopped gets it started; machines are started anew and given back by actions that people approve by naming them.";

/// The Node, and one more that takes Pods meanwhile.
const NODES: &str = "
apiVersion: v1
kind: Node
metadata: {name: machine-1, labels: {pool: machines, kubernetes.io/hostname: machine-1}}
---
apiVersion: v1
kind: Node
metadata: {name: machine-2, labels: {pool: machines, kubernetes.io/hostname: machine-2}}
";

const TIMES: &str = "verification: {settle: 1s, hold: 2s, giveUp: 90s, lookEvery: 1s}\n";

/// How long the node controller may take until it calls a silent Node unknown.
const PATIENCE: Duration = Duration::from_mins(2);

/// The one machine, and what was asked of it.
struct Machine {
    state: &'static str,
    starts: u32,
    asked: Vec<String>,
    keys: Vec<String>,
}

impl Machine {
    fn told(&self) -> Value {
        let machines = if self.state == "gone" {
            json!([])
        } else {
            json!([{"id": "m-1", "node": "machine-1", "state": self.state,
                "startedAt": format!("start {}", self.starts), "price": "0.42 USD per hour"}])
        };
        let cluster = json!({"id": "e2e", "name": "e2e", "state": "available"});
        json!({"cloud": {"cluster": cluster, "machines": machines}})
    }

    fn reply(&mut self, asked: &Asked, kubectl: &Kubectl) -> Reply {
        if asked.line.starts_with("GET /cloud ") {
            return ("200 OK", self.told());
        }
        let verb = asked.line.strip_prefix("POST /machines/m-1/");
        let verb = verb.and_then(|rest| rest.split(' ').next());
        let Some(verb) = verb.filter(|_| !asked.key.is_empty()) else {
            return ("400 Bad Request", json!({"error": "no such change"}));
        };
        if self.keys.contains(&asked.key) {
            return ("202 Accepted", json!({}));
        }
        self.keys.push(asked.key.clone());
        self.asked.push(verb.to_owned());
        match self.change(verb, kubectl) {
            Ok(()) => ("202 Accepted", json!({})),
            Err(error) => ("409 Conflict", json!({"error": format!("{error:#}")})),
        }
    }

    fn change(&mut self, verb: &str, kubectl: &Kubectl) -> Result<()> {
        match verb {
            "start" | "reboot" => {
                self.state = "running";
                self.starts += 1;
                boot(kubectl, self.starts)?;
                // Without the label kwok speaks for the kubelet again.
                kubectl.run(&["label", "node", "machine-1", "play.dogwatch.io/silent-"])?;
            }
            "delete" => {
                self.state = "gone";
                kubectl.run(&["delete", "node", "machine-1"])?;
            }
            other => bail!("nobody asked for {other} here"),
        }
        Ok(())
    }
}

/// The kubelet tells another start.
fn boot(kubectl: &Kubectl, start: u32) -> Result<()> {
    let patch = json!({"status": {"nodeInfo": {"bootID": format!("boot-{start}")}}}).to_string();
    kubectl.run(&[
        "patch",
        "node",
        "machine-1",
        "--subresource=status",
        "--type=merge",
        "-p",
        &patch,
    ])?;
    Ok(())
}

pub(crate) fn run(work: &Path, plane: &ControlPlane, dogwatch: &Path) -> Result<()> {
    let kubectl = plane.kubectl();
    super::prepare(&kubectl)?;
    kubectl.feed(&["apply", "-f", "-"], NODES)?;
    let machine = Arc::new(Mutex::new(Machine {
        state: "running",
        starts: 1,
        asked: Vec::new(),
        keys: Vec::new(),
    }));
    let (shared, theirs) = (Arc::clone(&machine), plane.kubectl());
    let url = service::start(move |asked| {
        let mut machine = shared.lock().unwrap_or_else(PoisonError::into_inner);
        machine.reply(asked, &theirs)
    })?;
    let config = format!("{TIMES}cloud: {{url: '{url}'}}\n");
    let crew = Crew::new(&work.join(NAME), plane, dogwatch, &config)?;
    let story = Story {
        crew: &crew,
        kubectl: &kubectl,
        machine: &machine,
    };
    story.ready("True")?;
    boot(&kubectl, 1)?;
    story.stopped().context("a machine that is stopped")?;
    story.anew().context("a machine that is started anew")?;
    story.given_back().context("a machine that is given back")?;
    story.never().context("a cluster is never deleted")?;
    crew.expect("alice", &["audit", "verify"], 0)?;
    kubectl.run(&["delete", "node", "machine-2"])?;
    Ok(())
}

struct Story<'a> {
    crew: &'a Crew<'a>,
    kubectl: &'a Kubectl,
    machine: &'a Mutex<Machine>,
}

impl Story<'_> {
    fn asked(&self) -> Vec<String> {
        let machine = self.machine.lock().unwrap_or_else(PoisonError::into_inner);
        machine.asked.clone()
    }

    /// Waits until the Node controller says so.
    fn ready(&self, wanted: &str) -> Result<()> {
        let path = "jsonpath={.status.conditions[?(@.type==\"Ready\")].status}";
        let deadline = Instant::now() + PATIENCE;
        loop {
            let now = self
                .kubectl
                .run(&["get", "node", "machine-1", "-o", path])?;
            if now == wanted {
                return Ok(());
            }
            ensure!(Instant::now() < deadline, "machine-1 is Ready={now}");
            sleep(Duration::from_secs(1));
        }
    }

    fn call(&self, name: &str, more: &[&str], code: i32) -> Result<Value> {
        let mut words = vec!["action", name, "region=e2e", "cluster_id=e2e"];
        words.extend(more);
        let said = self.crew.expect("alice", &words, code)?;
        serde_json::from_str(&said.out).with_context(|| format!("no JSON: {}", said.out))
    }

    /// A preview is approved by two people, who name what is done, and carried out by another call.
    fn carried_out(&self, name: &str, more: &[&str]) -> Result<Value> {
        let before = self.asked();
        let preview = self.call(name, more, 1)?;
        ensure!(
            preview["reason"] == "confirmation_required" && preview["risk_class"] == "R3",
            "it is previewed: {preview}"
        );
        let text = |field: &str| preview[field].as_str().unwrap_or_default().to_owned();
        let (plan, typed, digest) = (text("plan_id"), text("typed"), text("plan_digest"));
        let unnamed = self.crew.approve("bob", &plan, &digest[..8])?;
        ensure!(
            unnamed.code == 6,
            "the digest is not enough: {}",
            unnamed.out
        );
        for (person, code) in [("bob", 6), ("carol", 0)] {
            let said = self.crew.approve(person, &plan, &typed)?;
            ensure!(said.code == code, "{person}: {}", said.out);
        }
        ensure!(self.asked() == before, "nothing was asked for before");
        self.call(name, &[more, &["confirm=true"]].concat(), 0)
    }

    fn stopped(&self) -> Result<()> {
        {
            let mut machine = self.machine.lock().unwrap_or_else(PoisonError::into_inner);
            machine.state = "stopped";
        }
        let label = ["label", "node", "machine-1", "play.dogwatch.io/silent=true"];
        self.kubectl.run(&label)?;
        self.ready("Unknown")?;
        let made = self.crew.plans("alice", &["node/machine-1"])?;
        let plan = made.of("start-machine")?;
        ensure!(plan.letter == "A", "it comes first: {plan:?}");
        let first = self.crew.approve("bob", &plan.id, &plan.typed)?;
        ensure!(first.code == 6, "one is not enough: {}", first.out);
        self.crew.approves("carol", plan)?;
        let ended = self.crew.execute("carol", &plan.id, 0)?;
        ensure!(ended["state"] == "succeeded", "the Node is back: {ended}");
        ensure!(self.asked() == ["start"], "{:?}", self.asked());
        self.ready("True")
    }

    fn anew(&self) -> Result<()> {
        let refused = self.call("huawei_reboot_ecs", &["instance_id=m-1"], 1)?;
        ensure!(
            refused["reason"] == "unsafe"
                && refused["error"].to_string().contains("drain it first"),
            "a Node that takes Pods is left alone: {refused}"
        );
        let unknown = self.call("huawei_reboot_ecs", &["instance_id=m-9"], 1)?;
        ensure!(unknown["error"].to_string().contains("m-9"), "{unknown}");
        self.kubectl.run(&["cordon", "machine-1"])?;
        let done = self.carried_out("huawei_reboot_ecs", &["instance_id=m-1"])?;
        ensure!(done["state"] == "succeeded", "it was started anew: {done}");
        ensure!(self.asked() == ["start", "reboot"], "{:?}", self.asked());
        Ok(())
    }

    fn given_back(&self) -> Result<()> {
        let done = self.carried_out("huawei_delete_cce_node", &["node_id=m-1"])?;
        ensure!(done["state"] == "succeeded", "it is gone: {done}");
        let list = self.kubectl.run(&["get", "nodes", "-o", "name"])?;
        ensure!(!list.contains("machine-1"), "the Node is gone: {list}");
        Ok(())
    }

    fn never(&self) -> Result<()> {
        let refused = self.call("huawei_delete_cce_cluster", &["confirm=true"], 1)?;
        ensure!(refused["reason"] == "forbidden", "never: {refused}");
        Ok(())
    }
}
