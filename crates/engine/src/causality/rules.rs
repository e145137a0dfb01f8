//! The registry of causality rules: one line each, sorted by id.

mod backend_trouble_explains_registration_down;
mod budget_explains_drain_blocked;
mod ccm_not_running_explains_uninitialized_node;
mod changed_limits_explains_pod_trouble;
mod claim_trouble_explains_unbound_claim;
mod cni_agent_down_explains_vip_unreachable;
mod cni_operator_missing_explains_agent_down;
mod container_end_explains_crash_loop;
mod container_end_explains_probe_failure;
mod controller_down_explains_stalled_work;
mod device_plugin_down_explains_missing_device;
mod issuer_explains_certificate;
mod node_capacity_explains_too_many_pods;
mod node_problem_explains_node_symptom;
mod node_taint_explains_untolerated_taint;
mod node_trouble_explains_pod_trouble;
mod operator_down_explains_stalled_resource;
mod pod_trouble_explains_control_plane_down;
mod pod_trouble_explains_pod_not_ready;
mod pod_trouble_explains_service_without_endpoints;
mod pod_trouble_explains_unhealthy_budget;
mod pod_trouble_explains_workload_symptom;
mod predicate_explains_pending;
mod quoted_trouble_explains_container_end;
mod service_without_endpoints_explains_dependency_crash;
mod store_trouble_explains_control_plane_trouble;
mod uninitialized_cloud_explains_uninitialized_capi;
mod vip_unreachable_explains_component_down;
mod webhook_trouble_explains_rejection;
mod workload_trouble_explains_workload_symptom;

use super::Rule;

/// Every rule, sorted by id.
pub(crate) const RULES: &[&dyn Rule] = &[
    &backend_trouble_explains_registration_down::BackendTroubleExplainsRegistrationDown,
    &budget_explains_drain_blocked::BudgetExplainsDrainBlocked,
    &ccm_not_running_explains_uninitialized_node::CcmNotRunningExplainsUninitializedNode,
    &changed_limits_explains_pod_trouble::ChangedLimitsExplainsPodTrouble,
    &claim_trouble_explains_unbound_claim::ClaimTroubleExplainsUnboundClaim,
    &cni_agent_down_explains_vip_unreachable::CniAgentDownExplainsVipUnreachable,
    &cni_operator_missing_explains_agent_down::CniOperatorMissingExplainsAgentDown,
    &container_end_explains_crash_loop::ContainerEndExplainsCrashLoop,
    &container_end_explains_probe_failure::ContainerEndExplainsProbeFailure,
    &controller_down_explains_stalled_work::ControllerDownExplainsStalledWork,
    &device_plugin_down_explains_missing_device::DevicePluginDownExplainsMissingDevice,
    &issuer_explains_certificate::IssuerExplainsCertificate,
    &node_capacity_explains_too_many_pods::NodeCapacityExplainsTooManyPods,
    &node_problem_explains_node_symptom::NodeProblemExplainsNodeSymptom,
    &node_taint_explains_untolerated_taint::NodeTaintExplainsUntoleratedTaint,
    &node_trouble_explains_pod_trouble::NodeTroubleExplainsPodTrouble,
    &operator_down_explains_stalled_resource::OperatorDownExplainsStalledResource,
    &pod_trouble_explains_control_plane_down::PodTroubleExplainsControlPlaneDown,
    &pod_trouble_explains_pod_not_ready::PodTroubleExplainsPodNotReady,
    &pod_trouble_explains_service_without_endpoints::PodTroubleExplainsServiceWithoutEndpoints,
    &pod_trouble_explains_unhealthy_budget::PodTroubleExplainsUnhealthyBudget,
    &pod_trouble_explains_workload_symptom::PodTroubleExplainsWorkloadSymptom,
    &predicate_explains_pending::PredicateExplainsPending,
    &quoted_trouble_explains_container_end::QuotedTroubleExplainsContainerEnd,
    &service_without_endpoints_explains_dependency_crash::ServiceWithoutEndpointsExplainsDependencyCrash,
    &store_trouble_explains_control_plane_trouble::StoreTroubleExplainsControlPlaneTrouble,
    &uninitialized_cloud_explains_uninitialized_capi::UninitializedCloudExplainsUninitializedCapi,
    &vip_unreachable_explains_component_down::VipUnreachableExplainsComponentDown,
    &webhook_trouble_explains_rejection::WebhookTroubleExplainsRejection,
    &workload_trouble_explains_workload_symptom::WorkloadTroubleExplainsWorkloadSymptom,
];
