//! A server on loopback that answers as a script says.

use std::{
    collections::VecDeque,
    fs,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Router,
    body::Body,
    extract::State,
    http::{HeaderMap, Request, Response, StatusCode},
};
use dogwatch_adapters::kubernetes::{ConnectOptions, LiveCluster, connect};
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
};

/// One answer of the script.
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: String,
    pub(crate) delay: Duration,
}

impl Reply {
    pub(crate) fn ok(body: impl Into<String>) -> Self {
        Self::status(200, body)
    }

    pub(crate) fn status(status: u16, body: impl Into<String>) -> Self {
        Self {
            status,
            headers: Vec::new(),
            body: body.into(),
            delay: Duration::ZERO,
        }
    }

    pub(crate) fn header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }

    pub(crate) fn after(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }
}

struct Seen {
    path: String,
    headers: HeaderMap,
    body: String,
}

#[derive(Default)]
struct Script {
    replies: VecDeque<Reply>,
    seen: Vec<Seen>,
}

/// A scripted server; each request takes the next reply, and none left is a 500.
pub(crate) struct Server {
    script: Arc<Mutex<Script>>,
    address: String,
}

impl Server {
    pub(crate) async fn start(replies: impl IntoIterator<Item = Reply>) -> Self {
        let replies = replies.into_iter().collect();
        let script = Arc::new(Mutex::new(Script {
            replies,
            seen: Vec::new(),
        }));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let app = Router::new()
            .fallback(answer)
            .with_state(Arc::clone(&script));
        tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        Self { script, address }
    }

    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// Paths with queries, in order.
    pub(crate) fn paths(&self) -> Vec<String> {
        self.seen(|request| request.path.clone())
    }

    /// `Accept` headers, in order.
    pub(crate) fn accepts(&self) -> Vec<String> {
        self.header("accept")
    }

    /// One header of each request; absent is empty.
    pub(crate) fn header(&self, name: &str) -> Vec<String> {
        self.seen(|request| {
            let value = request
                .headers
                .get(name)
                .map(|value| value.to_str().unwrap().to_owned());
            value.unwrap_or_default()
        })
    }

    /// Bodies, in order.
    pub(crate) fn bodies(&self) -> Vec<String> {
        self.seen(|request| request.body.clone())
    }

    fn seen(&self, part: impl Fn(&Seen) -> String) -> Vec<String> {
        self.script.lock().unwrap().seen.iter().map(part).collect()
    }

    pub(crate) async fn cluster(&self) -> LiveCluster {
        cluster_at(&self.address, Duration::from_secs(5)).await
    }
}

async fn answer(
    State(script): State<Arc<Mutex<Script>>>,
    request: Request<Body>,
) -> Response<Body> {
    let headers = request.headers().clone();
    let path = request.uri().to_string();
    let body = axum::body::to_bytes(request.into_body(), 1024 * 1024)
        .await
        .unwrap();
    let reply = {
        let mut script = script.lock().unwrap();
        let body = String::from_utf8(body.to_vec()).unwrap();
        script.seen.push(Seen {
            path,
            headers,
            body,
        });
        script.replies.pop_front()
    };
    let reply = reply.unwrap_or_else(|| Reply::status(500, "the script is over"));
    tokio::time::sleep(reply.delay).await;
    let mut response = Response::builder().status(StatusCode::from_u16(reply.status).unwrap());
    for (name, value) in reply.headers {
        response = response.header(name, value);
    }
    response.body(Body::from(reply.body)).unwrap()
}

/// A server that sends raw bytes for each request and closes the connection.
pub(crate) async fn raw_server(answers: Vec<String>) -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let seen = Arc::new(Mutex::new(Vec::new()));
    let lines = Arc::clone(&seen);
    tokio::spawn(async move {
        for answer in answers {
            let (mut socket, _) = listener.accept().await.unwrap();
            let mut buffer = vec![0; 16 * 1024];
            let length = socket.read(&mut buffer).await.unwrap();
            let request = String::from_utf8_lossy(&buffer[..length]).into_owned();
            lines
                .lock()
                .unwrap()
                .push(request.lines().next().unwrap_or_default().to_owned());
            socket.write_all(answer.as_bytes()).await.unwrap();
            socket.shutdown().await.unwrap();
        }
    });
    (address, seen)
}

/// A server that holds the second half of its first body back until the next request has come.
pub(crate) async fn stalling_server(
    bodies: [(&str, &str); 2],
) -> (String, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let seen = Arc::new(Mutex::new(Vec::new()));
    let lines = Arc::clone(&seen);
    let bodies = bodies.map(|(first, rest)| (first.to_owned(), rest.to_owned()));
    tokio::spawn(async move {
        let mut sockets = Vec::new();
        for (first, rest) in &bodies {
            let (mut socket, _) = listener.accept().await.unwrap();
            let mut buffer = vec![0; 16 * 1024];
            let length = socket.read(&mut buffer).await.unwrap();
            let request = String::from_utf8_lossy(&buffer[..length]).into_owned();
            let line = request.lines().next().unwrap_or_default().to_owned();
            lines.lock().unwrap().push(line);
            let length = first.len() + rest.len();
            let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {length}\r\n\r\n{first}");
            socket.write_all(head.as_bytes()).await.unwrap();
            sockets.push(socket);
        }
        for (socket, (_, rest)) in sockets.iter_mut().zip(&bodies) {
            socket.write_all(rest.as_bytes()).await.unwrap();
        }
    });
    (address, seen)
}

pub(crate) fn kubeconfig(server: &str, user: &str) -> String {
    format!(
        "apiVersion: v1\nkind: Config\ncurrent-context: here\nclusters:\n- name: c\n  cluster:\n    \
         server: {server}\nusers:\n- name: u\n  user: {user}\ncontexts:\n- name: here\n  context:\n    \
         cluster: c\n    user: u\n    namespace: shop\n"
    )
}

pub(crate) fn options(folder: &TempDir, text: &str) -> ConnectOptions {
    let path = folder.path().join("config");
    fs::write(&path, text).unwrap();
    ConnectOptions {
        kubeconfig: Some(path),
        ..ConnectOptions::default()
    }
}

pub(crate) async fn cluster_at(server: &str, timeout: Duration) -> LiveCluster {
    let folder = TempDir::new().unwrap();
    let options = options(&folder, &kubeconfig(server, "{token: abc}"));
    connect(ConnectOptions {
        request_timeout: Some(timeout),
        ..options
    })
    .await
    .unwrap()
}
