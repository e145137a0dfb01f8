//! Checks of the domain `disruption`.
