//! A Kubernetes API server in memory.
//!
//! It serves plain Kubernetes JSON objects over the real HTTP API, so that `kubectl` and every
//! other client work against a recording, a demo or a test without knowing. It holds whole objects
//! as JSON and never the payload of a Secret. Its clock is explicit and stands in the `Date` header
//! of every answer.
//!
//! ```no_run
//! # async fn demo() -> Result<(), Box<dyn std::error::Error>> {
//! use dogwatch_sandbox::{Clock, Sandbox};
//!
//! let pod = serde_json::json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web"}});
//! let sandbox = Sandbox::builder().clock(Clock::Running).object(pod).build();
//! let server = sandbox.serve("127.0.0.1:0".parse()?).await?;
//! println!("{}", server.kubeconfig());
//! server.shutdown().await;
//! # Ok(())
//! # }
//! ```

mod access;
mod answer;
mod builder;
mod clock;
mod controllers;
mod core;
mod discovery;
mod errors;
mod faults;
mod fields;
mod kinds;
pub mod load;
mod objects;
mod patch;
mod protobuf;
mod reading;
mod request;
mod routes;
mod selectors;
mod server;
mod subresources;
mod table;
mod view;
mod watch;
mod writing;

pub use builder::{Builder, LogKey, Sandbox};
pub use clock::Clock;
pub use controllers::Controllers;
pub use faults::{Effect, Fault};
pub use server::{ServeError, Server};
