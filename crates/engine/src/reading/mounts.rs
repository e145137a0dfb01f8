//! Volumes that cannot be attached or mounted, by sub-cause.

use std::collections::BTreeMap;

use dogwatch_model::{
    Evidence, Kind, Source,
    snapshot::{Event, Pod},
};
use jiff::Timestamp;

use super::Pattern;
use crate::{
    check::{Report, Subject},
    cite,
    view::{Suspect, View},
};

/// Why a volume is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum VolumeClass {
    MultiAttach,
    AttachLimit,
    AttachFailed,
    CsiNodePluginMissing,
    ConfigMapMissing,
    SecretMissing,
    MountFailed,
    MapFailed,
    /// The file system on the volume is another one than the one that is asked for.
    FsMismatch,
    /// The kubelet changes the owner of every file first.
    OwnershipSlow,
    /// No token of the ServiceAccount could be got for the volume.
    TokenMount,
    /// "timed out waiting": the specific Event is gone or was never written.
    Timeout,
}

/// One volume of one Pod.
#[derive(Debug)]
pub(crate) struct VolumeTrouble<'a> {
    pub(crate) suspect: Suspect<'a>,
    pub(crate) class: VolumeClass,
    pub(crate) detail: String,
    pub(crate) since: Option<Timestamp>,
    pub(crate) evidence: Vec<Evidence>,
}

static MULTI_ATTACH: Pattern = Pattern::new(r#"Multi-Attach error for volume "(?P<v>[^"]+)""#);
static VOLUME: Pattern = Pattern::new(r#"for volume "(?P<v>[^"]+)""#);
static PLUGIN: Pattern = Pattern::new(
    r"(driver name (?P<d>\S+) not found in the list of registered CSI drivers|CSINode \S+ does not contain driver (?P<e>\S+)|has no NodeID annotation)",
);
static UNMOUNTED: Pattern = Pattern::new(r"unmounted volumes=\[(?P<v>[^\]]*)\]");
static ATTACHED: Pattern =
    Pattern::new(r#"AttachVolume\.Attach succeeded for volume "(?P<v>[^"]+)""#);
static CONFIG_MAP: Pattern = Pattern::new(r#"configmap "(?P<n>[^"]+)" not found"#);
static SECRET: Pattern = Pattern::new(r#"secret "(?P<n>[^"]+)" not found"#);

/// The class of an Event about volumes, with the name that matters.
pub(crate) fn classify(reason: &str, message: &str) -> Option<(VolumeClass, String)> {
    let volume = || VOLUME.capture(message, "v").unwrap_or_default().to_owned();
    if !matches!(
        reason,
        "FailedMount" | "FailedAttachVolume" | "FailedMapVolume"
    ) {
        return match reason {
            "FailedMountOnFilesystemMismatch" => Some((VolumeClass::FsMismatch, volume())),
            "VolumePermissionChangeInProgress" => Some((VolumeClass::OwnershipSlow, volume())),
            _ => None,
        };
    }
    if message.contains("failed to fetch token") {
        return Some((VolumeClass::TokenMount, volume()));
    }
    if let Some(name) = MULTI_ATTACH.capture(message, "v") {
        return Some((VolumeClass::MultiAttach, name.to_owned()));
    }
    if let Some(found) = PLUGIN.get().captures(message) {
        let driver = found.name("d").or_else(|| found.name("e"));
        let driver = driver.map_or("", |name| name.as_str());
        return Some((VolumeClass::CsiNodePluginMissing, driver.to_owned()));
    }
    if let Some(name) = CONFIG_MAP.capture(message, "n") {
        return Some((VolumeClass::ConfigMapMissing, name.to_owned()));
    }
    if let Some(name) = SECRET.capture(message, "n") {
        return Some((VolumeClass::SecretMissing, name.to_owned()));
    }
    if message.contains("volume attachment limit") || message.contains("AttachVolumeLimitExceeded")
    {
        return Some((VolumeClass::AttachLimit, volume()));
    }
    if message.starts_with("Unable to attach or mount volumes") {
        let volumes = UNMOUNTED.capture(message, "v").unwrap_or_default();
        return Some((VolumeClass::Timeout, volumes.to_owned()));
    }
    Some(match reason {
        "FailedAttachVolume" => (VolumeClass::AttachFailed, volume()),
        "FailedMapVolume" => (VolumeClass::MapFailed, volume()),
        _ => (VolumeClass::MountFailed, volume()),
    })
}

pub(crate) fn read<'a>(view: &View<'a>) -> Vec<VolumeTrouble<'a>> {
    view.suspects
        .iter()
        .flat_map(|suspect| read_pod(view, suspect))
        .collect()
}

/// Only while the Pod still waits for its volumes: placed on a node, and no container of it has
/// ever run. The kubelet asks for the sandbox only when all volumes are there.
fn read_pod<'a>(view: &View<'a>, suspect: &Suspect<'a>) -> Vec<VolumeTrouble<'a>> {
    let pod = suspect.pod;
    let is_over = pod.is_finished() || pod.meta.is_terminating();
    if pod.node.is_empty() || is_over || !is_waiting_to_start(suspect) {
        return Vec::new();
    }
    let past_sandbox = newest(view, pod, PAST_SANDBOX);
    let past = past_sandbox.max(newest(view, pod, &["FailedCreatePodSandBox"]));
    let attached = attached(view, pod);
    let mut troubles: Vec<VolumeTrouble<'a>> = Vec::new();
    for event in view.pod_events(pod) {
        if is_before(event, past) || is_before(event, attached_at(&attached, event)) {
            continue;
        }
        let Some((class, detail)) = classify(&event.reason, &event.message) else {
            continue;
        };
        let is_umbrella = class == VolumeClass::Timeout;
        match troubles
            .iter_mut()
            .find(|known| known.class == class && (is_umbrella || known.detail == detail))
        {
            Some(known) => {
                known.evidence.push(cite::event(event));
                known.detail = detail;
            }
            None => troubles.push(VolumeTrouble {
                suspect: suspect.clone(),
                class,
                detail,
                since: event.first_seen,
                evidence: vec![cite::event(event)],
            }),
        }
    }
    // The umbrella message adds nothing where a specific one stands.
    if troubles
        .iter()
        .any(|trouble| trouble.class != VolumeClass::Timeout)
    {
        troubles.retain(|trouble| trouble.class != VolumeClass::Timeout);
    }
    for trouble in &mut troubles {
        trouble.evidence.extend(waiting_evidence(suspect));
    }
    troubles
}

/// What the kubelet says of images and containers: the sandbox and all volumes are there.
pub(crate) const PAST_SANDBOX: &[&str] = &["Pulling", "Pulled", "Created", "Started"];

/// When an Event of one of the reasons was seen last.
pub(crate) fn newest(view: &View<'_>, pod: &Pod, reasons: &[&str]) -> Option<Timestamp> {
    let events = view.events_since(&pod.meta.uid, pod.meta.created);
    events
        .filter(|event| reasons.contains(&&*event.reason))
        .filter_map(|event| event.last_seen)
        .max()
}

/// True when an Event tells of a time before `at`.
pub(crate) fn is_before(event: &Event, at: Option<Timestamp>) -> bool {
    matches!((event.last_seen, at), (Some(seen), Some(at)) if seen < at)
}

/// When each volume of the Pod was attached.
fn attached<'a>(view: &View<'a>, pod: &'a Pod) -> BTreeMap<&'a str, Option<Timestamp>> {
    let events = view.pod_events(pod);
    events
        .filter(|event| event.reason == "SuccessfulAttachVolume")
        .filter_map(|event| Some((ATTACHED.capture(&event.message, "v")?, event.last_seen)))
        .collect()
}

/// When the volume that could not be attached was attached after all.
fn attached_at(attached: &BTreeMap<&str, Option<Timestamp>>, event: &Event) -> Option<Timestamp> {
    if event.reason != "FailedAttachVolume" {
        return None;
    }
    let volume = VOLUME.capture(&event.message, "v")?;
    attached.get(volume).copied().flatten()
}

pub(crate) fn is_waiting_to_start(suspect: &Suspect<'_>) -> bool {
    let mut statuses = suspect.pod.container_statuses().peekable();
    if statuses.peek().is_none() {
        return suspect.pod.status.phase == "Pending";
    }
    statuses.all(|status| {
        status.last_end().is_none()
            && status.state.running.is_none()
            && status
                .waiting_reason()
                .is_none_or(|reason| matches!(reason, "ContainerCreating" | "PodInitializing" | ""))
    })
}

pub(crate) fn waiting_evidence(suspect: &Suspect<'_>) -> Option<Evidence> {
    let status = suspect
        .pod
        .container_statuses()
        .find(|status| status.state.waiting.is_some())?;
    let reason = status.waiting_reason().unwrap_or_default();
    Some(cite::status(
        &suspect.object,
        &format!("{}.state.waiting", status.name),
        reason,
    ))
}

/// Reports every volume trouble of one class.
pub(crate) fn report(view: &View<'_>, class: VolumeClass, report: &mut Report<'_>) {
    for trouble in view.volumes.iter().filter(|trouble| trouble.class == class) {
        let subject = Subject::of(trouble.suspect.object.clone())
            .detail(trouble.detail.clone())
            .since(trouble.since);
        report.found_all(subject, trouble.evidence.iter().cloned());
    }
    undecided(view, report);
}

/// Pods that wait in `ContainerCreating` while Events, the only witness, were not read.
pub(crate) fn undecided(view: &View<'_>, report: &mut Report<'_>) {
    if view.has_events() {
        return;
    }
    for suspect in &view.suspects {
        let pod = suspect.pod;
        let is_over = pod.is_finished() || pod.meta.is_terminating();
        let is_placed = !pod.node.is_empty() && !is_over;
        if is_placed && is_waiting_to_start(suspect) {
            report.undecided(suspect.object.clone(), Source::Objects(Kind::Event));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(reason: &str, message: &str, class: VolumeClass, detail: &str) {
        assert_eq!(
            classify(reason, message),
            Some((class, detail.to_owned())),
            "{message}"
        );
    }

    #[test]
    fn volume_events_by_class() {
        check(
            "FailedAttachVolume",
            "Multi-Attach error for volume \"pvc-1\" Volume is already used by pod(s) db-0",
            VolumeClass::MultiAttach,
            "pvc-1",
        );
        check(
            "FailedMount",
            "MountVolume.SetUp failed for volume \"config\" : configmap \"app\" not found",
            VolumeClass::ConfigMapMissing,
            "app",
        );
        check(
            "FailedMount",
            "MountVolume.SetUp failed for volume \"tls\" : secret \"web-tls\" not found",
            VolumeClass::SecretMissing,
            "web-tls",
        );
        check(
            "FailedMount",
            "MountVolume.MountDevice failed for volume \"v\" : driver name csi.x.io not found in \
             the list of registered CSI drivers",
            VolumeClass::CsiNodePluginMissing,
            "csi.x.io",
        );
        check(
            "FailedMount",
            "Unable to attach or mount volumes: unmounted volumes=[d], unattached volumes=[d]: \
             timed out waiting for the condition",
            VolumeClass::Timeout,
            "d",
        );
        assert_eq!(classify("FailedScheduling", "volume"), None);
    }
}
