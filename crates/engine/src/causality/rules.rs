//! The registry of causality rules: one line each, sorted by id.

mod ccm_not_running_explains_uninitialized_node;
mod claim_trouble_explains_unbound_claim;
mod cluster_trouble_explains_cluster_api_wait;
mod cni_agent_down_explains_vip_unreachable;
mod cni_operator_missing_explains_agent_down;
mod container_end_explains_crash_loop;
mod container_end_explains_probe_failure;
mod flux_source_explains_flux_failure;
mod hook_trouble_explains_release_timeout;
mod node_capacity_explains_too_many_pods;
mod node_taint_explains_untolerated_taint;
mod node_trouble_explains_machine_unhealthy;
mod node_trouble_explains_pod_trouble;
mod operator_unplaced_explains_agent_down;
mod pod_trouble_explains_pod_not_ready;
mod pod_trouble_explains_service_without_endpoints;
mod pod_trouble_explains_workload_symptom;
mod predicate_explains_pending;
mod release_proxy_explains_chart_proxy;
mod release_trouble_explains_controller_failure;
mod service_without_endpoints_explains_dependency_crash;
mod uninitialized_cloud_explains_uninitialized_capi;
mod vip_unreachable_explains_component_down;
mod workload_trouble_explains_gitops_health;
mod workload_trouble_explains_workload_symptom;

use super::Rule;

/// Every rule, sorted by id.
pub(crate) const RULES: &[&dyn Rule] = &[
    &ccm_not_running_explains_uninitialized_node::CcmNotRunningExplainsUninitializedNode,
    &claim_trouble_explains_unbound_claim::ClaimTroubleExplainsUnboundClaim,
    &cluster_trouble_explains_cluster_api_wait::ClusterTroubleExplainsClusterApiWait,
    &cni_agent_down_explains_vip_unreachable::CniAgentDownExplainsVipUnreachable,
    &cni_operator_missing_explains_agent_down::CniOperatorMissingExplainsAgentDown,
    &container_end_explains_crash_loop::ContainerEndExplainsCrashLoop,
    &container_end_explains_probe_failure::ContainerEndExplainsProbeFailure,
    &flux_source_explains_flux_failure::FluxSourceExplainsFluxFailure,
    &hook_trouble_explains_release_timeout::HookTroubleExplainsReleaseTimeout,
    &node_capacity_explains_too_many_pods::NodeCapacityExplainsTooManyPods,
    &node_taint_explains_untolerated_taint::NodeTaintExplainsUntoleratedTaint,
    &node_trouble_explains_machine_unhealthy::NodeTroubleExplainsMachineUnhealthy,
    &node_trouble_explains_pod_trouble::NodeTroubleExplainsPodTrouble,
    &operator_unplaced_explains_agent_down::OperatorUnplacedExplainsAgentDown,
    &pod_trouble_explains_pod_not_ready::PodTroubleExplainsPodNotReady,
    &pod_trouble_explains_service_without_endpoints::PodTroubleExplainsServiceWithoutEndpoints,
    &pod_trouble_explains_workload_symptom::PodTroubleExplainsWorkloadSymptom,
    &predicate_explains_pending::PredicateExplainsPending,
    &release_proxy_explains_chart_proxy::ReleaseProxyExplainsChartProxy,
    &release_trouble_explains_controller_failure::ReleaseTroubleExplainsControllerFailure,
    &service_without_endpoints_explains_dependency_crash::ServiceWithoutEndpointsExplainsDependencyCrash,
    &uninitialized_cloud_explains_uninitialized_capi::UninitializedCloudExplainsUninitializedCapi,
    &vip_unreachable_explains_component_down::VipUnreachableExplainsComponentDown,
    &workload_trouble_explains_gitops_health::WorkloadTroubleExplainsGitopsHealth,
    &workload_trouble_explains_workload_symptom::WorkloadTroubleExplainsWorkloadSymptom,
];
