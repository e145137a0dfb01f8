//! Development only: fixtures in Kubernetes YAML, and the casebook runner.

pub mod casebook;
pub mod fixture;
