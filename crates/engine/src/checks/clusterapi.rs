//! Checks of the domain `clusterapi`.
