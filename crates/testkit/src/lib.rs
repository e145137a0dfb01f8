//! Development only: fixtures in Kubernetes YAML, the casebook runner, and what plans would do to
//! the objects of a fixture.

pub mod casebook;
pub mod fixture;
pub mod patched;
pub mod remedybook;
