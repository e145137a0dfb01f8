//! Checks of the domain `pod`.

pub(super) mod kubelet_admission_reject;
pub(super) mod nodename_nonexistent;
pub(super) mod pod_api_evicted;
pub(super) mod pod_assigned_not_started;
pub(super) mod pod_deadline_exceeded;
pub(super) mod pod_evicted_ephemeral_limit;
pub(super) mod pod_evicted_node_pressure;
pub(super) mod pod_no_scheduler;
pub(super) mod pod_node_shutdown;
pub(super) mod pod_not_ready;
pub(super) mod pod_pending_unscheduled;
pub(super) mod pod_preempted;
pub(super) mod pod_readiness_gate;
pub(super) mod pod_rejected_node_condition;
pub(super) mod pod_scheduling_gated;
pub(super) mod pod_stuck_terminating;
pub(super) mod pod_taint_evicted;
pub(super) mod pod_unknown_node_lost;
