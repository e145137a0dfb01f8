//! The registry of causality rules: one line each, sorted by id.

mod aggressive_probe_explains_kill;
mod attachment_explains_multi_attach;
mod autoscaler_trouble_explains_unplaced_pod;
mod backend_trouble_explains_registration_down;
mod budget_explains_drain_blocked;
mod ccm_not_running_explains_pending_load_balancer;
mod ccm_not_running_explains_uninitialized_node;
mod changed_config_explains_container_end;
mod changed_limits_explains_pod_trouble;
mod claim_trouble_explains_unbound_claim;
mod cluster_trouble_explains_cluster_api_wait;
mod cni_agent_down_explains_vip_unreachable;
mod cni_not_initialized_explains_node_not_ready;
mod cni_operator_missing_explains_agent_down;
mod container_end_explains_crash_loop;
mod container_end_explains_probe_failure;
mod controller_down_explains_stalled_work;
mod device_plugin_down_explains_missing_device;
mod driver_pod_trouble_explains_storage_trouble;
mod excluded_node_explains_missing_agent;
mod flux_source_explains_flux_failure;
mod full_volume_explains_full_disk;
mod gateway_trouble_explains_route_trouble;
mod hook_trouble_explains_release_timeout;
mod ingress_controller_down_explains_ingress_alone;
mod issuer_explains_certificate;
mod job_trouble_explains_cron_job_trouble;
mod metrics_api_down_explains_hpa_without_metrics;
mod missing_pull_secret_explains_refused_pull;
mod node_capacity_explains_too_many_pods;
mod node_out_of_memory_explains_victim;
mod node_problem_explains_node_symptom;
mod node_taint_explains_untolerated_taint;
mod node_trouble_explains_machine_unhealthy;
mod node_trouble_explains_pod_trouble;
mod operator_down_explains_stalled_resource;
mod operator_unplaced_explains_agent_down;
mod pod_trouble_explains_control_plane_down;
mod pod_trouble_explains_pod_not_ready;
mod pod_trouble_explains_service_without_endpoints;
mod pod_trouble_explains_unhealthy_budget;
mod pod_trouble_explains_workload_symptom;
mod predicate_explains_pending;
mod quoted_trouble_explains_container_end;
mod release_proxy_explains_chart_proxy;
mod release_trouble_explains_controller_failure;
mod secret_source_explains_missing_secret;
mod service_trouble_explains_metrics_api_down;
mod service_without_endpoints_explains_dependency_crash;
mod store_trouble_explains_control_plane_trouble;
mod stuck_finalizer_explains_stuck_deletion;
mod stuck_namespace_explains_refusal;
mod throttling_explains_probe_timeout;
mod uninitialized_cloud_explains_uninitialized_capi;
mod unplaced_pod_explains_waiting_claim;
mod unplaced_sibling_explains_gang_wait;
mod unreached_service_explains_client_trouble;
mod vip_unreachable_explains_component_down;
mod webhook_trouble_explains_rejection;
mod workload_trouble_explains_gitops_health;
mod workload_trouble_explains_hpa_stalled;
mod workload_trouble_explains_workload_symptom;

use super::Rule;

/// Every rule, sorted by id.
pub(crate) const RULES: &[&dyn Rule] = &[
    &aggressive_probe_explains_kill::AggressiveProbeExplainsKill,
    &attachment_explains_multi_attach::AttachmentExplainsMultiAttach,
    &autoscaler_trouble_explains_unplaced_pod::AutoscalerTroubleExplainsUnplacedPod,
    &backend_trouble_explains_registration_down::BackendTroubleExplainsRegistrationDown,
    &budget_explains_drain_blocked::BudgetExplainsDrainBlocked,
    &ccm_not_running_explains_pending_load_balancer::CcmNotRunningExplainsPendingLoadBalancer,
    &ccm_not_running_explains_uninitialized_node::CcmNotRunningExplainsUninitializedNode,
    &changed_config_explains_container_end::ChangedConfigExplainsContainerEnd,
    &changed_limits_explains_pod_trouble::ChangedLimitsExplainsPodTrouble,
    &claim_trouble_explains_unbound_claim::ClaimTroubleExplainsUnboundClaim,
    &cluster_trouble_explains_cluster_api_wait::ClusterTroubleExplainsClusterApiWait,
    &cni_agent_down_explains_vip_unreachable::CniAgentDownExplainsVipUnreachable,
    &cni_not_initialized_explains_node_not_ready::CniNotInitializedExplainsNodeNotReady,
    &cni_operator_missing_explains_agent_down::CniOperatorMissingExplainsAgentDown,
    &container_end_explains_crash_loop::ContainerEndExplainsCrashLoop,
    &container_end_explains_probe_failure::ContainerEndExplainsProbeFailure,
    &controller_down_explains_stalled_work::ControllerDownExplainsStalledWork,
    &device_plugin_down_explains_missing_device::DevicePluginDownExplainsMissingDevice,
    &driver_pod_trouble_explains_storage_trouble::DriverPodTroubleExplainsStorageTrouble,
    &excluded_node_explains_missing_agent::ExcludedNodeExplainsMissingAgent,
    &flux_source_explains_flux_failure::FluxSourceExplainsFluxFailure,
    &full_volume_explains_full_disk::FullVolumeExplainsFullDisk,
    &gateway_trouble_explains_route_trouble::GatewayTroubleExplainsRouteTrouble,
    &hook_trouble_explains_release_timeout::HookTroubleExplainsReleaseTimeout,
    &ingress_controller_down_explains_ingress_alone::IngressControllerDownExplainsIngressAlone,
    &issuer_explains_certificate::IssuerExplainsCertificate,
    &job_trouble_explains_cron_job_trouble::JobTroubleExplainsCronJobTrouble,
    &metrics_api_down_explains_hpa_without_metrics::MetricsApiDownExplainsHpaWithoutMetrics,
    &missing_pull_secret_explains_refused_pull::MissingPullSecretExplainsRefusedPull,
    &node_capacity_explains_too_many_pods::NodeCapacityExplainsTooManyPods,
    &node_out_of_memory_explains_victim::NodeOutOfMemoryExplainsVictim,
    &node_problem_explains_node_symptom::NodeProblemExplainsNodeSymptom,
    &node_taint_explains_untolerated_taint::NodeTaintExplainsUntoleratedTaint,
    &node_trouble_explains_machine_unhealthy::NodeTroubleExplainsMachineUnhealthy,
    &node_trouble_explains_pod_trouble::NodeTroubleExplainsPodTrouble,
    &operator_down_explains_stalled_resource::OperatorDownExplainsStalledResource,
    &operator_unplaced_explains_agent_down::OperatorUnplacedExplainsAgentDown,
    &pod_trouble_explains_control_plane_down::PodTroubleExplainsControlPlaneDown,
    &pod_trouble_explains_pod_not_ready::PodTroubleExplainsPodNotReady,
    &pod_trouble_explains_service_without_endpoints::PodTroubleExplainsServiceWithoutEndpoints,
    &pod_trouble_explains_unhealthy_budget::PodTroubleExplainsUnhealthyBudget,
    &pod_trouble_explains_workload_symptom::PodTroubleExplainsWorkloadSymptom,
    &predicate_explains_pending::PredicateExplainsPending,
    &quoted_trouble_explains_container_end::QuotedTroubleExplainsContainerEnd,
    &release_proxy_explains_chart_proxy::ReleaseProxyExplainsChartProxy,
    &release_trouble_explains_controller_failure::ReleaseTroubleExplainsControllerFailure,
    &secret_source_explains_missing_secret::SecretSourceExplainsMissingSecret,
    &service_trouble_explains_metrics_api_down::ServiceTroubleExplainsMetricsApiDown,
    &service_without_endpoints_explains_dependency_crash::ServiceWithoutEndpointsExplainsDependencyCrash,
    &store_trouble_explains_control_plane_trouble::StoreTroubleExplainsControlPlaneTrouble,
    &stuck_finalizer_explains_stuck_deletion::StuckFinalizerExplainsStuckDeletion,
    &stuck_namespace_explains_refusal::StuckNamespaceExplainsRefusal,
    &throttling_explains_probe_timeout::ThrottlingExplainsProbeTimeout,
    &uninitialized_cloud_explains_uninitialized_capi::UninitializedCloudExplainsUninitializedCapi,
    &unplaced_pod_explains_waiting_claim::UnplacedPodExplainsWaitingClaim,
    &unplaced_sibling_explains_gang_wait::UnplacedSiblingExplainsGangWait,
    &unreached_service_explains_client_trouble::UnreachedServiceExplainsClientTrouble,
    &vip_unreachable_explains_component_down::VipUnreachableExplainsComponentDown,
    &webhook_trouble_explains_rejection::WebhookTroubleExplainsRejection,
    &workload_trouble_explains_gitops_health::WorkloadTroubleExplainsGitopsHealth,
    &workload_trouble_explains_hpa_stalled::WorkloadTroubleExplainsHpaStalled,
    &workload_trouble_explains_workload_symptom::WorkloadTroubleExplainsWorkloadSymptom,
];
