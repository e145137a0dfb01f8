//! A provider of Nodes that talks to kwok: pools are grown by applying Node objects.

use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Result;
use serde_json::{Value, json};

use super::super::kubectl::Kubectl;
use super::service::{self, Asked, Reply};

/// The pools and what was asked of them.
#[derive(Debug)]
struct Pools {
    /// Manifest of a Node, with `NAME` for its name.
    manifest: String,
    /// Most Nodes of one pool.
    max: u32,
    /// Names, and numbers of Nodes.
    known: Vec<(String, u32)>,
    /// Keys of requests that were carried out.
    keys: Vec<String>,
}

/// The provider.
pub(super) struct Provider {
    pub(super) url: String,
    pools: Arc<Mutex<Pools>>,
}

impl Provider {
    /// Serves one pool with one Node, which it makes, and at most so many.
    pub(super) fn start(kubectl: Kubectl, name: &str, manifest: &str, max: u32) -> Result<Self> {
        let pools = Pools {
            manifest: manifest.to_owned(),
            max,
            known: vec![(name.to_owned(), 1)],
            keys: Vec::new(),
        };
        make(&kubectl, &pools, (name, 1))?;
        let pools = Arc::new(Mutex::new(pools));
        let shared = Arc::clone(&pools);
        let url = service::start(move |asked| {
            let mut pools = shared.lock().unwrap_or_else(PoisonError::into_inner);
            reply(asked, &kubectl, &mut pools)
        })?;
        Ok(Self { url, pools })
    }

    /// How often the pools were changed.
    pub(super) fn changes(&self) -> usize {
        let pools = self.pools.lock();
        pools.unwrap_or_else(PoisonError::into_inner).keys.len()
    }

    /// Names of the pools.
    pub(super) fn names(&self) -> Vec<String> {
        let pools = self.pools.lock();
        let pools = pools.unwrap_or_else(PoisonError::into_inner);
        pools.known.iter().map(|(name, _)| name.clone()).collect()
    }
}

fn make(kubectl: &Kubectl, pools: &Pools, (pool, number): (&str, u32)) -> Result<()> {
    let name = format!("{pool}-{number}");
    let manifest = pools.manifest.replace("NAME", &name);
    kubectl.feed(&["apply", "-f", "-"], &manifest)?;
    Ok(())
}

fn reply(asked: &Asked, kubectl: &Kubectl, pools: &mut Pools) -> Reply {
    let Asked { line, body, key } = asked;
    if line.starts_with("GET /nodepools ") {
        return ("200 OK", json!({"nodePools": listed(pools)}));
    }
    let nodes = body["nodes"].as_u64();
    let wanted = nodes.and_then(|nodes| u32::try_from(nodes).ok());
    let (Some((pool, now)), Some(wanted)) = (meant(line, body, pools), wanted) else {
        return ("404 Not Found", json!({"error": "no such pool"}));
    };
    if key.is_empty() {
        return (
            "400 Bad Request",
            json!({"error": "Idempotency-Key is missing"}),
        );
    }
    if wanted > pools.max {
        return (
            "409 Conflict",
            json!({"error": "the pool is at its maximum"}),
        );
    }
    if !pools.keys.iter().any(|known| known == key) {
        for number in now + 1..=wanted {
            if make(kubectl, pools, (&pool, number)).is_err() {
                return ("500 Internal Server Error", json!({"error": "no machine"}));
            }
        }
        pools.known.retain(|(name, _)| *name != pool);
        pools.known.push((pool, wanted));
        pools.keys.push(key.to_owned());
    }
    ("202 Accepted", json!({}))
}

fn listed(pools: &Pools) -> Vec<Value> {
    let listed = pools.known.iter().map(|(name, nodes)| {
        let members: Vec<String> = (1..=*nodes).map(|n| format!("{name}-{n}")).collect();
        json!({"id": name, "name": name, "nodes": nodes, "max": pools.max,
            "members": members, "price": "0.42 USD per hour"})
    });
    listed.collect()
}

/// The pool of a request, and its Nodes of now: a new one has none.
fn meant(line: &str, body: &Value, pools: &Pools) -> Option<(String, u32)> {
    if line.starts_with("POST /nodepools ") {
        let pattern = body["like"].as_str()?;
        pools.known.iter().find(|(name, _)| name == pattern)?;
        let name = body["name"].as_str()?;
        return Some((name.to_owned(), 0));
    }
    let is_path = |name: &str| line.starts_with(&format!("POST /nodepools/{name}/resize "));
    let found = pools.known.iter().find(|(name, _)| is_path(name))?;
    Some(found.clone())
}
