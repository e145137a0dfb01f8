//! The HTTP server around a sandbox.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{Query, Request, State};
use axum::http::header::{ACCEPT, ACCEPT_ENCODING, CONTENT_TYPE, DATE, HeaderMap, HeaderName};
use axum::http::{HeaderValue, Response};
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::answer::Answer;
use crate::clock::http_date;
use crate::controllers::{self, Controllers};
use crate::core::Core;
use crate::errors::ApiError;
use crate::request::Call;
use crate::routes;

/// The largest request body, as in Kubernetes.
const BODY_LIMIT: usize = 3 * 1024 * 1024;
/// How many requests [`Server::requests`] remembers.
const JOURNAL_LENGTH: usize = 10_000;
/// How often controllers look at a running clock.
const BEAT: Duration = Duration::from_millis(500);

/// Why a sandbox cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The address is not loopback and the builder did not allow that. Not retryable.
    #[error("{address} is not a loopback address")]
    NotLoopback {
        /// The refused address.
        address: SocketAddr,
    },
    /// The address cannot be bound. Retryable with another port.
    #[error("cannot listen on {address}")]
    Bind {
        /// The refused address.
        address: SocketAddr,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
}

#[derive(Debug, Default)]
struct Journal {
    total: u64,
    lines: VecDeque<String>,
}

#[derive(Debug, Clone)]
struct Shared {
    core: Arc<Core>,
    journal: Arc<Mutex<Journal>>,
    closing: watch::Receiver<bool>,
}

/// A running server. Dropping it stops it at once.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    journal: Arc<Mutex<Journal>>,
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Server {
    /// The address that the server listens on, with the real port.
    pub fn addr(&self) -> SocketAddr {
        self.address
    }

    /// The base address for clients.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// A kubeconfig for this server, as YAML. It holds no credentials, and it turns compression off:
    /// on one machine that costs more than the bytes.
    pub fn kubeconfig(&self) -> String {
        format!(
            "apiVersion: v1\nkind: Config\ncurrent-context: sandbox\nclusters:\n- name: sandbox\n  \
             cluster:\n    server: {}\n    disable-compression: true\ncontexts:\n- name: sandbox\n  context:\n    \
             cluster: sandbox\n    user: sandbox\nusers:\n- name: sandbox\n  user: {{}}\n",
            self.url()
        )
    }

    /// How many requests have arrived.
    pub fn request_count(&self) -> u64 {
        self.journal
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .total
    }

    /// The last 10,000 requests as `METHOD path?query`, oldest first.
    pub fn requests(&self) -> Vec<String> {
        let journal = self.journal.lock().unwrap_or_else(PoisonError::into_inner);
        journal.lines.iter().cloned().collect()
    }

    /// Stops accepting, closes all connections and waits for the end.
    pub async fn shutdown(mut self) {
        self.stop.send_replace(true);
        // A panic of the server task has nothing left to report to at this point.
        let _ended = (&mut self.task).await;
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Binds the address and serves in the background.
pub(crate) async fn start(core: Arc<Core>, address: SocketAddr) -> Result<Server, ServeError> {
    let bind = |source| ServeError::Bind { address, source };
    let listener = TcpListener::bind(address).await.map_err(bind)?;
    let address = listener.local_addr().map_err(bind)?;
    let journal = Arc::new(Mutex::new(Journal::default()));
    let (stop, mut stopped) = watch::channel(false);
    let shared = Shared {
        core,
        journal: Arc::clone(&journal),
        closing: stopped.clone(),
    };
    if shared.core.controllers == Controllers::On {
        tokio::spawn(beat(Arc::clone(&shared.core), stopped.clone()));
    }
    let router = Router::new().fallback(handle).with_state(shared);
    let task = tokio::spawn(async move {
        // A dropped sender means the same as the signal: the server is gone.
        let signal = async move { drop(stopped.wait_for(|stop| *stop).await) };
        // The listener retries on errors by itself, so serving only ends by the signal.
        drop(
            axum::serve(listener, router)
                .with_graceful_shutdown(signal)
                .await,
        );
    });
    Ok(Server {
        address,
        journal,
        stop,
        task,
    })
}

/// Lets controllers follow a running clock until the server stops.
async fn beat(core: Arc<Core>, mut stopped: watch::Receiver<bool>) {
    loop {
        controllers::tick(&core);
        let stop = stopped.wait_for(|stop| *stop);
        if tokio::time::timeout(BEAT, stop).await.is_ok() {
            return;
        }
    }
}

async fn handle(State(shared): State<Shared>, request: Request) -> Response<Body> {
    let line = format!("{} {}", request.method(), request.uri());
    {
        let mut journal = shared
            .journal
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        journal.total += 1;
        journal.lines.push_back(line);
        if journal.lines.len() > JOURNAL_LENGTH {
            journal.lines.pop_front();
        }
    }
    let gzip = header(request.headers(), &ACCEPT_ENCODING).contains("gzip");
    let answer = match read(request, shared.closing).await {
        Ok(call) => routes::answer(&shared.core, &call).await,
        Err(error) => Answer::from(error),
    };
    let mut response = answer.into_response(gzip);
    let date = http_date(shared.core.now());
    if let Ok(date) = HeaderValue::from_str(&date) {
        response.headers_mut().insert(DATE, date);
    }
    response
}

async fn read(request: Request, closing: watch::Receiver<bool>) -> Result<Call, ApiError> {
    let query = Query::try_from_uri(request.uri())
        .map_err(|error| ApiError::bad_request(format!("unable to decode query: {error}")))?;
    let Query(query) = query;
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, BODY_LIMIT).await;
    Ok(Call {
        path: parts.uri.path().to_owned(),
        query,
        closing,
        accept: header(&parts.headers, &ACCEPT),
        content_type: header(&parts.headers, &CONTENT_TYPE),
        method: parts.method,
        body: body.map_err(|_| ApiError::too_large())?,
    })
}

fn header(headers: &HeaderMap, name: &HeaderName) -> String {
    let values = headers
        .get_all(name)
        .iter()
        .filter_map(|value| value.to_str().ok());
    values.collect::<Vec<_>>().join(",")
}
