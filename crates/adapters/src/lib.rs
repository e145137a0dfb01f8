//! Eyes: the only crate that talks to a Kubernetes API server, a recorded bundle or Prometheus.
//!
//! Every module implements a port of `dogwatch_model::ports`; none of them judges what it reads.
//! Newcomers start at [`kubernetes::connect`] and [`bundle::Bundle::open`].

pub mod bundle;
pub mod kubernetes;
pub mod prometheus;
mod quote;
mod token;

pub use token::Token;
