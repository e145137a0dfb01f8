//! The adapters against scripted servers on loopback and recordings that the tests write.

// The lint exempts test functions only, not what they share.
#![allow(clippy::unwrap_used)]

mod server;

mod audits;
mod captures;
mod cloud;
mod connecting;
mod history;
mod layouts;
mod live;
mod metrics;
mod pairs;
mod pools;
mod recordings;
mod refusals;
mod releases;
mod serverless;
mod store;
mod watching;
