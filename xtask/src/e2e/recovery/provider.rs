//! What a provider does beside machines: a pool with a shape of its own is made and given back, an
//! address is bound and unbound, a weakness is marked, and the cluster goes to sleep and wakes. The
//! provider is a double: Nodes are made for kwok, and the API server of a cluster that sleeps goes on
//! answering.

use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::{Value, json};

use super::super::controlplane::ControlPlane;
use super::super::kubectl::Kubectl;
use super::crew::Crew;
use super::service::{self, Asked, Reply};

/// The name under which the suite lists it.
pub(crate) const NAME: &str = "recovery-provider";

/// What it shows.
pub(crate) const DESCRIPTION: &str = "Pools of a shape of their own, public addresses, weaknesses and the sleep of a cluster: by actions that people approve, there and back.";

const TIMES: &str = "verification: {settle: 1s, hold: 2s, giveUp: 60s, lookEvery: 1s}\n";

/// The password for logins of the story: nobody writes it down but the provider.
const PASSWORD: &str = "Story-Of-9-Nodes";

/// Nodes of the new pool.
const NODES: [&str; 2] = ["wide-1", "wide-2"];

/// What the provider has, and what it was told.
struct Provider {
    has_pool: bool,
    cluster: &'static str,
    bound: bool,
    weakness: String,
    /// The password that came with the pool.
    password: String,
    keys: Vec<String>,
}

impl Provider {
    fn pools(&self) -> Value {
        let pool = json!({"id": "wide", "name": "wide", "nodes": NODES.len(), "members": NODES});
        json!({"nodePools": if self.has_pool { vec![pool] } else { Vec::new() }})
    }

    fn cloud(&self) -> Value {
        let mut address = json!({"id": "a-1", "ip": "192.0.2.7"});
        if self.bound {
            address["boundTo"] = json!("c-1");
        }
        json!({"cloud": {
            "cluster": {"id": "c-1", "name": "e2e", "state": self.cluster, "price": "3 USD per hour"},
            "addresses": [address],
            "vulnerabilities": [{"id": "v-1", "status": self.weakness, "nodes": []}],
        }})
    }

    fn reply(&mut self, asked: &Asked, kubectl: &Kubectl) -> Reply {
        let mut words = asked.line.split(' ');
        let (verb, path) = (words.next(), words.next().unwrap_or_default());
        match (verb, path) {
            (Some("GET"), "/nodepools") => return ("200 OK", self.pools()),
            (Some("GET"), "/cloud") => return ("200 OK", self.cloud()),
            _ if asked.key.is_empty() => return ("400 Bad Request", json!({})),
            _ => {}
        }
        if self.keys.contains(&asked.key) {
            return ("202 Accepted", json!({}));
        }
        self.keys.push(asked.key.clone());
        match self.change(path, &asked.body, kubectl) {
            Ok(()) => ("202 Accepted", json!({})),
            Err(error) => ("409 Conflict", json!({"error": format!("{error:#}")})),
        }
    }

    fn change(&mut self, path: &str, body: &Value, kubectl: &Kubectl) -> Result<()> {
        match path {
            "/nodepools" => {
                ensure!(body["shape"]["flavor"] == "c7.large.2", "{body}");
                body["password"]
                    .as_str()
                    .unwrap_or_default()
                    .clone_into(&mut self.password);
                self.has_pool = true;
                for name in NODES {
                    let node = json!({"apiVersion": "v1", "kind": "Node", "metadata":
                        {"name": name, "labels": {"pool": "wide", "kubernetes.io/hostname": name}}});
                    kubectl.feed(&["apply", "-f", "-"], &node.to_string())?;
                }
            }
            "/nodepools/wide/delete" => {
                self.has_pool = false;
                kubectl.run(&[&["delete", "node"], &NODES[..]].concat())?;
            }
            "/addresses/a-1/bind" => {
                ensure!(body["cluster"] == "c-1", "{body}");
                self.bound = true;
            }
            "/addresses/a-1/unbind" => self.bound = false,
            "/vulnerabilities/v-1/mark" => body["status"]
                .as_str()
                .unwrap_or_default()
                .clone_into(&mut self.weakness),
            "/clusters/c-1/hibernate" => self.cluster = "hibernated",
            "/clusters/c-1/awake" => self.cluster = "available",
            other => bail!("nobody asked for {other} here"),
        }
        Ok(())
    }
}

pub(crate) fn run(work: &Path, plane: &ControlPlane, dogwatch: &Path) -> Result<()> {
    let kubectl = plane.kubectl();
    super::prepare(&kubectl)?;
    let provider = Arc::new(Mutex::new(Provider {
        has_pool: false,
        cluster: "available",
        bound: false,
        weakness: "open".to_owned(),
        password: String::new(),
        keys: Vec::new(),
    }));
    let (shared, theirs) = (Arc::clone(&provider), plane.kubectl());
    let url = service::start(move |asked| {
        let mut provider = shared.lock().unwrap_or_else(PoisonError::into_inner);
        provider.reply(asked, &theirs)
    })?;
    let config = format!("{TIMES}nodePools: {{url: '{url}'}}\ncloud: {{url: '{url}'}}\n");
    // What was changed rests for ten minutes: the way back has a store of its own.
    let crew = |name: &str| -> Result<Crew<'_>> {
        let mut crew = Crew::new(&work.join(NAME).join(name), plane, dogwatch, &config)?;
        PASSWORD.clone_into(&mut crew.node_password);
        Ok(crew)
    };
    let told = || provider.lock().unwrap_or_else(PoisonError::into_inner);
    let forth = crew("forth")?;
    make_pool(&forth).context("a pool of a shape of its own")?;
    ensure!(told().password == PASSWORD, "the provider has the password");
    bind(&forth, "bind").context("an address is bound")?;
    ensure!(told().bound, "the provider has bound it");
    mark(&forth).context("a weakness is marked")?;
    ensure!(told().weakness == "ignored", "the provider has marked it");
    sleep(&forth).context("a cluster goes to sleep")?;
    ensure!(told().cluster == "hibernated", "it sleeps at the provider");
    let back = crew("back")?;
    wake(&back).context("a cluster wakes")?;
    ensure!(told().cluster == "available", "it is awake at the provider");
    bind(&back, "unbind").context("an address is unbound")?;
    ensure!(!told().bound, "the provider has unbound it");
    delete_pool(&back, &kubectl).context("a pool is given back")?;
    ensure!(!told().has_pool, "the provider has taken it");
    for crew in [&forth, &back] {
        crew.expect("alice", &["audit", "verify"], 0)?;
    }
    never_written(&work.join(NAME))
}

/// A preview, as many people as it takes, and another call that carries it out.
fn carried_out(crew: &Crew<'_>, name: &str, more: &[&str], people: &[(&str, i32)]) -> Result<()> {
    let call = |more: &[&str], code| -> Result<Value> {
        let mut words = vec!["action", name, "region=e2e", "cluster_id=c-1"];
        words.extend(more);
        let said = crew.expect("alice", &words, code)?;
        ensure!(!said.out.contains(PASSWORD), "nobody shows the password");
        serde_json::from_str(&said.out).with_context(|| format!("no JSON: {}", said.out))
    };
    let preview = call(more, 1)?;
    let text = |field: &str| preview[field].as_str().unwrap_or_default().to_owned();
    ensure!(
        preview["reason"] == "confirmation_required",
        "it is previewed: {preview}"
    );
    for (person, code) in people {
        let said = crew.approve(person, &text("plan_id"), &text("typed"))?;
        ensure!(said.code == *code, "{person}: {preview} {}", said.out);
    }
    let done = call(&[more, &["confirm=true"]].concat(), 0)?;
    ensure!(done["state"] == "succeeded", "it was carried out: {done}");
    Ok(())
}

const TWO: &[(&str, i32)] = &[("bob", 6), ("carol", 0)];

fn make_pool(crew: &Crew<'_>) -> Result<()> {
    let shape = [
        "nodepool_name=wide",
        "flavor=c7.large.2",
        "availability_zone=zone-1",
        "root_volume_size=40",
        "root_volume_type=SSD",
        "initial_node_count=2",
    ];
    carried_out(crew, "huawei_create_cce_nodepool", &shape, TWO)
}

fn delete_pool(crew: &Crew<'_>, kubectl: &Kubectl) -> Result<()> {
    let words = ["action", "huawei_delete_cce_nodepool", "region=e2e"];
    let more = ["cluster_id=c-1", "nodepool_id=wide"];
    let said = crew.expect("alice", &[&words[..], &more].concat(), 1)?;
    ensure!(
        said.out.contains("wide-1"),
        "Nodes that take Pods are left alone: {}",
        said.out
    );
    kubectl.run(&[&["cordon"], &NODES[..]].concat())?;
    carried_out(crew, "huawei_delete_cce_nodepool", &more[1..], TWO)?;
    let list = kubectl.run(&["get", "nodes", "-o", "name"])?;
    ensure!(!list.contains("node/wide-"), "the Nodes are gone: {list}");
    Ok(())
}

fn bind(crew: &Crew<'_>, verb: &str) -> Result<()> {
    let name = format!("huawei_{verb}_cce_cluster_eip");
    carried_out(crew, &name, &["eip_id=a-1"], TWO)
}

fn mark(crew: &Crew<'_>) -> Result<()> {
    let more = ["vul_id=v-1", "status=ignored"];
    carried_out(crew, "huawei_hss_change_vul_status", &more, TWO)
}

fn sleep(crew: &Crew<'_>) -> Result<()> {
    carried_out(crew, "huawei_hibernate_cce_cluster", &[], TWO)
}

fn wake(crew: &Crew<'_>) -> Result<()> {
    carried_out(crew, "huawei_awake_cce_cluster", &[], TWO)
}

/// The password stands in no file of the stores.
fn never_written(folder: &Path) -> Result<()> {
    for entry in fs::read_dir(folder).context("look into the store")? {
        let path = entry.context("look into the store")?.path();
        if path.is_dir() {
            never_written(&path)?;
            continue;
        }
        let bytes = fs::read(&path).context("read a file of the store")?;
        let mut windows = bytes.windows(PASSWORD.len());
        ensure!(
            !windows.any(|part| part == PASSWORD.as_bytes()),
            "the password stands in {}",
            path.display()
        );
    }
    Ok(())
}
