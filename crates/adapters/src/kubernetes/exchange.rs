//! Sends one read request: deadline, retries, and what each status code means.

use core::time::Duration;
use std::{
    hash::{BuildHasher as _, Hasher as _, RandomState},
    sync::{
        OnceLock,
        atomic::{AtomicU64, Ordering},
    },
};

use bytes::Bytes;
use http::{HeaderMap, Request, StatusCode, header};
use http_body_util::BodyExt as _;
use jiff::{SignedDuration, Timestamp, fmt::rfc2822::DateTimeParser};
use kube::client::Body;
use tokio::time::{Instant, sleep, timeout_at};

use super::{
    failure::{Failure, Status},
    inflate::Inflate,
    request::Call,
    trouble::{explain, unreachable},
};
use crate::quote::quote;

/// Requests for one answer, the first one included.
pub(crate) const MAX_ATTEMPTS: u32 = 3;

/// First pause before a retry; it doubles with each attempt.
const FIRST_PAUSE: Duration = Duration::from_millis(200);

/// Longest pause that a server may ask for: an on-call human is waiting.
const MAX_PAUSE: Duration = Duration::from_secs(5);

/// Largest `Status` body that is read.
const MAX_STATUS_BYTES: usize = 64 * 1024;

/// Largest object that is read whole: etcd takes none that is larger.
const MAX_OBJECT_BYTES: usize = 3 * 1024 * 1024;

/// The body of an answer, with its deadline.
pub(crate) struct Answer {
    body: Body,
    deadline: Instant,
    server: String,
    /// Bytes as they came last; those of a packed body get fewer as they are unpacked.
    arrived: Bytes,
    /// Set for a body that comes packed.
    inflate: Option<Inflate>,
}

impl Answer {
    /// The body of a response, of which nothing is read yet.
    fn new(server: &str, headers: &HeaderMap, body: Body, deadline: Instant) -> Self {
        let is_packed = headers
            .get(header::CONTENT_ENCODING)
            .is_some_and(|encoding| encoding.as_bytes().eq_ignore_ascii_case(b"gzip"));
        Self {
            body,
            deadline,
            server: server.to_owned(),
            arrived: Bytes::new(),
            inflate: is_packed.then(Inflate::new),
        }
    }

    /// The next piece of the body; `None` at its end.
    pub(crate) async fn next(&mut self) -> Result<Option<&[u8]>, String> {
        while !self.unpack()? {
            let Some(data) = self.frame().await? else {
                let ended = self.inflate.as_ref().map_or(Ok(()), Inflate::finish);
                return ended.map(|()| None).map_err(|error| error.to_string());
            };
            self.arrived = data;
            if self.inflate.is_none() {
                return Ok(Some(&self.arrived));
            }
        }
        Ok(self.inflate.as_ref().map(Inflate::piece))
    }

    /// Unpacks a piece; false when more has to arrive first.
    fn unpack(&mut self) -> Result<bool, String> {
        let Some(inflate) = &mut self.inflate else {
            return Ok(false);
        };
        while !self.arrived.is_empty() || inflate.may_hold_more() {
            let taken = inflate
                .step(&self.arrived)
                .map_err(|error| unreachable(&self.server, &error.to_string()))?;
            self.arrived = self.arrived.slice(taken..);
            if !inflate.piece().is_empty() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The next bytes as they come.
    async fn frame(&mut self) -> Result<Option<Bytes>, String> {
        loop {
            match timeout_at(self.deadline, self.body.frame()).await {
                Err(_) => return Err(unreachable(&self.server, "the answer took too long")),
                Ok(None) => return Ok(None),
                Ok(Some(Err(error))) => return Err(explain(&self.server, &error).sentence),
                Ok(Some(Ok(frame))) => {
                    if let Ok(data) = frame.into_data() {
                        return Ok(Some(data));
                    }
                }
            }
        }
    }

    /// Gives the body so much time from now on, and the few seconds that a server is late.
    pub(crate) fn lasts(&mut self, time: Duration) {
        self.deadline = Instant::now() + time + MAX_PAUSE;
    }

    /// The whole body. The error is a sentence; so is a body larger than the limit.
    pub(crate) async fn collect(mut self, limit: usize) -> Result<Vec<u8>, String> {
        let mut out = Vec::new();
        while let Some(piece) = self.next().await? {
            if out.len() + piece.len() > limit {
                return Err(format!("the answer is larger than {limit} bytes"));
            }
            out.extend_from_slice(piece);
        }
        Ok(out)
    }
}

/// One server, its clock and how often it was asked.
pub(crate) struct Exchange {
    client: kube::Client,
    server: String,
    timeout: Duration,
    /// True when answers may come packed.
    accepts_gzip: bool,
    requests: AtomicU64,
    /// The first time that the server told, and how far it was ahead of the clock here.
    clock: OnceLock<(Timestamp, SignedDuration)>,
}

impl Exchange {
    pub(crate) fn new(
        client: kube::Client,
        server: String,
        timeout: Duration,
        accepts_gzip: bool,
    ) -> Self {
        Self {
            client,
            server,
            timeout,
            accepts_gzip,
            requests: AtomicU64::new(0),
            clock: OnceLock::new(),
        }
    }

    pub(crate) fn server(&self) -> &str {
        &self.server
    }

    pub(crate) fn requests(&self) -> u64 {
        self.requests.load(Ordering::Relaxed)
    }

    pub(crate) fn clock(&self) -> Option<Timestamp> {
        self.clock.get().map(|(now, _)| *now)
    }

    /// How far the clock of the server is ahead of the one here.
    pub(crate) fn ahead(&self) -> Option<SignedDuration> {
        self.clock.get().map(|(_, ahead)| *ahead)
    }

    /// Sends the request until there is an answer, at most three times. A timeout is not repeated:
    /// it has used up the patience that was asked for.
    pub(crate) async fn send(&self, call: &Call) -> Result<Answer, Failure> {
        let mut attempts = 0;
        loop {
            attempts += 1;
            let (last_error, pause) = match self.once(call).await {
                Ok(answer) => return Ok(answer),
                Err(Attempt::Final(failure)) => return Err(failure),
                Err(Attempt::Lost(last_error)) => (last_error, None),
                Err(Attempt::Later { last_error, after }) => (last_error, Some(after)),
            };
            let Some(after) = pause.filter(|_| attempts < MAX_ATTEMPTS) else {
                return Err(Failure::NoAnswer {
                    attempts,
                    last_error,
                });
            };
            sleep(after.unwrap_or_else(|| backoff(attempts))).await;
        }
    }

    /// Gives an answer that was asked for early the whole time again: its reading begins now.
    pub(crate) fn restart(&self, answer: &mut Answer) {
        answer.deadline = Instant::now() + self.timeout;
    }

    async fn once(&self, call: &Call) -> Result<Answer, Attempt> {
        let deadline = Instant::now() + self.timeout;
        self.requests.fetch_add(1, Ordering::Relaxed);
        let response = match timeout_at(
            deadline,
            self.client.send(request(call, self.accepts_gzip)?),
        )
        .await
        {
            Err(_) => {
                let seconds = self.timeout.as_secs_f32();
                let reason = format!("no answer within {seconds} s");
                return Err(Attempt::Lost(unreachable(&self.server, &reason)));
            }
            Ok(Err(error)) => {
                let trouble = explain(&self.server, &error);
                return Err(if trouble.passing {
                    Attempt::Later {
                        last_error: trouble.sentence,
                        after: None,
                    }
                } else {
                    Attempt::Lost(trouble.sentence)
                });
            }
            Ok(Ok(response)) => response,
        };
        let (parts, body) = response.into_parts();
        self.note_time(&parts.headers);
        let answer = Answer::new(&self.server, &parts.headers, body, deadline);
        if parts.status.is_success() {
            return Ok(answer);
        }
        Err(judge(
            parts.status,
            &parts.headers,
            &read_status(answer).await,
        ))
    }

    /// Sends a request that may change something, once: it is never repeated here. The error is a
    /// sentence, and means that it is not known whether the request was carried out.
    pub(crate) async fn change(
        &self,
        request: Request<Body>,
    ) -> Result<(StatusCode, HeaderMap, Vec<u8>), String> {
        let deadline = Instant::now() + self.timeout;
        self.requests.fetch_add(1, Ordering::Relaxed);
        let sent = timeout_at(deadline, self.client.send(request)).await;
        let response = sent
            .map_err(|_| unreachable(&self.server, "no answer in time"))?
            .map_err(|error| explain(&self.server, &error).sentence)?;
        let (parts, body) = response.into_parts();
        let answer = Answer::new(&self.server, &parts.headers, body, deadline);
        let body = answer.collect(MAX_OBJECT_BYTES).await?;
        Ok((parts.status, parts.headers, body))
    }

    fn note_time(&self, headers: &HeaderMap) {
        if self.clock.get().is_none()
            && let Some(date) = headers
                .get(header::DATE)
                .and_then(|date| date.to_str().ok())
            && let Ok(now) = DateTimeParser::new().parse_timestamp(date)
        {
            let ahead = now.duration_since(Timestamp::now());
            self.clock.get_or_init(|| (now, ahead));
        }
    }
}

enum Attempt {
    Final(Failure),
    Lost(String),
    Later {
        last_error: String,
        after: Option<Duration>,
    },
}

fn request(call: &Call, accepts_gzip: bool) -> Result<Request<Body>, Attempt> {
    let mut builder = Request::builder()
        .uri(&call.path)
        .header(header::ACCEPT, call.accept);
    if accepts_gzip {
        builder = builder.header(header::ACCEPT_ENCODING, "gzip");
    }
    let built = match &call.body {
        None => builder.method("GET").body(Body::empty()),
        Some(body) => builder
            .method("POST")
            .header(header::CONTENT_TYPE, "application/json")
            .body(Body::from(body.clone())),
    };
    built.map_err(|error| {
        Attempt::Final(Failure::Refused {
            code: 400,
            message: quote(&error.to_string()),
        })
    })
}

/// The body of an error, as a `Status`, or as text when it is none (proxies answer in HTML).
async fn read_status(answer: Answer) -> Status {
    let body = answer.collect(MAX_STATUS_BYTES).await.unwrap_or_default();
    serde_json::from_slice(&body)
        .unwrap_or_else(|_| Status::of_text(&String::from_utf8_lossy(&body)))
}

fn judge(code: StatusCode, headers: &HeaderMap, status: &Status) -> Attempt {
    let reason = code.canonical_reason().unwrap_or("an error");
    let message = if status.message.is_empty() {
        reason.to_owned()
    } else {
        quote(&status.message)
    };
    match code.as_u16() {
        401 => Attempt::Final(Failure::Denied(format!(
            "{message}: the credential is not accepted or has expired"
        ))),
        403 => Attempt::Final(Failure::Denied(message)),
        404 => Attempt::Final(Failure::NotFound(status.clone())),
        410 => Attempt::Final(Failure::Expired(status.next().to_owned())),
        number @ (429 | 500..) => Attempt::Later {
            last_error: format!("the API server answered {number}: {message}"),
            after: retry_after(headers),
        },
        number => Attempt::Final(Failure::Refused {
            code: number,
            message,
        }),
    }
}

pub(crate) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers
        .get(header::RETRY_AFTER)?
        .to_str()
        .ok()?
        .trim()
        .parse()
        .ok()?;
    Some(Duration::from_secs(seconds).min(MAX_PAUSE))
}

/// Doubles with each attempt; half of it is chance, so that many readers do not come back together.
fn backoff(attempts: u32) -> Duration {
    let full = FIRST_PAUSE * 2_u32.saturating_pow(attempts.saturating_sub(1)).min(16);
    let chance = RandomState::new().build_hasher().finish() % 1000;
    full / 2 + full * u32::try_from(chance).unwrap_or_default() / 2000
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_stay_short() {
        for attempt in 1..=2 {
            let pause = backoff(attempt);
            let full = FIRST_PAUSE * attempt;
            assert!(pause >= full / 2 && pause <= full, "{attempt}: {pause:?}");
        }
        let mut headers = HeaderMap::new();
        headers.insert(header::RETRY_AFTER, "3600".parse().unwrap());
        assert_eq!(retry_after(&headers), Some(MAX_PAUSE));
    }
}
