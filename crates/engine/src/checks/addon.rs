//! Checks of the domain `addon`.

pub(super) mod ccm_not_running;
pub(super) mod cni_agent_down;
pub(super) mod cni_operator_missing;
