//! Checks of the domain `controlplane`.
