//! Which conditions and Events stand for which problem: those of node-problem-detector, of the
//! detectors that the large providers ship, and of the kubelet.

use super::Problem;

const fn by_condition(conditions: &'static [(&'static str, &'static str)]) -> Problem {
    by(conditions, &[])
}

const fn by(
    conditions: &'static [(&'static str, &'static str)],
    events: &'static [&'static str],
) -> Problem {
    by_unit(&[], conditions, events)
}

/// Problems that the init system of the node tells too.
const fn by_unit(
    units: &'static [&'static str],
    conditions: &'static [(&'static str, &'static str)],
    events: &'static [&'static str],
) -> Problem {
    Problem {
        conditions,
        units,
        events,
        times: 1,
    }
}

const BAD: &str = "True";

/// The kubelet does not answer on its own node.
pub(crate) static KUBELET: Problem = by_unit(
    &["kubelet"],
    &[
        ("KubeletUnhealthy", BAD),
        ("KUBELETProblem", BAD),
        ("KubeletProblem", BAD),
    ],
    &["KUBELETIsDown", "KubeletUnhealthy"],
);
/// The kubelet restarts again and again.
pub(crate) static KUBELET_RESTARTS: Problem = Problem {
    units: &[],
    conditions: &[("FrequentKubeletRestart", BAD)],
    events: &["KubeletStart", "FrequentKubeletRestart"],
    times: 3,
};
/// The container runtime does not answer.
pub(crate) static RUNTIME: Problem = by_unit(
    &["containerd", "crio", "cri-o", "docker"],
    &[
        ("ContainerRuntimeUnhealthy", BAD),
        ("ContainerRuntimeProblem", BAD),
        ("CRIProblem", BAD),
        ("RuntimeOffline", BAD),
        ("FrequentContainerdRestart", BAD),
        ("FrequentCRIRestart", BAD),
        ("FrequentDockerRestart", BAD),
        ("CorruptDockerOverlay2", BAD),
        ("ContainerRuntimeReady", "False"),
    ],
    &[
        "ContainerdUnhealthy",
        "DockerUnhealthy",
        "DOCKERIsDown",
        "DockerHung",
    ],
);
/// kube-proxy does not answer.
pub(crate) static KUBE_PROXY: Problem = by_unit(
    &["kube-proxy"],
    &[("KubeProxyUnhealthy", BAD), ("KUBEPROXYProblem", BAD)],
    &["KUBEPROXYIsDown"],
);
/// A file system went read-only.
pub(crate) static READONLY: Problem = by(
    &[("ReadonlyFilesystem", BAD), ("DiskReadonly", BAD)],
    &["FilesystemIsReadOnly"],
);
/// Tasks wait for a disk that does not answer.
pub(crate) static DISK_HUNG: Problem = by(
    &[("DiskHung", BAD)],
    &["TaskHung", "DiskHung", "AUFSUmountHung"],
);
/// A disk answers slowly.
pub(crate) static DISK_SLOW: Problem = by(&[("DiskSlow", BAD)], &["DiskSlow"]);
/// A disk or its file system reports errors.
pub(crate) static DISK_ERROR: Problem = by(
    &[
        ("DiskProblem", BAD),
        ("XfsShutdown", BAD),
        ("DiskBadBlock", BAD),
        ("FilesystemCorruptionProblem", BAD),
        ("StorageReady", "False"),
    ],
    &["IOError", "Ext4Error", "XfsShutdown", "DiskBadBlock"],
);
/// The kernel is stuck, or reports a fault of the hardware.
pub(crate) static KERNEL: Problem = by(
    &[
        ("KernelDeadlock", BAD),
        ("CperHardwareErrorFatal", BAD),
        ("KernelReady", "False"),
    ],
    &["KernelOops", "CperHardwareErrorFatal", "MemoryReadError"],
);
/// Network devices are not given back. One line about it is written by healthy kernels too.
pub(crate) static NETDEV: Problem = Problem {
    units: &[],
    conditions: &[("FrequentUnregisterNetDevice", BAD)],
    events: &["UnregisterNetDevice"],
    times: 3,
};
/// The table of connections is full.
pub(crate) static CONNTRACK: Problem = by(
    &[("ConntrackFullProblem", BAD), ("ConntrackFull", BAD)],
    &["ConntrackFull", "ConntrackFullProblem"],
);
/// The clock is not kept in time.
pub(crate) static NTP: Problem = by(&[("NTPProblem", BAD)], &["NTPIsDown", "NTPProblem"]);
/// File descriptors or process numbers run out.
pub(crate) static FD_PID: Problem = by_condition(&[("FDProblem", BAD), ("PIDProblem", BAD)]);
/// Processes that cannot be ended.
pub(crate) static PROCESSES: Problem = by_condition(&[("ProcessD", BAD), ("ProcessZ", BAD)]);
/// `/etc/resolv.conf` is broken.
pub(crate) static RESOLV: Problem = by_condition(&[("ResolvConfFileProblem", BAD)]);
/// A mount point does not answer.
pub(crate) static MOUNT_POINT: Problem = by_condition(&[("MountPointProblem", BAD)]);
/// A volume group for local volumes is broken.
pub(crate) static VOLUME_GROUP: Problem = by_condition(&[
    ("EmptyDirVolumeGroupStatusError", BAD),
    ("LocalPvVolumeGroupStatusError", BAD),
]);
/// The provider will maintain the machine.
pub(crate) static SCHEDULED: Problem =
    by_condition(&[("ScheduledEvent", BAD), ("VMEventScheduled", BAD)]);
/// Two versions of iptables are in use.
pub(crate) static IPTABLES: Problem = by(
    &[("IPTablesVersionsMismatch", BAD)],
    &["IPTablesVersionsMismatch"],
);
