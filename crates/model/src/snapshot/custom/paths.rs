//! Which fields of custom objects are kept. `*` stands for one part of a path. Values of charts,
//! templates and Secrets stand nowhere here.

use crate::Kind;

/// Fields that mean the same in most kinds.
const GENERAL: &[&str] = &[
    "spec.paused",
    "spec.replicas",
    "spec.suspend",
    "status.failureMessage",
    "status.failureReason",
    "status.phase",
    "status.readyReplicas",
    "status.replicas",
    "status.state",
];

/// Group, kind and the fields of that kind.
const OF_KINDS: &[(&str, &str, &[&str])] = &[
    (
        "cluster.x-k8s.io",
        "Cluster",
        &[
            "spec.controlPlaneEndpoint.*",
            "spec.controlPlaneRef.kind",
            "spec.controlPlaneRef.name",
            "spec.infrastructureRef.kind",
            "spec.infrastructureRef.name",
            "spec.topology.class",
            "spec.topology.classRef.name",
            "spec.topology.version",
            "status.controlPlaneReady",
            "status.infrastructureReady",
            "status.initialization.*",
        ],
    ),
    (
        "cluster.x-k8s.io",
        "Machine",
        &[
            "spec.bootstrap.dataSecretName",
            "spec.clusterName",
            "spec.infrastructureRef.kind",
            "spec.infrastructureRef.name",
            "spec.providerID",
            "spec.version",
            "status.bootstrapReady",
            "status.certificatesExpiryDate",
            "status.infrastructureReady",
            "status.lastUpdated",
            "status.nodeRef.name",
        ],
    ),
    ("cluster.x-k8s.io", "MachineSet", REPLICATED),
    ("cluster.x-k8s.io", "MachineDeployment", REPLICATED),
    ("cluster.x-k8s.io", "MachinePool", REPLICATED),
    (
        "controlplane.cluster.x-k8s.io",
        "KubeadmControlPlane",
        REPLICATED,
    ),
    (
        "cluster.x-k8s.io",
        "MachineHealthCheck",
        &[
            "spec.clusterName",
            "spec.maxUnhealthy",
            "spec.unhealthyRange",
            "status.currentHealthy",
            "status.expectedMachines",
            "status.remediationsAllowed",
        ],
    ),
    (
        "addons.cluster.x-k8s.io",
        "HelmChartProxy",
        &[
            "spec.chartName",
            "spec.clusterSelector.matchExpressions.*.key",
            "spec.clusterSelector.matchExpressions.*.operator",
            "spec.clusterSelector.matchLabels.*",
            "spec.namespace",
            "spec.reconcileStrategy",
            "spec.releaseName",
            "spec.repoURL",
            "spec.version",
            "status.matchingClusters.*.name",
        ],
    ),
    (
        "addons.cluster.x-k8s.io",
        "HelmReleaseProxy",
        &[
            "spec.chartName",
            "spec.clusterRef.name",
            "spec.clusterRef.namespace",
            "spec.namespace",
            "spec.reconcileStrategy",
            "spec.releaseName",
            "spec.version",
            "status.revision",
            "status.status",
        ],
    ),
    (
        "helm.toolkit.fluxcd.io",
        "HelmRelease",
        &[
            "spec.chart.spec.chart",
            "spec.chart.spec.sourceRef.*",
            "spec.chart.spec.version",
            "spec.chartRef.*",
            "spec.releaseName",
            "spec.targetNamespace",
            "status.failures",
            "status.history.0.*",
            "status.history.1.*",
            "status.installFailures",
            "status.lastAppliedRevision",
            "status.lastAttemptedRevision",
            "status.upgradeFailures",
        ],
    ),
    (
        "kustomize.toolkit.fluxcd.io",
        "Kustomization",
        &[
            "spec.sourceRef.*",
            "spec.targetNamespace",
            "status.history.0.*",
            "status.history.1.*",
            "status.lastAppliedRevision",
            "status.lastAttemptedRevision",
        ],
    ),
    (
        "argoproj.io",
        "Application",
        &[
            "spec.destination.name",
            "spec.destination.namespace",
            "spec.syncPolicy.automated.*",
            "status.health.message",
            "status.health.status",
            "status.history.*.deployedAt",
            "status.history.*.id",
            "status.history.*.initiatedBy.username",
            "status.history.*.revision",
            "status.operationState.finishedAt",
            "status.operationState.message",
            "status.operationState.operation.sync.autoHealAttemptsCount",
            "status.operationState.phase",
            "status.resources.*.health.status",
            "status.resources.*.kind",
            "status.resources.*.name",
            "status.resources.*.namespace",
            "status.resources.*.status",
            "status.sync.revision",
            "status.sync.status",
        ],
    ),
    ("keda.sh", "ScaledObject", SCALED),
    ("keda.sh", "ScaledJob", SCALED),
    (
        "autoscaling.k8s.io",
        "VerticalPodAutoscaler",
        &[
            "spec.resourcePolicy.containerPolicies.*.containerName",
            "spec.resourcePolicy.containerPolicies.*.controlledResources.*",
            "spec.resourcePolicy.containerPolicies.*.mode",
            "spec.targetRef.kind",
            "spec.targetRef.name",
            "spec.updatePolicy.updateMode",
            "status.recommendation.containerRecommendations.*.containerName",
            "status.recommendation.containerRecommendations.*.target.*",
        ],
    ),
    (
        "cert-manager.io",
        "Certificate",
        &[
            "spec.dnsNames.*",
            "spec.issuerRef.kind",
            "spec.issuerRef.name",
            "spec.secretName",
            "status.lastFailureTime",
            "status.notAfter",
            "status.renewalTime",
        ],
    ),
    (
        "cert-manager.io",
        "CertificateRequest",
        &["spec.issuerRef.kind", "spec.issuerRef.name"],
    ),
    ("acme.cert-manager.io", "Order", &["status.reason"]),
    (
        "acme.cert-manager.io",
        "Challenge",
        &["spec.dnsName", "status.reason"],
    ),
    (
        "gateway.networking.k8s.io",
        "Gateway",
        &[
            "spec.gatewayClassName",
            "spec.listeners.*.name",
            "spec.listeners.*.port",
            "spec.listeners.*.protocol",
            "spec.listeners.*.tls.certificateRefs.*.name",
        ],
    ),
    (
        "gateway.networking.k8s.io",
        "GatewayClass",
        &["spec.controllerName"],
    ),
    ("gateway.networking.k8s.io", "HTTPRoute", ROUTE),
    ("gateway.networking.k8s.io", "GRPCRoute", ROUTE),
    (
        "security.istio.io",
        "PeerAuthentication",
        &["spec.mtls.mode", "spec.selector.matchLabels.*"],
    ),
    (
        "external-secrets.io",
        "ExternalSecret",
        &[
            "spec.dataFrom.*.sourceRef.storeRef.name",
            "spec.secretStoreRef.*",
            "spec.target.name",
            "status.refreshTime",
        ],
    ),
    (
        "snapshot.storage.k8s.io",
        "VolumeSnapshot",
        &[
            "spec.source.persistentVolumeClaimName",
            "spec.volumeSnapshotClassName",
            "status.error.message",
            "status.error.time",
            "status.readyToUse",
        ],
    ),
    (
        "karpenter.sh",
        "NodeClaim",
        &["status.nodeName", "status.providerID"],
    ),
    (
        "karpenter.sh",
        "NodePool",
        &["spec.limits.*", "status.resources.*"],
    ),
];

const REPLICATED: &[&str] = &[
    "spec.clusterName",
    "spec.template.spec.version",
    "spec.version",
    "status.availableReplicas",
    "status.initialized",
    "status.ready",
    "status.unavailableReplicas",
    "status.upToDateReplicas",
    "status.updatedReplicas",
    "status.version",
];

const SCALED: &[&str] = &[
    "spec.idleReplicaCount",
    "spec.maxReplicaCount",
    "spec.minReplicaCount",
    "spec.scaleTargetRef.kind",
    "spec.scaleTargetRef.name",
    "spec.triggers.*.type",
    "status.hpaName",
    "status.originalReplicaCount",
    "status.pausedReplicaCount",
];

const ROUTE: &[&str] = &[
    "spec.hostnames.*",
    "spec.parentRefs.*.kind",
    "spec.parentRefs.*.name",
    "spec.parentRefs.*.namespace",
    "spec.rules.*.backendRefs.*.kind",
    "spec.rules.*.backendRefs.*.name",
    "spec.rules.*.backendRefs.*.namespace",
    "spec.rules.*.backendRefs.*.port",
];

fn patterns(kind: Kind) -> impl Iterator<Item = &'static str> {
    let info = kind.info();
    let own = OF_KINDS
        .iter()
        .find(|(group, name, _)| (*group, *name) == (info.group, info.name));
    let own = own.map_or(&[] as &[&str], |(_, _, paths)| paths);
    GENERAL.iter().chain(own).copied()
}

/// True when the value at exactly this path is kept.
pub(super) fn is_kept(kind: Kind, path: &str) -> bool {
    patterns(kind).any(|pattern| parts_match(pattern, path) == Some(true))
}

/// True when the path, or something below it, is kept.
pub(super) fn leads_on(kind: Kind, path: &str) -> bool {
    patterns(kind).any(|pattern| parts_match(pattern, path).is_some())
}

/// `Some(true)` for the whole pattern, `Some(false)` for its beginning.
fn parts_match(pattern: &str, path: &str) -> Option<bool> {
    let mut parts = pattern.split('.');
    // The last `*` takes the rest of the path: label keys have dots.
    let mut last = "";
    for part in path.split('.') {
        match parts.next() {
            Some(expected) if expected == part || expected == "*" => last = expected,
            None if last == "*" => {}
            _ => return None,
        }
    }
    Some(parts.next().is_none())
}
