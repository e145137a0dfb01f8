//! Reads metrics.
