//! Checks of the domain `certificate`.
