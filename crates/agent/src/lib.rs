//! The pulse: what to read, when, and the public actions.
//!
//! Knows ports, never vendors. [`collect`] reads, [`metrics`] measures; [`actions`] is the dispatcher.

pub mod actions;
pub mod collect;
pub mod metrics;
pub mod recovery;
