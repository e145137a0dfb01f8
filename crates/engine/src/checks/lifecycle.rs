//! Checks of the domain `lifecycle`.
