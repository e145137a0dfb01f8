//! Checks of the domain `autoscaling`.
