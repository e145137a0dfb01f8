//! Checks of the domain `gitops`.
