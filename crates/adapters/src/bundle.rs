//! Reads recorded clusters.
