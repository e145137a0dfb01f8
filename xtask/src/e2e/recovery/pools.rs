//! A provider of Nodes that talks to kwok: a pool of one size, grown by applying Node objects.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

use super::super::kubectl::Kubectl;

/// The pool and what was asked of it.
#[derive(Debug)]
struct Pool {
    name: String,
    /// Manifest of a Node, with `NAME` for its name.
    manifest: String,
    nodes: u32,
    /// Keys of requests that were carried out.
    keys: Vec<String>,
}

/// The provider.
pub(super) struct Provider {
    pub(super) url: String,
    pool: Arc<Mutex<Pool>>,
}

impl Provider {
    /// Serves one pool with one Node, which it makes.
    pub(super) fn start(kubectl: Kubectl, name: &str, manifest: &str) -> Result<Self> {
        let pool = Pool {
            name: name.to_owned(),
            manifest: manifest.to_owned(),
            nodes: 1,
            keys: Vec::new(),
        };
        make(&kubectl, &pool, 1)?;
        let pool = Arc::new(Mutex::new(pool));
        let listener = TcpListener::bind("127.0.0.1:0").context("listen for dogwatch")?;
        let port = listener.local_addr().context("read the port")?.port();
        let shared = Arc::clone(&pool);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                // A caller that went away has its answer already.
                drop(answer(stream, &kubectl, &shared));
            }
        });
        Ok(Self {
            url: format!("http://127.0.0.1:{port}"),
            pool,
        })
    }

    /// How often the pool was changed.
    pub(super) fn changes(&self) -> usize {
        self.pool
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .keys
            .len()
    }
}

fn make(kubectl: &Kubectl, pool: &Pool, number: u32) -> Result<()> {
    let name = format!("{}-{number}", pool.name);
    let manifest = pool.manifest.replace("NAME", &name);
    kubectl.feed(&["apply", "-f", "-"], &manifest)?;
    Ok(())
}

fn answer(stream: TcpStream, kubectl: &Kubectl, pool: &Mutex<Pool>) -> Result<()> {
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
    let mut pool = pool.lock().unwrap_or_else(PoisonError::into_inner);
    let (status, said) = handle(&line, &body, &key, kubectl, &mut pool);
    let text = said.to_string();
    let mut stream = reader.into_inner();
    write!(
        stream,
        "HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{text}",
        text.len()
    )?;
    Ok(())
}

fn handle(
    line: &str,
    body: &Value,
    key: &str,
    kubectl: &Kubectl,
    pool: &mut Pool,
) -> (&'static str, Value) {
    if line.starts_with("GET /nodepools ") {
        let members: Vec<String> = (1..=pool.nodes)
            .map(|n| format!("{}-{n}", pool.name))
            .collect();
        let pools = json!([{"id": pool.name, "name": pool.name, "nodes": pool.nodes, "max": 3,
            "members": members, "price": "0.42 USD per hour"}]);
        return ("200 OK", json!({"nodePools": pools}));
    }
    let path = format!("POST /nodepools/{}/resize ", pool.name);
    let wanted = body["nodes"]
        .as_u64()
        .and_then(|nodes| u32::try_from(nodes).ok());
    let (true, Some(wanted)) = (line.starts_with(&path), wanted) else {
        return ("404 Not Found", json!({"error": "no such pool"}));
    };
    if key.is_empty() {
        return (
            "400 Bad Request",
            json!({"error": "Idempotency-Key is missing"}),
        );
    }
    if !pool.keys.iter().any(|known| known == key) {
        for number in pool.nodes + 1..=wanted {
            if make(kubectl, pool, number).is_err() {
                return ("500 Internal Server Error", json!({"error": "no machine"}));
            }
        }
        pool.nodes = wanted;
        pool.keys.push(key.to_owned());
    }
    ("202 Accepted", json!({}))
}
