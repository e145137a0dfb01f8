//! The table of everything that can be found: domain, mode, public type, severity.
//!
//! The mode is the stable kebab-case id; the check of a mode is `<domain>/<mode>`. The public type
//! is the spelling of the seeds where one exists, otherwise the mode in PascalCase.

use serde::{Serialize, Serializer};

use super::Severity;

macro_rules! finding_kinds {
    ($($(#[$meta:meta])* $domain:ident $word:literal $sub:ident {
        $($variant:ident $mode:literal $public:ident $severity:ident;)*
    })*) => {
        /// What is wrong, by domain.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum FindingKind {
            $($(#[$meta])* $domain($sub),)*
        }

        $(
            $(#[$meta])*
            #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
            pub enum $sub {
                $(#[doc = concat!("Mode `", $mode, "`.")] $variant,)*
            }

            impl From<$sub> for FindingKind {
                fn from(finding: $sub) -> Self {
                    Self::$domain(finding)
                }
            }
        )*

        impl FindingKind {
            /// Every kind, in the order of the table.
            pub const ALL: &'static [FindingKind] = &[$($(Self::$domain($sub::$variant),)*)*];

            /// The stable id within the catalogue of failure modes.
            pub const fn mode(self) -> &'static str {
                match self {
                    $($(Self::$domain($sub::$variant) => $mode,)*)*
                }
            }

            /// The domain word: first half of the check id.
            pub const fn domain(self) -> &'static str {
                match self {
                    $(Self::$domain(_) => $word,)*
                }
            }

            /// The public type: the seed's spelling where one exists.
            pub const fn public_type(self) -> &'static str {
                match self {
                    $($(Self::$domain($sub::$variant) => stringify!($public),)*)*
                }
            }

            /// How bad it is where nothing else is known.
            pub const fn severity(self) -> Severity {
                match self {
                    $($(Self::$domain($sub::$variant) => Severity::$severity,)*)*
                }
            }
        }
    };
}

finding_kinds! {
    /// Rollouts and their controllers.
    Workload "workload" WorkloadFinding {
        ControllerNotObserved "controller-not-observed" ControlPlaneNotObserved Warning;
        NewVersionNotCreated "new-version-not-created" ReplicaSetCreateBlocked Warning;
        RsCreateError "rs-create-error" ReplicaSetCreateBlocked Warning;
        PodsNotCreated "pods-not-created" ReplicaSetCreateBlocked Critical;
        RolloutDeadlineExceeded "rollout-deadline-exceeded" RolloutTimeout Warning;
        RolloutBlockedByOldPods "rollout-blocked-by-old-pods" RolloutBlocked Warning;
        RolloutBlockedNoSurgeCapacity "rollout-blocked-no-surge-capacity" RolloutBlocked Warning;
        RolloutIncomplete "rollout-incomplete" RolloutBlocked Warning;
        RolloutPaused "rollout-paused" RolloutPaused Info;
        RolloutMinReadyWait "rollout-min-ready-wait" MinReadySecondsWaiting Info;
        SelectorOverlap "deployment-selector-overlap" DeploymentSelectorOverlap Warning;
        HashCollisionLoop "hash-collision-loop" HashCollisionLoop Warning;
        ReplicasBelowSpec "replicas-below-spec" ReplicasUnavailable Warning;
        ScaledToZero "scaled-to-zero" ScaledToZero Info;
        StsOrdinalBlocked "sts-ordinal-blocked" RolloutBlocked Warning;
        StsBrokenRevisionTrap "sts-broken-revision-trap" RolloutBlocked Warning;
        StsPartitionHold "sts-partition-hold" UpdateHeldByStrategy Info;
        OnDeletePending "on-delete-pending" UpdateHeldByStrategy Info;
        DsRolloutStuck "ds-rollout-stuck" RolloutBlocked Warning;
        DsMisscheduled "ds-misscheduled" DsMisscheduled Info;
        RollbackRevisionMissing "rollback-revision-missing" RollbackRevisionMissing Info;
        AllOnOneNode "workload-all-on-one-node" WorkloadAllOnOneNode Info;
        StsClaim "sts-pvc-missing-or-stale" StsPvcMissingOrStale Warning;
        NodeExcluded "ds-node-excluded" DsNodeExcluded Warning;
        DaemonPodsFail "ds-failed-pods" DsFailedPods Warning;
    }
    /// Rejections of new objects by quota, policy and admission.
    Admission "admission" AdmissionFinding {
        QuotaExceeded "quota-exceeded" QuotaOrAdmissionRejected Critical;
        QuotaMustSpecify "quota-must-specify" QuotaOrAdmissionRejected Critical;
        QuotaStatusUnknown "quota-status-unknown" QuotaOrAdmissionRejected Warning;
        LimitRangeViolation "limitrange-violation" QuotaOrAdmissionRejected Critical;
        PsaViolation "psa-violation" QuotaOrAdmissionRejected Critical;
        SccDenied "scc-denied" QuotaOrAdmissionRejected Critical;
        WebhookDenied "webhook-denied" QuotaOrAdmissionRejected Critical;
        WebhookUnreachable "webhook-unreachable" QuotaOrAdmissionRejected Critical;
        WebhookCert "webhook-cert" QuotaOrAdmissionRejected Critical;
        WebhookOrphan "webhook-orphan" QuotaOrAdmissionRejected Critical;
        VapDenied "vap-denied" QuotaOrAdmissionRejected Critical;
        ServiceAccountMissing "serviceaccount-missing" QuotaOrAdmissionRejected Critical;
        PriorityClassMissing "priorityclass-missing" QuotaOrAdmissionRejected Critical;
        RuntimeClassMissing "runtimeclass-missing" QuotaOrAdmissionRejected Critical;
        PodNodeSelectorConflict "podnodeselector-conflict" QuotaOrAdmissionRejected Critical;
        SecretNotMountable "secret-not-mountable" QuotaOrAdmissionRejected Critical;
        NamespaceTerminating "namespace-terminating" QuotaOrAdmissionRejected Critical;
        RbacForbidden "rbac-forbidden" QuotaOrAdmissionRejected Critical;
        PodInvalid "pod-invalid" ReplicaSetCreateBlocked Critical;
        CrdMissing "crd-missing" CrdMissing Warning;
        ImmutableField "immutable-field" ImmutableField Warning;
        QuotaScope "quota-scope" QuotaOrAdmissionRejected Critical;
        ApfReject "apf-reject" QuotaOrAdmissionRejected Warning;
        WebhookSelfDeadlock "webhook-self-deadlock" QuotaOrAdmissionRejected Critical;
        WebhookSlow "webhook-slow" WebhookSlow Warning;
        ChangedLimits "mutating-webhook-changes-limits" MutatingWebhookChangesLimits Warning;
    }
    /// Life of a Pod as a whole.
    Pod "pod" PodFinding {
        PendingUnscheduled "pod-pending-unscheduled" SchedulingFailure Warning;
        SchedulingGated "pod-scheduling-gated" SchedulingFailure Info;
        NoScheduler "pod-no-scheduler" SchedulingFailure Critical;
        NodeNameNonexistent "nodename-nonexistent" SchedulingFailure Warning;
        AssignedNotStarted "pod-assigned-not-started" PodAssignedNotStarted Warning;
        KubeletAdmissionReject "kubelet-admission-reject" PodAdmissionRejected Warning;
        StuckTerminating "pod-stuck-terminating" PodStuckTerminating Warning;
        EvictedNodePressure "pod-evicted-node-pressure" Evicted Warning;
        EvictedEphemeralLimit "pod-evicted-ephemeral-limit" Evicted Warning;
        RejectedNodeCondition "pod-rejected-node-condition" Evicted Warning;
        TaintEvicted "pod-taint-evicted" Evicted Warning;
        Preempted "pod-preempted" PodPreempted Warning;
        ApiEvicted "pod-api-evicted" PodApiEvicted Info;
        DeadlineExceeded "pod-deadline-exceeded" PodDeadlineExceeded Warning;
        NodeShutdown "pod-node-shutdown" PodNodeShutdown Warning;
        UnknownNodeLost "pod-unknown-node-lost" PodUnknownNodeLost Warning;
        ReadinessGate "pod-readiness-gate" PodReadinessGate Warning;
        NotReady "pod-not-ready" PodNotReady Warning;
        SidecarBlocksJob "sidecar-blocks-job" SidecarBlocksJob Warning;
        GarbageCollected "pod-gc-orphan" PodGcOrphan Info;
        DnsLimits "pod-dns-config-limits" PodDnsConfigLimits Info;
        HostnameInvalid "hostname-subdomain-invalid" HostnameSubdomainInvalid Info;
        DuplicateStaticPod "duplicate-static-pod" DuplicateStaticPod Info;
        ResizePending "pod-resize-pending" PodResizePending Info;
    }
    /// Containers: configuration, start, run and end.
    Container "container" ContainerFinding {
        CrashLoop "crashloop" CrashLoopOrAppExit Critical;
        OomKilled "oom-killed-container" OOMKilled Critical;
        NodeOom "node-oom" OOMKilled Critical;
        JvmHeapLimit "jvm-heap-limit" CrashLoopOrAppExit Critical;
        CompletesUnderAlways "app-completes-under-always" CrashLoopOrAppExit Warning;
        CommandNotFound "container-command-not-found" ContainerCommandNotFound Critical;
        PermissionDenied "container-permission-denied" ContainerPermissionDenied Critical;
        ExecFormatError "exec-format-error" ExecFormatError Critical;
        ConfigKeyMissing "config-key-missing" ContainerConfigError Critical;
        ConfigMapMissing "configmap-missing" ContainerConfigError Critical;
        SecretMissing "secret-missing" ContainerConfigError Critical;
        RunAsNonRootViolation "run-as-nonroot-violation" ContainerConfigError Critical;
        SubPathError "subpath-error" ContainerConfigError Critical;
        ConfigError "container-config-error" ContainerConfigError Critical;
        CreateError "container-create-error" ContainerStartError Critical;
        RunError "run-container-error" ContainerStartError Critical;
        RuntimeOciError "runtime-oci-error" ContainerStartError Critical;
        PostStartHookFailing "poststart-hook-failing" ContainerStartError Critical;
        AppConfigCrash "app-config-crash" CrashLoopOrAppExit Critical;
        AppDependencyCrash "app-dependency-crash" CrashLoopOrAppExit Critical;
        AppPortInUse "app-port-in-use" CrashLoopOrAppExit Critical;
        AppPanic "app-panic-segfault" CrashLoopOrAppExit Critical;
        AppCertificate "app-certificate-error" CrashLoopOrAppExit Critical;
        AppArguments "app-arguments-invalid" CrashLoopOrAppExit Critical;
        AppResourceExhausted "app-resource-exhausted" CrashLoopOrAppExit Warning;
        AppErrorExit "app-error-exit" CrashLoopOrAppExit Critical;
        KilledUnexplained "container-killed-unexplained" CrashLoopOrAppExit Critical;
        GracefulStopTimeout "graceful-stop-timeout" CrashLoopOrAppExit Warning;
        InitContainerFailing "init-container-failing" InitContainerFailing Critical;
        InitContainerHang "init-container-hang" InitContainerHang Warning;
        StuckCreating "container-stuck-creating" ContainerStuckCreating Warning;
        AppErrorLogged "app-error-logged" AppErrorLogged Warning;
        FileDescriptors "fd-exhaustion" CrashLoopOrAppExit Warning;
        EphemeralPorts "ephemeral-port-exhaustion" CrashLoopOrAppExit Warning;
        InotifyLimit "inotify-limit" CrashLoopOrAppExit Warning;
        SharedMemory "shm-exhaustion" CrashLoopOrAppExit Warning;
        ThreadLimit "thread-pid-limit" CrashLoopOrAppExit Warning;
        DiskFull "disk-full-in-container" CrashLoopOrAppExit Warning;
        ReadOnlyFileSystem "readonly-fs" CrashLoopOrAppExit Warning;
        DefinitionChanged "restart-by-definition-change" RestartByDefinitionChange Info;
        PreStopHookFailing "prestop-hook-failing" PrestopHookFailing Warning;
        OomNodeGlobal "oom-node-global" OOMKilled Warning;
        NodeRestart "node-restart-restart" NodeRestartRestart Info;
        CpuThrottling "cpu-throttling" CpuThrottling Warning;
    }
    /// Image pulls.
    Image "image" ImageFinding {
        NotFound "image-not-found" ImagePullBackOff Critical;
        Unauthorized "image-unauthorized" ImagePullBackOff Critical;
        RegistryDns "image-registry-dns" ImagePullBackOff Critical;
        RegistryUnreachable "image-registry-unreachable" ImagePullBackOff Critical;
        RegistryWrongHost "image-registry-wrong-host" ImagePullBackOff Critical;
        RateLimited "image-rate-limited" ImagePullBackOff Critical;
        Tls "image-tls" ImagePullBackOff Critical;
        InvalidName "image-invalid-name" ImagePullBackOff Critical;
        NeverPull "image-never-pull" ImagePullBackOff Critical;
        InspectError "image-inspect-error" ImagePullBackOff Critical;
        Signature "image-signature" ImagePullBackOff Critical;
        CorruptLayer "image-corrupt-layer" ImagePullBackOff Critical;
        DiskFull "image-disk-full" ImagePullBackOff Critical;
        Platform "image-platform" ImagePullBackOff Critical;
        PullFailed "image-pull-failed" ImagePullBackOff Critical;
        PullSlow "image-pull-slow" ImagePullSlow Warning;
        TagDrift "image-mutable-tag-drift" ImageMutableTagDrift Info;
    }
    /// Probes.
    Probe "probe" ProbeFinding {
        ReadinessFailing "readiness-failing" ProbeFailure Warning;
        LivenessKilling "liveness-killing" ProbeFailure Critical;
        StartupFailing "startup-failing" ProbeFailure Critical;
        PortMismatch "probe-port-mismatch" ProbeFailure Critical;
        LivenessAggressive "liveness-too-aggressive" ProbeFailure Warning;
        ProbeTimeout "probe-timeout-1s" ProbeFailure Info;
        ProbeFlap "probe-flap" ProbeFailure Warning;
    }
    /// Placement on nodes, by predicate.
    Scheduling "scheduling" SchedulingFinding {
        InsufficientCpu "insufficient-cpu" SchedulingFailure Warning;
        InsufficientMemory "insufficient-memory" SchedulingFailure Warning;
        InsufficientEphemeralStorage "insufficient-ephemeral-storage" SchedulingFailure Warning;
        InsufficientExtendedResource "insufficient-extended-resource" SchedulingFailure Warning;
        DeviceMissing "gpu-or-device-missing" SchedulingFailure Warning;
        TooManyPods "too-many-pods" SchedulingFailure Warning;
        UntoleratedTaint "untolerated-taint" SchedulingFailure Warning;
        CordonedNode "cordoned-node" SchedulingFailure Warning;
        NodeAffinityMismatch "node-affinity-mismatch" SchedulingFailure Warning;
        PodAffinityUnsatisfied "pod-affinity-unsatisfied" SchedulingFailure Warning;
        PodAntiAffinityBlocked "pod-anti-affinity-blocked" SchedulingFailure Warning;
        TopologySpreadBlocked "topology-spread-blocked" SchedulingFailure Warning;
        HostPortConflict "hostport-conflict" SchedulingFailure Warning;
        VolumeZoneConflict "volume-zone-conflict" SchedulingFailure Warning;
        PvNodeAffinity "pv-node-affinity" SchedulingFailure Warning;
        PvcUnbound "pvc-unbound" SchedulingFailure Warning;
        PvcMissing "pvc-missing" SchedulingFailure Warning;
        PvcDeleting "pvc-deleting" SchedulingFailure Warning;
        PvcLostPv "pvc-lost-pv" SchedulingFailure Warning;
        PvNoneToBind "pv-none-to-bind" SchedulingFailure Warning;
        RwopInUse "rwop-in-use" SchedulingFailure Warning;
        VolumeCountLimit "volume-count-limit" SchedulingFailure Warning;
        NoNodes "no-nodes" SchedulingFailure Critical;
        SchedulerError "scheduler-error" SchedulingFailure Warning;
        Unclassified "scheduling-unclassified" SchedulingFailure Warning;
        StorageCapacity "local-storage-capacity" SchedulingFailure Warning;
        DiskConflict "disk-conflict" SchedulingFailure Warning;
        EphemeralClaim "ephemeral-pvc-wait" SchedulingFailure Warning;
        ExtenderPlugin "scheduler-extender-plugin" SchedulingFailure Warning;
        PreemptionNotHelpful "preemption-not-helpful" SchedulingFailure Info;
        BurstMisconfigured "cci-burst-misconfigured" SchedulingFailure Warning;
    }
    /// Volumes: provisioning, binding, attaching, mounting.
    Storage "storage" StorageFinding {
        StorageClassMissing "storageclass-missing" StorageClassMissing Critical;
        NoDefaultClass "no-default-class" NoDefaultClass Warning;
        ProvisionerNotRunning "provisioner-not-running" ProvisionerNotRunning Critical;
        ProvisionFailed "provision-failed" ProvisionFailed Critical;
        PvcVolumeMismatch "pvc-volume-mismatch" PvcVolumeMismatch Warning;
        PvcLost "pvc-lost" PvcLost Warning;
        MultiAttach "multi-attach" StorageMountFailure Critical;
        AttachFailed "attach-failed" StorageMountFailure Critical;
        AttachLimit "attach-limit" StorageMountFailure Warning;
        CsiNodePluginMissing "csi-node-plugin-missing" StorageMountFailure Critical;
        VolumeConfigMapMissing "volume-configmap-missing" StorageMountFailure Critical;
        VolumeSecretMissing "volume-secret-missing" StorageMountFailure Critical;
        MountFailed "mount-failed" StorageMountFailure Critical;
        MapFailed "map-failed" StorageMountFailure Warning;
        MountTimeout "mount-timeout" StorageMountFailure Warning;
        FilesystemMismatch "mount-fs-mismatch" StorageMountFailure Warning;
        OwnershipSlow "fsgroup-chown-slow" StorageMountFailure Warning;
        WaitForFirstConsumer "wait-for-first-consumer" WaitForFirstConsumer Info;
        BoundElsewhere "pvc-already-bound-elsewhere" PvcAlreadyBoundElsewhere Warning;
        ReleasedVolume "pv-released-not-reused" PvReleasedNotReused Warning;
        VolumeDeleteFailed "pv-delete-failed" PvDeleteFailed Warning;
        DetachFailed "detach-failed" StorageMountFailure Warning;
        StaleAttachment "va-stale" StorageMountFailure Warning;
        SeveralDefaultClasses "multiple-default-class" MultipleDefaultClass Info;
        ExpandFailed "volume-expand-failed" VolumeExpandFailed Warning;
        FileSystemResizePending "fs-resize-pending" FsResizePending Info;
        ExpandNotAllowed "expand-not-allowed" ExpandNotAllowed Warning;
        VolumeAbnormal "volume-health" VolumeHealth Warning;
        ProtectedClaim "pvc-terminating-protected" PvcTerminatingProtected Warning;
        SnapshotNotReady "snapshot-not-ready" SnapshotNotReady Warning;
        CsiHook "csi-precheck-hook" CsiPrecheckHook Warning;
        VolumeFull "volume-full" VolumeFull Warning;
    }
    /// Pod network and Services.
    Network "network" NetworkFinding {
        SandboxCreateFailed "sandbox-create-failed" SandboxCreateFailed Critical;
        IpExhausted "ip-exhausted" SandboxCreateFailed Critical;
        NetworkNotReady "network-not-ready" SandboxCreateFailed Critical;
        ClusterVipUnreachable "cluster-vip-unreachable" ClusterVipUnreachable Critical;
        ServiceNoReadyEndpoints "service-no-ready-endpoints" ServiceNoReadyEndpoints Warning;
        ServiceSelectorMismatch "service-selector-mismatch" ServiceSelectorMismatch Critical;
        ServiceTargetPortMismatch "service-targetport-mismatch" ServiceTargetportMismatch Critical;
        ServiceMissing "service-missing" ServiceMissing Warning;
        NetworkPolicyDeny "networkpolicy-deny" NetworkpolicyDeny Warning;
        InternalTrafficLocal "internal-traffic-local" InternalTrafficLocal Warning;
        HeadlessPublish "headless-publish" HeadlessPublish Warning;
        DnsFailing "dns-failing" DnsFailing Critical;
        DnsPolicyWrong "dns-policy-wrong" DnsPolicyWrong Warning;
        DnsStaleConfig "dns-stale-config" DnsStaleConfig Warning;
        DnsUpstreamDown "dns-upstream-down" DnsUpstreamDown Warning;
        KubeProxyStale "kube-proxy-stale" KubeProxyStale Warning;
        EndpointsControllerError "endpoints-controller-error" EndpointsControllerError Warning;
        ExternalTrafficLocal "external-traffic-local" ExternalTrafficLocal Warning;
        NodePortConflict "nodeport-conflict" NodeportConflict Warning;
        ClusterIpConflict "clusterip-conflict" ClusteripConflict Warning;
        LbSyncFailed "lb-sync-failed" LbSyncFailed Critical;
        LbPendingNoController "lb-pending-no-controller" LbPendingNoController Warning;
        IngressBackendMissing "ingress-backend-missing" IngressBackendMissing Critical;
        IngressClassMissing "ingress-class-missing" IngressClassMissing Warning;
        IngressNotTakenUp "ingress-not-taken-up" IngressNotTakenUp Warning;
        IngressTlsSecretMissing "ingress-tls-secret-missing" IngressTlsSecretMissing Warning;
        IngressControllerDown "ingress-controller-down" IngressControllerDown Critical;
        IngressMisroute "ingress-misroute" IngressMisroute Warning;
        GatewayNotProgrammed "gateway-not-programmed" GatewayNotProgrammed Warning;
        GatewayNotTakenUp "gateway-not-taken-up" GatewayNotTakenUp Warning;
        SandboxChangedLoop "sandbox-changed-loop" SandboxChangedLoop Warning;
        CniNotInitialized "cni-not-initialized" CniNotInitialized Critical;
        CiliumStartupFailing "cilium-startup-failing" CiliumStartupFailing Critical;
        CiliumOperatorUnschedulable "cilium-operator-unschedulable" CiliumOperatorUnschedulable Warning;
        PodEgressBlocked "pod-egress-blocked" PodEgressBlocked Warning;
        RouteMissing "route-missing" RouteMissing Warning;
        PodCidrExhausted "podcidr-exhausted" PodcidrExhausted Warning;
        MeshMtlsMismatch "mesh-mtls-mismatch" MeshMtlsMismatch Warning;
    }
    /// Nodes.
    Node "node" NodeFinding {
        NotReady "node-not-ready" NodeNotReady Critical;
        Unreachable "node-unreachable" NodeUnreachable Critical;
        MemoryPressure "node-memory-pressure" NodeMemoryPressure Warning;
        DiskPressure "node-disk-pressure" NodeDiskPressure Critical;
        PidPressure "node-pid-pressure" NodePidPressure Warning;
        NetworkUnavailable "node-network-unavailable" NodeNetworkUnavailable Warning;
        UninitializedCloud "node-uninitialized-cloud" NodeUninitializedCloud Critical;
        UninitializedCapi "node-uninitialized-capi" NodeUninitializedCapi Critical;
        PodCapacityFull "node-pod-capacity-full" NodePodCapacityFull Warning;
        ConntrackFull "conntrack-full" ConntrackFull Warning;
        NtpSkew "ntp-skew" NtpSkew Warning;
        ReadonlyFilesystem "node-readonly-fs" NodeReadonlyFs Critical;
        DiskIoHung "disk-io-hung" DiskIoHung Warning;
        DiskSlow "disk-slow" DiskSlow Warning;
        DiskError "disk-error" DiskError Warning;
        KernelDeadlock "kernel-deadlock" KernelDeadlock Critical;
        NetdevLeak "netdev-leak" NetdevLeak Warning;
        FdPidExhaustion "node-fd-pid-exhaustion" NodeFdPidExhaustion Warning;
        ProcessStuck "process-d-z" ProcessDZ Warning;
        ResolvConf "resolvconf" Resolvconf Warning;
        MountPoint "mountpoint" Mountpoint Warning;
        VolumeGroup "vg-error" VgError Warning;
        ScheduledEvent "scheduled-event" ScheduledEvent Warning;
        IptablesMismatch "iptables-mismatch" IptablesMismatch Warning;
        KubeletDown "kubelet-down" KubeletDown Critical;
        KubeletRestartLoop "kubelet-restart-loop" KubeletRestartLoop Warning;
        RuntimeDown "runtime-down" RuntimeDown Critical;
        PlegUnhealthy "pleg-unhealthy" PlegUnhealthy Critical;
        KubeProxyDown "kube-proxy-down" KubeProxyDown Critical;
        Flapping "node-flapping" NodeFlapping Warning;
        Rebooted "node-rebooted" NodeRebooted Info;
        CordonedForgotten "node-cordoned-forgotten" NodeCordonedForgotten Info;
        DeletedInCloud "node-deleted-in-cloud" NodeDeletedInCloud Warning;
        ShutdownTaint "node-shutdown-taint" NodeShutdownTaint Warning;
        JoinFailed "node-join-failed" NodeJoinFailed Warning;
        KubeletVersionSkew "kubelet-version-skew" KubeletVersionSkew Info;
        AllocatableMisconfig "allocatable-misconfig" AllocatableMisconfig Warning;
        CgroupV1 "cgroupv1" Cgroupv1 Info;
        DevicePluginDown "device-plugin-down" DevicePluginDown Warning;
        VirtualNodeNotReady "virtual-node-not-ready" VirtualNodeNotReady Warning;
        Hot "node-hot" NodeHot Warning;
    }
    /// Cluster components that others depend on.
    Addon "addon" AddonFinding {
        CcmNotRunning "ccm-not-running" CcmNotRunning Critical;
        CniAgentDown "cni-agent-down" CniAgentDown Critical;
        CniOperatorMissing "cni-operator-missing" CniOperatorMissing Critical;
    }
    /// Jobs.
    Job "job" JobFinding {
        BackoffExceeded "job-backoff-exceeded" JobBackoffExceeded Warning;
        Deadline "job-deadline" JobDeadline Warning;
        PodFailurePolicy "job-pod-failure-policy" JobPodFailurePolicy Warning;
        FailedIndexes "job-indexes" JobIndexes Warning;
        Suspended "job-suspended" JobSuspended Info;
        StuckActive "job-stuck-active" JobStuckActive Warning;
        CronSuspended "cronjob-suspended" CronJobSuspended Info;
        CronMissed "cronjob-missed" CronJobMissed Warning;
        CronForbidOverlap "cronjob-forbid-overlap" CronJobForbidOverlap Warning;
        CronBadSchedule "cronjob-bad-schedule" CronJobBadSchedule Warning;
        CronCreateFailed "cronjob-create-failed" CronJobCreateFailed Warning;
        CronUnexpectedJob "cronjob-unexpected-job" CronJobUnexpectedJob Warning;
    }
    /// HPA, VPA, KEDA, cluster autoscaler and Karpenter.
    Autoscaling "autoscaling" AutoscalingFinding {
        HpaMetricsMissing "hpa-metrics-missing" HpaMetricsMissing Warning;
        HpaMissingRequest "hpa-missing-request" HpaMissingRequest Warning;
        HpaTargetMissing "hpa-target-missing" HpaTargetMissing Warning;
        HpaUpdateFailed "hpa-update-failed" HpaUpdateFailed Warning;
        HpaSelector "hpa-selector" HpaSelector Warning;
        HpaDisabledZero "hpa-disabled-zero" HpaDisabledZero Info;
        HpaMaxed "hpa-maxed" HpaMaxed Warning;
        HpaDesiredNotReached "hpa-desired-not-reached" HpaDesiredNotReached Warning;
        HpaNotScalingButLoad "hpa-not-scaling-but-load" HpaNotScalingButLoad Warning;
        HpaFightsManual "hpa-fights-manual" HpaFightsManual Warning;
        HpaThrash "hpa-thrash" HpaThrash Warning;
        MetricsApiServiceDown "metrics-apiservice-down" MetricsApiserviceDown Warning;
        CaNotTriggered "ca-not-triggered" CaNotTriggered Warning;
        CaScaleUpFailed "ca-scale-up-failed" CaScaleUpFailed Warning;
        CaNodeNotRegistered "ca-node-not-registered" CaNodeNotRegistered Warning;
        CaScaleDownBlocked "ca-scale-down-blocked" CaScaleDownBlocked Info;
        CaDown "ca-down" CaDown Warning;
        CapiAutoscaler "capi-autoscaler" CapiAutoscaler Warning;
        KedaNotReady "keda-not-ready" KedaNotReady Warning;
        KedaFallback "keda-fallback" KedaFallback Warning;
        KedaPaused "keda-paused" KedaPaused Info;
        VpaHpaConflict "vpa-hpa-conflict" VpaHpaConflict Warning;
        VpaEvictLoop "vpa-evict-loop" VpaEvictLoop Warning;
        Karpenter "karpenter" Karpenter Warning;
    }
    /// PodDisruptionBudgets, drains and evictions.
    Disruption "disruption" DisruptionFinding {
        BlocksEviction "pdb-blocks-eviction" PdbBlocksEviction Warning;
        Impossible "pdb-impossible" PdbImpossible Info;
        UnhealthyPods "pdb-unhealthy-pods" PdbUnhealthyPods Warning;
        SyncFailed "pdb-sync-failed" PdbSyncFailed Warning;
        Multiple "pdb-multiple" PdbMultiple Warning;
        NoPods "pdb-no-pods" PdbNoPods Info;
        DrainBlocked "drain-blocked" DrainBlocked Warning;
        DeschedulerEvict "descheduler-evict" DeschedulerEvict Info;
    }
    /// ConfigMaps, Secrets and ServiceAccounts, by reference.
    Config "config" ConfigFinding {
        SecretCredentialWrong "secret-credential-wrong" SecretCredentialWrong Critical;
        SecretCorrupt "secret-corrupt" SecretCorrupt Critical;
        ServiceAccountTokenInvalid "sa-token-invalid" SaTokenInvalid Warning;
        RbacDenied "rbac-denied" RbacDenied Warning;
        AutomountDisabled "automount-disabled" AutomountDisabled Warning;
        CloudIamDenied "cloud-iam-denied" CloudIamDenied Warning;
        EnvShadowing "env-shadowing" EnvShadowing Warning;
        ServiceAccountTokenMount "sa-token-mount" SaTokenMount Critical;
        ImmutableConfig "immutable-config" ImmutableConfig Warning;
        ExternalSecretNotSynced "externalsecret-not-synced" ExternalSecretNotSynced Warning;
        SealedSecretUnsynced "sealedsecret-unsynced" SealedsecretUnsynced Warning;
        PullSecretMissing "pull-secret-missing" PullSecretMissing Critical;
        ConfigDrift "config-drift" ConfigDrift Warning;
    }
    /// Namespaces, finalizers, owners and garbage.
    Lifecycle "lifecycle" LifecycleFinding {
        NamespaceStuck "namespace-stuck-terminating" NamespaceStuckTerminating Warning;
        FinalizerStuck "finalizer-stuck" FinalizerStuck Warning;
        OwnerElsewhere "owner-cross-namespace" OwnerCrossNamespace Warning;
        GarbageLeft "gc-blocked" GcBlocked Warning;
    }
    /// API server, etcd, controllers, webhooks and aggregated APIs.
    ControlPlane "controlplane" ControlPlaneFinding {
        ControllerManagerDown "kcm-down" KcmDown Critical;
        SchedulerDown "kube-scheduler-down" KubeSchedulerDown Critical;
        CloudControllerDown "cloud-controller-manager-down" CloudControllerManagerDown Critical;
        ApiServerDown "apiserver-down" ApiserverDown Critical;
        ApiServerNotReady "apiserver-not-ready" ApiserverNotReady Warning;
        AggregatedApiDown "aggregated-api-down" AggregatedApiDown Warning;
        VersionSkew "version-skew" VersionSkew Info;
        LeaseContention "lease-contention" LeaseContention Warning;
        EtcdNoLeader "etcd-no-leader" EtcdNoLeader Critical;
        EtcdSlowDisk "etcd-slow-disk" EtcdSlowDisk Warning;
        EtcdNoSpace "etcd-nospace" EtcdNospace Critical;
        EtcdMemberComm "etcd-member-comm" EtcdMemberComm Warning;
        KmsFailing "apiserver-kms-failing" ApiserverKmsFailing Critical;
        AuthnWebhookDown "authn-webhook-down" AuthnWebhookDown Critical;
        ApiServerOverload "apiserver-overload" ApiserverOverload Warning;
        DeprecatedApiRemoved "deprecated-api-removed" DeprecatedApiRemoved Warning;
    }
    /// Certificates and requests for them.
    Certificate "certificate" CertificateFinding {
        CaMismatch "cert-ca-mismatch" CertCaMismatch Warning;
        SanMismatch "cert-san" CertSan Warning;
        Expiring "cert-expiring" CertExpiring Info;
        Expired "cert-expired" CertExpired Critical;
        CsrPending "csr-pending" CsrPending Warning;
        CertManagerNotReady "certmanager-not-ready" CertmanagerNotReady Warning;
        PodCertificate "podcertificate" Podcertificate Warning;
    }
    /// Definitions, operators and custom resources.
    Operator "operator" OperatorFinding {
        CrdNotEstablished "crd-not-established" CrdNotEstablished Warning;
        CrdTerminating "crd-terminating" CrdTerminating Warning;
        ConversionWebhook "crd-conversion-webhook" CrdConversionWebhook Critical;
        OperatorDown "operator-down" OperatorDown Critical;
        ReconcileError "operator-reconcile-error" OperatorReconcileError Warning;
        CrInvalid "cr-invalid" CrInvalid Warning;
    }
    /// Helm releases and their hooks.
    Release "release" ReleaseFinding {
        HookTimeout "helm-hook-timeout" HelmHookTimeout Critical;
        HookFailed "helm-hook-failed" HelmHookFailed Critical;
        WaitTimeout "helm-wait-timeout" HelmWaitTimeout Critical;
        PendingStuck "helm-pending-stuck" HelmPendingStuck Warning;
        NoDeployed "helm-no-deployed" HelmNoDeployed Warning;
        Ownership "helm-ownership" HelmOwnership Warning;
        Immutable "helm-immutable" HelmImmutable Warning;
        RenderValues "helm-render-values" HelmRenderValues Warning;
        CrdMissing "helm-crd-missing" HelmCrdMissing Warning;
        Fetch "helm-fetch" HelmFetch Warning;
        RolledBack "helm-rolled-back" HelmRolledBack Warning;
    }
    /// Cluster API and its Helm add-on provider.
    ClusterApi "clusterapi" ClusterApiFinding {
        RemoteUnreachable "capi-remote-unreachable" CapiRemoteUnreachable Critical;
        ClockSkew "capi-clock-skew" CapiClockSkew Warning;
        CpNotInitialized "capi-cp-not-initialized" CapiCpNotInitialized Critical;
        MachineNodeMissing "capi-machine-node-missing" CapiMachineNodeMissing Warning;
        MachineUnhealthy "capi-machine-unhealthy" CapiMachineUnhealthy Warning;
        MhcShortcircuit "capi-mhc-shortcircuit" CapiMhcShortcircuit Warning;
        RemediationBlocked "capi-remediation-blocked" CapiRemediationBlocked Warning;
        MdRolloutStuck "capi-md-rollout-stuck" CapiMdRolloutStuck Warning;
        KcpEtcdUnhealthy "kcp-etcd-unhealthy" KcpEtcdUnhealthy Critical;
        KcpComponent "kcp-component" KcpComponent Critical;
        KcpCerts "kcp-certs" KcpCerts Critical;
        KcpRolloutBlocked "kcp-rollout-blocked" KcpRolloutBlocked Warning;
        Topology "capi-topology" CapiTopology Warning;
        HrpHelmFailed "hrp-helm-failed" HrpHelmFailed Critical;
        HrpClusterUnavailable "hrp-cluster-unavailable" HrpClusterUnavailable Critical;
        HcpUpdatingStuck "hcp-updating-stuck" HcpUpdatingStuck Warning;
        HcpNotReady "hcp-not-ready" HcpNotReady Warning;
        HcpValuesTemplate "hcp-values-template" HcpValuesTemplate Warning;
        MachineProvisioningStuck "capi-machine-provisioning-stuck" CapiMachineProvisioningStuck Warning;
        MachineDeletingStuck "capi-machine-deleting-stuck" CapiMachineDeletingStuck Warning;
        HcpSelectorEmpty "hcp-selector-empty" HcpSelectorEmpty Warning;
        HrpMultiple "hrp-multiple" HrpMultiple Warning;
        HrpPaused "hrp-paused" HrpPaused Warning;
        HrpInstallonceDrift "hrp-installonce-drift" HrpInstallonceDrift Warning;
        HrpWorkerStarvation "hrp-worker-starvation" HrpWorkerStarvation Info;
        MachineCertExpiry "capi-machine-cert-expiry" CapiMachineCertExpiry Info;
    }
    /// Argo CD and Flux.
    Gitops "gitops" GitopsFinding {
        FluxReleaseFailed "flux-release-failed" FluxReleaseFailed Critical;
        FluxRetriesExhausted "flux-retries-exhausted" FluxRetriesExhausted Critical;
        FluxKustomizationFailed "flux-kustomization-failed" FluxKustomizationFailed Critical;
        FluxSourceFailed "flux-source-failed" FluxSourceFailed Warning;
        Suspended "gitops-suspended" GitopsSuspended Info;
        ArgoSyncFailed "argo-sync-failed" ArgoSyncFailed Critical;
        ArgoHealthDegraded "argo-health-degraded" ArgoHealthDegraded Warning;
        ArgoOutOfSync "argo-out-of-sync" ArgoOutOfSync Info;
        ArgoSelfHealConflict "argo-selfheal-conflict" ArgoSelfhealConflict Warning;
    }
}

impl FindingKind {
    /// Other spellings of the public type, accepted on input and listed in output.
    pub const fn aliases(self) -> &'static [&'static str] {
        match self.public_type().as_bytes() {
            b"ReplicaSetCreateBlocked" => &["PodsNotCreated"],
            b"RolloutTimeout" => &["ProgressDeadlineExceeded"],
            b"CrashLoopOrAppExit" => &["CrashLoopBackOff", "FrequentRestart"],
            b"ImagePullBackOff" => &[
                "ImagePullBlocked",
                "ErrImagePull",
                "InvalidImageName",
                "ErrImageNeverPull",
            ],
            b"SchedulingFailure" => &["SchedulingBlocked", "PendingScheduling"],
            b"StorageMountFailure" => &["StorageMountBlocked", "PendingStorage"],
            b"Evicted" => &["PodEvicted"],
            _ => &[],
        }
    }

    /// The sub-type of a rejection; `None` for everything else.
    pub const fn subtype(self) -> Option<&'static str> {
        let Self::Admission(finding) = self else {
            return None;
        };
        Some(match finding {
            AdmissionFinding::QuotaExceeded
            | AdmissionFinding::QuotaMustSpecify
            | AdmissionFinding::QuotaStatusUnknown
            | AdmissionFinding::QuotaScope => "ResourceQuota",
            AdmissionFinding::LimitRangeViolation => "LimitRange",
            AdmissionFinding::PsaViolation => "PodSecurity",
            AdmissionFinding::SccDenied => "SecurityContextConstraints",
            AdmissionFinding::WebhookDenied
            | AdmissionFinding::WebhookUnreachable
            | AdmissionFinding::WebhookCert
            | AdmissionFinding::WebhookOrphan
            | AdmissionFinding::WebhookSelfDeadlock
            | AdmissionFinding::WebhookSlow
            | AdmissionFinding::ChangedLimits => "AdmissionWebhook",
            AdmissionFinding::ServiceAccountMissing | AdmissionFinding::RbacForbidden => {
                "RBACForbidden"
            }
            AdmissionFinding::VapDenied
            | AdmissionFinding::PriorityClassMissing
            | AdmissionFinding::RuntimeClassMissing
            | AdmissionFinding::PodNodeSelectorConflict
            | AdmissionFinding::SecretNotMountable
            | AdmissionFinding::NamespaceTerminating
            | AdmissionFinding::PodInvalid
            | AdmissionFinding::ApfReject
            | AdmissionFinding::CrdMissing
            | AdmissionFinding::ImmutableField => "Other",
        })
    }
}

impl Serialize for FindingKind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.mode())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn modes_are_unique_and_kebab_case() {
        let mut seen = BTreeSet::new();
        for kind in FindingKind::ALL {
            let mode = kind.mode();
            assert!(seen.insert(mode), "{mode} stands twice");
            let sound = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
            assert!(mode.chars().all(sound), "{mode}");
        }
    }
}
