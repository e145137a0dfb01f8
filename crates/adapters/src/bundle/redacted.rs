//! Removes from objects what no diagnosis needs and nobody should hand around.

/// The annotation in which kubectl repeats the whole object.
pub(crate) const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";
