//! Checks of the domain `config`.
