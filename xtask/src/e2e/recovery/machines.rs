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

/// Nodes with a machine each: one is found stopped, one is started anew, one is given back. What was
/// changed rests for ten minutes, so each has a story of its own.
const MACHINES: [&str; 3] = ["m-1", "m-2", "m-3"];

const TIMES: &str = "verification: {settle: 1s, hold: 2s, giveUp: 90s, lookEvery: 1s}\n";

/// How long the node controller may take until it calls a silent Node unknown.
const PATIENCE: Duration = Duration::from_mins(2);

/// One machine; its Node is called like it.
struct Machine {
    id: &'static str,
    state: &'static str,
    starts: u32,
}

/// The machines, and what was asked of them.
struct Provider {
    machines: Vec<Machine>,
    asked: Vec<String>,
    keys: Vec<String>,
}

impl Provider {
    fn told(&self) -> Value {
        let machine = |known: &Machine| {
            json!({"id": known.id, "node": known.id, "state": known.state,
                "startedAt": format!("start {}", known.starts), "price": "0.42 USD per hour"})
        };
        let machines: Vec<Value> = self.machines.iter().map(machine).collect();
        let cluster = json!({"id": "e2e", "name": "e2e", "state": "available"});
        json!({"cloud": {"cluster": cluster, "machines": machines}})
    }

    fn reply(&mut self, asked: &Asked, kubectl: &Kubectl) -> Reply {
        if asked.line.starts_with("GET /cloud ") {
            return ("200 OK", self.told());
        }
        let path = asked.line.strip_prefix("POST /machines/");
        let path = path.and_then(|rest| rest.split(' ').next());
        let change = path.and_then(|path| path.split_once('/'));
        let Some((id, verb)) = change.filter(|_| !asked.key.is_empty()) else {
            return ("400 Bad Request", json!({"error": "no such change"}));
        };
        if self.keys.contains(&asked.key) {
            return ("202 Accepted", json!({}));
        }
        self.keys.push(asked.key.clone());
        self.asked.push(format!("{verb} {id}"));
        match self.change(id, verb, kubectl) {
            Ok(()) => ("202 Accepted", json!({})),
            Err(error) => ("409 Conflict", json!({"error": format!("{error:#}")})),
        }
    }

    fn change(&mut self, id: &str, verb: &str, kubectl: &Kubectl) -> Result<()> {
        let known = self.machines.iter().position(|known| known.id == id);
        let at = known.context("there is no such machine")?;
        match verb {
            "start" | "reboot" => {
                let machine = &mut self.machines[at];
                machine.state = "running";
                machine.starts += 1;
                boot(kubectl, id, machine.starts)?;
                // Without the label kwok speaks for the kubelet again.
                kubectl.run(&["label", "node", id, "play.dogwatch.io/silent-"])?;
            }
            "delete" => {
                self.machines.remove(at);
                kubectl.run(&["delete", "node", id])?;
            }
            other => bail!("nobody asked for {other} here"),
        }
        Ok(())
    }
}

/// The kubelet tells another start.
fn boot(kubectl: &Kubectl, node: &str, start: u32) -> Result<()> {
    let patch = json!({"status": {"nodeInfo": {"bootID": format!("boot-{start}")}}}).to_string();
    let words = [
        "patch",
        "node",
        node,
        "--subresource=status",
        "--type=merge",
        "-p",
        &patch,
    ];
    kubectl.run(&words)?;
    Ok(())
}

pub(crate) fn run(work: &Path, plane: &ControlPlane, dogwatch: &Path) -> Result<()> {
    let kubectl = plane.kubectl();
    super::prepare(&kubectl)?;
    for id in MACHINES {
        let node = json!({"apiVersion": "v1", "kind": "Node", "metadata":
            {"name": id, "labels": {"pool": "machines", "kubernetes.io/hostname": id}}});
        kubectl.feed(&["apply", "-f", "-"], &node.to_string())?;
    }
    let machine = |id| Machine {
        id,
        state: "running",
        starts: 1,
    };
    let provider = Arc::new(Mutex::new(Provider {
        machines: MACHINES.map(machine).into(),
        asked: Vec::new(),
        keys: Vec::new(),
    }));
    let (shared, theirs) = (Arc::clone(&provider), plane.kubectl());
    let url = service::start(move |asked| {
        let mut provider = shared.lock().unwrap_or_else(PoisonError::into_inner);
        provider.reply(asked, &theirs)
    })?;
    let config = format!("{TIMES}cloud: {{url: '{url}'}}\n");
    let crew = Crew::new(&work.join(NAME), plane, dogwatch, &config)?;
    let story = Story {
        crew: &crew,
        kubectl: &kubectl,
        provider: &provider,
    };
    for id in MACHINES {
        story.ready(id, "True")?;
        boot(&kubectl, id, 1)?;
    }
    story.stopped().context("a machine that is stopped")?;
    story.anew().context("a machine that is started anew")?;
    story.given_back().context("a machine that is given back")?;
    story.never().context("a cluster is never deleted")?;
    crew.expect("alice", &["audit", "verify"], 0)?;
    kubectl.run(&["delete", "node", "m-1", "m-2"])?;
    Ok(())
}

struct Story<'a> {
    crew: &'a Crew<'a>,
    kubectl: &'a Kubectl,
    provider: &'a Mutex<Provider>,
}

impl Story<'_> {
    fn asked(&self) -> Vec<String> {
        let provider = self.provider.lock().unwrap_or_else(PoisonError::into_inner);
        provider.asked.clone()
    }

    /// Waits until the Node controller says so.
    fn ready(&self, node: &str, wanted: &str) -> Result<()> {
        let path = "jsonpath={.status.conditions[?(@.type==\"Ready\")].status}";
        let deadline = Instant::now() + PATIENCE;
        loop {
            let now = self.kubectl.run(&["get", "node", node, "-o", path])?;
            if now == wanted {
                return Ok(());
            }
            ensure!(Instant::now() < deadline, "{node} is Ready={now}");
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
            let mut provider = self.provider.lock().unwrap_or_else(PoisonError::into_inner);
            provider.machines[0].state = "stopped";
        }
        let label = ["label", "node", "m-1", "play.dogwatch.io/silent=true"];
        self.kubectl.run(&label)?;
        self.ready("m-1", "Unknown")?;
        let made = self.crew.plans("alice", &["node/m-1"])?;
        let plan = made.of("start-machine")?;
        ensure!(plan.letter == "A", "it comes first: {plan:?}");
        let first = self.crew.approve("bob", &plan.id, &plan.typed)?;
        ensure!(first.code == 6, "one is not enough: {}", first.out);
        self.crew.approves("carol", plan)?;
        let ended = self.crew.execute("carol", &plan.id, 0)?;
        ensure!(ended["state"] == "succeeded", "the Node is back: {ended}");
        ensure!(self.asked() == ["start m-1"], "{:?}", self.asked());
        self.ready("m-1", "True")
    }

    fn anew(&self) -> Result<()> {
        let refused = self.call("huawei_reboot_ecs", &["instance_id=m-2"], 1)?;
        ensure!(
            refused["reason"] == "unsafe"
                && refused["error"].to_string().contains("drain it first"),
            "a Node that takes Pods is left alone: {refused}"
        );
        let unknown = self.call("huawei_reboot_ecs", &["instance_id=m-9"], 1)?;
        ensure!(unknown["error"].to_string().contains("m-9"), "{unknown}");
        self.kubectl.run(&["cordon", "m-2"])?;
        let done = self.carried_out("huawei_reboot_ecs", &["instance_id=m-2"])?;
        ensure!(done["state"] == "succeeded", "it was started anew: {done}");
        ensure!(
            self.asked() == ["start m-1", "reboot m-2"],
            "{:?}",
            self.asked()
        );
        Ok(())
    }

    fn given_back(&self) -> Result<()> {
        self.kubectl.run(&["cordon", "m-3"])?;
        let done = self.carried_out("huawei_delete_cce_node", &["node_id=m-3"])?;
        ensure!(done["state"] == "succeeded", "it is gone: {done}");
        let list = self.kubectl.run(&["get", "nodes", "-o", "name"])?;
        ensure!(!list.contains("node/m-3"), "the Node is gone: {list}");
        Ok(())
    }

    fn never(&self) -> Result<()> {
        let refused = self.call("huawei_delete_cce_cluster", &["confirm=true"], 1)?;
        ensure!(refused["reason"] == "forbidden", "never: {refused}");
        Ok(())
    }
}
