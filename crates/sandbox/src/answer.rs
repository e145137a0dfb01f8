//! Answers on their way out: content type, gzip, connection cuts.

use std::io::Write;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::header::{CONTENT_ENCODING, CONTENT_TYPE, HeaderValue, RETRY_AFTER, VARY};
use axum::http::{Response, StatusCode};
use flate2::Compression;
use flate2::write::GzEncoder;
use futures::StreamExt;
use serde_json::Value;

use crate::errors::ApiError;

/// Bodies shorter than this are sent as they are.
const GZIP_FROM: usize = 128 * 1024;

/// The media type of almost every answer.
pub(crate) const JSON: &str = "application/json";

/// An answer before it becomes an HTTP response.
#[derive(Debug)]
pub(crate) struct Answer {
    code: u16,
    content_type: &'static str,
    body: Payload,
    retry_after: Option<u32>,
}

#[derive(Debug)]
enum Payload {
    Whole(Bytes),
    /// Breaks the connection after these bytes.
    Cut(Bytes),
    Stream(Body),
}

impl Answer {
    /// JSON text with status 200.
    pub(crate) fn text(body: impl Into<Bytes>) -> Self {
        Self::of(JSON, body)
    }

    /// A body of another type with status 200.
    pub(crate) fn of(content_type: &'static str, body: impl Into<Bytes>) -> Self {
        Self {
            code: 200,
            content_type,
            body: Payload::Whole(body.into()),
            retry_after: None,
        }
    }

    /// A JSON value with a status.
    pub(crate) fn json(code: u16, value: &Value) -> Self {
        Self {
            code,
            ..Self::text(value.to_string())
        }
    }

    /// A body that ends when its stream ends.
    pub(crate) fn stream(body: Body) -> Self {
        Self {
            code: 200,
            content_type: JSON,
            body: Payload::Stream(body),
            retry_after: None,
        }
    }

    /// Sends the first bytes only, then breaks the connection.
    pub(crate) fn cut(body: Bytes) -> Self {
        Self {
            code: 200,
            content_type: JSON,
            body: Payload::Cut(body),
            retry_after: None,
        }
    }

    /// Sets the status.
    pub(crate) fn with_code(mut self, code: u16) -> Self {
        self.code = code;
        self
    }

    /// The HTTP response, compressed when it is large and the client accepts that.
    pub(crate) fn into_response(self, accepts_gzip: bool) -> Response<Body> {
        let (body, zipped) = match self.body {
            Payload::Whole(bytes) if accepts_gzip && bytes.len() >= GZIP_FROM => gzip(bytes),
            Payload::Whole(bytes) => (Body::from(bytes), false),
            Payload::Stream(body) => (body, false),
            Payload::Cut(bytes) => {
                let broken = std::io::Error::other("cut by a fault of the sandbox");
                let parts = futures::stream::iter([Ok(bytes), Err(broken)]);
                // The pause lets the first part leave before the connection breaks.
                let paused = parts.then(|part| async {
                    if part.is_err() {
                        tokio::time::sleep(Duration::from_millis(20)).await;
                    }
                    part
                });
                (Body::from_stream(paused), false)
            }
        };
        let mut response = Response::new(body);
        *response.status_mut() =
            StatusCode::from_u16(self.code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(self.content_type));
        if zipped {
            headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
            headers.insert(VARY, HeaderValue::from_static("Accept-Encoding"));
        }
        if let Some(seconds) = self.retry_after {
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

fn gzip(bytes: Bytes) -> (Body, bool) {
    let mut encoder = GzEncoder::new(Vec::with_capacity(bytes.len() / 6), Compression::fast());
    match encoder.write_all(&bytes).and_then(|()| encoder.finish()) {
        Ok(zipped) => (Body::from(zipped), true),
        // Writing to memory does not fail; the plain bytes are right in any case.
        Err(_) => (Body::from(bytes), false),
    }
}

impl From<ApiError> for Answer {
    fn from(error: ApiError) -> Self {
        let answer = Self::json(error.code, &error.status());
        Self {
            retry_after: error.retry_after,
            ..answer
        }
    }
}
