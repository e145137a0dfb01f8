//! A provider of Nodes that talks to kwok: pools are grown by applying Node objects.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

use super::super::kubectl::Kubectl;

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
        let listener = TcpListener::bind("127.0.0.1:0").context("listen for dogwatch")?;
        let port = listener.local_addr().context("read the port")?.port();
        let shared = Arc::clone(&pools);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                // A caller that went away has its answer already.
                drop(answer(stream, &kubectl, &shared));
            }
        });
        Ok(Self {
            url: format!("http://127.0.0.1:{port}"),
            pools,
        })
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

fn answer(stream: TcpStream, kubectl: &Kubectl, pools: &Mutex<Pools>) -> Result<()> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let (mut length, mut key) = (0, String::new());
    loop {
        let mut header = String::new();
        reader.read_line(&mut header)?;
        let header = header.trim().to_ascii_lowercase();
        if header.is_empty() {
            break;
        }
        if let Some(value) = header.strip_prefix("content-length: ") {
            length = value.parse()?;
        }
        if let Some(value) = header.strip_prefix("idempotency-key: ") {
            value.clone_into(&mut key);
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    let mut pools = pools.lock().unwrap_or_else(PoisonError::into_inner);
    let (status, said) = reply(&line, &body, &key, kubectl, &mut pools);
    let text = said.to_string();
    let mut stream = reader.into_inner();
    write!(
        stream,
        "HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{text}",
        text.len()
    )?;
    Ok(())
}

fn reply(
    line: &str,
    body: &Value,
    key: &str,
    kubectl: &Kubectl,
    pools: &mut Pools,
) -> (&'static str, Value) {
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
