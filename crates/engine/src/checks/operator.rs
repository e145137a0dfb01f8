//! Checks of the domain `operator`.
