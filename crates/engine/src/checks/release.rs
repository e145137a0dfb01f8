//! Checks of the domain `release`.
