//! Eyes and memory: the only crate that talks to a Kubernetes API server, a recorded bundle,
//! Prometheus or a database.
//!
//! Every module implements a port of `dogwatch_model::ports`; none of them judges what it reads.
//! Newcomers start at [`kubernetes::connect`], [`bundle::Bundle::open`] and
//! [`store::SqlStore::open`].

pub mod audit;
pub mod bundle;
pub mod cloud;
mod helm;
pub mod kubernetes;
pub mod node_pools;
mod password;
pub mod prometheus;
mod provider;
mod quote;
pub mod serverless;
pub mod store;
mod token;

pub use password::{NodePassword, UnusablePassword};
pub use provider::ProviderError;
pub use token::Token;
