//! The registry of causality rules: one line each, sorted by id.

mod autoscaler_trouble_explains_unplaced_pod;
mod ccm_not_running_explains_pending_load_balancer;
mod ccm_not_running_explains_uninitialized_node;
mod claim_trouble_explains_unbound_claim;
mod cni_agent_down_explains_vip_unreachable;
mod cni_not_initialized_explains_node_not_ready;
mod cni_operator_missing_explains_agent_down;
mod container_end_explains_crash_loop;
mod container_end_explains_probe_failure;
mod metrics_api_down_explains_hpa_without_metrics;
mod node_capacity_explains_too_many_pods;
mod node_taint_explains_untolerated_taint;
mod node_trouble_explains_pod_trouble;
mod pod_trouble_explains_pod_not_ready;
mod pod_trouble_explains_service_without_endpoints;
mod pod_trouble_explains_workload_symptom;
mod predicate_explains_pending;
mod service_trouble_explains_metrics_api_down;
mod service_without_endpoints_explains_dependency_crash;
mod uninitialized_cloud_explains_uninitialized_capi;
mod unreached_service_explains_client_trouble;
mod vip_unreachable_explains_component_down;
mod workload_trouble_explains_hpa_stalled;
mod workload_trouble_explains_workload_symptom;

use super::Rule;

/// Every rule, sorted by id.
pub(crate) const RULES: &[&dyn Rule] = &[
    &autoscaler_trouble_explains_unplaced_pod::AutoscalerTroubleExplainsUnplacedPod,
    &ccm_not_running_explains_pending_load_balancer::CcmNotRunningExplainsPendingLoadBalancer,
    &ccm_not_running_explains_uninitialized_node::CcmNotRunningExplainsUninitializedNode,
    &claim_trouble_explains_unbound_claim::ClaimTroubleExplainsUnboundClaim,
    &cni_agent_down_explains_vip_unreachable::CniAgentDownExplainsVipUnreachable,
    &cni_not_initialized_explains_node_not_ready::CniNotInitializedExplainsNodeNotReady,
    &cni_operator_missing_explains_agent_down::CniOperatorMissingExplainsAgentDown,
    &container_end_explains_crash_loop::ContainerEndExplainsCrashLoop,
    &container_end_explains_probe_failure::ContainerEndExplainsProbeFailure,
    &metrics_api_down_explains_hpa_without_metrics::MetricsApiDownExplainsHpaWithoutMetrics,
    &node_capacity_explains_too_many_pods::NodeCapacityExplainsTooManyPods,
    &node_taint_explains_untolerated_taint::NodeTaintExplainsUntoleratedTaint,
    &node_trouble_explains_pod_trouble::NodeTroubleExplainsPodTrouble,
    &pod_trouble_explains_pod_not_ready::PodTroubleExplainsPodNotReady,
    &pod_trouble_explains_service_without_endpoints::PodTroubleExplainsServiceWithoutEndpoints,
    &pod_trouble_explains_workload_symptom::PodTroubleExplainsWorkloadSymptom,
    &predicate_explains_pending::PredicateExplainsPending,
    &service_trouble_explains_metrics_api_down::ServiceTroubleExplainsMetricsApiDown,
    &service_without_endpoints_explains_dependency_crash::ServiceWithoutEndpointsExplainsDependencyCrash,
    &uninitialized_cloud_explains_uninitialized_capi::UninitializedCloudExplainsUninitializedCapi,
    &unreached_service_explains_client_trouble::UnreachedServiceExplainsClientTrouble,
    &vip_unreachable_explains_component_down::VipUnreachableExplainsComponentDown,
    &workload_trouble_explains_hpa_stalled::WorkloadTroubleExplainsHpaStalled,
    &workload_trouble_explains_workload_symptom::WorkloadTroubleExplainsWorkloadSymptom,
];
